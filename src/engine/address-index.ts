import { formatAddress } from '../util/ip';

/**
 * Where each address block lies: the address space of each family cut into intervals, each of which belongs to one block.
 * A block may have many intervals; it is what no rule tells apart.
 */
export interface AddressIndex {
  /** Start of each IPv4 interval, ascending, the first one 0; unsigned 32 bits in signed words. */
  readonly v4Starts: Int32Array;
  readonly v4Blocks: Int32Array;
  /** Start of each IPv6 interval as four words, highest first. */
  readonly v6Starts: Int32Array;
  readonly v6Blocks: Int32Array;
}

/** Four words of an IPv6 address, for search without big integers. */
export type AddressWords = readonly [number, number, number, number];

/** Interval that holds an IPv4 address (unsigned 32 bits). O(log n), like the one for IPv6. */
export function v4IntervalOf(index: AddressIndex, address: number): number {
  let low = 0;
  let high = index.v4Starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (index.v4Starts[middle]! >>> 0 <= address >>> 0) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Interval that holds an IPv6 address. */
export function v6IntervalOf(index: AddressIndex, address: AddressWords): number {
  let low = 0;
  let high = index.v6Blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (isAtMost(index.v6Starts, middle, address)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Start of an interval; after the last one, the end of the family's space. */
export function intervalStart(index: AddressIndex, family: 4 | 6, interval: number): bigint {
  if (family === 4) return interval === index.v4Starts.length ? 1n << 32n : BigInt(index.v4Starts[interval]! >>> 0);
  if (interval === index.v6Blocks.length) return 1n << 128n;
  let value = 0n;
  for (let word = 0; word < 4; word++) value = (value << 32n) | BigInt(index.v6Starts[4 * interval + word]! >>> 0);
  return value;
}

/** The words of an IPv6 address, highest first: unsigned 32 bits each, in signed numbers as typed arrays have them. */
export function wordsOf(value: bigint): AddressWords {
  const word = (shift: bigint) => Number((value >> shift) & 0xffff_ffffn) | 0;
  return [word(96n), word(64n), word(32n), word(0n)];
}

/** First or last address of a range as canonical text. */
export function formatBound(family: 4 | 6, value: bigint): string {
  return formatAddress({ family, value });
}

function isAtMost(starts: Int32Array, interval: number, address: AddressWords): boolean {
  for (let word = 0; word < 4; word++) {
    const difference = (starts[4 * interval + word]! >>> 0) - (address[word]! >>> 0);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
