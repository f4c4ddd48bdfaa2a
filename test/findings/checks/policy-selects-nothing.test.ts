import { policySelectsNothing } from '../../../src/findings/checks/policy-selects-nothing';
import type { Workload } from '../../../src/model/endpoint';
import { FELIX_TIER } from '../../../src/model/policy';
import type { Selector } from '../../../src/model/selector';
import type { Snapshot } from '../../../src/model/snapshot';
import { labels, type PolicyOptions } from '../../support/cluster';
import { judge, podsWith, scene, selecting, summaries } from '../support/scene';

const check = policySelectsNothing;

/** The snapshot with a workload that has no pods now. */
function withDormant(snapshot: Snapshot, namespace: string, name: string): Snapshot {
  const source = { file: 'dormant.yaml', document: 1, line: 1 };
  const dormant: Workload = {
    ref: { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name, source },
    replicas: 0,
    endpoints: [],
    images: [],
  };
  return { ...snapshot, workloads: [...snapshot.workloads, dormant] };
}

describe('LT-HYG-001', () => {
  it('finds a policy whose selector is misspelt, and whom it leaves open', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/frontend', { app: 'frontend' }).policy('shop/front', selecting('shop', { app: 'fronted' }, { ingress: [] })),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop/front[NetworkPolicy] - nothing proven medium']);
    expect(judgement!.sentence).toBe(
      'policy `shop/front[NetworkPolicy]` selects no pod; `shop/frontend[Pod]`, one label away, is open for ingress',
    );
    expect(judgement!.evidence.nearestCandidates).toEqual([
      '`shop/frontend[Pod]` is one label away: label `app` is `frontend`, wanted is `fronted`',
    ]);
    expect(judgement!.advice).toBe('if `shop/frontend[Pod]` is meant, change `app` to `frontend` in the selector of the policy');
    expect(judgement!.source).toEqual(snapshot.policies[0]!.ref.source);
  });

  it('is silent about what nobody wrote', () => {
    const inTier = (tier: string) =>
      scene(['shop'], (builder) =>
        builder
          .pod('shop/frontend')
          .tier(tier, -1, 'Pass')
          .policy('pool', { tier, appliesTo: { kind: 'none' }, ingress: [] }),
      );
    expect(judge(check, inTier(FELIX_TIER))).toEqual([]);
    expect(judge(check, inTier('mine'))).toHaveLength(1);
  });

  it('vanishes when the selector is corrected as advised', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/frontend', { app: 'frontend' }).policy('shop/front', selecting('shop', { app: 'frontend' }, { ingress: [] })),
    );
    expect(judge(check, snapshot)).toEqual([]);
  });

  it('is low where no near workload is open in the directions of the policy', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/frontend', { app: 'frontend' })
        .policy('shop/front', selecting('shop', { app: 'fronted' }, { ingress: [] }))
        .policy('shop/deny', { ingress: [] }),
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop/front[NetworkPolicy] - nothing proven low']);
  });

  it('finds the workload in another namespace', () => {
    const snapshot = scene(['pay', 'shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('pay/ledger', { app: 'ledger' })
        .policy('shop/ledger', selecting('shop', { app: 'ledger' }, { ingress: [] })),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop/ledger[NetworkPolicy] - nothing proven low']);
    expect(judgement!.evidence.nearestCandidates).toEqual(['`pay/ledger[Pod]` has the labels, but is in another namespace']);
    expect(judgement!.advice).toBe('move the policy to the namespace of the pods that it is meant for');
  });

  it('finds a policy for pods that share the network of their node, where it does nothing', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/agent', { app: 'agent' }, { network: 'host' })
        .policy('shop/agent', selecting('shop', { app: 'agent' }, { ingress: [] })),
    );
    const [judgement] = judge(check, snapshot);
    expect(judgement!.evidence.nearestCandidates).toEqual([
      "`shop/agent[Pod]` has the labels, but shares its node's network, where network policy does not act",
    ]);
    expect(judgement!.severity).toBe('low');
  });

  it.each([
    ['a policy that selects a pod', { app: 'web' }],
    ['a policy for every pod of a namespace', {}],
  ])('is silent about %s', (_case, wanted) => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', { app: 'web' }).policy('shop/p', selecting('shop', wanted, { ingress: [] })),
    );
    expect(judge(check, snapshot)).toEqual([]);
  });

  it('is silent about an empty selector in a namespace without workloads', () => {
    expect(
      judge(
        check,
        scene(['empty'], (builder) => builder.policy('empty/deny', { ingress: [] })),
      ),
    ).toEqual([]);
  });

  it('is silent about a policy for pods that could come: those without a label', () => {
    const bare = podsWith('shop', { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'doesNotExist' } });
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', { app: 'web' }).policy('shop/bare', { appliesTo: bare, ingress: [] })),
      ),
    ).toEqual([]);
  });

  it('stays open in a namespace of which the input holds no workload', () => {
    const [judgement] = judge(
      check,
      scene(['empty'], (builder) => builder.policy('empty/web', selecting('empty', { app: 'web' }, { ingress: [] }))),
    );
    expect(summaries([judgement!])).toEqual(['empty/web[NetworkPolicy] - nothing open']);
    expect(judgement!.sentence).toBe(
      'whether policy `empty/web[NetworkPolicy]` selects anything depends on the workloads of namespace `empty`, none of which is in the input',
    );
  });

  it('stays open where a workload has no pods now: its labels are not told', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', { app: 'web' }).policy('shop/batch', selecting('shop', { app: 'batch' }, { ingress: [] })),
    );
    const [judgement] = judge(check, withDormant(snapshot, 'shop', 'batch'));
    expect(summaries([judgement!])).toEqual(['shop/batch[NetworkPolicy] - nothing open']);
    expect(judgement!.sentence).toContain('the labels of the pods of `shop/batch[Deployment]`, of which there are none now');
  });

  it('stays open where a controller sets the label', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .template('shop/web', { app: 'web' }, { unknownKeys: ['pod-template-hash'] })
        .policy('shop/one', selecting('shop', { 'pod-template-hash': 'x' }, { ingress: [] })),
    );
    expect(summaries(judge(check, snapshot))).toEqual(['shop/one[NetworkPolicy] - nothing open']);
  });

  it('assumes that a bundle of templates is complete', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder.template('shop/web', { app: 'web' }).policy('shop/db', selecting('shop', { app: 'db' }, { ingress: [] })),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop/db[NetworkPolicy] - nothing assumed low']);
    expect(judgement!.evidence.assumptions).toEqual(['the bundle holds every workload of the namespace']);
  });

  it('looks for a policy over the whole cluster in every namespace', () => {
    const build = (value: string) =>
      scene(['a', 'b'], (builder) =>
        builder
          .pod('a/p', { app: 'x' })
          .pod('b/p', { app: 'y' })
          .policy('global', { appliesTo: labels({ app: value }), ingress: [] }),
      );
    expect(judge(check, build('y'))).toEqual([]);
    expect(summaries(judge(check, build('z')))).toEqual(['global[GlobalNetworkPolicy] - nothing proven low']);
  });

  it('is certain of a selector that can choose nothing at all', () => {
    const snapshot = scene(['empty'], (builder) => builder.policy('empty/broken', { appliesTo: { kind: 'none' }, ingress: [] }));
    expect(summaries(judge(check, snapshot))).toEqual(['empty/broken[NetworkPolicy] - nothing proven low']);
  });

  it('stays open in a cluster of which the input holds no workload', () => {
    const [judgement] = judge(
      check,
      scene([], (builder) => builder.policy('global', { appliesTo: labels({ app: 'x' }), ingress: [] })),
    );
    expect(judgement!.sentence).toBe(
      'whether policy `global[GlobalNetworkPolicy]` selects anything depends on the workloads of the cluster, none of which is in the input',
    );
  });

  it('counts nodes as something to select', () => {
    const hosts = { appliesTo: { kind: 'network', network: 'host' } as const, ingress: [] };
    expect(
      judge(
        check,
        scene([], (builder) => builder.node('n1').policy('hosts', hosts)),
      ),
    ).toEqual([]);
  });
});

describe('LT-HYG-001 about host endpoints', () => {
  const NOBODY = { kind: 'none' } as const;
  const build = (policy: PolicyOptions) =>
    scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .host('n1/one', { labels: { role: 'edge', zone: 'a' } })
        .host('n2/two', { labels: { role: 'edge', zone: 'a' } })
        .policy('p', { appliesTo: NOBODY, ...policy }),
    );

  it.each<[string, PolicyOptions]>([
    ['the own traffic of nodes', { ingress: [] }],
    ['what nodes pass on', { forward: true, egress: [] }],
    ['what arrives before translation', { hook: 'preDNAT', ingress: [] }],
    ['what is not tracked', { hook: 'untracked', ingress: [] }],
  ])('is silent about a policy for %s of host endpoints alone', (_case, policy) => {
    expect(judge(check, build({ appliesToHosts: labels({ role: 'edge' }), ...policy }))).toEqual([]);
  });

  it('finds a policy that acts at host endpoints alone and selects none, whatever pods it selects', () => {
    const appliesToHosts: Selector = { kind: 'and', of: [labels({ role: 'egde' }), labels({ zone: 'a' })] };
    const [judgement] = judge(check, build({ appliesTo: { kind: 'all' }, appliesToHosts, hook: 'preDNAT', ingress: [] }));
    expect(summaries([judgement!])).toEqual(['p[GlobalNetworkPolicy] - nothing proven low']);
    expect(judgement!.sentence).toBe('policy `p[GlobalNetworkPolicy]` selects no host endpoint, and acts nowhere else');
    expect(judgement!.evidence.nearestCandidates).toEqual([
      '`one[HostEndpoint]` is one label away: label `role` is `edge`, wanted is `egde`',
    ]);
    expect(judgement!.advice).toBe('if `one[HostEndpoint]` is meant, change `role` to `edge` in the selector of the policy');
    expect(judgement!.evidence.details).toEqual([{ label: 'would act on', text: 'ingress' }]);
  });

  it('finds a policy for pods and host endpoints that selects neither', () => {
    const [judgement] = judge(check, build({ appliesToHosts: labels({ role: 'none' }), ingress: [] }));
    expect(judgement!.sentence).toBe('policy `p[GlobalNetworkPolicy]` selects no pod and no host endpoint');
  });

  it('leaves a policy before translation alone in an input without host endpoints', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .policy('p', { appliesTo: { kind: 'all' }, appliesToHosts: { kind: 'all' }, hook: 'preDNAT', ingress: [] }),
    );
    expect(judge(check, snapshot)).toEqual([]);
  });

  it('stays open where labels of a host endpoint are not told', () => {
    const snapshot = build({ appliesToHosts: labels({ tier: 'x' }), hook: 'preDNAT', ingress: [] });
    const hostEndpoints = snapshot.hostEndpoints.map((host) => ({ ...host, labels: { ...host.labels, unknownKeys: ['tier'] } }));
    const [judgement] = judge(check, { ...snapshot, hostEndpoints });
    expect(judgement!.certainty).toBe('open');
    expect(judgement!.sentence).toMatch(/^whether policy `p\[GlobalNetworkPolicy\]` selects any host endpoint depends on ./);
  });

  it('says of pods on the network of their node what acts there', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/agent', { app: 'agent' }, { network: 'host' })
        .host('n1/one')
        .policy('shop/agent', selecting('shop', { app: 'agent' }, { ingress: [] })),
    );
    expect(judge(check, snapshot)[0]!.evidence.nearestCandidates).toEqual([
      "`shop/agent[Pod]` has the labels, but shares its node's network, where only policies for host endpoints act",
    ]);
  });
});
