import { type Analysis, type AskedEnd, blockStarts, connectivity, type PeerKey, verdictOf } from '../engine/index';
import { familyOfChoice } from '../model/endpoint';
import type { Packet, Verdict } from '../model/verdict';
import { compareBig, rangesWithout } from '../util/address-set';
import { type Address, type AddressRange, formatAddress, highestAddress, parseAddress } from '../util/ip';
import type { AddressOwner } from './peers';

/** Every external address of either family. */
export const ALL_BLOCKS: readonly PeerKey[] = ([4, 6] as const).map((family) => ({
  kind: 'block',
  low: formatAddress({ family, value: 0n }),
  high: formatAddress({ family, value: highestAddress(family) }),
}));

/** Flows between one endpoint and addresses outside it. */
export interface AddressQuestion {
  readonly endpoint: number;
  /** By which of its addresses it meets those of a family. */
  readonly end: (family: 4 | 6) => AskedEnd;
  /** Of the endpoint: `egress` opens to the addresses, `ingress` is opened from them. */
  readonly direction: 'egress' | 'ingress';
  readonly packet: Packet;
  readonly ranges: readonly AddressRange[];
  /** Their addresses are left out: they are judged as the endpoints that have them. */
  readonly owners: readonly AddressOwner[];
}

/** Cuts the ranges into the fewest parts whose addresses all have one verdict: that of the part's first address. */
export function addressSegments(analysis: Analysis, question: AddressQuestion): readonly AddressRange[] {
  const { end, direction, packet, ranges, owners } = question;
  const verdictAt = (address: string): Verdict => {
    const own = end(familyOfChoice(address));
    const [source, destination] = direction === 'egress' ? [own, address] : [address, own];
    return verdictOf(analysis, { source, destination, packet });
  };
  return segmentsBy({ ranges, owners, cuts: cutsOf(analysis, question), verdictAt });
}

/** How to cut ranges. */
export interface SegmentQuestion {
  readonly ranges: readonly AddressRange[];
  /** Their addresses are left out. */
  readonly owners: readonly AddressOwner[];
  /** Every address from which on another verdict may hold than for the one before it. */
  readonly cuts: readonly Address[];
  /** Canonical text. */
  readonly verdictAt: (address: string) => Verdict;
}

/** The same for verdicts of any kind. */
export function segmentsBy({ ranges, owners, cuts, verdictAt }: SegmentQuestion): readonly AddressRange[] {
  const rest = rangesWithout(
    ranges,
    owners.map(({ address: { family, value } }) => ({ family, low: value, high: value })),
  );
  return rest.flatMap((range) => mergeEqual(cutRange(range, cuts), verdictAt));
}

/** Addresses at which what the endpoint may do with external addresses changes. */
function cutsOf(analysis: Analysis, { endpoint, end, direction, ranges }: AddressQuestion): readonly Address[] {
  // Lists are about endpoints with all their addresses, so that one of them alone may get something else on any side of a rule.
  const narrowed = ranges.filter(({ family }) => typeof end(family) === 'object');
  const ofRules = narrowed.flatMap((range) => blockStarts(analysis, range).map((value): Address => ({ family: range.family, value })));
  if (narrowed.length === ranges.length) return ofRules;
  const own: readonly PeerKey[] = [{ kind: 'endpoint', index: endpoint }];
  const [from, to] = direction === 'egress' ? [own, ALL_BLOCKS] : [ALL_BLOCKS, own];
  const cuts: Address[] = [...ofRules];
  for (const row of connectivity(analysis, { by: 'endpoint', from, to })) {
    const block = direction === 'egress' ? row.to : row.from;
    if (block.kind !== 'block') continue;
    const [low, high] = [parseAddress(block.low)!, parseAddress(block.high)!];
    cuts.push(low, { family: high.family, value: high.value + 1n });
  }
  return cuts;
}

/** The range in parts that begin at the cuts inside it. */
function cutRange({ family, low, high }: AddressRange, cuts: readonly Address[]): readonly AddressRange[] {
  const inside = cuts.filter((cut) => cut.family === family && low < cut.value && cut.value <= high).map(({ value }) => value);
  const starts = [low, ...[...new Set(inside)].sort(compareBig)];
  return starts.map((start, index) => ({ family, low: start, high: index + 1 < starts.length ? starts[index + 1]! - 1n : high }));
}

/** Neighbours that differ only in other ports have one verdict for this packet. */
function mergeEqual(parts: readonly AddressRange[], verdictAt: SegmentQuestion['verdictAt']): readonly AddressRange[] {
  const merged: { family: 4 | 6; low: bigint; high: bigint }[] = [];
  let verdict: Verdict | undefined;
  for (const part of parts) {
    const own = verdictAt(formatAddress({ family: part.family, value: part.low }));
    if (own === verdict) merged.at(-1)!.high = part.high;
    else merged.push({ ...part });
    verdict = own;
  }
  return merged;
}
