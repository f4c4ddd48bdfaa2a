import { cidrsOf, rangesWithout } from '../util/address-set';
import { type AddressRange, formatCidr, parseAddress, parseCidr, rangeHas } from '../util/ip';
import type { Facts } from './facts';

/**
 * What is not part of the public internet: the entries of IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890) that are not globally
 * reachable, multicast (RFC 5771) and the reserved rest of IPv4 (RFC 1112 section 4).
 */
const SPECIAL: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
];
/** All of IPv4, and the part of IPv6 that is given out as global unicast. */
const GLOBAL: readonly string[] = ['0.0.0.0/0', '2000::/3'];

/** The internet: every address of public space that the facts do not give to the cluster or to its organisation. */
export function internetRanges(facts: Facts, families: ReadonlySet<4 | 6>): readonly AddressRange[] {
  const own = [...facts.podRanges, ...facts.nodeRanges, ...facts.serviceRanges, ...facts.organisationRanges];
  const ranges = GLOBAL.map((text) => parseCidr(text)!).filter(({ family }) => families.has(family));
  return rangesWithout(
    ranges,
    [...SPECIAL, ...own].map((text) => parseCidr(text)!),
  );
}

/**
 * What stands for places inside an organisation: private use (RFC 1918, RFC 4193), shared space of carriers (RFC 6598), benchmarks (RFC 2544), loopback and
 * link-local. Addresses that are set aside for documentation are not among them: in manifests they stand for public ones.
 */
export const PRIVATE_RANGES: readonly AddressRange[] = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '::1/128',
  'fc00::/7',
  'fe80::/10',
].map((text) => parseCidr(text)!);

/** Whether an address can be met only inside an organisation. */
export function isPrivateAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && PRIVATE_RANGES.some((range) => rangeHas(range, address));
}

/**
 * IPv4 addresses that a pod or node can have, as CIDRs: all but this network and loopback (RFC 1122), link-local (RFC 3927, where clouds keep their metadata
 * services), multicast (RFC 5771) and the reserved rest (RFC 1112). Where an endpoint of unknown address may be, rules about those say nothing of it.
 */
export const HOST_RANGES_V4: readonly string[] = rangesWithout(
  [parseCidr('0.0.0.0/0')!],
  ['0.0.0.0/8', '127.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3'].map((text) => parseCidr(text)!),
)
  .flatMap(cidrsOf)
  .map(formatCidr);

/** Where pods of unknown address are: in the ranges of the facts, else anywhere that a host can be. */
export function rangesOfPods({ podRanges }: Pick<Facts, 'podRanges'>): readonly string[] {
  return podRanges.length > 0 ? podRanges : HOST_RANGES_V4;
}

/** The same for nodes. */
export function rangesOfNodes({ nodeRanges }: Pick<Facts, 'nodeRanges'>): readonly string[] {
  return nodeRanges.length > 0 ? nodeRanges : HOST_RANGES_V4;
}

/** Of ranges in which somebody of unknown address is, those of a family in which it is met; anywhere in that where none is of it. */
export function rangesOfFamily(ranges: readonly string[], family: 4 | 6): readonly string[] {
  const own = ranges.filter((range) => range.includes(':') === (family === 6));
  if (own.length > 0) return own;
  return family === 4 ? HOST_RANGES_V4 : EVERY_V6;
}

const EVERY_V6: readonly string[] = Object.freeze(['::/0']);
