import type { ConnectionSet } from '../engine/index';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../model/policy';
import { differenceOf, type IntervalSet, unionOf } from '../util/interval-set';

const EVERY_PORT: IntervalSet = [[LOWEST_PORT, HIGHEST_PORT]];

/** Every port of TCP, UDP and SCTP. */
export function isComplete(connections: ConnectionSet): boolean {
  return TRANSPORT_PROTOCOLS.every((protocol) => differenceOf(EVERY_PORT, connections[protocol] ?? []).length === 0);
}

/** No port of TCP, UDP and SCTP; ICMP is no part of what the checks ask for. */
export function isEmpty(connections: ConnectionSet): boolean {
  return TRANSPORT_PROTOCOLS.every((protocol) => (connections[protocol] ?? []).length === 0);
}

/** What is in either, by protocol. */
export function unionOfConnections(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  return combined(a, b, unionOf);
}

/** What is in `a` and not in `b`, by protocol. */
export function connectionsWithout(a: ConnectionSet, b: ConnectionSet): ConnectionSet {
  return combined(a, b, differenceOf);
}

/** Canonical text such as `TCP 80,443 UDP 1-65535`; `every port` and `no port` for the extremes. */
export function formatConnections(connections: ConnectionSet): string {
  if (isEmpty(connections)) return 'no port';
  if (isComplete(connections)) return 'every port';
  return TRANSPORT_PROTOCOLS.flatMap((protocol) => {
    const ports = connections[protocol] ?? [];
    return ports.length === 0 ? [] : [`${protocol} ${ports.map(([low, high]) => (low === high ? low : `${low}-${high}`)).join(',')}`];
  }).join(' ');
}

function combined(a: ConnectionSet, b: ConnectionSet, combine: (x: IntervalSet, y: IntervalSet) => IntervalSet): ConnectionSet {
  const entries = TRANSPORT_PROTOCOLS.map((protocol) => [protocol, combine(a[protocol] ?? [], b[protocol] ?? [])] as const);
  return Object.fromEntries(entries.filter(([, ports]) => ports.length > 0));
}
