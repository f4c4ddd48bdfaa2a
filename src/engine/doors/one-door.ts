import type { Door, DoorBackend, DoorExplanation } from '../../model/door';
import { type AddressChoice, familyOfChoice, narrowedTo } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import { distinctUnknowns } from '../../model/match';
import type { Packet, Verdict } from '../../model/verdict';
import { agreedVerdict } from '../../model/verdict';
import { invariant } from '../../util/invariant';
import type { Analysis } from '../analyze';
import { clusterOf } from '../query/definition-input';
import { backendKey } from './controller-legs';
import { hasFamily, published } from './explain-door';
import { explainInside, staysOnNode } from './inside';
import { type DoorSession, doorSession } from './session';
import { endpointName } from './world';

/*
 * Questions about one door that somebody dials, be it at one node: whichever backend it is sent to, for nobody chooses that.
 */

/** A port of a node that leads on to pods, so that what is sent there does not end at the node itself. */
export interface NodeDoor {
  /** Name of the node. */
  readonly node: string;
  readonly door: Door;
  /** `maybe`: only if one of its pods of which the node is not told runs there. */
  readonly certainty: 'yes' | 'maybe';
}

/**
 * By which doors connections to a port of a node, or of a hostNetwork pod on it, go on to pods: node ports, and host ports of pods on that node.
 * @param address of the node, where it is dialled by one of several
 */
export function doorsAtNode(analysis: Analysis, endpoint: number, { protocol, port }: Packet, address?: string): readonly NodeDoor[] {
  const { doors, world } = doorSession(analysis);
  const { network, node } = world.endpoint(endpoint);
  if (network !== 'host' || node === undefined || port === undefined) return [];
  return doors.all.flatMap((door): readonly NodeDoor[] => {
    if (door.protocol !== protocol || door.port !== port) return [];
    const isOfFamily = address === undefined || !door.families || door.families.includes(familyOfChoice(address));
    if (door.kind === 'nodePort') return isOfFamily ? [{ node, door, certainty: 'yes' }] : [];
    if (door.kind !== 'hostPort') return [];
    const nodes = door.backends
      .filter((backend) => isBoundAt(world, backend, door, node, address))
      .map((backend) => nodeOf(world, backend));
    if (nodes.includes(node)) return [{ node, door, certainty: 'yes' }];
    return nodes.includes(undefined) ? [{ node, door, certainty: 'maybe' }] : [];
  });
}

/** Is the host port of the pod one of this node's addresses, as far as anybody knows them? */
function isBoundAt(
  world: DoorSession['world'],
  { endpoint }: DoorBackend,
  { protocol, port }: Door,
  node: string,
  address: string | undefined,
): boolean {
  const own = address === undefined ? (world.nodeNamed(node)?.addresses ?? []) : [address];
  const { hostPorts = [] } = world.endpoint(endpoint!);
  return hostPorts.some(
    ({ protocol: ownProtocol, hostPort, hostAddress }) =>
      ownProtocol === protocol && hostPort === port && (hostAddress === undefined || own.length === 0 || own.includes(hostAddress)),
  );
}

function nodeOf(world: DoorSession['world'], { endpoint }: DoorBackend): string | undefined {
  return endpoint === undefined ? undefined : world.endpoint(endpoint).node;
}

/**
 * Backends that a connection may be sent to, one of each that nothing tells apart. Where nodes lead to pods of their own alone and this one has none, one
 * that shows it.
 * @param place tells apart what the way itself tells apart, beside who the backend is
 */
export function answeringBackends(
  session: DoorSession,
  door: Door,
  node: string | undefined,
  place: (backend: DoorBackend) => unknown = () => '',
): readonly DoorBackend[] {
  const { world } = session;
  const isOwnOnly = node !== undefined && (door.kind === 'hostPort' || door.trafficPolicy === 'Local');
  const mayRunThere = (backend: DoorBackend) =>
    backend.endpoint !== undefined && (nodeOf(world, backend) === node || nodeOf(world, backend) === undefined);
  const there = isOwnOnly ? door.backends.filter(mayRunThere) : door.backends;
  const alike = new Map<string, DoorBackend>();
  for (const backend of there.length > 0 ? there : door.backends.slice(0, 1)) {
    const at = node === undefined ? '' : nodeOf(world, backend) === node;
    const key = JSON.stringify([backendKey(session, backend), backend.endpoint === undefined ? backend.address : '', at, place(backend)]);
    if (!alike.has(key)) alike.set(key, backend);
  }
  return [...alike.values()];
}

/** What tells backends apart that have different verdicts; nothing where they agree. */
export function whichBackend(
  { world }: DoorSession,
  judged: readonly { readonly backend: DoorBackend; readonly verdict: Verdict }[],
): readonly Unknown[] {
  const verdicts = [...new Set(judged.map(({ verdict }) => verdict))];
  if (verdicts.length < 2) return [];
  const told = verdicts.map((verdict) => {
    const names = judged
      .filter((one) => one.verdict === verdict)
      .map(({ backend: { endpoint, address } }) => `\`${endpoint === undefined ? address : endpointName(world, endpoint)}\``);
    const more = names.length > MOST_NAMES ? ` and ${names.length - MOST_NAMES} more` : '';
    return `${names.slice(0, MOST_NAMES).join(', ')}${more} ${verdict}`;
  });
  return [{ kind: 'door', text: `which backend it is sent to: ${told.join('; ')}` }];
}

const MOST_NAMES = 3;

/** One client inside at one door, whichever backend it is sent to. */
export interface OneDoorQuestion {
  /** Id of a door of a Service or of a host port. */
  readonly door: string;
  /** Name of the node whose address is dialled; absent: that of the door, or of the client's own node. */
  readonly node?: string;
  /** Index of the pod, node or hostNetwork pod that dials. */
  readonly from: number;
  /** By which of its addresses; absent: any. */
  readonly fromAt?: AddressChoice;
  /** The address that is dialled; absent: whichever gets through. */
  readonly address?: string;
  readonly sourcePort?: number;
}

/** What a client inside gets from a door. */
export interface InsideReach {
  /** What all backends have in common, else `indeterminate`. */
  readonly verdict: Verdict;
  /** One for each of the backends that differ. */
  readonly explanations: readonly DoorExplanation[];
  readonly dependsOn: readonly Unknown[];
  readonly assumptions: readonly string[];
}

/** What a client inside gets from a door. Which backend it is sent to nobody chooses, so that all that may answer have to agree. */
export function reachFromInside(analysis: Analysis, { door: id, node, from, fromAt, address, sourcePort }: OneDoorQuestion): InsideReach {
  const session = doorSession(analysis);
  const { doors, world, context } = session;
  const named = doors.byId(id);
  invariant(named && !named.controller, 'a question from inside names a door of a Service or a host port');
  const isDialled = (backend: DoorBackend) => address === undefined || hasFamily(context, backend, familyOfChoice(address));
  const door = address === undefined ? named : { ...named, backends: named.backends.filter(isDialled) };
  const own = world.endpoint(from);
  const client = fromAt === undefined ? own : narrowedTo(own, fromAt);
  const cluster = clusterOf(analysis);
  const place = (backend: DoorBackend) => [backend.endpoint === from, client.node !== undefined && nodeOf(world, backend) === client.node];
  // What comes from the node itself or its pods goes to any backend, whatever externalTrafficPolicy says (proxier.go, the external chains).
  const at = staysOnNode(door) ? client.node : door.kind === 'nodePort' && node === client.node ? undefined : node;
  const explanations = answeringBackends(session, door, at, place).map((backend) =>
    published(
      explainInside(context, cluster, {
        door,
        backend,
        client,
        ...(node !== undefined && { node }),
        ...(address !== undefined && { address }),
        ...(sourcePort !== undefined && { sourcePort }),
      }),
    ),
  );
  const verdict = agreedVerdict(explanations.map((explanation) => explanation.verdict));
  const open = explanations.flatMap(({ dependsOn }) => dependsOn);
  return {
    verdict,
    explanations,
    dependsOn: verdict === 'indeterminate' ? distinctUnknowns([...whichBackend(session, explanations), ...open]) : [],
    assumptions: [...new Set(explanations.flatMap(({ assumptions }) => assumptions))],
  };
}
