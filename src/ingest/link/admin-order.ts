import type { Facts } from '../../model/facts';
import { type Direction, type Policy, rulesOf } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';

/*
 * What can only be told of the cluster-wide policies together: whether anybody enforces them, and whether their order is defined.
 */

const KINDS: readonly string[] = ['AdminNetworkPolicy', 'BaselineAdminNetworkPolicy', 'ClusterNetworkPolicy'];

/** Of policies that share a priority each is compared with this many others: an input of a hundred thousand of them is no more than a mistake. */
const COMPARED = 100;
const NAMES_TOLD = 5;

/** @param policies of all kinds, lowered; each of the three reports is made once at most, that on ties once for each tier and priority */
export function reportAdminPolicies(policies: readonly Policy[], facts: Facts, report: Report): void {
  const admin = policies.filter(({ ref, tier }) => KINDS.includes(ref.kind) && tier !== 'default').sort(comparePolicies);
  reportEnforcement(admin, facts, report);
  reportGenerations(admin, report);
  reportTies(admin, facts, report);
}

function comparePolicies(a: Policy, b: Policy): number {
  return compareText(a.tier, b.tier) || a.order - b.order || compareText(a.tieBreak, b.tieBreak);
}

function reportEnforcement([first]: readonly Policy[], { cni }: Facts, report: Report): void {
  if (!first || cni === 'calico') return;
  const plugin = cni === 'unknown' ? 'the network plugin (fact `cni`)' : `\`${cni}\``;
  report(diagnose('enforcement-assumed', printable(`${plugin} is assumed to enforce ${first.ref.kind} and its like`), first.ref.source));
}

/** The older kinds are not meant to go on beside the one that replaces them (kubernetes-sigs/network-policy-api npeps/npep-285-combine-crds.md). */
function reportGenerations(policies: readonly Policy[], report: Report): void {
  const isNew = ({ ref }: Policy) => ref.kind === 'ClusterNetworkPolicy';
  const [newer, older] = [policies.find(isNew), policies.find((policy) => !isNew(policy))];
  if (!newer || !older) return;
  const message = `\`${formatRef(newer.ref)}\` and \`${formatRef(older.ref)}\` are of two generations of one API, whose order among each other is not defined; they are taken by tier, priority and name`;
  report(diagnose('mixed-generations', printable(message), newer.ref.source, printable(formatRef(newer.ref))));
}

/** Tells of policies that share tier and priority and could say different things of one flow. Calico has an order of its own for them. */
function reportTies(policies: readonly Policy[], { cni }: Facts, report: Report): void {
  for (const group of groupsOf(policies)) {
    const tied = group.filter((policy, index) => neighboursOf(group, index).some((other) => contradict(policy, other)));
    const [first] = tied;
    if (!first) continue;
    const names = tied.slice(0, NAMES_TOLD).map(({ ref }) => `\`${formatRef(ref)}\``);
    const more = tied.length > NAMES_TOLD ? ` and ${tied.length - NAMES_TOLD} more` : '';
    const order =
      cni === 'calico' ? 'Calico takes them by name' : 'which of them goes first is not defined, and here they are taken by name';
    const message = `${names.join(', ')}${more} have one priority, ${first.order}, and contradict each other: ${order}`;
    report(diagnose('equal-priority', printable(message), first.ref.source, printable(formatRef(first.ref))));
  }
}

/** Runs of one tier and order, of policies in order. */
function groupsOf(policies: readonly Policy[]): readonly (readonly Policy[])[] {
  const groups: Policy[][] = [];
  for (const policy of policies) {
    const last = groups.at(-1);
    if (last?.[0]?.tier === policy.tier && last[0].order === policy.order) last.push(policy);
    else groups.push([policy]);
  }
  return groups;
}

function neighboursOf(group: readonly Policy[], index: number): readonly Policy[] {
  return [...group.slice(Math.max(0, index - COMPARED), index), ...group.slice(index + 1, index + 1 + COMPARED)];
}

/** Does the order of the two matter, as far as their selectors tell? */
function contradict(a: Policy, b: Policy): boolean {
  if (areDisjoint(a.appliesTo, b.appliesTo)) return false;
  return (['ingress', 'egress'] as const).some((direction) => {
    const [own, others] = [actionsOf(a, direction), actionsOf(b, direction)];
    return own.size > 0 && others.size > 0 && new Set([...own, ...others]).size > 1;
  });
}

function actionsOf(policy: Policy, direction: Direction): ReadonlySet<string> {
  return new Set(rulesOf(policy, direction)?.map(({ action }) => action));
}

/** True if one label would have to have two values. */
function areDisjoint(a: Selector, b: Selector): boolean {
  const others = valuesOf(b);
  return [...valuesOf(a)].some(([key, values]) => {
    const other = others.get(key);
    return other !== undefined && !values.some((value) => other.includes(value));
  });
}

/** The values that labels must have, by owner and key. */
function valuesOf(selector: Selector): ReadonlyMap<string, readonly string[]> {
  const parts = selector.kind === 'and' ? selector.of : [selector];
  return new Map(
    parts.flatMap((part): [string, readonly string[]][] =>
      part.kind === 'label' && part.test.operator === 'in' ? [[`${part.owner} ${part.key}`, part.test.values]] : [],
    ),
  );
}
