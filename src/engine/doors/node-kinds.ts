import type { HostEndpoint } from '../../model/host-endpoint';
import { isFailsafeOf, linkOf } from '../../model/host-endpoint';
import type { Policy } from '../../model/policy';
import { Subnets } from '../compile/subnets';
import { actsOn, selectsHost } from '../evaluate-checkpoint';
import type { Looker } from './looks';
import { nodeStandIn } from './tuple';
import type { DoorWorld } from './world';

/*
 * Nodes that no door tells apart: their host endpoints are policed alike, policies see the same in their addresses and in those of their tunnels, and they are
 * in the same subnet, where any of this matters. A cluster of thousands of nodes has a few kinds.
 */

/** The kind of each node, by name. */
export function nodeKinds(world: DoorWorld, lookOf: Looker): ReadonlyMap<string, string> {
  const hosts = new Map<string, HostEndpoint[]>();
  for (const host of world.hostEndpoints) hosts.set(host.node, [...(hosts.get(host.node) ?? []), host]);
  const acting = world.policies.filter(({ appliesToHosts, staged }) => appliesToHosts && !staged);
  const linked = linkKinds(world, lookOf);
  return new Map(
    world.nodeNames.map((name) => {
      const node = world.nodeNamed(name);
      const seen = node ? lookOf(node) : 'unknown';
      const policed = (hosts.get(name) ?? []).map((host) => hostKind(world, acting, host, node?.addresses ?? []));
      return [name, `${seen} ${JSON.stringify(policed)} ${linked(name)}`];
    }),
  );
}

/** What lies between a node and others: its tunnels as policies see them, and its subnet, which is like any other where no other node is in it. */
function linkKinds({ nodeNetwork }: DoorWorld, lookOf: Looker): (node: string) => string {
  const { links = [], pools } = nodeNetwork;
  const subnets = pools.some(({ encapsulation }) => encapsulation === 'acrossSubnets') ? new Subnets(links) : undefined;
  return (node) => {
    const { tunnels = [] } = linkOf(nodeNetwork, node) ?? {};
    const seen = tunnels.length === 0 ? '' : lookOf({ ...nodeStandIn('', []), addresses: tunnels });
    return JSON.stringify([seen, subnets?.idsOf(node)]);
  };
}

/** What of a host endpoint tells its node apart: which interface it is, whether policies of each hook act there, what its profiles say, open failsafe ports. */
function hostKind(
  { nodeNetwork }: DoorWorld,
  acting: readonly Policy[],
  host: HostEndpoint,
  nodeAddresses: readonly string[],
): readonly unknown[] {
  const { interfaceName, addresses, profileAction, node, ports } = host;
  const hooks = (['untracked', 'preDNAT', 'normal', 'forward'] as const).filter((hook) => actsOn(hook, host));
  return [
    interfaceName,
    addresses.some((address) => nodeAddresses.includes(address)),
    addresses.length > 0,
    profileAction,
    ports,
    hooks.map((hook) => acting.map((policy) => selectsHost(policy, hook, host).truth)),
    nodeNetwork.failsafeInbound.map((port) => isFailsafeOf(port, node)),
    nodeNetwork.failsafeOutbound.map((port) => isFailsafeOf(port, node)),
  ];
}
