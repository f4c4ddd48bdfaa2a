import {
  type Analysis,
  alikeGroups,
  type Catalogue,
  catalogueOf,
  connectivity,
  explain,
  type FlowEnd,
  type IndexedFlow,
  verdictOf,
} from '../engine/index';
import type { Unknown } from '../model/match';
import type { Explanation, Packet, Verdict } from '../model/verdict';
import { formatRange, rangesHave } from '../util/address-set';
import { formatAddress, parseCidr } from '../util/ip';
import type { AnswerPath } from './answer-path';
import { askThroughDoors, unopenedNotes } from './ask-doors';
import { askService, serviceNamed } from './ask-service';
import { ApiError } from './errors';
import { formatPacket, type PacketQuestion, packetNotes, readPacket } from './packet';
import { internetFor, type Peer, resolvePeer } from './peers';
import { formatPorts } from './ports';
import { addressSegments } from './segments';
import { type FlowNames, type TraceStep, traceStep } from './trace-step';

/** May `from` open a connection to `to`? Peers are named as `peers.ts` says. */
export interface Question extends PacketQuestion {
  readonly from: string;
  readonly to: string;
}

/** Some of the flows that a question stands for, all with one verdict. */
export interface AnswerPart {
  readonly verdict: Verdict;
  /** Flows between two endpoints, or between an endpoint and an address range. */
  readonly flows: number;
  /** What tells these flows from the others: pods, or address ranges; at most the first few. */
  readonly examples: readonly string[];
}

/** One verdict with its reasons. */
export interface Answer {
  /** The peers as resolved. */
  readonly from: string;
  readonly to: string;
  readonly protocol: Packet['protocol'];
  readonly port?: number;
  readonly verdict: Verdict;
  /** Verdict of each direction alone, of the flow that `trace` tells about. */
  readonly egress: Verdict;
  readonly ingress: Verdict;
  /** The steps to the verdict: of the one flow, or of the first one among those with the worst verdict. */
  readonly trace: readonly TraceStep[];
  /** What would settle an `indeterminate`. */
  readonly dependsOn: readonly Unknown[];
  /** What the verdict rests on and nobody told. */
  readonly assumptions: readonly string[];
  /** The steps that deny, one a direction; empty unless denied. */
  readonly blockers: readonly TraceStep[];
  /** What would let it through, in words; empty unless denied. */
  readonly remedies: readonly string[];
  readonly notes: readonly string[];
  /** More than one when the flows that the peers stand for have different verdicts. */
  readonly parts: readonly AnswerPart[];
  /** The way through a door that shows the verdict; only of a question about a way into the cluster, and when some door leads there. */
  readonly path?: AnswerPath;
}

/**
 * Answers one question. A peer that stands for several endpoints or addresses gets the verdict that all of them share, else `indeterminate`.
 * @throws ApiError `INVALID_REQUEST` for a peer, protocol or port that cannot be understood
 */
export function ask(analysis: Analysis, question: Question): Answer {
  const packet = readPacket(question);
  const from = resolvePeer(analysis, question.from, { path: 'from' });
  const service = serviceNamed(analysis, question.to);
  if (service) {
    const answer = askService(analysis, service, packet, (to, inside) => answerBetween(analysis, question, { from, to, packet: inside }));
    return { ...answer, from: from.id };
  }
  return answerBetween(analysis, question, { from, to: resolvePeer(analysis, question.to, { path: 'to' }), packet });
}

interface Between {
  readonly from: Peer;
  readonly to: Peer;
  readonly packet: Packet;
}

function answerBetween(analysis: Analysis, question: Question, { from, to, packet }: Between): Answer {
  if (from.kind !== 'endpoints' && to.kind !== 'endpoints') {
    throw new ApiError('INVALID_REQUEST', 'neither end is an endpoint of the cluster, so nothing here decides about it', [
      { path: 'to', message: 'no endpoint' },
    ]);
  }
  if (from.kind === 'internet' && to.kind === 'endpoints') {
    const clientsOf = (endpoint: number) => internetFor(analysis, endpoint);
    const { notes, ...answer } = askThroughDoors(analysis, { from: from.id, to: to.id, endpoints: to.endpoints, packet, clientsOf });
    return { from: from.id, to: to.id, ...packet, ...answer, notes: [...to.notes, ...packetNotes(question), ...notes] };
  }
  const tally = judge(analysis, flowsBetween(analysis, packet, from, to), packet);
  const example = tally.find(({ verdict }) => verdict === 'denied') ?? tally.find(({ verdict }) => verdict === 'indeterminate') ?? tally[0];
  if (!example) throw new ApiError('INVALID_REQUEST', 'the question stands for no flow at all', [{ path: 'to', message: 'no flow' }]);
  const catalogue = catalogueOf(analysis);
  const { flow, names } = example;
  const uniform = tally.length === 1;
  const explanation = explain(analysis, { ...flow, packet });
  const trace = explanation.trace.map((hit) => traceStep(hit, names));
  const verdict: Verdict = uniform ? example.verdict : 'indeterminate';
  const blockers = verdict === 'denied' ? blockersOf(trace, explanation) : [];
  const outsiders = outsiderNotes(catalogue, flow);
  return {
    from: from.id,
    to: to.id,
    ...packet,
    verdict,
    egress: explanation.egress,
    ingress: explanation.ingress,
    trace,
    dependsOn: uniform ? explanation.dependsOn : [differenceOf(tally, from, to)],
    assumptions: assumptionsOf(catalogue, flow, verdict),
    blockers,
    remedies: blockers.map((blocker) => remedyOf(blocker, { from: rangeName(from) ?? names.from, to: rangeName(to) ?? names.to }, packet)),
    notes: [
      ...from.notes,
      ...to.notes,
      ...packetNotes(question),
      ...outsiders,
      // An address in the cluster's own ranges comes by no door.
      ...(from.kind === 'addresses' && to.kind === 'endpoints' && outsiders.length === 0
        ? unopenedNotes(analysis, to.endpoints, to.id, packet)
        : []),
      ...(verdict === 'denied' ? allowedInstead(analysis, flow, names, packet) : []),
    ],
    parts: tally.map(({ verdict, flows, examples }) => ({ verdict, flows, examples })),
  };
}

/** A remedy is about all addresses that were asked for, not about the one that the trace tells of. */
function rangeName({ kind, id }: Peer): string | undefined {
  return kind === 'endpoints' ? undefined : id;
}

/** Flows that a question stands for and that no verdict tells apart: one of them, with the names of its ends. */
interface QuestionFlow {
  readonly flow: Omit<IndexedFlow, 'packet'>;
  readonly names: FlowNames;
  /** How many there are, itself included. */
  readonly flows: number;
  /** What tells each of them from the question's other flows. */
  readonly labels: Iterable<string>;
}

/** All flows that the question stands for. Workloads of thousands of pods have millions, but few that differ. */
function* flowsBetween(analysis: Analysis, packet: Packet, from: Peer, to: Peer): Generator<QuestionFlow> {
  if (from.kind === 'endpoints' && to.kind === 'endpoints') yield* flowsBetweenEndpoints(analysis, from, to);
  else if (from.kind === 'endpoints') yield* flowsWithAddresses(analysis, packet, from, to, 'egress');
  else if (to.kind === 'endpoints') yield* flowsWithAddresses(analysis, packet, to, from, 'ingress');
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
      const names = { from: catalogue.endpoint(source).id, to: catalogue.endpoint(destination).id };
      const labels = mapped(pairsOf(group, others, counts), ([a, b]) => labelOf(catalogue.endpoint(a).id, catalogue.endpoint(b).id));
      yield { flow: { source, destination }, names, flows, labels };
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
  outside: Peer,
  direction: 'egress' | 'ingress',
): Generator<QuestionFlow> {
  const catalogue = catalogueOf(analysis);
  const several = inside.endpoints.length > 1;
  const flowsOf = (group: readonly number[], other: FlowEnd, name: string, label: string): QuestionFlow => {
    const endpoint = group[0]!;
    const { id } = catalogue.endpoint(endpoint);
    const isOut = direction === 'egress';
    return {
      flow: isOut ? { source: endpoint, destination: other } : { source: other, destination: endpoint },
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
    const ranges = outside.kind === 'addresses' ? outside.ranges : internetFor(analysis, endpoint);
    for (const segment of addressSegments(analysis, { endpoint, direction, packet, ranges, owners })) {
      const address = formatAddress({ family: segment.family, value: segment.low });
      // Addresses of one verdict may have it from different rules; the trace is true of this one.
      const name = segment.low === segment.high ? address : `${outside.id} (for example ${address})`;
      yield flowsOf(group, address, name, formatRange(segment));
    }
    for (const owner of owners) {
      const { id } = catalogue.endpoint(owner.endpoint);
      const others = group.filter((member) => member !== owner.endpoint);
      if (others.length > 0) yield flowsOf(others, owner.endpoint, id, `${formatAddress(owner.address)} (${id})`);
    }
  }
}

const MOST_EXAMPLES = 5;

interface Tally extends Omit<QuestionFlow, 'labels'> {
  readonly verdict: Verdict;
  flows: number;
  readonly examples: string[];
}

/** Flows by verdict, with the first one of each as its example. */
function judge(analysis: Analysis, flows: Iterable<QuestionFlow>, packet: Packet): readonly Tally[] {
  const tallies = new Map<Verdict, Tally>();
  for (const candidate of flows) {
    const verdict = verdictOf(analysis, { ...candidate.flow, packet });
    let tally = tallies.get(verdict);
    if (!tally) {
      const { flow, names } = candidate;
      tally = { flow, names, verdict, flows: 0, examples: [] };
      tallies.set(verdict, tally);
    }
    tally.flows += candidate.flows;
    for (const label of candidate.labels) {
      if (tally.examples.length === MOST_EXAMPLES) break;
      tally.examples.push(label);
    }
  }
  return [...tallies.values()];
}

/** Names which flows have which verdict, as the thing that an indeterminate answer depends on. */
function differenceOf(tally: readonly Tally[], from: Peer, to: Peer): Unknown {
  const parts = tally.map(({ verdict, flows, examples }) => {
    const more = flows > examples.length ? ` and ${flows - examples.length} more` : '';
    return `${examples.map((example) => `\`${example}\``).join(', ')}${more} ${flows === 1 ? 'is' : 'are'} ${verdict}`;
  });
  const addresses = from.kind !== 'endpoints' || to.kind !== 'endpoints';
  return { kind: addresses ? 'address' : 'condition', text: `which ${addresses ? 'address' : 'pods'}: ${parts.join('; ')}` };
}

/** The deciding denial of each direction that is denied. What comes before it on that side, such as a host endpoint, may have allowed. */
function blockersOf(trace: readonly TraceStep[], sides: Pick<Explanation, 'egress' | 'ingress'>): readonly TraceStep[] {
  return (['egress', 'ingress'] as const)
    .filter((direction) => sides[direction] === 'denied')
    .flatMap((direction) => trace.filter((step) => step.direction === direction && step.action === 'Deny').slice(-1));
}

/** What would get past one blocker, in words. */
function remedyOf(blocker: TraceStep, { from, to }: FlowNames, packet: Packet): string {
  const { direction, host, trigger } = blocker;
  const [subject, peer] = direction === 'egress' ? [from, `to \`${to}\``] : [to, `from \`${from}\``];
  if (trigger === 'host-action') return `${direction}: let nodes accept what their own pods send to them (\`defaultEndpointToHostAction\`)`;
  if (trigger === 'rule')
    return `${direction}: change rule ${blocker.rule} of \`${blocker.policy}\`, or let an earlier rule allow ${formatPacket(packet)} ${peer}`;
  const home = blocker.isolatedBy?.[0];
  const such = home === undefined ? '' : ` such as \`${home}\``;
  if (!host) return `${direction}: a rule that allows ${formatPacket(packet)} ${peer}, in a policy that selects \`${subject}\`${such}`;
  const rules = host.way === 'in' ? 'ingress' : 'egress';
  if (trigger === 'reply')
    return `${direction}: an untracked ${rules} rule for the answer, in a policy that selects host endpoint \`${host.name}\``;
  const kind = host.hook === 'forward' ? ' that applies on forward and' : ' that';
  return `${direction}: an ${rules} rule that allows ${formatPacket(packet)}, in a policy${kind} selects host endpoint \`${host.name}\`${such}`;
}

/** What else may flow between the two: tells a wrong port from a wrong peer. */
function allowedInstead(
  analysis: Analysis,
  { source, destination }: Omit<IndexedFlow, 'packet'>,
  { from, to }: FlowNames,
  packet: Packet,
): readonly string[] {
  if (typeof source === 'string' || typeof destination === 'string' || packet.port === undefined) return [];
  const options = {
    by: 'endpoint',
    from: [{ kind: 'endpoint', index: source }],
    to: [{ kind: 'endpoint', index: destination }],
    external: false,
  } as const;
  const [row] = connectivity(analysis, options);
  const allowed = row ? formatPorts(row.allowed) : '';
  return [
    allowed === '' ? `nothing is allowed from \`${from}\` to \`${to}\`` : `from \`${from}\` to \`${to}\` only this is allowed: ${allowed}`,
  ];
}

/** An address in the cluster's own ranges that nobody is known to have. */
function outsiderNotes({ facts }: Catalogue, { source, destination }: Omit<IndexedFlow, 'packet'>): readonly string[] {
  const own = (
    [
      ['pod', facts.podRanges],
      ['node', facts.nodeRanges],
      ['service', facts.serviceRanges],
    ] as const
  ).map(([kind, ranges]) => [kind, ranges.map((range) => parseCidr(range)!)] as const);
  return [source, destination].flatMap((end) => {
    if (typeof end === 'number') return [];
    const kind = own.find(([, ranges]) => rangesHave(ranges, end))?.[0];
    if (kind === 'service')
      return [`\`${end}\` is in the service ranges: policy is judged after a Service's address became that of a pod, so ask for the pod`];
    return kind === undefined
      ? []
      : [`\`${end}\` is in the ${kind} ranges, but no known endpoint has it: it is judged as an address outside the cluster`];
  });
}

/** What the verdict rests on without anybody having said it; a fact that makes it indeterminate is among what it depends on instead. */
function assumptionsOf(catalogue: Catalogue, { source, destination }: Omit<IndexedFlow, 'packet'>, verdict: Verdict): readonly string[] {
  const { mode, facts, origins } = catalogue;
  const ends = [source, destination].flatMap((end) => (typeof end === 'number' ? [catalogue.endpoint(end)] : []));
  return [
    ...(verdict !== 'allowed' && origins.cni === 'assumed' ? ['the network plugin enforces these policies (fact `cni`)'] : []),
    ...(origins.hostNetworkPods === 'assumed' &&
    facts.hostNetworkPods === 'host' &&
    ends.some(({ kind, network }) => kind !== 'node' && network === 'host')
      ? ['policies do not apply to hostNetwork pods (fact `hostNetworkPods`)']
      : []),
    ...(mode === 'bundle' ? ['the input holds every policy of the cluster, and pods are as their templates say'] : []),
  ];
}
