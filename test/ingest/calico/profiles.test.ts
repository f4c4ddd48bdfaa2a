import { readProfile } from '../../../src/ingest/calico/profiles';
import { originOf, readingOfObject } from '../../support/calico';

function read(name: string, spec: unknown) {
  const { reading, problems } = readingOfObject({ metadata: { name }, spec });
  return { labels: readProfile(reading, originOf('Profile', name)).labels, codes: problems.map((problem) => problem.split(' ')[0]) };
}

const ALLOW = { ingress: [{ action: 'Allow' }], egress: [{ action: 'Allow', source: {}, destination: {} }] };

test('a profile gives labels', () => {
  expect(read('x', { labelsToApply: { role: 'a' } })).toEqual({ labels: [['role', 'a']], codes: [] });
  expect(read('x', undefined)).toEqual({ labels: [], codes: [] });
  expect(read('x', { labelsToApply: { role: 1 } })).toEqual({ labels: [], codes: ['calico-refused'] });
});

test('the profile of a namespace allows everything, and one that does not is told', () => {
  expect(read('kns.shop', ALLOW).codes).toEqual([]);
  for (const ingress of [[], [{ action: 'Deny' }], [{ action: 'Allow', protocol: 'TCP' }], [{ action: 'Allow' }, { action: 'Deny' }]]) {
    expect(read('kns.shop', { ...ALLOW, ingress }).codes).toEqual(['partly-modelled']);
  }
  expect(read('ksa.shop.runner', {}).codes).toEqual([]);
});
