import { whereabouts } from '../model/endpoint';
import { allOf, anyOf, isTrue, type Match, maybe, NO, not, YES } from '../model/match';
import type { Direction, PacketExpression, PacketTerm, PeerExpression, PeerTerm, Policy, PortRange, Protocol, Rule } from '../model/policy';
import { matchSelector, type Selector } from '../model/selector';
import type { Flow, Packet, Party } from '../model/verdict';
import { type AddressRange, parseAddress, parseCidr } from '../util/ip';

/*
 * The definition: what a policy selects and what a rule matches.
 * The peer of a rule is the other end of the flow; named ports are always the destination's.
 */

/** Does the policy apply to this end? Never to a bare address. */
export function matchSubject(policy: Policy, subject: Party): Match {
  return matchParty(policy.appliesTo, subject);
}

/** Do the rule's packets, peer and condition all match the flow, seen from its subject? */
export function matchRule(rule: Rule, flow: Flow, direction: Direction, family: Family): Match {
  const packets = matchPackets(rule.packets, flow);
  // Most rules are about other packets, and peers take longer to tell.
  if (packets.truth === 'no') return NO;
  const [from, to] = [flow.source, flow.destination];
  const [subject, peer] = direction === 'egress' ? [from, to] : [to, from];
  const condition = rule.condition ? maybe(rule.condition) : YES;
  return allOf([packets, matchPeer(rule.subject ?? 'any', subject, family), matchPeer(rule.peer, peer, family), condition]);
}

/** Is the flow's packet one of these? */
export function matchPackets(packets: PacketExpression, flow: Flow): Match {
  return packets === 'any' ? YES : anyOf(packets.map((term) => matchPacketTerm(term, flow)));
}

function matchPacketTerm(term: PacketTerm, { source, destination, packet }: Flow): Match {
  const { protocol, port, sourcePort, icmp, number } = packet;
  if (term.protocol !== protocol) return NO;
  const parts: Match[] = [];
  if (term.ports || term.portNames) parts.push(isTrue(hasPort(portsOf(destination, protocol, term.ports, term.portNames), port)));
  if (term.notPorts || term.notPortNames)
    parts.push(isTrue(!hasPort(portsOf(destination, protocol, term.notPorts, term.notPortNames), port)));
  if (term.sourcePorts || term.sourcePortNames) {
    const ports = portsOf(source, protocol, term.sourcePorts, term.sourcePortNames);
    parts.push(ports.length === 0 ? NO : told('the source port', sourcePort, (value) => hasPort(ports, value)));
  }
  if (term.notSourcePorts || term.notSourcePortNames) {
    const ports = portsOf(source, protocol, term.notSourcePorts, term.notSourcePortNames);
    parts.push(ports.length === 0 ? YES : told('the source port', sourcePort, (value) => !hasPort(ports, value)));
  }
  if (term.icmp) {
    const isListed = (value: NonNullable<Packet['icmp']>) =>
      term.icmp!.some(({ types, codes }) => within(value.type, types) && within(value.code, codes));
    parts.push(told('the ICMP type and code', icmp, isListed));
  }
  if (term.numbers) parts.push(told('the protocol number', number, (value) => term.numbers!.some((range) => within(value, range))));
  return allOf(parts);
}

/** Port ranges and port names as ranges: what the names mean at this end. An external address has no port names. */
function portsOf(end: Party, protocol: Protocol, ranges: readonly PortRange[] = [], names?: readonly string[]): readonly PortRange[] {
  if (!names || end.kind === 'address') return ranges;
  const named = end.endpoint.ports.filter((own) => own.protocol === protocol && names.includes(own.name));
  return [...ranges, ...named.map((own) => [own.port, own.port] as const)];
}

function hasPort(ranges: readonly PortRange[], port: number | undefined): boolean {
  return port !== undefined && ranges.some((range) => within(port, range));
}

/** Is the value in the inclusive range? */
export function within(value: number, range: readonly [low: number, high: number]): boolean {
  return range[0] <= value && value <= range[1];
}

/** Does the test hold of what the packet tells? Open where it does not tell. */
function told<T>(what: string, value: T | undefined, holds: (value: T) => boolean): Match {
  return value === undefined ? maybe({ kind: 'condition', text: `${what}, which the question leaves open` }) : isTrue(holds(value));
}

/** Is the end one of these? */
export function matchPeer(expression: PeerExpression, peer: Party, family: Family): Match {
  return expression === 'any' ? YES : anyOf(expression.map((term) => matchTerm(term, peer, family)));
}

function matchTerm(term: PeerTerm, peer: Party, family: Family): Match {
  const parts: Match[] = [];
  if (term.selector) parts.push(matchParty(term.selector, peer));
  if (term.notSelector) parts.push(not(matchParty(term.notSelector, peer)));
  if (term.nets || term.notNets) parts.push(matchNets(term, peer, family));
  return allOf(parts);
}

function matchParty(selector: Selector, party: Party): Match {
  if (party.kind === 'address') return NO;
  const { endpoint, namespace } = party;
  const { labels, network, profiles, serviceAccount, serviceAccountLabels } = endpoint;
  return matchSelector(selector, { labels, network, namespace, profiles, serviceAccount, serviceAccountLabels });
}

/** Is the peer's address in the nets and outside the notNets? An endpoint of several addresses that differ in this is a `maybe`. */
function matchNets(term: PeerTerm, peer: Party, family: Family): Match {
  const { nets, notNets } = rangesIn(term);
  const truths = rangesOf(peer, family).map((range) => allOf([nets ? inOneOf(range, nets) : YES, not(inOneOf(range, notNets))]).truth);
  if (truths.every((truth) => truth === 'no')) return NO;
  const certain = truths.every((truth) => truth === 'yes');
  if (peer.kind === 'address') return isTrue(certain);
  const match = certain ? YES : maybe({ kind: 'address', text: `the address of \`${peer.endpoint.name}\`` });
  if (peer.endpoint.network === 'host' || term.netsSeePods === 'yes') return match;
  if (term.netsSeePods === 'no') return NO;
  return maybe(
    { kind: 'fact', text: 'the fact `ipBlockMatchesPods`: whether an ipBlock matches pods by their address' },
    ...match.unknowns,
  );
}

/** Is the end's address in the net, whatever kind of end it is? */
export function matchNet(net: string, end: Party, family: Family): Match {
  return matchNets({ nets: [net], netsSeePods: 'yes' }, end, family);
}

interface NetRanges {
  readonly nets: readonly AddressRange[] | undefined;
  readonly notNets: readonly AddressRange[];
}

/** Terms outlive questions, and most of the time of a question about addresses went into reading their nets again. */
const READ = new WeakMap<PeerTerm, NetRanges>();

function rangesIn(term: PeerTerm): NetRanges {
  let ranges = READ.get(term);
  if (!ranges) {
    const read = (net: string) => parseCidr(net)!;
    ranges = { nets: term.nets?.map(read), notNets: term.notNets?.map(read) ?? [] };
    READ.set(term, ranges);
  }
  return ranges;
}

/** Is every, some or no address of the range in the net? */
export function rangeInNet(range: AddressRange, net: string): Match {
  return rangeInRange(range, parseCidr(net)!);
}

/** A range that lies in several together, and in none of them alone, is open. */
function inOneOf(range: AddressRange, others: readonly AddressRange[]): Match {
  return others.length === 0 ? NO : anyOf(others.map((other) => rangeInRange(range, other)));
}

const SOME_ADDRESS = maybe({ kind: 'address', text: 'an address' });

/** Is every, some or no address of the range in the other? */
export function rangeInRange(range: AddressRange, other: AddressRange): Match {
  if (range.family !== other.family || range.high < other.low || other.high < range.low) return NO;
  return other.low <= range.low && range.high <= other.high ? YES : SOME_ADDRESS;
}

/** The address family that a flow uses; undefined when the two ends have none in common. */
export type Family = 4 | 6 | undefined;

const FAMILIES = [4, 6] as const;

/**
 * The families that both ends have, of which ICMP uses the fourth and ICMPv6 the sixth version of IP where it has the choice. Ends that share none are
 * judged by what addresses they have.
 */
export function familiesOf({ source, destination, packet }: Flow): readonly Family[] {
  const [from, to] = [placesOf(source), placesOf(destination)];
  const shared = FAMILIES.filter((family) => from[family].length > 0 && to[family].length > 0);
  if (shared.length === 2 && packet.protocol === 'ICMP') return [4];
  if (shared.length === 2 && packet.protocol === 'ICMPv6') return [6];
  return shared.length > 0 ? shared : [undefined];
}

/** Where a party's addresses of one family (or all) lie: points, or the ranges that hold them when the input does not tell. */
export function rangesOf(party: Party, family: Family): readonly AddressRange[] {
  return placesOf(party)[family ?? 'all'];
}

type Places = Readonly<Record<'all' | 4 | 6, readonly AddressRange[]>>;

/** Likewise read once: endpoints of unknown address mostly share the list of ranges that hold it. */
const PLACES = new WeakMap<readonly string[], Places>();

function placesOf(party: Party): Places {
  if (party.kind === 'address') return readPlaces([party.address]);
  const texts = whereabouts(party.endpoint);
  let places = PLACES.get(texts);
  if (!places) {
    places = readPlaces(texts);
    PLACES.set(texts, places);
  }
  return places;
}

function readPlaces(texts: readonly string[]): Places {
  const all = texts.map(readRange);
  return { all, 4: all.filter(({ family }) => family === 4), 6: all.filter(({ family }) => family === 6) };
}

export function readRange(text: string): AddressRange {
  const address = parseAddress(text);
  return address ? { family: address.family, low: address.value, high: address.value } : parseCidr(text)!;
}
