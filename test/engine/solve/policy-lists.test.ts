import { type CompiledCluster, compile } from '../../../src/engine/compile/compile';
import { matchSubject } from '../../../src/engine/evaluate-match';
import { listPolicies, NO_LIST, PERHAPS, type PolicyLists } from '../../../src/engine/solve/policy-lists';
import { type Direction, rulesOf } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import { AT_RUN_TIME, allow, block, cluster, deny, labels, namespaceLabels, type PolicyOptions, pods } from '../../support/cluster';
import { endOf, partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { enrich } from '../enrich';

function made(snapshot: Snapshot) {
  const result = compile(snapshot);
  const passes = snapshot.tiers.map(({ defaultAction }) => defaultAction === 'Pass');
  return { snapshot, result, lists: listPolicies(result, passes) };
}

function entriesOf({ trie }: PolicyLists, state: number): readonly number[] {
  return state === NO_LIST ? [] : [...entriesOf({ trie } as PolicyLists, trie.parents.values[state]!), trie.entries.values[state]!];
}

function groupOf({ result, lists }: ReturnType<typeof made>, id: number): number {
  return lists.groupOf[result.classes.classOf[id]!]!;
}

/** The list of a tier for an endpoint by name, in words: `name` for a policy that certainly selects, `name?` for one that perhaps does. */
function listOf(all: ReturnType<typeof made>, endpoint: string, direction: Direction, tier = 0): readonly string[] {
  const state = all.lists[direction].states[tier]![groupOf(all, endOf(all.snapshot, endpoint) as number)]!;
  return entriesOf(all.lists, state).map((entry) => `${all.snapshot.policies[entry >>> 1]!.ref.name}${entry & PERHAPS ? '?' : ''}`);
}

/** Two pods, of which one lives in a namespace whose labels nobody knows, and policies `a`, `b`, … in this order. */
function twoPods(...policies: readonly PolicyOptions[]) {
  const builder = cluster().namespace('known', { team: 'x' }).pod('known/web', { app: 'web' }).pod('unknown/db', { app: 'db' });
  for (const [index, options] of policies.entries())
    builder.policy('abcdef'[index]!, { order: index, appliesTo: { kind: 'all' }, ...options });
  return made(builder.snapshot());
}

const TEAM_X = namespaceLabels({ team: 'x' });

describe('the list of an endpoint', () => {
  it('has the policies that select it, in order, of one direction', () => {
    const all = twoPods({ ingress: [], order: 9 }, { egress: [] }, { ingress: [], appliesTo: labels({ app: 'db' }) });
    expect(listOf(all, 'known/web', 'ingress')).toEqual(['a']);
    expect(listOf(all, 'unknown/db', 'ingress')).toEqual(['c', 'a']);
    expect(listOf(all, 'unknown/db', 'egress')).toEqual(['b']);
  });

  it('says which of them select it only perhaps', () => {
    const all = twoPods({ ingress: [], appliesTo: TEAM_X }, { ingress: [] });
    expect(listOf(all, 'known/web', 'ingress')).toEqual(['a', 'b']);
    expect(listOf(all, 'unknown/db', 'ingress')).toEqual(['a?', 'b']);
  });

  it('ends at a policy that decides about everything', () => {
    const all = twoPods({ ingress: [allow([pods({ app: 'web' })])] }, { ingress: [deny()] }, { ingress: [allow()] });
    expect(listOf(all, 'known/web', 'ingress')).toEqual(['a', 'b']);
  });

  it.each<[string, PolicyOptions]>([
    ['that only perhaps selects', { ingress: [deny()], appliesTo: TEAM_X }],
    ['whose rule only perhaps matches', { ingress: [deny('any', 'any', AT_RUN_TIME)] }],
    ['of another direction', { egress: [deny()] }],
    ['without rules', { ingress: [] }],
  ])('goes on behind a policy %s', (_, options) => {
    const all = twoPods(options, { ingress: [allow()] });
    expect(listOf(all, 'unknown/db', 'ingress').at(-1)).toBe('b');
  });

  it('begins anew in each tier', () => {
    const snapshot = cluster()
      .tier('first', 1, 'Pass')
      .pod('shop/web')
      .policy('top', { tier: 'first', ingress: [deny()] })
      .policy('bottom', { ingress: [allow()] })
      .snapshot();
    const all = made(snapshot);
    expect([0, 1].map((tier) => listOf(all, 'shop/web', 'ingress', tier))).toEqual([['top'], ['bottom']]);
  });

  it('leaves out policies that are staged or act elsewhere', () => {
    const all = twoPods({ ingress: [deny()], staged: true }, { ingress: [deny()], hook: 'preDNAT' }, { ingress: [] });
    expect(listOf(all, 'known/web', 'ingress')).toEqual(['c']);
  });
});

describe('groups', () => {
  it('hold the classes that the same policies select', () => {
    const builder = cluster();
    for (const app of ['a', 'b', 'c']) builder.pod(`shop/${app}`, { app });
    const all = made(builder.policy('p', { appliesTo: labels({ app: 'a' }), ingress: [allow([pods({ app: 'b' })])] }).snapshot());
    const group = (name: string) => groupOf(all, endOf(all.snapshot, `shop/${name}`) as number);
    expect(all.result.classes.count).toBe(3);
    expect(group('b')).toBe(group('c'));
    expect(group('a')).not.toBe(group('b'));
    expect(all.lists.groupCount).toBe(2);
  });

  it('hold classes with faces for two families beside those with one', () => {
    const all = made(
      cluster()
        .pod('shop/both', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
        .pod('shop/one', {}, { addresses: ['10.0.0.2'] })
        .policy('shop/p', { ingress: [allow([block('10.0.0.0/8')])] })
        .snapshot(),
    );
    expect([all.result.classes.count, all.result.classes.faceCount, all.lists.groupCount]).toEqual([2, 3, 1]);
  });

  it('are not split by policies that take no part', () => {
    const all = twoPods({ appliesTo: labels({ app: 'db' }), ingress: [], staged: true });
    expect([all.result.classes.count, all.lists.groupCount]).toEqual([2, 1]);
  });
});

/** The list by definition: which policies select, up to the first that certainly does and decides about everything. */
function expectedList(snapshot: Snapshot, { ingress, egress }: CompiledCluster, id: number, direction: Direction, tier: number) {
  const { final } = direction === 'ingress' ? ingress : egress;
  const entries: number[] = [];
  for (const [index, policy] of snapshot.policies.entries()) {
    if (policy.tier !== snapshot.tiers[tier]!.name || policy.staged || policy.hook !== 'normal' || !rulesOf(policy, direction)) continue;
    const { truth } = matchSubject(policy, partyOf(snapshot, id));
    if (truth === 'no') continue;
    entries.push(2 * index + (truth === 'maybe' ? PERHAPS : 0));
    if (truth === 'yes' && final[index] === 1) break;
  }
  return entries;
}

/** How surely some policy of a tier that denies the rest selects an endpoint in a direction. */
function expectedIsolation(snapshot: Snapshot, id: number, direction: Direction): number {
  const denying = new Set(snapshot.tiers.filter(({ defaultAction }) => defaultAction === 'Deny').map(({ name }) => name));
  const taking = snapshot.policies.filter(
    (policy) => !policy.staged && policy.hook === 'normal' && denying.has(policy.tier) && rulesOf(policy, direction),
  );
  const truths = taking.map((policy) => matchSubject(policy, partyOf(snapshot, id)).truth);
  return truths.includes('yes') ? 2 : truths.includes('maybe') ? 1 : 0;
}

it('lists and isolation are those of the definition, and equal lists of a tier share one state', () => {
  const seen = { perhaps: 0, final: 0, shared: 0 };
  for (let part = 0; part < 40; part++) {
    const random = randomFrom(seedOf(SEED, part));
    const all = made(enrich(random, generateCluster(random, 'everything')));
    const { snapshot, lists, result } = all;
    for (const direction of ['egress', 'ingress'] as const) {
      const { states, isolation } = lists[direction];
      const isolations = snapshot.endpoints.map(({ id }) => isolation[groupOf(all, id)]);
      expect(isolations).toEqual(snapshot.endpoints.map(({ id }) => expectedIsolation(snapshot, id, direction)));
      seen.final += result[direction].final.filter((flag) => flag === 1).length;
      for (const tier of snapshot.tiers.keys()) {
        const stateOf = snapshot.endpoints.map(({ id }) => states[tier]![groupOf(all, id)]!);
        const expected = snapshot.endpoints.map(({ id }) => expectedList(snapshot, result, id, direction, tier));
        expect(stateOf.map((state) => entriesOf(lists, state))).toEqual(expected);
        const distinct = new Set(expected.map((entries) => entries.join(' '))).size;
        expect(new Set(stateOf).size).toBe(distinct);
        seen.perhaps += expected.flat().filter((entry) => entry & PERHAPS).length;
        seen.shared += expected.filter((entries) => entries.length > 0).length - distinct;
      }
    }
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(20);
});
