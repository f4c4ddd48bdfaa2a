import type { Endpoint } from '../model/endpoint';
import type { AddressPool, HostEndpoint, NodeNetwork } from '../model/host-endpoint';
import type { Match, Unknown } from '../model/match';
import type { Party } from '../model/verdict';
import type { AddressRange } from '../util/ip';
import { type Family, rangeInRange, rangesOf, readRange } from './evaluate-match';

/*
 * The definition: which host endpoint of a node governs which of its interfaces (felix/dataplane/linux/endpoint_mgr.go, resolveHostEndpoints).
 * A host endpoint of one interface replaces the one of all interfaces (`*`) there; an interface that has neither is not policed.
 *
 *   inner      the node's side of its pods' interfaces: `*`
 *   loopback   `lo`, else `*`
 *   tunnel     the interface that wraps packets to pods of other nodes: the one named so, else `*`
 *   outward    the interface to other nodes and to the outside: the one that has an address of the node, else `*`
 *   transit    the one on the way to a pod of another node: tunnel or outward (see `evaluate-crossing`)
 */

/** What is known of nodes and their interfaces. */
export interface HostWorld {
  readonly hostEndpoints?: readonly HostEndpoint[];
  readonly nodeNetwork?: Pick<NodeNetwork, 'pools' | 'links'>;
  /** The nodes among them are looked at; all others may be left out. */
  readonly endpoints?: readonly Endpoint[];
}

/** The host endpoint of an interface, `undefined`: nobody. More than one where the input does not tell which, and then what would tell. */
export interface Governor {
  readonly hosts: readonly (HostEndpoint | undefined)[];
  readonly unknowns: readonly Unknown[];
}

/** Names that Felix gives the interfaces that wrap packets: VXLAN, IP in IP, WireGuard, the first and the last also for IPv6. */
export const TUNNELS: readonly string[] = ['vxlan.calico', 'vxlan-v6.calico', 'tunl0', 'wireguard.cali', 'wg-v6.cali'];
const LOOPBACK = 'lo';
const EVERY = '*';

export function innerGovernor(world: HostWorld, node: string): Governor {
  return certainly(wildcardOf(world, node));
}

export function loopbackGovernor(world: HostWorld, node: string): Governor {
  return certainly(hostsOf(world, node).find(({ interfaceName }) => interfaceName === LOOPBACK) ?? wildcardOf(world, node));
}

export function tunnelGovernor(world: HostWorld, node: string): Governor {
  const named = hostsOf(world, node).filter(({ interfaceName }) => TUNNELS.includes(interfaceName));
  if (named.length === 0) return certainly(wildcardOf(world, node));
  return oneOf(named, () => `which tunnel node \`${node}\` uses`);
}

export function outwardGovernor(world: HostWorld, node: string): Governor {
  const specific = hostsOf(world, node).filter(
    ({ interfaceName }) => interfaceName !== EVERY && interfaceName !== LOOPBACK && !TUNNELS.includes(interfaceName),
  );
  if (specific.length === 0) return certainly(wildcardOf(world, node));
  const known = nodeNamed(world, node)?.addresses ?? [];
  const unknown = () => `which interface of node \`${node}\` leads out of it`;
  // Each of the node's addresses is at one interface; where several interfaces have some, that asked for or sent from decides.
  const atKnown = known.flatMap((address) => specific.find(({ addresses }) => addresses.includes(address)) ?? []);
  if (atKnown.length > 0) return oneOf(atKnown, unknown);
  // One with other addresses than the node is known to have is another interface. A node's only named interface is taken as the one that leads out.
  const possible = specific.filter(({ addresses }) => known.length === 0 || addresses.length === 0);
  if (possible.length === 0) return certainly(wildcardOf(world, node));
  const interfaces = new Set(
    possible.map(({ interfaceName, ref }) => (interfaceName === '' ? `by the addresses of ${ref.name}` : interfaceName)),
  );
  if (interfaces.size === 1) return certainly(possible[0]);
  return oneOf([...possible, wildcardOf(world, node)], unknown);
}

/** The pool of each of an end's addresses, `undefined` where none is known to hold it. Ends without an address of the family have one unknown pool. */
export function poolsOf({ nodeNetwork }: HostWorld, end: Party, family: Family): readonly (AddressPool | undefined)[] {
  const ranges = rangesOf(end, family);
  if (ranges.length === 0) return [undefined];
  return ranges.map((range) => nodeNetwork?.pools.find((pool) => rangeInPool(range, pool).truth === 'yes'));
}

/** Pools outlive questions; their nets are read once. */
const NETS = new WeakMap<AddressPool, AddressRange>();

/** Is every, some or no address of the range in the pool? */
export function rangeInPool(range: AddressRange, pool: AddressPool): Match {
  let net = NETS.get(pool);
  if (!net) {
    net = readRange(pool.net);
    NETS.set(pool, net);
  }
  return rangeInRange(range, net);
}

export function nodeNamed({ endpoints }: HostWorld, name: string): Endpoint | undefined {
  return endpoints?.find((endpoint) => endpoint.kind === 'node' && endpoint.name === name);
}

function hostsOf({ hostEndpoints = [] }: HostWorld, node: string): readonly HostEndpoint[] {
  return hostEndpoints.filter((host) => host.node === node);
}

function wildcardOf({ hostEndpoints = [] }: HostWorld, node: string): HostEndpoint | undefined {
  return hostEndpoints.find((host) => host.node === node && host.interfaceName === EVERY);
}

function certainly(host: HostEndpoint | undefined): Governor {
  return { hosts: [host], unknowns: [] };
}

function oneOf(hosts: readonly (HostEndpoint | undefined)[], unknown: () => string): Governor {
  if (hosts.length === 1) return certainly(hosts[0]);
  const different = [...new Set(hosts)];
  return { hosts: different, unknowns: different.length > 1 ? [{ kind: 'interface', text: unknown() }] : [] };
}
