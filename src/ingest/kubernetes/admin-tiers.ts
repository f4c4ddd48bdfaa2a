import type { Facts } from '../../model/facts';
import { DEFAULT_FACTS } from '../../model/facts';
import type { Tier } from '../../model/policy';

/*
 * Where the cluster-wide policies of policy.networking.k8s.io stand, and who enforces them.
 *
 *   admin tier ─▶ tier of NetworkPolicies ─▶ baseline tier ─▶ allowed
 *
 * Both tiers pass on what no rule of theirs decides. The baseline is reached only by what no NetworkPolicy isolates, since their tier ends with Deny.
 */

/** The kinds: two of v1alpha1, and the one of v1alpha2 that replaces both. */
export type AdminKind = 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';

export interface AdminTiers {
  readonly admin: Tier;
  readonly baseline: Tier;
}

type Version = readonly [major: number, minor: number];

/** Versions of Calico that enforce a kind, from and before (docs.tigera.io/calico release notes of 3.29, 3.30 and 3.32). */
const CALICO_VERSIONS: Readonly<Record<AdminKind, { readonly from: Version; readonly before?: Version }>> = {
  AdminNetworkPolicy: { from: [3, 29], before: [3, 32] },
  BaselineAdminNetworkPolicy: { from: [3, 30], before: [3, 32] },
  ClusterNetworkPolicy: { from: [3, 32] },
};

/** Whether the network plugin enforces a kind. Of plugins other than Calico it is assumed. */
export function isEnforced(kind: AdminKind, facts: Facts): boolean {
  if (facts.cni !== 'calico') return true;
  const version = versionOf(facts.calicoVersion);
  const { from, before } = CALICO_VERSIONS[kind];
  return compareVersions(version, from) >= 0 && (before === undefined || compareVersions(version, before) < 0);
}

/** The two tiers as Calico places and names them (libcalico-go/lib/names/tier.go); any other plugin has them in the same order. */
export function adminTiers(facts: Facts): AdminTiers {
  const isOld = facts.cni === 'calico' && !isEnforced('ClusterNetworkPolicy', facts);
  return {
    admin: { name: isOld ? 'adminnetworkpolicy' : 'kube-admin', order: 1000, defaultAction: 'Pass' },
    baseline: { name: isOld ? 'baselineadminnetworkpolicy' : 'kube-baseline', order: 10_000_000, defaultAction: 'Pass' },
  };
}

/** `3.30`, `v3.30.1`; anything else counts as the version that is assumed when nobody gives one. */
function versionOf(text: string): Version {
  const parts = /^v?(\d+)\.(\d+)/.exec(text) ?? /^(\d+)\.(\d+)/.exec(DEFAULT_FACTS.calicoVersion)!;
  return [Number(parts[1]), Number(parts[2])];
}

function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1];
}
