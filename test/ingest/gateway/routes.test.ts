import { readGatewayRoute } from '../../../src/ingest/gateway/routes';
import { originOf, readingOfObject } from '../../support/calico';

function read(spec: unknown, kind = 'HTTPRoute') {
  const { reading, problems } = readingOfObject({ spec });
  return { route: readGatewayRoute(reading, originOf(kind, 'web', 'shop')), codes: problems.map((problem) => problem.split(' ')[0]) };
}

const targets = (spec: unknown) =>
  read(spec).route.backends.map(({ namespace = '-', service, port, path }) => `${namespace}/${service}:${port} ${path}`);

test('Gateways by name, with the listener and port that are meant', () => {
  const parentRefs = [{ name: 'edge' }, { name: 'edge', namespace: 'infra', sectionName: 'https', port: 443 }];
  const source = { file: 'all.yaml', document: 1, line: 1 };

  expect(read({ parentRefs, hostnames: ['A.example.org', 'a.example.org', 7] }).route).toMatchObject({
    hosts: ['a.example.org'],
    parents: [
      { name: 'edge', source },
      { name: 'edge', namespace: 'infra', section: 'https', port: 443, source },
    ],
  });
});

test.each([
  ['a Service in a mesh', { group: '', kind: 'Service', name: 'web' }, 'partly-modelled'],
  ['another kind', { kind: 'ListenerSet', name: 'edge' }, 'partly-modelled'],
  ['another group', { group: 'example.org', name: 'edge' }, 'partly-modelled'],
  ['no name', {}, 'bad-entry'],
  ['a name with a slash', { name: 'infra/edge' }, 'bad-entry'],
  ['a namespace of two lines', { name: 'edge', namespace: 'a\nb' }, 'bad-entry'],
])('a parent that is %s is told', (_case, parent, code) => {
  const { route, codes } = read({ parentRefs: [parent] });

  expect(route.parents).toEqual([]);
  expect(codes).toEqual([code]);
});

test('backends are those that something travels to, each once, with the paths that lead there', () => {
  const matches = [{ path: { value: '/a' } }, { path: { type: 'Exact', value: '/b' } }, { method: 'GET' }];
  const backendRefs = [
    { name: 'web', port: 80 },
    { name: 'web', port: 80, weight: 9 },
    { name: 'idle', port: 80, weight: 0 },
    { name: 'pay', namespace: 'bank', port: 443, kind: 'Service', group: '' },
  ];

  expect(targets({ rules: [{ matches, backendRefs }, { backendRefs: [{ name: 'web', port: 80 }] }] })).toEqual([
    '-/web:80 /a, /b, /',
    'bank/pay:443 /a, /b, /',
    '-/web:80 ',
  ]);
});

test('a mirror gets a copy of what others get', () => {
  const mirror = (name: string) => ({ type: 'RequestMirror', requestMirror: { backendRef: { name, port: 81 } } });
  const rule = {
    filters: [mirror('spy'), { type: 'RequestHeaderModifier' }],
    backendRefs: [{ name: 'web', port: 80, filters: [mirror('own')] }],
  };

  expect(targets({ rules: [rule] })).toEqual(['-/web:80 ', '-/spy:81 ', '-/own:81 ']);
});

test('a rule for gRPC leads to a service and method', () => {
  const rule = {
    matches: [{ method: { service: 'shop.Cart', method: 'Add' } }, { method: { service: 'shop.Cart' } }, {}],
    backendRefs: [{ name: 'cart', port: 1 }],
  };

  expect(targets({ rules: [rule] })).toEqual(['-/cart:1 shop.Cart/Add, shop.Cart, /']);
});

test.each([
  ['another kind', { kind: 'InferencePool', group: 'inference.networking.k8s.io', name: 'llm' }, 'partly-modelled'],
  ['no port', { name: 'web' }, 'bad-entry'],
  ['a port beyond 65535', { name: 'web', port: 70000 }, 'bad-entry'],
  ['no name', { port: 80 }, 'bad-entry'],
  ['a name of two lines', { name: 'a\nb', port: 80 }, 'bad-entry'],
])('a backend with %s is told and left out', (_case, ref, code) => {
  const { route, codes } = read({ rules: [{ backendRefs: [ref] }] });

  expect(route.backends).toEqual([]);
  expect(codes).toEqual([code]);
});

test.each([
  ['lists where mappings belong', { parentRefs: [[]], rules: [[]] }, 2],
  ['mappings where lists belong', { parentRefs: {}, hostnames: {}, rules: {} }, 3],
  ['texts', { rules: [{ matches: ['/'], backendRefs: ['web'], filters: 'x' }] }, 3],
  ['a mirror without a backend', { rules: [{ filters: [{ type: 'RequestMirror', requestMirror: [] }] }] }, 1],
])('%s lead nowhere and are told', (_case, spec, count) => {
  const { route, codes } = read(spec);

  expect(route).toMatchObject({ parents: [], hosts: [], backends: [] });
  expect(codes).toEqual(Array(count).fill('wrong-type'));
});

test('longer lists than the API server admits are cut', () => {
  const backendRefs = Array.from({ length: 17 }, (_, index) => ({ name: `s${index}`, port: 80 }));
  const { route, codes } = read({ parentRefs: Array(33).fill({ name: 'edge' }), rules: [{ backendRefs }] });

  expect([route.parents.length, route.backends.length]).toEqual([32, 16]);
  expect(codes).toEqual(['bad-entry', 'bad-entry']);
});
