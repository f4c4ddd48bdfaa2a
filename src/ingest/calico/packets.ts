import type { TransportProtocol } from '../../model/endpoint';
import { HIGHEST_PORT, type IcmpRange, LOWEST_PORT, type PacketExpression, type PacketTerm, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { differenceOf, type IntervalSet } from '../../util/interval-set';
import type { PortList } from './ports';
import type { ProtocolPart } from './protocols';

/** What one side of a rule says of its port. An empty list of ports has no port; an absent one has all of them. */
export interface SidePorts {
  readonly ports?: PortList;
  readonly notPorts?: PortList;
}

/** What one side of a rule says of its port in each protocol: backends of a Service have ports of their own in each. */
export type PortsOf = (protocol: TransportProtocol) => SidePorts;

/** All that a rule says of packets. */
export interface PacketMatch {
  readonly protocols: readonly ProtocolPart[];
  /** Whether the rule names its protocol. If not, port names in it are those of TCP alone (felix/calc/rule_scanner.go). */
  readonly namesProtocol: boolean;
  readonly icmp: readonly IcmpRange[] | undefined;
  readonly source: PortsOf;
  readonly destination: PortsOf;
}

const ALL_PORTS: IntervalSet = [[LOWEST_PORT, HIGHEST_PORT]];
const ALL_PROTOCOLS = 6;

/** The packets that a rule is about; the empty list is none. */
export function packetsOf(match: PacketMatch): PacketExpression {
  const terms = match.protocols.flatMap((part) => termOf(part, match) ?? []);
  return terms.length === ALL_PROTOCOLS && terms.every(isWhole) ? 'any' : terms;
}

/** Every packet of a protocol. */
function isWhole(term: PacketTerm): boolean {
  for (const part in term) if (part !== 'protocol') return false;
  return true;
}

function termOf({ protocol, numbers }: ProtocolPart, match: PacketMatch): PacketTerm | undefined {
  const transport = TRANSPORT_PROTOCOLS.find((known) => known === protocol);
  if (!transport) {
    // A rule with ports is about packets that have some; one that only excludes ports is about the others too.
    const asksForPorts = [match.source, match.destination].some((portsOf) => portsOf('TCP').ports !== undefined);
    if (asksForPorts) return undefined;
    if (protocol === 'other') return { protocol, ...(numbers && { numbers }) };
    if (match.icmp?.length === 0) return undefined;
    return { protocol, ...(match.icmp && { icmp: match.icmp }) };
  }
  const named = match.namesProtocol || transport === 'TCP';
  const source = portParts(named ? match.source(transport) : unnamed(match.source(transport)));
  const destination = portParts(named ? match.destination(transport) : unnamed(match.destination(transport)));
  if (!source || !destination) return undefined;
  return {
    protocol,
    ...(destination.ranges && { ports: destination.ranges }),
    ...(destination.names && { portNames: destination.names }),
    ...(destination.notRanges && { notPorts: destination.notRanges }),
    ...(destination.notNames && { notPortNames: destination.notNames }),
    ...(source.ranges && { sourcePorts: source.ranges }),
    ...(source.names && { sourcePortNames: source.names }),
    ...(source.notRanges && { notSourcePorts: source.notRanges }),
    ...(source.notNames && { notSourcePortNames: source.notNames }),
  };
}

/** The same without port names, which resolve to nothing. */
export function unnamed({ ports, notPorts }: SidePorts): SidePorts {
  return { ...(ports && { ports: { ...ports, names: [] } }), ...(notPorts && { notPorts: { ...notPorts, names: [] } }) };
}

interface PortParts {
  readonly ranges?: IntervalSet;
  readonly names?: readonly string[];
  readonly notRanges?: IntervalSet;
  readonly notNames?: readonly string[];
}

/** Excluded numbers are taken out of the numbers that are left, and kept apart only where names may bring some of them back. Undefined: no port is left. */
function portParts({ ports, notPorts }: SidePorts): PortParts | undefined {
  const excluded = notPorts?.ranges ?? [];
  const notNames = notPorts && notPorts.names.length > 0 ? { notNames: notPorts.names } : {};
  if (!ports && excluded.length === 0) return notNames;
  const ranges = differenceOf(ports?.ranges ?? ALL_PORTS, excluded);
  const names = ports?.names ?? [];
  if (names.length === 0) return ranges.length === 0 ? undefined : { ranges, ...notNames };
  return { ...(ranges.length > 0 && { ranges }), names, ...(excluded.length > 0 && { notRanges: excluded }), ...notNames };
}
