import type { Endpoint } from '../../model/endpoint';
import type { HostEndpoint } from '../../model/host-endpoint';
import type { Policy, PortRange } from '../../model/policy';
import type { Packet, Party } from '../../model/verdict';
import type { Cluster, Policing, PolicyOrder } from '../evaluate';
import type { HostPolicies } from '../evaluate-checkpoint';
import { type Crossing, type CrossingGovernor, transitGovernor } from '../evaluate-crossing';
import { type Governor, innerGovernor, outwardGovernor } from '../evaluate-interfaces';
import { within } from '../evaluate-match';
import { policingOf } from '../evaluate-path';
import { nodeStandIn, someNode } from './tuple';
import type { DoorWorld } from './world';

/*
 * What ways through doors are judged with. The definition of a way looks at all nodes and all policies; whoever asks often may show it a few of each that
 * stand for the others.
 */

/** A node that a connection may enter at. */
export interface EntryNode {
  /** Absent: a node that the input does not name. No host endpoint acts there, since host endpoints name their nodes. */
  readonly name?: string;
  /** As a source of packets. */
  readonly party: Party;
  /** Is there such a node for certain? */
  readonly exists: boolean;
}

/** INVARIANT: whatever it leaves out gets the same as something that it shows, so that no verdict depends on how much it shows. */
export interface PathContext {
  readonly world: DoorWorld;
  /** Nodes that a connection may enter at on its way to an endpoint, or out of the cluster. */
  entryNodesFor(backend: Endpoint | undefined): readonly EntryNode[];
  readonly policing: Policing;
  /** Numbers of node ports that stand for all that a cluster may give: no rule that sees what was dialled tells others apart from them. */
  readonly nodePortSamples: readonly number[];
  /** What acts at host endpoints. */
  readonly hostPolicies: HostPolicies;
  /** Policies that can matter to what comes to an endpoint, and all that act at host endpoints. */
  orderFor(destination: Endpoint | undefined, packet: Packet): PolicyOrder;
  entryNode(name: string): EntryNode;
  /** Governors of the interfaces of a node. */
  inner(node: string): Governor;
  outward(node: string): Governor;
  /** Of the interface by which packets come to a pod of another node, or from it. */
  transit(node: string, crossing: Crossing): CrossingGovernor;
}

/** The context of the definition: every node, every policy. */
export function pathContext(world: DoorWorld): PathContext {
  const order: PolicyOrder = world;
  const nodes = entryNodesOf(world);
  return contextWith(
    world,
    () => nodes,
    () => order,
  );
}

/**
 * A context that shows what is asked for.
 * @param entryNodesFor nodes that stand for all that a connection to the endpoint may enter at
 * @param orderFor policies that can matter to what comes to the endpoint
 */
export function contextWith(world: DoorWorld, entryNodesFor: PathContext['entryNodesFor'], orderFor: PathContext['orderFor']): PathContext {
  const { hostEndpoints, nodeNetwork, policies, tiers } = world;
  const cluster: Cluster = { tiers, policies, hostEndpoints, nodeNetwork };
  const policing = hostEndpoints.length === 0 ? { forwarded: false, own: false } : policingOf(cluster);
  const hostsByNode = new Map<string, HostEndpoint[]>();
  for (const host of hostEndpoints) hostsByNode.set(host.node, [...(hostsByNode.get(host.node) ?? []), host]);
  // Governors look at the host endpoints and the addresses of one node.
  const at = (name: string) => {
    const node = world.nodeNamed(name);
    return { hostEndpoints: hostsByNode.get(name) ?? [], nodeNetwork, endpoints: node ? [node] : [] };
  };
  return {
    world,
    entryNodesFor,
    policing,
    nodePortSamples: nodePortSamplesOf(policies),
    hostPolicies: { tiers, policies: policies.filter(({ appliesToHosts }) => appliesToHosts), nodeNetwork },
    orderFor,
    entryNode: (name) => entryNodeOf(world, name),
    inner: (node) => innerGovernor(at(node), node),
    outward: (node) => outwardGovernor(at(node), node),
    transit: (node, crossing) => transitGovernor(at(node), node, crossing),
  };
}

/** All nodes that the input names; where it has no Nodes there may be others, and where it names none there is one at least. */
export function entryNodesOf(world: DoorWorld): readonly EntryNode[] {
  const named = world.nodeNames.map((name) => entryNodeOf(world, name));
  if (world.knowsNodes) return named;
  return [...named, { party: someNode(world), exists: named.length === 0 }];
}

/** A node that is only named has no known address: it lies where facts put nodes, or anywhere. */
function entryNodeOf(world: DoorWorld, name: string): EntryNode {
  const endpoint = world.nodeNamed(name) ?? nodeStandIn(name, world.facts.nodeRanges);
  return { name, party: { kind: 'endpoint', endpoint }, exists: true };
}

/** What node ports are given out of unless the cluster is told otherwise (kube-apiserver, `--service-node-port-range`). */
const NODE_PORTS: PortRange = [30_000, 32_767];

/** The lowest number, and each at which some rule of untracked or preDNAT policies begins or has just ended; forward ones see the pod's port. */
function nodePortSamplesOf(policies: readonly Policy[]): readonly number[] {
  const starts = new Set([NODE_PORTS[0]]);
  for (const { hook, ingress = [] } of policies) {
    if (hook === 'normal') continue;
    for (const { packets } of ingress)
      for (const { ports = [], notPorts = [] } of packets === 'any' ? [] : packets)
        for (const [low, high] of [...ports, ...notPorts])
          for (const start of [low, high + 1]) if (within(start, NODE_PORTS)) starts.add(start);
  }
  return [...starts].sort((a, b) => a - b);
}
