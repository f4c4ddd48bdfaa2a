import { type Endpoint, whereabouts } from '../model/endpoint';
import { type AddressPool, linkOf } from '../model/host-endpoint';
import { isTrue, type Match, maybe, type Unknown } from '../model/match';
import type { Party } from '../model/verdict';
import { type Governor, type HostWorld, outwardGovernor, rangeInPool, tunnelGovernor } from './evaluate-interfaces';
import { type Family, rangeInNet, rangesOf, readRange } from './evaluate-match';

/*
 * The definition: how a packet comes from one node to a pod of another, and from which address, if a process of the node sends it.
 *
 *   pool of the pod's address        way                   a process of the node is seen by
 *   wraps always                     through the tunnel    the address of the tunnel
 *   wraps never                      as it is              its own
 *   wraps across subnets             through the tunnel if the two nodes are in different subnets, else as it is
 *   none that the input tells        one of the two        its own, which is assumed
 *
 * The kernel chooses the source of what a process sends by the interface that it leaves by: hence the node's own egress checkpoint at the tunnel sees the
 * tunnel's address already. Packets that the node only passes on keep their source. A pod whose address is not told has one out of some pool that it may
 * be in, since Calico gives out no others. Sources: felix/calc/l3_route_resolver.go (same subnet); felix/dataplane/linux/vxlan_mgr.go, ipip_mgr.go;
 * docs.tigera.io/calico/latest/networking/configuring/vxlan-ipip.
 */

/** One way that a packet may take, and as whom its source is seen there. */
export interface CrossingWay {
  readonly isWrapped: boolean;
  readonly source: Party;
}

export interface Crossing {
  /** More than one where the input does not tell which. */
  readonly ways: readonly CrossingWay[];
  /** What would tell. */
  readonly unknowns: readonly Unknown[];
}

/** From the node of the source, or its process, to a pod of another node; either node may be unknown. */
export function crossingOf(world: HostWorld, source: Party, pod: Party, family: Family): Crossing {
  const [from, to] = [nodeOf(source), nodeOf(pod)];
  const pools = poolsNear(world, pod, family);
  const wrapped = pools.map((pool) => pool && isWrapped(world, pool, from, to));
  const truths = wrapped.map((match) => match?.truth);
  const isUntold = truths.includes(undefined);
  const isOpen = truths.includes('maybe');
  const ways: CrossingWay[] = [];
  if (isOpen || truths.includes('yes')) ways.push({ isWrapped: true, source: asSeenThroughTunnel(world, source, family) });
  if (isUntold) ways.push({ isWrapped: true, source });
  if (isUntold || isOpen || truths.includes('no')) ways.push({ isWrapped: false, source });
  if (ways.length === 1) return { ways, unknowns: [] };
  const subnets = wrapped.flatMap((match) => match?.unknowns ?? []).slice(0, 1);
  const whether: Unknown = {
    kind: 'interface',
    text: `whether packets to \`${nameOf(pod)}\` are wrapped between nodes (an IPPool, or the facts \`encapsulation\` and \`podRanges\`)`,
  };
  return { ways, unknowns: isUntold || subnets.length === 0 ? [whether, ...subnets] : subnets };
}

/** As whom pods see a source, and what tells where there are several. */
export interface Seen {
  readonly sources: readonly Party[];
  readonly unknowns: readonly Unknown[];
}

/** The sources of all ways, each once. */
export function sourcesOf({ ways, unknowns }: Crossing): Seen {
  if (ways.length === 1) return { sources: [ways[0]!.source], unknowns: [] };
  const sources = [...new Set(ways.map(({ source }) => source))];
  return { sources, unknowns: sources.length > 1 ? unknowns : [] };
}

/** The same ways of a packet that the node only passes on, so that its source stays what it is. */
export function keepingSource({ ways, unknowns }: Crossing, source: Party): Crossing {
  return { ways: ways.map(({ isWrapped }) => ({ isWrapped, source })), unknowns };
}

/** The governor of the interface at which a node gets or sends the packet, with the source that is seen there. */
export interface CrossingGovernor extends Pick<Governor, 'unknowns'> {
  readonly passages: readonly (Pick<CrossingWay, 'source'> & { readonly host: Governor['hosts'][number] })[];
}

export function transitGovernor(world: HostWorld, node: string, { ways, unknowns }: Crossing): CrossingGovernor {
  const passages: CrossingGovernor['passages'][number][] = [];
  const open: Unknown[] = [];
  for (const { isWrapped, source } of ways) {
    const governor = isWrapped ? tunnelGovernor(world, node) : outwardGovernor(world, node);
    open.push(...governor.unknowns);
    for (const host of governor.hosts)
      if (!passages.some((other) => other.host === host && other.source === source)) passages.push({ host, source });
  }
  return { passages, unknowns: passages.length > 1 ? [...unknowns, ...open] : [] };
}

/** Pools that may hold the pod's address; undefined: one that the input does not tell. */
function poolsNear({ nodeNetwork }: HostWorld, pod: Party, family: Family): readonly (AddressPool | undefined)[] {
  const pools = nodeNetwork?.pools ?? [];
  const near: (AddressPool | undefined)[] = [];
  for (const range of rangesOf(pod, family)) {
    const holder = pools.find((pool) => rangeInPool(range, pool).truth === 'yes');
    if (holder || range.low === range.high) near.push(holder);
    else near.push(...pools.filter((pool) => rangeInPool(range, pool).truth !== 'no'));
  }
  return near.length > 0 ? near : [undefined];
}

function isWrapped(world: HostWorld, { encapsulation, net }: AddressPool, from: string | undefined, to: string | undefined): Match {
  if (encapsulation !== 'acrossSubnets') return isTrue(encapsulation === 'always');
  const unknown = maybe({
    kind: 'interface',
    text: `whether ${spoken(from)} and ${spoken(to)} are in one subnet: packets to pods of \`${net}\` are wrapped from one to another`,
  });
  const [a, b] = [from, to].map((node) => subnetOf(world, node, isV6(net)));
  if (a === undefined || b === undefined) return unknown;
  if (a === b) return isTrue(false);
  // One within the other: nobody can tell on which side of the smaller one's border the other's address is.
  const overlap = [rangeInNet(readRange(a), b), rangeInNet(readRange(b), a)];
  return overlap.some(({ truth }) => truth !== 'no') ? unknown : isTrue(true);
}

function subnetOf({ nodeNetwork }: HostWorld, node: string | undefined, v6: boolean): string | undefined {
  return nodeNetwork && linkOf(nodeNetwork, node)?.subnets.find((net) => isV6(net) === v6);
}

/**
 * A process by the addresses of its node's tunnels, of the families that it has addresses of. Where these are not told they lie in some pool that wraps,
 * out of which nodes take them; what is neither has its own.
 */
function asSeenThroughTunnel({ nodeNetwork }: HostWorld, source: Party, family: Family): Party {
  if (source.kind === 'address' || source.endpoint.network === 'pod' || !nodeNetwork) return source;
  const own = whereabouts(source.endpoint);
  const tunnels = linkOf(nodeNetwork, source.endpoint.node)?.tunnels ?? [];
  const wrapping = nodeNetwork.pools.filter(({ encapsulation }) => encapsulation !== 'never').map(({ net }) => net);
  const families = family !== undefined ? [family === 6] : own.length > 0 ? [...new Set(own.map(isV6))] : [false, true];
  const addressRanges = families.flatMap(
    (v6) => [tunnels, wrapping, own].map((texts) => texts.filter((text) => isV6(text) === v6)).find((texts) => texts.length > 0) ?? [],
  );
  const endpoint: Endpoint = { ...source.endpoint, addresses: [], addressRanges };
  return { ...source, endpoint };
}

function isV6(text: string): boolean {
  return text.includes(':');
}

function nodeOf(end: Party): string | undefined {
  return end.kind === 'address' ? undefined : end.endpoint.node;
}

function nameOf(end: Party): string {
  return end.kind === 'address' ? end.address : end.endpoint.name;
}

function spoken(node: string | undefined): string {
  return node === undefined ? 'the node of either end' : `node \`${node}\``;
}
