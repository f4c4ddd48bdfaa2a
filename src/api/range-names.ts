import type { Facts } from '../model/facts';
import { internetRanges, PRIVATE_RANGES } from '../model/internet';
import { cidrsOf, rangesWithout, unionOfRanges } from '../util/address-set';
import { type AddressRange, formatAddress, formatCidr, highestAddress, parseCidr } from '../util/ip';

/*
 * Sets of addresses for people: exact, and in as few words as there are. A set is told by its CIDRs, by words for what many of them are together
 * (`the internet`, `the organisation`, `private addresses`), or by what it leaves out (`any address but 10.0.0.0/8`), whichever is shortest. The sets are
 * of clients outside: whether a name holds addresses that facts give to the cluster as well does not matter.
 */

/** Names what the ranges are together, of all addresses outside the cluster; empty for nothing. */
export function nameRanges(ranges: readonly AddressRange[], facts: Facts): readonly string[] {
  const merged = unionOfRanges(ranges);
  const [four, six] = ([4, 6] as const).map((family) =>
    namingOf(
      merged.filter((range) => range.family === family),
      family,
      facts,
    ),
  ) as [Naming, Naming];
  if (four.isRest && six.isRest) return [restName('any address', [...new Set([...four.names, ...six.names])])];
  const shared = new Set(four.names.filter((name) => !four.isRest && !six.isRest && six.names.includes(name)));
  return [
    ...shared,
    ...([4, 6] as const).flatMap((family, index) => {
      const { isRest, names } = [four, six][index]!;
      if (isRest) return [restName(`any IPv${family} address`, names)];
      return names.filter((name) => !shared.has(name)).map((name) => (isWord(name) ? `${name} (IPv${family})` : name));
    }),
  ];
}

/** The part of a set in one family: what it is, or (`isRest`) what all other addresses of the family are. */
interface Naming {
  readonly isRest: boolean;
  readonly names: readonly string[];
}

function namingOf(own: readonly AddressRange[], family: 4 | 6, facts: Facts): Naming {
  if (own.length === 0) return { isRest: false, names: [] };
  const words = wordsFor(family, facts);
  const inside = clusterRanges(family, facts);
  const rest = rangesWithout([{ family, low: 0n, high: highestAddress(family) }], [...own, ...inside]);
  const direct = shortestOf([own, withNeighbours(own, inside)], words);
  const left = shortestOf([rest, withNeighbours(rest, inside)], words);
  return left.length < direct.length ? { isRest: true, names: left } : { isRest: false, names: direct };
}

/** Ranges that facts give to the cluster. */
function clusterRanges(family: 4 | 6, { podRanges, nodeRanges, serviceRanges }: Facts): readonly AddressRange[] {
  const texts = [...podRanges, ...nodeRanges, ...serviceRanges];
  return unionOfRanges(texts.map((text) => parseCidr(text)!).filter((range) => range.family === family));
}

/** The set with those ranges of the cluster that close a gap of it, or border on it. */
function withNeighbours(own: readonly AddressRange[], inside: readonly AddressRange[]): readonly AddressRange[] {
  const touches = ({ low, high }: AddressRange) => own.some((range) => range.high + 1n === low || high + 1n === range.low);
  return unionOfRanges([...own, ...inside.filter(touches)]);
}

function shortestOf(sets: readonly (readonly AddressRange[])[], words: readonly Word[]): readonly string[] {
  return sets.map((set) => shortest(set, words)).reduce((best, names) => (names.length < best.length ? names : best));
}

function restName(all: string, left: readonly string[]): string {
  return left.length === 0 ? all : `${all} but ${left.join(', ')}`;
}

/** Words for parts that are wholly there, then what is left over: the fewest names over all choices of words. */
function shortest(own: readonly AddressRange[], words: readonly Word[]): readonly string[] {
  let best = own.flatMap(rangeNames);
  const contained = words.filter(({ ranges }) => rangesWithout(ranges, own).length === 0);
  for (let choice = 1; choice < 2 ** contained.length; choice++) {
    const chosen = contained.filter((_, index) => (choice & (2 ** index)) !== 0);
    const rest = rangesWithout(
      own,
      chosen.flatMap(({ ranges }) => ranges),
    );
    const names = [...chosen.map(({ name }) => name), ...rest.flatMap(rangeNames)];
    if (names.length < best.length) best = names;
  }
  return best;
}

interface Word {
  readonly name: string;
  /** Never empty. */
  readonly ranges: readonly AddressRange[];
}

function wordsFor(family: 4 | 6, facts: Facts): readonly Word[] {
  const organisation = facts.organisationRanges.map((text) => parseCidr(text)!).filter((range) => range.family === family);
  return [
    { name: 'the internet', ranges: internetRanges(facts, new Set([family])) },
    // One range says more than the word for it.
    { name: 'the organisation', ranges: organisation.length > 1 ? organisation : [] },
    { name: 'private addresses', ranges: PRIVATE_RANGES.filter((range) => range.family === family) },
  ].filter(({ ranges }) => ranges.length > 0);
}

function isWord(name: string): boolean {
  return /^[a-z]+ [a-z]+$/.test(name);
}

/** More CIDRs for one range are harder to read than its two ends. */
const MOST_CIDRS = 3;

function rangeNames(range: AddressRange): readonly string[] {
  const text = (value: bigint) => formatAddress({ family: range.family, value });
  const cidrs = cidrsOf(range);
  if (cidrs.length > MOST_CIDRS) return [`${text(range.low)}-${text(range.high)}`];
  return cidrs.map((cidr) => (cidr.low === cidr.high ? text(cidr.low) : formatCidr(cidr)));
}
