import type { TransportProtocol } from './endpoint';
import type { ResourceRef, Source } from './source';

/**
 * A way into the cluster through a controller that terminates or forwards connections: an Ingress, a Route of OpenShift, or a route of the Gateway API
 * with the Gateway that it hangs on. What clients reach is the controller; what the workload sees as source is the controller too.
 */
export interface Entry {
  readonly kind: 'ingress' | 'route' | 'gateway';
  /** The Ingress, Route or HTTPRoute (GRPCRoute, TLSRoute, TCPRoute, UDPRoute). */
  readonly ref: ResourceRef;
  /** The Gateway that it is attached to. */
  readonly gateway?: ResourceRef;
  /** Name of the IngressClass or GatewayClass, or of the router; absent where the input does not tell. */
  readonly className?: string;
  /** Empty: every host name (`*`). */
  readonly hosts: readonly string[];
  /** Where the controller listens for it. */
  readonly listeners: readonly Listener[];
  readonly backends: readonly EntryBackend[];
  /** Addresses that it (or its Gateway) has by its status, canonical text, and host names. */
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** `internal` by an annotation of a cloud's controller, by the class or by a private address. */
  readonly scope: 'internal' | 'internet' | 'unknown';
  /** What tells the scope. */
  readonly scopeEvidence?: string;
}

export interface Listener {
  readonly port: number;
  readonly protocol: TransportProtocol;
  readonly tls: boolean;
}

export interface EntryBackend {
  readonly service: { readonly namespace: string; readonly name: string };
  /** Port of the Service by number or name; absent: all of its ports (a Route without `port`). `targetPort` also means the pods' own ports (a Route's port). */
  readonly port?: number | string;
  readonly portIsTarget?: true;
  /** HTTP path or default backend, as written; empty where there is none. */
  readonly path: string;
  readonly source: Source;
}
