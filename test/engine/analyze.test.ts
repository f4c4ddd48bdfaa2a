import { type Analysis, analyze } from '../../src/engine/analyze';
import { evaluate } from '../../src/engine/evaluate';
import { catalogueOf } from '../../src/engine/query/catalogue';
import { explain } from '../../src/engine/query/explain';
import { verdictOf } from '../../src/engine/query/verdict';
import type { Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import { allow, cluster, labels, pods } from '../support/cluster';
import { flowOf } from '../support/flow';
import { generateCluster } from '../support/generate-cluster';
import { boundariesOf, generateFlow } from '../support/generate-flow';
import { type Random, randomFrom, seedOf } from '../support/random';
import { enrich, enrichFlow } from './enrich';
import { homeless } from './homeless';

/** Puts random flows to the analysis and to the definition; answers how often each verdict came up. */
function compare(snapshot: Snapshot, analysis: Analysis, random: Random, flows: number, enriched = false) {
  const boundaries = boundariesOf(snapshot);
  const seen = { allowed: 0, denied: 0, indeterminate: 0 };
  for (let count = 0; count < flows; count++) {
    const plain = generateFlow(random, snapshot, boundaries);
    const flow = enriched && count % 2 === 0 ? enrichFlow(random, plain) : plain;
    const expected = evaluate(snapshot, flowOf(snapshot, flow));
    expect({ flow, verdict: verdictOf(analysis, flow) }).toEqual({ flow, verdict: expected.verdict });
    if (count % 5 === 0) expect(explain(analysis, flow)).toEqual(expected);
    seen[expected.verdict]++;
  }
  return seen;
}

function compareClusters(
  base: number,
  clusters: number,
  flows: number,
  change: (random: Random, snapshot: Snapshot) => Snapshot,
  enriched = false,
) {
  const seen = { allowed: 0, denied: 0, indeterminate: 0 };
  for (let part = 0; part < clusters; part++) {
    const random = randomFrom(seedOf(base, part));
    const snapshot = change(random, generateCluster(random, part % 2 ? 'everything' : 'networkPolicyLike'));
    const own = compare(snapshot, analyze(snapshot), random, flows, enriched);
    for (const verdict of ['allowed', 'denied', 'indeterminate'] as const) seen[verdict] += own[verdict];
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(clusters);
}

describe('an analysis', () => {
  it('agrees with the definition on endpoints of which no address is known', () => {
    compareClusters(11, 60, 120, (_, snapshot) => homeless(snapshot));
  });

  it('agrees with the definition on what only Calico says', () => {
    compareClusters(12, 120, 150, enrich, true);
  });

  it('agrees with the definition on a cluster whose rows have many chunks', () => {
    const random = randomFrom(13);
    const builder = cluster();
    for (let index = 0; index < 1800; index++)
      builder.pod(
        `n${index % 9}/p${index}`,
        { id: `i${index}`, app: `a${index % 7}` },
        { addresses: [`10.0.${index >> 8}.${index & 255}`] },
      );
    for (let index = 0; index < 220; index++) {
      const values = random.times(12, () => `i${random.below(1800)}`);
      const several = (): Selector => ({ kind: 'label', owner: 'endpoint', key: 'id', test: { operator: 'in', values } });
      const peer = random.pick([[pods({ app: `a${random.below(7)}` })], [{ selector: several(), netsSeePods: 'no' as const }]]);
      const namespace = `n${random.below(9)}`;
      builder.policy(`${namespace}/policy-${index}`, {
        appliesTo: {
          kind: 'and',
          of: [{ kind: 'inNamespace', names: [namespace] }, random.chance(0.5) ? several() : labels({ app: `a${index % 7}` })],
        },
        [random.pick(['ingress', 'egress'] as const)]: [allow(peer)],
      });
    }
    const snapshot = builder.snapshot();
    const analysis = analyze(snapshot);
    expect(analysis.model.rows.size).toBeGreaterThan(1024);
    const seen = { allowed: 0, denied: 0 };
    for (let count = 0; count < 6000; count++) {
      const flow = { source: random.below(1800), destination: random.below(1800), packet: { protocol: 'TCP', port: 80 } } as const;
      const { verdict } = evaluate(snapshot, flowOf(snapshot, flow));
      expect({ flow, verdict: verdictOf(analysis, flow) }).toEqual({ flow, verdict });
      if (verdict !== 'indeterminate') seen[verdict]++;
    }
    expect(Math.min(seen.allowed, seen.denied)).toBeGreaterThan(200);
  });

  it('works on a cluster without anything', () => {
    const analysis = analyze({ ...cluster().snapshot(), tiers: [], namespaces: [] });
    expect(catalogueOf(analysis).endpointCount()).toBe(0);
    expect(verdictOf(analysis, { source: '10.0.0.1', destination: '::1', packet: { protocol: 'TCP', port: 80 } })).toBe('allowed');
  });

  it('leaves policies out that are staged, of another hook or of no tier', () => {
    const base = cluster().pod('shop/web').policy('shop/closed', { ingress: [] }).snapshot();
    const flow = { source: '10.0.0.1', destination: 0, packet: { protocol: 'TCP', port: 80 } } as const;
    const verdictWith = (change: object) =>
      verdictOf(analyze({ ...base, policies: base.policies.map((policy) => ({ ...policy, ...change })) }), flow);
    expect(verdictWith({})).toBe('denied');
    expect(verdictWith({ staged: true })).toBe('allowed');
    expect(verdictWith({ hook: 'preDNAT' })).toBe('allowed');
    expect(verdictWith({ tier: 'nowhere' })).toBe('allowed');
  });

  it('solves thousands of policies that select the same pods, each with a port of its own, without a walk for each pair of them', () => {
    const builder = cluster();
    for (let index = 0; index < 40; index++) builder.pod(`shop/p${index}`, { app: `a${index % 4}` });
    for (let index = 0; index < 4000; index++)
      builder.policy(`shop/policy-${index}`, {
        ingress: [allow([pods({ app: `a${index % 4}` })], [{ protocol: 'TCP', ports: [[index + 1, index + 1]] }])],
      });
    const snapshot = builder.snapshot();
    const analysis = analyze(snapshot);
    const random = randomFrom(14);
    for (let count = 0; count < 40; count++) {
      const flow = {
        source: random.below(40),
        destination: random.below(40),
        packet: { protocol: 'TCP', port: random.between(1, 4100) },
      } as const;
      expect(verdictOf(analysis, flow)).toBe(evaluate(snapshot, flowOf(snapshot, flow)).verdict);
    }
  });
});
