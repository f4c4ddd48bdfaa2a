import { type AdminKind, adminTiers, isEnforced } from '../../../src/ingest/kubernetes/admin-tiers';
import { DEFAULT_FACTS } from '../../../src/model/facts';

const KINDS: readonly AdminKind[] = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];

test.each<[string, readonly AdminKind[]]>([
  ['3.28', []],
  ['3.29', ['AdminNetworkPolicy']],
  ['v3.29.4', ['AdminNetworkPolicy']],
  ['3.30.1', ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']],
  ['3.31', ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy']],
  ['3.32', ['ClusterNetworkPolicy']],
  ['v3.32.0-0.dev', ['ClusterNetworkPolicy']],
  ['4.0', ['ClusterNetworkPolicy']],
  ['2.6', []],
])('Calico %s enforces %j', (calicoVersion, enforced) => {
  const facts = { ...DEFAULT_FACTS, cni: 'calico', calicoVersion };

  expect(KINDS.filter((kind) => isEnforced(kind, facts))).toEqual(enforced);
});

test('any other plugin is assumed to enforce all, whatever version Calico would have', () => {
  for (const cni of ['unknown', 'ovn-kubernetes']) {
    expect(KINDS.filter((kind) => isEnforced(kind, { ...DEFAULT_FACTS, cni, calicoVersion: '3.28' }))).toEqual(KINDS);
  }
});

test('the tiers stand around that of NetworkPolicies and pass on', () => {
  expect(adminTiers(DEFAULT_FACTS)).toMatchObject({
    admin: { name: 'kube-admin', order: 1000, defaultAction: 'Pass' },
    baseline: { name: 'kube-baseline', order: 10_000_000, defaultAction: 'Pass' },
  });
});

test('Calico before 3.32 has other names for them', () => {
  const names = (calicoVersion: string) => {
    const { admin, baseline } = adminTiers({ ...DEFAULT_FACTS, cni: 'calico', calicoVersion });
    return [admin.name, baseline.name];
  };
  expect(names('3.31')).toEqual(['adminnetworkpolicy', 'baselineadminnetworkpolicy']);
  expect(names('3.32')).toEqual(['kube-admin', 'kube-baseline']);
});
