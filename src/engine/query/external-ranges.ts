import { compareBig } from '../../util/address-set';
import { invariant } from '../../util/invariant';
import { parseAddress } from '../../util/ip';
import { formatBound, intervalStart } from '../address-index';
import type { PeerKey } from '../analysis';
import type { Analysis } from '../analyze';
import { faceCountOf, type Model } from '../model';

/** Addresses between two bounds, both included. */
interface AddressBounds {
  readonly family: 4 | 6;
  readonly low: bigint;
  readonly high: bigint;
}

/** A maximal range of addresses of which one thing is true. */
export interface ExternalRange {
  readonly key: Extract<PeerKey, { kind: 'block' }>;
  /** Packet sets that are certain and possible. */
  readonly lower: number;
  readonly upper: number;
}

/** Both families whole. */
export const EVERYWHERE: readonly AddressBounds[] = [
  { family: 4, low: 0n, high: (1n << 32n) - 1n },
  { family: 6, low: 0n, high: (1n << 128n) - 1n },
];

/** INVARIANT: the two addresses of a block are of one family. */
export function boundsOf({ low, high }: Extract<PeerKey, { kind: 'block' }>): AddressBounds {
  const [from, to] = [parseAddress(low), parseAddress(high)];
  invariant(from && to && from.family === to.family, 'a block is bounded by two addresses of one family');
  return { family: from.family, low: from.value, high: to.value };
}

/** Every address inside from which on rules may say something else than of the one before it. */
export function blockStarts({ model: { addresses } }: Analysis, { family, low, high }: AddressBounds): readonly bigint[] {
  const { length } = family === 4 ? addresses.v4Blocks : addresses.v6Blocks;
  const starts = Array.from({ length }, (_, interval) => intervalStart(addresses, family, interval));
  return starts.filter((start) => low < start && start <= high);
}

/** What is asked of each block of addresses. */
interface BlockReading<T> {
  /** `address`: the first one of the block within the bounds, or before them. */
  readonly readBlock: (block: number, address: () => string) => T;
  readonly isSame: (a: T, b: T) => boolean;
  /** Such ranges are left out. */
  readonly isNothing: (value: T) => boolean;
}

/** Cuts the given bounds into maximal ranges whose addresses all have the same value, in order. */
export function rangesBy<T>(
  { addresses }: Model,
  bounds: readonly AddressBounds[],
  { readBlock, isSame, isNothing }: BlockReading<T>,
): readonly { readonly key: ExternalRange['key']; readonly value: T }[] {
  const ranges: { readonly key: ExternalRange['key']; readonly value: T }[] = [];
  for (const { family, low, high } of bounds) {
    const blocks = family === 4 ? addresses.v4Blocks : addresses.v6Blocks;
    let open: { readonly start: bigint; readonly value: T } | undefined;
    const close = (end: bigint) => {
      if (!open || isNothing(open.value)) return;
      ranges.push({ key: { kind: 'block', low: formatBound(family, open.start), high: formatBound(family, end) }, value: open.value });
    };
    for (let interval = 0; interval < blocks.length; interval++) {
      const start = intervalStart(addresses, family, interval);
      if (start > high) break;
      if (intervalStart(addresses, family, interval + 1) <= low) continue;
      const value = readBlock(blocks[interval]!, () => formatBound(family, start));
      if (open && isSame(open.value, value)) continue;
      const from = compareBig(start, low) < 0 ? low : start;
      close(from - 1n);
      open = { start: from, value };
    }
    close(high);
  }
  return ranges;
}

interface PacketSetPair {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Cuts the given bounds into maximal ranges whose addresses all have the same packet sets; those with nothing possible are left out.
 * `read` answers the sets of a block, by its member.
 */
export function externalRanges(
  model: Model,
  bounds: readonly AddressBounds[],
  read: (member: number) => PacketSetPair,
): readonly ExternalRange[] {
  const known = new Map<number, PacketSetPair>();
  const readBlock = (block: number) => {
    let sets = known.get(block);
    if (!sets) {
      sets = read(faceCountOf(model) + block);
      known.set(block, sets);
    }
    return sets;
  };
  const isSame = (a: PacketSetPair, b: PacketSetPair) => a.lower === b.lower && a.upper === b.upper;
  return rangesBy(model, bounds, { readBlock, isSame, isNothing: ({ upper }) => upper === 0 }).map(({ key, value }) => ({
    key,
    lower: value.lower,
    upper: value.upper,
  }));
}
