import type { Door, DoorBackend, DoorExplanation, PathStep } from '../../model/door';
import { type Endpoint, familyOfChoice, narrowedTo } from '../../model/endpoint';
import { anyOf, distinctUnknowns, isTrue, type Match, maybe, type Unknown, YES } from '../../model/match';
import { formatRef } from '../../model/source';
import type { Flow, Packet, Verdict } from '../../model/verdict';
import { agreedVerdict, withSourceReplaced } from '../../model/verdict';
import { parseAddress } from '../../util/ip';
import type { Cluster } from '../evaluate';
import { crossingOf } from '../evaluate-crossing';
import { familiesOf, rangeInNet, rangesOf } from '../evaluate-match';
import { pathOf, type Station } from '../evaluate-path';
import { endpointId } from '../query/catalogue';
import { endpointParty } from '../query/definition-input';
import { type Across, acrossNodes } from './across-nodes';
import { comeFromElsewhere, ELSEWHERE, enterBackend, pointsOn, translation } from './path';
import type { PathContext } from './path-context';
import { addressParty, nodeStandIn, someNode, transport, tupleOf } from './tuple';
import { best, type Course, endpointOf, isOnlyNode, SERVICE_PROXY, shownOf, type WalkedWay, walkedWay } from './ways';

/*
 * The definition of a door for clients inside: pods, and processes of nodes, that dial a Service. The client's own node translates (kube-proxy on every
 * node knows all addresses of Services), so that policies see a flow from the client to the backend, and never the Service; only what acts at the host side
 * of the pod's interface before translation sees what was dialled.
 *
 *   clusterIP                          the client stays the source (docs.tigera.io/calico/latest/about/kubernetes-training/about-kubernetes-services)
 *   loadBalancer, externalIP, nodePort the client's node puts its own address in the place of the client's if the backend is on another node: from inside,
 *                                      these are always served as with externalTrafficPolicy Cluster (core/v1 types.go, ExternalTrafficPolicy)
 *
 * A node port is dialled at the client's own node, unless another one is named: then see `across-nodes`.
 */

/** A pod or process that dials a door. */
export interface InsideDial {
  readonly door: Door;
  readonly backend: DoorBackend;
  readonly client: Endpoint;
  /** Where the door leads to every port: which one. */
  readonly port?: number;
  /** Of a node port or host port: name of the node whose address is dialled; absent: the client's own. */
  readonly node?: string;
  /** What is dialled, where that is told: an address of the node, or one of the door's. What it is translated to is of its family. */
  readonly address?: string;
  readonly sourcePort?: number;
}

/** One thing that may be the case, and what it says. */
interface Alternative {
  readonly verdict: Verdict;
  readonly ways: readonly WalkedWay[];
  readonly dependsOn: readonly Unknown[];
}

/** @param cluster all policies and nodes, as direct flows are judged with */
export function explainInside(context: PathContext, cluster: Cluster, dial: InsideDial): DoorExplanation {
  const { world } = context;
  const { door, backend, client, address, sourcePort, port = backend.port } = dial;
  const whole = endpointOf(context, backend);
  const endpoint = whole && address !== undefined ? narrowedTo(whole, familyOfChoice(address)) : whole;
  const packet = transport(door.protocol, typeof port === 'number' ? port : undefined, sourcePort);
  const destination = endpoint ? endpointParty(world, endpoint) : addressParty(backend.address ?? '');
  const flow: Flow = { source: endpointParty(world, client), destination, packet };
  const admitted = admitInside(dial, endpoint);
  const { isOwn, isOther, unknowns: whichNode } = nodeDialled(context, dial);
  const cases = isOwn ? casesOf(world, dial, endpoint) : [];
  const perFamily = familiesOf(flow).map((family) => {
    const own = cases.map(({ isReplaced, text }): Alternative => {
      const course: Course = { placement: isReplaced ? 'other' : 'same', replacesClient: isReplaced };
      const way = walkedWay(course, text, steps(context, cluster, dial, flow, family, admitted, isReplaced));
      return { verdict: way.verdict, ways: [way], dependsOn: way.dependsOn };
    });
    const across = isOther ? acrossNodes(context, cluster, { ...dial, node: dial.node! }, packet, family) : NOT_ACROSS;
    const alternatives: readonly Alternative[] = [...own, ...across.alternatives];
    const verdict = agreedVerdict(alternatives.map((alternative) => alternative.verdict));
    return { verdict, alternatives, differ: [...whichNode, ...across.unknowns] };
  });
  // A client with addresses of both families uses whichever gets through.
  const verdict = best(perFamily.map((one) => one.verdict));
  const { alternatives, differ } = perFamily.find((one) => one.verdict === verdict)!;
  const ways = alternatives.flatMap((alternative) => alternative.ways);
  const isPossible = verdict === 'allowed' && backend.certainty === 'maybe';
  const open: readonly Unknown[] = [
    ...alternatives.flatMap((alternative) => alternative.dependsOn),
    ...(new Set(alternatives.map((alternative) => alternative.verdict)).size > 1
      ? [...differ, ...(isOwn ? whatTells(world, client, endpoint) : [])]
      : []),
    ...backend.unknowns,
  ];
  return {
    door: door.id,
    client: endpointId(world, client),
    backend,
    verdict: isPossible ? 'indeterminate' : verdict,
    shown: shownOf(ways, verdict),
    ways,
    dependsOn: isPossible || verdict === 'indeterminate' ? distinctUnknowns(open) : [],
    assumptions:
      door.kind === 'loadBalancer'
        ? [`nodes answer for the load balancer of \`${formatRef(door.object)}\` themselves, as kube-proxy does`]
        : [],
  };
}

const NOT_ACROSS: Across = { alternatives: [], unknowns: [] };

/**
 * Whether what was dialled is translated on the client's own node, or on the other one whose address it is. Calico's eBPF dataplane looks node ports of all
 * hosts up where the client connects (felix/bpf-gpl/nat_lookup.h). For Services of local backends that depends on its release (felix/bpf/proxy/syncer.go,
 * `expandAndApplyNodePorts`); of other dataplanes in eBPF the input does not tell whether they do.
 */
function nodeDialled(context: PathContext, { door, client, node }: InsideDial) {
  const { cni, serviceProxy } = context.world.facts;
  const isOfCalico = cni === 'calico' && serviceProxy === 'ebpf' && door.trafficPolicy !== 'Local' && !door.isLocalInside;
  if (
    node === undefined ||
    node === client.node ||
    (client.node === undefined && isOnlyNode(context)) ||
    (door.kind === 'nodePort' && isOfCalico)
  )
    return { isOwn: true, isOther: false, unknowns: [] };
  const unknowns: Unknown[] = [];
  if (client.node === undefined)
    unknowns.push({
      kind: 'placement',
      text: `whether \`${client.name}\` runs on node \`${node}\`: there the node port is translated before its own policies are asked, from elsewhere after them`,
    });
  if (door.kind === 'nodePort' && serviceProxy !== 'kube-proxy')
    unknowns.push({
      kind: 'door',
      text: 'whether node ports of other nodes are translated when a client connects, as eBPF dataplanes may do',
    });
  return { isOwn: unknowns.length > 0, isOther: true, unknowns };
}

/** One thing that may become of the source. */
interface Case {
  readonly isReplaced: boolean;
  readonly text: string;
}

const KEPT: Case = { isReplaced: false, text: 'translated on the node of the client, which stays the source' };
const REPLACED: Case = {
  isReplaced: true,
  text: "translated on the node of the client, whose address becomes the source on the way to the backend's node",
};

/**
 * Whether the client's node puts its own address in the place of the client's: only on the way to another node, never for a cluster address, and for pods
 * not with externalTrafficPolicy Local either (pkg/proxy/iptables/proxier.go, the external chains).
 */
function casesOf({ facts }: PathContext['world'], { door, client }: InsideDial, endpoint: Endpoint | undefined): readonly Case[] {
  if (door.kind === 'clusterIP' || client.network === 'host' || door.trafficPolicy === 'Local' || facts.serviceProxy === 'ebpf')
    return [KEPT];
  const away = facts.serviceProxy === 'unknown' ? [REPLACED, KEPT] : [REPLACED];
  if (!endpoint) return away;
  if (client.id === endpoint.id) return [KEPT];
  if (client.node === undefined || endpoint.node === undefined) return [KEPT, REPLACED];
  return client.node === endpoint.node ? [KEPT] : away;
}

function whatTells({ facts }: PathContext['world'], { name, node }: Endpoint, endpoint: Endpoint | undefined): readonly Unknown[] {
  const isPlaced = node !== undefined && endpoint?.node !== undefined;
  return [
    ...(isPlaced || !endpoint
      ? []
      : [
          {
            kind: 'placement' as const,
            text: `whether \`${name}\` and \`${endpoint.name}\` share a node: on the way to another one the client's address is replaced`,
          },
        ]),
    ...(facts.serviceProxy === 'unknown' ? [SERVICE_PROXY] : []),
  ];
}

/**
 * Source ranges hold for clients inside as well; a cluster address with internalTrafficPolicy Local leads to backends of the client's node alone. Nobody
 * translates for a headless Service, so that the policy says nothing there. A backend outside is local where its EndpointSlice names the node, which is not
 * read (pkg/proxy/topology.go, CategorizeEndpoints).
 */
function admitInside(dial: InsideDial, endpoint: Endpoint | undefined): { readonly match: Match; readonly reason: string } {
  const { door, client, backend } = dial;
  const { sourceRanges, kind } = door;
  if (kind === 'loadBalancer' && sourceRanges) {
    const own = rangesOf({ kind: 'endpoint', endpoint: client }, undefined);
    // Its addresses, or ranges in one of which its address lies: where they differ nobody knows.
    const truths = new Set(own.map((range) => anyOf(sourceRanges.map((net) => rangeInNet(range, net))).truth));
    const [only] = truths;
    const isKnown = truths.size <= 1 && only !== 'maybe';
    const match = isKnown ? isTrue(only !== 'no') : maybe({ kind: 'address', text: `the address of \`${client.name}\`` });
    return { match, reason: `source ranges of \`${formatRef(door.object)}\`` };
  }
  if (!staysOnNode(door)) return { match: YES, reason: 'it is dialled inside the cluster' };
  const reason = 'internalTrafficPolicy Local: only backends on the node of the client';
  if (!endpoint)
    return {
      match: maybe({ kind: 'placement', text: `whether \`${backend.address}\` is listed as on the node of \`${client.name}\`` }),
      reason,
    };
  if (client.node !== undefined && endpoint.node !== undefined) return { match: isTrue(client.node === endpoint.node), reason };
  return { match: maybe({ kind: 'placement', text: `whether \`${client.name}\` and \`${endpoint.name}\` share a node` }), reason };
}

/** Whether it leads clients inside to backends on their own node alone: internalTrafficPolicy Local of an address that nodes translate. */
export function staysOnNode({ kind, port, trafficPolicy }: Pick<Door, 'kind' | 'port' | 'trafficPolicy'>): boolean {
  return kind === 'clusterIP' && port !== 'any' && trafficPolicy === 'Local';
}

type Family = ReturnType<typeof familiesOf>[number];

/** The door, the translation, then every place of the direct flow; where the source is replaced, the backend's side with the node as the source. */
function* steps(
  context: PathContext,
  cluster: Cluster,
  dial: InsideDial,
  flow: Flow,
  family: Family,
  { match, reason }: ReturnType<typeof admitInside>,
  isReplaced: boolean,
): Generator<PathStep> {
  const { world } = context;
  const { door, backend, client } = dial;
  const dialled = dialledFlow(context, dial, flow, family);
  const verdict: Verdict = match.truth === 'yes' ? 'allowed' : match.truth === 'no' ? 'denied' : 'indeterminate';
  yield { kind: 'door', door: door.id, tuple: tupleOf(world, dialled), verdict, reason, unknowns: match.unknowns };
  const isTranslated = !(door.kind === 'clusterIP' && door.port === 'any');
  if (isTranslated) yield translation('destination', context, client.node, dialled, flow);

  const stations = pathOf(cluster, flow, family).map((station) =>
    isTranslated ? withDialled(station, dialled, world.facts.serviceProxy) : station,
  );
  yield* pointsOn('egress', context, cluster, stations, { node: client.node, flow }, family);
  const endpoint = endpointOf(context, backend);
  if (!isReplaced) {
    yield* pointsOn('ingress', context, cluster, stations, { node: endpoint?.node, flow }, family);
    return;
  }
  const party = client.node === undefined ? someNode(world) : context.entryNode(client.node).party;
  const ip = family ?? 4;
  const seen: Flow = { ...flow, source: party, packet: withSourceReplaced(flow.packet) };
  yield translation('source', context, client.node, flow, seen);
  if (!endpoint) return;
  // Another node than the client's, so that the client's node is no neighbour of the backend.
  const away: Endpoint = endpoint.node === undefined ? { ...endpoint, node: ELSEWHERE } : endpoint;
  const destination = endpointParty(world, away);
  const crossing = away.network === 'pod' ? crossingOf(world, party, destination, ip) : undefined;
  const arriving = { flow: { ...seen, destination }, crossing };
  yield* comeFromElsewhere(context, endpoint, arriving, ip);
  yield* enterBackend(context, away, endpoint.node, arriving, ip);
}

/** What the client dials, as it leaves the client. */
function dialledFlow({ world }: PathContext, dial: InsideDial, flow: Flow, family: Family): Flow {
  const { door, client, port, node = client.node, sourcePort, address } = dial;
  const dialled = port ?? (typeof door.port === 'number' ? door.port : undefined);
  const packet: Packet = transport(door.protocol, dialled, sourcePort);
  if (door.kind === 'clusterIP' && door.port === 'any') return flow;
  const isAtNode = door.kind === 'nodePort' || door.kind === 'hostPort';
  const known = isAtNode ? (node === undefined ? undefined : world.nodeNamed(node)?.addresses) : door.addresses;
  const own = address ?? known?.find((text) => family === undefined || parseAddress(text)?.family === family) ?? known?.[0];
  if (own !== undefined && parseAddress(own)) return { ...flow, destination: addressParty(own), packet };
  // An address that the input does not tell: some address, which no selector chooses.
  const untold = { ...nodeStandIn(formatRef(door.object), []), labels: { values: {}, unknownKeys: [], complete: true } };
  return { ...flow, destination: { kind: 'endpoint', endpoint: untold }, packet };
}

/** What acts before translation sees what was dialled, unless the dataplane translates when the client connects. */
function withDialled(station: Station, dialled: Flow, serviceProxy: string): Station {
  if (station.kind !== 'checkpoint' || serviceProxy === 'ebpf') return station;
  const { checkpoint } = station;
  if (checkpoint.direction !== 'egress' || checkpoint.way !== 'in') return station;
  const before = checkpoint.alternatives.map(({ host, stages }) => ({
    host,
    stages:
      stages === 'unknown'
        ? stages
        : stages.map((stage) => (stage.hook === 'preDNAT' || stage.hook === 'untracked' ? { ...stage, flow: dialled } : stage)),
  }));
  if (serviceProxy === 'kube-proxy') return { kind: 'checkpoint', checkpoint: { ...checkpoint, alternatives: before } };
  const unknown: Unknown = {
    kind: 'fact',
    text: 'the fact `serviceProxy`: whether addresses of Services are translated before a packet leaves its pod',
  };
  const alternatives = [...before, ...checkpoint.alternatives];
  return { kind: 'checkpoint', checkpoint: { ...checkpoint, alternatives, unknowns: [...checkpoint.unknowns, unknown] } };
}
