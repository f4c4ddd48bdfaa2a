import type { DoorExplanation, DoorExposure, ExposedRange } from '../../model/door';
import type { Facts } from '../../model/facts';
import { internetRanges } from '../../model/internet';
import type { Unknown } from '../../model/match';
import { intersectionOfRanges } from '../../util/address-set';
import { type Address, type AddressRange, formatAddress, parseAddress } from '../../util/ip';
import { decidingSteps, shutEntries } from './deciding';

/** Asks the first address of each part, and joins neighbours that get the same. */
export function exposedRanges(parts: readonly AddressRange[], explain: (client: Address) => DoorExplanation) {
  const ranges: (AddressRange & { readonly explained: DoorExplanation })[] = [];
  const assumptions = new Set<string>();
  for (const part of parts) {
    const explained = explain({ family: part.family, value: part.low });
    // What a denial rests on is of no use to who reads of what gets through.
    if (explained.verdict !== 'denied') for (const assumption of explained.assumptions) assumptions.add(assumption);
    const last = ranges.at(-1);
    const isNext = last?.family === part.family && last.high + 1n === part.low;
    if (last && isNext && last.explained.verdict === explained.verdict) ranges[ranges.length - 1] = { ...last, high: part.high };
    else ranges.push({ ...part, explained });
  }
  return { ranges: ranges.map(({ explained, ...range }) => exposedRange(range, explained)), assumptions: [...assumptions] };
}

function exposedRange({ family, low, high }: AddressRange, explained: DoorExplanation): ExposedRange {
  const { verdict, shown, dependsOn } = explained;
  return {
    low: formatAddress({ family, value: low }),
    high: formatAddress({ family, value: high }),
    verdict,
    decidedBy: [...decidingSteps(shown), ...shutEntries(explained)],
    dependsOn: verdict === 'indeterminate' ? dependsOn : [],
  };
}

/** INVARIANT: both bounds are canonical addresses of one family, as `exposedRanges` prints them. */
export function readRange({ low, high }: Pick<ExposedRange, 'low' | 'high'>): AddressRange {
  const [from, to] = [parseAddress(low)!, parseAddress(high)!];
  return { family: from.family, low: from.value, high: to.value };
}

/** How much of the internet gets through. */
export function internetOf(facts: Facts, ranges: readonly ExposedRange[]): DoorExposure['internet'] {
  const families = new Set(ranges.map((range) => readRange(range).family));
  const internet = internetRanges(facts, families);
  const verdicts = new Set(
    ranges
      .filter((range) => internet.some((part) => intersectionOfRanges(part, readRange(range)) !== undefined))
      .map(({ verdict }) => verdict),
  );
  if (verdicts.has('allowed')) return verdicts.size === 1 ? 'all' : 'some';
  return verdicts.has('indeterminate') ? 'perhaps' : 'none';
}

/** What an answer for every port depends on where ports differ. */
export function whichPort(differs: boolean): readonly Unknown[] {
  return differs ? [{ kind: 'door', text: 'which of the ports that no door names it is' }] : [];
}
