import type { AddressIndex } from './address-index';
import { HAS_V6 } from './classes';
import type { Rows } from './kernel/rows';
import type { VisibleIcmp } from './packet-axis';

/**
 * The solved cluster: everything that verdicts need and nothing that has a name. Integers only, so that it can be stored and loaded as it is.
 *
 * A *result* is what all tiers together say to or from one endpoint: runs of the packet axis, each with the row of members that are certainly
 * allowed (`lower`) and of those that are possibly allowed (`upper`). Members are the faces of the classes (see `compile/endpoint-classes`), then the blocks.
 */
export interface Model {
  readonly endpoints: {
    readonly classOf: Int32Array;
    /** Number of the node that it runs on, -1 where the input does not tell. */
    readonly nodeOf: Int32Array;
    /** -1 where it belongs to none. */
    readonly workloadOf: Int32Array;
  };
  readonly classes: {
    readonly flags: Int32Array;
    readonly namespaces: Int32Array;
    /** First face of each class, and of the class behind the last one. */
    readonly firstFace: Int32Array;
    /** Results of its endpoints as source and as destination. */
    readonly egress: Int32Array;
    readonly ingress: Int32Array;
    /**
     * Result of its endpoints as source of what they open across the network on their own node, where ingress policies are free: of a pod to processes
     * of its node, of a process to pods.
     */
    readonly near: Int32Array;
    /** Ids of the policy lists of each direction, all tiers together. */
    readonly egressList: Int32Array;
    readonly ingressList: Int32Array;
  };
  readonly results: {
    /** Runs of result `r` are `starts[r]` to `starts[r + 1]` - 1. */
    readonly starts: Int32Array;
    /** First packet of each run; the first run of a result begins at 0. */
    readonly runs: Int32Array;
    readonly lower: Int32Array;
    readonly upper: Int32Array;
  };
  readonly rows: Rows;
  readonly addresses: AddressIndex;
  readonly lists: {
    /** List `l` is the trie states `starts[l]` to `starts[l + 1]` - 1: one for each tier that has policies for it. */
    readonly starts: Int32Array;
    readonly states: Int32Array;
    /** Trie: parent of each state, smaller than the state itself, -1 at the root; and what it adds: twice a policy, plus 1 if it selects only perhaps. */
    readonly parents: Int32Array;
    readonly entries: Int32Array;
  };
  readonly counts: {
    readonly namespaces: number;
    readonly workloads: number;
    readonly policies: number;
    readonly nodes: number;
    /** 1 if some rule names ICMP or ICMPv6, so that connection sets show them. */
    readonly icmp: number;
    /** Bits of what some rule looks at that has no place on the packet axis (see `packet-axis`): results are about packets that leave it open. */
    readonly looksAt: number;
  };
}

/** Result of a class whose every flow is allowed: no policy, or policies that come to the same. */
export const UNRESTRICTED = 0;

/** Number of faces of all classes; members from this one on are address blocks. */
export function faceCountOf({ classes }: Model): number {
  return classes.firstFace[classes.flags.length]!;
}

/** Which versions of ICMP the connection sets of a cluster show. */
export function icmpOf({ counts, classes }: Model): VisibleIcmp {
  if (counts.icmp !== 1) return 'none';
  return classes.flags.some((flags) => (flags & HAS_V6) !== 0) ? 'both' : 'v4';
}
