import type { Door, DoorBackend } from '../../model/door';
import { isPrivateAddress } from '../../model/internet';
import { nodePortOf, type Service, type ServicePort } from '../../model/service';
import type { BackendFinder } from './backends';
import { doorId } from './door-ids';

/**
 * The doors of a Service: its own address for clients inside, and for those outside its load balancer, its node ports and its external addresses.
 * An ExternalName Service is a name for something else, and has none.
 */
export function serviceDoors(service: Service, finder: BackendFinder, nodeAddresses: readonly string[]): readonly Door[] {
  if (service.type === 'ExternalName') return [];
  return service.ports.flatMap((port) => portDoors(service, port, finder.backendsOf(service, port), nodeAddresses));
}

/**
 * The doors of one port. All of them lead to the same backends; what differs is who gets to them, by which number, and what is seen on the way.
 * INVARIANT: the node port of a load balancer is a door of its own, which knows nothing of source ranges.
 */
function portDoors(
  service: Service,
  port: ServicePort,
  backends: readonly DoorBackend[],
  nodeAddresses: readonly string[],
): readonly Door[] {
  const { ref, families, loadBalancer, externalAddresses, externalTrafficPolicy, internalTrafficPolicy, clusterAddresses, headless } =
    service;
  const { protocol } = port;
  const common = { object: ref, protocol, servicePort: port.port, hostnames: [], backends } as const;
  const outside = { ...common, trafficPolicy: externalTrafficPolicy } as const;
  const inner: Door = {
    ...common,
    id: doorId('clusterIP', ref, port.port, protocol),
    kind: 'clusterIP',
    // Clients of a headless Service dial the pods, by whichever port they like.
    port: headless ? 'any' : port.port,
    addresses: clusterAddresses,
    scope: 'nobody',
    trafficPolicy: internalTrafficPolicy,
    backends: headless ? backends.map((backend) => ({ ...backend, port: 'any' })) : backends,
  };
  const doors: Door[] = [inner];
  const nodePort = nodePortOf(service, port);
  if (loadBalancer) {
    const { addresses, hostnames, sourceRanges, scope, scopeEvidence } = loadBalancer;
    doors.push({
      ...outside,
      id: doorId('loadBalancer', ref, port.port, protocol),
      kind: 'loadBalancer',
      port: port.port,
      addresses,
      hostnames,
      scope,
      ...(nodePort !== undefined && { nodePort }),
      ...(scopeEvidence !== undefined && { scopeEvidence }),
      ...(sourceRanges && sourceRanges.length > 0 && { sourceRanges }),
    });
  }
  if (nodePort !== undefined)
    doors.push({
      ...outside,
      id: doorId('nodePort', ref, port.port, protocol),
      kind: 'nodePort',
      port: nodePort,
      addresses: nodeAddresses,
      ...(families && { families }),
      ...(internalTrafficPolicy === 'Local' && { isLocalInside: true as const }),
      scope: 'nodes',
    });
  if (externalAddresses.length > 0) {
    const open = externalAddresses.find((address) => !isPrivateAddress(address));
    doors.push({
      ...outside,
      id: doorId('externalIP', ref, port.port, protocol),
      kind: 'externalIP',
      port: port.port,
      addresses: externalAddresses,
      scope: open === undefined ? 'internal' : 'internet',
      scopeEvidence: open === undefined ? `address \`${externalAddresses[0]}\` is private` : `address \`${open}\` is public`,
    });
  }
  return doors;
}
