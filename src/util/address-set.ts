import { type Address, type AddressRange, formatAddress, parseAddress, parseCidr, rangeHas } from './ip';

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
