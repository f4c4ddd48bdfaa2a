import type { Endpoint } from '../model/endpoint';

/*
 * Endpoints that no policy of the cluster tells apart are one *class*. What a class is beyond its policies lies in one word of flags.
 */

/** The part of a class's flags that tells the kind, as an index into this list. */
export const KINDS: readonly Endpoint['kind'][] = ['pod', 'template', 'node', 'newPod'];
/** The four kinds take two bits; what follows are their numbers. */
export const KIND_MASK = 3;
export const POD = 0;
export const TEMPLATE = 1;
export const NODE = 2;
/** Shares the node's network namespace. */
export const ON_HOST = 4;
/** The input tells which node it runs on. */
export const PLACED = 8;
/** Families of its addresses, as far as rules look at addresses at all. */
export const HAS_V4 = 16;
export const HAS_V6 = 32;
/** Shifted by this many bits the families are `V4` and `V6` of `compile/endpoint-addresses`. */
export const FAMILY_SHIFT = 4;
/** How surely a policy of a tier that denies the rest isolates it: two bits a direction, 0 not, 1 maybe, 2 certainly. */
export const EGRESS_SHIFT = 6;
export const INGRESS_SHIFT = 8;
/**
 * A pod whose egress policies hold towards its own node as well (see `Tier.guardsOwnNode`). Only models of version 1 have it; later ones say it all in
 * `classes.near`.
 */
export const GUARDED = 1 << 10;
/** A pod whose packets to its own node the node drops, whatever policies say (the fact `endpointToHostAction`). */
export const DROPPED = 1 << 11;

/** Pods and templates: what belongs to a workload. */
export function isOfWorkload(flags: number): boolean {
  return (flags & KIND_MASK) <= TEMPLATE;
}
