import {
  ALLOW_PROFILE,
  areSilent,
  checkProfileNames,
  type Profile,
  profileIndex,
  readProfile,
  writtenProfiles,
} from '../../../src/ingest/calico/profiles';
import { selectorsFor } from '../../../src/ingest/calico/selectors';
import { ALLOW_ALL, complaintsIn, namespace, originOf, profile, readingOfObject } from '../../support/calico';

function read(name: string, spec: unknown, apiVersion = 'projectcalico.org/v3') {
  const { reading, problems } = readingOfObject({ metadata: { name }, spec });
  const draft = readProfile(reading, originOf('Profile', name, undefined, apiVersion));
  const [written] = writtenProfiles([draft], selectorsFor(true), ({ code }) => problems.push(code));
  return { written, codes: problems.map((problem) => problem.split(' ')[0]) };
}

const ALLOW = { ingress: [{ action: 'Allow' }], egress: [{ action: 'Allow', source: {}, destination: {} }] };
/** A rule as `allowAll`, `silent`, or the actions of the rules. */
function told({ rules }: Profile) {
  return [rules.ingress, rules.egress].map((list) =>
    list === 'allowAll' ? list : areSilent(list) ? 'silent' : list.map(({ action }) => action).join(),
  );
}

test('a profile gives labels', () => {
  expect(read('x', { labelsToApply: { role: 'a' } }).written!.labels).toEqual([['role', 'a']]);
  expect(read('x', undefined).written!.labels).toEqual([]);
});

test.each([
  [ALLOW, ['allowAll', 'allowAll']],
  [{}, ['silent', 'silent']],
  [{ labelsToApply: { a: 'b' }, ingress: [], egress: null }, ['silent', 'silent']],
  [{ ingress: ALLOW.ingress }, ['allowAll', 'silent']],
  [{ ...ALLOW, egress: [{ action: 'Deny' }] }, ['allowAll', 'Deny']],
  [{ ...ALLOW, ingress: [{ action: 'Allow', protocol: 'TCP' }, { action: 'Pass' }, { action: 'Log' }] }, ['Allow,Pass,Log', 'allowAll']],
  [{ ingress: [{ action: 'Allow' }, { action: 'Deny' }] }, ['Allow,Deny', 'silent']],
])('the rules of %j are: %j', (spec, rules) => {
  expect(told(read('x', spec).written!)).toEqual(rules);
});

test.each([
  ['a label that is no text', { labelsToApply: { role: 1 } }],
  ['rules that are no list', { ingress: 'all' }],
  ['a rule without an action', { ingress: [{ protocol: 'TCP' }] }],
  ['a port without a protocol', { egress: [{ action: 'Allow', destination: { ports: [80] } }] }],
  ['a selector that is none', { ingress: [{ action: 'Allow', source: { selector: 'app = 1' } }] }],
])('Calico would not have one with %s', (_case, spec) => {
  expect(read('x', spec)).toEqual({ written: undefined, codes: ['calico-refused'] });
});

test('in storage it is missing only for what the dataplane checks', () => {
  const stored = (rule: object) => read('x', { ingress: [rule] }, 'crd.projectcalico.org/v1');
  expect(stored({ action: 'Allow', source: { selector: 'app = 1' } })).toEqual({ written: undefined, codes: ['calico-ignored'] });
  expect(stored({ action: 'Allow', source: { nets: ['10.0.0.1/8'] } })).toMatchObject({ written: {}, codes: ['calico-unchecked'] });
});

test('a field that profiles do not have is told', () => {
  expect(read('x', { ...ALLOW_ALL, labels: {} }).codes).toEqual(['unknown-field']);
});

test('the profile that is always there is as it is', () => {
  expect(read(ALLOW_PROFILE, ALLOW_ALL)).toEqual({ written: undefined, codes: [] });
  expect(read(ALLOW_PROFILE, {})).toEqual({ written: undefined, codes: ['without-effect'] });
});

describe('profiles by name', () => {
  const mine = profile('mine', { labelsToApply: { role: 'x' } });
  const profileAt = profileIndex([mine], [namespace('shop', { zone: 'east' })]);

  test('are those of the input, the one that is always there and those of namespaces and service accounts', () => {
    expect(profileAt('mine')).toBe(mine);
    expect(told(profileAt(ALLOW_PROFILE)!)).toEqual(['allowAll', 'allowAll']);
    expect(profileAt('kns.shop')).toEqual({
      labels: [
        ['pcns.zone', 'east'],
        ['pcns.projectcalico.org/name', 'shop'],
      ],
      rules: { ingress: 'allowAll', egress: 'allowAll' },
    });
    expect(told(profileAt('ksa.shop.robot')!)).toEqual(['silent', 'silent']);
  });

  test('of a namespace that is not in the input is taken to be like others', () => {
    expect(profileAt('kns.other')).toMatchObject({ rules: { ingress: 'allowAll', egress: 'allowAll' }, isAssumed: true });
  });

  test('are no others', () => {
    for (const name of ['other', 'constructor', '__proto__']) expect(profileAt(name)).toBeUndefined();
  });

  test('of the input win over derived ones', () => {
    const own = profile('kns.shop', {});
    expect(profileIndex([own], [namespace('shop')])('kns.shop')).toBe(own);
  });
});

test.each([
  ['served', ['calico-refused'], true],
  ['stored', ['calico-unchecked'], false],
] as const)('a name under which no profile can be is told where it is %s', (api, codes, isLeftOut) => {
  const { complaints, problems } = complaintsIn(api);
  checkProfileNames(complaints, ['knp.default.fun', 'ksa.shop.robot'], {});
  expect(problems).toEqual([]);
  checkProfileNames(complaints, ['kns.shop', '.fun'], {});
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual(codes);
  expect(complaints.isLeftOut()).toBe(isLeftOut);
});
