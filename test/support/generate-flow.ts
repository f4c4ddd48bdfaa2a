import type { FlowEnd, IndexedFlow } from '../../src/engine/analysis';
import type { WrappedPackets } from '../../src/model/host-endpoint';
import { HIGHEST_PORT, LOWEST_PORT, PROTOCOLS, type Rule, TRANSPORT_PROTOCOLS } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import type { Packet } from '../../src/model/verdict';
import { type AddressRange, formatAddress, highestAddress, parseAddress, parseCidr } from '../../src/util/ip';
import type { Random } from './random';

/** Where verdicts of a cluster can change: every packet and address on either side of a boundary that the cluster draws. */
export interface Boundaries {
  readonly packets: readonly Packet[];
  readonly addresses: readonly string[];
}

export function boundariesOf(snapshot: Snapshot): Boundaries {
  const rules = snapshot.policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  const ports = [...new Set([LOWEST_PORT, HIGHEST_PORT, ...portsOf(snapshot, rules)])].sort((a, b) => a - b);
  const packets = PROTOCOLS.flatMap((protocol): readonly Packet[] =>
    TRANSPORT_PROTOCOLS.some((transport) => transport === protocol) ? ports.map((port) => ({ protocol, port })) : [{ protocol }],
  );
  return { packets, addresses: [...new Set(addressesOf(snapshot, rules))] };
}

/** One before, on, and one after each end of each range, as far as such a port exists. */
function portsOf({ endpoints, nodeNetwork }: Snapshot, rules: readonly Rule[]): readonly number[] {
  // Ports of sources cut as well: those of the answer to a packet are its own, the other way round.
  const ranges = rules
    .flatMap(({ packets }) => (packets === 'any' ? [] : packets))
    .flatMap(({ ports = [], notPorts = [], sourcePorts = [], notSourcePorts = [] }) => [ports, notPorts, sourcePorts, notSourcePorts])
    .flat();
  const declared = endpoints.flatMap(({ ports }) => ports.map(({ port }) => [port, port] as const));
  const failsafes = [...nodeNetwork.failsafeInbound, ...nodeNetwork.failsafeOutbound].map(({ port }) => port);
  const dropped = droppedPackets(nodeNetwork).flatMap(({ ports: own = [] }) => own);
  return [...ranges, ...declared, ...failsafes, ...dropped]
    .flatMap(([low, high]) => [low - 1, low, high, high + 1])
    .filter((port) => LOWEST_PORT <= port && port <= HIGHEST_PORT);
}

function addressesOf({ endpoints, nodeNetwork }: Snapshot, rules: readonly Rule[]): readonly string[] {
  const nets = rules.flatMap(({ peer }) => (peer === 'any' ? [] : peer.flatMap(({ nets = [], notNets = [] }) => [...nets, ...notNets])));
  const own = endpoints.flatMap(({ addresses }) => addresses.map((text) => parseAddress(text)!));
  const ranges: readonly AddressRange[] = [
    ...['198.51.100.7/32', '2001:db8:ffff::7/128', ...nets, ...netsOfNodes(nodeNetwork)].map((net) => parseCidr(net)!),
    ...own.map(({ family, value }) => ({ family, low: value, high: value })),
  ];
  return ranges.flatMap(({ family, low, high }) =>
    [low - 1n, low, high, high + 1n]
      .filter((value) => 0n <= value && value <= highestAddress(family))
      .map((value) => formatAddress({ family, value })),
  );
}

/** Nets that nodes look at beside those of rules. */
function netsOfNodes({ failsafeInbound, failsafeOutbound, pools, droppedAtNodes = [] }: Snapshot['nodeNetwork']): readonly string[] {
  const failsafes = [...failsafeInbound, ...failsafeOutbound].flatMap(({ net }) => net ?? []);
  return [...failsafes, ...pools.map(({ net }) => net), ...droppedAtNodes.flatMap(({ exempt }) => exempt)];
}

/** What nodes drop, of pods or of what comes to themselves. */
export function droppedPackets({ droppedFromPods = [], droppedAtNodes = [] }: Snapshot['nodeNetwork']): readonly WrappedPackets[] {
  return [...droppedFromPods, ...droppedAtNodes.map(({ packets }) => packets)];
}

/** A flow, mostly between two different endpoints and mostly of TCP, with a packet and addresses on some boundary. */
export function generateFlow(random: Random, { endpoints }: Snapshot, { packets, addresses }: Boundaries): IndexedFlow {
  const address = (): FlowEnd => random.pick(addresses);
  const endpoint = (): FlowEnd => random.below(endpoints.length);
  const protocol = random.chance(0.6) ? 'TCP' : random.pick(PROTOCOLS);
  const packet = generateDetails(random, random.pick(packets.filter((candidate) => candidate.protocol === protocol)));
  const source = random.chance(0.15) ? address() : endpoint();
  const destination = random.chance(typeof source === 'string' ? 0.05 : 0.15) ? address() : endpoint();
  // A pod with itself is a case of its own, and not a frequent one.
  if (source === destination && random.chance(0.8)) return { source, destination: endpoint(), packet };
  return { source, destination, packet };
}

/** Now and then a packet tells more than its destination port. */
function generateDetails(random: Random, packet: Packet): Packet {
  if (random.chance(0.85)) return packet;
  if (packet.port !== undefined) return { ...packet, sourcePort: random.pick([1, 53, 80, 8081, HIGHEST_PORT]) };
  if (packet.protocol === 'other') return { ...packet, number: random.pick([4, 46, 47, 50, 51]) };
  return { ...packet, icmp: { type: random.pick([0, 3, 4, 8, 255]), code: random.pick([0, 1, 255]) } };
}
