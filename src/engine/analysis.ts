import type { AddressChoice } from '../model/endpoint';
import type { FactBase } from '../model/facts';
import type { Packet } from '../model/verdict';
import type { IntervalSet } from '../util/interval-set';

/*
 * What the engine promises to the rooms behind it. `Analysis` is opaque to them: they hold it, store its two encodings, and put the questions below.
 *
 *   Snapshot ─▶ analyze ─▶ Analysis ─▶ encodeModel      ─▶ bytes (typed-array sections, versioned)
 *                             │        encodeDirectory  ─▶ bytes (names, sources and policy text, versioned JSON)
 *                             ├─▶ verdictOf · explain · connectivity · summaryOf · isolationOf · catalogueOf
 *   bytes, bytes ─▶ decodeAnalysis ─▶ Analysis          (the same answers, without the snapshot)
 */

/** Ports per protocol, inclusive intervals of 1–65535. `icmp` only in clusters some rule of which names ICMP or ICMPv6, where one of them is in the set. */
export interface ConnectionSet {
  readonly TCP?: IntervalSet;
  readonly UDP?: IntervalSet;
  readonly SCTP?: IntervalSet;
  readonly icmp?: true;
}

/** A peer of `connectivity`: index of an endpoint, of a workload, of a namespace, or an external address block. */
export type PeerKey =
  | { readonly kind: 'endpoint'; readonly index: number }
  | { readonly kind: 'workload'; readonly index: number }
  | { readonly kind: 'namespace'; readonly index: number }
  | { readonly kind: 'block'; readonly low: string; readonly high: string };

/** Everything that one peer may open to another. A row with nothing in it is never made, nor one of a peer with itself (but of a namespace). */
export interface ConnectivityRow {
  readonly from: PeerKey;
  readonly to: PeerKey;
  /** Certainly allowed: between groups, on every pair of their members (a member with itself left out). */
  readonly allowed: ConnectionSet;
  /** Possibly allowed and not in `allowed`: indeterminate, or (between groups) on some pairs only. */
  readonly conditional: ConnectionSet;
}

/** Which rows are asked for. Their order is fixed (see `query/connectivity`), and they are made as they are taken. */
export interface ConnectivityOptions {
  readonly by: 'endpoint' | 'workload' | 'namespace';
  /** Only rows from (to) these, of whatever kind they are; absent: all of `by`. Blocks: the external ranges inside, cut to its bounds. */
  readonly from?: readonly PeerKey[];
  readonly to?: readonly PeerKey[];
  /** Rows with external address blocks as well; default true. */
  readonly external?: boolean;
  /** Skips this many rows of the (fixed) order first; cheap. */
  readonly offset?: number;
}

/** A flow by index: cheap to make, for questions that are put millions of times. */
export interface IndexedFlow {
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  readonly packet: Packet;
}

/** An endpoint by index, or an address in canonical text (judged as an address that belongs to no endpoint). */
export type FlowEnd = number | string;

/** An endpoint as far as a question means it: by some of its addresses. By index alone it is meant by whichever of them gets through. */
export interface EndpointAt {
  readonly endpoint: number;
  readonly at: AddressChoice;
}

/** The end of a flow that somebody asks about. */
export type AskedEnd = FlowEnd | EndpointAt;

/** A flow by index whose ends may be meant by some of their addresses. */
export interface AskedFlow {
  readonly source: AskedEnd;
  readonly destination: AskedEnd;
  readonly packet: Packet;
}

/** Counts that need no list: endpoints are those of workloads (no nodes, no new pods). */
export interface ConnectivitySummary {
  readonly endpoints: number;
  readonly workloads: number;
  readonly policies: number;
  /** Ordered pairs of different endpoints. */
  readonly pairs: number;
  /** Pairs with at least one port of TCP, UDP or SCTP certainly (possibly) allowed. */
  readonly allowedPairs: number;
  readonly possiblePairs: number;
  /** Endpoints that at least one policy isolates, per direction: one of a tier that denies what its policies leave undecided. */
  readonly isolated: { readonly ingress: number; readonly egress: number };
  readonly namespaces: readonly string[];
  /** `namespaceMatrix[from * n + to]` = allowed pairs between two namespaces; empty where there are more than 4,096 of them. */
  readonly namespaceMatrix: Float64Array;
}

/** An endpoint as tables show it. `workload` is -1 for nodes, which have no namespace either, and for new pods. */
export interface EndpointSummary {
  readonly index: number;
  /** `namespace/name` of a pod, `namespace/name[Kind]` of a template, `name[Node]` of a node. */
  readonly id: string;
  readonly kind: 'pod' | 'template' | 'node' | 'newPod';
  readonly namespace: string | undefined;
  readonly name: string;
  readonly workload: number;
  readonly network: 'pod' | 'host';
  readonly addresses: readonly string[];
}

/** A workload as tables show it. `file` and `line` are where its object was written, or else the first object that names it as its owner. */
export interface WorkloadSummary {
  readonly index: number;
  /** `namespace/name[Kind]`. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly endpoints: readonly number[];
}

/** A policy as tables show it, in evaluation order; staged ones, and those that act at host endpoints alone, are among them. */
export interface PolicySummary {
  readonly index: number;
  readonly id: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly tier: string;
  readonly order: number;
  readonly file: string;
  readonly line: number;
  /** Workload endpoints that it certainly selects. */
  readonly selected: number;
  readonly directions: readonly ('ingress' | 'egress')[];
}

/** The tables behind the names; all lists are indexed as in the snapshot. */
export interface Catalogue extends FactBase {
  readonly mode: 'snapshot' | 'bundle';
  readonly namespaces: readonly string[];
  endpointCount(): number;
  endpoint(index: number): EndpointSummary;
  workloadCount(): number;
  workload(index: number): WorkloadSummary;
  policyCount(): number;
  policy(index: number): PolicySummary;
  /** Endpoints that have this address. */
  endpointsAt(address: string): readonly number[];
}
