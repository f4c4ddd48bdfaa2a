import {
  type Analysis,
  type Catalogue,
  catalogueOf,
  connectivity,
  explain,
  type UnownedHostAddress,
  unownedHostAddresses,
  verdictOf,
} from '../engine/index';
import type { Unknown } from '../model/match';
import { formatPorts } from '../model/port-sets';
import type { FlowNames } from '../model/trace-text';
import type { Packet, Verdict } from '../model/verdict';
import { rangesHave } from '../util/address-set';
import { formatAddress, parseAddress, parseCidr } from '../util/ip';
import type { AnswerPath } from './answer-path';
import { assumptionsOf } from './ask-assumptions';
import { askThroughDoors, directNotes } from './ask-doors';
import { askHosts } from './ask-hosts';
import { askDialled, doorsDialledBy } from './ask-one-door';
import { blockersOf, remedyOf } from './ask-remedies';
import { askService, type NamedService, serviceNamed } from './ask-service';
import { ApiError } from './errors';
import { familyNotes } from './family-notes';
import { type PacketQuestion, packetNotes, readPacket } from './packet';
import { internetFor, type Peer, rangesFor, resolvePeer } from './peers';
import { type Ends, flowsBetween, type QuestionFlow } from './question-flows';
import { type TraceStep, traceStep } from './trace-step';
import { type ToldWitness, toldWitness } from './witness-text';

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
  /** Of protocol `other`. */
  readonly number?: number;
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
  /** The pod that gets through, or that may; only of a question about a pod that nobody has deployed, and absent where none can. */
  readonly witness?: ToldWitness;
}

/**
 * Answers one question. A peer that stands for several endpoints or addresses gets the verdict that all of them share, else `indeterminate`.
 * @throws ApiError `INVALID_REQUEST` for a peer, protocol or port that cannot be understood
 */
export function ask(analysis: Analysis, question: Question): Answer {
  const from = resolvePeer(analysis, question.from, { path: 'from' });
  const named = parseAddress(question.to.trim());
  if (named) {
    const packet = readPacket(question);
    const isByAddress = from.kind === 'internet' || from.kind === 'addresses';
    // What the nodes make of clients inside is asked below, unless the load balancer tells clients apart.
    const dialled = doorsDialledBy(analysis, question.to, packet).filter(({ door }) => isByAddress || door.sourceRanges);
    const answer = askDialled(analysis, { from, to: question.to.trim(), packet, dialled, address: formatAddress(named) });
    if (answer) return { ...answer, notes: [...clientNotes(analysis, from), ...packetNotes(question), ...answer.notes] };
  }
  const service = serviceNamed(analysis, question.to);
  if (service && isMeant(analysis, question, service)) {
    const packet = readPacket(question);
    const answer = askService(analysis, service, { from, packet }, (to, inside) => {
      const between = { from, to, packet: inside };
      // Nobody outside can dial the Service itself: what leads to its pods from there are doors.
      return throughDoors(analysis, question, between) ?? answerBetween(analysis, question, between);
    });
    return { ...answer, from: from.id, notes: [...(isOutside(from) ? [FROM_OUTSIDE] : []), ...answer.notes] };
  }
  const to = resolvePeer(analysis, question.to, { path: 'to' });
  // A peer that is known by what listens at it needs no port to be told.
  const usual = to.kind === 'addresses' ? to.port : undefined;
  const packet = readPacket(question, usual);
  const answerTo = (other: Peer, seen: Packet) => answerBetween(analysis, question, { from, to: other, packet: seen });
  const notes = () => [...clientNotes(analysis, from), ...to.notes, ...packetNotes(question), ...familyNotes(analysis, from, to)];
  return askHosts(analysis, { from, to, packet, notes }, answerTo) ?? answerTo(to, packet);
}

const FROM_OUTSIDE =
  'a Service and its cluster address are known inside the cluster alone: from outside this is about the doors that lead to its pods';

/** Addresses that nobody in the cluster has. */
function isOutside(peer: Peer): peer is Extract<Peer, { readonly kind: 'internet' | 'addresses' }> {
  return peer.kind === 'internet' || (peer.kind === 'addresses' && peer.owners.length === 0);
}

function clientNotes(analysis: Analysis, { kind, id, notes }: Peer): readonly string[] {
  const isAddress = kind === 'addresses' && parseAddress(id) !== undefined;
  return [...notes, ...(isAddress ? outsiderNotes(catalogueOf(analysis), { source: id, destination: undefined }) : [])];
}

/** A load balancer may have the addresses of nodes: then other ports than its own are theirs. */
function isMeant(analysis: Analysis, question: Question, { doors }: NamedService): boolean {
  if (!parseAddress(question.to.trim())) return true;
  const { protocol, port } = readPacket(question);
  if (doors.some((door) => door.protocol === protocol && (door.port === port || door.port === 'any'))) return true;
  return resolvePeer(analysis, question.to, { path: 'to' }).kind !== 'endpoints';
}

/** The whole way from outside; undefined for other questions. Doors are for protocols with ports, and for pings: of the others policy alone is asked. */
function throughDoors(analysis: Analysis, question: Question, { from, to, packet }: Between): Answer | undefined {
  if (to.kind !== 'endpoints' || packet.protocol === 'other' || !isOutside(from)) return undefined;
  const clientsOf = (endpoint: number) =>
    from.kind === 'internet' ? internetFor(analysis, endpoint, to.at) : rangesFor(analysis, endpoint, from.ranges, to.at);
  const { notes, ...answer } = askThroughDoors(analysis, { from: from.id, to: to.id, endpoints: to.endpoints, packet, clientsOf });
  return { from: from.id, to: to.id, ...shown(packet), ...answer, notes: [...to.notes, ...packetNotes(question), ...notes] };
}

interface Between {
  readonly from: Peer;
  readonly to: Peer;
  readonly packet: Packet;
}

function answerBetween(analysis: Analysis, question: Question, { from, to, packet }: Between): Answer {
  if (![from, to].some(({ kind }) => kind === 'endpoints' || kind === 'hypothetical')) {
    throw new ApiError('INVALID_REQUEST', 'neither end is an endpoint of the cluster, so nothing here decides about it', [
      { path: 'to', message: 'no endpoint' },
    ]);
  }
  const byDoor = from.kind === 'internet' ? throughDoors(analysis, question, { from, to, packet }) : undefined;
  if (byDoor) return byDoor;
  const tally = judge(analysis, flowsBetween(analysis, packet, from, to), packet);
  const example = tally.find(({ verdict }) => verdict === 'denied') ?? tally.find(({ verdict }) => verdict === 'indeterminate') ?? tally[0];
  if (!example) throw new ApiError('INVALID_REQUEST', 'the question stands for no flow at all', [{ path: 'to', message: 'no flow' }]);
  const catalogue = catalogueOf(analysis);
  const { flow, names } = example;
  const uniform = tally.length === 1;
  const { source, destination } = flow;
  const known = source === undefined || destination === undefined ? undefined : { source, destination, packet };
  const explanation = example.judged?.explanation ?? explain(analysis, known!);
  const trace = explanation.trace.map((hit) => traceStep(hit, names));
  const byPolicy: Verdict = uniform ? example.verdict : 'indeterminate';
  // The internet needs a door, and nobody has deployed one either, or looked for one.
  const isDoorless = from.kind === 'internet' && byPolicy !== 'denied';
  const unseen = byPolicy === 'denied' ? [] : hostAddressesIn(analysis, to);
  const verdict = isDoorless || unseen.length > 0 ? 'indeterminate' : byPolicy;
  const blockers = verdict === 'denied' ? blockersOf(trace, explanation) : [];
  const outsiders = outsiderNotes(catalogue, flow);
  return {
    from: from.id,
    to: to.id,
    ...shown(packet),
    verdict,
    egress: explanation.egress,
    ingress: explanation.ingress,
    trace,
    dependsOn: [
      ...(isDoorless ? [doorFor(to.id)] : []),
      ...unseen.map(whatHostSays),
      ...(uniform ? (example.judged?.dependsOn ?? explanation.dependsOn) : [differenceOf(tally, from, to)]),
    ],
    assumptions: assumptionsOf(analysis, { flow, known, explanation, verdict, to }),
    blockers,
    remedies: blockers.map((blocker) => remedyOf(blocker, { from: ownName(from) ?? names.from, to: ownName(to) ?? names.to }, packet)),
    notes: [
      ...from.notes,
      ...to.notes,
      ...packetNotes(question),
      ...familyNotes(analysis, from, to),
      ...outsiders,
      // An address in the cluster's own ranges comes by no door.
      ...(from.kind === 'addresses' && to.kind === 'endpoints' && outsiders.length === 0
        ? directNotes(analysis, { endpoints: to.endpoints, to: to.id, packet, clients: from.ranges })
        : []),
      ...(verdict === 'denied' ? allowedInstead(analysis, flow, names, packet) : []),
    ],
    parts: tally.map(({ verdict, flows, examples }) => ({ verdict, flows, examples })),
    ...(example.judged?.witness && { witness: toldWitness(example.judged.witness) }),
  };
}

/** Addresses among those asked for that only host endpoints have, so that no endpoint stands for them. */
function hostAddressesIn(analysis: Analysis, peer: Peer): readonly UnownedHostAddress[] {
  return peer.kind === 'addresses' ? unownedHostAddresses(analysis).filter(({ address }) => rangesHave(peer.ranges, address)) : [];
}

function whatHostSays({ address, host, node }: UnownedHostAddress): Unknown {
  return {
    kind: 'interface',
    text: `what host endpoint \`${host}\` says: it has \`${address}\`, which node \`${node}\` is not known to have, so that nobody stands for the address`,
  };
}

/** A remedy is about the addresses that were asked for: all of a range, not the one that the trace tells of, and one alone of an endpoint that has several. */
function ownName(peer: Peer): string | undefined {
  if (peer.kind === 'endpoints') return typeof peer.at === 'string' ? peer.id : undefined;
  return peer.kind === 'hypothetical' ? undefined : peer.id;
}

/** What an answer shows of the packet. */
function shown({ protocol, port, number }: Packet): Pick<Answer, 'protocol' | 'port' | 'number'> {
  return { protocol, ...(port !== undefined && { port }), ...(number !== undefined && { number }) };
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
    const { source, destination } = candidate.flow;
    const verdict = candidate.judged?.verdict ?? verdictOf(analysis, { source: source!, destination: destination!, packet });
    let tally = tallies.get(verdict);
    if (!tally) {
      const { flow, names, judged } = candidate;
      tally = { flow, names, verdict, flows: 0, examples: [], ...(judged && { judged }) };
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
  const addresses = [from, to].some(({ kind }) => kind === 'addresses' || kind === 'internet');
  return { kind: addresses ? 'address' : 'condition', text: `which ${addresses ? 'address' : 'pods'}: ${parts.join('; ')}` };
}

function doorFor(id: string): Unknown {
  return {
    kind: 'door',
    text: `whether a load balancer, node port or other door leads to \`${id}\`, which policy would let the internet reach`,
  };
}

/** What else may flow between the two: tells a wrong port from a wrong peer. */
function allowedInstead(analysis: Analysis, { source, destination }: Ends, { from, to }: FlowNames, packet: Packet): readonly string[] {
  if (typeof source !== 'number' || typeof destination !== 'number' || packet.port === undefined) return [];
  const options = {
    by: 'endpoint',
    from: [{ kind: 'endpoint', index: source }],
    to: [{ kind: 'endpoint', index: destination }],
    external: false,
  } as const;
  const [row] = connectivity(analysis, options);
  const [allowed, possible] = row ? [formatPorts(row.allowed), formatPorts(row.conditional)] : ['', ''];
  const perhaps = possible === '' ? '' : `; perhaps ${possible}`;
  return [
    allowed === ''
      ? `nothing is allowed${perhaps && ' for certain'} from \`${from}\` to \`${to}\`${perhaps}`
      : `from \`${from}\` to \`${to}\` only this is allowed: ${allowed}${perhaps}`,
  ];
}

/** An address in the cluster's own ranges that nobody is known to have. */
function outsiderNotes({ facts }: Catalogue, { source, destination }: Ends): readonly string[] {
  const own = (
    [
      ['pod', facts.podRanges],
      ['node', facts.nodeRanges],
      ['service', facts.serviceRanges],
    ] as const
  ).map(([kind, ranges]) => [kind, ranges.map((range) => parseCidr(range)!)] as const);
  return [source, destination].flatMap((end) => {
    if (typeof end !== 'string') return [];
    const kind = own.find(([, ranges]) => rangesHave(ranges, end))?.[0];
    if (kind === 'service')
      return [`\`${end}\` is in the service ranges: policy is judged after a Service's address became that of a pod, so ask for the pod`];
    return kind === undefined
      ? []
      : [`\`${end}\` is in the ${kind} ranges, but no known endpoint has it: it is judged as an address outside the cluster`];
  });
}
