import { type Match, maybe, type Unknown, YES } from '../../model/match';
import {
  type Direction,
  type PacketTerm,
  type PeerExpression,
  type PeerTerm,
  type Policy,
  type PortRange,
  type Protocol,
  type Rule,
  rulesOf,
  type Tier,
} from '../../model/policy';
import { namespacesNamedBy, type Selector } from '../../model/selector';
import type { Flow, Packet, Party } from '../../model/verdict';
import { differenceOf, type Interval, type IntervalSet, intersectionOf, intervalSet } from '../../util/interval-set';
import { type Family, matchRule, matchSubject } from '../evaluate-match';
import { positionOfPort, protocolSpan } from '../packet-axis';
import { type Place, type PodShape, type Refinement, refine, refinePortName } from './pod-shape';

/*
 * One direction of one end judged for all pods of a shape and all packets of a set at once. The walk goes through tiers, policies and rules as the
 * definition does; where they tell pods or packets of its state apart, it splits the state, so that every state is treated alike as far as it has come.
 *
 *   state ─▶ policy (does it select the subject?) ─▶ rule ─▶ rule … ─▶ end of the tier ─▶ … ─▶ let through
 *               └▶ past its rules                      └▶ Allow: let through · Deny: gone · Pass: the next tier
 */

/** Pods and packets that have had the same fate so far. */
export interface WalkState {
  readonly shape: PodShape;
  /** On the packet axis; never empty. */
  readonly packets: IntervalSet;
  /** What its way here depends on; empty: it is certain. */
  readonly unknowns: readonly Unknown[];
}

/** A policy at the subject. An unsure one selects a known subject only perhaps. */
export interface ListedPolicy {
  readonly policy: Policy;
  readonly isCertain: boolean;
}

/** What a walk is about. */
export interface WalkContext {
  /** Egress is judged at the source, ingress at the destination. */
  readonly direction: Direction;
  /** Whether the pods are the ones judged, or else the peer of those judged. */
  readonly podsAreJudged: boolean;
  /** The other end. */
  readonly other: Party;
  /** Some pod of the shapes: what they have in common is their address. */
  readonly prototype: Party;
  readonly family: Family;
  /** What the packets tell beside protocol and port. */
  readonly details: Pick<Packet, 'sourcePort' | 'icmp' | 'number'>;
  /** Whether the other end is a peer of a rule, as far as it was asked for. */
  readonly peerMatches: Map<PeerExpression, Match>;
  /** Rules of open tiers that may be about the other end, likewise. */
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
    left = left.flatMap((own) => splitSubject(context, listed, own).no);
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
      for (const other of no) open.push({ state: other, policy: policy + 1, rule: -1, selected });
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
    const isLeft = next.rule.action === 'Allow' && no.length > 0;
    for (const other of isLeft ? [state] : no) open.push({ state: other, policy, rule: rule + 1, selected });
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

function matchOther(context: WalkContext, peer: PeerExpression): Match {
  if (peer === 'any') return YES;
  let match = context.peerMatches.get(peer);
  if (!match) {
    match = matchPeerOf(context, peer, context.other);
    context.peerMatches.set(peer, match);
  }
  return match;
}

/** A state in parts: those of which something holds, and those of which it does not. A state of which it may hold is in both, no longer certain. */
interface Split {
  readonly yes: readonly WalkState[];
  readonly no: readonly WalkState[];
}

type Test = (state: WalkState) => Split;

const NONE: readonly WalkState[] = Object.freeze([]);

function splitSubject(context: WalkContext, { policy, isCertain }: ListedPolicy, state: WalkState): Split {
  if (context.podsAreJudged) return splitSelector(policy.appliesTo, state);
  return isCertain ? { yes: [state], no: NONE } : byMatch(matchSubject(policy, context.other), state);
}

/** Cheap tests come first; most rules have no other parts than packets and a peer. */
function splitRule(context: WalkContext, rule: Rule, state: WalkState): Split {
  const { packets, subject, peer, condition } = rule;
  const ofPackets = packets === 'any' ? { yes: [state], no: NONE } : splitPackets(context, packets, state);
  if (ofPackets.yes.length === 0) return ofPackets;
  if (peer === 'any' && !condition && (subject === undefined || subject === 'any')) return ofPackets;
  const tests: Test[] = [];
  if (subject !== undefined && subject !== 'any') tests.push((own) => splitPeer(context, subject, context.podsAreJudged, own));
  if (peer !== 'any') tests.push((own) => splitPeer(context, peer, !context.podsAreJudged, own));
  if (condition) tests.push((own) => byMatch(maybe(condition), own));
  return andThen(ofPackets, tests);
}

function splitPeer(context: WalkContext, expression: PeerExpression, isPods: boolean, state: WalkState): Split {
  if (expression === 'any') return { yes: [state], no: NONE };
  if (!isPods) return byMatch(matchOther(context, expression), state);
  return some(
    expression.map((term) => (own: WalkState) => splitTerm(context, term, own)),
    state,
  );
}

function splitTerm(context: WalkContext, { selector, notSelector, ...nets }: PeerTerm, state: WalkState): Split {
  const tests: Test[] = [];
  if (selector) tests.push((own) => splitSelector(selector, own));
  if (notSelector) tests.push((own) => inverse(splitSelector(notSelector, own)));
  if (nets.nets || nets.notNets) tests.push((own) => byMatch(matchPeerOf(context, [nets], context.prototype), own));
  return all(tests, state);
}

/** Whether a known party is what the expression describes: the definition's own answer, asked for by a rule that has no other part. */
function matchPeerOf({ family }: WalkContext, peer: PeerExpression, party: Party): Match {
  const flow: Flow = { source: party, destination: party, packet: ANY_PACKET };
  return matchRule({ action: 'Allow', peer, packets: 'any', source: NOWHERE }, flow, 'ingress', family);
}

const ANY_PACKET: Packet = Object.freeze({ protocol: 'TCP' });
const NOWHERE: Rule['source'] = Object.freeze({ file: '', document: 0, line: 0 });

function splitSelector(selector: Selector, state: WalkState): Split {
  switch (selector.kind) {
    case 'and':
      return all(
        selector.of.map((part) => (own: WalkState) => splitSelector(part, own)),
        state,
      );
    case 'or':
      return some(
        selector.of.map((part) => (own: WalkState) => splitSelector(part, own)),
        state,
      );
    case 'not':
      return inverse(splitSelector(selector.of, state));
    default:
      return byRefinement(refine(state.shape, selector), state);
  }
}

function splitPackets(context: WalkContext, expression: readonly PacketTerm[], state: WalkState): Split {
  const plain = plainPackets(expression);
  if (plain) return byPackets(plain, state);
  return some(
    expression.map((term) => (own: WalkState) => splitPacketTerm(context, term, own)),
    state,
  );
}

const plainByExpression = new WeakMap<readonly PacketTerm[], IntervalSet | 'not plain'>();

/** The packets of an expression that speaks of protocols and port numbers alone. */
function plainPackets(expression: readonly PacketTerm[]): IntervalSet | undefined {
  let packets = plainByExpression.get(expression);
  if (!packets) {
    const isPlain = expression.every((term) => !looksAtDetails(term) && !term.portNames && !term.notPorts && !term.notPortNames);
    packets = isPlain ? intervalSet(expression.flatMap(termPositions)) : 'not plain';
    plainByExpression.set(expression, packets);
  }
  return packets === 'not plain' ? undefined : packets;
}

function termPositions({ protocol, ports }: PacketTerm): readonly Interval[] {
  const [start, end] = protocolSpan(protocol);
  return ports ? ports.map(([low, high]) => [positionOfPort(protocol, low), positionOfPort(protocol, high)] as const) : [[start, end - 1]];
}

function splitPacketTerm(context: WalkContext, term: PacketTerm, state: WalkState): Split {
  const { protocol, ports, portNames, notPorts, notPortNames } = term;
  const [start, end] = protocolSpan(protocol);
  const tests: Test[] = [(own) => byPackets([[start, end - 1]], own)];
  if (ports || portNames) tests.push((own) => splitPorts(context, protocol, ports, portNames, own));
  if (notPorts || notPortNames) tests.push((own) => inverse(splitPorts(context, protocol, notPorts, notPortNames, own)));
  if (looksAtDetails(term)) tests.push((own) => byMatch(matchDetails(context, term), own));
  return all(tests, state);
}

/** Ports and port names of the destination: numbers are of packets, names of the pods where these are the destination. */
function splitPorts(
  { direction, podsAreJudged, other }: WalkContext,
  protocol: Protocol,
  ranges: readonly PortRange[] = [],
  names: readonly string[] = [],
  state: WalkState,
): Split {
  const podsAreDestination = podsAreJudged === (direction === 'ingress');
  const declared = !podsAreDestination && other.kind === 'endpoint' ? other.endpoint.ports : [];
  const named = declared.filter((own) => own.protocol === protocol && names.includes(own.name)).map(({ port }): PortRange => [port, port]);
  const positions = intervalSet(
    [...ranges, ...named].map(([low, high]) => [positionOfPort(protocol, low), positionOfPort(protocol, high)] as const),
  );
  const tests: Test[] = [(own) => byPackets(positions, own)];
  if (podsAreDestination) for (const name of names) tests.push((own) => byRefinement(refinePortName(own.shape, name), own));
  return some(tests, state);
}

function looksAtDetails({ icmp, numbers, ...term }: PacketTerm): boolean {
  return [icmp, numbers, term.sourcePorts, term.sourcePortNames, term.notSourcePorts, term.notSourcePortNames].some(
    (part) => part !== undefined,
  );
}

const ITS_SOURCE_PORT: Unknown = { kind: 'condition', text: 'the source port, which the question leaves open' };

/** What a term asks of a packet beside its protocol and destination port. */
function matchDetails({ direction, podsAreJudged, other, prototype, family, details }: WalkContext, term: PacketTerm): Match {
  const podsAreSource = podsAreJudged === (direction === 'egress');
  const { protocol, icmp, numbers, sourcePorts, sourcePortNames, notSourcePorts, notSourcePortNames } = term;
  // What a port of the pods is named may still be chosen, and which one they send from as well.
  if (podsAreSource && (sourcePortNames || notSourcePortNames)) return maybe(ITS_SOURCE_PORT);
  const rest: PacketTerm = {
    protocol,
    ...(icmp && { icmp }),
    ...(numbers && { numbers }),
    ...(sourcePorts && { sourcePorts }),
    ...(sourcePortNames && { sourcePortNames }),
    ...(notSourcePorts && { notSourcePorts }),
    ...(notSourcePortNames && { notSourcePortNames }),
  };
  const [source, destination] = podsAreSource ? [prototype, other] : [other, prototype];
  const flow: Flow = { source, destination, packet: { protocol, ...details } };
  return matchRule({ action: 'Allow', peer: 'any', packets: [rest], source: NOWHERE }, flow, direction, family);
}

function byMatch({ truth, unknowns }: Match, state: WalkState): Split {
  if (truth === 'yes') return { yes: [state], no: NONE };
  if (truth === 'no') return { yes: NONE, no: [state] };
  const unsure = [{ ...state, unknowns: [...state.unknowns, ...unknowns] }];
  return { yes: unsure, no: unsure };
}

function byRefinement(refinement: Refinement, state: WalkState): Split {
  if ('truth' in refinement) return byMatch(refinement, state);
  const { yes, no } = refinement;
  return { yes: yes ? [{ ...state, shape: yes }] : NONE, no: no ? [{ ...state, shape: no }] : NONE };
}

function byPackets(positions: IntervalSet, state: WalkState): Split {
  const inside = intersectionOf(state.packets, positions);
  if (inside.length === 0) return { yes: NONE, no: [state] };
  const outside = differenceOf(state.packets, positions);
  if (outside.length === 0) return { yes: [state], no: NONE };
  return { yes: [{ ...state, packets: inside }], no: [{ ...state, packets: outside }] };
}

function inverse({ yes, no }: Split): Split {
  return { yes: no, no: yes };
}

/** Every test holds. The parts stay disjoint as far as they are certain: a later test is put only to what the earlier ones left. */
function all(tests: readonly Test[], state: WalkState): Split {
  return andThen({ yes: [state], no: NONE }, tests);
}

function andThen({ yes: first, no: before }: Split, tests: readonly Test[]): Split {
  let yes = first;
  let no = before;
  for (const test of tests) {
    if (yes.length === 1) {
      const split = test(yes[0]!);
      yes = split.yes;
      no = no.length === 0 ? split.no : split.no.length === 0 ? no : [...no, ...split.no];
    } else {
      const splits = yes.map(test);
      yes = splits.flatMap((split) => split.yes);
      no = [...no, ...splits.flatMap((split) => split.no)];
    }
    if (yes.length === 0) break;
  }
  return { yes, no };
}

/** Some test holds. */
function some(tests: readonly Test[], state: WalkState): Split {
  return inverse(
    all(
      tests.map((test) => (own: WalkState) => inverse(test(own))),
      state,
    ),
  );
}
