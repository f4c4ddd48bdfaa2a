import type { Endpoint, Namespace } from '../model/endpoint';
import type { Entry } from '../model/entry';
import type { FactBase } from '../model/facts';
import type { HostEndpoint, NodeNetwork } from '../model/host-endpoint';
import type { Policy, Tier } from '../model/policy';
import type { Service } from '../model/service';
import type { Snapshot } from '../model/snapshot';
import type { ResourceRef } from '../model/source';
import { type ControllerPods, controllersOf } from './doors/controllers';

/**
 * The names behind the numbers of a model, and what the definition needs to explain a flow. A snapshot serves as one; a stored directory keeps less:
 * of labels and ports only what policies and Services can tell apart, of sources only those of workloads, policies, host endpoints and doors.
 */
export interface Directory extends FactBase {
  readonly mode: 'snapshot' | 'bundle';
  readonly namespaces: readonly Namespace[];
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly nodeNetwork: NodeNetwork;
  readonly services: readonly Service[];
  readonly entries: readonly Entry[];
  /** Pods of controllers that serve entries. */
  readonly controllers: readonly ControllerPods[];
  /** Workload endpoints that each policy certainly selects. */
  readonly selected: Int32Array;
  readonly workloadCount: number;
  readonly endpointCount: number;
  workload(index: number): DirectoryWorkload;
  endpoint(index: number): Endpoint;
}

/** A workload without what only findings tell of it (replicas, images). */
export interface DirectoryWorkload {
  readonly ref: ResourceRef;
  readonly endpoints: readonly number[];
}

/** The snapshot itself behind this face; only the pods of controllers are worked out. */
export function directoryOf(snapshot: Snapshot, selected: Int32Array): Directory {
  const { facts, origins, mode, namespaces, tiers, policies, workloads, endpoints } = snapshot;
  const { hostEndpoints, nodeNetwork, services, entries } = snapshot;
  return {
    facts,
    origins,
    mode,
    namespaces,
    tiers,
    policies,
    hostEndpoints,
    nodeNetwork,
    services,
    entries,
    controllers: controllersOf(snapshot),
    selected,
    workloadCount: workloads.length,
    endpointCount: endpoints.length,
    workload: (index) => workloads[index]!,
    endpoint: (index) => endpoints[index]!,
  };
}
