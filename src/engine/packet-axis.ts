import { HIGHEST_PORT, LOWEST_PORT, type PortRange, type Protocol, TRANSPORT_PROTOCOLS } from '../model/policy';
import type { Packet } from '../model/verdict';
import { type Interval, type IntervalSet, intervalSet } from '../util/interval-set';
import { invariant } from '../util/invariant';
import type { ConnectionSet } from './analysis';

/*
 * All packets on one line of integers, so that a set of packets is a set of intervals:
 *
 *   0 … 65535        TCP: 0 for a packet whose port is not told (only rules without ports match it), else its destination port
 *   65536 … 131071   UDP, likewise          131072 … 196607   SCTP, likewise
 *   196608           ICMP                   196609            ICMPv6             196610   every other protocol
 */

/** Number of positions; the last one is before it. */
export const AXIS_END = 3 * 65_536 + 3;

const BASE: Readonly<Record<Protocol, number>> = { TCP: 0, UDP: 65_536, SCTP: 131_072, ICMP: 196_608, ICMPv6: 196_609, other: 196_610 };

/** What a packet may tell, and a rule look at, that has no place on the axis, as bits. A packet of the axis leaves all of it open. */
export const SOURCE_PORT = 1;
export const ICMP_TYPE = 2;
export const PROTOCOL_NUMBER = 4;
/** Results are bounds for some flows, of which only the definition knows more: pods that are seen as nodes without an address of the family (`solve/node-masks`). */
export const ONLY_DEFINED = 8;
/** Host endpoints police what processes of nodes send: whether one reaches itself only the definition knows. */
export const SELF_POLICED = 16;

/** Positions of ICMP and ICMPv6: between ends that share both families, each is of one of them alone. */
export const ICMP_AT = BASE.ICMP;
export const ICMPV6_AT = BASE.ICMPv6;

/** Does the protocol have ports? Those that do come first on the axis. */
export function isTransport(protocol: Protocol): boolean {
  return BASE[protocol] < BASE.ICMP;
}

/** All packets of a protocol: from the first number to before the second. */
export function protocolSpan(protocol: Protocol): readonly [start: number, end: number] {
  const start = BASE[protocol];
  return [start, start + (isTransport(protocol) ? 65_536 : 1)];
}

/** INVARIANT: a protocol with ports, and a port of 1–65535; anything else would lie in the span of another protocol. */
export function positionOfPort(protocol: Protocol, port: number): number {
  return BASE[protocol] + port;
}

/** Where packets of a protocol lie: all of them, or those with ports of these ranges. */
export function intervalsOf(protocol: Protocol, ports?: readonly PortRange[]): readonly Interval[] {
  const [start, end] = protocolSpan(protocol);
  return ports ? ports.map(([low, high]) => [positionOfPort(protocol, low), positionOfPort(protocol, high)] as const) : [[start, end - 1]];
}

/** Where a packet lies. A port that is no port counts as not told; source ports, types of ICMP and numbers of protocols have no place. */
export function positionOf({ protocol, port }: Packet): number {
  const base = protocol === 'TCP' ? 0 : BASE[protocol];
  invariant(base !== undefined, 'a packet has a known protocol');
  return port === undefined || base >= BASE.ICMP || port < LOWEST_PORT || port > HIGHEST_PORT ? base : base + port;
}

/** The versions of ICMP that a connection set can show: none where no rule tells ICMP apart, and ICMPv6 only where somebody has an IPv6 address. */
export type VisibleIcmp = 'none' | 'v4' | 'both';

const ICMP_ENDS: Readonly<Record<VisibleIcmp, number>> = { none: BASE.ICMP, v4: BASE.ICMPv6, both: BASE.other };

/** Spans of the axis that a connection set can show, not touching: ports, and in one span with the last of them ICMP. */
export function visibleSpans(icmp: VisibleIcmp): readonly (readonly [start: number, end: number])[] {
  return TRANSPORT_PROTOCOLS.map((protocol) => {
    const [start, end] = protocolSpan(protocol);
    return [start + LOWEST_PORT, end === BASE.ICMP ? ICMP_ENDS[icmp] : end] as const;
  });
}

/** The connection set of visible spans, given flat as start, end, start, end … */
export function connectionSetOf(spans: Int32Array): ConnectionSet {
  const parts: { [protocol in 'TCP' | 'UDP' | 'SCTP']?: IntervalSet } = {};
  for (const protocol of TRANSPORT_PROTOCOLS) {
    const [start, end] = protocolSpan(protocol);
    const intervals = intervalSet(spansWithin(spans, start + LOWEST_PORT, end).map(([low, high]) => [low - start, high - 1 - start]));
    if (intervals.length > 0) parts[protocol] = intervals;
  }
  return spansWithin(spans, BASE.ICMP, BASE.other).length > 0 ? { ...parts, icmp: true } : parts;
}

function spansWithin(spans: Int32Array, low: number, high: number): readonly (readonly [number, number])[] {
  const inside: [number, number][] = [];
  for (let i = 0; i < spans.length; i += 2) {
    const start = Math.max(low, spans[i]!);
    const end = Math.min(high, spans[i + 1]!);
    if (start < end) inside.push([start, end]);
  }
  return inside;
}
