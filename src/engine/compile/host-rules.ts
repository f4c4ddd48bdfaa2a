import type { Direction, Policy, Rule } from '../../model/policy';
import { rulesOf } from '../../model/policy';
import type { Snapshot } from '../../model/snapshot';
import { aboutAnswers } from './answers';
import type { HostKinds } from './host-kinds';
import type { PacketPart, PacketSpecs } from './packet-specs';
import { DECIDING } from './policies';
import { ANY_PEER, type Vocabulary } from './vocabulary';

/** A rule of a policy that acts at host endpoints. Both of its sides are ends of the flow, neither is the host endpoint. */
export interface HostRule {
  readonly action: number;
  /** Ids of peers in the vocabulary. Of an ingress rule the peer is the source and the subject the destination, of an egress rule the other way round. */
  readonly peer: number;
  readonly subject: number;
  readonly packets: readonly PacketPart[];
  readonly conditional: boolean;
}

/**
 * Rules by direction and policy, undefined where the policy does not have the direction: first of the policies that act at hosts, then of failsafe ports,
 * inbound and outbound, each as a policy that allows it.
 */
export interface HostRuleTable {
  readonly ingress: readonly PolicyRules[];
  readonly egress: readonly PolicyRules[];
  /**
   * What untracked policies say of the answers to what comes in (and to what goes out), which is what they say of the other direction: rules about the
   * flow that is answered, so that their ends are those of the rules beside them. Undefined for all other policies, and where no flow is answered.
   */
  readonly answers: Readonly<Record<Direction, readonly PolicyRules[]>>;
  /** Tier of each policy. */
  readonly tiers: readonly number[];
  readonly policies: readonly Policy[];
  /** Places of the first inbound and the first outbound failsafe port. */
  readonly firstInbound: number;
  readonly firstOutbound: number;
}

type PolicyRules = readonly HostRule[] | undefined;

/** All rules of a table, those about answers as well. */
export function everyHostRule({ ingress, egress, answers }: HostRuleTable): readonly HostRule[] {
  return [...ingress, ...egress, ...answers.ingress, ...answers.egress].flatMap((own) => own ?? []);
}

export function readHostRules(
  { policies, tiers, nodeNetwork }: Snapshot,
  kinds: HostKinds,
  vocabulary: Vocabulary,
  specs: PacketSpecs,
): HostRuleTable {
  const acting = kinds.policies.map((index) => policies[index]!);
  const tierIndex = new Map(tiers.map(({ name }, index) => [name, index]));
  const read = (direction: Direction) =>
    acting.map((policy) => rulesOf(policy, direction)?.flatMap((rule) => readHostRule(rule, vocabulary, specs)));
  const isAnswered = (policy: Policy) => kinds.allowsUntracked && policy.hook === 'untracked';
  const readAnswers = (direction: Direction) =>
    acting.map((policy) => {
      const back = isAnswered(policy) ? rulesOf(policy, direction === 'ingress' ? 'egress' : 'ingress') : undefined;
      return back?.flatMap((rule) => readHostRule({ ...rule, packets: aboutAnswers(rule.packets) }, vocabulary, specs));
    });
  const failsafes = (ports: Snapshot['nodeNetwork']['failsafeInbound']) =>
    ports.map(({ protocol, port, net }): readonly HostRule[] => [
      {
        action: DECIDING.Allow,
        peer: vocabulary.peer(net === undefined ? 'any' : [{ nets: [net], netsSeePods: 'yes' }]),
        subject: ANY_PEER,
        packets: specs.parts([{ protocol, ports: [port] }]),
        conditional: false,
      },
    ]);
  const [inbound, outbound] = [failsafes(nodeNetwork.failsafeInbound), failsafes(nodeNetwork.failsafeOutbound)];
  return {
    ingress: [...read('ingress'), ...inbound, ...outbound.map(() => undefined)],
    egress: [...read('egress'), ...inbound.map(() => undefined), ...outbound],
    answers: { ingress: readAnswers('ingress'), egress: readAnswers('egress') },
    tiers: acting.map(({ tier }) => tierIndex.get(tier)!),
    policies: acting,
    firstInbound: acting.length,
    firstOutbound: acting.length + inbound.length,
  };
}

function readHostRule(
  { action, subject = 'any', peer, packets, condition }: Rule,
  vocabulary: Vocabulary,
  specs: PacketSpecs,
): readonly HostRule[] {
  const ends = { peer: vocabulary.peer(peer), subject: vocabulary.peer(subject) };
  if (action === 'Log') {
    // It decides nothing, but an explanation tells it: endpoints that it tells apart must stay apart.
    specs.mention(packets);
    return [];
  }
  return [{ action: DECIDING[action], ...ends, packets: specs.parts(packets), conditional: condition !== undefined }];
}
