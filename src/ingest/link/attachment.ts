import type { Namespace } from '../../model/endpoint';
import type { Listener } from '../../model/entry';
import { type Match, NO, YES } from '../../model/match';
import { matchSelector, NO_LABELS } from '../../model/selector';
import type { GatewayDraft, GatewayListener, GatewayParent } from '../draft';
import { commonHostnames } from '../gateway/hostnames';

/*
 * How a route and a Gateway find each other (gateway-api.sigs.k8s.io/concepts/api-overview, "Attaching Routes to Gateways"): both must want it. The
 * route names the Gateway, perhaps one of its listeners; the listener takes its kind, its namespace and one of its host names.
 */

/** A route as its Gateway sees it. */
export interface AttachingRoute {
  readonly kind: string;
  readonly namespace: Namespace;
  readonly hosts: readonly string[];
  /** All of them name the Gateway. */
  readonly parents: readonly GatewayParent[];
}

/** Listeners that take a route, all of them for certain or all of them depending on the same kind of thing. */
export interface Attachment {
  /** Empty: every host name. */
  readonly hosts: readonly string[];
  readonly listeners: readonly Listener[];
  /** Empty: for certain. */
  readonly unknowns: readonly string[];
}

/** Kinds of routes that are told apart by host name. */
const NAMED_KINDS: readonly string[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute'];

/** Where a Gateway takes a route: for certain, and perhaps; or in words why it does not take it at all. */
export function attach(route: AttachingRoute, gateway: GatewayDraft, gatewayNamespace: string): readonly Attachment[] | string {
  const named = gateway.listeners.filter((listener) => route.parents.some((parent) => isMeant(parent, listener)));
  if (named.length === 0) return 'has no listener that the route names';
  const fitting = named.filter(({ routeKinds }) => routeKinds.includes(route.kind));
  if (fitting.length === 0) return `takes no ${route.kind} there`;
  const admitted = fitting
    .map((listener) => ({ listener, match: admits(listener, route.namespace, gatewayNamespace) }))
    .filter(({ match }) => match.truth !== 'no');
  if (admitted.length === 0) return `takes no route of namespace \`${route.namespace.name}\` there`;
  const served = admitted
    .map((taken) => ({ ...taken, hosts: NAMED_KINDS.includes(route.kind) ? commonHostnames(route.hosts, taken.listener.hostname) : [''] }))
    .filter(({ hosts }) => hosts.length > 0);
  if (served.length === 0) return 'has none of the host names of the route there';
  return ['yes', 'maybe']
    .map((truth) => served.filter(({ match }) => match.truth === truth))
    .flatMap((part) => (part.length > 0 ? attachment(part) : []));
}

/** A listener that takes a route, and under which names. */
interface Served {
  readonly listener: GatewayListener;
  readonly match: Match;
  readonly hosts: readonly string[];
}

function attachment(served: readonly Served[]): Attachment {
  const hosts = new Set(served.flatMap((taken) => taken.hosts));
  return {
    hosts: hosts.has('') ? [] : [...hosts],
    listeners: distinct(served.map(({ listener }) => listener)),
    unknowns: [...new Set(served.flatMap(({ match }) => match.unknowns.map(({ text }) => text)))],
  };
}

function isMeant({ section, port }: GatewayParent, listener: GatewayListener): boolean {
  return (section === undefined || section === listener.name) && (port === undefined || port === listener.port);
}

function admits({ from }: GatewayListener, namespace: Namespace, gatewayNamespace: string): Match {
  if (from === 'all') return YES;
  if (from === 'same') return namespace.name === gatewayNamespace ? YES : NO;
  return matchSelector(from, { labels: NO_LABELS, network: 'pod', namespace });
}

/** Listeners for different host names share their port. */
function distinct(listeners: readonly GatewayListener[]): readonly Listener[] {
  const byPort = new Map(listeners.map(({ port, protocol, tls }) => [`${port} ${protocol} ${tls}`, { port, protocol, tls }]));
  return [...byPort.values()].sort((a, b) => a.port - b.port);
}
