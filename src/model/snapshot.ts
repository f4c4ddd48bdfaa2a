import type { Endpoint, Namespace, Workload } from './endpoint';
import type { Entry } from './entry';
import type { FactBase } from './facts';
import type { HostEndpoint, NodeNetwork } from './host-endpoint';
import type { Policy, Tier } from './policy';
import type { Service } from './service';

/**
 * The normalised cluster, immutable: the engine's only input. All lists are sorted (names bytewise) and dense, so that equal input gives equal output:
 * namespaces by name · workloads by namespace, name, kind · endpoints by namespace, kind (`newPod` last), name · tiers and policies in evaluation order
 * (tier order, tier name, those of profiles last, policy order, tieBreak) · host endpoints by node, name · entries by namespace, name, kind, gateway.
 */
export interface Snapshot extends FactBase {
  /** `snapshot` has pods, `bundle` has only templates (or neither). */
  readonly mode: 'snapshot' | 'bundle';
  readonly namespaces: readonly Namespace[];
  readonly workloads: readonly Workload[];
  readonly endpoints: readonly Endpoint[];
  readonly services: readonly Service[];
  /** Ways in through controllers. */
  readonly entries: readonly Entry[];
  /** Without those that another one on the same interface makes inactive. */
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly nodeNetwork: NodeNetwork;
  readonly tiers: readonly Tier[];
  /** Every policy names a tier of `tiers`. */
  readonly policies: readonly Policy[];
}
