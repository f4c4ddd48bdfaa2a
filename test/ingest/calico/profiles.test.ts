import { ALLOW_PROFILE, profileIndex, readProfile } from '../../../src/ingest/calico/profiles';
import { namespace, originOf, readingOfObject } from '../../support/calico';

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

test.each([
  [ALLOW, 'allowAll'],
  [{}, 'none'],
  [{ labelsToApply: { a: 'b' }, ingress: [], egress: null }, 'none'],
  [{ ingress: ALLOW.ingress }, 'other'],
  [{ ...ALLOW, egress: [{ action: 'Deny' }] }, 'other'],
])('the rules of %j come to: %s', (spec, rules) => {
  const { reading } = readingOfObject({ spec });
  expect(readProfile(reading, originOf('Profile', 'x')).rules).toBe(rules);
});

describe('profiles by name', () => {
  const mine = { kind: 'profile', origin: originOf('Profile', 'mine'), labels: [['role', 'x']], rules: 'none' } as const;
  const profileAt = profileIndex([mine], [namespace('shop', { zone: 'east' })]);

  test('are those of the input, the one that is always there and those of namespaces', () => {
    expect(profileAt('mine')).toBe(mine);
    expect(profileAt(ALLOW_PROFILE)).toEqual({ labels: [], rules: 'allowAll' });
    expect(profileAt('kns.shop')).toEqual({
      labels: [
        ['pcns.zone', 'east'],
        ['pcns.projectcalico.org/name', 'shop'],
      ],
      rules: 'allowAll',
    });
  });

  test('are no others', () => {
    for (const name of ['kns.other', 'other', 'constructor', '__proto__']) expect(profileAt(name)).toBeUndefined();
  });

  test('of the input win over derived ones', () => {
    const own = { ...mine, origin: originOf('Profile', 'kns.shop') };
    expect(profileIndex([own], [namespace('shop')])('kns.shop')).toBe(own);
  });
});
