import { compareBig } from '../../util/address-set';
import { type AddressRange, formatCidr, parseAddress, parseCidr, rangeHas } from '../../util/ip';

/** INVARIANT: each is one CIDR; by family and address; none lies in another. */
export type Nets = readonly AddressRange[];

/** IPv4 or IPv6. */
export type AddressFamily = 4 | 6;

/** Every address of a family. */
export const ALL_OF_FAMILY: Readonly<Record<AddressFamily, Nets>> = { 4: [parseCidr('0.0.0.0/0')!], 6: [parseCidr('::/0')!] };

/** Reads a CIDR, or an address as the CIDR that holds nothing else; bits beyond the prefix are dropped. */
export function parseNet(text: string): AddressRange | undefined {
  if (text.includes('/')) return parseCidr(text);
  const address = parseAddress(text);
  return address && { family: address.family, low: address.value, high: address.value };
}

/** Whether the address of a CIDR is the first of its block. */
export function isStrictlyMasked(text: string): boolean {
  const range = parseCidr(text);
  const address = parseAddress(text.slice(0, text.indexOf('/')));
  return range !== undefined && address !== undefined && rangeHas(range, address) && address.value === range.low;
}

/** CIDRs in their canonical order, without those that others hold. */
export function netsOf(ranges: Iterable<AddressRange>): Nets {
  const sorted = [...ranges].sort((a, b) => a.family - b.family || compareBig(a.low, b.low) || compareBig(b.high, a.high));
  const nets: AddressRange[] = [];
  for (const range of sorted) {
    const last = nets.at(-1);
    if (last === undefined || last.family !== range.family || range.high > last.high) nets.push(range);
  }
  return nets;
}

/** What both hold. Of two CIDRs that meet, one lies in the other. */
export function intersectionOfNets(a: Nets, b: Nets): Nets {
  const shared: AddressRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i]!, b[j]!];
    if (x.family !== y.family ? x.family < y.family : x.high < y.low) i++;
    else if (x.family !== y.family || y.high < x.low) j++;
    else if (y.low <= x.low && x.high <= y.high) {
      shared.push(x);
      i++;
    } else {
      shared.push(y);
      j++;
    }
  }
  return shared;
}

/** Each net as a canonical CIDR. */
export function formatNets(nets: Nets): readonly string[] {
  return nets.map(formatCidr);
}
