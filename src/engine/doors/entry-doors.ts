import type { Door, DoorBackend, DoorController, DoorPort } from '../../model/door';
import type { TransportProtocol } from '../../model/endpoint';
import type { Entry, EntryBackend } from '../../model/entry';
import type { Service, ServicePort } from '../../model/service';
import { formatRef } from '../../model/source';
import type { BackendFinder } from './backends';
import { type ControllerPods, controllersFor, isOfCloud } from './controllers';
import { doorId } from './door-ids';
import type { DoorWorld } from './world';

/** What the doors of an entry are made of. */
export interface EntryContext {
  readonly world: DoorWorld;
  readonly finder: BackendFinder;
  /** By `namespace/name`. */
  readonly services: ReadonlyMap<string, Service>;
  /** Doors that lead from outside to endpoints, by endpoint. */
  readonly doorsTo: (endpoint: number) => readonly Door[];
}

/** Where a controller listens for an entry, as far as a door needs it. */
interface EntryListener {
  readonly port: DoorPort;
  readonly protocol: TransportProtocol;
}

/** Where an entry listens of which the input does not tell it; layer 7 is on TCP but for HTTP/3, which listens on TCP as well. */
const UNTOLD: EntryListener = { port: 'unknown', protocol: 'TCP' };

/** The doors of an Ingress, a Route or a route of a Gateway: one for each port that its controller listens on for it. */
export function entryDoors(entry: Entry, context: EntryContext): readonly Door[] {
  const { kind, ref, gateway, hosts, addresses, hostnames, sourceRanges, scope, scopeEvidence, unknowns } = entry;
  const pods = controllersFor(context.world, entry);
  const listeners: readonly EntryListener[] = entry.listeners.length > 0 ? entry.listeners : [UNTOLD];
  return listeners.map((listener): Door => {
    const { port, protocol } = listener;
    const backends = entry.backends.flatMap((backend) => backendsOf(backend, listener, context));
    return {
      id: doorId(kind, ref, port, protocol),
      kind,
      object: ref,
      ...(gateway && { gateway }),
      protocol,
      port,
      addresses,
      hostnames,
      scope: pods.length > 0 && addresses.length === 0 && hostnames.length === 0 ? 'front' : scope,
      ...(scopeEvidence !== undefined && { scopeEvidence }),
      ...(sourceRanges && sourceRanges.length > 0 && { sourceRanges }),
      ...(unknowns && unknowns.length > 0 && { unknowns: unknowns.map((text) => ({ kind: 'door', text }) as const) }),
      backends,
      controller: controllerOf(entry, pods, listener, context),
      hosts,
    };
  });
}

/** Who listens, with the doors by which clients get to where it does. */
function controllerOf(
  entry: Entry,
  pods: readonly ControllerPods[],
  listener: EntryListener,
  { doorsTo, world }: EntryContext,
): DoorController {
  const { className } = entry;
  if (pods.length === 0)
    return { kind: 'standIn', ...(className !== undefined && { name: className }), ...(isOfCloud(entry) && { isCloud: true }) };
  const endpoints = pods.flatMap((own) => own.endpoints);
  const fronts = new Map<string, Door>();
  let hasService = false;
  for (const endpoint of endpoints)
    for (const door of doorsTo(endpoint)) {
      if (door.kind === 'clusterIP') hasService = true;
      if (isFrontOf(door, listener)) fronts.set(door.id, door);
    }
  const name = pods.map(({ workload }) => formatRef(world.workload(workload).ref)).join(', ');
  return { kind: 'pods', name, endpoints, fronts: declaredFronts([...fronts.values()], listener).map(({ id }) => id), hasService };
}

/** Does a door of the controller lead to where it listens? By the Service's port, the node's, or any port where the controller is on the host network. */
function isFrontOf(door: Door, { port, protocol }: EntryListener): boolean {
  if (door.protocol !== protocol || door.kind === 'clusterIP') return false;
  // Where nobody tells the port, any that leads to the controller may be it.
  return port === 'unknown' || door.servicePort === port || door.port === port || door.port === 'any';
}

/**
 * A controller on the network of its nodes has a door for the port that it declares and one for all others: where the former is the port in question, the
 * latter is the same once more, and rests on more.
 */
function declaredFronts(fronts: readonly Door[], { port }: EntryListener): readonly Door[] {
  const declared = fronts.filter((front) => front.kind === 'hostNetwork' && front.port === port);
  const known = new Set(declared.flatMap((front) => front.backends.map(({ endpoint }) => endpoint)));
  return fronts.filter(
    (front) => front.kind !== 'hostNetwork' || front.port !== 'any' || !front.backends.every(({ endpoint }) => known.has(endpoint)),
  );
}

/** Pods behind a backend of an entry, past the Service that it names. A Service or port that does not exist leads nowhere; ingest tells of it. */
function backendsOf(backend: EntryBackend, { protocol }: EntryListener, { finder, services }: EntryContext): readonly DoorBackend[] {
  const { service: named, port, portIsTarget, path } = backend;
  const name = `${named.namespace}/${named.name}`;
  const service = services.get(name);
  if (!service) return [];
  const ports = service.ports.filter((own) => own.protocol === protocol && isMeant(own, port));
  const found =
    ports.length > 0 || !portIsTarget || port === undefined
      ? ports.flatMap((own) => finder.backendsOf(service, own))
      : targetBackends(service, protocol, port, finder);
  return found.map((own) => ({ ...own, ...(path !== '' && { path }), service: name }));
}

/** A backend names the Service's port, not the pods'; one that names none means all. */
function isMeant({ name, port }: ServicePort, wanted: number | string | undefined): boolean {
  return wanted === undefined || wanted === port || wanted === name;
}

/** A Route may also name the port of the pods: the ports of the Service that lead to it, else the pods' own. */
function targetBackends(
  service: Service,
  protocol: TransportProtocol,
  target: number | string,
  finder: BackendFinder,
): readonly DoorBackend[] {
  const leading = service.ports.filter((own) => own.protocol === protocol && own.targetPort === target);
  return leading.length > 0 ? leading.flatMap((own) => finder.backendsOf(service, own)) : finder.backendsAt(service, protocol, target);
}
