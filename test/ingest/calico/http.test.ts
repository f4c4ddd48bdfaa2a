import { describeHttp, readHttp } from '../../../src/ingest/calico/http';
import { complaintsIn } from '../../support/calico';

const TCP = { number: 6, byName: true };

function read(http: unknown, about: Partial<Parameters<typeof readHttp>[2]> = {}) {
  const { complaints, problems } = complaintsIn('served');
  const match = readHttp(complaints, { http }, { direction: 'ingress', action: 'Allow', protocol: TCP, ...about }, 'r');
  return { match, problems };
}

test('methods and paths are read', () => {
  expect(read({ methods: ['GET', 'PUT'], paths: [{ exact: '/a' }, { prefix: '/b' }] })).toEqual({
    match: { methods: ['GET', 'PUT'], paths: ['/a', '/b*'] },
    problems: [],
  });
  expect(read({}, { protocol: undefined })).toEqual({ match: { methods: [], paths: [] }, problems: [] });
  expect(read(undefined)).toEqual({ match: undefined, problems: [] });
});

test.each([
  ['a method twice', { methods: ['GET', 'GET'] }, {}, 'holds a method twice'],
  ['an egress rule', {}, { direction: 'egress' }, 'stands in an egress rule'],
  ['a rule that denies', {}, { action: 'Deny' }, 'stands in a rule that does not allow'],
  ['UDP', {}, { protocol: { number: 17, byName: true } }, 'stands beside a protocol other than TCP'],
  ['a path of both kinds', { paths: [{ exact: '/a', prefix: '/b' }] }, {}, 'has not exactly one of'],
  ['a path of no kind', { paths: [{}] }, {}, 'has not exactly one of'],
  ['a path without its slash', { paths: [{ exact: 'a' }] }, {}, 'which is no path'],
  ['a path with a query', { paths: [{ prefix: '/a?b' }] }, {}, 'which is no path'],
])('%s is refused', (_case, http, about, problem) => {
  expect(read(http, about as Partial<Parameters<typeof readHttp>[2]>).problems).toEqual([expect.stringContaining(problem)]);
});

test.each([
  [{ methods: [], paths: [] }, 'whether it is an HTTP request'],
  [{ methods: ['GET', 'PUT'], paths: [] }, 'whether the HTTP request is `GET` or `PUT`'],
  [{ methods: ['GET'], paths: ['/a*'] }, 'whether the HTTP request is `GET` and goes to `/a*`'],
  [{ methods: [], paths: ['/a', '/b', '/c', '/d'] }, 'whether the HTTP request goes to one of 4 paths'],
])('%j depends on %s', (match, text) => {
  expect(describeHttp(match)).toEqual({ kind: 'condition', text });
});
