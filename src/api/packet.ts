import { HIGHEST_PORT, LOWEST_PORT, type Protocol, TRANSPORT_PROTOCOLS } from '../model/policy';
import type { Packet } from '../model/verdict';
import { refusal } from './errors';

/** The packet part of a question, as people write it. */
export interface PacketQuestion {
  /** `TCP` (the default), `UDP`, `SCTP`, `ICMP` or `ICMPv6`, in any case, or the number of any protocol. */
  readonly protocol?: string | undefined;
  /** Destination port, 1–65535: needed for TCP, UDP and SCTP, senseless for the others. */
  readonly port?: number | undefined;
  readonly icmp?: { readonly type: number; readonly code?: number | undefined } | undefined;
  readonly sourcePort?: number | undefined;
}

const ASKABLE: readonly Protocol[] = [...TRANSPORT_PROTOCOLS, 'ICMP', 'ICMPv6'];
/** Numbers of protocols that have a name here (iana.org/assignments/protocol-numbers). */
const NUMBERED: Readonly<Partial<Record<number, Protocol>>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP', 58: 'ICMPv6', 132: 'SCTP' };
const HIGHEST_NUMBER = 255;

/**
 * The packet that a question is about.
 * @param usualPort of a question that names none
 * @throws ApiError `INVALID_REQUEST` for an unknown protocol, or a port that is missing, senseless or out of range
 */
export function readPacket({ protocol: written, port: asked, icmp, sourcePort }: PacketQuestion, usualPort?: number): Packet {
  const name = (written ?? (icmp ? 'ICMP' : 'TCP')).toLowerCase();
  const number = /^\d{1,3}$/.test(name) && Number(name) <= HIGHEST_NUMBER ? Number(name) : undefined;
  const protocol = number === undefined ? ASKABLE.find((known) => known.toLowerCase() === name) : (NUMBERED[number] ?? 'other');
  if (!protocol)
    throw refusal('protocol', `unknown protocol \`${written}\`; known are ${ASKABLE.join(', ')}, and numbers up to ${HIGHEST_NUMBER}`);
  if (sourcePort !== undefined) requirePort('sourcePort', sourcePort);
  if (protocol === 'ICMP' || protocol === 'ICMPv6') {
    if (asked !== undefined || sourcePort !== undefined) throw refusal('port', `${protocol} has no ports`);
    if (icmp)
      for (const part of [icmp.type, icmp.code ?? 0])
        if (!Number.isInteger(part) || part < 0 || part > 255)
          throw refusal('icmp', 'an ICMP type or code is a whole number from 0 to 255');
    return { protocol, ...(icmp && { icmp: { type: icmp.type, code: icmp.code ?? 0 } }) };
  }
  if (icmp) throw refusal('icmp', `an ICMP type does not go with ${protocol === 'other' ? `protocol ${name}` : protocol}`);
  if (protocol === 'other') {
    if (asked !== undefined || sourcePort !== undefined) throw refusal('port', `protocol ${name} has no ports that policy looks at`);
    return { protocol, number: number! };
  }
  const port = asked ?? usualPort;
  if (port === undefined) throw refusal('port', `a question about ${protocol} needs a port`);
  requirePort('port', port);
  return { protocol, port, ...(sourcePort !== undefined && { sourcePort }) };
}

/** What was taken where the question left it open. */
export function packetNotes({ icmp }: PacketQuestion): readonly string[] {
  return icmp && icmp.code === undefined ? ['ICMP code 0 is taken, since none is given'] : [];
}

/** `TCP 80`, or the protocol alone where it has no ports; by its number where it has no name here. */
export function formatPacket({ protocol, port, number }: Pick<Packet, 'protocol' | 'port' | 'number'>): string {
  if (number !== undefined) return `protocol ${number}`;
  return port === undefined ? protocol : `${protocol} ${port}`;
}

function requirePort(path: string, port: number): void {
  if (!Number.isInteger(port) || port < LOWEST_PORT || port > HIGHEST_PORT)
    throw refusal(path, `\`${port}\` is no port; a port is a whole number from ${LOWEST_PORT} to ${HIGHEST_PORT}`);
}
