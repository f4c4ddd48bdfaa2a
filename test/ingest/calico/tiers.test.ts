import { linkTiers, readTier } from '../../../src/ingest/calico/tiers';
import { parseCalicoVersion } from '../../../src/ingest/calico/version';
import type { TierDraft } from '../../../src/ingest/draft';
import type { Diagnostic } from '../../../src/model/diagnostic';
import type { Policy, Tier } from '../../../src/model/policy';
import { originOf, readingOfObject } from '../../support/calico';

function read(name: string, spec: unknown, apiVersion = 'projectcalico.org/v3') {
  const { reading, problems } = readingOfObject({ metadata: { name }, spec });
  return {
    tier: readTier(reading, originOf('Tier', name, undefined, apiVersion)).tier,
    codes: problems.map((problem) => problem.split(' ')[0]),
  };
}

test.each([
  ['sec', { order: 100 }, { name: 'sec', order: 100, defaultAction: 'Deny' }],
  ['sec', { order: -1.5, defaultAction: 'Pass' }, { name: 'sec', order: -1.5, defaultAction: 'Pass' }],
  ['sec', {}, { name: 'sec', order: 1_000_000, defaultAction: 'Deny' }],
  ['sec', undefined, { name: 'sec', order: 1_000_000, defaultAction: 'Deny' }],
  ['default', { order: 1_000_000 }, { name: 'default', order: 1_000_000, defaultAction: 'Deny' }],
  ['kube-admin', { order: 1000, defaultAction: 'Pass' }, { name: 'kube-admin', order: 1000, defaultAction: 'Pass' }],
])('tier %s with %j', (name, spec, tier) => {
  expect(read(name, spec)).toEqual({ tier, codes: [] });
});

test.each([
  ['se.c', {}],
  ['x'.repeat(64), {}],
  ['sec', { defaultAction: 'Allow' }],
  ['default', { order: 5 }],
  ['default', { order: 1_000_000, defaultAction: 'Pass' }],
  ['kube-baseline', { order: 1000, defaultAction: 'Pass' }],
  ['sec', { order: '100' }],
])('tier %s with %j is refused', (name, spec) => {
  expect(read(name, spec)).toEqual({ tier: undefined, codes: ['calico-refused'] });
});

test('stored, a tier is what the dataplane makes of it', () => {
  const stored = (name: string, spec: unknown) => read(name, spec, 'crd.projectcalico.org/v1');

  expect(stored('default', { order: 5 })).toEqual({
    tier: { name: 'default', order: 5, defaultAction: 'Deny' },
    codes: ['calico-unchecked'],
  });
  expect(stored('sec', { defaultAction: 'pass' })).toEqual({
    tier: { name: 'sec', order: 1_000_000, defaultAction: 'Deny' },
    codes: ['calico-unchecked'],
  });
  expect(stored('sec', { order: [] })).toEqual({ tier: undefined, codes: ['calico-ignored'] });
});

const BUILT_IN: readonly Tier[] = [
  { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
  { name: 'kube-admin', order: 1000, defaultAction: 'Pass' },
];

function link(drafts: readonly Tier[], used: readonly string[], release = '3.32') {
  const diagnostics: Diagnostic[] = [];
  const policies = used.map((tier) => ({ tier, ref: { ...originOf('GlobalNetworkPolicy', `in-${tier}`) } }) as unknown as Policy);
  const given = {
    drafts: drafts.map((tier): TierDraft => ({ kind: 'tier', origin: originOf('Tier', tier.name), tier })),
    version: parseCalicoVersion(release),
  };
  const tiers = linkTiers(BUILT_IN, policies, given, (diagnostic) => diagnostics.push(diagnostic));
  return {
    tiers: tiers.map(({ name, order, defaultAction }) => `${name} ${order} ${defaultAction}`),
    told: diagnostics.map(({ code, resource }) => `${code} ${resource}`),
  };
}

test('tiers go by order, then by name', () => {
  const tier = (name: string, order: number): Tier => ({ name, order, defaultAction: 'Pass' });

  expect(link([tier('zz', 1_000_000), tier('sec', 100), tier('aa', 1_000_000)], []).tiers).toEqual([
    'sec 100 Pass',
    'aa 1000000 Pass',
    'default 1000000 Deny',
    'zz 1000000 Pass',
  ]);
});

test('of the tiers that are always there, those that nobody uses are left out', () => {
  expect(link([], []).tiers).toEqual(['default 1000000 Deny']);
  expect(link([], ['kube-admin']).tiers).toEqual(['kube-admin 1000 Pass', 'default 1000000 Deny']);
});

test('a tier that is used and not there comes last, and is told once', () => {
  expect(link([], ['gone', 'gone', 'default'])).toEqual({
    tiers: ['default 1000000 Deny', 'gone Infinity Deny'],
    told: ['tier-missing in-gone[GlobalNetworkPolicy]'],
  });
});

test('what the input says of a tier that is always there wins', () => {
  expect(link([{ name: 'default', order: 5, defaultAction: 'Deny' }], []).tiers).toEqual(['default 5 Deny']);
});

test('a release without tiers has one', () => {
  expect(link([{ name: 'sec', order: 1, defaultAction: 'Deny' }], [], '3.28')).toEqual({
    tiers: ['default 1000000 Deny'],
    told: ['tiers-not-supported sec[Tier]'],
  });
});
