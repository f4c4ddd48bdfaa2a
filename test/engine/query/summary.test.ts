import { analyze } from '../../../src/engine/analyze';
import { summaryOf } from '../../../src/engine/query/summary';
import { FELIX_TIER } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, cluster, pods, to } from '../../support/cluster';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { homeless } from '../homeless';
import { stretchesOf, verdictByDefinition } from './brute-force';

/** Pairs of different workload endpoints with some packet to a port that is certainly (possibly) allowed, found flow by flow. */
function countByDefinition(snapshot: Snapshot) {
  const { endpoints, namespaces, policies } = snapshot;
  const packets = stretchesOf(snapshot).map(({ packet }) => packet);
  const members = endpoints.filter(({ workload }) => workload >= 0);
  const matrix = new Float64Array(namespaces.length * namespaces.length);
  let [allowedPairs, possiblePairs] = [0, 0];
  for (const from of members) {
    for (const target of members) {
      if (from === target) continue;
      const verdicts = packets.map((packet) => verdictByDefinition(snapshot, from.id, target.id, packet));
      if (verdicts.some((verdict) => verdict !== 'denied')) possiblePairs++;
      if (!verdicts.includes('allowed')) continue;
      allowedPairs++;
      matrix[from.namespace * namespaces.length + target.namespace]!++;
    }
  }
  return {
    endpoints: members.length,
    workloads: snapshot.workloads.length,
    policies: policies.length,
    pairs: members.length * (members.length - 1),
    allowedPairs,
    possiblePairs,
    namespaces: namespaces.map(({ name }) => name),
    namespaceMatrix: matrix,
  };
}

describe('summaryOf', () => {
  it('counts pairs of different pods, in all and by namespace', () => {
    const snapshot = cluster()
      .pod('a/one', { app: 'client' })
      .pod('a/two')
      .pod('b/three', { app: 'server' })
      .policy('b/server', { ingress: [allow([pods({ app: 'client' })], to('TCP', 443))] })
      .snapshot();
    const summary = summaryOf(analyze(snapshot));
    expect(summary).toEqual({
      endpoints: 3,
      workloads: 3,
      policies: 1,
      pairs: 6,
      allowedPairs: 5,
      possiblePairs: 5,
      isolated: { ingress: 1, egress: 0 },
      namespaces: ['a', 'b'],
      namespaceMatrix: Float64Array.of(2, 1, 2, 0),
    });
  });

  it('of an empty cluster is all zero', () => {
    expect(summaryOf(analyze(cluster().snapshot()))).toMatchObject({ endpoints: 0, pairs: 0, allowedPairs: 0, possiblePairs: 0 });
  });

  it('counts the policies that somebody wrote', () => {
    const snapshot = cluster()
      .pod('a/one')
      .tier(FELIX_TIER, -1, 'Pass')
      .policy('pool', { tier: FELIX_TIER, appliesTo: { kind: 'none' }, ingress: [] })
      .policy('a/own', { ingress: [] })
      .snapshot();
    expect(summaryOf(analyze(snapshot)).policies).toBe(1);
  });

  it('is as exact where only the number of a protocol is open', () => {
    const dropped = { droppedFromPods: [{ protocol: 'other', numbers: [[4, 4]] }] } as const;
    const { allowedPairs, possiblePairs } = summaryOf(analyze(cluster().pod('a/one').pod('a/two').network(dropped).snapshot()));
    expect([allowedPairs, possiblePairs]).toEqual([2, 2]);
  });

  it('is made once', () => {
    const analysis = analyze(cluster().pod('a/one').snapshot());
    expect(summaryOf(analysis)).toBe(summaryOf(analysis));
  });

  it('leaves the matrix empty where there are more namespaces than anybody reads', () => {
    const builder = cluster().pod('a/one').pod('b/two');
    for (let index = 0; index < 4096; index++) builder.namespace(`n${index}`);
    const summary = summaryOf(analyze(builder.snapshot()));
    expect(summary).toMatchObject({ allowedPairs: 2, namespaceMatrix: new Float64Array(0) });
  });

  it('is what the definition says of every pair', () => {
    for (let seed = 0; seed < 40; seed++) {
      const generated = generateCluster(randomFrom(seedOf(1848, seed)), seed % 2 ? 'everything' : 'networkPolicyLike', {
        namespaces: 3,
        endpoints: 9,
        policies: 7,
        rules: 3,
      });
      const snapshot = seed % 4 === 3 ? homeless(generated) : generated;
      expect(summaryOf(analyze(snapshot))).toMatchObject(countByDefinition(snapshot));
    }
  });
});
