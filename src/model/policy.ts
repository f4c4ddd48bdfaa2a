import type { TransportProtocol } from './endpoint';
import type { Hook } from './host-endpoint';
import type { Selector } from './selector';
import type { ResourceRef, Source } from './source';

/*
 * Terminology (Calico's, the most general of the policy languages that are lowered into this one)
 *
 * Tier       ordered group of policies. It takes part in a direction of an endpoint when one of its policies selects the endpoint
 *            in that direction. If none of their rules decides, its default action does: Deny ends, Pass goes on to the next tier.
 * Policy     ordered group of rules that applies to the endpoints its selector chooses. A direction that is present *isolates*,
 *            also with no rule at all.
 * Rule       first match decides. Allow and Deny are final for this endpoint and direction; Pass leaves the tier; Log goes on.
 * Peer       the other side of the connection, as a rule describes it.
 * Direction  from the selected endpoint's point of view.
 * An endpoint that no tier decides about is allowed (Kubernetes' default, and what a namespace's profile says in Calico). Profiles that say something
 * else are a tier of their own, the last one (see `profiles.ts`).
 */

/** `policyTypes` of Kubernetes and `types` of Calico, in lower case. */
export type Direction = 'ingress' | 'egress';
/** As Calico writes them (api/pkg/apis/projectcalico/v3/policy_common.go). `Accept` of the cluster-wide policies of Kubernetes is Allow. */
export type Action = 'Allow' | 'Deny' | 'Pass' | 'Log';

/** Kubernetes has one for NetworkPolicies, with one for cluster-wide policies before and one after it; Calico has as many as somebody made. */
export interface Tier {
  readonly name: string;
  /** Lower goes first; equal orders go by name, bytewise. Infinite, hence last, of a tier that policies name and the input lacks. */
  readonly order: number;
  readonly defaultAction: 'Deny' | 'Pass';
  /**
   * Its policies hold a pod's egress towards its own node as well. Absent: they do not, as NetworkPolicies do not. A pod that a guarding tier selects is
   * held by all of its policies.
   */
  readonly guardsOwnNode?: true;
}

/** The tier of what Calico's agent lets pass between nodes by itself; no tier of the input can be called so. */
export const FELIX_TIER = '(felix)';

/** Did somebody write this policy? Others are in tiers with names in brackets, which no object has. */
export function isWritten({ tier }: Pick<Policy, 'tier'>): boolean {
  return !tier.startsWith('(');
}

/** Lowered from any kind: defaults, namespaces and what differs between releases are settled. A direction that is absent is left alone. */
export interface Policy {
  readonly ref: ResourceRef;
  readonly tier: string;
  /** Lower goes first in the tier; equal orders go by `tieBreak`, bytewise. */
  readonly order: number;
  readonly tieBreak: string;
  /** Chooses pods and nodes. */
  readonly appliesTo: Selector;
  /** Chooses host endpoints, by their labels; absent: none. */
  readonly appliesToHosts?: Selector;
  /** Only `normal` policies decide about pods; the others act at host endpoints alone. */
  readonly hook: Exclude<Hook, 'forward'>;
  /** A normal policy that also acts at host endpoints on what their nodes pass on. */
  readonly forward?: true;
  /** Staged policies never decide. */
  readonly staged: boolean;
  /** Of a staged policy: what is proposed. */
  readonly stagedAction?: StagedAction;
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

/**
 * `Set`: that the policy of this name, of the kind that is staged, be made or become this one · `Delete`: that it be removed; such a policy selects nothing
 * and has no rules · `Learn`, `Ignore`: nothing (api/pkg/apis/projectcalico/v3/stagednetworkpolicy.go).
 */
export type StagedAction = 'Set' | 'Delete' | 'Learn' | 'Ignore';
/** INVARIANT: stored directories hold indices into this list; new ones go to its end. */
export const STAGED_ACTIONS: readonly StagedAction[] = ['Set', 'Delete', 'Learn', 'Ignore'];

/** A rule matches when its subject, its peer, its packets and its condition all do. */
export interface Rule {
  readonly action: Action;
  /** What the selected endpoint itself must be beyond what the policy selects; absent: anything. */
  readonly subject?: PeerExpression;
  readonly peer: PeerExpression;
  readonly packets: PacketExpression;
  /** Something that decides at run time and that no input tells (completes "depends on …"): the rule then matches `maybe` at most. */
  readonly condition?: Condition;
  readonly source: Source;
  /** Place in the policy as written, from 0, where several rules were made from one; absent: its place in this list. */
  readonly index?: number;
}

/** `kind` is that of the `Unknown` that an answer tells of it. */
export interface Condition {
  readonly kind: 'fact' | 'protocol' | 'condition' | 'namespace-labels';
  readonly text: string;
}

/** `any`: every endpoint and address. A list: one of the terms; the empty list matches nothing. */
export type PeerExpression = 'any' | readonly PeerTerm[];

/** All parts that are present must hold; at least one is. */
export interface PeerTerm {
  /** Chooses endpoints only: an address that belongs to no known endpoint never matches. */
  readonly selector?: Selector;
  /** Excludes endpoints; an address that belongs to no known endpoint is never excluded. */
  readonly notSelector?: Selector;
  /** Canonical CIDRs; the address is in one of them … */
  readonly nets?: readonly string[];
  /** … and in none of these. */
  readonly notNets?: readonly string[];
  /** Do `nets` and `notNets` look at the addresses of pods? Hosts and external addresses they always see. */
  readonly netsSeePods: 'yes' | 'no' | 'unknown';
}

/** `other`: any protocol that has none of these names; a packet may tell its number. */
export type Protocol = TransportProtocol | 'ICMP' | 'ICMPv6' | 'other';
export const TRANSPORT_PROTOCOLS: readonly TransportProtocol[] = ['TCP', 'UDP', 'SCTP'];
/** INVARIANT: stored directories hold indices into this list; new ones go to its end. */
export const PROTOCOLS: readonly Protocol[] = ['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'other'];
/** Ports that the API server accepts (k8s.io/apimachinery/pkg/util/validation, IsValidPortNum); 0 is no port. */
export const LOWEST_PORT = 1;
export const HIGHEST_PORT = 65_535;

/** `any`: every packet. A list: one of the terms. */
export type PacketExpression = 'any' | readonly PacketTerm[];

/**
 * Packets of one protocol; all parts that are present must hold. `ports` and `portNames` together are one part, `sourcePorts` and `sourcePortNames`
 * another: a port that is in either; an empty list has no port by itself. What a part looks at and a packet leaves open (a source port, an ICMP type) matches `maybe`.
 */
export interface PacketTerm {
  readonly protocol: Protocol;
  /** Inclusive ranges of the destination port, 1–65535. */
  readonly ports?: readonly PortRange[];
  /** Resolved on the destination endpoint, by name and protocol; an external address has no port names. */
  readonly portNames?: readonly string[];
  /** Inclusive ranges that the destination port is in none of. */
  readonly notPorts?: readonly PortRange[];
  /** Port names, resolved likewise, that the destination port must not have. */
  readonly notPortNames?: readonly string[];
  /** Inclusive ranges of the source port. */
  readonly sourcePorts?: readonly PortRange[];
  /** Resolved on the source endpoint. */
  readonly sourcePortNames?: readonly string[];
  /** Inclusive ranges that the source port is in none of. */
  readonly notSourcePorts?: readonly PortRange[];
  /** Port names, resolved on the source endpoint, that the source port must not have. */
  readonly notSourcePortNames?: readonly string[];
  /** Of ICMP and ICMPv6: one of these. */
  readonly icmp?: readonly IcmpRange[];
  /** Of `other`: inclusive ranges of the protocol number. */
  readonly numbers?: readonly PortRange[];
}

/** Both ends are in it; one port is a range of its own. */
export type PortRange = readonly [low: number, high: number];

/** Inclusive ranges, 0–255 each. */
export interface IcmpRange {
  readonly types: readonly [low: number, high: number];
  readonly codes: readonly [low: number, high: number];
}

/** Undefined: the policy leaves the direction alone. Empty: it isolates in it and allows nothing. */
export function rulesOf(policy: Policy, direction: Direction): readonly Rule[] | undefined {
  return direction === 'ingress' ? policy.ingress : policy.egress;
}
