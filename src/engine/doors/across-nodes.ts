import type { Door, DoorBackend, PathStep } from '../../model/door';
import type { Endpoint } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import { type Flow, type Packet, type Party, withSourceReplaced } from '../../model/verdict';
import type { Cluster } from '../evaluate';
import type { Family } from '../evaluate-match';
import { isMasqueraded, pathOf } from '../evaluate-path';
import { endpointParty } from '../query/definition-input';
import { type Dial, dialledNode, ELSEWHERE, pointsOn, stepsBehind, translation } from './path';
import type { PathContext } from './path-context';
import { someNode, transport, tupleOf } from './tuple';
import { type Course, coursesOf, endpointOf, joinWays, type Together, walkedWay } from './ways';

/*
 * The definition of a node port that is dialled at another node than the client's own. Nodes translate node ports of their own addresses alone
 * (pkg/proxy/iptables/proxier.go: KUBE-NODEPORTS, for local destinations), so that the packet leaves the client for the other node as it is:
 *
 *   client's side     egress of the client, and what its node polices, with the node's address and port as the destination
 *   on the way        pods may take the address of their node (`natOutgoing`)
 *   the other node    as for clients outside (see `path`): what was dialled, the translation, what it became, the backend
 */

/** INVARIANT: nobody knows the client to run on that node. */
export interface AcrossDial {
  readonly door: Door;
  readonly backend: DoorBackend;
  readonly client: Endpoint;
  /** Name of the node whose address is dialled. */
  readonly node: string;
  /** Which of its addresses; absent: nobody tells. */
  readonly address?: string;
}

/** What the ways say together for each source that the other node may see, and what tells these apart. */
export interface Across {
  readonly alternatives: readonly Together[];
  readonly unknowns: readonly Unknown[];
}

/** @param packet as the backend gets it from a client that stays the source */
export function acrossNodes(context: PathContext, cluster: Cluster, dial: AcrossDial, packet: Packet, family: Family): Across {
  const { door, backend, client, node, address } = dial;
  const { world } = context;
  // A client of which the node is not told is asked as one of another node than the one that it dials.
  const placed = client.node === undefined && world.hostEndpoints.length === 0 ? { ...client, node: ELSEWHERE } : client;
  const dialled: Flow = {
    source: endpointParty(world, placed),
    destination: dialledNode(context.entryNode(node).party, address),
    packet: transport(door.protocol, typeof door.port === 'number' ? door.port : undefined, packet.sourcePort),
  };
  const masked = client.network === 'host' ? { truth: 'no' as const, unknowns: [] } : isMasqueraded(cluster, dialled, family);
  const asNode = client.node === undefined ? someNode(world) : context.entryNode(client.node).party;
  const sources = masked.truth === 'yes' ? [asNode] : masked.truth === 'no' ? [dialled.source] : [dialled.source, asNode];
  const courses = coursesOf(context, door, endpointOf(context, backend), node);
  const entry = context.entryNode(node);
  const none = [{ entry, cases: [{ entry, placement: 'same', replacesClient: false } as const], unknowns: [] }];
  const alternatives = sources.map((source) =>
    joinWays(door, courses.length > 0 ? courses : none, (course) =>
      walkedWay(
        course,
        textOf(dial, course, courses.length > 0),
        steps(context, cluster, dial, { dialled, packet, source, family, course: courses.length > 0 ? course : undefined }),
      ),
    ),
  );
  return { alternatives, unknowns: masked.unknowns };
}

interface Walk {
  /** As it leaves the client. */
  readonly dialled: Flow;
  /** As the backend gets it. */
  readonly packet: Packet;
  /** Whose packets the other node sees. */
  readonly source: Party;
  readonly family: Family;
  /** Absent: nobody answers at that node. */
  readonly course: Course | undefined;
}

function* steps(
  context: PathContext,
  cluster: Cluster,
  { door, backend, client, node, address }: AcrossDial,
  walk: Walk,
): Generator<PathStep> {
  const { world } = context;
  const { dialled, packet, source, family, course } = walk;
  yield {
    kind: 'door',
    door: door.id,
    tuple: tupleOf(world, dialled),
    verdict: 'allowed',
    reason: 'it is dialled inside the cluster',
    unknowns: [],
  };
  yield* pointsOn('egress', context, cluster, pathOf(cluster, dialled, family), { node: client.node, flow: dialled }, family);
  const isKept = source.kind === 'endpoint' && source.endpoint.id === client.id;
  const arriving: Flow = isKept ? { ...dialled, source } : { ...dialled, source, packet: withSourceReplaced(dialled.packet) };
  if (!isKept) yield translation('source', context, client.node, dialled, arriving);
  if (!course) {
    yield nobodyThere(context, door, node, arriving, isKept && client.network === 'pod');
    return;
  }
  const dial: Dial = {
    door,
    source,
    family: family ?? 4,
    backend,
    packet: isKept ? packet : withSourceReplaced(packet),
    ...(address !== undefined && { address }),
  };
  yield* stepsBehind(context, dial, course);
}

/** With externalTrafficPolicy Local nodes lead to pods of their own; clients that kube-proxy takes for pods it sends to any. */
function nobodyThere({ world }: PathContext, { id, trafficPolicy }: Door, node: string, flow: Flow, mayBePod: boolean): PathStep {
  const why = trafficPolicy === undefined ? '' : `externalTrafficPolicy ${trafficPolicy}: `;
  return {
    kind: 'door',
    door: id,
    tuple: tupleOf(world, flow),
    verdict: mayBePod ? 'indeterminate' : 'denied',
    reason: `${why}node \`${node}\` does not run this backend`,
    unknowns: mayBePod ? [DETECTS_PODS] : [],
  };
}

const DETECTS_PODS: Unknown = {
  kind: 'door',
  text: 'whether nodes know addresses of pods of other nodes (`detectLocalMode` of kube-proxy), and send them on to other nodes in spite of externalTrafficPolicy Local',
};

function textOf({ node }: AcrossDial, { placement, replacesClient }: Course, isAnswered: boolean): string {
  const dialled = `dialled at another node, \`${node}\``;
  if (!isAnswered) return dialled;
  if (placement === 'same') return `${dialled}, which runs the backend`;
  return `${dialled}, which sends it on ${replacesClient ? 'with its own address as the source' : 'and keeps the source'}`;
}
