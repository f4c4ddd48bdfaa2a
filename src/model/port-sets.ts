import { type IntervalSet, onlyGapIn } from '../util/interval-set';
import type { TransportProtocol } from './endpoint';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from './policy';

/** Destination ports by protocol, and whether ICMP is among what is meant. */
export type PortSets = Readonly<Partial<Record<TransportProtocol, IntervalSet>>> & { readonly icmp?: true };

/**
 * Port sets in words: `TCP 80,443; UDP 53`, `TCP all`, `everything`, `everything but UDP 4789` (as where nodes drop packets of tunnels that pods
 * send); empty text for nothing.
 * @param everything the word for every port of TCP, UDP and SCTP
 */
export function formatPorts(ports: PortSets, everything = 'everything'): string {
  const lacking = TRANSPORT_PROTOCOLS.filter((protocol) => !isAll(ports[protocol]));
  if (lacking.length === 0) return everything;
  const port = lacking.length === 1 && lacking[0] === 'UDP' ? onlyGapIn(ports.UDP ?? [], [LOWEST_PORT, HIGHEST_PORT]) : undefined;
  if (port !== undefined) return `${everything} but UDP ${port}`;
  const texts = TRANSPORT_PROTOCOLS.flatMap((protocol) => {
    const intervals = ports[protocol];
    return intervals && intervals.length > 0 ? [`${protocol} ${formatIntervals(intervals)}`] : [];
  });
  return [...texts, ...(ports.icmp ? ['ICMP'] : [])].join('; ');
}

/** Nothing at all, ICMP included. */
export function isEmpty(ports: PortSets): boolean {
  return !ports.icmp && TRANSPORT_PROTOCOLS.every((protocol) => (ports[protocol] ?? []).length === 0);
}

function formatIntervals(intervals: IntervalSet): string {
  return isAll(intervals) ? 'all' : intervals.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join(',');
}

function isAll(intervals: IntervalSet | undefined): boolean {
  return intervals?.length === 1 && intervals[0]![0] === LOWEST_PORT && intervals[0]![1] === HIGHEST_PORT;
}
