import { allOf, anyOf, type Match, NO, YES } from '../model/match';
import type { Direction, Policy, Tier } from '../model/policy';
import { rulesOf } from '../model/policy';
import type { Flow, PolicyHit } from '../model/verdict';
import { type Family, matchRule } from './evaluate-match';

/*
 * The definition: the walk through tiers, policies and rules at one place, be it a pod or a hook of a host endpoint.
 *
 * Terminology. A *step* is a rule, the end of a tier, or a reason why no policy counts. Every step matches `yes`, `no` or `maybe` (the input
 * does not tell). A `maybe` is followed both ways, so a place has a set of possible *outcomes*: {allow} is allowed, {deny} denied, both
 * indeterminate. Different `maybe`s are taken as independent of each other: never wrong, at worst less decided than the cluster is.
 */

/** Tiers and policies in evaluation order (see `Snapshot`). Policies that cannot select anything on the flow's way may be left out. */
export interface PolicyOrder {
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
}

/** A step that does not know yet on which side of the flow, or at which host endpoint, it is taken. */
export type Step = Omit<PolicyHit, 'direction' | 'host'>;

/** What may become of a flow at one place. `undecided`: no tier may have decided. */
export interface Outcomes {
  readonly allow: boolean;
  readonly deny: boolean;
  readonly undecided: boolean;
  readonly trace: readonly Step[];
}

/** Nothing acts. */
export const UNDECIDED: Outcomes = Object.freeze({ allow: false, deny: false, undecided: true, trace: Object.freeze([]) });

/** Where policies act. */
export interface Place {
  /** Whose rules: those for what comes in, or for what goes out. */
  readonly direction: Direction;
  /** Does the policy act here? Staged ones never do and are not asked. */
  readonly selects: (policy: Policy) => Match;
  /** Every tier ends with Pass, whatever its default action. */
  readonly tiersPass?: true;
  /** What must hold beside, for any policy to act. Absent: nothing. */
  readonly given?: Match;
}

/** Tiers in order, in each tier policies in order, in each policy rules in order; the first match decides. */
export function judgeTiers({ tiers, policies }: PolicyOrder, place: Place, flow: Flow, family: Family): Outcomes {
  const { direction, selects, tiersPass, given = YES } = place;
  const trace: Step[] = [];
  const outcomes = { allow: false, deny: false };
  const hit = (fields: Omit<Step, 'certainty' | 'unknowns'>, match: Match) => trace.push(stepOf(fields, allOf([given, match])));

  let undecided = true;
  for (const tier of tiers) {
    if (!undecided) break;
    // Ways in which the flow may still be undecided inside the tier: no policy has selected the place yet; some has and none has decided;
    // or a Pass rule has sent it on.
    let unselected: boolean = true;
    let selected: boolean = false;
    let passed = false;
    let isolation: Match = NO;
    const isolating: Policy[] = [];
    for (const policy of policies) {
      const rules = rulesOf(policy, direction);
      if (policy.tier !== tier.name || policy.staged || !rules) continue;
      const selection = selects(policy);
      if (selection.truth === 'no') continue;
      isolating.push(policy);
      isolation = anyOf([isolation, selection]);
      let walking: boolean = unselected || selected;
      for (const [index, rule] of rules.entries()) {
        if (!walking) break;
        const match = matchRule(rule, flow, direction, family);
        if (match.truth === 'no') continue;
        const { action, source } = rule;
        hit({ trigger: 'rule', action, tier: tier.name, policy: policy.ref, rule: rule.index ?? index, source }, allOf([selection, match]));
        if (action === 'Log') continue;
        if (action === 'Allow') outcomes.allow = true;
        if (action === 'Deny') outcomes.deny = true;
        if (action === 'Pass') passed = true;
        if (match.truth === 'yes') walking = false;
      }
      // A policy that certainly selects leaves only what walked through it; one that may select leaves also what was there before it.
      if (selection.truth === 'yes') unselected = false;
      selected = selection.truth === 'yes' ? walking : selected || walking;
    }
    if (selected) {
      const action = tiersPass ? 'Pass' : tier.defaultAction;
      hit({ trigger: 'end-of-tier', action, tier: tier.name, isolatedBy: isolating.map(({ ref }) => ref) }, isolation);
      if (action === 'Deny') outcomes.deny = true;
      else passed = true;
    }
    undecided = unselected || passed;
  }
  return { ...outcomes, undecided, trace };
}

/** A step that is as certain as the match. */
export function stepOf(fields: Omit<Step, 'certainty' | 'unknowns'>, match: Match = YES): Step {
  return { ...fields, certainty: match.truth === 'maybe' ? 'maybe' : 'yes', unknowns: match.unknowns };
}
