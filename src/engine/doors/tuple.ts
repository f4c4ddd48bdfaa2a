import type { Tuple } from '../../model/door';
import type { Endpoint } from '../../model/endpoint';
import type { Flow, Packet, Party } from '../../model/verdict';
import { endpointId } from '../query/catalogue';
import type { DoorWorld } from './world';

/** Stands for an endpoint that the input does not have. */
export const STAND_IN = -1;

/** The flow as a place sees it, in print. */
export function tupleOf(world: DoorWorld, { source, destination, packet }: Flow): Tuple {
  return {
    source: partyName(world, source),
    destination: partyName(world, destination),
    protocol: packet.protocol as Tuple['protocol'],
    ...(packet.port !== undefined && { port: packet.port }),
  };
}

/** Stand-ins have no place in the cluster and are called by their own names. */
function partyName(world: DoorWorld, party: Party): string {
  if (party.kind === 'address') return party.address;
  return party.endpoint.id === STAND_IN ? party.endpoint.name : endpointId(world, party.endpoint);
}

/** An address that belongs to no endpoint. */
export function addressParty(address: string): Party {
  return { kind: 'address', address };
}

/** A node of which nobody tells which one it is. */
export function someNode({ facts }: Pick<DoorWorld, 'facts'>): Party {
  return { kind: 'endpoint', endpoint: nodeStandIn('a node', facts.nodeRanges) };
}

/** A process of a node that the input does not have: nothing is known of it but, perhaps, where nodes have their addresses. */
export function nodeStandIn(name: string, addressRanges: readonly string[]): Endpoint {
  return {
    id: STAND_IN,
    kind: 'node',
    name,
    namespace: -1,
    workload: -1,
    labels: { values: {}, unknownKeys: [], complete: false },
    network: 'host',
    addresses: [],
    addressRanges: addressRanges.length > 0 ? addressRanges : EVERYWHERE,
    node: name,
    ports: [],
    source: NOWHERE,
  };
}

/** Some address of either family. */
export const EVERYWHERE: readonly string[] = Object.freeze(['0.0.0.0/0', '::/0']);
const NOWHERE = Object.freeze({ file: '', document: 0, line: 0 });

/** The pod of a controller that the input does not have. */
export function controllerStandIn(name: string): Party {
  return {
    kind: 'endpoint',
    endpoint: {
      id: STAND_IN,
      kind: 'pod',
      name,
      namespace: -1,
      workload: -1,
      labels: { values: {}, unknownKeys: [], complete: false },
      network: 'pod',
      addresses: [],
      addressRanges: EVERYWHERE,
      ports: [],
      source: NOWHERE,
    },
    namespace: { name, labels: { values: {}, unknownKeys: [], complete: false } },
  };
}

/**
 * A load balancer of the cloud that opens connections itself, from addresses that nobody tells: rules for pods never mean it, rules for addresses may.
 * @param isPlaced on a node of its own, as no other; otherwise nobody tells where it comes in, which matters where host endpoints act
 */
export function cloudStandIn(name: string, isPlaced: boolean): Party {
  const { node, ...endpoint } = nodeStandIn(name, []);
  return { kind: 'endpoint', endpoint: { ...endpoint, ...(isPlaced && node !== undefined && { node }) } };
}

/**
 * A packet of a protocol with ports; without one, whatever rules say of ports does not match.
 * @param sourcePort translation of the destination leaves it as it is
 */
export function transport(protocol: Tuple['protocol'], port: number | undefined, sourcePort?: number): Packet {
  return { protocol, ...(port !== undefined && { port }), ...(sourcePort !== undefined && { sourcePort }) };
}
