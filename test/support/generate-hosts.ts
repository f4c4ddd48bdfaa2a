import type { TransportProtocol } from '../../src/model/endpoint';
import {
  type AddressPool,
  type FailsafePort,
  type HostEndpoint,
  type NodeDrop,
  type NodeLink,
  type NodeNetwork,
  PLAIN_NODE_NETWORK,
  type WrappedPackets,
} from '../../src/model/host-endpoint';
import { HIGHEST_PORT } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import { hostOf } from './cluster';
import type { Random } from './random';
import { generateLabelValues, KEYS, NODES, PORTS, V4_NETS, V6_NETS, VALUES } from './words';

/*
 * The part of a generated cluster that is about its nodes: host endpoints of one interface and of all, with and without addresses, several to a node;
 * pools with each encapsulation; failsafe ports.
 */

const INTERFACES = ['*', '*', 'eth0', 'eth0', 'eth1', 'lo', 'vxlan.calico', 'tunl0', ''] as const;
/** Those at which untracked policies act, mostly the one that leads out. */
const SINGLE_INTERFACES = ['eth0', 'eth0', 'eth0', 'eth0', 'eth1', 'vxlan.calico', ''] as const;

/** Selectors of host endpoints see labels of theirs alone; a namespace or an account they have not. */
export function generateHostSelector(random: Random): Selector {
  if (random.chance(0.4)) return { kind: 'all' };
  const test: Selector = {
    kind: 'label',
    owner: 'endpoint',
    key: random.pick(KEYS),
    test: random.chance(0.5)
      ? { operator: 'in', values: random.some(VALUES, 3) }
      : { operator: random.pick(['exists', 'doesNotExist'] as const) },
  };
  return random.chance(0.2) ? { kind: 'not', of: test } : test;
}

/** Of each node a few, at most one with `*` and at most one of each name of an interface, as ingest leaves them. */
export function generateHosts(random: Random, single: boolean): readonly HostEndpoint[] {
  return NODES.flatMap((node) => {
    const interfaces = new Set(
      random.times(random.pick([0, 1, 1, 2, 3]), () => random.pick<string>(single ? SINGLE_INTERFACES : INTERFACES)),
    );
    return [...interfaces].map((interfaceName, index) => {
      const count = interfaceName === '' ? random.between(1, 2) : random.pick([0, 0, 1, 2]);
      return {
        ...hostOf(`${node}/${random.pick(['a', 'b', 'c'])}-${node}-${index}`, {
          interfaceName,
          addresses: random.times(count, () => (random.chance(0.8) ? `192.168.0.${random.below(4)}` : `fd00::${random.between(1, 7)}`)),
          profileAction: random.pick(['Allow', 'Allow', 'Deny'] as const),
        }),
        labels: {
          values: generateLabelValues(random, 3),
          unknownKeys: random.chance(0.1) ? [random.pick(KEYS)] : [],
          complete: !random.chance(0.05),
        },
      };
    });
  });
}

export function generateNodeNetwork(random: Random): NodeNetwork {
  if (random.chance(0.15)) return PLAIN_NODE_NETWORK;
  const pools = generatePools(random);
  return { failsafeInbound: generateFailsafes(random), failsafeOutbound: generateFailsafes(random), pools };
}

export function generatePools(random: Random): readonly AddressPool[] {
  const nets = random.pick<readonly string[]>([
    [],
    ['0.0.0.0/0'],
    ['10.0.0.0/24', '10.0.1.0/24'],
    ['10.0.0.0/30', '10.0.0.4/30', 'fd00::/124'],
    ['10.0.0.0/8', 'fd00::/8'],
    ['10.0.0.0/16', '192.168.0.2/31'],
  ]);
  return nets.map((net) => ({
    net,
    encapsulation: random.pick(['always', 'never', 'acrossSubnets'] as const),
    natOutgoing: random.chance(0.6),
  }));
}

/** Of most nodes: subnets that are the same, different, or one within the other, and addresses of tunnels in and out of pools. */
export function generateLinks(random: Random): readonly NodeLink[] {
  return NODES.flatMap((node) => {
    if (random.chance(0.2)) return [];
    const subnets = [
      ...(random.chance(0.8) ? [random.pick(['192.168.0.0/31', '192.168.0.2/31', '192.168.0.0/30', '192.168.0.8/30'])] : []),
      ...(random.chance(0.4) ? [random.pick(['fd00::/126', 'fd00::4/126', 'fd00::/125'])] : []),
    ];
    const tunnels = random.times(random.pick([0, 1, 1, 2]), () =>
      random.pick(['10.0.0.1', '10.0.0.6', '10.0.1.3', '192.168.0.3', 'fd00::2', 'fd00::5']),
    );
    return [{ node, subnets, tunnels: [...new Set(tunnels)].sort() }];
  });
}

function generateFailsafes(random: Random): readonly FailsafePort[] {
  return random.times(random.below(4), () => {
    const port = random.pick(PORTS);
    return {
      protocol: random.pick<TransportProtocol>(['TCP', 'TCP', 'UDP', 'SCTP']),
      port: [port, random.chance(0.8) ? port : Math.min(HIGHEST_PORT, port + 10)],
      ...(random.chance(0.3) && { net: random.pick(random.chance(0.8) ? V4_NETS : V6_NETS) }),
      ...(random.chance(0.2) && { nodes: [...random.some(NODES, 2)].sort() }),
    };
  });
}

/** What nodes drop of all that their pods send: a port of UDP, a protocol by its number, or both. */
export function generateDropped(random: Random): readonly WrappedPackets[] {
  const port = random.pick(PORTS);
  const udp: WrappedPackets = { protocol: 'UDP', ports: [[port, port]] };
  const other: WrappedPackets = { protocol: 'other', numbers: [random.pick([[4, 4] as const, [47, 50] as const])] };
  return random.pick([[udp], [other], [udp, other], [udp, other]]);
}

/** What nodes drop of what comes to themselves, of one version of IP or both; such packets pods may send or not. */
export function generateDrops(random: Random): readonly NodeDrop[] {
  const packets = random.pick(generateDropped(random));
  const families = random.pick([[4], [6], [4, 6]] as const);
  const nets = { 4: V4_NETS, 6: V6_NETS };
  return families.map((family) => ({ packets, family, exempt: random.chance(0.5) ? [random.pick(nets[family])] : [] }));
}

/** What a node does with what its pods send it matters only where Calico is the plugin. */
export function generateHostFacts(random: Random) {
  return {
    cni: random.pick(['calico', 'calico', 'calico', 'unknown']),
    endpointToHostAction: random.pick(['accept', 'return', 'drop'] as const),
  };
}
