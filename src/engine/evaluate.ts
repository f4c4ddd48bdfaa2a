import { allOf, anyOf, type Match, NO, type Unknown } from '../model/match';
import type { Direction, Policy, Tier } from '../model/policy';
import { rulesOf } from '../model/policy';
import type { Explanation, Flow, Party, PolicyHit, Verdict } from '../model/verdict';
import { type Family, familiesOf, matchRule, matchSubject } from './evaluate-match';

/*
 * The definition: one flow in, verdict and trace out. Short, slow and obvious; compile and solve share nothing with it and must agree with it.
 * This file combines matches into verdicts; `evaluate-match` says what matches.
 *
 * Terminology. A *step* is a rule, the end of a tier, or a reason why no policy counts. Every step matches `yes`, `no` or `maybe` (the input
 * does not tell). A `maybe` is followed both ways, so a direction has a set of possible *outcomes*: {allow} is allowed, {deny} denied, both
 * indeterminate. Different `maybe`s are taken as independent of each other: never wrong, at worst less decided than the cluster is.
 */

/** Tiers and policies in evaluation order (see `Snapshot`). Policies that cannot select either end may be left out. */
export interface PolicyOrder {
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
}

/** What the snapshot's policies say of a flow, and why. */
export function evaluate(order: PolicyOrder, flow: Flow): Explanation {
  const explanations = familiesOf(flow).map((family) => evaluateFamily(order, flow, family));
  // A client with addresses of both families uses whichever gets through.
  return explanations.find((e) => e.verdict === 'allowed') ?? explanations.find((e) => e.verdict === 'indeterminate') ?? explanations[0]!;
}

function evaluateFamily(order: PolicyOrder, flow: Flow, family: Family): Explanation {
  const egress = judge(order, 'egress', flow, family);
  const ingress = judge(order, 'ingress', flow, family);
  const verdict = both(egress.verdict, ingress.verdict);
  const trace = [...egress.trace, ...ingress.trace];
  const open = verdict === 'indeterminate' ? [egress, ingress].filter((judgement) => judgement.verdict === 'indeterminate') : [];
  return { verdict, egress: egress.verdict, ingress: ingress.verdict, trace, dependsOn: unknownsOf(open.flatMap(({ trace }) => trace)) };
}

interface Judgement {
  readonly verdict: Verdict;
  readonly trace: readonly PolicyHit[];
}

/** One direction of one end: tiers in order, in each tier policies in order, in each policy rules in order; the first match decides. */
function judge(order: PolicyOrder, direction: Direction, flow: Flow, family: Family): Judgement {
  const subject = direction === 'egress' ? flow.source : flow.destination;
  const trace: PolicyHit[] = [];
  const outcomes = { allow: false, deny: false };
  const hit = (step: Omit<PolicyHit, 'direction' | 'certainty' | 'unknowns'>, match?: Match) =>
    trace.push({ direction, ...step, certainty: match?.truth === 'maybe' ? 'maybe' : 'yes', unknowns: match?.unknowns ?? [] });

  if (subject.kind === 'address') {
    hit({ trigger: 'external', action: 'Allow' });
    return { verdict: 'allowed', trace };
  }
  const free = beyondPolicy(flow.source, flow.destination);
  if (free && !(direction === 'egress' && free.trigger === 'local-node' && isGuarded(order, subject))) {
    hit({ trigger: free.trigger, action: 'Allow' }, free.unknown && { truth: 'maybe', unknowns: [free.unknown] });
    if (!free.unknown) return { verdict: 'allowed', trace };
    outcomes.allow = true;
  }

  let undecided = true;
  for (const tier of order.tiers) {
    if (!undecided) break;
    // Ways in which the flow may still be undecided inside the tier: no policy has selected the subject yet; some has and none has decided;
    // or a Pass rule has sent it on.
    let unselected: boolean = true;
    let selected: boolean = false;
    let passed = false;
    let isolation: Match = NO;
    const isolating: Policy[] = [];
    for (const policy of order.policies) {
      const rules = rulesOf(policy, direction);
      if (policy.tier !== tier.name || policy.staged || policy.hook !== 'normal' || !rules) continue;
      const selection = matchSubject(policy, subject);
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
      hit({ trigger: 'end-of-tier', action: tier.defaultAction, tier: tier.name, isolatedBy: isolating.map(({ ref }) => ref) }, isolation);
      if (tier.defaultAction === 'Deny') outcomes.deny = true;
      else passed = true;
    }
    undecided = unselected || passed;
  }
  if (undecided) {
    outcomes.allow = true;
    const untouched = trace.every((step) => step.tier === undefined);
    hit({ trigger: untouched && subject.endpoint.network === 'host' ? 'host-network' : 'not-selected', action: 'Allow' });
  }
  return { verdict: outcomes.allow && outcomes.deny ? 'indeterminate' : outcomes.allow ? 'allowed' : 'denied', trace };
}

interface Freedom {
  readonly trigger: 'same-endpoint' | 'local-node';
  /** What the freedom depends on; absent when it is certain. */
  readonly unknown?: Unknown;
}

/**
 * Flows that no NetworkPolicy can forbid: a pod to itself, and between a node and the pods it runs, both ways (the two exceptions in the introduction of
 * kubernetes.io/docs/concepts/services-networking/network-policies). What a pod opens to its node other policies can forbid (see `isGuarded`).
 * A template or a new pod stands for more than one pod, so that a flow with itself is between two of them.
 */
function beyondPolicy(source: Party, destination: Party): Freedom | undefined {
  if (source.kind === 'address' || destination.kind === 'address') return undefined;
  const [from, to] = [source.endpoint, destination.endpoint];
  if (from.id === to.id && (from.kind === 'pod' || from.kind === 'node')) return { trigger: 'same-endpoint' };
  if (from.network === to.network) return undefined;
  if (from.node !== undefined && to.node !== undefined) return from.node === to.node ? { trigger: 'local-node' } : undefined;
  return { trigger: 'local-node', unknown: { kind: 'placement', text: `whether \`${from.name}\` and \`${to.name}\` share a node` } };
}

/** Is this a pod that a tier which guards its own node from it selects, or may? */
function isGuarded({ tiers, policies }: PolicyOrder, source: Party): boolean {
  if (source.kind === 'address' || source.endpoint.network === 'host') return false;
  const guarding = new Set(tiers.filter(({ guardsOwnNode }) => guardsOwnNode).map(({ name }) => name));
  return policies.some(
    (policy) =>
      guarding.has(policy.tier) &&
      !policy.staged &&
      policy.hook === 'normal' &&
      policy.egress &&
      matchSubject(policy, source).truth !== 'no',
  );
}

function both(egress: Verdict, ingress: Verdict): Verdict {
  if (egress === 'denied' || ingress === 'denied') return 'denied';
  return egress === 'allowed' && ingress === 'allowed' ? 'allowed' : 'indeterminate';
}

/** What steps depend on, each once; a Log rule decides nothing. */
function unknownsOf(steps: readonly PolicyHit[]): readonly Unknown[] {
  const unknowns = steps.filter((step) => step.action !== 'Log').flatMap((step) => step.unknowns);
  return unknowns.filter((unknown, index) => unknowns.findIndex((other) => other.text === unknown.text) === index);
}
