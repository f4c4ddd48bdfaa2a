import type { DeclaredPort, TransportProtocol } from './endpoint';
import type { PacketTerm, PeerTerm, PortRange } from './policy';
import type { LabelSet, SelectorSubject } from './selector';
import type { ResourceRef } from './source';

/*
 * Terminology (Calico's)
 *
 * Host endpoint  one interface of a node, or all of its interfaces that no other host endpoint has, where policy acts on the node's own traffic and on
 *                what the node passes on. An interface without one is not policed.
 * Hook           the place on a packet's way through a node at which a policy acts. `untracked` and `preDNAT` see all that arrives, the first also what
 *                processes of the node send; `normal` sees what is to or from processes of the node; `forward` what the node passes on, both ways.
 * Failsafe       a port that stays open at host endpoints whatever normal, untracked and preDNAT policies say; forward policies it does not overrule.
 */

export type Hook = 'untracked' | 'preDNAT' | 'normal' | 'forward';

export interface HostEndpoint {
  readonly ref: ResourceRef;
  readonly node: string;
  /** `*`: every interface that has no other. Empty: the interface that has one of the addresses. */
  readonly interfaceName: string;
  /** Canonical text; what rules match it by, on all nodes. */
  readonly addresses: readonly string[];
  /** With those that its profiles give. */
  readonly labels: LabelSet;
  readonly ports: readonly DeclaredPort[];
  /** What is done with the node's own traffic where no policy, and no rule of its profiles, decides. */
  readonly profileAction: 'Allow' | 'Deny';
  /** Its profiles where they have rules (see `profiles.ts`); absent: `profileAction` says it all. */
  readonly profiles?: readonly string[];
}

/** A host endpoint as selectors see it. */
export function hostSubject({ labels, profiles }: HostEndpoint): SelectorSubject {
  return { labels, network: 'host', profiles };
}

export interface FailsafePort {
  readonly protocol: TransportProtocol;
  readonly port: PortRange;
  /** Inbound: of the source; outbound: of the destination. Absent: any address. */
  readonly net?: string;
  /** The only nodes with host endpoints where it stays open, sorted; absent: all of them. */
  readonly nodes?: readonly string[];
}

/** Does a failsafe port count on a node? */
export function isFailsafeOf({ nodes }: FailsafePort, node: string): boolean {
  return nodes === undefined || nodes.includes(node);
}

/** How addresses of pods travel between nodes, as pools of addresses are configured. */
export interface AddressPool {
  /** Canonical CIDR. */
  readonly net: string;
  /** `acrossSubnets`: only between nodes of different subnets. Encapsulated packets pass the tunnel's interface, not the node's outward one. */
  readonly encapsulation: 'always' | 'acrossSubnets' | 'never';
  /** What leaves all pools takes the address of its node before another node sees it. */
  readonly natOutgoing: boolean;
}

/** Where a node's packets come from, as other nodes see them. */
export interface NodeLink {
  readonly node: string;
  /** Canonical CIDRs of the networks that the node's own addresses lie in, at most one of either family: nodes in one of them need no wrapping `acrossSubnets`. */
  readonly subnets: readonly string[];
  /** Addresses of its tunnels: what its processes send to pods of other nodes has one of them as its source, where it is wrapped. */
  readonly tunnels: readonly string[];
}

const linkIndexes = new WeakMap<readonly NodeLink[], ReadonlyMap<string, NodeLink>>();

/** What is told of a node; there are as many links as nodes, and they are asked for with every flow. */
export function linkOf({ links }: Pick<NodeNetwork, 'links'>, node: string | undefined): NodeLink | undefined {
  if (!links || node === undefined) return undefined;
  let index = linkIndexes.get(links);
  if (!index) {
    index = new Map(links.map((link) => [link.node, link]));
    linkIndexes.set(links, index);
  }
  return index.get(node);
}

/** What carries other packets, by the outer protocol: `ports` of UDP, `numbers` of `other`. */
export type WrappedPackets = Pick<PacketTerm, 'protocol' | 'ports' | 'numbers'>;

/** Packets of one version of IP that processes of a node only get from other nodes. */
export interface NodeDrop {
  readonly packets: WrappedPackets;
  readonly family: 4 | 6;
  /** Canonical CIDRs, of that version, from which they come as well. */
  readonly exempt: readonly string[];
}

/** The CIDR that holds all addresses of a family. */
export const EVERY_ADDRESS = { 4: '0.0.0.0/0', 6: '::/0' } as const;

/** Whose packets are dropped: those of everybody but hosts. `netsSeePods`: whether those of pods count among them. */
export function droppedPeer({ family, exempt }: NodeDrop, netsSeePods: 'yes' | 'no' = 'yes'): PeerTerm {
  return { notSelector: { kind: 'network', network: 'host' }, nets: [EVERY_ADDRESS[family]], notNets: exempt, netsSeePods };
}

/** What nodes do with packets besides policy. */
export interface NodeNetwork {
  readonly failsafeInbound: readonly FailsafePort[];
  readonly failsafeOutbound: readonly FailsafePort[];
  /** Empty where the input does not tell. */
  readonly pools: readonly AddressPool[];
  /** Nodes of which something is told, sorted; absent: none. */
  readonly links?: readonly NodeLink[];
  /** What nodes drop of all that their own pods send, before any policy sees it; absent: nothing. */
  readonly droppedFromPods?: readonly WrappedPackets[];
  /** What nodes drop of what comes to their own processes, whatever policies say; absent: nothing. */
  readonly droppedAtNodes?: readonly NodeDrop[];
}

/** A cluster of which nothing is known but that no host endpoint acts. */
export const PLAIN_NODE_NETWORK: NodeNetwork = Object.freeze({
  failsafeInbound: Object.freeze([]),
  failsafeOutbound: Object.freeze([]),
  pools: Object.freeze([]),
});
