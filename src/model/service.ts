import type { TransportProtocol } from './endpoint';
import type { ResourceRef, Source } from './source';

/** An entry of `spec.ports`. `name` is empty where it has none, which only the one port of a Service may do. */
export interface ServicePort {
  readonly name: string;
  readonly protocol: TransportProtocol;
  readonly port: number;
  /** Number, or a port name that each pod resolves for itself. */
  readonly targetPort: number | string;
  /** Absent: none is allocated, or the input does not tell its number; `nodePortOf` knows which. */
  readonly nodePort?: number;
}

/** Addresses that Endpoints or an EndpointSlice give a Service, with the ports that they serve. */
export interface BackendSet {
  readonly addresses: readonly string[];
  /** By the name of the Service's port; absent number: all ports. */
  readonly ports: readonly { readonly name: string; readonly protocol: TransportProtocol; readonly port?: number }[];
  readonly source: Source;
}

/** A Service as the API server completes it (kubernetes.io/docs/concepts/services-networking/service), with the endpoints that the input lists for it. */
export interface Service {
  readonly ref: ResourceRef;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  /** Nobody translates addresses for it: clients meet the pods themselves, on any of their ports. */
  readonly headless: boolean;
  /** Never empty. Absent: no automatic endpoints, only those of `backendSets`. An ExternalName Service has none. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  /** Addresses from Endpoints and EndpointSlices of this Service, canonical text. */
  readonly endpointAddresses: readonly string[];
  /** EndpointSlices where the input has some for it, as the proxies of Services do, else Endpoints. Ready or not is not told. */
  readonly backendSets: readonly BackendSet[];
  /** `spec.clusterIPs`, canonical text; empty where the cluster is still to give it one, and for a headless Service. */
  readonly clusterAddresses: readonly string[];
  /** Families of the connections that it takes, in the order of `spec.ipFamilies`; absent: the input does not tell. Load balancers may take others. */
  readonly families?: readonly (4 | 6)[];
  /** `spec.externalIPs`, canonical text: each node takes what comes to them on the ports of the Service. */
  readonly externalAddresses: readonly string[];
  /** Host name that an ExternalName Service stands for. */
  readonly externalName?: string;
  /** `Local`: no address translation of the client, and only backends on the node that it came to. */
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  readonly internalTrafficPolicy: 'Cluster' | 'Local';
  /** Only of type LoadBalancer. */
  readonly loadBalancer?: LoadBalancer;
}

/** What the cloud makes for a Service: of most of it only `status` tells. */
export interface LoadBalancer {
  /** Addresses and host names that the cloud has given it; empty while it has none, or the input does not tell. */
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** Addresses that the manifest asks for, which the cloud may give it or not; absent where it asks for none. */
  readonly requestedAddresses?: readonly string[];
  /** `spec.loadBalancerClass`: which controller makes it; absent: that of the cloud. */
  readonly className?: string;
  /** CIDRs of the clients that it admits; absent: every client. The node port knows nothing of them. */
  readonly sourceRanges?: readonly string[];
  /** Ports with a number of their own keep it all the same. */
  readonly allocatesNodePorts: boolean;
  /** Where its address is to be met: `internal` by an annotation or by a private address that the cloud gave it, `internet` by a public one. */
  readonly scope: 'internal' | 'internet' | 'unknown';
  /** What tells the scope, in words such as "annotation `service.beta.kubernetes.io/aws-load-balancer-internal`". */
  readonly scopeEvidence?: string;
}

/** What a Service has that says nothing of it. */
export const PLAIN_SERVICE: Pick<
  Service,
  'backendSets' | 'clusterAddresses' | 'externalAddresses' | 'externalTrafficPolicy' | 'internalTrafficPolicy'
> = Object.freeze({
  backendSets: Object.freeze([]),
  clusterAddresses: Object.freeze([]),
  externalAddresses: Object.freeze([]),
  externalTrafficPolicy: 'Cluster',
  internalTrafficPolicy: 'Cluster',
});

/** The port of every node that leads to a port of the Service; `unknown`: the cluster gives it a number that the input does not tell. Undefined: there is none. */
export function nodePortOf(service: Pick<Service, 'type' | 'loadBalancer'>, port: ServicePort): number | 'unknown' | undefined {
  if (service.type !== 'NodePort' && service.type !== 'LoadBalancer') return undefined;
  if (port.nodePort !== undefined) return port.nodePort;
  return service.loadBalancer?.allocatesNodePorts === false ? undefined : 'unknown';
}
