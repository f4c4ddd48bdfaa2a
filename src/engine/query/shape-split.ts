import { type Match, maybe, type Unknown, YES } from '../../model/match';
import type { Direction, PacketTerm, PeerExpression, PeerTerm, Policy, PortRange, Protocol, Rule } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { Flow, Packet, Party } from '../../model/verdict';
import { differenceOf, type IntervalSet, intersectionOf, intervalSet } from '../../util/interval-set';
import { type Family, matchRule, matchSubject } from '../evaluate-match';
import { intervalsOf } from '../packet-axis';
import { type PodShape, type Refinement, refine, refinePortName } from './pod-shape';

/*
 * What one policy or rule makes of many pods and packets at once: the part of them that it is about, and the part that it is not. What is known of either
 * end is asked of the definition's own matching; what may still be chosen is settled both ways.
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

/** What a walk is about, as far as single policies and rules matter. */
export interface SplitContext {
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
}

/** A state in parts: those of which something holds, and those of which it does not. A state of which it may hold is in both, no longer certain. */
export interface Split {
  readonly yes: readonly WalkState[];
  /** Made when it is asked for: whoever looks for what is let through mostly does not. */
  readonly no: () => readonly WalkState[];
}

type Test = (state: WalkState) => Split;

const NONE: readonly WalkState[] = Object.freeze([]);
const none = () => NONE;

/** Does the policy select the end that is judged? */
export function splitSubject(context: SplitContext, { policy, isCertain }: ListedPolicy, state: WalkState): Split {
  if (context.podsAreJudged) return splitSelector(policy.appliesTo, state);
  return isCertain ? { yes: [state], no: none } : byMatch(matchSubject(policy, context.other), state);
}

/** Does the rule match? Cheap tests come first; most rules have no other parts than packets and a peer. */
export function splitRule(context: SplitContext, rule: Rule, state: WalkState): Split {
  const { packets, subject, peer, condition } = rule;
  const ofPackets = packets === 'any' ? { yes: [state], no: none } : splitPackets(context, packets, state);
  if (ofPackets.yes.length === 0) return ofPackets;
  if (peer === 'any' && !condition && (subject === undefined || subject === 'any')) return ofPackets;
  const tests: Test[] = [];
  if (subject !== undefined && subject !== 'any') tests.push((own) => splitPeer(context, subject, context.podsAreJudged, own));
  if (peer !== 'any') tests.push((own) => splitPeer(context, peer, !context.podsAreJudged, own));
  if (condition) tests.push((own) => byMatch(maybe(condition), own));
  return andThen(ofPackets, tests);
}

function splitPeer(context: SplitContext, expression: PeerExpression, isPods: boolean, state: WalkState): Split {
  if (expression === 'any') return { yes: [state], no: none };
  if (!isPods) return byMatch(matchOther(context, expression), state);
  return some(
    expression.map((term) => (own: WalkState) => splitTerm(context, term, own)),
    state,
  );
}

function splitTerm(context: SplitContext, { selector, notSelector, ...nets }: PeerTerm, state: WalkState): Split {
  const tests: Test[] = [];
  if (selector) tests.push((own) => splitSelector(selector, own));
  if (notSelector) tests.push((own) => inverse(splitSelector(notSelector, own)));
  if (nets.nets || nets.notNets) tests.push((own) => byMatch(matchPeerOf(context, [nets], context.prototype), own));
  return all(tests, state);
}

/** Whether a known party is what the expression describes: the definition's own answer, asked for by a rule that has no other part. */
function matchPeerOf({ family }: SplitContext, peer: PeerExpression, party: Party): Match {
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

function splitPackets(context: SplitContext, expression: readonly PacketTerm[], state: WalkState): Split {
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
    packets = isPlain ? intervalSet(expression.flatMap(({ protocol, ports }) => intervalsOf(protocol, ports))) : 'not plain';
    plainByExpression.set(expression, packets);
  }
  return packets === 'not plain' ? undefined : packets;
}

function splitPacketTerm(context: SplitContext, term: PacketTerm, state: WalkState): Split {
  const { protocol, ports, portNames, notPorts, notPortNames } = term;
  const tests: Test[] = [(own) => byPackets(intervalsOf(protocol), own)];
  if (ports || portNames) tests.push((own) => splitPorts(context, protocol, ports, portNames, own));
  if (notPorts || notPortNames) tests.push((own) => inverse(splitPorts(context, protocol, notPorts, notPortNames, own)));
  if (looksAtDetails(term)) tests.push((own) => byMatch(matchDetails(context, term), own));
  return all(tests, state);
}

/** Ports and port names of the destination: numbers are of packets, names of the pods where these are the destination. */
function splitPorts(
  { direction, podsAreJudged, other }: SplitContext,
  protocol: Protocol,
  ranges: readonly PortRange[] = [],
  names: readonly string[] = [],
  state: WalkState,
): Split {
  const podsAreDestination = podsAreJudged === (direction === 'ingress');
  const declared = !podsAreDestination && other.kind === 'endpoint' ? other.endpoint.ports : [];
  const named = declared.filter((own) => own.protocol === protocol && names.includes(own.name)).map(({ port }): PortRange => [port, port]);
  const positions = intervalSet(intervalsOf(protocol, [...ranges, ...named]));
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
function matchDetails({ direction, podsAreJudged, other, prototype, family, details }: SplitContext, term: PacketTerm): Match {
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
  if (truth === 'yes') return { yes: [state], no: none };
  if (truth === 'no') return { yes: NONE, no: () => [state] };
  const unsure = [{ ...state, unknowns: [...state.unknowns, ...unknowns] }];
  return { yes: unsure, no: () => unsure };
}

function byRefinement(refinement: Refinement, state: WalkState): Split {
  if ('truth' in refinement) return byMatch(refinement, state);
  const { yes, no } = refinement;
  return {
    yes: [{ shape: yes, packets: state.packets, unknowns: state.unknowns }],
    no: () => {
      const shape = no();
      return shape ? [{ shape, packets: state.packets, unknowns: state.unknowns }] : NONE;
    },
  };
}

function byPackets(positions: IntervalSet, state: WalkState): Split {
  const inside = intersectionOf(state.packets, positions);
  if (inside.length === 0) return { yes: NONE, no: () => [state] };
  return {
    yes: [{ shape: state.shape, packets: inside, unknowns: state.unknowns }],
    no: () => {
      const outside = differenceOf(state.packets, positions);
      return outside.length > 0 ? [{ shape: state.shape, packets: outside, unknowns: state.unknowns }] : NONE;
    },
  };
}

function inverse({ yes, no }: Split): Split {
  return { yes: no(), no: () => yes };
}

/** Every test holds. The parts stay disjoint as far as they are certain: a later test is put only to what the earlier ones left. */
function all(tests: readonly Test[], state: WalkState): Split {
  return andThen({ yes: [state], no: none }, tests);
}

function andThen(first: Split, tests: readonly Test[]): Split {
  let yes = first.yes;
  const left: Split['no'][] = first.no === none ? [] : [first.no];
  for (const test of tests) {
    if (yes.length === 0) break;
    const splits = yes.map(test);
    yes = splits.length === 1 ? splits[0]!.yes : splits.flatMap((split) => split.yes);
    for (const { no } of splits) if (no !== none) left.push(no);
  }
  return { yes, no: left.length === 0 ? none : () => left.flatMap((no) => no()) };
}

/** Some test holds. */
function some(tests: readonly Test[], state: WalkState): Split {
  const yes: WalkState[] = [];
  let left: readonly WalkState[] = [state];
  for (const test of tests) {
    if (left.length === 0) break;
    const next: WalkState[] = [];
    for (const own of left) {
      const split = test(own);
      yes.push(...split.yes);
      next.push(...split.no());
    }
    left = next;
  }
  return { yes, no: () => left };
}

/** Whether the other end is a peer that a rule names; asked once for each. */
export function matchOther(context: SplitContext, peer: PeerExpression): Match {
  if (peer === 'any') return YES;
  let match = context.peerMatches.get(peer);
  if (!match) {
    match = matchPeerOf(context, peer, context.other);
    context.peerMatches.set(peer, match);
  }
  return match;
}
