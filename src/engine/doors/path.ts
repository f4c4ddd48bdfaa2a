import type { Door, DoorBackend, PathStep } from '../../model/door';
import { type Endpoint, narrowedTo } from '../../model/endpoint';
import type { Hook } from '../../model/host-endpoint';
import type { Unknown } from '../../model/match';
import type { Direction } from '../../model/policy';
import { type Flow, type Packet, type Party, type PolicyHit, withSourceReplaced } from '../../model/verdict';
import { parseAddress } from '../../util/ip';
import { type Cluster, judgeStation, sideOf } from '../evaluate';
import { judgeCheckpoint, type Stage } from '../evaluate-checkpoint';
import { type Crossing, type CrossingGovernor, crossingOf, keepingSource, type Seen, sourcesOf } from '../evaluate-crossing';
import type { Governor } from '../evaluate-interfaces';
import { type Judgement, unknownsOf } from '../evaluate-judgement';
import type { Family } from '../evaluate-match';
import { droppedAtNode, type Station } from '../evaluate-path';
import { endpointParty } from '../query/definition-input';
import type { PathContext } from './path-context';
import { addressParty, nodeStandIn, someNode, transport, tupleOf } from './tuple';
import { type Course, endpointOf } from './ways';

/*
 * The definition of a way: what a connection from outside meets between the door and the backend, each place with the tuple that it sees. Short, slow and
 * obvious, of the parts that direct flows are defined with (`evaluate-checkpoint`, `evaluate-endpoint`).
 *
 *   at the node it enters, N    in(outward N)   untracked, preDNAT: what was dialled
 *                               destination becomes the backend
 *                               in(outward N)   forward (a process of N: normal): client → backend
 *   backend on another node, M  out(transit N)  forward: client → backend
 *                               source becomes N (kube-proxy; eBPF dataplanes keep the client), or its tunnel (see `evaluate-crossing`)
 *                               in(transit M)   untracked, preDNAT, forward (a process of M: normal): N → backend
 *   at the backend              its ingress; a pod: out(inner) forward
 *
 * The source is replaced when the packet leaves the node (POSTROUTING), after forward policy has seen it; hence the client's address is what all policies
 * see when the backend is on the node that the connection comes to (felix/rules/static.go; pkg/proxy/iptables/proxier.go, KUBE-MARK-MASQ).
 */

/** A connection to a door and one of its backends. */
export interface Dial {
  readonly door: Door;
  /** Whose packets come to the node: an address outside, or a pod or process of another node. */
  readonly source: Party;
  readonly family: 4 | 6;
  readonly backend: DoorBackend;
  /** As the backend gets it where nobody replaces the source. */
  readonly packet: Packet;
  /** What is dialled, where that is told: an address of the node, or one of the door's. */
  readonly address?: string;
}

/** A place: the node, where it is known, and the flow as it is there. */
interface At {
  readonly node: string | undefined;
  readonly flow: Flow;
}

/** The steps behind the door itself, in order; the caller stops at the first that denies. */
export function* stepsBehind(context: PathContext, dial: Dial, { entry, placement, replacesClient }: Course): Generator<PathStep> {
  const { door, source, family, backend, packet } = dial;
  const endpoint = endpointOf(context, backend);
  const target = targetOf(context, endpoint, backend, placement, entry?.name);
  const isProcess = endpoint?.network === 'host';
  const inside: Flow = { source, destination: target, packet };
  const translates = door.kind !== 'hostNetwork' && door.kind !== 'podAddress';
  const dialled = translates ? dialledFlows(context, dial, entry?.party) : { flows: [inside], unknowns: [] };
  const isPoliced = isProcess ? context.policing.own : context.policing.forwarded;

  // At the node that it enters.
  const local: Hook = isProcess && placement === 'same' ? 'normal' : 'forward';
  const arrival: At = { node: entry?.name, flow: inside };
  if (entry === undefined) {
    if (translates) yield translation('destination', context, undefined, dialled.flows[0]!, inside);
    if (isPoliced && endpoint) yield unknownHost(context, endpoint, arrival, 'hostIn');
  } else {
    const [before, after] = arriveAt(
      context,
      dialled,
      arrival,
      entry.name === undefined ? NOBODY : context.outward(entry.name),
      local,
      family,
    );
    if (before) yield before;
    if (translates && before?.verdict !== 'denied') yield translation('destination', context, entry.name, dialled.flows[0]!, inside);
    if (after) yield after;
  }

  // On to another node, or out of the cluster.
  let seen = inside;
  let crossing: Crossing | undefined;
  if (placement === 'other') {
    const from = entry?.party ?? someNode(context.world);
    const onWay = endpoint && !isProcess ? crossingOf(context.world, from, target, family) : undefined;
    crossing = onWay && keepingSource(onWay, inside.source);
    const leaving =
      entry?.name === undefined
        ? passingBy(NOBODY, inside.source)
        : crossing
          ? context.transit(entry.name, crossing)
          : passingBy(context.outward(entry.name), inside.source);
    const left = hostPoint(context, 'hostOut', arrival, ['forward'], leaving, family);
    if (left) yield left;
    if (replacesClient) {
      seen = { ...inside, source: from, packet: withSourceReplaced(packet) };
      crossing = onWay;
      yield translation('source', context, entry?.name, inside, seen);
    }
    if (endpoint) yield* comeFromElsewhere(context, endpoint, { flow: seen, crossing }, family);
  }
  if (endpoint) {
    const node = placement === 'same' ? (entry?.name ?? endpoint.node) : endpoint.node;
    yield* enterBackend(context, endpoint, node, { flow: seen, crossing }, family);
  }
}

/** A flow at another node, and the ways by which it may have come there; absent where it is not to a pod. */
export interface Arriving {
  readonly flow: Flow;
  readonly crossing: Crossing | undefined;
}

/** At the backend's own node, from another one. */
export function* comeFromElsewhere(
  context: PathContext,
  endpoint: Endpoint,
  { flow, crossing }: Arriving,
  family: 4 | 6,
): Generator<PathStep> {
  const { node, network } = endpoint;
  const isProcess = network === 'host';
  if (node === undefined) {
    if (isProcess ? context.policing.own : context.policing.forwarded) yield unknownHost(context, endpoint, { node, flow }, 'hostIn');
    return;
  }
  const governor = crossing ? context.transit(node, crossing) : passingBy(context.outward(node), flow.source);
  const hooks: readonly Hook[] = ['untracked', 'preDNAT', isProcess ? 'normal' : 'forward'];
  const came = hostPoint(context, 'hostIn', { node, flow }, hooks, governor, family);
  if (came) yield came;
}

/** The backend's own ingress, and the host side of a pod's interface. */
export function* enterBackend(
  context: PathContext,
  endpoint: Endpoint,
  node: string | undefined,
  { flow, crossing }: Arriving,
  family: 4 | 6,
): Generator<PathStep> {
  const seen: Seen = crossing ? sourcesOf(crossing) : { sources: [flow.source], unknowns: [] };
  const isItself = seen.sources.every((source) => source === flow.source);
  const own: Station = { kind: 'own', direction: 'ingress', ...(!isItself && { seen }) };
  const order = context.orderFor(endpoint, flow.packet);
  for (const station of [...droppedAtNode(context.world, flow, family), own])
    yield point(context, 'ingress', { node, flow }, judgeStation(order, station, flow, family));
  if (endpoint.network === 'host' || node === undefined) return;
  const { hosts, unknowns } = context.inner(node);
  const passages = hosts.flatMap((host) => seen.sources.map((source) => ({ host, source })));
  const entering = { passages, unknowns: [...unknowns, ...seen.unknowns] };
  const entered = hostPoint(context, 'hostOut', { node, flow }, ['forward'], entering, family);
  if (entered) yield entered;
}

const NOBODY: Governor = { hosts: [undefined], unknowns: [] };

/** Whoever governs the interface sees the source as it is. */
function passingBy({ hosts, unknowns }: Governor, source: Party): CrossingGovernor {
  return { passages: hosts.map((host) => ({ host, source })), unknowns };
}

/** The backend as a party. On another node than the one that sends it is no neighbour, wherever it may be. */
function targetOf(
  { world }: PathContext,
  endpoint: Endpoint | undefined,
  { address }: DoorBackend,
  placement: Course['placement'],
  entry: string | undefined,
): Party {
  if (!endpoint) return addressParty(address ?? '');
  const node = endpoint.node ?? (placement === 'other' ? ELSEWHERE : entry);
  return endpointParty(world, node === undefined ? endpoint : { ...endpoint, node });
}

/** No node can have this name. */
export const ELSEWHERE = 'another node';

/** What was dialled, in every form in which it may come to the node; unknowns tell which. */
interface Dialled {
  readonly flows: readonly Flow[];
  readonly unknowns: readonly Unknown[];
}

/**
 * A node port and a host port are dialled at the node, an external address as it is. A cloud's load balancer may send to the node's port, or hand on what
 * it was sent (as passthrough ones do), and no input tells which; so both are judged, and where they differ the answer is open.
 */
function dialledFlows({ world, nodePortSamples }: PathContext, dial: Dial, node: Party | undefined): Dialled {
  const { door, source, family, packet, address: asked } = dial;
  const { protocol } = door;
  const ofFamily = door.addresses.filter((address) => parseAddress(address)?.family === family);
  const own = (asked !== undefined && ofFamily.includes(asked) ? [asked] : ofFamily).map(addressParty);
  const nodeParty = dialledNode(node ?? someNode(world), asked);
  const to = (destination: Party, port: number | undefined): Flow => {
    return { source, destination, packet: transport(protocol, port, packet.sourcePort) };
  };
  const atNode = (port: number | 'unknown') =>
    port === 'unknown' ? nodePortSamples.map((sample) => to(nodeParty, sample)) : [to(nodeParty, port)];
  const port = door.port === 'any' ? 'unknown' : door.port;
  switch (door.kind) {
    case 'nodePort':
      return { flows: atNode(port), unknowns: [NODE_PORT] };
    case 'loadBalancer': {
      const viaNode = door.nodePort === undefined ? [] : atNode(door.nodePort);
      const asDialled = (own.length > 0 ? own : [UNTOLD_ADDRESS]).map((address) => to(address, port === 'unknown' ? undefined : port));
      return { flows: [...asDialled, ...viaNode], unknowns: [LOAD_BALANCER, ...(door.nodePort === 'unknown' ? [NODE_PORT] : [])] };
    }
    case 'externalIP':
      return { flows: own.map((address) => to(address, port === 'unknown' ? undefined : port)), unknowns: [WHICH_ADDRESS] };
    default:
      return { flows: [to(nodeParty, port === 'unknown' ? undefined : port)], unknowns: [] };
  }
}

/** The node by the address that is dialled; by any that it has where none is told, or where what is told is not its own. */
export function dialledNode(node: Party, address: string | undefined): Party {
  if (address === undefined || node.kind === 'address' || !node.endpoint.addresses.includes(address)) return node;
  return { ...node, endpoint: narrowedTo(node.endpoint, address) };
}

/** An address of a load balancer that the cloud is still to give. */
const UNTOLD_ADDRESS: Party = {
  kind: 'endpoint',
  endpoint: { ...nodeStandIn('the load balancer', []), labels: { values: {}, unknownKeys: [], complete: true } },
};
const NODE_PORT: Unknown = { kind: 'door', text: 'the number of the node port, which the cluster gives' };
const LOAD_BALANCER: Unknown = {
  kind: 'door',
  text: 'whether nodes see the address of the load balancer or their own as what was dialled',
};
const WHICH_ADDRESS: Unknown = { kind: 'door', text: 'which of its addresses is dialled' };

/**
 * The host endpoint of the interface by which it comes: what it says of what was dialled, and of what that became. One passage, since what the first
 * stages allow the later ones are not asked; told as two points, since they see different tuples.
 */
function arriveAt(
  context: PathContext,
  { flows, unknowns }: Dialled,
  { node, flow }: At,
  governor: Governor,
  last: Hook,
  family: 4 | 6,
): readonly [before: Point | undefined, after: Point | undefined] {
  const alternatives = governor.hosts.flatMap((host) =>
    (host ? flows : [flow]).map((dialled) => ({ host, stages: arrivalStages(dialled, flow, last) })),
  );
  if (alternatives.every(({ host }) => host === undefined)) return [undefined, undefined];
  const checkpoint = {
    direction: 'ingress',
    way: 'in',
    alternatives,
    unknowns: [...governor.unknowns, ...(flows.length > 1 ? unknowns : [])],
  } as const;
  const { verdict, trace } = judgeCheckpoint(context.hostPolicies, checkpoint, family);
  const early = trace.filter(({ host }) => host?.hook === 'untracked' || host?.hook === 'preDNAT');
  const late = trace.filter((hit) => !early.includes(hit));
  if (late.length === 0)
    return [early.length > 0 ? point(context, 'hostIn', { node, flow: flows[0]! }, { verdict, trace: early }) : undefined, undefined];
  const isOpen = early.some(({ action, certainty }) => action === 'Deny' && certainty === 'maybe');
  const first = point(context, 'hostIn', { node, flow: flows[0]! }, { verdict: isOpen ? 'indeterminate' : 'allowed', trace: early });
  return [early.length > 0 ? first : undefined, point(context, 'hostIn', { node, flow }, { verdict, trace: late })];
}

/** Untracked and preDNAT policies see what was dialled, the last stage what it became. */
function arrivalStages(dialled: Flow, flow: Flow, last: Hook): readonly Stage[] {
  return [
    { hook: 'untracked', flow: dialled },
    { hook: 'preDNAT', flow: dialled },
    { hook: last, flow },
  ];
}

type Point = Extract<PathStep, { kind: 'point' }>;

/** The host endpoint of an interface; undefined where none has anything to say. */
function hostPoint(
  context: PathContext,
  place: 'hostIn' | 'hostOut',
  at: At,
  hooks: readonly Hook[],
  { passages, unknowns }: CrossingGovernor,
  family: 4 | 6,
): Point | undefined {
  if (passages.every(({ host }) => host === undefined)) return undefined;
  const checkpoint = {
    direction: 'ingress',
    way: place === 'hostIn' ? 'in' : 'out',
    alternatives: passages.map(({ host, source }) => ({ host, stages: hooks.map((hook) => ({ hook, flow: { ...at.flow, source } })) })),
    unknowns,
  } as const;
  const judgement = judgeCheckpoint(context.hostPolicies, checkpoint, family);
  return judgement.trace.length > 0 ? point(context, place, at, judgement) : undefined;
}

function point({ world }: PathContext, place: Point['place'], { node, flow }: At, { verdict, trace }: Judgement): Point {
  return {
    kind: 'point',
    place,
    ...(node !== undefined && { node }),
    tuple: tupleOf(world, flow),
    verdict,
    trace,
    unknowns: verdict === 'indeterminate' ? unknownsOf(trace) : [],
  };
}

/** What the stations on one side of a direct flow say, where anything acts at all. */
export function* pointsOn(
  side: Direction,
  context: PathContext,
  cluster: Cluster,
  stations: readonly Station[],
  at: At,
  family: Family,
): Generator<PathStep> {
  for (const station of stations) {
    if (sideOf(station) !== side) continue;
    const judgement = judgeStation(cluster, station, at.flow, family);
    if (judgement.trace.length > 0) yield point(context, placeOf(station), at, judgement);
  }
}

/** Where a station of a direct flow lies. What a node drops of all that its pods send it drops where it comes out of the pod. */
function placeOf(station: Station): Point['place'] {
  if (station.kind === 'own' || station.kind === 'tunnel-packet') return station.direction;
  return station.kind === 'checkpoint' && station.checkpoint.way === 'out' ? 'hostOut' : 'hostIn';
}

/** Host endpoints of a node that the input does not tell: they may police what it passes on. */
function unknownHost(context: PathContext, { name }: Endpoint, at: At, place: Point['place']): Point {
  const unknown: Unknown = { kind: 'placement', text: `which node \`${name}\` runs on, hence which host endpoints it meets` };
  const hit: PolicyHit = { direction: 'ingress', trigger: 'host-unknown', action: 'Deny', certainty: 'maybe', unknowns: [unknown] };
  return point(context, place, at, { verdict: 'indeterminate', trace: [hit] });
}

export function translation(
  side: 'source' | 'destination',
  { world }: PathContext,
  node: string | undefined,
  before: Flow,
  after: Flow,
): PathStep {
  return { kind: 'translation', side, ...(node !== undefined && { node }), before: tupleOf(world, before), after: tupleOf(world, after) };
}
