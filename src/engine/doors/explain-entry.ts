import type { Door, DoorBackend, DoorExplanation, PathStep } from '../../model/door';
import { isTrue, type Match, maybe, NO } from '../../model/match';
import { formatRef } from '../../model/source';
import type { Explanation, Flow, Party, Verdict } from '../../model/verdict';
import { agreedVerdict } from '../../model/verdict';
import { rangesHave } from '../../util/address-set';
import { type Address, formatAddress, parseCidr } from '../../util/ip';
import type { Cluster } from '../evaluate';
import { evaluate } from '../evaluate';
import { allMustAllow } from '../evaluate-judgement';
import { endpointParty } from '../query/definition-input';
import { type Admission, admissionOf } from './admission';
import type { Doors } from './doors-of';
import { explainDirect, openOnly } from './explain-door';
import { ELSEWHERE } from './path';
import type { PathContext } from './path-context';
import { addressParty, cloudStandIn, controllerStandIn, transport, tupleOf } from './tuple';
import { best, endpointOf, type WalkedWay, walkedWay } from './ways';
import { endpointName } from './world';

/*
 * The definition of a layer-7 door: the client opens a connection to the controller, by one of the controller's own doors, and the controller opens one to
 * the backend, as any pod does. The backend's policies see the controller and never the client. A controller that is not in the input is judged as a pod
 * of which nothing is known but that its namespace is none of those that policies name; a cloud's load balancer as an address that nobody tells.
 */

/** Judges the controller's own connection; of a controller that is not in the input the party is a stand-in. */
export type RelayJudge = (controller: Party, backend: DoorBackend) => Explanation;

/** The judge of the definition: every policy is looked at. */
export function relayJudge(context: PathContext, door: Door, cluster: Cluster): RelayJudge {
  return (controller, backend) => evaluate(cluster, relayFlow(context, door, controller, backend));
}

/** The connection that the controller opens. */
export function relayFlow(context: PathContext, door: Door, source: Party, backend: DoorBackend): Flow {
  const { protocol } = door;
  const endpoint = endpointOf(context, backend);
  // No pod shares a node with a cloud's load balancer, wherever it may run.
  const isApart = isCloud(door) && !meetsHosts(context) && endpoint?.node === undefined;
  const target = endpoint && isApart ? { ...endpoint, node: ELSEWHERE } : endpoint;
  const destination = target ? endpointParty(context.world, target) : addressParty(backend.address ?? '');
  return { source, destination, packet: transport(protocol, typeof backend.port === 'number' ? backend.port : undefined) };
}

function isCloud({ controller }: Door): boolean {
  return controller?.kind === 'standIn' && controller.isCloud === true;
}

/** Whether host endpoints may act, so that it matters where a connection comes in. */
function meetsHosts({ world }: PathContext): boolean {
  return world.hostEndpoints.length > 0;
}

/** What one client gets from a layer-7 door and one of its backends. */
export function explainEntry(
  context: PathContext,
  doors: Pick<Doors, 'byId'>,
  door: Door,
  backend: DoorBackend,
  client: Address,
  judge: RelayJudge,
): DoorExplanation {
  const { controller } = door;
  if (controller?.kind !== 'pods') return throughStandIn(context, door, backend, client, judge);
  const fronts = controller.fronts.flatMap((id) => doors.byId(id) ?? []);
  if (fronts.length === 0) return withoutFront(context, door, backend, client, judge);
  const explained = fronts.map((front) => throughFront(context, door, front, backend, client, judge));
  // Which front is dialled is the client's choice.
  const verdict = best(explained.map((one) => one.verdict));
  const shown = explained.find((one) => one.verdict === verdict)!;
  return {
    ...shown,
    dependsOn: openOnly(
      verdict,
      explained.flatMap((one) => one.dependsOn),
    ),
  };
}

/** By one front, to whichever of the controller's pods: not the client's choice, so that all of them have to agree. */
export function throughFront(
  context: PathContext,
  door: Door,
  front: Door,
  backend: DoorBackend,
  client: Address,
  judge: RelayJudge,
): DoorExplanation {
  const { world } = context;
  const pods = podsOf(door);
  const taken = front.backends.filter(({ endpoint }) => endpoint !== undefined && pods.has(endpoint));
  const each = taken.map((pod) => {
    const port = pod.port === 'any' && typeof door.port === 'number' ? { ...pod, port: door.port } : pod;
    const to = explainDirect(context, front, port, client);
    const ways = to.ways.map((way) => relayed(context, door, backend, client, way, pod.endpoint!, judge));
    const from = judge(endpointParty(world, world.endpoint(pod.endpoint!)), backend);
    const admitted = admittedBy(context, door, front, client);
    const verdict = allMustAllow([
      to.verdict,
      verdictOf(admitted),
      from.verdict,
      backend.certainty === 'yes' ? 'allowed' : 'indeterminate',
      existenceOf(door),
    ]);
    const unknowns = [...to.dependsOn, ...admitted.unknowns, ...from.dependsOn, ...backend.unknowns, ...(door.unknowns ?? [])];
    return { verdict, ways, dependsOn: openOnly(verdict, unknowns), assumptions: to.assumptions };
  });
  const verdict = agreedVerdict(each.map((one) => one.verdict));
  const ways = each.flatMap((one) => one.ways);
  const mixed = new Set(each.map((one) => one.verdict)).size > 1;
  return {
    door: door.id,
    front: front.id,
    client: formatAddress(client),
    backend,
    verdict,
    shown: ways.find((way) => way.verdict === verdict) ?? ways.find((way) => way.verdict === 'denied') ?? ways[0]!,
    ways,
    dependsOn: openOnly(verdict, [
      ...each.flatMap((one) => one.dependsOn),
      ...(mixed ? [{ kind: 'door', text: `which pod of \`${door.controller?.name}\` takes it` } as const] : []),
    ]),
    assumptions: [...new Set(each.flatMap((one) => one.assumptions))],
  };
}

/** Sets of the controllers' pods, by their lists: asked for once a client. */
const podSets = new WeakMap<readonly number[], ReadonlySet<number>>();

function podsOf({ controller }: Door): ReadonlySet<number> {
  const endpoints = controller?.kind === 'pods' ? controller.endpoints : NO_PODS;
  let pods = podSets.get(endpoints);
  if (!pods) {
    pods = new Set(endpoints);
    podSets.set(endpoints, pods);
  }
  return pods;
}

const NO_PODS: readonly number[] = Object.freeze([]);

/** An entry of which something is not told may not be served at all. */
function existenceOf(door: Door): Verdict {
  return door.unknowns ? 'indeterminate' : 'allowed';
}

/** A way to the controller, with what follows it. */
function relayed(
  context: PathContext,
  door: Door,
  backend: DoorBackend,
  client: Address,
  way: WalkedWay,
  pod: number,
  judge: RelayJudge,
): WalkedWay {
  if (way.verdict === 'denied') return way;
  const party = endpointParty(context.world, context.world.endpoint(pod));
  const text = `${way.text}; \`${endpointName(context.world, pod)}\` opens a connection of its own`;
  return walkedWay(way.course, text, [
    ...way.steps,
    ...relaySteps(context, door, backend, client, party, endpointName(context.world, pod), judge),
  ]);
}

/** What follows when a client has got to the controller: whom it admits, then both ends of its own connection. */
function* relaySteps(
  context: PathContext,
  door: Door,
  backend: DoorBackend,
  client: Address,
  party: Party,
  by: string,
  judge: RelayJudge,
): Generator<PathStep> {
  const { world } = context;
  const before: Flow = {
    source: addressParty(formatAddress(client)),
    destination: party,
    packet: transport(door.protocol, typeof door.port === 'number' ? door.port : undefined),
  };
  const after = relayFlow(context, door, party, backend);
  if (door.sourceRanges || door.unknowns) {
    const match = admittedBy(context, door, undefined, client);
    const unknowns = [...match.unknowns, ...(door.unknowns ?? [])];
    const verdict = allMustAllow([verdictOf(match), existenceOf(door)]);
    yield { kind: 'door', door: door.id, tuple: tupleOf(world, before), verdict, reason: `\`${formatRef(door.object)}\``, unknowns };
  }
  yield { kind: 'relay', by, before: tupleOf(world, before), after: tupleOf(world, after) };
  const { egress, ingress, trace, dependsOn } = judge(party, backend);
  const side = (place: 'egress' | 'ingress', verdict: Verdict): PathStep => ({
    kind: 'point',
    place,
    tuple: tupleOf(world, after),
    verdict,
    trace: trace.filter(({ direction }) => direction === place),
    unknowns: verdict === 'indeterminate' ? dependsOn : [],
  });
  // A cloud's load balancer is under no policy of the cluster.
  if (!isCloud(door)) yield side('egress', egress);
  yield side('ingress', ingress);
}

/** Clients that the controller is told to admit; it knows them by the address that it sees, which nodes may have replaced. */
function admittedBy({ world }: PathContext, { sourceRanges }: Door, front: Door | undefined, client: Address): Match {
  if (!sourceRanges) return isTrue(true);
  const isAdmitted = rangesHave(
    sourceRanges.map((range) => parseCidr(range)!),
    formatAddress(client),
  );
  const isHidden = front?.trafficPolicy === 'Cluster' && world.facts.serviceProxy !== 'ebpf';
  if (!isHidden) return isTrue(isAdmitted);
  return maybe({ kind: 'address', text: "whether the controller learns the client's address, which the nodes may replace" });
}

function verdictOf({ truth }: Match): Verdict {
  return truth === 'yes' ? 'allowed' : truth === 'no' ? 'denied' : 'indeterminate';
}

/**
 * The controller is in the input, and no door of the input leads to where it listens. Where its status tells an address, something does; where a Service
 * of it is there, nothing else does; else nobody knows.
 */
export function withoutFront(context: PathContext, door: Door, backend: DoorBackend, client: Address, judge: RelayJudge): DoorExplanation {
  const { controller } = door;
  if (controller?.kind !== 'pods') return throughStandIn(context, door, backend, client, judge);
  const { world } = context;
  const hasAddress = door.addresses.length > 0 || door.hostnames.length > 0;
  const admission: Admission = hasAddress
    ? admissionOf(world, door, client, formatAddress(client))
    : controller.hasService
      ? { match: NO, reason: `no door from outside leads to \`${controller.name}\``, assumptions: [] }
      : {
          match: maybe({ kind: 'door', text: `which door leads to \`${controller.name}\`` }),
          reason: 'nobody tells the door of its controller',
          assumptions: [],
        };
  const relays = controller.endpoints.map((pod) =>
    relayFrom(context, door, backend, client, admission, endpointParty(world, world.endpoint(pod)), endpointName(world, pod), judge),
  );
  const verdict = agreedVerdict(relays.map((relay) => relay.verdict));
  const shown = relays.find((relay) => relay.verdict === verdict) ?? relays[0]!;
  return {
    ...shown,
    verdict,
    dependsOn: openOnly(
      verdict,
      relays.flatMap((relay) => relay.dependsOn),
    ),
  };
}

function throughStandIn(context: PathContext, door: Door, backend: DoorBackend, client: Address, judge: RelayJudge): DoorExplanation {
  const name = standInName(door);
  const admission = admissionOf(context.world, door, client, formatAddress(client));
  const { sourceRanges: _, unknowns: __, ...rest } = door;
  const plain = plainName(name);
  const party = isCloud(door) ? cloudStandIn(plain, !meetsHosts(context)) : controllerStandIn(plain);
  const relay = relayFrom(context, rest, backend, client, admission, party, name, judge);
  if (admission.match.truth === 'no') return relay;
  const what = isCloud(door)
    ? 'is outside the cluster, and no pod: rules for addresses alone may let it in'
    : 'is not in the input, and runs in a namespace of its own';
  return { ...relay, assumptions: [...relay.assumptions, `${name} ${what}`] };
}

/** The client gets to the controller by a door that the input does not have; the controller's own connection is judged. */
function relayFrom(
  context: PathContext,
  door: Door,
  backend: DoorBackend,
  client: Address,
  { match, reason, assumptions }: Admission,
  party: Party,
  name: string,
  judge: RelayJudge,
): DoorExplanation {
  const text = formatAddress(client);
  const tuple = {
    source: text,
    destination: door.hostnames[0] ?? door.addresses[0] ?? plainName(name),
    protocol: door.protocol,
    ...(typeof door.port === 'number' && { port: door.port }),
  };
  const first: PathStep = { kind: 'door', door: door.id, tuple, verdict: verdictOf(match), reason, unknowns: match.unknowns };
  const steps = [first, ...(match.truth === 'no' ? [] : relaySteps(context, door, backend, client, party, name, judge))];
  const way = walkedWay({ placement: 'same', replacesClient: false }, `${name} opens a connection of its own`, steps);
  const verdict = way.verdict === 'allowed' && backend.certainty === 'maybe' ? 'indeterminate' : way.verdict;
  return {
    door: door.id,
    client: text,
    backend,
    verdict,
    shown: way,
    ways: [way],
    dependsOn: openOnly(verdict, [...way.dependsOn, ...backend.unknowns]),
    assumptions,
  };
}

/** How a controller is called that nobody has seen. */
function standInName(door: Door): string {
  const { controller, object } = door;
  const what = isCloud(door)
    ? 'the load balancer'
    : object.kind === 'Ingress'
      ? 'the ingress controller'
      : object.kind === 'Route'
        ? 'the router'
        : 'the gateway';
  return controller?.name === undefined ? what : `${what} \`${controller.name}\``;
}

/** As the end of a connection, which sentences put into backticks as a whole. */
function plainName(name: string): string {
  return name.replaceAll('`', '');
}
