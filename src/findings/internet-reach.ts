import { type ConnectionSet, type ConnectivityRow, connectivity, type PeerKey, verdictOf } from '../engine/index';
import type { TransportProtocol } from '../model/endpoint';
import type { NodeNetwork } from '../model/host-endpoint';
import { internetRanges } from '../model/internet';
import type { Truth } from '../model/match';
import { type Direction, TRANSPORT_PROTOCOLS } from '../model/policy';
import { formatRange, intersectionOfRanges, parseRange } from '../util/address-set';
import { type Interval, type IntervalSet, intervalSet, intervalsHave } from '../util/interval-set';
import { invariant } from '../util/invariant';
import { type AddressRange, formatAddress, highestAddress } from '../util/ip';
import { connectionsWithout, formatConnections, isComplete, unionOfConnections } from './connection-text';
import { EXAMPLE_ADDRESS } from './example-flows';
import { type Group, outsideKey } from './selection';
import type { Survey } from './survey';

/*
 * What a group of pods may exchange with the internet, by address family and as policies say at the pods and at host endpoints on the way: none applies to the
 * other end. A policy that names a few destinations allows a list of destinations and not "the internet"; where the one ends and the other begins is `DESTINATION_LIST_SHARE`.
 */

/**
 * At most this share of a family's public addresses is a list of destinations: one in 256, which is a /8 of IPv4. Large providers publish less than that
 * for one service; whoever allows more has not chosen whom to talk to.
 */
const DESTINATION_LIST_SHARE = 256n;

/** What is open between a group and the internet, in one address family. */
export interface InternetReach {
  readonly family: 4 | 6;
  /** Ports that are certainly open to more than a list of destinations … */
  readonly wide: ConnectionSet;
  /** … and those that certainly or possibly are. */
  readonly possiblyWide: ConnectionSet;
  /** Is every port of TCP, UDP and SCTP open to every public address, but for those `aside`? */
  readonly complete: Truth;
  /** What nodes drop of all that pods send, whatever policies say, so that nothing follows from it. */
  readonly aside: ConnectionSet;
  /** Public blocks with what is open to them, disjoint. */
  readonly pieces: readonly Piece[];
}

/** A packet of a protocol that has ports. */
export interface TransportPacket {
  readonly protocol: TransportProtocol;
  readonly port: number;
}

/** Public addresses of which the policies say one thing. */
export interface Piece {
  readonly range: AddressRange;
  readonly allowed: ConnectionSet;
  /** Certainly or possibly open. */
  readonly possible: ConnectionSet;
}

/** IPv4 and IPv6. */
export function internetReach(survey: Survey, group: Group, direction: Direction): readonly InternetReach[] {
  return survey.recall(`internet ${direction}`, '', () => reachOfAll(survey, direction)).get(keyOf(group, direction))!;
}

/**
 * An address that shows what is open: one for examples, which nobody has, if the policies say the same of it, else the first public one of which they do.
 * @param wanted the verdict on packets from `source` to it; there is a public address with that verdict
 */
export function exampleAddress(
  { analysis }: Survey,
  source: number,
  reach: InternetReach,
  packet: TransportPacket,
  wanted: 'allowed' | 'indeterminate',
): string {
  const example = EXAMPLE_ADDRESS[reach.family];
  if (verdictOf(analysis, { source, destination: example, packet }) === wanted) return example;
  const has = (open: ConnectionSet) => intervalsHave(open[packet.protocol] ?? [], packet.port);
  const isOpen = ({ allowed, possible }: Piece) => (wanted === 'allowed' ? has(allowed) : has(possible) && !has(allowed));
  const piece = reach.pieces.find(isOpen);
  invariant(piece, 'something is open to the internet');
  return formatAddress({ family: reach.family, value: piece.range.low });
}

/** A packet of which nothing is certain at some public address; undefined when all is. */
export function unsettledPacket({ pieces }: InternetReach): TransportPacket | undefined {
  for (const { allowed, possible } of pieces) {
    const unsettled = connectionsWithout(possible, allowed);
    for (const protocol of TRANSPORT_PROTOCOLS) {
      const port = unsettled[protocol]?.[0]?.[0];
      if (port !== undefined) return { protocol, port };
    }
  }
  return undefined;
}

/** Groups with equal keys have equal answers. Port names of ingress rules are those of the pods themselves, so that each group answers for itself. */
function keyOf(group: Group, direction: Direction): string {
  return direction === 'egress' ? outsideKey(group, direction) : String(group.representative.id);
}

/** One question about all groups, since laying out a question costs more than answering it. */
function reachOfAll(survey: Survey, direction: Direction): ReadonlyMap<string, readonly InternetReach[]> {
  const { analysis, snapshot, namespaces } = survey;
  const groups = namespaces.flatMap(({ groups: own, hostGroups, newPod }) => [...own, ...hostGroups, ...(newPod ? [newPod] : [])]);
  const asked = new Map(groups.map((group) => [keyOf(group, direction), group]));
  const pods = [...asked.values()].map(({ representative }): PeerKey => ({ kind: 'endpoint', index: representative.id }));
  const ends = direction === 'egress' ? { from: pods, to: OUTSIDE } : { from: OUTSIDE, to: pods };
  const rows = new Map<number, ConnectivityRow[]>(pods.map((pod) => [pod.kind === 'endpoint' ? pod.index : -1, []]));
  for (const row of connectivity(analysis, { by: 'endpoint', ...ends })) {
    const pod = direction === 'egress' ? row.from : row.to;
    if (pod.kind === 'endpoint') rows.get(pod.index)?.push(row);
  }
  const internet = ([4, 6] as const).map((family) => ({ family, ranges: internetRanges(snapshot.facts, new Set([family])) }));
  const known = new Map<string, readonly InternetReach[]>();
  const dropped = { 4: portsDropped(snapshot.nodeNetwork, direction, 4), 6: portsDropped(snapshot.nodeNetwork, direction, 6) };
  return new Map(
    [...asked].map(([key, group]) => {
      const blocks = rows.get(group.representative.id)!.flatMap((row) => blockOf(row, direction) ?? []);
      const meetsDrops = (direction === 'egress') === (group.network === 'pod');
      const text = blocks
        .map(({ range, allowed, possible }) => `${formatRange(range)} ${formatConnections(allowed)} ${formatConnections(possible)}`)
        .join('\n');
      const id = `${group.network}\n${text}`;
      const reach =
        known.get(id) ?? internet.map(({ family, ranges }) => reachInFamily(family, ranges, blocks, meetsDrops ? dropped[family] : {}));
      known.set(id, reach);
      return [key, reach];
    }),
  );
}

/** Ports that nodes drop of what pods send, or of what comes to their own processes, whatever policies say. */
function portsDropped({ droppedFromPods = [], droppedAtNodes = [] }: NodeNetwork, direction: Direction, family: 4 | 6): ConnectionSet {
  const atNodes = droppedAtNodes.flatMap((drop) => (drop.family === family ? [drop.packets] : []));
  return (direction === 'egress' ? droppedFromPods : atNodes)
    .map(({ protocol, ports = [] }): ConnectionSet => ({ [protocol]: intervalSet(ports) }))
    .reduce(unionOfConnections, {});
}

const OUTSIDE: readonly PeerKey[] = ([4, 6] as const).map((family) => ({
  kind: 'block',
  low: formatAddress({ family, value: 0n }),
  high: formatAddress({ family, value: highestAddress(family) }),
}));

function blockOf({ from, to, allowed, conditional }: ConnectivityRow, direction: Direction): Piece | undefined {
  const peer = direction === 'egress' ? to : from;
  if (peer.kind !== 'block') return undefined;
  return { range: parseRange(`${peer.low}-${peer.high}`)!, allowed, possible: unionOfConnections(allowed, conditional) };
}

function reachInFamily(family: 4 | 6, internet: readonly AddressRange[], blocks: readonly Piece[], aside: ConnectionSet): InternetReach {
  const pieces = blocks.flatMap(({ range, ...open }) =>
    internet.flatMap((part): readonly Piece[] => {
      const shared = intersectionOfRanges(part, range);
      return shared ? [{ range: shared, ...open }] : [];
    }),
  );
  const size = sizeOf(internet);
  const covers = (isOpen: (piece: Piece) => boolean) => size > 0n && sizeOf(pieces.filter(isOpen).map(({ range }) => range)) === size;
  return {
    family,
    wide: portsWiderThan(size / DESTINATION_LIST_SHARE, pieces, ({ allowed }) => allowed),
    possiblyWide: portsWiderThan(size / DESTINATION_LIST_SHARE, pieces, ({ possible }) => possible),
    complete: covers(({ allowed }) => isComplete(allowed, aside))
      ? 'yes'
      : covers(({ possible }) => isComplete(possible, aside))
        ? 'maybe'
        : 'no',
    aside,
    pieces,
  };
}

/** Ports that are open to more than so many addresses, all pieces together: a sweep over the ends of the port ranges. */
function portsWiderThan(limit: bigint, pieces: readonly Piece[], openOf: (piece: Piece) => ConnectionSet): ConnectionSet {
  const sizes = new Map<string, { readonly open: ConnectionSet; size: bigint }>();
  for (const piece of pieces) {
    const open = openOf(piece);
    const text = formatConnections(open);
    const entry = sizes.get(text);
    if (entry) entry.size += sizeOf([piece.range]);
    else sizes.set(text, { open, size: sizeOf([piece.range]) });
  }
  const entries = TRANSPORT_PROTOCOLS.map((protocol) => {
    const changes = new Map<number, bigint>();
    for (const { open, size } of sizes.values()) {
      for (const [low, high] of open[protocol] ?? []) {
        changes.set(low, (changes.get(low) ?? 0n) + size);
        changes.set(high + 1, (changes.get(high + 1) ?? 0n) - size);
      }
    }
    return [protocol, portsAbove(limit, changes)] as const;
  });
  return Object.fromEntries(entries.filter(([, ports]) => ports.length > 0));
}

function portsAbove(limit: bigint, changes: ReadonlyMap<number, bigint>): IntervalSet {
  const ports = [...changes.keys()].sort((a, b) => a - b);
  const wide: Interval[] = [];
  let open = 0n;
  for (const [index, port] of ports.entries()) {
    open += changes.get(port)!;
    if (open > limit) wide.push([port, ports[index + 1]! - 1]);
  }
  return intervalSet(wide);
}

function sizeOf(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((size, { low, high }) => size + high - low + 1n, 0n);
}
