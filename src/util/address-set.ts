import { type Address, type AddressRange, FAMILY_BITS, formatAddress, parseAddress, parseCidr, rangeHas } from './ip';

/** The parts of `ranges` that no range of `excluded` covers, in order. */
export function rangesWithout(ranges: readonly AddressRange[], excluded: readonly AddressRange[]): readonly AddressRange[] {
  const holes = [...excluded].sort((a, b) => compareBig(a.low, b.low));
  return ranges.flatMap((range) => {
    const parts: AddressRange[] = [];
    let low = range.low;
    for (const hole of holes) {
      if (hole.family !== range.family || hole.high < low || hole.low > range.high) continue;
      if (hole.low > low) parts.push({ family: range.family, low, high: hole.low - 1n });
      low = hole.high + 1n;
    }
    if (low <= range.high) parts.push({ family: range.family, low, high: range.high });
    return parts;
  });
}

/** What two ranges share; undefined when nothing. */
export function intersectionOfRanges(a: AddressRange, b: AddressRange): AddressRange | undefined {
  if (a.family !== b.family) return undefined;
  const low = compareBig(a.low, b.low) > 0 ? a.low : b.low;
  const high = compareBig(a.high, b.high) < 0 ? a.high : b.high;
  return low <= high ? { family: a.family, low, high } : undefined;
}

/** The same addresses as sorted, disjoint ranges without neighbours that touch; IPv4 first. */
export function unionOfRanges(ranges: readonly AddressRange[]): readonly AddressRange[] {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || compareBig(a.low, b.low));
  const merged: { family: 4 | 6; low: bigint; high: bigint }[] = [];
  for (const { family, low, high } of sorted) {
    const last = merged.at(-1);
    if (last?.family !== family || low > last.high + 1n) merged.push({ family, low, high });
    else if (high > last.high) last.high = high;
  }
  return merged;
}

/**
 * The fewest CIDRs that are together the range, in order: at each step the largest block that begins there and fits.
 * At most two for each bit of an address.
 */
export function cidrsOf({ family, low, high }: AddressRange): readonly AddressRange[] {
  const cidrs: AddressRange[] = [];
  for (let at = low; at <= high; ) {
    let size = at === 0n ? 1n << BigInt(FAMILY_BITS[family]) : at & -at;
    while (at + size - 1n > high) size >>= 1n;
    cidrs.push({ family, low: at, high: at + size - 1n });
    at += size;
  }
  return cidrs;
}

/** Reads an address, a CIDR, or `LOW-HIGH` (inclusive); undefined when it is none of them. */
export function parseRange(text: string): AddressRange | undefined {
  const cidr = parseCidr(text);
  if (cidr) return cidr;
  const dash = text.indexOf('-');
  const low = parseAddress(dash < 0 ? text : text.slice(0, dash));
  const high = dash < 0 ? low : parseAddress(text.slice(dash + 1));
  if (!low || !high || low.family !== high.family || low.value > high.value) return undefined;
  return { family: low.family, low: low.value, high: high.value };
}

/** `LOW` for one address, else `LOW-HIGH`. */
export function formatRange({ family, low, high }: AddressRange): string {
  const text = (value: Address['value']) => formatAddress({ family, value });
  return low === high ? text(low) : `${text(low)}-${text(high)}`;
}

/** Order of integers that do not fit a number. */
export function compareBig(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Does one of the ranges hold this address (canonical or not)? */
export function rangesHave(ranges: readonly AddressRange[], text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && ranges.some((range) => rangeHas(range, address));
}
