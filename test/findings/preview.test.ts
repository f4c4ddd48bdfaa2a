import { type Analysis, analyze, connectivity } from '../../src/engine/index';
import { CHECKS } from '../../src/findings/catalog';
import { newPodOpenForIngress } from '../../src/findings/checks/new-pod-open-for-ingress';
import { formatConnections, isEmpty } from '../../src/findings/connection-text';
import type { Finding } from '../../src/findings/finding';
import { settleRemedies, withPolicies } from '../../src/findings/preview';
import { allow, cluster, policyOf } from '../support/cluster';
import { deployment, namespace, networkPolicy, openPairs, type Scanned, scanned } from './support/bundle';
import { judge, scene } from './support/scene';

const SHOP = [
  namespace('shop'),
  namespace('pay'),
  namespace('kube-system'),
  deployment('shop/web', { app: 'web' }),
  deployment('shop/db', { app: 'db' }),
  deployment('shop/agent', { app: 'agent' }, { hostNetwork: true }),
  deployment('pay/api', { app: 'api' }),
  deployment('kube-system/coredns', { 'k8s-app': 'kube-dns' }),
  networkPolicy('shop/db', {
    podSelector: { matchLabels: { app: 'db' } },
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ from: [{ podSelector: { matchLabels: { app: 'web' } } }], ports: [{ port: 5432 }] }],
  }),
];
const FACTS = { ipBlockMatchesPods: 'no', platform: 'azure' };

/** Pairs of workloads that lost something, as the finding tells them. */
function lostBetween(before: Scanned, after: Scanned): readonly string[] {
  const kept = openPairs(after);
  return [...openPairs(before)].filter(([pair, ports]) => kept.get(pair) !== ports).map(([pair]) => pair);
}

function isSame(a: Finding, b: Finding): boolean {
  return a.fingerprint === b.fingerprint;
}

describe('every policy that is offered', () => {
  it('is read by ingest without a warning, makes its finding vanish, and cuts exactly what it says', async () => {
    const before = await scanned(SHOP, FACTS);
    const offered = before.findings.filter(({ remediation }) => remediation.manifest !== undefined);
    expect(offered.map(({ check, subject }) => `${check} ${subject}`).sort()).toEqual([
      'LT-COV-001 pay[Namespace]',
      'LT-COV-001 shop[Namespace]',
      'LT-COV-002 pay[Namespace]',
      'LT-COV-002 shop[Namespace]',
      'LT-EGR-001 pay[Namespace]',
      'LT-EGR-001 shop/web[Deployment]',
      'LT-MET-001 pay[Namespace]',
      'LT-MET-001 shop/web[Deployment]',
    ]);
    for (const finding of offered) {
      const after = await scanned([...SHOP, finding.remediation.manifest!], FACTS);
      expect(after.findings.some((other) => isSame(other, finding))).toBe(false);
      const cut = finding.remediation.wouldCut.map((text) => text.slice(0, text.indexOf(': ')));
      expect({ finding: finding.sentence, cut }).toEqual({ finding: finding.sentence, cut: [...lostBetween(before, after)].sort() });
    }
  });

  it('is the same policy in the preview and in the manifest, also for what lies outside the cluster', async () => {
    const { snapshot } = await scanned(SHOP, FACTS);
    const proposals = CHECKS.flatMap((check) => judge(check, snapshot)).flatMap(({ proposal }) => proposal ?? []);
    expect(proposals).toHaveLength(8);
    for (const { policy, manifest } of proposals) {
      const applied = await scanned([...SHOP, manifest], FACTS);
      expect(rowsOf(analyze(withPolicies(snapshot, [policy])))).toEqual(rowsOf(applied.analysis));
    }
  });
});

/** All rows, outside blocks among them, without what NetworkPolicy does not define. */
function rowsOf(analysis: Analysis): readonly unknown[] {
  return [...connectivity(analysis, { by: 'workload' })]
    .filter(({ allowed, conditional }) => !isEmpty(allowed) || !isEmpty(conditional))
    .map(({ from, to, allowed, conditional }) => ({
      from,
      to,
      open: formatConnections(allowed),
      possible: formatConnections(conditional),
    }));
}

describe('a preview', () => {
  it('keeps policies and tiers in evaluation order, and adds the tier that is missing', () => {
    const snapshot = cluster()
      .tier('first', 10, 'Pass')
      .policy('a/m', { ingress: [] })
      .policy('early', { tier: 'first', ingress: [] })
      .snapshot();
    const added = [policyOf('a/z', { ingress: [] }), policyOf('a/a', { ingress: [] })];
    expect(withPolicies(snapshot, added).policies.map(({ ref }) => ref.name)).toEqual(['early', 'a', 'm', 'z']);
    const bare = { ...snapshot, tiers: [], policies: [] };
    expect(withPolicies(bare, added).tiers.map(({ name }) => name)).toEqual(['default']);
  });

  it('takes back a manifest that does not close its finding: an earlier tier still allows', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', { app: 'web' }));
    const judgements = judge(newPodOpenForIngress, snapshot).map((judgement) => ({
      ...judgement,
      proposal: { manifest: 'useless', policy: policyOf('shop/other', { egress: [allow()] }), sparesPods: false },
    }));
    const [remedy] = settleRemedies(newPodOpenForIngress, judgements, snapshot, analyze(snapshot));
    expect(remedy!.manifest).toBeUndefined();
    expect(remedy!.summary).toBe(judgements[0]!.advice);
  });

  it('ends a long list of lost flows, and says that there are more', () => {
    const snapshot = scene(['shop'], (builder) =>
      Array.from({ length: 9 }).reduce<typeof builder>((each, _, index) => each.pod(`shop/p${index}`, {}), builder),
    );
    const [remedy] = settleRemedies(newPodOpenForIngress, judge(newPodOpenForIngress, snapshot), snapshot, analyze(snapshot));
    expect(remedy!.wouldCut).toHaveLength(51);
    expect(remedy!.wouldCut.at(-1)).toBe('and more');
  });

  it('is not made for clusters of many thousands of workloads, which it says', () => {
    const snapshot = scene(['shop'], (builder) => builder.pod('shop/web', {}));
    const judgements = judge(newPodOpenForIngress, snapshot);
    const many = { ...snapshot, workloads: Array.from({ length: 3001 }, () => snapshot.workloads[0]!) };
    const [remedy] = settleRemedies(newPodOpenForIngress, judgements, many, analyze(snapshot));
    expect(remedy!.manifest).toBe(judgements[0]!.proposal!.manifest);
    expect(remedy!.wouldCut).toEqual(['not computed: the cluster has 3001 workloads, more than 3000']);
  });
});
