import type { Unknown } from '../../model/match';
import type { Condition, Direction, Rule } from '../../model/policy';
import type { Side } from './entities';
import { packetsOf } from './packets';
import { icmpRanges, type NamedProtocol, protocolParts, TCP_NUMBER } from './protocols';
import type { RuleDraft } from './rules';
import { type SideCase, type SideWorld, sideCases } from './side-cases';

/*
 * Rules in our own terms. In an ingress rule the destination is the selected endpoint itself and the source its peer, in an egress rule the other way
 * round. One rule becomes several where one cannot say it; they follow each other and have one action, so together they are the one rule.
 */

/** Lowers the rules of one direction, in their order. The several that one becomes share its place as their index. */
export function lowerRules(
  drafts: readonly RuleDraft[],
  direction: Direction,
  world: SideWorld,
  namespace: string | undefined,
): readonly Rule[] {
  const lowered = drafts.map((draft) => byProtocol(draft).flatMap((part) => lowerRule(part, direction, world, namespace)));
  // Where each rule is in its own place anyway, the place says it all.
  if (lowered.every(({ length }) => length === 1)) return lowered.map(([rule]) => rule!);
  return lowered.flatMap((rules, index) => rules.map((rule): Rule => ({ ...rule, index })));
}

/** What a rule asks of HTTP requests restricts TCP; it allows whatever is not TCP just so. */
function byProtocol(draft: RuleDraft): readonly RuleDraft[] {
  if (!draft.condition || draft.protocol || draft.notProtocol) return [draft];
  const tcp: NamedProtocol = { number: TCP_NUMBER, byName: true };
  return [
    { ...draft, protocol: tcp },
    { ...draft, notProtocol: tcp, condition: undefined },
  ];
}

function lowerRule(draft: RuleDraft, direction: Direction, world: SideWorld, namespace: string | undefined): readonly Rule[] {
  const [family, ...others] = draft.families;
  const never: readonly Rule[] = [{ action: draft.action, peer: [], packets: 'any', source: draft.at }];
  if (family === undefined) return never;
  const only = others.length === 0 ? family : undefined;
  const [own, other]: readonly Side[] = direction === 'ingress' ? ['destination', 'source'] : ['source', 'destination'];
  const subjects = sideCases(draft[own!], { world, namespace, side: own!, family: undefined, isSubject: true });
  const peers = sideCases(draft[other!], { world, namespace, side: other!, family: only, isSubject: false });
  const rules = subjects.flatMap((subject) => peers.flatMap((peer) => caseRules(draft, direction, subject, peer)));
  return rules.length > 0 ? rules : never;
}

/** What certainly matches, and beside it what may: both have the one action, so together they are the one rule. */
function caseRules(draft: RuleDraft, direction: Direction, subject: SideCase, peer: SideCase): readonly Rule[] {
  const [source, destination] = direction === 'ingress' ? [peer, subject] : [subject, peer];
  const packets = packetsOf({
    protocols: protocolParts(draft.protocol, draft.notProtocol),
    namesProtocol: draft.protocol !== undefined,
    icmp: icmpRanges(draft.icmp, draft.notIcmp),
    source: source.ports,
    destination: destination.ports,
  });
  if (packets !== 'any' && packets.length === 0) return [];
  const rule = (bound: 'must' | 'may', unknowns: readonly Unknown[]): readonly Rule[] => {
    if (subject[bound].length === 0 || peer[bound].length === 0) return [];
    const condition = conditionOf(unknowns, draft.condition);
    return [
      {
        action: draft.action,
        ...(subject[bound] !== 'any' && { subject: subject[bound] }),
        peer: peer[bound],
        packets,
        ...(condition && { condition }),
        source: draft.at,
      },
    ];
  };
  const unknowns = [...subject.unknowns, ...peer.unknowns];
  return unknowns.length === 0 ? rule('must', []) : [...rule('must', []), ...rule('may', unknowns)];
}

function conditionOf(unknowns: readonly Unknown[], own: Condition | undefined): Condition | undefined {
  const texts = [...new Set([...unknowns, ...(own ? [own] : [])].map(({ text }) => text))];
  if (texts.length === 0) return undefined;
  const isLabels = !own && unknowns.every(({ kind }) => kind === 'namespace-labels');
  return { kind: isLabels ? 'namespace-labels' : 'condition', text: texts.join(' and ') };
}
