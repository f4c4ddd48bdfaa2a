import type { Endpoint, Namespace, Service, Workload } from './endpoint';
import type { FactBase } from './facts';
import type { Policy, Tier } from './policy';

/**
 * The normalised cluster, immutable: the engine's only input. All lists are sorted (names bytewise) and dense, so that equal input gives equal output:
 * namespaces by name · workloads by namespace, name, kind · endpoints by namespace, kind (`newPod` last), name · tiers and policies in evaluation order
 * (tier order, tier name, policy order, tieBreak).
 */
export interface Snapshot extends FactBase {
  /** `snapshot` has pods, `bundle` has only templates (or neither). */
  readonly mode: 'snapshot' | 'bundle';
  readonly namespaces: readonly Namespace[];
  readonly workloads: readonly Workload[];
  readonly endpoints: readonly Endpoint[];
  readonly services: readonly Service[];
  readonly tiers: readonly Tier[];
  /** Every policy names a tier of `tiers`. */
  readonly policies: readonly Policy[];
}
