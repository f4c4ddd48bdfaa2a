import type { ConnectionSet, FlowEnd } from '../../../src/engine/analysis';
import { evaluate } from '../../../src/engine/evaluate';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../../../src/model/policy';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet, Verdict } from '../../../src/model/verdict';
import { type Interval, intervalSet } from '../../../src/util/interval-set';
import { flowOf } from '../../support/flow';
import { droppedPackets } from '../../support/generate-flow';

/*
 * Connectivity as the definition has it, one flow at a time, and nothing shared with the solver: what queries over groups and counts are checked against.
 */

/** One packet for each stretch of packets that no rule of the snapshot tells apart, with the stretch. */
export interface Stretch {
  readonly packet: Packet;
  readonly ports: Interval;
}

export function stretchesOf({ policies, endpoints, nodeNetwork }: Snapshot): readonly Stretch[] {
  const rules = policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  const terms = rules.flatMap(({ packets }) => (packets === 'any' ? [] : packets));
  // Ports of sources cut as well: those of the answer to a packet are its own, the other way round.
  const ranges = terms.flatMap(({ ports = [], notPorts = [], sourcePorts = [], notSourcePorts = [] }) => [
    ...ports,
    ...notPorts,
    ...sourcePorts,
    ...notSourcePorts,
  ]);
  const dropped = droppedPackets(nodeNetwork).flatMap(({ ports = [] }) => ports);
  const declared = endpoints.flatMap(({ ports }) => ports.map(({ port }) => [port, port] as const));
  const starts = new Set<number>([LOWEST_PORT]);
  const failsafes = [...nodeNetwork.failsafeInbound, ...nodeNetwork.failsafeOutbound].map(({ port }) => port);
  for (const [low, high] of [...ranges, ...declared, ...failsafes, ...dropped]) {
    starts.add(low);
    if (high < HIGHEST_PORT) starts.add(high + 1);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return TRANSPORT_PROTOCOLS.flatMap((protocol) =>
    sorted.map((low, index) => ({
      packet: { protocol, port: low },
      ports: [low, index + 1 < sorted.length ? sorted[index + 1]! - 1 : HIGHEST_PORT] as const,
    })),
  );
}

export const WITHOUT_PORTS: readonly Packet[] = [{ protocol: 'ICMP' }, { protocol: 'ICMPv6' }, { protocol: 'other' }];

export function verdictByDefinition(snapshot: Snapshot, source: FlowEnd, destination: FlowEnd, packet: Packet): Verdict {
  return evaluate(snapshot, flowOf(snapshot, { source, destination, packet })).verdict;
}

/** What is certain on all of the pairs, and what is possible on some but not certain. Without pairs: undefined. */
export function setsByDefinition(
  snapshot: Snapshot,
  pairs: readonly (readonly [FlowEnd, FlowEnd])[],
): { readonly allowed: ConnectionSet; readonly conditional: ConnectionSet } | undefined {
  if (pairs.length === 0) return undefined;
  const namesIcmp = snapshot.policies.some(
    ({ hook, staged, appliesToHosts, ingress = [], egress = [] }) =>
      (hook === 'normal' || (appliesToHosts && snapshot.hostEndpoints.length > 0)) &&
      !staged &&
      [...ingress, ...egress].some(
        ({ action, packets }) => action !== 'Log' && packets !== 'any' && packets.some(({ protocol }) => protocol.startsWith('ICMP')),
      ),
  );
  const judge = (packet: Packet) => {
    const verdicts = pairs.map(([source, destination]) => verdictByDefinition(snapshot, source, destination, packet));
    if (verdicts.every((verdict) => verdict === 'allowed')) return 'allowed';
    return verdicts.every((verdict) => verdict === 'denied') ? 'denied' : 'conditional';
  };
  const judged = stretchesOf(snapshot).map((stretch) => ({ ...stretch, outcome: judge(stretch.packet) }));
  const icmp = namesIcmp ? WITHOUT_PORTS.slice(0, 2).map(judge) : [];
  const setOf = (wanted: string): ConnectionSet => {
    const parts = TRANSPORT_PROTOCOLS.flatMap((protocol) => {
      const intervals = intervalSet(
        judged.filter(({ packet, outcome }) => packet.protocol === protocol && outcome === wanted).map(({ ports }) => ports),
      );
      return intervals.length > 0 ? [[protocol, intervals] as const] : [];
    });
    return { ...Object.fromEntries(parts), ...(icmp.includes(wanted as never) && { icmp: true as const }) };
  };
  return { allowed: setOf('allowed'), conditional: setOf('conditional') };
}

export function isEmptySet(set: ConnectionSet): boolean {
  return Object.keys(set).length === 0;
}
