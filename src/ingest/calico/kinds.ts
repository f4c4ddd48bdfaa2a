import type { Draft, Origin } from '../draft';
import { readStagedNetworkPolicy } from '../kubernetes/network-policies';
import type { Reading } from '../reading';
import { readKubeControllersConfiguration } from './auto-hosts';
import { CALICO_GROUP, STORAGE_GROUP } from './complaints';
import { readFelixConfiguration } from './felix-settings';
import { readHostEndpoint } from './host-endpoints';
import { readIpPool } from './ip-pools';
import { readPolicyName } from './metadata';
import { readNetworkSet } from './network-sets';
import { readCalicoNode } from './nodes';
import { readPolicy } from './policies';
import { readProfile } from './profiles';
import { readTier } from './tiers';
import { readWorkloadEndpoint } from './workload-endpoints';

/** A kind of Calico and its reader. */
export interface CalicoKind {
  readonly kind: string;
  readonly scope: Origin['scope'];
  readonly read: (reading: Reading, origin: Origin) => Draft;
}

/** The groups that have these kinds: as Calico serves them, and as it stores them. */
export const CALICO_APIS: Readonly<Record<string, readonly string[]>> = { [CALICO_GROUP]: ['v3'], [STORAGE_GROUP]: ['v1'] };

/** A policy is the one that its annotation names, and only so the same as its copy in the other group. */
function named(read: CalicoKind['read']): CalicoKind['read'] {
  return (reading, origin) => read(reading, { ...origin, name: readPolicyName(reading, origin) });
}

/** Every kind of Calico that is understood, if only in part. */
export const CALICO_KINDS: readonly CalicoKind[] = [
  { kind: 'NetworkPolicy', scope: 'namespaced', read: named(readPolicy) },
  { kind: 'GlobalNetworkPolicy', scope: 'cluster', read: named(readPolicy) },
  { kind: 'StagedNetworkPolicy', scope: 'namespaced', read: named(readPolicy) },
  { kind: 'StagedGlobalNetworkPolicy', scope: 'cluster', read: named(readPolicy) },
  { kind: 'StagedKubernetesNetworkPolicy', scope: 'namespaced', read: readStagedNetworkPolicy },
  { kind: 'Tier', scope: 'cluster', read: readTier },
  { kind: 'NetworkSet', scope: 'namespaced', read: readNetworkSet },
  { kind: 'GlobalNetworkSet', scope: 'cluster', read: readNetworkSet },
  { kind: 'Node', scope: 'cluster', read: readCalicoNode },
  { kind: 'HostEndpoint', scope: 'cluster', read: readHostEndpoint },
  { kind: 'Profile', scope: 'cluster', read: readProfile },
  { kind: 'WorkloadEndpoint', scope: 'namespaced', read: readWorkloadEndpoint },
  { kind: 'IPPool', scope: 'cluster', read: readIpPool },
  { kind: 'FelixConfiguration', scope: 'cluster', read: readFelixConfiguration },
  { kind: 'KubeControllersConfiguration', scope: 'cluster', read: readKubeControllersConfiguration },
];
