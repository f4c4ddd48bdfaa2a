import type { TransportProtocol } from '../../model/endpoint';
import type { FailsafePort } from '../../model/host-endpoint';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { formatCidr } from '../../util/ip';
import type { Mapping } from '../reading';
import { type Complaints, mappingsField, numberField, textField } from './complaints';
import { parseNet } from './nets';

/*
 * Failsafe ports: what stays open at host endpoints so that a policy cannot cut a node off (felix/config/config_params.go).
 */

const BOTH_WAYS: readonly number[] = [179, 2379, 2380, 5473, 6443, 6666, 6667];

function ports(protocol: TransportProtocol, ...numbers: readonly number[]): readonly FailsafePort[] {
  return numbers.map((port) => ({ protocol, port: [port, port] }));
}

/** What is open where nobody says otherwise: SSH, DHCP, BGP, etcd, Typha and the API server; towards others DNS instead of SSH. */
export const DEFAULT_FAILSAFES: Readonly<Record<'inbound' | 'outbound', readonly FailsafePort[]>> = Object.freeze({
  inbound: [...ports('TCP', 22), ...ports('UDP', 68), ...ports('TCP', ...BOTH_WAYS)],
  outbound: [...ports('UDP', 53, 67), ...ports('TCP', ...BOTH_WAYS)],
});

/** Reads a list of ports of a FelixConfiguration; the empty list closes all of them. Undefined: the field is absent. */
export function readFailsafes(complaints: Complaints, spec: Mapping, field: string): readonly FailsafePort[] | undefined {
  const entries = mappingsField(complaints, spec, field, 'spec');
  if (!Array.isArray(spec[field])) return undefined;
  const at = `spec.${field}`;
  return entries.flatMap((entry) => {
    const protocol = textField(complaints, entry, 'protocol', at) || 'TCP';
    const port = numberField(complaints, entry, 'port', at);
    const net = textField(complaints, entry, 'net', at) ?? '';
    const failsafe = failsafeOf(protocol, port, net);
    return failsafe ?? complaints.refuse(`\`${at}\` has an entry that is no port of TCP, UDP or SCTP with a CIDR or without`, entry) ?? [];
  });
}

function failsafeOf(written: string, port: number | undefined, net: string): FailsafePort | undefined {
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === written.toUpperCase());
  const range = net === '' ? undefined : parseNet(net);
  if (!protocol || port === undefined || !Number.isInteger(port) || port < LOWEST_PORT || port > HIGHEST_PORT) return undefined;
  if (net !== '' && !range) return undefined;
  return { protocol, port: [port, port], ...(range && { net: formatCidr(range) }) };
}
