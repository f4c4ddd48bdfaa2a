import { analyze } from '../../../src/engine/analyze';
import { matchSubject } from '../../../src/engine/evaluate-match';
import { isolationOf } from '../../../src/engine/query/isolation';
import { anyOf, type Truth } from '../../../src/model/match';
import { type Direction, rulesOf } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import { cluster, labels, type PolicyOptions } from '../../support/cluster';
import { partyOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

/** Isolation of a pod, of which the value of one label is unknown, under one policy. */
function isolationUnder(policy: PolicyOptions): readonly [ingress: Truth, egress: Truth] {
  const snapshot = cluster()
    .tier('early', 1, 'Pass')
    .tier('late', 2_000_000, 'Deny')
    .pod('shop/web', { app: 'web' }, { unknownKeys: ['hash'] })
    .policy('shop/policy', policy)
    .snapshot();
  const analysis = analyze(snapshot);
  return [isolationOf(analysis, 0, 'ingress'), isolationOf(analysis, 0, 'egress')];
}

function byDefinition(snapshot: Snapshot, endpoint: number, direction: Direction): Truth {
  const denying = new Set(snapshot.tiers.filter(({ defaultAction }) => defaultAction === 'Deny').map(({ name }) => name));
  const active = snapshot.policies.filter(
    (policy) => policy.hook === 'normal' && !policy.staged && denying.has(policy.tier) && rulesOf(policy, direction),
  );
  return anyOf(active.map((policy) => matchSubject(policy, partyOf(snapshot, endpoint)))).truth;
}

describe('an endpoint', () => {
  it.each<[string, PolicyOptions, readonly [Truth, Truth]]>([
    ['isolated in the direction that a policy has, even without rules', { ingress: [] }, ['yes', 'no']],
    ['isolated in both directions by a policy that has both', { ingress: [], egress: [] }, ['yes', 'yes']],
    ['not isolated by a policy without directions', {}, ['no', 'no']],
    ['not isolated by a policy for others', { appliesTo: labels({ app: 'db' }), ingress: [], egress: [] }, ['no', 'no']],
    ['perhaps isolated by a policy of which nobody knows', { appliesTo: labels({ hash: 'a' }), egress: [] }, ['no', 'maybe']],
    ['not isolated by a staged policy', { staged: true, ingress: [] }, ['no', 'no']],
    ['not isolated by a policy at the host’s interfaces', { hook: 'preDNAT', ingress: [] }, ['no', 'no']],
    ['isolated by a policy of any tier that denies the rest', { tier: 'late', egress: [] }, ['no', 'yes']],
    ['not isolated by a policy of a tier that passes on the rest', { tier: 'early', ingress: [], egress: [] }, ['no', 'no']],
  ])('is %s', (_name, policy, expected) => {
    expect(isolationUnder(policy)).toEqual(expected);
  });

  it('is certainly isolated if one policy certainly selects it, whatever others do', () => {
    const snapshot = cluster()
      .pod('shop/web', {}, { unknownKeys: ['hash'] })
      .policy('shop/a', { appliesTo: labels({ hash: 'a' }), ingress: [] })
      .policy('shop/b', { ingress: [] })
      .policy('shop/c', { appliesTo: labels({ hash: 'c' }), ingress: [] })
      .snapshot();
    expect(isolationOf(analyze(snapshot), 0, 'ingress')).toBe('yes');
  });

  it('is isolated as the definition has it, in every cluster', () => {
    const seen = { yes: 0, no: 0, maybe: 0 };
    for (let seed = 0; seed < 60; seed++) {
      const snapshot = generateCluster(randomFrom(seedOf(SEED, seed)), seed % 2 ? 'everything' : 'networkPolicyLike');
      const analysis = analyze(snapshot);
      for (const { id } of snapshot.endpoints)
        for (const direction of ['ingress', 'egress'] as const) {
          const truth = byDefinition(snapshot, id, direction);
          expect([seed, id, direction, isolationOf(analysis, id, direction)]).toEqual([seed, id, direction, truth]);
          seen[truth]++;
        }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });
});
