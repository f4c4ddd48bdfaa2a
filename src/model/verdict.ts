import type { Endpoint, Namespace } from './endpoint';
import type { Hook } from './host-endpoint';
import type { Unknown } from './match';
import type { Action, Direction, Protocol } from './policy';
import type { ResourceRef, Source } from './source';

export type Verdict = 'allowed' | 'denied' | 'indeterminate';

/** One packet that opens a connection. `port` is the destination port; protocols without ports have none. What is absent is left open. */
export interface Packet {
  readonly protocol: Protocol;
  readonly port?: number;
  readonly sourcePort?: number;
  readonly icmp?: { readonly type: number; readonly code: number };
  /** Of protocol `other`. */
  readonly number?: number;
}

/** The packet once its source was replaced: whoever translates may choose another port, so that it is open again. */
export function withSourceReplaced({ sourcePort: _, ...packet }: Packet): Packet {
  return packet;
}

/** One end of a flow: a known endpoint with its namespace, or an address that belongs to none. */
export type Party =
  | { readonly kind: 'endpoint'; readonly endpoint: Endpoint; readonly namespace?: Namespace }
  | { readonly kind: 'address'; readonly address: string };

/** One concrete attempt to open a connection. Replies need no verdict of their own. */
export interface Flow {
  readonly source: Party;
  readonly destination: Party;
  readonly packet: Packet;
}

/**
 * Why a step of a trace says what it says.
 * `rule`: a rule matched · `end-of-tier`: policies of the tier isolate the endpoint and no rule matched · `not-selected`: no tier decided, so the default
 * allows · `host-network`, `external`: no policy applies to that end · `same-endpoint`: nothing can forbid a pod to reach itself ·
 * `local-node`: no policy acts between a node and its own pods, unless its tier guards the node from them (see `Tier.guardsOwnNode`) ·
 * `failsafe`: the port stays open at host endpoints · `profile`: no policy decided at the host endpoint, so its profiles do ·
 * `host-action`: what a node does with packets of its own pods to itself (the fact `endpointToHostAction`) ·
 * `tunnel-packet`: nodes drop what carries other packets, before any policy where a pod sends it (egress; the fact `tunnelPacketsOfPods`), and where it comes
 * to themselves and not from a node (ingress) ·
 * `tunnel-source`: a process of a node is seen by the address of its node's tunnel, and not by its own, and the steps that follow are others for it (its
 * action, Log, decides nothing) ·
 * `reply`: an untracked policy lets the flow pass, and none lets the answer to it pass ·
 * `host-unknown`: host endpoints may forbid it, and the input does not tell which ones it meets, or what they see.
 */
export type Trigger =
  | 'rule'
  | 'end-of-tier'
  | 'not-selected'
  | 'host-network'
  | 'external'
  | 'same-endpoint'
  | 'local-node'
  | 'failsafe'
  | 'profile'
  | 'host-action'
  | 'tunnel-packet'
  | 'tunnel-source'
  | 'reply'
  | 'host-unknown';

/** A host endpoint at which a step was judged. */
export interface HostPoint {
  readonly name: string;
  readonly node: string;
  readonly hook: Hook;
  /** `in`: the packet arrives at the node by this interface (from outside, or from a pod of its own) · `out`: it leaves by it. */
  readonly way: 'in' | 'out';
}

/** One step on the way to a verdict, in the order of evaluation; the last certain step of a direction decided it. */
export interface PolicyHit {
  /** The side of the flow: what is judged at the source and its node is egress, at the destination and its node ingress. */
  readonly direction: Direction;
  /** Absent: judged at the pod itself. */
  readonly host?: HostPoint;
  readonly trigger: Trigger;
  readonly action: Action;
  /** `maybe`: the step is only taken if what it depends on holds. */
  readonly certainty: 'yes' | 'maybe';
  readonly unknowns: readonly Unknown[];
  readonly tier?: string;
  readonly policy?: ResourceRef;
  /** Index in the policy's rules of this direction, from 0. */
  readonly rule?: number;
  readonly source?: Source;
  /** For `end-of-tier`: the policies that select the endpoint, hence isolate it. */
  readonly isolatedBy?: readonly ResourceRef[];
}

/** A verdict with its reasons; `egress` is judged at the source, `ingress` at the destination, each alone. */
export interface Explanation {
  readonly verdict: Verdict;
  readonly egress: Verdict;
  readonly ingress: Verdict;
  readonly trace: readonly PolicyHit[];
  /** What would settle an `indeterminate`; empty otherwise. */
  readonly dependsOn: readonly Unknown[];
}

/** The verdict that all share, else `indeterminate`; of nothing at all `denied`. */
export function agreedVerdict(verdicts: readonly Verdict[]): Verdict {
  return verdicts.every((verdict) => verdict === verdicts[0]) ? (verdicts[0] ?? 'denied') : 'indeterminate';
}
