import { invariant } from '../../util/invariant';
import { type AddressRange, highestAddress, parseCidr } from '../../util/ip';
import { type AddressIndex, wordsOf } from '../address-index';
import { Partition } from '../kernel/partition';
import type { NetTerm } from './vocabulary';

/** The address space cut where the nets of rules cut it, and joined again where none of them tells addresses apart. */
export interface AddressBlocks {
  readonly index: AddressIndex;
  readonly count: number;
  /** Blocks from this one on are IPv6. */
  readonly firstV6: number;
  /** Blocks of the intervals between two neighbouring bounds of any net, those of IPv4 first. */
  readonly blockOf: Int32Array;
  /**
   * Intervals inside each net term: half-open ranges, sorted, disjoint; as many as its nets at most. What they come to in blocks is for `blocksIn`, for whoever
   * asks: to keep it for all would take memory for each pair of term and block.
   */
  readonly inside: readonly Bounds[];
}

/** Half-open range of addresses. */
type Span = readonly [start: bigint, end: bigint];

/** Numbers blocks from the lowest address on, those of IPv4 first. Costs O(c log c) for c cuts, and for each term the intervals inside it. */
export function compileAddressBlocks(terms: readonly NetTerm[]): AddressBlocks {
  const v4 = cutFamily(4, terms);
  const v6 = cutFamily(6, terms);
  const v6Blocks = v6.blockOf.map((block) => block + v4.count);
  const index: AddressIndex = {
    v4Starts: Int32Array.from(v4.starts, (start) => Number(start) | 0),
    v4Blocks: v4.blockOf,
    v6Starts: Int32Array.from(v6.starts.flatMap((start) => [...wordsOf(start)])),
    v6Blocks,
  };
  const first = v4.starts.length;
  const blockOf = new Int32Array(first + v6.starts.length);
  blockOf.set(v4.blockOf);
  blockOf.set(v6Blocks, first);
  return {
    index,
    count: v4.count + v6.count,
    firstV6: v4.count,
    blockOf,
    inside: terms.map((_, term) => [...v4.inside[term]!, ...v6.inside[term]!.map(([from, to]) => [from + first, to + first] as const)]),
  };
}

/** Blocks inside a net term; one of several intervals stands there several times. */
export function blocksIn({ blockOf, inside }: AddressBlocks, term: number): Int32Array {
  return intervalsIn(inside[term]!).map((interval) => blockOf[interval]!);
}

/** Whether each block is inside a net term: 1 where it is. */
export function flagsIn(blocks: AddressBlocks, term: number): Uint8Array {
  const flags = new Uint8Array(blocks.count);
  for (const block of blocksIn(blocks, term)) flags[block] = 1;
  return flags;
}

type Bounds = readonly (readonly [from: number, to: number])[];

interface FamilyCut {
  readonly starts: readonly bigint[];
  readonly blockOf: Int32Array;
  readonly count: number;
  /** What is inside each term. */
  readonly inside: readonly Bounds[];
}

function cutFamily(family: 4 | 6, terms: readonly NetTerm[]): FamilyCut {
  const spans = terms.map((term) => spansOf(family, term));
  const end = highestAddress(family) + 1n;
  const ends = new Set<bigint>([0n]);
  for (const term of spans)
    for (const [from, to] of term) {
      ends.add(from);
      if (to < end) ends.add(to);
    }
  const starts = [...ends].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const intervalAt = new Map(starts.map((start, interval) => [start, interval]));
  intervalAt.set(end, starts.length);
  const partition = new Partition(starts.length);
  const inside = spans.map((term) => {
    const bounds = term.map(([from, to]) => [intervalAt.get(from)!, intervalAt.get(to)!] as const);
    const intervals = intervalsIn(bounds);
    // A set and its complement cut alike; the smaller one is cheaper.
    const smaller = intervals.length * 2 <= starts.length ? intervals : complementOf(intervals, starts.length);
    partition.refine(smaller, smaller.length);
    return bounds;
  });
  const { cellOf, count } = partition.dense();
  return { starts, blockOf: cellOf, count, inside };
}

/** Addresses of one family that are inside a term: sorted, disjoint, not touching. */
function spansOf(family: 4 | 6, { nets, notNets }: NetTerm): readonly Span[] {
  const wanted = nets ? unionOf(family, nets) : [[0n, highestAddress(family) + 1n] as const];
  return notNets.length === 0 ? wanted : without(wanted, unionOf(family, notNets));
}

function unionOf(family: 4 | 6, nets: readonly string[]): readonly Span[] {
  const ranges = nets.map(readNet).filter((range) => range.family === family);
  ranges.sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const spans: [bigint, bigint][] = [];
  for (const { low, high } of ranges) {
    const last = spans.at(-1);
    if (last && low <= last[1]) last[1] = last[1] > high ? last[1] : high + 1n;
    else spans.push([low, high + 1n]);
  }
  return spans;
}

function without(spans: readonly Span[], holes: readonly Span[]): readonly Span[] {
  const rest: Span[] = [];
  let hole = 0;
  for (const [start, end] of spans) {
    let from = start;
    while (hole < holes.length && holes[hole]![1] <= from) hole++;
    for (let i = hole; i < holes.length && holes[i]![0] < end; i++) {
      if (holes[i]![0] > from) rest.push([from, holes[i]![0]]);
      from = holes[i]![1];
    }
    if (from < end) rest.push([from, end]);
  }
  return rest;
}

/** INVARIANT: what reads policies has made a canonical CIDR of every net. */
export function readNet(net: string): AddressRange {
  const range = parseCidr(net);
  invariant(range, 'a net of a rule is a CIDR');
  return range;
}

function intervalsIn(bounds: Bounds): Int32Array {
  const intervals = new Int32Array(bounds.reduce((sum, [from, to]) => sum + to - from, 0));
  let count = 0;
  for (const [from, to] of bounds) for (let interval = from; interval < to; interval++) intervals[count++] = interval;
  return intervals;
}

function complementOf(intervals: Int32Array, size: number): Int32Array {
  const complement = new Int32Array(size - intervals.length);
  let next = 0;
  let count = 0;
  for (let interval = 0; interval < size; interval++) {
    if (next < intervals.length && intervals[next] === interval) next++;
    else complement[count++] = interval;
  }
  return complement;
}
