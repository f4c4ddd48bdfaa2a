import type { TransportProtocol } from './endpoint';
import type { ResourceRef, Source } from './source';

export interface ServicePort {
  readonly name: string;
  readonly protocol: TransportProtocol;
  readonly port: number;
  /** Number, or a port name that each pod resolves for itself. */
  readonly targetPort: number | string;
  /** Absent: none is allocated, or the input does not tell its number. */
  readonly nodePort?: number;
}

/** Addresses that Endpoints or an EndpointSlice give a Service, with the ports that they serve. */
export interface BackendSet {
  readonly addresses: readonly string[];
  /** By the name of the Service's port; absent number: all ports. */
  readonly ports: readonly { readonly name: string; readonly protocol: TransportProtocol; readonly port?: number }[];
  readonly source: Source;
}

export interface Service {
  readonly ref: ResourceRef;
  readonly type: 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName';
  readonly headless: boolean;
  /** Absent: no automatic endpoints. */
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly ServicePort[];
  /** Addresses from Endpoints and EndpointSlices of this Service, canonical text. */
  readonly endpointAddresses: readonly string[];
  readonly backendSets: readonly BackendSet[];
  readonly clusterAddresses: readonly string[];
  readonly externalAddresses: readonly string[];
  /** Host name that an ExternalName Service stands for. */
  readonly externalName?: string;
  /** `Local`: no address translation of the client, and only backends on the node that it came to. */
  readonly externalTrafficPolicy: 'Cluster' | 'Local';
  readonly internalTrafficPolicy: 'Cluster' | 'Local';
  /** Only of type LoadBalancer. */
  readonly loadBalancer?: LoadBalancer;
}

export interface LoadBalancer {
  /** Addresses and host names that the cloud has given it; empty while it has none, or the input does not tell. */
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** CIDRs of the clients that it admits; absent: every client. The node port knows nothing of them. */
  readonly sourceRanges?: readonly string[];
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
