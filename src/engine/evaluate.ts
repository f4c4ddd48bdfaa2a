import type { Endpoint } from '../model/endpoint';
import { allOf, anyOf, isTrue, type Match, maybe, NO, not, type Unknown, YES } from '../model/match';
import type { Direction, PacketExpression, PeerExpression, PeerTerm, Policy, Rule, Tier } from '../model/policy';
import { rulesOf } from '../model/policy';
import { matchSelector, type Selector } from '../model/selector';
import type { Explanation, Flow, Packet, Party, PolicyHit, Verdict } from '../model/verdict';
import { type AddressRange, parseAddress, parseCidr } from '../util/ip';

/*
 * The definition: one flow in, verdict and trace out. Short, slow and obvious; compile and solve share nothing with it and must agree with it.
 *
 * Terminology. A *step* is a policy's selection, a rule or the end of a tier. Every step matches `yes`, `no` or `maybe` (the input does not tell).
 * A `maybe` is followed both ways, so a direction has a set of possible *outcomes*: {allow} is allowed, {deny} denied, both indeterminate.
 * Different `maybe`s are taken as independent of each other: never wrong, at worst less decided than the cluster is.
 */

/** Tiers and policies in evaluation order (see `Snapshot`). Policies that cannot select either end may be left out. */
export interface PolicyOrder {
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
}

export function evaluate(order: PolicyOrder, flow: Flow): Explanation {
  const explanations = familiesOf(flow).map((family) => evaluateFamily(order, flow, family));
  // A client with addresses of both families uses whichever gets through.
  return explanations.find((e) => e.verdict === 'allowed') ?? explanations.find((e) => e.verdict === 'indeterminate') ?? explanations[0]!;
}

function evaluateFamily(order: PolicyOrder, { source, destination, packet }: Flow, family: Family): Explanation {
  const free = beyondPolicy(source, destination);
  if (free?.certainty === 'yes') return { verdict: 'allowed', egress: 'allowed', ingress: 'allowed', trace: [free], dependsOn: [] };
  const egress = judge(order, 'egress', { subject: source, peer: destination, destination, packet, family });
  const ingress = judge(order, 'ingress', { subject: destination, peer: source, destination, packet, family });
  const byPolicy = both(egress.verdict, ingress.verdict);
  const verdict = free && byPolicy === 'denied' ? 'indeterminate' : byPolicy;
  const trace = [...(free ? [free] : []), ...egress.trace, ...ingress.trace];
  return { verdict, egress: egress.verdict, ingress: ingress.verdict, trace, dependsOn: verdict === 'indeterminate' ? unknownsOf(trace) : [] };
}

/** Flows that no policy can forbid: a pod to itself; a node and the pods it runs (kubernetes/api networking/v1 NetworkPolicyIngressRule, KEP of the kubelet probes). */
function beyondPolicy(source: Party, destination: Party): PolicyHit | undefined {
  if (source.kind === 'address' || destination.kind === 'address') return undefined;
  const [from, to] = [source.endpoint, destination.endpoint];
  const step = { direction: 'ingress', action: 'Allow', unknowns: [] } as const;
  if (from.id === to.id && (from.kind === 'pod' || from.kind === 'node')) return { ...step, trigger: 'same-endpoint', certainty: 'yes' };
  if (from.network === to.network) return undefined;
  if (from.node !== undefined && to.node !== undefined) return from.node === to.node ? { ...step, trigger: 'local-node', certainty: 'yes' } : undefined;
  const unknowns: Unknown[] = [{ kind: 'placement', text: `whether \`${from.name}\` and \`${to.name}\` share a node` }];
  return { ...step, trigger: 'local-node', certainty: 'maybe', unknowns };
}

interface Question {
  readonly subject: Party;
  readonly peer: Party;
  readonly destination: Party;
  readonly packet: Packet;
  readonly family: Family;
}

/** One direction of one end: tiers in order, in each tier policies in order, in each policy rules in order; the first match decides. */
function judge(order: PolicyOrder, direction: Direction, question: Question): { readonly verdict: Verdict; readonly trace: readonly PolicyHit[] } {
  const { subject } = question;
  const trace: PolicyHit[] = [];
  const outcomes = { allow: false, deny: false };
  const hit = (step: Omit<PolicyHit, 'direction'>) => trace.push({ direction, ...step });
  if (subject.kind === 'address') {
    hit({ trigger: 'external', action: 'Allow', certainty: 'yes', unknowns: [] });
    return { verdict: 'allowed', trace };
  }
  let undecided = true;
  for (const tier of order.tiers) {
    if (!undecided) break;
    // Ways in which the flow may still be undecided here: no policy of the tier selected the subject, or some did and none decided.
    let unselected: boolean = true;
    let selected: boolean = false;
    let passed = false;
    const isolating: Policy[] = [];
    let isolation: Match = NO;
    for (const policy of order.policies) {
      if (policy.tier !== tier.name || policy.staged || policy.hook !== 'normal') continue;
      const rules = rulesOf(policy, direction);
      if (!rules) continue;
      const selection = matchParty(policy.appliesTo, subject);
      if (selection.truth === 'no') continue;
      isolating.push(policy);
      isolation = anyOf([isolation, selection]);
      let walking: boolean = unselected || selected;
      for (const [index, rule] of rules.entries()) {
        if (!walking) break;
        const match = matchRule(rule, question);
        if (match.truth === 'no') continue;
        const taken = allOf([selection, match]);
        hit({ trigger: 'rule', action: rule.action, certainty: certaintyOf(taken), unknowns: taken.unknowns, tier: tier.name, policy: policy.ref, rule: index, source: rule.source });
        if (rule.action === 'Log') continue;
        if (rule.action === 'Allow') outcomes.allow = true;
        if (rule.action === 'Deny') outcomes.deny = true;
        if (rule.action === 'Pass') passed = true;
        if (match.truth === 'yes') walking = false;
      }
      if (selection.truth === 'yes') {
        unselected = false;
        selected = walking;
      } else {
        selected ||= walking;
      }
    }
    if (selected) {
      const action = tier.defaultAction;
      const certainty = certaintyOf(isolation);
      hit({ trigger: 'end-of-tier', action, certainty, unknowns: isolation.unknowns, tier: tier.name, isolatedBy: isolating.map((policy) => policy.ref) });
      if (action === 'Deny') outcomes.deny = true;
      else passed = true;
    }
    undecided = unselected || passed;
  }
  if (undecided) {
    outcomes.allow = true;
    const trigger = subject.endpoint.network === 'host' ? 'host-network' : 'not-selected';
    hit({ trigger, action: 'Allow', certainty: 'yes', unknowns: [] });
  }
  return { verdict: outcomes.allow && outcomes.deny ? 'indeterminate' : outcomes.allow ? 'allowed' : 'denied', trace };
}

function matchRule(rule: Rule, { peer, destination, packet, family }: Question): Match {
  const conditions = rule.condition ? [maybe(rule.condition)] : [];
  return allOf([matchPackets(rule.packets, packet, destination), matchPeer(rule.peer, peer, family), ...conditions]);
}

function matchPackets(packets: PacketExpression, { protocol, port }: Packet, destination: Party): Match {
  if (packets === 'any') return YES;
  const declared = destination.kind === 'endpoint' ? destination.endpoint.ports : [];
  return isTrue(
    packets.some((term) => {
      if (term.protocol !== protocol) return false;
      if (!term.ports && !term.portNames) return true;
      if (port === undefined) return false;
      if (term.ports?.some(([low, high]) => low <= port && port <= high)) return true;
      return declared.some((d) => d.protocol === protocol && d.port === port && term.portNames?.includes(d.name));
    }),
  );
}

function matchPeer(expression: PeerExpression, peer: Party, family: Family): Match {
  return expression === 'any' ? YES : anyOf(expression.map((term) => matchTerm(term, peer, family)));
}

function matchTerm(term: PeerTerm, peer: Party, family: Family): Match {
  const parts: Match[] = [];
  if (term.selector) parts.push(matchParty(term.selector, peer));
  if (term.nets || term.notNets) parts.push(matchNets(term, peer, family));
  return allOf(parts);
}

function matchParty(selector: Selector, party: Party): Match {
  if (party.kind === 'address') return NO;
  const { endpoint, namespace } = party;
  return matchSelector(selector, { labels: endpoint.labels, network: endpoint.network, ...(namespace && { namespace }) });
}

function matchNets(term: PeerTerm, peer: Party, family: Family): Match {
  const inside = (range: AddressRange) => {
    const named = term.nets ? anyOf(term.nets.map((net) => overlap(range, net))) : YES;
    return allOf([named, not(anyOf((term.notNets ?? []).map((net) => overlap(range, net))))]);
  };
  if (peer.kind === 'address') return inside(rangesOf([peer.address])[0]!);
  const matches = rangesOfEndpoint(peer.endpoint, family).map(inside);
  const truths = new Set(matches.map((match) => match.truth));
  let match: Match = truths.size === 0 ? NO : matches[0]!;
  if (truths.size > 1 || match.truth === 'maybe') match = maybe({ kind: 'address', text: `the address of \`${peer.endpoint.name}\`` });
  if (peer.endpoint.network === 'host' || match.truth === 'no' || term.netsSeePods === 'yes') return match;
  if (term.netsSeePods === 'no') return NO;
  return maybe({ kind: 'fact', text: 'the fact `ipBlockMatchesPods`: whether an ipBlock matches pods by their address' }, ...match.unknowns);
}

/** Is every, some or no address of the range in the net? */
function overlap(range: AddressRange, net: string): Match {
  const other = parseCidr(net)!;
  if (range.family !== other.family || range.high < other.low || other.high < range.low) return NO;
  return other.low <= range.low && range.high <= other.high ? YES : maybe({ kind: 'address', text: 'an address' });
}

/** The address family that a flow uses; undefined when no address of either end settles it. */
type Family = 4 | 6 | undefined;

/** The families that both ends have; an end that shares none with the other is judged by what addresses it has. */
function familiesOf({ source, destination }: Flow): readonly Family[] {
  const [a, b] = [source, destination].map((party) => {
    const ranges = party.kind === 'address' ? rangesOf([party.address]) : rangesOfEndpoint(party.endpoint, undefined);
    return new Set(ranges.map((range) => range.family));
  });
  const shared = ([4, 6] as const).filter((family) => a!.has(family) && b!.has(family));
  return shared.length > 0 ? shared : [undefined];
}

function rangesOfEndpoint(endpoint: Endpoint, family: Family): readonly AddressRange[] {
  const ranges = rangesOf(endpoint.addresses.length > 0 ? endpoint.addresses : endpoint.addressRanges);
  return ranges.filter((range) => family === undefined || range.family === family);
}

function rangesOf(texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => {
    const address = parseAddress(text);
    return address ? { family: address.family, low: address.value, high: address.value } : parseCidr(text)!;
  });
}

function both(egress: Verdict, ingress: Verdict): Verdict {
  if (egress === 'denied' || ingress === 'denied') return 'denied';
  return egress === 'allowed' && ingress === 'allowed' ? 'allowed' : 'indeterminate';
}

function certaintyOf(match: Match): 'yes' | 'maybe' {
  return match.truth === 'yes' ? 'yes' : 'maybe';
}

function unknownsOf(trace: readonly PolicyHit[]): readonly Unknown[] {
  const unknowns = trace.flatMap((step) => step.unknowns);
  return unknowns.filter((unknown, index) => unknowns.findIndex((other) => other.text === unknown.text) === index);
}
