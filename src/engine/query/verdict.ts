import type { Packet, Verdict } from '../../model/verdict';
import { invariant } from '../../util/invariant';
import { parseAddress, parseV4 } from '../../util/ip';
import { v4IntervalOf, v6IntervalOf, wordsOf } from '../address-index';
import type { AskedFlow, FlowEnd } from '../analysis';
import type { Analysis } from '../analyze';
import { DROPPED, FAMILY_SHIFT, KIND_MASK, NODE, ON_HOST, POD } from '../classes';
import { rowHas } from '../kernel/rows';
import { faceCountOf, type Model, UNRESTRICTED } from '../model';
import { ICMP_AT, ICMP_TYPE, ICMPV6_AT, ONLY_DEFINED, PROTOCOL_NUMBER, positionOf, SELF_POLICED, SOURCE_PORT } from '../packet-axis';
import { explain } from './explain';

/** Verdicts as numbers, in order: two sides together give the lesser of theirs, two families the greater. */
export const DENIED = 0;
export const INDETERMINATE = 1;
export const ALLOWED = 2;
const VERDICTS: readonly Verdict[] = ['denied', 'indeterminate', 'allowed'];

/**
 * The verdict on one flow: a few loads and two bit tests, made to be asked millions of times. Only where some rule looks at what the model
 * leaves open, and the packet tells it, or where an end is asked about by one of several addresses, the definition is asked.
 */
export function verdictOf(analysis: Analysis, flow: AskedFlow): Verdict {
  const { model } = analysis;
  const { source, destination, packet } = flow;
  if (typeof source === 'object' || typeof destination === 'object') return explain(analysis, flow).verdict;
  const { looksAt } = model.counts;
  if (looksAt !== 0 && ((toldBy(packet) | (source === destination ? SELF_POLICED : 0)) & looksAt) !== 0)
    return explain(analysis, flow).verdict;
  return VERDICTS[judgeFlow(model, source, destination, positionOf(packet))]!;
}

function toldBy({ sourcePort, icmp, number }: Packet): number {
  return (
    ONLY_DEFINED |
    (sourcePort === undefined ? 0 : SOURCE_PORT) |
    (icmp === undefined ? 0 : ICMP_TYPE) |
    (number === undefined ? 0 : PROTOCOL_NUMBER)
  );
}

function judgeFlow(model: Model, source: FlowEnd, destination: FlowEnd, position: number): number {
  if (typeof source === 'number') {
    if (typeof destination === 'number') return judgeEndpoints(model, source, destination, position);
    const owner = model.endpoints.classOf[source]!;
    return judgeSide(model, model.classes.egress[owner]!, position, blockMember(model, destination));
  }
  if (typeof destination === 'string') return ALLOWED;
  const owner = model.endpoints.classOf[destination]!;
  return judgeSide(model, model.classes.ingress[owner]!, position, blockMember(model, source));
}

function judgeEndpoints(model: Model, source: number, destination: number, position: number): number {
  const { classOf } = model.endpoints;
  const { flags, egress, ingress, near } = model.classes;
  const from = classOf[source]!;
  const to = classOf[destination]!;
  const fromFlags = flags[from]!;
  if (source === destination) {
    const kind = fromFlags & KIND_MASK;
    if (kind === POD || kind === NODE) return ALLOWED;
  }
  if (((fromFlags ^ flags[to]!) & ON_HOST) === 0) return judgeClasses(model, from, to, egress[from]!, ingress[to]!, position);
  const { nodeOf } = model.endpoints;
  const node = nodeOf[source]!;
  const otherNode = nodeOf[destination]!;
  const isPlaced = node >= 0 && otherNode >= 0;
  if (isPlaced && node !== otherNode) return judgeClasses(model, from, to, egress[from]!, ingress[to]!, position);
  if (isPlaced && (fromFlags & DROPPED) !== 0) return DENIED;
  // What they say of each other on one node, where ingress is free.
  const close = near[from] === UNRESTRICTED ? ALLOWED : judgeClasses(model, from, to, near[from]!, UNRESTRICTED, position);
  if (isPlaced) return close;
  const far = judgeClasses(model, from, to, egress[from]!, ingress[to]!, position);
  return far === close ? far : INDETERMINATE;
}

function judgeClasses(model: Model, from: number, to: number, out: number, into: number, position: number): number {
  const { firstFace, flags } = model.classes;
  const fromFace = firstFace[from]!;
  const toFace = firstFace[to]!;
  const fromFaces = firstFace[from + 1]! - fromFace;
  const toFaces = firstFace[to + 1]! - toFace;
  if (fromFaces === 1 && toFaces === 1) return judgePair(model, out, into, position, fromFace, toFace);
  const shared = ((flags[from]! & flags[to]!) >>> FAMILY_SHIFT) & 3;
  if (shared === 0) return judgePair(model, out, into, position, fromFace + fromFaces - 1, toFace + toFaces - 1);
  // Between ends that could use either family, each version of ICMP is of one of them.
  const usesV4 = shared !== 2 && !(shared === 3 && position === ICMPV6_AT);
  const usesV6 = shared !== 1 && !(shared === 3 && position === ICMP_AT);
  const v4 = usesV4 ? judgePair(model, out, into, position, fromFace, toFace) : DENIED;
  const v6 = usesV6 ? judgePair(model, out, into, position, faceV6(fromFace, fromFaces), faceV6(toFace, toFaces)) : DENIED;
  return Math.max(v4, v6);
}

/** Face for IPv6 of a class; a class with one face shows the same one in every family. */
export function faceV6(first: number, count: number): number {
  return count === 1 ? first : first + 1;
}

function judgePair(model: Model, out: number, into: number, position: number, source: number, destination: number): number {
  const verdict = judgeSide(model, out, position, destination);
  if (verdict === DENIED) return DENIED;
  const other = judgeSide(model, into, position, source);
  return Math.min(verdict, other);
}

/** What one result says of a packet and a member. */
function judgeSide({ results, rows }: Model, result: number, position: number, member: number): number {
  const { runs, lower, upper } = results;
  let low = results.starts[result]!;
  let high = results.starts[result + 1]! - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (runs[middle]! <= position) low = middle;
    else high = middle - 1;
  }
  if (rowHas(rows, lower[low]!, member)) return ALLOWED;
  return lower[low] !== upper[low] && rowHas(rows, upper[low]!, member) ? INDETERMINATE : DENIED;
}

/** Member that stands for the block of an address. */
export function blockMember(model: Model, text: string): number {
  const { addresses } = model;
  const quad = parseV4(text);
  if (quad !== undefined) return faceCountOf(model) + addresses.v4Blocks[v4IntervalOf(addresses, quad)]!;
  const address = parseAddress(text);
  invariant(address?.family === 6, 'the end of a flow is an endpoint or an address');
  return faceCountOf(model) + addresses.v6Blocks[v6IntervalOf(addresses, wordsOf(address.value))]!;
}
