import type { TransportProtocol } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import type { PeerExpression } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { type IntervalSet, intersectionOf, intervalSet, unionOf } from '../../util/interval-set';
import type { Entity } from './entities';
import type { LabelledNets } from './labelled-nets';
import { type AddressFamily, ALL_OF_FAMILY, intersectionOfNets, type Nets, netsOf } from './nets';
import { type PortsOf, type SidePorts, unnamed } from './packets';
import { chosenNets, type PeerBounds, type PeerParts, type PeerWorld, peerBounds, WORKLOADS, workloadTerm } from './peer-bounds';
import type { PortList } from './ports';
import type { Backends, ServiceIndex } from './service-index';

/*
 * One side of a rule as cases, each with its own peers and ports; the side matches what any of them does. There is one case as a rule. There are more
 *
 *   with port names: they resolve on pods and on host endpoints that fit the side's selectors, and on nothing else: a network set that holds the
 *                    address of a pod lends it no port names, and a pod on its node's network lends none to the node
 *   with a Service:  each of its slices has addresses and ports of its own
 */

/** Peers, and their ports in each protocol. */
export interface SideCase extends PeerBounds {
  readonly ports: PortsOf;
}

/** What sides choose from. */
export interface SideWorld extends PeerWorld {
  readonly bounds: (parts: PeerParts) => PeerBounds;
  readonly hosts: readonly LabelledNets[];
  readonly services: ServiceIndex;
}

/** What a side needs of its rule and policy. */
export interface SideContext {
  readonly world: SideWorld;
  /** The only family in which the rule matches; undefined where it has no say. */
  readonly family: AddressFamily | undefined;
  /** Of a NetworkPolicy. */
  readonly namespace: string | undefined;
  readonly side: 'source' | 'destination';
  /** Whether it is the selected endpoint itself, which is a pod unless there are host endpoints. */
  readonly isSubject: boolean;
}

/** The cases of one side; none where it can match nothing. */
export function sideCases(entity: Entity, context: SideContext): readonly SideCase[] {
  const { family, world } = context;
  const nets = family === undefined ? entity.nets : intersectionOfNets(entity.nets ?? ALL_OF_FAMILY[family], ALL_OF_FAMILY[family]);
  const parts: PeerParts = { positive: entity.positive, negative: entity.negative, nets, notNets: entity.notNets };
  const cases = entity.service
    ? serviceCases(entity, parts, context)
    : hasNames(entity)
      ? namedCases(entity, parts, context)
      : [plainCase(entity, parts, world)];
  return entity.hasDomains
    ? cases.map((each) => perhaps(each, { kind: 'condition', text: 'which addresses the domains in the rule have' }))
    : cases;
}

function plainCase(entity: Entity, parts: PeerParts, { bounds }: SideWorld): SideCase {
  return { ...bounds(parts), ports: always(portsOf(entity)) };
}

function portsOf({ ports, notPorts }: Entity): SidePorts {
  return { ...(ports && { ports }), ...(notPorts && { notPorts }) };
}

function always(ports: SidePorts): PortsOf {
  return () => ports;
}

function perhaps({ may, unknowns, ports }: SideCase, unknown: Unknown): SideCase {
  return { must: [], may, unknowns: [...unknowns, unknown], ports };
}

function hasNames({ ports, notPorts }: Entity): boolean {
  return [ports, notPorts].some((list) => list !== undefined && list.names.length > 0);
}

function namedCases(entity: Entity, parts: PeerParts, { world, isSubject }: SideContext): readonly SideCase[] {
  const names = new Set([...(entity.ports?.names ?? []), ...(entity.notPorts?.names ?? [])]);
  const naming = world.hosts.filter(({ ports }) => ports.some(({ name }) => names.has(name)));
  const symbolic = always(portsOf(entity));
  const atHosts = naming.flatMap((host) => hostCase(host, entity, parts, world));
  const hostNets = netsOf(naming.flatMap(({ nets }) => nets));
  if (parts.positive === '') {
    const notNets = hostNets.length === 0 ? parts.notNets : netsOf([...(parts.notNets ?? []), ...hostNets]);
    const anybody = world.bounds({ ...parts, notNets });
    if (isSubject && world.hosts.length === 0) return [{ ...anybody, ports: symbolic }];
    return [{ ...podsOnly(anybody, WORKLOADS), ports: symbolic }, ...otherCases(anybody, entity), ...atHosts];
  }
  const workloads: PeerExpression = [workloadTerm(parts, world)];
  const atWorkloads: SideCase = { must: workloads, may: workloads, unknowns: [], ports: symbolic };
  return [atWorkloads, ...setCases(entity, parts, { ...world, counts: (labelled) => !naming.includes(labelled) }), ...atHosts];
}

/** Whoever has no port names: the outside, and hosts, whose pods on their own network lend them none. */
function otherCases({ must, may, unknowns }: PeerBounds, entity: Entity): readonly SideCase[] {
  const ports = unnamed(portsOf(entity));
  if (ports.ports?.ranges.length === 0) return [];
  // What a side without a choosing selector excludes by selector are pods.
  const others = (peer: PeerExpression): PeerExpression =>
    peer === 'any' ? [{ notSelector: WORKLOADS, netsSeePods: 'yes' }] : peer.map((term) => ({ ...term, notSelector: WORKLOADS }));
  return [{ must: others(must), may: others(may), unknowns, ports: always(ports) }];
}

/** Addresses that fit by a network set: only numbers are ports there. Where a port name excludes, pods that fit by their labels are left to their own case. */
function setCases(entity: Entity, parts: PeerParts, world: PeerWorld): readonly SideCase[] {
  const ports = unnamed(portsOf(entity));
  if (ports.ports?.ranges.length === 0) return [];
  const { must, may, unknowns } = peerBounds(parts, world);
  const others = entity.notPorts && entity.notPorts.names.length > 0 ? { notSelector: workloadTerm(parts, world).selector! } : {};
  const byNet = (peer: PeerExpression): PeerExpression =>
    peer === 'any' ? peer : peer.filter(({ selector }) => !selector).map((term) => ({ ...term, ...others }));
  return [{ must: byNet(must), may: byNet(may), unknowns, ports: always(ports) }];
}

/** The host endpoint, if it fits the side, with the port numbers that the names stand for on it. */
function hostCase(host: LabelledNets, entity: Entity, parts: PeerParts, world: SideWorld): readonly SideCase[] {
  if (!fitsSide(host, parts, world)) return [];
  const nets = parts.nets ? intersectionOfNets(host.nets, parts.nets) : host.nets;
  const peers = world.bounds({ positive: '', negative: '', nets, notNets: parts.notNets });
  return nets.length === 0 ? [] : [{ ...peers, ports: (protocol) => resolved(portsOf(entity), host, protocol) }];
}

function fitsSide(host: LabelledNets, { positive, negative }: PeerParts, world: SideWorld): boolean {
  const only: PeerWorld = { ...world, counts: (labelled) => labelled === host };
  if (positive !== '') return chosenNets({ positive, negative }, only).length > 0;
  return negative === '' || chosenNets({ positive: negative, negative: '' }, only).length === 0;
}

function resolved({ ports, notPorts }: SidePorts, host: LabelledNets, protocol: TransportProtocol): SidePorts {
  const numbers = ({ ranges, names }: PortList): PortList => {
    const own = host.ports.filter((port) => port.protocol === protocol && names.includes(port.name));
    return { ranges: unionOf(ranges, intervalSet(own.map(({ port }) => [port, port]))), names: [] };
  };
  return { ...(ports && { ports: numbers(ports) }), ...(notPorts && { notPorts: numbers(notPorts) }) };
}

function serviceCases(entity: Entity, parts: PeerParts, context: SideContext): readonly SideCase[] {
  const { world } = context;
  const { name, namespace = context.namespace } = entity.service!;
  const backends = namespace === undefined ? [] : world.services(namespace, name);
  if (!backends) {
    const unknown: Unknown = { kind: 'condition', text: `the endpoints of Service \`${namespace}/${name}\`, which is not in the input` };
    return [perhaps(plainCase(entity, parts, world), unknown)];
  }
  const cases = backends.map((each) => backendCase(each, entity, parts, context));
  if (entity.service!.namespace !== undefined) return cases;
  const unknown: Unknown = { kind: 'condition', text: `whether Calico looks for Service \`${name}\` in the namespace of the policy` };
  return cases.map((each) => perhaps(each, unknown));
}

/** At the source a Service is its addresses, at the destination addresses and ports. What else the side says, which the API forbids, holds as well. */
function backendCase({ members, ports }: Backends, entity: Entity, parts: PeerParts, { world, side }: SideContext): SideCase {
  const peers =
    members.kind === 'nets'
      ? world.bounds({ ...parts, nets: within(parts.nets, members.nets) })
      : podsOnly(world.bounds(parts), members.selector);
  const written = portsOf(entity);
  if (side === 'source') return { ...peers, ports: always(written) };
  return { ...peers, ports: (protocol) => ({ ...written, ports: sharedPorts(ports.get(protocol)!, written.ports) }) };
}

function within(nets: Nets | undefined, members: Nets): Nets {
  return nets ? intersectionOfNets(nets, members) : members;
}

function podsOnly({ must, may, unknowns }: PeerBounds, selector: Selector): PeerBounds {
  const only = (peer: PeerExpression): PeerExpression =>
    peer === 'any'
      ? [{ selector, netsSeePods: 'yes' }]
      : peer.map((term) => ({ ...term, selector: term.selector ? { kind: 'and', of: [term.selector, selector] } : selector }));
  return { must: only(must), may: only(may), unknowns };
}

function sharedPorts(own: PortList, written: PortList | undefined): PortList {
  if (!written) return own;
  const ranges: IntervalSet = intersectionOf(own.ranges, written.ranges);
  return { ranges, names: own.names.filter((name) => written.names.includes(name)) };
}
