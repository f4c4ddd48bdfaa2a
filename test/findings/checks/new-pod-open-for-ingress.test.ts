import { newPodOpenForIngress } from '../../../src/findings/checks/new-pod-open-for-ingress';
import { allow, labels, pods } from '../../support/cluster';
import { findingsOf, judge, podsWith, scene, selecting, summaries } from '../support/scene';

const check = newPodOpenForIngress;

describe('LT-COV-001', () => {
  it('finds a namespace without policies: a new pod in it would be open, as those of today are', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', { app: 'web' }).pod('shop/db', { app: 'db' }));
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] ingress new-pod proven medium']);
    expect(judgement!.sentence).toBe('any new pod in namespace `shop` would accept connections from everywhere, as all its 2 pods do');
    expect(judgement!.evidence.flow).toEqual({ from: '203.0.113.7', to: 'any new pod in shop', protocol: 'TCP', port: 8080 });
    expect(judgement!.evidence.trace.map(({ trigger }) => trigger)).toEqual(['not-selected']);
    expect(judgement!.evidence.details).toContainEqual({
      label: 'coverage',
      text: 'ingress: 0 of 2 pods isolated (0 %) · egress: 0 of 2 pods isolated (0 %)',
    });
  });

  it('is silent where one policy selects everything, whatever it allows', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', { app: 'web' }).policy('shop/deny', { ingress: [] }));
    expect(judge(check, snapshot)).toEqual([]);
  });

  it('counts any kind of policy: one over the whole cluster covers every namespace', () => {
    const snapshot = scene(['shop', 'pay'], (builder) =>
      builder.pod('shop/web', {}).policy('everyone', { appliesTo: { kind: 'all' }, ingress: [allow([pods({ a: 'b' })])] }),
    );
    expect(judge(check, snapshot)).toEqual([]);
  });

  it('is not deceived by a policy for egress, nor by one in another namespace, nor by a staged one', () => {
    const snapshot = scene(['shop', 'other'], (builder) =>
      builder
        .pod('shop/web', {})
        .policy('shop/out', { egress: [] })
        .policy('shop/later', { staged: true, ingress: [] })
        .policy('other/deny', { ingress: [] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries(judge(check, snapshot))).toEqual(['shop[Namespace] ingress new-pod proven medium']);
    expect(judgement!.evidence.nearestCandidates).toEqual([
      'policy `shop/later[NetworkPolicy]` would select it, but is only staged',
      'policy `shop/out[NetworkPolicy]` selects it, but only for egress',
    ]);
  });

  it('asks for the new pod even if every pod of today is selected by its label', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('shop/web', selecting('shop', { app: 'web' }, { ingress: [] }))
        .policy('shop/db', selecting('shop', { app: 'db' }, { ingress: [] })),
    );
    const [judgement] = judge(check, snapshot);
    expect(judgement!.sentence).toBe(
      'any new pod in namespace `shop` would accept connections from everywhere, although none of its 2 pods does',
    );
    expect(judgement!.evidence.nearestCandidates).toContain(
      'policy `shop/web[NetworkPolicy]` isolates ingress, but selects only 1 of the 2 pods of the namespace',
    );
  });

  it('asks for the label sets of today even if a new pod would be isolated', () => {
    const unlabelled = podsWith('shop', { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'doesNotExist' } });
    const snapshot = scene(['shop'], (builder) =>
      builder.pod('shop/web', { app: 'web' }).pod('shop/bare', {}).policy('shop/bare', { appliesTo: unlabelled, ingress: [] }),
    );
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] ingress existing-pods proven medium']);
    expect(judgement!.title).toBe('Pods of the namespace are open for ingress');
    expect(judgement!.sentence).toBe('1 of 2 pods in namespace `shop` accepts connections from everywhere, although a new pod would not');
  });

  it('is high where a store of data lives, info in empty namespaces and in those of the distribution', () => {
    const snapshot = scene(['empty', 'kube-system', 'shop'], (builder) => builder.pod('shop/db', {}).pod('kube-system/dns', {}), {
      images: { 'shop/db': ['postgres:16'] },
    });
    expect(summaries(judge(check, snapshot))).toEqual([
      'empty[Namespace] ingress new-pod proven info',
      'kube-system[Namespace] ingress new-pod proven info',
      'shop[Namespace] ingress new-pod proven high',
    ]);
  });

  it('stays open, and says on what it depends, where labels of the namespace decide and are not told', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('unseen/web', {})
        .newPod('unseen')
        .policy('team', { appliesTo: labels({ team: 'a' }, 'namespace'), ingress: [] }),
    );
    const judgements = judge(check, snapshot);
    expect(summaries(judgements)).toContain('unseen[Namespace] ingress new-pod open');
    expect(judgements.find(({ subject }) => subject === 'unseen[Namespace]')!.sentence).toMatch(
      /^whether a new pod in namespace `unseen` .* depends on label `team` of namespace `unseen`/,
    );
  });

  it('leaves pods on the network of their node out of the count, and says so', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .pod('shop/agent', {}, { network: 'host' })
        .policy('shop/deny', { appliesTo: podsWith('shop', undefined), ingress: [] }),
    );
    expect(judge(check, snapshot)).toEqual([]);
    const open = scene(['shop'], (builder) => builder.pod('shop/web', {}).pod('shop/agent', {}, { network: 'host' }));
    expect(judge(check, open)[0]!.evidence.details).toContainEqual({ label: 'beyond policy', text: '1 pod on the network of the node' });
  });

  it('offers a default deny that makes it vanish, and lists what that cuts', () => {
    const snapshot = scene(['pay', 'shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .pod('pay/api', { app: 'api' })
        .policy(
          'shop/db',
          selecting('shop', { app: 'db' }, { ingress: [allow([pods({ app: 'web' })], [{ protocol: 'TCP', ports: [[5432, 5432]] }])] }),
        ),
    );
    const finding = findingsOf(snapshot).find(({ check: id, subject }) => id === 'LT-COV-001' && subject === 'shop[Namespace]')!;
    expect(finding.remediation.manifest).toContain('name: leasttrust-default-deny-ingress\n  namespace: shop\n');
    expect(finding.remediation.wouldCut).toEqual(['pay/api[Pod] → shop/web[Pod]: every port', 'shop/db[Pod] → shop/web[Pod]: every port']);
  });

  it('offers no policy for a namespace of the distribution', () => {
    const [judgement] = judge(
      check,
      scene(['kube-system'], (builder) => builder.pod('kube-system/dns', {})),
    );
    expect(judgement!.proposal).toBeUndefined();
    expect(judgement!.advice).toContain('as the documentation of the distribution says');
  });

  it('is one finding for each namespace, however many pods there are', () => {
    const snapshot = scene(['shop'], (builder) =>
      Array.from({ length: 300 }).reduce<typeof builder>((each, _, index) => each.pod(`shop/p${index}`, { app: `a${index % 7}` }), builder),
    );
    expect(judge(check, snapshot)).toHaveLength(1);
  });
});
