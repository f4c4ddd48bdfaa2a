import { PacketSpecs } from '../../../src/engine/compile/packet-specs';
import { ALLOW, DENY, PASS, readPolicies } from '../../../src/engine/compile/policies';
import { ANY_PEER, Vocabulary } from '../../../src/engine/compile/vocabulary';
import { toInts } from '../../../src/engine/kernel/int-list';
import type { Snapshot } from '../../../src/model/snapshot';
import { AT_RUN_TIME, allow, block, cluster, deny, labels, log, pass, pods, to } from '../../support/cluster';

function read(snapshot: Snapshot) {
  const vocabulary = new Vocabulary();
  const specs = new PacketSpecs();
  return { vocabulary, specs, table: readPolicies(snapshot, vocabulary, specs) };
}

/** Actions of the rules of each policy. */
function actionsOf({ starts, actions }: ReturnType<typeof read>['table']['egress']): readonly (readonly number[])[] {
  return Array.from({ length: starts.length - 1 }, (_, policy) => [...toInts(actions).subarray(starts[policy], starts[policy + 1])]);
}

describe('rules as the compiler reads them', () => {
  it('keep their order, action, peer and condition, each direction by itself', () => {
    const { table, vocabulary } = read(
      cluster()
        .policy('a', {
          ingress: [allow([pods({ app: 'a' })]), deny('any', 'any', AT_RUN_TIME), pass([block('10.0.0.0/8')])],
          egress: [deny()],
        })
        .snapshot(),
    );
    expect(actionsOf(table.ingress)).toEqual([[ALLOW, DENY, PASS]]);
    expect(actionsOf(table.egress)).toEqual([[DENY]]);
    expect([...toInts(table.ingress.conditional)]).toEqual([0, 1, 0]);
    expect([...toInts(table.ingress.peers)]).toEqual([
      vocabulary.peer([pods({ app: 'a' })]),
      ANY_PEER,
      vocabulary.peer([block('10.0.0.0/8')]),
    ]);
    expect(table.ingress.packets).toHaveLength(3);
  });

  it('leave out Log, but hear what it tells apart', () => {
    const { table, vocabulary, specs } = read(
      cluster()
        .policy('a', { ingress: [log([pods({ app: 'a' }), block('10.0.0.0/8')], to('TCP', 'http')), allow()] })
        .snapshot(),
    );
    expect(actionsOf(table.ingress)).toEqual([[ALLOW]]);
    expect(vocabulary.labelKeys.endpoint.indexOf.has('app')).toBe(true);
    expect(vocabulary.netTerms).toHaveLength(1);
    expect(specs.names.has('http')).toBe(true);
  });

  it('of a Log rule alone are none, and yet the policy isolates', () => {
    const { table } = read(
      cluster()
        .policy('a', { ingress: [log()] })
        .snapshot(),
    );
    expect(actionsOf(table.ingress)).toEqual([[]]);
    expect([...table.ingress.present]).toEqual([1]);
    expect([...table.egress.present]).toEqual([0]);
  });

  it('of a direction without rules are none, and yet the policy isolates', () => {
    const { table } = read(cluster().policy('a', { egress: [] }).snapshot());
    expect([...table.egress.present, ...table.ingress.present]).toEqual([1, 0]);
  });

  it.each([
    ['staged', { staged: true }],
    ['before DNAT', { hook: 'preDNAT' }],
    ['untracked', { hook: 'untracked' }],
  ] as const)('of a policy that is %s take no part', (_, options) => {
    const { table, specs } = read(
      cluster()
        .policy('a', { ...options, ingress: [allow('any', [{ protocol: 'ICMP' }])], egress: [deny()] })
        .policy('b', { ingress: [deny()] })
        .snapshot(),
    );
    expect([...table.ingress.present, ...table.egress.present]).toEqual([0, 1, 0, 0]);
    expect(actionsOf(table.ingress)).toEqual([[], [DENY]]);
    expect(actionsOf(table.egress)).toEqual([[], []]);
    expect(specs.tellIcmpApart).toBe(false);
    expect(table.count).toBe(2);
  });
});

describe('policies as the compiler reads them', () => {
  it('share the selector of their subjects where it is the same', () => {
    const { table } = read(
      cluster()
        .policy('a', { appliesTo: labels({ app: 'a' }), ingress: [] })
        .policy('b', { appliesTo: labels({ app: 'b' }), ingress: [] })
        .policy('c', { appliesTo: labels({ app: 'a' }), ingress: [] })
        .snapshot(),
    );
    const [a, b, c] = table.subjects;
    expect(a).toBe(c);
    expect(a).not.toBe(b);
  });

  it('come tier by tier in the order of the snapshot, also where a tier has none', () => {
    const { table } = read(
      cluster()
        .tier('first', 1, 'Pass')
        .tier('empty', 2, 'Deny')
        .policy('late', { order: 2, ingress: [] })
        .policy('early', { order: 1, ingress: [] })
        .policy('top', { tier: 'first', ingress: [] })
        .snapshot(),
    );
    expect(table.tiers).toEqual([[0], [], [1, 2]]);
  });

  it('take no part in a tier that is not there', () => {
    const snapshot = cluster()
      .policy('a', { ingress: [allow()] })
      .policy('b', { tier: 'gone', ingress: [deny()] })
      .snapshot();
    const { table } = read(snapshot);
    const gone = snapshot.policies.findIndex(({ ref }) => ref.name === 'b');
    expect(table.tiers.flat()).not.toContain(gone);
    expect([table.ingress.present[gone], table.ingress.present[1 - gone]]).toEqual([0, 1]);
  });

  it('have three actions that decide', () => {
    expect(new Set([ALLOW, DENY, PASS]).size).toBe(3);
  });
});
