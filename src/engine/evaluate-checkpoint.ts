import { type Hook, type HostEndpoint, hostSubject, isFailsafeOf, type NodeNetwork } from '../model/host-endpoint';
import { anyOf, type Match, maybe, NO, not, type Unknown, YES } from '../model/match';
import type { Direction, Policy, Rule } from '../model/policy';
import { matchSelector } from '../model/selector';
import type { Flow, HostPoint, Packet, PolicyHit } from '../model/verdict';
import type { Governor } from './evaluate-interfaces';
import { amongAlternatives, type Judgement, verdictOfOutcomes } from './evaluate-judgement';
import { type Family, matchNet, within } from './evaluate-match';
import { judgeTiers, type Outcomes, type PolicyOrder, type StepPlace, stepOf, UNDECIDED } from './evaluate-tiers';

/*
 * The definition: what a host endpoint says of a flow that arrives at its node by its interface, or leaves by it.
 *
 * A *checkpoint* is one such passage. It has *stages*, the hooks in the order in which a packet meets them, each with the flow as it looks there:
 * addresses are translated between stages.
 *
 *   hook        acts on                                   end of tiers      no tier decides    failsafe port
 *   untracked   what arrives; what the node itself sends  Pass              next stage         next stage
 *   preDNAT     what arrives                              Pass              next stage         next stage
 *   normal      the node's own traffic                    default action    profiles           allowed
 *   forward     what the node passes on                   default action    allowed            (not asked)
 *
 * Allow in `untracked` and `preDNAT` skips the stages that follow (felix/rules/static.go). Untracked policies do not act on `*`. What they allow is
 * not tracked, so that the answer of a process of the node needs an untracked policy of its own, in the other direction: the *reply*.
 */

export interface Stage {
  readonly hook: Hook;
  readonly flow: Flow;
}

/** One way in which the flow may pass: who governs, and what is to be seen at each stage. `unknown`: the input does not tell what is to be seen. */
export interface Passage {
  /** `undefined`: nobody, so that nothing is policed. */
  readonly host: HostEndpoint | undefined;
  readonly stages: readonly Stage[] | 'unknown';
}

export interface Checkpoint {
  /** Side of the flow on which its steps are told. */
  readonly direction: Direction;
  readonly way: HostPoint['way'];
  /** More than one where the input does not tell which. */
  readonly alternatives: readonly Passage[];
  /** What would tell. */
  readonly unknowns: readonly Unknown[];
}

/** What acts at host endpoints. */
export interface HostPolicies extends PolicyOrder {
  readonly nodeNetwork?: Pick<NodeNetwork, 'failsafeInbound' | 'failsafeOutbound'>;
  /** What can act at a host endpoint in a hook, on such a packet if one is told. Absent: any of the policies can. */
  readonly actingAt?: (host: HostEndpoint, hook: Hook, packet?: Packet) => PolicyOrder;
}

/** The checkpoint of whoever governs the interface, with one flow at all of its stages. */
export function checkpointOf(
  direction: Direction,
  way: HostPoint['way'],
  governor: Governor,
  hooks: readonly Hook[],
  flow: Flow,
): Checkpoint {
  const stages = hooks.map((hook) => ({ hook, flow }));
  return { direction, way, alternatives: governor.hosts.map((host) => ({ host, stages })), unknowns: governor.unknowns };
}

/** What the host endpoint says, whichever it is. */
export function judgeCheckpoint(policies: HostPolicies, checkpoint: Checkpoint, family: Family): Judgement {
  const { alternatives, unknowns } = checkpoint;
  const judged = alternatives.map((passage) => judgePassage(policies, checkpoint, passage, family));
  return judged.length === 1 && alternatives[0]!.stages !== 'unknown' ? judged[0]! : amongAlternatives(judged, unknowns);
}

function judgePassage(policies: HostPolicies, { direction, way }: Checkpoint, { host, stages }: Passage, family: Family): Judgement {
  if (!host) return { verdict: 'allowed', trace: [] };
  if (stages === 'unknown') {
    const at = placeOf({ host, hook: 'normal', way, direction });
    return { verdict: 'indeterminate', trace: [stepOf(at, 'host-unknown', 'Deny', maybe())] };
  }

  const trace: PolicyHit[] = [];
  const isOwn = stages.at(-1)!.hook === 'normal';
  let allow = false;
  let deny = false;
  let undecided = true;
  for (const { hook, flow } of stages) {
    if (!undecided) break;
    const passed = { host, hook, way, direction };
    const stage = judgeStage(policies, passed, flow, family);
    trace.push(...stage.trace);
    const isAnswered = hook === 'untracked' && isOwn && stage.allow;
    const reply = isAnswered ? judgeReply(policies, passed, flow, family) : stage;
    if (reply !== stage) trace.push(...reply.trace);
    allow ||= reply.allow;
    deny ||= stage.deny || reply.deny;
    undecided = stage.undecided;
  }
  return { verdict: verdictOfOutcomes({ allow: allow || undecided, deny }), trace };
}

/** A hook of a host endpoint that a packet passes, and the side of the flow on which that is told. */
interface HookPassed extends Pick<Checkpoint, 'direction' | 'way'> {
  readonly host: HostEndpoint;
  readonly hook: Hook;
}

/** What steps say of where they are taken. */
function placeOf({ host, hook, way, direction }: HookPassed): StepPlace {
  return { direction, host: { name: host.ref.name, node: host.node, hook, way } };
}

function judgeStage(policies: HostPolicies, passed: HookPassed, flow: Flow, family: Family): Outcomes {
  const { host, hook, way } = passed;
  if (!actsOn(hook, host)) return UNDECIDED;
  const order = policies.actingAt?.(host, hook, flow.packet) ?? policies;
  if (order.policies.length === 0 && hook !== 'normal') return UNDECIDED;
  const at = placeOf(passed);
  const open = hook === 'forward' ? NO : matchFailsafe(policies, host, way, flow, family);
  if (open.truth === 'yes') return hook === 'normal' ? allowedBy(stepOf(at, 'failsafe', 'Allow')) : UNDECIDED;
  const given = not(open);
  const direction = way === 'in' ? 'ingress' : 'egress';
  const selects = (policy: Policy) => selectsHost(policy, hook, host);
  switch (hook) {
    case 'untracked':
    case 'preDNAT': {
      const tiers = judgeTiers(order, { at, direction, selects, tiersPass: true, given }, flow, family);
      return given.truth === 'maybe' ? { ...tiers, undecided: true } : tiers;
    }
    case 'forward': {
      const tiers = judgeTiers(order, { at, direction, selects }, flow, family);
      // Where no policy acts at all there is nothing to tell.
      if (!tiers.undecided || tiers.trace.length === 0) return tiers;
      return { ...tiers, trace: [...tiers.trace, stepOf(at, 'not-selected', 'Allow')] };
    }
    default: {
      const tiers = judgeTiers(order, { at, direction, selects, given }, flow, family);
      const { profileAction: action } = host;
      return {
        allow: tiers.allow || open.truth === 'maybe' || (tiers.undecided && action === 'Allow'),
        deny: tiers.deny || (tiers.undecided && action === 'Deny'),
        undecided: false,
        trace: [
          ...(open.truth === 'maybe' ? [stepOf(at, 'failsafe', 'Allow', open)] : []),
          ...tiers.trace,
          ...(tiers.undecided ? [stepOf(at, 'profile', action, given)] : []),
        ],
      };
    }
  }
}

/** Can policies of the hook act at this host endpoint at all? */
export function actsOn(hook: Hook, { interfaceName }: HostEndpoint): boolean {
  return hook !== 'untracked' || interfaceName !== '*';
}

/** Does the policy act at the host endpoint, in this hook? */
export function selectsHost(policy: Policy, hook: Hook, host: HostEndpoint): Match {
  const acts = hook === 'forward' ? policy.hook === 'normal' && policy.forward === true : policy.hook === hook;
  return acts && policy.appliesToHosts ? matchSelector(policy.appliesToHosts, hostSubject(host)) : NO;
}

/** Does the port stay open whatever policies say? What arrives is asked for its source, what leaves for its destination. */
function matchFailsafe({ nodeNetwork }: HostPolicies, { node }: HostEndpoint, way: HostPoint['way'], flow: Flow, family: Family): Match {
  const { source, destination, packet } = flow;
  const [ports, peer] = way === 'in' ? [nodeNetwork?.failsafeInbound, source] : [nodeNetwork?.failsafeOutbound, destination];
  const { protocol, port } = packet;
  if (!ports || port === undefined) return NO;
  const open = ports.filter((failsafe) => failsafe.protocol === protocol && within(port, failsafe.port) && isFailsafeOf(failsafe, node));
  return anyOf(open.map(({ net }) => (net === undefined ? YES : matchNet(net, peer, family))));
}

/** Protocols whose answers the node refuses when it has not seen what they answer (conntrack calls them invalid). */
const ANSWERS_MUST_BE_TRACKED: readonly Packet['protocol'][] = ['TCP', 'SCTP', 'ICMP', 'ICMPv6'];

/**
 * The answer to a flow that an untracked policy let in to (or out of) a process of the node, on its way back. No tier decides: an answer that nobody
 * tracks is dropped, or (UDP and what is unknown) taken for something new, which other policies may let pass.
 */
function judgeReply(policies: HostPolicies, passed: HookPassed, flow: Flow, family: Family): Outcomes {
  const { host, way } = passed;
  const at = placeOf({ ...passed, way: way === 'in' ? 'out' : 'in' });
  const direction = way === 'in' ? 'ingress' : 'egress';
  const { tiers: all, policies: acting } = policies.actingAt?.(host, 'untracked') ?? policies;
  const answers = { tiers: all, policies: acting.map((policy) => aboutReplies(policy, direction)) };
  const { icmp: _, ...packet } = flow.packet;
  const place = { at, direction, selects: (policy: Policy) => selectsHost(policy, 'untracked', host), tiersPass: true } as const;
  const tiers = judgeTiers(answers, place, { ...flow, packet }, family);
  if (!tiers.undecided) return tiers;
  const isNew = maybe({ kind: 'condition', text: 'what becomes of answers that nobody tracks' });
  const dropped = ANSWERS_MUST_BE_TRACKED.includes(packet.protocol);
  const step = stepOf(at, 'reply', 'Deny', dropped ? YES : isNew);
  return { allow: tiers.allow || !dropped, deny: true, undecided: false, trace: [...tiers.trace, step] };
}

/** The policy's rules for the way back, said of the flow that is answered: the other end is the same, source and destination ports change places. */
function aboutReplies(policy: Policy, direction: Direction): Policy {
  const { ingress, egress, ...rest } = policy;
  const back = direction === 'ingress' ? egress : ingress;
  return back ? { ...rest, [direction]: back.map(aboutReply) } : rest;
}

function aboutReply(rule: Rule): Rule {
  if (rule.packets === 'any') return rule;
  const packets = rule.packets.map(
    ({ ports, portNames, notPorts, notPortNames, sourcePorts, sourcePortNames, notSourcePorts, notSourcePortNames, ...term }) => ({
      ...term,
      ...(sourcePorts && { ports: sourcePorts }),
      ...(sourcePortNames && { portNames: sourcePortNames }),
      ...(notSourcePorts && { notPorts: notSourcePorts }),
      ...(notSourcePortNames && { notPortNames: notSourcePortNames }),
      ...(ports && { sourcePorts: ports }),
      ...(portNames && { sourcePortNames: portNames }),
      ...(notPorts && { notSourcePorts: notPorts }),
      ...(notPortNames && { notSourcePortNames: notPortNames }),
    }),
  );
  return { ...rule, packets };
}

function allowedBy(step: PolicyHit): Outcomes {
  return { allow: true, deny: false, undecided: false, trace: [step] };
}
