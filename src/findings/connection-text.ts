import type { ConnectionSet } from '../engine/index';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../model/policy';
import { formatPorts } from '../model/port-sets';
import { differenceOf, type IntervalSet, unionOf } from '../util/interval-set';

const EVERY_PORT: IntervalSet = [[LOWEST_PORT, HIGHEST_PORT]];

/** Every port of TCP, UDP and SCTP, those `aside` left out of the question. */
export function isComplete(connections: ConnectionSet, aside: ConnectionSet = {}): boolean {
  return TRANSPORT_PROTOCOLS.every((protocol) => {
    const asked = differenceOf(EVERY_PORT, aside[protocol] ?? []);
    return differenceOf(asked, connections[protocol] ?? []).length === 0;
  });
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

/** One text for each set, such as `TCP 80,443; UDP all`; `every port`, `every port but UDP 4789` and `no port` for the extremes. */
export function formatConnections({ TCP = [], UDP = [], SCTP = [] }: ConnectionSet): string {
  return formatPorts({ TCP, UDP, SCTP }, 'every port') || 'no port';
}

function combined(a: ConnectionSet, b: ConnectionSet, combine: (x: IntervalSet, y: IntervalSet) => IntervalSet): ConnectionSet {
  const entries = TRANSPORT_PROTOCOLS.map((protocol) => [protocol, combine(a[protocol] ?? [], b[protocol] ?? [])] as const);
  return Object.fromEntries(entries.filter(([, ports]) => ports.length > 0));
}
