import type { Endpoint } from '../../model/endpoint';
import type { Hook, HostEndpoint } from '../../model/host-endpoint';
import type { Policy } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { Flow, Packet } from '../../model/verdict';
import type { Directory } from '../directory';
import type { Cluster, Policing, PolicyOrder } from '../evaluate';
import { selectsHost } from '../evaluate-checkpoint';
import { policingOf } from '../evaluate-path';
import { positionOf } from '../packet-axis';
import { RecentByPosition } from './recent-by-position';
import { rulesForPacket } from './rules-for-packet';

/*
 * What little of a cluster's host endpoints, nodes and policies at hosts the definition needs for one question. All of it is looked up, since a question
 * must not take the time of as many host endpoints as there are nodes.
 */

/** A policy by its index, which is its place in the order of evaluation. */
export type NumberedPolicy = readonly [index: number, policy: Policy];

export interface HostWorld {
  /** Policies that act at host endpoints, as they act there and nowhere else. */
  readonly policies: readonly NumberedPolicy[];
  /** What a flow meets: the host endpoints and nodes of its two ends; all of them for an end of which nobody knows where it runs. */
  around(flow: Flow): Pick<Cluster, 'hostEndpoints' | 'endpoints'>;
  /**
   * What can act at a host endpoint in a hook, on such a packet if one is told; where it certainly does, the definition need not find that out again.
   */
  readonly actingAt: (host: HostEndpoint, hook: Hook, packet?: Packet) => PolicyOrder;
  readonly policing: Policing;
}

const worlds = new WeakMap<Directory, HostWorld>();

/** Made when it is first needed, since it takes a look at every endpoint; undefined where there are no host endpoints. */
export function hostWorldOf(directory: Directory): HostWorld | undefined {
  if (directory.hostEndpoints.length === 0) return undefined;
  let world = worlds.get(directory);
  if (!world) {
    world = makeWorld(directory);
    worlds.set(directory, world);
  }
  return world;
}

/** One node: its host endpoints, and the node itself if the input has it. */
interface Place {
  readonly hostEndpoints: HostEndpoint[];
  readonly endpoints: Endpoint[];
}

const NOWHERE: Place = { hostEndpoints: [], endpoints: [] };
const EVERYTHING: Selector = Object.freeze({ kind: 'all' });
const NOBODY: Selector = Object.freeze({ kind: 'none' });

function makeWorld(directory: Directory): HostWorld {
  const placeOf = placesOf(directory);
  const { hostEndpoints } = directory;
  const policies = [...directory.policies.entries()]
    .filter(([, { appliesToHosts, staged }]) => appliesToHosts && !staged)
    .map(([index, policy]) => [index, { ...policy, appliesTo: NOBODY }] as const);
  return {
    policies,
    around: ({ source, destination }) => {
      const [from, to] = [source, destination].map((end) => (end.kind === 'address' ? NOWHERE : placeOf(end.endpoint.node)));
      if (!from || !to) return { hostEndpoints };
      if (from === to || to === NOWHERE) return from;
      if (from === NOWHERE) return to;
      return { hostEndpoints: [...from.hostEndpoints, ...to.hostEndpoints], endpoints: [...from.endpoints, ...to.endpoints] };
    },
    actingAt: actingFinder(directory, policies),
    policing: policingOf(directory),
  };
}

/** Looks places up by the name of their node; undefined where that is not known. */
function placesOf(directory: Directory): (node: string | undefined) => Place | undefined {
  const places = new Map<string, Place>();
  const placeAt = (node: string) => {
    let place = places.get(node);
    if (!place) {
      place = { hostEndpoints: [], endpoints: [] };
      places.set(node, place);
    }
    return place;
  };
  for (const host of directory.hostEndpoints) placeAt(host.node).hostEndpoints.push(host);
  for (let index = 0; index < directory.endpointCount; index++) {
    const own = directory.endpoint(index);
    if (own.kind !== 'node') continue;
    const { endpoints } = placeAt(own.name);
    // The first one of a name, as everywhere.
    if (endpoints.length === 0) endpoints.push(own);
  }
  return (node) => (node === undefined ? undefined : (places.get(node) ?? NOWHERE));
}

/** Host endpoints that the same policies select share one list: often those of all nodes do, though each has a label of its own name. */
function actingFinder(directory: Directory, policies: readonly NumberedPolicy[]): HostWorld['actingAt'] {
  const certain = new Map(policies.map(([index, policy]) => [index, { ...policy, appliesToHosts: EVERYTHING }]));
  const orders = new Map<string, PolicyOrder>();
  const known = new Map<HostEndpoint, { [hook in Hook]?: PolicyOrder }>();
  const onPackets = new RecentByPosition<PolicyOrder, PolicyOrder>();
  const find = (host: HostEndpoint, hook: Hook): PolicyOrder => {
    const selected = policies.map(([index, policy]) => [index, policy, selectsHost(policy, hook, host).truth] as const);
    const acting = selected.filter(([, , truth]) => truth !== 'no');
    const key = acting.map(([index, , truth]) => `${index}${truth === 'maybe' ? '?' : ''}`).join();
    let order = orders.get(key);
    if (!order) {
      order = orderOf(
        directory,
        acting.map(([index, policy, truth]) => (truth === 'yes' ? certain.get(index)! : policy)),
      );
      orders.set(key, order);
    }
    return order;
  };
  return (host, hook, packet) => {
    let own = known.get(host);
    if (!own) {
      own = {};
      known.set(host, own);
    }
    own[hook] ??= find(host, hook);
    const order = own[hook];
    return packet ? onPackets.at(order, positionOf(packet), () => orderForPacket(order, packet)) : order;
  };
}

/** The same as far as it can matter to the packet. */
function orderForPacket({ tiers, policies }: PolicyOrder, packet: Packet): PolicyOrder {
  return { tiers, policies: policies.map((policy) => narrowed(policy, packet)) };
}

function narrowed({ ingress, egress, ...policy }: Policy, packet: Packet): Policy {
  return {
    ...policy,
    ...(ingress && { ingress: rulesForPacket(ingress, packet) }),
    ...(egress && { egress: rulesForPacket(egress, packet) }),
  };
}

/** Policies with their tiers. */
export function orderOf(directory: Pick<Directory, 'tiers'>, policies: readonly Policy[]): PolicyOrder {
  const tiers = new Set(policies.map(({ tier }) => tier));
  return { tiers: directory.tiers.filter(({ name }) => tiers.has(name)), policies };
}
