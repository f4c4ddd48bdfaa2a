import { type Direction, type PeerExpression, type Policy, type Rule, rulesOf, type Tier } from '../../model/policy';
import { namespacesNamedBy, type Selector } from '../../model/selector';
import type { Place } from './pod-shape';
import { type ListedPolicy, matchOther, type SplitContext, splitRule, splitSubject, type WalkState } from './shape-split';

/*
 * One direction of one end judged for all pods of a shape and all packets of a set at once. The walk goes through tiers, policies and rules as the
 * definition does; where they tell pods or packets of its state apart, it splits the state, so that every state is treated alike as far as it has come.
 *
 *   state ─▶ policy (does it select the subject?) ─▶ rule ─▶ rule … ─▶ end of the tier ─▶ … ─▶ let through
 *               └▶ past its rules                      └▶ Allow: let through · Deny: gone · Pass: the next tier
 */

/** What a walk is about. */
export interface WalkContext extends SplitContext {
  /** Rules of open tiers that may be about the other end, as far as it was asked for. */
  readonly openRules: Map<WalkTier, readonly OpenRule[]>;
}

/** One tier of the policies of an end, in one direction. */
export interface WalkTier {
  readonly action: Tier['defaultAction'];
  /** In evaluation order; those of an open tier the broadest first. */
  readonly policies: readonly WalkPolicy[];
  /** The rules of an open tier: none denies or passes, so that the order does not matter, and what one of them lets through is through. */
  readonly openRules?: readonly OpenRule[];
}

interface WalkPolicy extends ListedPolicy {
  readonly rules: readonly WalkRule[];
}

interface WalkRule {
  readonly rule: Rule;
  /** The only namespaces of which its peers can be; undefined where there is no such bound. */
  readonly peerNames: ReadonlySet<string> | undefined;
}

interface OpenRule {
  readonly policy: WalkPolicy;
  readonly own: WalkRule;
}

/** @param policies in evaluation order, each with this direction */
export function walkTiers(tiers: readonly Tier[], policies: readonly ListedPolicy[], direction: Direction): readonly WalkTier[] {
  return tiers.flatMap(({ name, defaultAction }): readonly WalkTier[] => {
    const own = policies
      .filter(({ policy }) => policy.tier === name)
      .map(({ policy, isCertain }) => ({ policy, isCertain, rules: walkRules(policy, direction) }));
    if (own.length === 0) return [];
    const isOpen = own.every(({ rules }) => rules.every(({ rule }) => rule.action === 'Allow'));
    // The policy that isolates everybody ends the search for pods that none selects.
    const sorted = isOpen ? [...own].sort((a, b) => breadthOf(b.policy.appliesTo) - breadthOf(a.policy.appliesTo)) : own;
    const openRules = isOpen && { openRules: sorted.flatMap((policy) => policy.rules.map((rule) => ({ policy, own: rule }))) };
    return [{ action: defaultAction, policies: sorted, ...openRules }];
  });
}

const rulesByPolicy = { ingress: new WeakMap<Policy, readonly WalkRule[]>(), egress: new WeakMap<Policy, readonly WalkRule[]>() };

/** Without Log rules, which decide nothing. */
function walkRules(policy: Policy, direction: Direction): readonly WalkRule[] {
  let rules = rulesByPolicy[direction].get(policy);
  if (!rules) {
    const deciding = (rulesOf(policy, direction) ?? []).filter(({ action }) => action !== 'Log');
    rules = deciding.map((rule) => ({ rule, peerNames: peerNamesOf(rule.peer) }));
    rulesByPolicy[direction].set(policy, rules);
  }
  return rules;
}

function peerNamesOf(peer: PeerExpression): ReadonlySet<string> | undefined {
  if (peer === 'any') return undefined;
  const bounds = peer.map(({ selector }) => selector && namespacesNamedBy(selector));
  return bounds.includes(undefined) ? undefined : new Set(bounds.flatMap((names) => [...names!]));
}

/** The fewer tests, the more it selects. */
function breadthOf(selector: Selector): number {
  return selector.kind === 'and' ? -selector.of.length : selector.kind === 'all' ? 1 : 0;
}

/** `complete`: nothing else gets through · `stopped`: by who was handed something · `exhausted`: the budget was. */
export type WalkEnd = 'complete' | 'stopped' | 'exhausted';

/** How much a question may still cost. It ends the search for pods that are hard to find, which is told. */
export interface WalkBudget {
  steps: number;
}

/**
 * Walks a state through the tiers and hands over parts of it that are let through, some perhaps more than once.
 *
 * INVARIANT: what is handed over as certain is let through, and all that may be let through is handed over. What an Allow rule lets through need not be
 * told from the rest to that end: whatever becomes of it later, it has been handed over.
 * @param onAllowed answers whether to go on
 */
export function walk(
  tiers: readonly WalkTier[],
  context: WalkContext,
  start: WalkState,
  budget: WalkBudget,
  onAllowed: (state: WalkState) => boolean,
): WalkEnd {
  let states: readonly WalkState[] = [start];
  for (const tier of tiers) {
    const undecided: WalkState[] = [];
    for (const state of states) {
      const end = (tier.openRules ? walkOpenTier : walkTier)(tier, context, state, budget, undecided, onAllowed);
      if (end !== 'complete') return end;
    }
    states = undecided;
    if (states.length === 0) return 'complete';
  }
  return states.every(onAllowed) ? 'complete' : 'stopped';
}

type TierWalk = (
  tier: WalkTier,
  context: WalkContext,
  start: WalkState,
  budget: WalkBudget,
  undecided: WalkState[],
  onAllowed: (state: WalkState) => boolean,
) => WalkEnd;

const walkOpenTier: TierWalk = (tier, context, state, budget, undecided, onAllowed) => {
  const { action, policies } = tier;
  for (const { policy, own } of openRulesFor(tier, context)) {
    if (!context.podsAreJudged && !mayBePeer(context, own, state)) continue;
    if (budget.steps-- <= 0) return 'exhausted';
    for (const matched of splitRule(context, own.rule, state).yes)
      for (const selected of splitSubject(context, policy, matched).yes) if (!onAllowed(selected)) return 'stopped';
  }
  if (action === 'Pass') {
    undecided.push(state);
    return 'complete';
  }
  budget.steps -= policies.length;
  undecided.push(...unselected(policies, context, state));
  return 'complete';
};

/** The parts of a state that none of the policies selects. */
export function unselected(policies: readonly ListedPolicy[], context: WalkContext, state: WalkState): readonly WalkState[] {
  let left: readonly WalkState[] = [state];
  for (const listed of policies) {
    if (left.length === 0) break;
    left = left.flatMap((own) => splitSubject(context, listed, own).no());
  }
  return left;
}

/** Where the peer is known, the few rules that may be about it. */
function openRulesFor(tier: WalkTier, context: WalkContext): readonly OpenRule[] {
  const all = tier.openRules ?? [];
  if (!context.podsAreJudged) return all;
  let rules = context.openRules.get(tier);
  if (!rules) {
    rules = all.filter(({ own }) => isAboutOther(context, own));
    context.openRules.set(tier, rules);
  }
  return rules;
}

const walkTier: TierWalk = ({ action, policies }, context, start, budget, undecided, onAllowed) => {
  /** `rule` -1: before the policy has selected anybody. */
  const open: { readonly state: WalkState; readonly policy: number; readonly rule: number; readonly selected: boolean }[] = [
    { state: start, policy: 0, rule: -1, selected: false },
  ];
  for (let item = open.pop(); item; item = open.pop()) {
    const { state, policy, rule, selected } = item;
    const current = policies[policy];
    if (!current) {
      if (!selected || action === 'Pass') undecided.push(state);
      continue;
    }
    if (budget.steps-- <= 0) return 'exhausted';
    if (rule < 0) {
      const { yes, no } = splitSubject(context, current, state);
      for (const other of no()) open.push({ state: other, policy: policy + 1, rule: -1, selected });
      for (const own of yes) open.push({ state: own, policy, rule: 0, selected: true });
      continue;
    }
    const next = current.rules[rule];
    if (!next) {
      open.push({ state, policy: policy + 1, rule: -1, selected });
      continue;
    }
    if (!mayBePeer(context, next, state)) {
      open.push({ state, policy, rule: rule + 1, selected });
      continue;
    }
    const { yes, no } = splitRule(context, next.rule, state);
    const others = no();
    const isLeft = next.rule.action === 'Allow' && others.length > 0;
    for (const other of isLeft ? [state] : others) open.push({ state: other, policy, rule: rule + 1, selected });
    if (next.rule.action === 'Pass') undecided.push(...yes);
    if (next.rule.action === 'Allow') for (const own of yes) if (!onAllowed(own)) return 'stopped';
  }
  return 'complete';
};

/** Whether the rule can be about the peer at all: cheap, and mostly not so. */
function mayBePeer(context: WalkContext, walked: WalkRule, { shape }: WalkState): boolean {
  if (context.podsAreJudged) return isAboutOther(context, walked);
  return !walked.peerNames || isIn(walked.peerNames, shape.place, shape.namespaceName.excluded);
}

function isAboutOther(context: WalkContext, { rule, peerNames }: WalkRule): boolean {
  const { other } = context;
  if (peerNames && !(other.kind === 'endpoint' && other.namespace && peerNames.has(other.namespace.name))) return false;
  return matchOther(context, rule.peer).truth !== 'no';
}

/** Whether a place can have one of the names; a new namespace none of those that are taken. */
function isIn(names: ReadonlySet<string>, { namespace }: Place, taken: readonly string[]): boolean {
  if (namespace) return names.has(namespace.name);
  for (const name of names) if (!taken.includes(name)) return true;
  return false;
}

/** The places from which peers may get through at all, as far as names of namespaces tell. */
export function placesOfPeers(tiers: readonly WalkTier[], places: readonly Place[], taken: readonly string[]): readonly Place[] {
  const names = new Set<string>();
  const collect = (tier: WalkTier, action: Rule['action']): boolean => {
    for (const { rules } of tier.policies) {
      for (const { rule, peerNames } of rules) {
        if (rule.action !== action) continue;
        if (!peerNames) return false;
        for (const name of peerNames) names.add(name);
      }
    }
    return true;
  };
  for (const tier of tiers) {
    if (!collect(tier, 'Allow')) return places;
    // Nothing gets past a tier that certainly isolates, unless a rule of it, or of one before it, says so.
    if (tier.action === 'Deny' && tier.policies.some(({ isCertain }) => isCertain))
      return collect(tier, 'Pass') ? places.filter((place) => isIn(names, place, taken)) : places;
  }
  return places;
}
