import type { TransportProtocol } from '../../model/endpoint';
import { HIGHEST_PORT, LOWEST_PORT, type PacketExpression, type PacketTerm, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { type Interval, intervalSet } from '../../util/interval-set';
import { compareText } from '../../util/order';
import { isAbsent, isMapping, type Reading, typeName } from '../reading';
import { checkFields } from './known-fields';
import { refuseEntry } from './refuse-entry';

/** One entry of a list of ports that the API server accepts: a range of ports, a port name, or every port of its protocol. */
export type PortEntry =
  | { readonly kind: 'every'; readonly protocol: TransportProtocol }
  | { readonly kind: 'range'; readonly protocol: TransportProtocol; readonly range: Interval }
  | { readonly kind: 'name'; readonly protocol: TransportProtocol; readonly name: string };

/** A service name of RFC 6335 (k8s.io/apimachinery/pkg/util/validation, IsValidPortName): at least one letter, so never a number in quotes. */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$/;

/** Reads the `ports` of a rule. Absent or empty: `every`. An entry that the API server refuses is reported and matches nothing. */
export function readPackets(reading: Reading, ports: unknown, every: PacketExpression, path: string, holder: unknown): PacketExpression {
  if (isAbsent(ports)) return every;
  if (!Array.isArray(ports)) {
    refuseEntry(reading, `\`${path}\` is ${typeName(ports)} where a list belongs`, holder);
    return [];
  }
  if (ports.length === 0) return every;
  const entries = ports.map((port, index) => readPort(reading, port, `${path}[${index}]`, ports)).filter((entry) => entry !== undefined);
  return packetsOf(entries);
}

/** Packets that one of the entries speaks of. */
export function packetsOf(entries: readonly PortEntry[]): PacketExpression {
  return TRANSPORT_PROTOCOLS.flatMap(
    (protocol) =>
      termOf(
        protocol,
        entries.filter((entry) => entry.protocol === protocol),
      ) ?? [],
  );
}

function termOf(protocol: TransportProtocol, entries: readonly PortEntry[]): PacketTerm | undefined {
  if (entries.length === 0) return undefined;
  if (entries.some(({ kind }) => kind === 'every')) return { protocol };
  const ports = intervalSet(entries.flatMap((entry) => (entry.kind === 'range' ? [entry.range] : [])));
  const portNames = [...new Set(entries.flatMap((entry) => (entry.kind === 'name' ? [entry.name] : [])))].sort(compareText);
  return { protocol, ...(ports.length > 0 && { ports }), ...(portNames.length > 0 && { portNames }) };
}

function readPort(reading: Reading, written: unknown, path: string, holder: unknown): PortEntry | undefined {
  // Null decodes as the empty entry: every port of TCP.
  const entry = written === null ? {} : written;
  if (!isMapping(entry)) return refuseEntry(reading, `\`${path}\` is ${typeName(entry)} where a mapping belongs`, holder);
  checkFields(reading, entry, ['protocol', 'port', 'endPort'], path);
  const { port, endPort } = entry;
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === (entry.protocol ?? 'TCP'));
  if (!protocol) return refuseEntry(reading, `\`${path}.protocol\` is none of TCP, UDP, SCTP`, entry);
  if (isAbsent(port)) {
    return isAbsent(endPort) ? { kind: 'every', protocol } : refuseEntry(reading, `\`${path}\` has \`endPort\` without \`port\``, entry);
  }
  if (typeof port === 'string') {
    if (!isPortName(port)) {
      const advice = /^\d+$/.test(port) ? ': a number in quotes is a name, take the quotes away' : '';
      return refuseEntry(reading, `\`${path}.port\` is \`${port}\`, which is no port name${advice}`, entry);
    }
    return isAbsent(endPort)
      ? { kind: 'name', protocol, name: port }
      : refuseEntry(reading, `\`${path}\` has \`endPort\` beside a port name`, entry);
  }
  if (!isPort(port)) return refuseEntry(reading, `\`${path}.port\` is no port name and no number from 1 to 65535`, entry);
  if (isAbsent(endPort)) return { kind: 'range', protocol, range: [port, port] };
  if (!isPort(endPort) || endPort < port) return refuseEntry(reading, `\`${path}.endPort\` is no number from \`port\` to 65535`, entry);
  return { kind: 'range', protocol, range: [port, endPort] };
}

/** Can a container port have this name? */
export function isPortName(text: string): boolean {
  return PORT_NAME.test(text);
}

/** A whole number from 1 to 65535; digits in quotes are text. */
export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= LOWEST_PORT && (value as number) <= HIGHEST_PORT;
}
