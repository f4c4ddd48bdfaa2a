import { isDnsLabel, kubernetesTieBreak, readTierOf, tieBreakOf } from '../../../src/ingest/calico/policy-names';
import { parseCalicoVersion } from '../../../src/ingest/calico/version';
import { complaintsIn } from '../../support/calico';

function tierOf(name: string, tier: string | undefined, release: string, api: 'served' | 'stored' = 'served', namespace?: string) {
  const { complaints, problems } = complaintsIn(api);
  const kind = namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  const read = readTierOf(complaints, { tier }, { name, namespace, kind }, parseCalicoVersion(release));
  return [read, ...problems.map((problem) => problem.split(' ')[0])];
}

test.each([
  ['web', true],
  ['w', true],
  ['0-9', true],
  ['web.x', false],
  ['-web', false],
  ['Web', false],
  ['', false],
  ['x'.repeat(63), true],
  ['x'.repeat(64), false],
])('%s is one label of a DNS name: %s', (text, is) => {
  expect(isDnsLabel(text)).toBe(is);
});

describe('since names are free', () => {
  test.each([
    ['web', undefined, 'default'],
    ['web', 'sec', 'sec'],
    ['default.web', 'sec', 'sec'],
    ['sec.web', undefined, 'default'],
    ['web', '', 'default'],
  ])('%s of tier %s is in tier %s', (name, tier, expected) => {
    expect(tierOf(name, tier, '3.32')).toEqual([expected]);
  });
});

describe('while names began with that of the tier', () => {
  test.each([
    ['web', undefined, ['default']],
    ['default.web', undefined, ['default']],
    ['sec.web', 'sec', ['sec']],
    ['knp.default.web', undefined, ['default']],
    ['web', 'sec', ['default', 'calico-refused']],
    ['default.web', 'sec', ['default', 'calico-refused']],
    ['sec.web', undefined, ['sec', 'calico-refused']],
    ['other.web', 'sec', ['other', 'calico-refused']],
  ])('%s of tier %s: %j', (name, tier, expected) => {
    expect(tierOf(name, tier, '3.31', 'served', 'ns')).toEqual(expected);
  });

  test('a stored policy is in the tier that its name tells', () => {
    expect(tierOf('foo.bar', undefined, '3.30', 'stored')).toEqual(['foo', 'calico-unchecked']);
  });
});

test('before tiers there is one, and naming another is told', () => {
  expect(tierOf('web', undefined, '3.28')).toEqual(['default']);
  expect(tierOf('web', 'default', '3.28')).toEqual(['default']);
  expect(tierOf('web', 'sec', '3.28')).toEqual(['default', 'tiers-not-supported']);
});

test.each([
  ['Web', undefined],
  ['a.b.c', undefined],
  ['a.b.c', 'ns'],
  ['knp.default.a.b', undefined],
  ['a_b', 'ns'],
])('%s is no name of a policy of namespace %s', (name, namespace) => {
  expect(tierOf(name, undefined, '3.32', 'served', namespace)).toEqual(['default', 'calico-refused']);
});

test.each([['a.b'], ['knp.default.a.b'], ['ossg.default.a']])('%s is one', (name) => {
  expect(tierOf(name, undefined, '3.32', 'served', 'ns')).toEqual(['default']);
});

const NEW = parseCalicoVersion('3.32');
const OLD = parseCalicoVersion('3.31');

test.each([
  [{ name: 'web', namespace: 'ns', kind: 'NetworkPolicy' }, 'web/ns/NetworkPolicy', 'ns/default.web'],
  [{ name: 'web', namespace: undefined, kind: 'GlobalNetworkPolicy' }, 'web//GlobalNetworkPolicy', 'default.web'],
  [{ name: 'default.web', namespace: undefined, kind: 'GlobalNetworkPolicy' }, 'default.web//GlobalNetworkPolicy', 'default.web'],
  [{ name: 'sec.web', namespace: 'ns', kind: 'NetworkPolicy' }, 'sec.web/ns/NetworkPolicy', 'ns/sec.web'],
])('%j goes by %s, and before by %s', (name, since, before) => {
  expect([tieBreakOf(name, NEW), tieBreakOf(name, OLD)]).toEqual([since, before]);
});

test('a NetworkPolicy of Kubernetes has a name of its own', () => {
  expect([kubernetesTieBreak('web', 'ns', NEW), kubernetesTieBreak('web', 'ns', OLD)]).toEqual([
    'web/ns/KubernetesNetworkPolicy',
    'ns/knp.default.web',
  ]);
});

test('`allow-all` goes before `allow` since names are free, and after it before', () => {
  const key = (name: string, version: typeof NEW) => tieBreakOf({ name, namespace: undefined, kind: 'GlobalNetworkPolicy' }, version);

  expect(key('allow-all', NEW) < key('allow', NEW)).toBe(true);
  expect(key('allow-all', OLD) < key('allow', OLD)).toBe(false);
});

test.each(['3.28', '3.30', '3.32'])('no tier has a name in brackets, as ours have, also where %s looks for it', (release) => {
  expect(tierOf('web', '(profiles)', release)).toContain('calico-refused');
  expect(tierOf('web', '(profiles)', release, 'stored')).toContain('calico-ignored');
});
