import type { Snapshot } from '../../../src/model/snapshot';

/**
 * Pairs of endpoints between which policies alone decide: neither the same one, nor a pod and a host that share a node or may do so. What is worked out
 * for classes is about these.
 */
export function policyPairs({ endpoints }: Snapshot): readonly (readonly [from: number, to: number])[] {
  return endpoints.flatMap((from) =>
    endpoints
      .filter((to) => {
        if (from.id === to.id) return false;
        return from.network === to.network || (from.node !== undefined && to.node !== undefined && from.node !== to.node);
      })
      .map((to) => [from.id, to.id] as const),
  );
}
