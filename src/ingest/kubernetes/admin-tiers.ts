import type { Facts } from '../../model/facts';
import type { Tier } from '../../model/policy';
import { type CalicoVersion, parseCalicoVersion } from '../calico/version';

/*
 * Where the cluster-wide policies of policy.networking.k8s.io stand, and who enforces them.
 *
 *   admin tier ─▶ tier of NetworkPolicies ─▶ baseline tier ─▶ allowed
 *
 * Both tiers pass on what no rule of theirs decides. The baseline is reached only by what no NetworkPolicy isolates, since their tier ends with Deny.
 */

/** The kinds: two of v1alpha1, and the one of v1alpha2 that replaces both. */
export type AdminKind = 'AdminNetworkPolicy' | 'BaselineAdminNetworkPolicy' | 'ClusterNetworkPolicy';

/** `admin` goes before the tier of NetworkPolicies, `baseline` after it. */
export interface AdminTiers {
  readonly admin: Tier;
  readonly baseline: Tier;
}

/** Versions of Calico that enforce a kind, from and before (docs.tigera.io/calico release notes of 3.29, 3.30 and 3.32). */
const CALICO_VERSIONS: Readonly<Record<AdminKind, { readonly from: CalicoVersion; readonly before?: CalicoVersion }>> = {
  AdminNetworkPolicy: { from: { major: 3, minor: 29 }, before: { major: 3, minor: 32 } },
  BaselineAdminNetworkPolicy: { from: { major: 3, minor: 30 }, before: { major: 3, minor: 32 } },
  ClusterNetworkPolicy: { from: { major: 3, minor: 32 } },
};

/** Whether the network plugin enforces a kind. Of plugins other than Calico it is assumed. */
export function isEnforced(kind: AdminKind, facts: Facts): boolean {
  if (facts.cni !== 'calico') return true;
  const version = parseCalicoVersion(facts.calicoVersion);
  const { from, before } = CALICO_VERSIONS[kind];
  return compareVersions(version, from) >= 0 && (before === undefined || compareVersions(version, before) < 0);
}

/** The part of both that is the same: what nobody decides goes on, and peers that are nodes mean a pod's own node too. */
const COMMON = { defaultAction: 'Pass', guardsOwnNode: true } as const;

/** The two tiers as Calico places and names them (libcalico-go/lib/names/tier.go); any other plugin has them in the same order. */
export function adminTiers(facts: Facts): AdminTiers {
  const isOld = facts.cni === 'calico' && !isEnforced('ClusterNetworkPolicy', facts);
  return {
    admin: { name: isOld ? 'adminnetworkpolicy' : 'kube-admin', order: 1000, ...COMMON },
    baseline: { name: isOld ? 'baselineadminnetworkpolicy' : 'kube-baseline', order: 10_000_000, ...COMMON },
  };
}

function compareVersions(a: CalicoVersion, b: CalicoVersion): number {
  return a.major - b.major || a.minor - b.minor;
}
