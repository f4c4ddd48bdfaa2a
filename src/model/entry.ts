import type { TransportProtocol } from './endpoint';
import type { LoadBalancer } from './service';
import type { ResourceRef, Source } from './source';

/**
 * A way into the cluster through a controller that terminates or forwards connections: an Ingress, a Route of OpenShift, or a route of the Gateway API
 * with the Gateway that it hangs on. What clients reach is the controller; what the workload sees as source is the controller too.
 */
export interface Entry {
  readonly kind: 'ingress' | 'route' | 'gateway';
  /** The Ingress, Route or HTTPRoute (GRPCRoute, TLSRoute, TCPRoute, UDPRoute). */
  readonly ref: ResourceRef;
  /** The Gateway that it is attached to; its source is that of the route when the Gateway itself is not in the input. */
  readonly gateway?: ResourceRef;
  /** Name of the IngressClass or GatewayClass, or of the router; absent where the input does not tell. */
  readonly className?: string;
  /** Who serves that class, such as `k8s.io/ingress-nginx`; absent where the class is not in the input. */
  readonly controller?: string;
  /** Empty: every host name (`*`). */
  readonly hosts: readonly string[];
  /** Where the controller listens for it; empty: the input does not tell, which `unknowns` says. */
  readonly listeners: readonly Listener[];
  /** Services that it leads to, without those that nothing travels to (weight 0, no grant). They need not be in the input, nor have that port. */
  readonly backends: readonly EntryBackend[];
  /** Addresses that it (or its Gateway) has by its status, canonical text, and host names. */
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** CIDRs of the clients that its controller is told to admit, whatever pods allow; absent: every client. */
  readonly sourceRanges?: readonly string[];
  /** `internal` by an annotation of a cloud's controller, by the class or by a private address. */
  readonly scope: LoadBalancer['scope'];
  /** What tells the scope. */
  readonly scopeEvidence?: string;
  /** What the input does not tell of it, each a phrase that completes "depends on …"; absent where it tells enough. */
  readonly unknowns?: readonly string[];
}

/** A port at which the controller takes connections. `tls`: what comes there is encrypted, whether the controller decrypts it or passes it on. */
export interface Listener {
  readonly port: number;
  readonly protocol: TransportProtocol;
  readonly tls: boolean;
}

/** A Service and what leads to it: the same Service is there again for every other port or path. */
export interface EntryBackend {
  readonly service: { readonly namespace: string; readonly name: string };
  /** Port of the Service by number or name; absent: all of its ports (a Route without `port`). */
  readonly port?: number | string;
  /** The port may also be the target port of one of the Service's ports, by number or name (a Route's port). */
  readonly portIsTarget?: true;
  /** HTTP path or default backend, as written; empty where there is none. */
  readonly path: string;
  readonly source: Source;
}
