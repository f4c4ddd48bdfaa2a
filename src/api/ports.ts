import type { ConnectionSet } from '../engine/index';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../model/policy';
import type { IntervalSet } from '../util/interval-set';

/** A connection set in words: `TCP 80,443; UDP 53`, `TCP all`, `everything`; empty text for nothing. */
export function formatPorts(ports: ConnectionSet): string {
  if (TRANSPORT_PROTOCOLS.every((protocol) => isAll(ports[protocol]))) return 'everything';
  const texts = TRANSPORT_PROTOCOLS.flatMap((protocol) => {
    const intervals = ports[protocol];
    return intervals && intervals.length > 0 ? [`${protocol} ${formatIntervals(intervals)}`] : [];
  });
  return [...texts, ...(ports.icmp ? ['ICMP'] : [])].join('; ');
}

/** Nothing at all, ICMP included. */
export function isEmpty(ports: ConnectionSet): boolean {
  return !ports.icmp && TRANSPORT_PROTOCOLS.every((protocol) => (ports[protocol] ?? []).length === 0);
}

function formatIntervals(intervals: IntervalSet): string {
  return isAll(intervals) ? 'all' : intervals.map(([low, high]) => (low === high ? String(low) : `${low}-${high}`)).join(',');
}

function isAll(intervals: IntervalSet | undefined): boolean {
  return intervals?.length === 1 && intervals[0]![0] === LOWEST_PORT && intervals[0]![1] === HIGHEST_PORT;
}
