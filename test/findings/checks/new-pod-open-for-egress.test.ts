import { newPodOpenForEgress } from '../../../src/findings/checks/new-pod-open-for-egress';
import { findingsOf, judge, scene, selecting, summaries } from '../support/scene';

const check = newPodOpenForEgress;

describe('LT-COV-002', () => {
  it('finds a namespace in which a new pod could open connections to everywhere', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/in', { ingress: [] }));
    const [judgement] = judge(check, snapshot);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress new-pod proven low']);
    expect(judgement!.sentence).toBe('any new pod in namespace `shop` could open connections to everywhere, as its only pod can');
    expect(judgement!.evidence.flow).toEqual({ from: 'any new pod in shop', to: '203.0.113.7', protocol: 'TCP', port: 443 });
    expect(judgement!.evidence.nearestCandidates).toEqual(['policy `shop/in[NetworkPolicy]` selects it, but only for ingress']);
  });

  it('is silent where a policy isolates egress of every pod', () => {
    expect(
      judge(
        check,
        scene(['shop'], (builder) => builder.pod('shop/web', {}).policy('shop/out', { egress: [] })),
      ),
    ).toEqual([]);
  });

  it('is medium where something precious lives', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/cache', {}), { images: { 'shop/cache': ['redis'] } });
    const [judgement] = judge(check, snapshot);
    expect(judgement!.severity).toBe('medium');
    expect(judgement!.evidence.details).toContainEqual({ label: 'worth', text: 'image `redis` is Redis' });
  });

  it('names the pods of today that are open while a new pod would not be', () => {
    const snapshot = scene(['shop'], (builder) =>
      builder
        .pod('shop/web', { app: 'web' })
        .pod('shop/db', { app: 'db' })
        .policy('shop/others', selecting('shop', {}, { egress: [] })),
    );
    const exempt = {
      ...snapshot,
      policies: snapshot.policies.map((policy) => ({
        ...policy,
        appliesTo: {
          kind: 'and' as const,
          of: [
            policy.appliesTo,
            { kind: 'label' as const, owner: 'endpoint' as const, key: 'app', test: { operator: 'notIn' as const, values: ['web'] } },
          ],
        },
      })),
    };
    const [judgement] = judge(check, exempt);
    expect(summaries([judgement!])).toEqual(['shop[Namespace] egress existing-pods proven low']);
    expect(judgement!.evidence.details).toContainEqual({ label: 'open for egress', text: 'shop/web[Pod]' });
  });

  it('offers a default deny that keeps the cluster DNS, lists what it cuts, and makes the finding vanish', () => {
    const snapshot = scene(['kube-system', 'shop'], (builder) =>
      builder
        .pod('shop/web', {})
        .pod('shop/db', {})
        .pod('kube-system/dns', { 'k8s-app': 'kube-dns' })
        .policy('kube-system/closed', { egress: [] }),
    );
    const { remediation } = findingsOf(snapshot).find(({ check: id, subject }) => id === 'LT-COV-002' && subject === 'shop[Namespace]')!;
    expect(remediation.manifest).toContain('k8s-app: kube-dns');
    expect(remediation.wouldCut).toEqual([
      'shop/db[Pod] → kube-system/dns[Pod]: TCP 1-52,54-65535; UDP 1-52,54-65535; SCTP all',
      'shop/db[Pod] → shop/web[Pod]: every port',
      'shop/web[Pod] → kube-system/dns[Pod]: TCP 1-52,54-65535; UDP 1-52,54-65535; SCTP all',
      'shop/web[Pod] → shop/db[Pod]: every port',
    ]);
  });
});
