import type { Door, DoorBackend, DoorExplanation, DoorWay, PathStep } from '../../model/door';
import type { Endpoint } from '../../model/endpoint';
import { familyOfChoice, whereabouts } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import { distinctUnknowns } from '../../model/match';
import { formatRef } from '../../model/source';
import type { Packet, Verdict } from '../../model/verdict';
import { type Address, formatAddress, parseAddress } from '../../util/ip';
import { admissionOf } from './admission';
import { type Dial, stepsBehind } from './path';
import type { PathContext } from './path-context';
import { addressParty, tupleOf } from './tuple';
import { type Course, coursesOf, endpointOf, joinWays, type WalkedWay, walkedWay } from './ways';

/** What an explanation adds up before it is joined with others: its ways keep their courses. */
export interface DirectExplanation extends DoorExplanation {
  readonly shown: WalkedWay;
  readonly ways: readonly WalkedWay[];
}

/** What is asked for beside door, backend and client. */
export interface Asked {
  /** What the backend gets; absent: to its port. */
  readonly packet?: Packet;
  /** Name of the node that it enters at; absent: any. */
  readonly node?: string;
  /** What is dialled, where that is told: an address of the node that it enters at, or one of the door's. */
  readonly address?: string;
  /** Where no fact tells who reaches the nodes: does this client? */
  readonly presumesReach?: boolean;
}

/** A connection from outside. */
interface OutsideDial extends Dial {
  readonly client: Address;
  /** Canonical text of the client's address. */
  readonly text: string;
  readonly asked: Asked;
}

/** The definition of a door that leads to its backends itself: one client, one door, one backend. */
export function explainDirect(
  context: PathContext,
  door: Door,
  backend: DoorBackend,
  client: Address,
  asked: Asked = {},
): DirectExplanation {
  const text = formatAddress(client);
  const { node, address, packet = packetOf(door, backend) } = asked;
  const dial: OutsideDial = {
    door,
    client,
    text,
    source: addressParty(text),
    family: client.family,
    backend,
    packet,
    ...(address !== undefined && { address }),
    asked,
  };
  const { step, assumptions } = doorStep(context, dial);
  const courses = coursesOf(context, door, endpointOf(context, backend), node);
  const entry = node === undefined ? undefined : context.entryNode(node);
  const alone: Course = { ...(entry && { entry }), placement: 'same', replacesClient: false };
  const closed = courses.length === 0 || step.verdict === 'denied';
  const joined = joinWays(door, closed ? [{ entry: undefined, cases: [alone], unknowns: [] }] : courses, (course) =>
    walkedWay(
      course,
      describeCourse(context, door, course, backend),
      closed ? [closedStep(atEntry(step, dial, course), door, node)] : stepsOf(context, step, dial, course),
    ),
  );
  const maybeBackend = joined.verdict === 'allowed' && backend.certainty === 'maybe';
  return {
    door: door.id,
    client: text,
    backend,
    verdict: maybeBackend ? 'indeterminate' : joined.verdict,
    shown: joined.shown,
    ways: joined.ways,
    dependsOn: joined.verdict === 'denied' ? [] : distinctUnknowns([...joined.dependsOn, ...backend.unknowns]),
    assumptions: closed ? assumptions : [...assumptions, ...assumptionsOf(context, dial, joined.ways)],
  };
}

/** What the backend gets where nobody asks for more: its protocol and port. */
function packetOf({ protocol }: Door, { port }: DoorBackend): Packet {
  return { protocol, ...(typeof port === 'number' && { port }) };
}

type DoorStep = Extract<PathStep, { kind: 'door' }>;

/** Whether the client gets to the door and past it. */
function doorStep(
  context: PathContext,
  { door, client, text, backend, packet, asked }: OutsideDial,
): { readonly step: DoorStep; readonly assumptions: readonly string[] } {
  const { match, reason, assumptions } = admissionOf(context.world, door, client, text, asked.presumesReach);
  const verdict: Verdict = match.truth === 'yes' ? 'allowed' : match.truth === 'no' ? 'denied' : 'indeterminate';
  const own = asked.address ?? door.addresses.find((address) => parseAddress(address)?.family === client.family);
  const dialled = typeof door.port === 'number' ? door.port : door.port === 'any' ? packet.port : undefined;
  const destination =
    own ?? door.hostnames[0] ?? (door.kind === 'loadBalancer' ? 'the load balancer' : door.scope === 'nodes' ? 'a node' : door.id);
  const tuple = {
    ...tupleOf(context.world, {
      source: addressParty(text),
      destination: addressParty(destination),
      packet: { protocol: packet.protocol },
    }),
    ...(dialled !== undefined && { port: dialled }),
  };
  const step: DoorStep = { kind: 'door', door: door.id, tuple, verdict, reason, unknowns: match.unknowns };
  if (verdict === 'denied') return { step, assumptions };
  const entry = asked.node === undefined ? undefined : context.world.nodeNamed(asked.node);
  const shut = (reason: string) => ({ step: { ...step, verdict: 'denied' as const, reason, unknowns: [] }, assumptions: [] });
  if (asked.address !== undefined && familyOfChoice(asked.address) !== client.family)
    return shut(`\`${asked.address}\` is no IPv${client.family} address`);
  if (entry && entry.addresses.length > 0 && addressOf(entry, client) === undefined)
    return shut(`\`${entry.name}\` has no IPv${client.family} address`);
  if (hasFamily(context, backend, client.family)) return { step, assumptions };
  return shut(`the backend has no IPv${client.family} address`);
}

/** Services translate within a family (kubernetes.io/docs/concepts/services-networking/dual-stack): a backend without an address of it is none. */
export function hasFamily(context: PathContext, backend: DoorBackend, family: 4 | 6): boolean {
  const endpoint = endpointOf(context, backend);
  if (!endpoint) return parseAddress(backend.address ?? '')?.family === family;
  return whereabouts(endpoint).some((text) => familyOfChoice(text) === family);
}

/** A door that is shut by itself, or that no node answers. */
function closedStep(step: DoorStep, { trafficPolicy }: Door, node: string | undefined): DoorStep {
  if (step.verdict === 'denied') return step;
  const who = node === undefined ? 'no node of the cluster has' : `node \`${node}\` does not run`;
  const why = trafficPolicy === undefined ? '' : `externalTrafficPolicy ${trafficPolicy}: `;
  return { ...step, verdict: 'denied', unknowns: [], reason: `${why}${who} this backend` };
}

/** The door, then whatever lies behind it on this course. */
function* stepsOf(context: PathContext, step: DoorStep, dial: OutsideDial, course: Course): Generator<PathStep> {
  yield atEntry(step, dial, course);
  yield* stepsBehind(context, dial, course);
}

/** A door at the nodes is dialled by the address of the one that it is entered at. */
function atEntry(step: DoorStep, { door, client, address }: OutsideDial, { entry }: Course): DoorStep {
  if (address !== undefined || door.scope !== 'nodes' || !entry || entry.party.kind === 'address') return step;
  const { endpoint } = entry.party;
  const own = endpoint.addresses.filter((address) => parseAddress(address)?.family === client.family);
  const destination = own.find((address) => door.addresses.includes(address)) ?? addressOf(endpoint, client);
  return destination === undefined ? step : { ...step, tuple: { ...step.tuple, destination } };
}

/** The first address of the client's family. */
function addressOf({ addresses }: Endpoint, { family }: Address): string | undefined {
  return addresses.find((address) => parseAddress(address)?.family === family);
}

/** The course in words, for a heading. */
function describeCourse(context: PathContext, door: Door, { entry, placement, replacesClient }: Course, backend: DoorBackend): string {
  const isClusterWide =
    door.trafficPolicy === 'Cluster' && (door.kind === 'nodePort' || door.kind === 'loadBalancer' || door.kind === 'externalIP');
  const endpoint = endpointOf(context, backend);
  const where = entry?.name === undefined ? (entry || !endpoint ? 'a node' : `the node of \`${endpoint.name}\``) : `\`${entry.name}\``;
  if (!isClusterWide) return `enters at ${where}`;
  if (!endpoint) return `enters at ${where}, which sends it out of the cluster`;
  if (placement === 'same') return `enters at ${where}, which runs the backend`;
  return `enters at ${where}, which sends it to another node ${replacesClient ? 'with its own address as the source' : 'and keeps the source'}`;
}

/** What ways rest on beside the door: each only where it was walked. */
function assumptionsOf({ world }: PathContext, { door }: Dial, ways: readonly WalkedWay[]): readonly string[] {
  const isReplaced = ways.some(({ steps }) => steps.some((step) => step.kind === 'translation' && step.side === 'source'));
  const looksAtClient = ways.some(({ steps }) =>
    steps.some((step) => step.kind === 'point' && step.trace.some(({ trigger }) => trigger === 'rule' || trigger === 'end-of-tier')),
  );
  return [
    ...(isReplaced && looksAtClient && world.origins.serviceProxy === 'assumed'
      ? ["nodes replace the client's address when they send a connection to another node, as kube-proxy does (fact `serviceProxy`)"]
      : []),
    ...(door.kind === 'loadBalancer' && looksAtClient
      ? [`the load balancer of \`${formatRef(door.object)}\` passes the client's address on`]
      : []),
    ...(door.port === 'any' && door.kind === 'hostNetwork' ? ['something listens on that port of the node'] : []),
  ];
}

/** The unknowns of a verdict that is open; a decided one has none. */
export function openOnly(verdict: Verdict, unknowns: readonly Unknown[]): readonly Unknown[] {
  return verdict === 'indeterminate' ? distinctUnknowns(unknowns) : [];
}

/** Without what only the joining of ways needs. */
export function published(explanation: DoorExplanation): DoorExplanation {
  const plain = ({ text, node, verdict, steps, dependsOn }: DoorWay): DoorWay => ({
    text,
    ...(node !== undefined && { node }),
    verdict,
    steps,
    dependsOn,
  });
  return { ...explanation, shown: plain(explanation.shown), ways: explanation.ways.map(plain) };
}
