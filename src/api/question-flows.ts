import { type Analysis, type AskedEnd, alikeGroups, catalogueOf, type HypotheticalAnswer } from '../engine/index';
import { familyOfChoice } from '../model/endpoint';
import type { FlowNames } from '../model/trace-text';
import type { Packet } from '../model/verdict';
import { formatRange } from '../util/address-set';
import { type AddressRange, formatAddress } from '../util/ip';
import { hypotheticalFlows } from './hypothetical-ask';
import { endOf, internetFor, ownerEnd, type Peer, rangesFor } from './peers';
import { addressSegments } from './segments';

/** Flows that a question stands for and that no verdict tells apart: one of them, with the names of its ends. */
export interface QuestionFlow {
  readonly flow: Ends;
  readonly names: FlowNames;
  /** How many there are, itself included. */
  readonly flows: number;
  /** What tells each of them from the question's other flows. */
  readonly labels: Iterable<string>;
  /** Of pods that nobody has deployed, which only a search can judge. */
  readonly judged?: HypotheticalAnswer;
}

/** The ends of a flow; undefined: a pod that nobody has deployed. */
export interface Ends {
  readonly source: AskedEnd | undefined;
  readonly destination: AskedEnd | undefined;
}

/** All flows that the question stands for. Workloads of thousands of pods have millions, but few that differ. */
export function* flowsBetween(analysis: Analysis, packet: Packet, from: Peer, to: Peer): Generator<QuestionFlow> {
  if (from.kind === 'hypothetical' || to.kind === 'hypothetical') yield* hypotheticalFlows(analysis, packet, from, to);
  else if (from.kind === 'endpoints' && to.kind === 'endpoints') yield* flowsBetweenEndpoints(analysis, from, to);
  else if (from.kind === 'endpoints' && to.kind !== 'endpoints') yield* flowsWithAddresses(analysis, packet, from, to, 'egress');
  else if (to.kind === 'endpoints' && from.kind !== 'endpoints') yield* flowsWithAddresses(analysis, packet, to, from, 'ingress');
}

type EndpointsPeer = Extract<Peer, { kind: 'endpoints' }>;

function* flowsBetweenEndpoints(analysis: Analysis, from: EndpointsPeer, to: EndpointsPeer): Generator<QuestionFlow> {
  const catalogue = catalogueOf(analysis);
  const networks = new Set([...from.endpoints, ...to.endpoints].map((endpoint) => catalogue.endpoint(endpoint).network));
  const [sources, destinations] = [from, to].map(({ endpoints }) => alikeGroups(analysis, endpoints, networks.size > 1));
  const labelOf = (source: string, destination: string) =>
    from.endpoints.length === 1 ? destination : to.endpoints.length === 1 ? source : `${source} → ${destination}`;
  const several = from.endpoints.length > 1 || to.endpoints.length > 1;
  // A pod always reaches itself; that says nothing about the others. Two pods of one template are different pods.
  const counts = (source: number, destination: number) =>
    !several || source !== destination || catalogue.endpoint(source).kind === 'template';
  for (const group of sources!) {
    const own = new Set(group);
    for (const others of destinations!) {
      const flows = group.length * others.length - others.filter((endpoint) => own.has(endpoint) && !counts(endpoint, endpoint)).length;
      if (flows === 0) continue;
      const [source, destination] = firstOf(pairsOf(group, others, counts));
      const [opens, isOpened] = [catalogue.endpoint(source), catalogue.endpoint(destination)];
      const names = { from: opens.id, to: isOpened.id };
      const labels = mapped(pairsOf(group, others, counts), ([a, b]) => labelOf(catalogue.endpoint(a).id, catalogue.endpoint(b).id));
      yield { flow: { source: endOf(opens, from.at), destination: endOf(isOpened, to.at) }, names, flows, labels };
    }
  }
}

type Pair = readonly [source: number, destination: number];

function* pairsOf(sources: readonly number[], destinations: readonly number[], counts: (...pair: Pair) => boolean): Generator<Pair> {
  for (const source of sources) for (const destination of destinations) if (counts(source, destination)) yield [source, destination];
}

function firstOf<T>(values: Iterable<T>): T {
  for (const value of values) return value;
  throw new Error('bug: no value');
}

function* mapped<T, R>(values: Iterable<T>, map: (value: T) => R): Generator<R> {
  for (const value of values) yield map(value);
}

/** Each endpoint with each part of the address ranges, and with each endpoint that owns one of the addresses. */
function* flowsWithAddresses(
  analysis: Analysis,
  packet: Packet,
  inside: EndpointsPeer,
  outside: Extract<Peer, { kind: 'addresses' | 'internet' }>,
  direction: 'egress' | 'ingress',
): Generator<QuestionFlow> {
  const catalogue = catalogueOf(analysis);
  const several = inside.endpoints.length > 1;
  const flowsOf = (group: readonly number[], own: AskedEnd, other: AskedEnd, name: string, label: string): QuestionFlow => {
    const { id } = catalogue.endpoint(group[0]!);
    const isOut = direction === 'egress';
    return {
      flow: isOut ? { source: own, destination: other } : { source: other, destination: own },
      names: isOut ? { from: id, to: name } : { from: name, to: id },
      flows: group.length,
      labels: mapped(group, (member) => {
        const own = catalogue.endpoint(member).id;
        return several ? (isOut ? `${own} → ${label}` : `${label} → ${own}`) : label;
      }),
    };
  };
  const owners = outside.kind === 'addresses' ? outside.owners : [];
  for (const group of alikeGroups(analysis, inside.endpoints, owners.length > 0)) {
    const endpoint = group[0]!;
    const own = catalogue.endpoint(endpoint);
    const whole = endOf(own, inside.at);
    const ranges = rangesMet(analysis, endpoint, inside, outside);
    // Addresses of a family of which the endpoint has one alone meet that one, whatever else it has.
    const end = (family: 4 | 6) => {
      const isOnly = own.addresses.filter((text) => familyOfChoice(text) === family).length === 1;
      return isOnly && inside.at !== undefined && familyOfChoice(inside.at) === family ? endpoint : whole;
    };
    for (const segment of addressSegments(analysis, { endpoint, end, direction, packet, ranges, owners })) {
      const address = formatAddress({ family: segment.family, value: segment.low });
      // Addresses of one verdict may have it from different rules; the trace is true of this one.
      const name = segment.low === segment.high ? address : `${outside.id} (for example ${address})`;
      yield flowsOf(group, end(segment.family), address, name, formatRange(segment));
    }
    for (const owner of owners) {
      const { id } = catalogue.endpoint(owner.endpoint);
      const others = group.filter((member) => member !== owner.endpoint);
      if (others.length === 0 || !ranges.some(({ family }) => family === owner.address.family)) continue;
      yield flowsOf(others, whole, ownerEnd(catalogue, owner), id, `${formatAddress(owner.address)} (${id})`);
    }
  }
}

/** Of what a name means, the addresses of families that the endpoint has. */
function rangesMet(
  analysis: Analysis,
  endpoint: number,
  { at }: EndpointsPeer,
  outside: Extract<Peer, { kind: 'addresses' | 'internet' }>,
): readonly AddressRange[] {
  if (outside.kind === 'internet') return internetFor(analysis, endpoint, at);
  return outside.isNamed ? rangesFor(analysis, endpoint, outside.ranges, at) : outside.ranges;
}
