/** IP addresses as integers: 32 bits for IPv4, 128 bits for IPv6. */
export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

/** Inclusive range of addresses of one family. */
export interface AddressRange {
  readonly family: 4 | 6;
  readonly low: bigint;
  readonly high: bigint;
}

/** Length of an address in bits. */
export const FAMILY_BITS = { 4: 32, 6: 128 } as const;

/** The highest address of a family. */
export function highestAddress(family: 4 | 6): bigint {
  return (1n << BigInt(FAMILY_BITS[family])) - 1n;
}

/** Reads an address as RFC 4632 (dotted quad, no leading zeros) or RFC 4291 (IPv6, also with a dotted tail) writes it; undefined when it is none. */
export function parseAddress(text: string): Address | undefined {
  if (text.includes(':')) {
    const value = parseV6(text);
    return value === undefined ? undefined : { family: 6, value };
  }
  const value = parseV4(text);
  return value === undefined ? undefined : { family: 4, value: BigInt(value) };
}

/** Reads `address/length`; host bits are masked away. Undefined when it is no CIDR. */
export function parseCidr(text: string): AddressRange | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const length = parseLength(text, slash + 1);
  const addressText = text.slice(0, slash);
  if (!addressText.includes(':')) {
    const value = parseV4(addressText);
    if (value === undefined || length < 0 || length > FAMILY_BITS[4]) return undefined;
    // Powers and remainders: shifts would make signed numbers of 32 bits.
    const size = 2 ** (FAMILY_BITS[4] - length);
    const low = value - (value % size);
    return { family: 4, low: BigInt(low), high: BigInt(low + size - 1) };
  }
  const value = parseV6(addressText);
  if (value === undefined || length < 0 || length > FAMILY_BITS[6]) return undefined;
  const hostMask = (1n << BigInt(FAMILY_BITS[6] - length)) - 1n;
  const low = value & ~hostMask;
  return { family: 6, low, high: low | hostMask };
}

/** Prefix length in decimal without leading zeros, from `start` to the end of the text; -1 when it is none. */
function parseLength(text: string, start: number): number {
  const digits = text.length - start;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charCodeAt(start) === ZERO)) return -1;
  let length = 0;
  for (let i = start; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < ZERO || code > NINE) return -1;
    length = length * 10 + code - ZERO;
  }
  return length;
}

/** The one canonical text of an address: a dotted quad, or what RFC 5952 prescribes. Equal addresses have equal texts. */
export function formatAddress({ family, value }: Address): string {
  return family === 4 ? formatV4(value) : formatV6(value);
}

/** `low/length`, for a range that is exactly one CIDR (as `parseCidr` makes them). */
export function formatCidr(range: AddressRange): string {
  const size = range.high - range.low + 1n;
  const hostBits = size.toString(2).length - 1;
  return `${formatAddress({ family: range.family, value: range.low })}/${FAMILY_BITS[range.family] - hostBits}`;
}

/** Families never meet: an IPv4-mapped address (`::ffff:10.0.0.1`) is one of IPv6. */
export function rangeHas(range: AddressRange, address: Address): boolean {
  return range.family === address.family && range.low <= address.value && address.value <= range.high;
}

/** Reads a dotted quad as a number; undefined when it is none. */
export function parseV4(text: string): number | undefined {
  let value = 0;
  let part = -1;
  let parts = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) {
      if (part < 0) return undefined;
      value = value * 256 + part;
      part = -1;
      parts++;
    } else {
      // A leading zero would make the part octal to some readers.
      if (code < ZERO || code > NINE || part === 0) return undefined;
      part = (part < 0 ? 0 : part * 10) + code - ZERO;
      if (part > 255) return undefined;
    }
  }
  return parts === 3 && part >= 0 ? value * 256 + part : undefined;
}

const [DOT, ZERO, NINE] = [46, 48, 57];

function parseV6(text: string): bigint | undefined {
  let source = text;
  const lastColon = source.lastIndexOf(':');
  if (source.includes('.')) {
    const tail = parseV4(source.slice(lastColon + 1));
    if (tail === undefined) return undefined;
    source = `${source.slice(0, lastColon + 1)}${(tail >>> 16).toString(16)}:${(tail & 0xffff).toString(16)}`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const given = groups.reduce((count, half) => count + half.length, 0);
  // `::` stands for at least one group (RFC 4291, section 2.2).
  if (halves.length === 2 ? given > 7 : given !== 8) return undefined;
  const zeros: string[] = halves.length === 2 ? Array<string>(8 - given).fill('0') : [];
  let value = 0n;
  for (const group of [...groups[0]!, ...zeros, ...(groups[1] ?? [])]) {
    if (!/^[0-9a-fA-F]{1,4}$/.test(group)) return undefined;
    value = (value << 16n) | BigInt(Number.parseInt(group, 16));
  }
  return value;
}

function formatV4(value: bigint): string {
  const number = Number(value);
  return [number >>> 24, (number >>> 16) & 255, (number >>> 8) & 255, number & 255].join('.');
}

/** RFC 5952: lower case, the longest run of at least two zero groups is `::`, the first one among equals. */
function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => Number((value >> BigInt(112 - 16 * i)) & 0xffffn));
  let best = { start: -1, length: 1 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  return best.start < 0 ? text(groups) : `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`;
}
