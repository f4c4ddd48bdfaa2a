import { allOf, anyOf, type Match, NO, YES } from '../model/match';
import { type Direction, isWritten, type Policy, rulesOf, type Tier } from '../model/policy';
import type { Flow, HostPoint, PolicyHit } from '../model/verdict';
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

/** On which side of the flow a step is taken, and at which host endpoint. */
export type StepPlace = Pick<PolicyHit, 'direction' | 'host'>;

/** What may become of a flow at one place. `undecided`: no tier may have decided. */
export interface Outcomes {
  readonly allow: boolean;
  readonly deny: boolean;
  readonly undecided: boolean;
  readonly trace: readonly PolicyHit[];
}

/** Nothing acts. */
export const UNDECIDED: Outcomes = Object.freeze({ allow: false, deny: false, undecided: true, trace: Object.freeze([]) });

/** Where policies act. */
export interface Place {
  /** Said of each step. */
  readonly at: StepPlace;
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
  const { at, direction, selects, tiersPass, given = YES } = place;
  const trace: PolicyHit[] = [];
  const outcomes = { allow: false, deny: false };
  const { direction: side, host } = at;
  const hit = (step: Taken) => {
    if (host) step.host = host;
    trace.push(step);
  };

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
      for (let index = 0; walking && index < rules.length; index++) {
        const rule = rules[index]!;
        const match = matchRule(rule, flow, direction, family);
        if (match.truth === 'no') continue;
        const { action, source } = rule;
        const taken = together(given, together(selection, match));
        const [certainty, unknowns] = [certaintyOf(taken), taken.unknowns];
        hit({
          direction: side,
          trigger: 'rule',
          action,
          certainty,
          unknowns,
          tier: tier.name,
          policy: policy.ref,
          rule: rule.index ?? index,
          source,
        });
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
      const taken = together(given, isolation);
      const [certainty, unknowns] = [certaintyOf(taken), taken.unknowns];
      const isolatedBy = isolating.map(({ ref }) => ref);
      // That a tier which nobody made says nothing is no news.
      if (action === 'Deny' || isWritten({ tier: tier.name }))
        hit({ direction: side, trigger: 'end-of-tier', action, certainty, unknowns, tier: tier.name, isolatedBy });
      if (action === 'Deny') outcomes.deny = true;
      else passed = true;
    }
    undecided = unselected || passed;
  }
  return { allow: outcomes.allow, deny: outcomes.deny, undecided, trace };
}

/** A step that is just being written: where it is taken comes last, since most are taken at no host endpoint. */
type Taken = Omit<PolicyHit, 'host'> & { host?: HostPoint };

function together(first: Match, second: Match): Match {
  return first === YES ? second : allOf([first, second]);
}

/** A step of no policy, as certain as the match. Steps are written out, here and above: explanations are mostly steps, and copies of objects are slow. */
export function stepOf(
  { direction, host }: StepPlace,
  trigger: PolicyHit['trigger'],
  action: PolicyHit['action'],
  match: Match = YES,
): PolicyHit {
  const step: Taken = { direction, trigger, action, certainty: certaintyOf(match), unknowns: match.unknowns };
  if (host) step.host = host;
  return step;
}

function certaintyOf({ truth }: Match): PolicyHit['certainty'] {
  return truth === 'maybe' ? 'maybe' : 'yes';
}
