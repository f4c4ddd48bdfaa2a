import type { Endpoint, Namespace } from '../model/endpoint';
import type { FactBase } from '../model/facts';
import type { Policy, Tier } from '../model/policy';
import type { Snapshot } from '../model/snapshot';
import type { ResourceRef } from '../model/source';

/**
 * The names behind the numbers of a model, and what the definition needs to explain a flow. A snapshot serves as one; a stored directory keeps less:
 * of labels and ports only what policies can tell apart, of sources only those of workloads and policies.
 */
export interface Directory extends FactBase {
  readonly mode: 'snapshot' | 'bundle';
  readonly namespaces: readonly Namespace[];
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
  /** Workload endpoints that each policy certainly selects. */
  readonly selected: Int32Array;
  readonly workloadCount: number;
  readonly endpointCount: number;
  workload(index: number): DirectoryWorkload;
  endpoint(index: number): Endpoint;
}

export interface DirectoryWorkload {
  readonly ref: ResourceRef;
  readonly endpoints: readonly number[];
}

export function directoryOf(snapshot: Snapshot, selected: Int32Array): Directory {
  const { facts, origins, mode, namespaces, tiers, policies, workloads, endpoints } = snapshot;
  return {
    facts,
    origins,
    mode,
    namespaces,
    tiers,
    policies,
    selected,
    workloadCount: workloads.length,
    endpointCount: endpoints.length,
    workload: (index) => workloads[index]!,
    endpoint: (index) => endpoints[index]!,
  };
}
