import type { Policy } from '../../model/policy';
import { tieBreakOfRef } from '../../model/tie-break';
import type { Explanation } from '../../model/verdict';
import { compareText } from '../../util/order';
import type { AskedFlow } from '../analysis';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';
import { evaluate } from '../evaluate';
import { clusterOf, flowOf } from './definition-input';

/**
 * Does the verdict rest on which of two policies of one tier and one order goes first, which depends on the release of Calico? Where nobody told the
 * release, the definition is asked again with these policies as the other releases order them.
 */
export function restsOnOrder(analysis: Analysis, flow: AskedFlow, { verdict }: Explanation): boolean {
  const { facts, origins } = analysis.directory;
  if (facts.cni !== 'calico' || origins.calicoVersion !== 'assumed') return false;
  const swapped = swappedPolicies(analysis.directory);
  if (!swapped) return false;
  return evaluate({ ...clusterOf(analysis), policies: swapped }, flowOf(analysis, flow)).verdict !== verdict;
}

const swappedByDirectory = new WeakMap<Directory, { readonly policies: readonly Policy[] | undefined }>();

/** All policies as the releases order them that were not assumed; undefined where that is the same, or makes no difference to anything. */
function swappedPolicies(directory: Directory): readonly Policy[] | undefined {
  let swapped = swappedByDirectory.get(directory);
  if (!swapped) {
    swapped = { policies: swap(directory.policies) };
    swappedByDirectory.set(directory, swapped);
  }
  return swapped.policies;
}

function swap(policies: readonly Policy[]): readonly Policy[] | undefined {
  const swapped: Policy[] = [];
  let isOther = false;
  for (let start = 0; start < policies.length; ) {
    const { tier, order } = policies[start]!;
    let end = start + 1;
    while (end < policies.length && policies[end]!.tier === tier && policies[end]!.order === order) end++;
    const place = policies.slice(start, end);
    const others = contradicts(place) ? otherOrder(place) : place;
    isOther ||= others.some((policy, index) => policy !== place[index]);
    swapped.push(...others);
    start = end;
  }
  return isOther ? swapped : undefined;
}

/** Where all rules that decide say the same, their order does not matter. */
function contradicts(place: readonly Policy[]): boolean {
  if (place.length < 2) return false;
  const actions = (['ingress', 'egress'] as const).map(
    (direction) => new Set(place.flatMap((policy) => policy[direction] ?? []).flatMap(({ action }) => (action === 'Log' ? [] : [action]))),
  );
  return actions.some(({ size }) => size > 1);
}

/** Of the two orders by name the one that the place does not have. */
function otherOrder(place: readonly Policy[]): readonly Policy[] {
  for (const isFree of [true, false]) {
    const keyed = place.map((policy) => ({ policy, key: tieBreakOfRef(policy.ref, isFree) }));
    if (keyed.some(({ key }) => key === undefined)) return place;
    const sorted = keyed.sort((a, b) => compareText(a.key!, b.key!)).map(({ policy }) => policy);
    if (sorted.some((policy, index) => policy !== place[index])) return sorted;
  }
  return place;
}
