import type { Door } from '../../model/door';
import type { Endpoint } from '../../model/endpoint';
import { familyOfChoice, whereabouts } from '../../model/endpoint';
import { PRIVATE_RANGES } from '../../model/internet';
import type { PeerExpression, Policy } from '../../model/policy';
import type { Packet, Verdict } from '../../model/verdict';
import { compareBig, rangesWithout } from '../../util/address-set';
import { type AddressRange, formatAddress, highestAddress, parseAddress, parseCidr } from '../../util/ip';
import { intervalStart } from '../address-index';
import { verdictOf } from '../query/verdict';
import type { DoorSession } from './session';

/*
 * Where the answers of one way through a door may change along the address space of clients: at the ends of the nets that the places on that way look at.
 * Per way and not per cluster, since most nets of a cluster are about others.
 */

/** Addresses that no fact gives to the cluster, of one family, in order. */
export function outsideRanges({ world }: DoorSession, family: 4 | 6): readonly AddressRange[] {
  const { podRanges, nodeRanges, serviceRanges } = world.facts;
  const own = [...podRanges, ...nodeRanges, ...serviceRanges].map((text) => parseCidr(text)!);
  return rangesWithout([{ family, low: 0n, high: highestAddress(family) }], own);
}

/** Ranges cut before each of the given addresses that lies inside them, in the order of the ranges. */
export function cutRanges(ranges: readonly AddressRange[], starts: readonly bigint[]): readonly AddressRange[] {
  const sorted = [...new Set(starts)].sort(compareBig);
  return ranges.flatMap(({ family, low, high }) => {
    const inside = sorted.filter((start) => low < start && start <= high);
    return [low, ...inside].map((start, index) => ({ family, low: start, high: index < inside.length ? inside[index]! - 1n : high }));
  });
}

/** First addresses of what the given nets cut out of the family's space. */
export function startsOf(nets: Iterable<AddressRange>, family: 4 | 6): readonly bigint[] {
  const starts: bigint[] = [];
  for (const net of nets) if (net.family === family) starts.push(net.low, net.high + 1n);
  return starts;
}

/** Where the door itself may change its mind: its source ranges, and who is of the organisation. */
export function doorStarts({ world }: DoorSession, { sourceRanges = [], scope }: Door, family: 4 | 6): readonly bigint[] {
  const { organisationRanges, nodesReachableFrom } = world.facts;
  const isAboutOrganisation = scope === 'internal' || (scope === 'nodes' && nodesReachableFrom === 'organisation');
  const organisation = organisationRanges.length > 0 ? organisationRanges.map((text) => parseCidr(text)!) : PRIVATE_RANGES;
  return startsOf([...sourceRanges.map((text) => parseCidr(text)!), ...(isAboutOrganisation ? organisation : [])], family);
}

/**
 * Where the policies on the way to an endpoint may. Without host endpoints those of the endpoint alone look at the client, and the solved model knows where
 * their verdict changes; with them, every net that one of the policies names counts.
 */
export function policyStarts(session: DoorSession, endpoint: Endpoint | undefined, packet: Packet, family: 4 | 6): readonly bigint[] {
  const { world, context } = session;
  if (world.hostEndpoints.length === 0) return endpoint ? solvedStarts(session, endpoint, packet, family) : [];
  const nets = new Set<AddressRange>();
  for (const policy of context.orderFor(endpoint, packet).policies) for (const net of netsOf(policy)) nets.add(net);
  for (const { net } of world.nodeNetwork.failsafeInbound) if (net !== undefined) nets.add(parseCidr(net)!);
  for (const { exempt } of world.nodeNetwork.droppedAtNodes ?? []) for (const net of exempt) nets.add(parseCidr(net)!);
  return startsOf(nets, family);
}

/** Every net in a policy, whichever end it looks at: at hosts, egress rules look at clients too. */
function netsOf({ ingress = [], egress = [] }: Policy): readonly AddressRange[] {
  return [...ingress, ...egress].flatMap(({ subject = 'any', peer }) => [...netsIn(subject), ...netsIn(peer)]);
}

function netsIn(peer: PeerExpression): readonly AddressRange[] {
  if (peer === 'any') return [];
  return peer.flatMap(({ nets = [], notNets = [] }) => [...nets, ...notNets].map((text) => parseCidr(text)!));
}

/** The model's intervals with their first addresses in print, by family. */
const intervals = new WeakMap<object, Map<4 | 6, readonly Interval[]>>();

/** One interval of the model's address index. */
interface Interval {
  readonly start: bigint;
  readonly text: string;
  readonly block: number;
}

function intervalsOf({ analysis: { model } }: DoorSession, family: 4 | 6): readonly Interval[] {
  const { addresses } = model;
  let known = intervals.get(addresses);
  if (!known) {
    known = new Map();
    intervals.set(addresses, known);
  }
  let own = known.get(family);
  if (!own) {
    const blocks = family === 4 ? addresses.v4Blocks : addresses.v6Blocks;
    own = Array.from(blocks, (block, index) => {
      const start = intervalStart(addresses, family, index);
      return { start, text: formatAddress({ family, value: start }), block };
    });
    known.set(family, own);
  }
  return own;
}

/** Starts of the model's intervals at which the verdict on the packet is another than just before; a block is asked once, however many intervals it has. */
function solvedStarts(session: DoorSession, { id }: Endpoint, packet: Packet, family: 4 | 6): readonly bigint[] {
  const byBlock = new Map<number, Verdict>();
  const starts: bigint[] = [];
  let last: Verdict | undefined;
  for (const { start, text, block } of intervalsOf(session, family)) {
    let verdict = byBlock.get(block);
    if (verdict === undefined) {
      verdict = verdictOf(session.analysis, { source: text, destination: id, packet });
      byBlock.set(block, verdict);
    }
    if (verdict !== last) starts.push(start);
    last = verdict;
  }
  return starts;
}

/** The families in which a door leads to an endpoint: those that both have, as far as the input tells. */
export function familiesOf(door: Door, endpoint: Endpoint | undefined): readonly (4 | 6)[] {
  const own = endpoint ? whereabouts(endpoint) : [];
  const dialled = door.hostnames.length > 0 ? [] : door.addresses;
  const has = (texts: readonly string[], family: 4 | 6) => texts.length === 0 || texts.some((text) => familyOfChoice(text) === family);
  const takes = door.families ?? [4, 6];
  const shared = ([4, 6] as const).filter((family) => takes.includes(family) && has(own, family) && has(dialled, family));
  return own.length === 0 && dialled.every((address) => parseAddress(address) === undefined) ? [4] : shared;
}
