import type { FactBase } from '../../model/facts';
import { type Policy, rulesOf } from '../../model/policy';
import { formatRef } from '../../model/source';
import { tieBreakOfRef } from '../../model/tie-break';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';

/*
 * Policies of one tier and one order go by their names, and by which part of them has changed with a release of Calico. Where nobody gave the release
 * and it makes a difference, that is told.
 */

/** One place in the order that several policies have. */
type Place = readonly Policy[];

/** `policies` in evaluation order. Staged ones decide nothing, and those that act at different places on a packet's way never meet. */
export function reportOrderTies(policies: readonly Policy[], { facts, origins }: FactBase, report: Report): void {
  if (facts.cni !== 'calico' || origins.calicoVersion !== 'assumed') return;
  for (const place of placesOf(policies.filter(({ staged }) => !staged))) {
    const [first, second] = swappedIn(place) ?? [];
    if (!first || !second) continue;
    const message = `it and \`${formatRef(second.ref)}\` have the same order in tier \`${first.tier}\`: which goes first depends on the release of Calico, assumed is ${facts.calicoVersion} (fact \`calicoVersion\`)`;
    report(diagnose('order-tie', printable(message), first.ref.source, printable(formatRef(first.ref))));
  }
}

function placesOf(policies: readonly Policy[]): readonly Place[] {
  const places = new Map<string, Policy[]>();
  for (const policy of policies) {
    const key = `${policy.tier}\n${policy.order}\n${policy.hook}`;
    const place = places.get(key);
    if (place) place.push(policy);
    else places.set(key, [policy]);
  }
  return [...places.values()].filter((place) => place.length > 1 && contradicts(place));
}

/** Whether all of them say the same, so that their order does not matter. */
function contradicts(policies: readonly Policy[]): boolean {
  return (['ingress', 'egress'] as const).some((direction) => {
    const actions = policies.flatMap((policy) => rulesOf(policy, direction) ?? []).map(({ action }) => action);
    return new Set(actions.filter((action) => action !== 'Log')).size > 1;
  });
}

/** Two policies that one endpoint may have and that the releases put in opposite order. */
function swappedIn(place: Place): readonly [Policy, Policy] | undefined {
  const global = place.filter(({ ref }) => ref.namespace === undefined);
  const byNamespace = new Map<string, Policy[]>(global.length > 1 ? [['', [...global]]] : []);
  for (const policy of place) {
    const { namespace } = policy.ref;
    if (namespace === undefined) continue;
    const own = byNamespace.get(namespace);
    if (own) own.push(policy);
    else byNamespace.set(namespace, [...global, policy]);
  }
  for (const candidates of byNamespace.values()) {
    if (candidates.length < 2 || !contradicts(candidates)) continue;
    const keyed = candidates.flatMap((policy) => {
      const [before, since] = [tieBreakOfRef(policy.ref, false), tieBreakOfRef(policy.ref, true)];
      return before === undefined || since === undefined ? [] : [{ policy, before, since }];
    });
    keyed.sort((a, b) => compareText(a.since, b.since));
    const at = keyed.findIndex(({ before }, index) => index > 0 && before < keyed[index - 1]!.before);
    if (at > 0) return [keyed[at - 1]!.policy, keyed[at]!.policy];
  }
  return undefined;
}
