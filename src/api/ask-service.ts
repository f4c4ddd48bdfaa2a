import { type Analysis, catalogueOf, doorsOf, staysOnNode } from '../engine/index';
import type { Door, DoorBackend, Tuple } from '../model/door';
import { familyOfChoice } from '../model/endpoint';
import type { Unknown } from '../model/match';
import { formatRef } from '../model/source';
import type { Packet, Verdict } from '../model/verdict';
import { agreedVerdict } from '../model/verdict';
import { parseRange } from '../util/address-set';
import { formatAddress, parseAddress } from '../util/ip';
import { type AnswerPath, type AnswerPathStep, formatTuple } from './answer-path';
import type { Answer } from './ask';
import { askDialled } from './ask-one-door';
import { refusal } from './errors';
import { portsText } from './exposed-door';
import { formatPacket } from './packet';
import type { Peer } from './peers';

/*
 * A Service as destination. The node of the client puts one of the pods behind it in the place of the Service before any policy looks, so that policy is
 * asked about the pods, by their own port. Which pod it is nobody chooses: all of them have to agree.
 */

/** A Service that a question names. */
export interface NamedService {
  /** `namespace/name[Service]`. */
  readonly id: string;
  /** Its doors inside the cluster, one a port. */
  readonly doors: readonly Door[];
  /** The address by which it was named, where that was one. */
  readonly address?: string;
  /** How it was named, where that was an address. */
  readonly notes: readonly string[];
}

/** The Service that is meant by `namespace/name[Service]` or by an address of its own; undefined for other peers. */
export function serviceNamed(analysis: Analysis, text: string): NamedService | undefined {
  const name = text.trim();
  const isNamed = /\[service\]$/i.test(name);
  if (!isNamed) return parseAddress(name) ? serviceAt(analysis, name) : undefined;
  const wanted = name.replace(/\[service\]$/i, '[Service]');
  const doors = doorsOf(analysis).filter(({ kind, object }) => kind === 'clusterIP' && formatRef(object) === wanted);
  if (doors.length === 0)
    throw refusal('to', `there is no \`${wanted}\` that leads to pods: it is not in the input, has no port, or is of type ExternalName`);
  return { id: wanted, doors, notes: [] };
}

/**
 * The Service whose cluster address, external address or load balancer has this address. Nodes know all of these, so that what their pods send there goes
 * straight to a pod (pkg/proxy/iptables/proxier.go); where a load balancer admits some clients alone, what it makes of pods is not asked here.
 */
function serviceAt(analysis: Analysis, name: string): NamedService | undefined {
  const address = formatAddress(parseAddress(name)!);
  const at = doorsOf(analysis).filter(({ kind, addresses }) => INSIDE.has(kind) && addresses.includes(address));
  const doors = at.filter(({ sourceRanges }) => sourceRanges === undefined);
  const [first] = doors;
  if (!first) return undefined;
  const id = formatRef(first.object);
  const what = first.kind === 'loadBalancer' ? ' that its load balancer has: nodes send what is for it straight to the pods' : '';
  return { id, doors, address, notes: [`\`${name}\` is the address of \`${id}\`${what}`] };
}

const INSIDE: ReadonlySet<Door['kind']> = new Set(['clusterIP', 'externalIP', 'loadBalancer']);

/** Answers a question whose destination is given, as the pods behind the Service are. */
export type AnswerTo = (to: Peer, packet: Packet) => Answer;

/** Who asks a Service for what. */
export interface ServiceQuestion {
  readonly from: Peer;
  readonly packet: Packet;
}

/**
 * @param answerTo answers about what is behind the Service
 * @throws ApiError `INVALID_REQUEST` for a port that the Service does not have
 */
export function askService(analysis: Analysis, service: NamedService, { from, packet }: ServiceQuestion, answerTo: AnswerTo): Answer {
  const { id, address, notes } = service;
  const door = doorFor(analysis, service, packet);
  const asked = door.addresses.length > 1 && address !== undefined ? `${address} (${id})` : id;
  if (staysOnNode(door) && from.kind === 'endpoints' && door.backends.length > 0) {
    // Which of the pods it may be differs from client to client.
    const answer = askDialled(analysis, { from, to: asked, packet, dialled: [{ door, certainty: 'yes' }], address })!;
    return { ...answer, notes: [...notes, ...from.notes, ...localNote(door)] };
  }
  const parts = peersBehind(analysis, service, door, packet).map(({ to, port }) => answerTo(to, { ...packet, port }));
  const worst = shownOf(parts);
  if (!worst) return unanswered(analysis, service, packet);
  // Of addresses inside nobody tells the node; of a pod yet to be created, that it may run on the right one is enough.
  const unplaced: readonly Unknown[] =
    staysOnNode(door) && from.kind === 'addresses' && !worst.path
      ? [{ kind: 'placement', text: `whether whoever has \`${from.id}\` runs on a node with a pod of \`${id}\`` }]
      : [];
  const isUnsure = unplaced.length > 0 || door.backends.every(({ certainty }) => certainty === 'maybe');
  const joined = agreedVerdict(parts.map(({ verdict }) => verdict));
  const verdict = isUnsure && joined === 'allowed' ? 'indeterminate' : joined;
  const inside =
    worst.port === packet.port
      ? ''
      : `, on ${formatPacket({ protocol: packet.protocol, ...(worst.port !== undefined && { port: worst.port }) })}`;
  return {
    ...worst,
    to: asked,
    ...packet,
    verdict,
    dependsOn: [
      ...worst.dependsOn,
      ...(verdict === 'indeterminate' && isUnsure ? [...unplaced, ...door.backends.flatMap(({ unknowns }) => unknowns)] : []),
    ],
    notes: [...notes, `policy sees the pods behind \`${id}\`${inside}, and not the Service`, ...localNote(door), ...worst.notes],
    parts: parts.length > 1 ? parts.flatMap((part) => part.parts) : worst.parts,
    ...(worst.path || worst.trace.length > 0 ? { path: worst.path ?? pathTo(door, worst, verdict) } : {}),
  };
}

/** What the question's port is a port of. */
function doorFor(analysis: Analysis, { id, doors }: NamedService, { protocol, port }: Packet): Door {
  const found = doors.find((door) => door.protocol === protocol && (door.port === port || door.port === 'any'));
  if (found) return found;
  const ports = doors.map((door) => portsText(door.protocol, door.port, door.port)).join(', ');
  const isAtNodes = doorsOf(analysis).some(
    (door) => door.kind === 'nodePort' && formatRef(door.object) === id && door.protocol === protocol && door.port === port,
  );
  const atNodes = isAtNodes ? `; ${port} is its node port, to be asked at a node` : '';
  throw refusal('port', `\`${id}\` has no port ${port === undefined ? protocol : `${protocol} ${port}`}; it has ${ports}${atNodes}`);
}

interface Behind {
  readonly to: Peer;
  readonly port: number;
}

/** What is behind a port, by the port that it ends at: pods, and addresses outside the cluster. */
function peersBehind(analysis: Analysis, { id, address }: NamedService, { backends }: Door, { port: asked }: Packet): readonly Behind[] {
  const catalogue = catalogueOf(analysis);
  // Services translate within a family, so that what is dialled tells by which addresses the pods are met.
  const at = address !== undefined && { at: familyOfChoice(address) };
  const byPort = new Map<number, DoorBackend[]>();
  for (const backend of backends) {
    const port = typeof backend.port === 'number' ? backend.port : asked!;
    const own = byPort.get(port);
    if (own) own.push(backend);
    else byPort.set(port, [backend]);
  }
  return [...byPort].flatMap(([port, own]): readonly Behind[] => {
    const endpoints = own.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [endpoint]));
    const ranges = own.flatMap(({ endpoint, address = '' }) => (endpoint === undefined ? (parseRange(address) ?? []) : []));
    // The one pod behind a Service is told by its name, for the trace is about it.
    const name = endpoints.length === 1 ? catalogue.endpoint(endpoints[0]!).id : id;
    return [
      ...(endpoints.length > 0 ? [{ port, to: { kind: 'endpoints', id: name, endpoints, ...at, notes: [] } as const }] : []),
      ...(ranges.length > 0 ? [{ port, to: { kind: 'addresses', id, ranges, owners: [], notes: [] } as const }] : []),
    ];
  });
}

const WORST_FIRST: readonly Verdict[] = ['denied', 'indeterminate', 'allowed'];

function shownOf(parts: readonly Answer[]): Answer | undefined {
  return [...parts].sort((a, b) => WORST_FIRST.indexOf(a.verdict) - WORST_FIRST.indexOf(b.verdict))[0];
}

function localNote(door: Door): readonly string[] {
  return staysOnNode(door)
    ? [`\`${formatRef(door.object)}\` leads to pods on the client's own node alone (internalTrafficPolicy Local)`]
    : [];
}

/** The Service is there, and nobody is behind it. */
function unanswered(analysis: Analysis, { id, notes }: NamedService, packet: Packet): Answer {
  const { mode } = catalogueOf(analysis);
  return {
    from: '',
    to: id,
    ...packet,
    verdict: 'denied',
    egress: 'allowed',
    ingress: 'denied',
    trace: [],
    dependsOn: [],
    assumptions: mode === 'bundle' ? ['the input holds every workload of the cluster'] : [],
    blockers: [],
    remedies: [`a pod that \`${id}\` selects, with the port that it leads to`],
    notes: [...notes, `no pod of the input is behind ${formatPacket(packet)} of \`${id}\`: nobody answers`],
    parts: [],
  };
}

/** From the client to the Service, then to a pod; policy is asked about the latter. */
function pathTo(door: Door, { from, to, protocol, port, egress, ingress, trace }: Answer, verdict: Verdict): AnswerPath {
  const tuple = (destination: string, at: number | undefined): Tuple => ({
    source: from,
    destination,
    protocol: protocol as Tuple['protocol'],
    ...(at !== undefined && { port: at }),
  });
  const before = tuple(door.addresses[0] ?? formatRef(door.object), typeof door.port === 'number' ? door.port : port);
  const after = tuple(to, port);
  const point = (place: 'egress' | 'ingress', own: Verdict): AnswerPathStep => {
    const steps = trace.filter(({ direction }) => direction === place);
    const name = place === 'egress' ? from : to;
    return { kind: 'point', place, tuple: after, verdict: own, sentence: `${place} of \`${name}\``, trace: steps, dependsOn: [] };
  };
  const isTranslated = formatTuple(before) !== formatTuple(after) && door.port !== 'any';
  const sentence = "the client's node replaces the destination";
  return {
    door: door.id,
    client: from,
    way: isTranslated ? `to one of the pods behind \`${formatRef(door.object)}\`` : 'to the pod itself, which its name stands for',
    verdict,
    steps: [
      ...(isTranslated ? [{ kind: 'translation', tuple: before, after, sentence, trace: [], dependsOn: [] } as const] : []),
      point('egress', egress),
      ...(egress === 'denied' ? [] : [point('ingress', ingress)]),
    ],
  };
}
