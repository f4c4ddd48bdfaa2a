import type { Endpoint } from '../../src/model/endpoint';
import { type NodeNetwork, PLAIN_NODE_NETWORK } from '../../src/model/host-endpoint';
import type { Policy, Rule } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import { generateLinks, generatePools } from './generate-hosts';
import type { Random } from './random';
import { NODES, V4_NETS, V6_NETS } from './words';

/** What lies between the nodes of a generated cluster: tunnels and subnets, in clusters without host endpoints pools as well. */
export function generateBetween(random: Random, { hostEndpoints, nodeNetwork }: Snapshot): NodeNetwork {
  const isPlain = hostEndpoints.length === 0 && nodeNetwork === PLAIN_NODE_NETWORK;
  const pools = isPlain && random.chance(0.6) ? generatePools(random) : nodeNetwork.pools;
  const links = pools.length > 0 ? generateLinks(random) : [];
  return { ...nodeNetwork, pools, ...(links.length > 0 && { links }) };
}

/** The same cluster with much of what is rare in it: processes of nodes that open connections to pods, and rules that look at their addresses. */
export function withCrossings(random: Random, snapshot: Snapshot): Snapshot {
  const endpoints = snapshot.endpoints.map((unplaced): Endpoint => {
    const isPlaced = unplaced.node !== undefined || unplaced.kind === 'newPod' || !random.chance(0.8);
    const endpoint = isPlaced ? unplaced : { ...unplaced, node: random.pick(NODES) };
    if (endpoint.kind !== 'pod' || endpoint.network === 'host' || !random.chance(0.4)) return endpoint;
    const isUnknown = random.chance(0.2);
    return {
      ...endpoint,
      network: 'host',
      addresses: isUnknown ? [] : [`192.168.0.${random.below(4)}`, ...(random.chance(0.3) ? [`fd00::${random.between(1, 7)}`] : [])],
      addressRanges: isUnknown ? random.pick([['0.0.0.0/0'], ['192.168.0.0/24'], ['192.168.0.0/24', 'fd00::/8'], []]) : [],
    };
  });
  const rule = (own: Rule): Rule => {
    if (!random.chance(0.5)) return own;
    return { ...own, peer: [{ nets: [random.pick(random.chance(0.8) ? V4_NETS : V6_NETS)], netsSeePods: 'yes' }], packets: 'any' };
  };
  const policies = snapshot.policies.map(({ ingress, ...policy }): Policy => {
    const appliesTo = random.chance(0.5) ? ({ kind: 'network', network: 'pod' } as const) : policy.appliesTo;
    return { ...policy, appliesTo, ...(ingress && { ingress: ingress.map(rule) }) };
  });
  const { pools } = snapshot.nodeNetwork;
  const nodeNetwork = pools.length > 0 ? snapshot.nodeNetwork : { ...snapshot.nodeNetwork, pools: generatePools(random) };
  return { ...snapshot, endpoints, policies, nodeNetwork };
}
