import type { Door, DoorBackend, DoorPort } from '../../model/door';
import type { Endpoint, TransportProtocol } from '../../model/endpoint';
import { isPrivateAddress } from '../../model/internet';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { ResourceRef, Source } from '../../model/source';
import { doorId } from './door-ids';
import type { DoorWorld } from './world';

/*
 * Doors that need no Service: ports of nodes that lead to pods (hostPort), ports that hostNetwork pods and the nodes themselves listen on, and addresses
 * of pods that the outside could route to. One door for all pods of a workload; each of them is a backend on its own node.
 */

/** The doors of one workload's pods. */
export function hostDoors(world: DoorWorld, workload: number): readonly Door[] {
  const { ref, endpoints } = world.workload(workload);
  const pods = endpoints.map((id) => world.endpoint(id));
  const doors = new DoorGroups(ref);
  for (const pod of pods) {
    const addresses = nodeAddressesOf(world, pod);
    for (const { protocol, hostPort, containerPort, hostAddress } of pod.hostPorts ?? [])
      if (hostAddress === undefined || !isLoopback(hostAddress))
        doors.add('hostPort', protocol, hostPort, backendOf(pod, containerPort), hostAddress === undefined ? addresses : [hostAddress]);
    if (pod.network === 'host') {
      for (const { protocol, port } of pod.ports) doors.add('hostNetwork', protocol, port, backendOf(pod, port), pod.addresses);
      // What it declares is what it says of itself; it may listen on any other port of the node.
      for (const protocol of TRANSPORT_PROTOCOLS) doors.add('hostNetwork', protocol, 'any', backendOf(pod, 'any'), pod.addresses);
    } else if (pod.addresses.some((address) => !isPrivateAddress(address)))
      for (const protocol of TRANSPORT_PROTOCOLS) doors.add('podAddress', protocol, 'any', backendOf(pod, 'any'), pod.addresses);
  }
  return doors.list();
}

/** Where Nodes were written is not kept: answers must not change when an analysis is stored. */
const UNTOLD: Source = Object.freeze({ file: '', document: 0, line: 0 });

/** The doors of a node itself: whatever listens there. */
export function nodeDoors(node: Endpoint): readonly Door[] {
  const ref: ResourceRef = { apiVersion: 'v1', kind: 'Node', name: node.name, source: UNTOLD };
  const doors = new DoorGroups(ref);
  for (const protocol of TRANSPORT_PROTOCOLS) doors.add('hostNetwork', protocol, 'any', backendOf(node, 'any'), node.addresses);
  return doors.list();
}

function backendOf({ id }: Endpoint, port: DoorPort): DoorBackend {
  return { endpoint: id, port, certainty: 'yes', unknowns: [] };
}

/** An address that only the node itself can dial. */
function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** Where a host port of the pod is dialled: at the node that runs it, if that is known. */
function nodeAddressesOf(world: DoorWorld, { node }: Endpoint): readonly string[] {
  return node === undefined ? [] : (world.nodeNamed(node)?.addresses ?? []);
}

/** Collects the pods of a workload behind doors of one kind, protocol and port. */
class DoorGroups {
  private readonly ref: ResourceRef;
  private readonly groups = new Map<string, { readonly door: Door; readonly backends: DoorBackend[]; readonly addresses: Set<string> }>();

  constructor(ref: ResourceRef) {
    this.ref = ref;
  }

  add(
    kind: 'hostPort' | 'hostNetwork' | 'podAddress',
    protocol: TransportProtocol,
    port: DoorPort,
    backend: DoorBackend,
    addresses: readonly string[],
  ): void {
    const id = doorId(kind, this.ref, port, protocol);
    let group = this.groups.get(id);
    if (!group) {
      const scope = kind === 'podAddress' ? 'unknown' : 'nodes';
      const door: Door = { id, kind, object: this.ref, protocol, port, addresses: [], hostnames: [], scope, backends: [] };
      group = { door, backends: [], addresses: new Set() };
      this.groups.set(id, group);
    }
    group.backends.push(backend);
    for (const address of addresses) group.addresses.add(address);
  }

  list(): readonly Door[] {
    return [...this.groups.values()].map(({ door, backends, addresses }) => ({ ...door, backends, addresses: [...addresses] }));
  }
}
