import type { TransportProtocol } from '../../model/endpoint';
import { type PacketExpression, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { nearMatches } from '../../util/near-matches';
import type { Lowering, Origin, PolicyDraft } from '../draft';
import { isAbsent, isMapping, type Mapping, type Reading, typeName } from '../reading';
import { onlyField, type PartReading, unknownField } from './admin-part';
import { PEER_KINDS } from './admin-peers';
import { readPortName, readPortRange } from './admin-ports';
import { adminTiers } from './admin-tiers';
import { checkFields } from './known-fields';
import { type AdminPolicySyntax, lowerAdminPolicy, readPriority } from './lower-admin-policy';
import { isPort, type PortEntry, packetsOf } from './policy-packets';

/*
 * ClusterNetworkPolicy of policy.networking.k8s.io/v1alpha2 (kubernetes-sigs/network-policy-api apis/v1alpha2/clusternetworkpolicy_types.go).
 */

const TIERS = ['Admin', 'Baseline'] as const;

/** The fields of an entry of `protocols`: the protocols in lower case, or a port name of whatever protocol. */
const PROTOCOL_FIELDS = [...TRANSPORT_PROTOCOLS.map((protocol) => protocol.toLowerCase()), 'destinationNamedPort'];

const SYNTAX: AdminPolicySyntax = {
  kind: 'ClusterNetworkPolicy',
  specFields: ['tier', 'priority', 'subject', 'ingress', 'egress'],
  placeOf,
  rules: {
    actions: { Accept: 'Allow', Deny: 'Deny', Pass: 'Pass' },
    ports: 'protocols',
    readPorts: readProtocols,
    mostRules: 25,
    mostEntries: 25,
  },
  peers: PEER_KINDS.egress,
};

/** Keeps the document until facts, namespaces and nodes are settled. */
export function readClusterNetworkPolicy({ document }: Reading, origin: Origin): PolicyDraft {
  return { kind: 'policy', origin, lower: (lowering) => lowerAdminPolicy(document, lowering, SYNTAX) };
}

function placeOf(reading: Reading, spec: Mapping, { facts }: Lowering) {
  const tier = TIERS.find((known) => known === spec.tier);
  if (!tier) {
    const written = typeof spec.tier === 'string' ? `\`${spec.tier}\`` : typeName(spec.tier);
    const [near] = typeof spec.tier === 'string' ? nearMatches(spec.tier, TIERS, 1) : [];
    const advice = near === undefined ? '' : `; did you mean \`${near}\``;
    reading.report(
      'invalid-admin-policy',
      `\`spec.tier\` is ${written}, which is none of ${TIERS.join(', ')}; the policy is left out${advice}`,
      spec,
    );
    return undefined;
  }
  const { admin, baseline } = adminTiers(facts);
  return { tier: tier === 'Admin' ? admin : baseline, order: readPriority(reading, spec) };
}

/** Each entry has one of `tcp`, `udp`, `sctp` and `destinationNamedPort`. */
function readProtocols(part: PartReading, entries: readonly unknown[], path: string): PacketExpression | undefined {
  const read = entries.map((entry, index) => readProtocol(part, entry, `${path}[${index}]`, entries));
  return read.includes(undefined) ? undefined : packetsOf(read.flatMap((ports) => ports!));
}

function readProtocol(part: PartReading, entry: unknown, path: string, holder: unknown): readonly PortEntry[] | undefined {
  if (!isMapping(entry)) return part.fail(`\`${path}\` is ${typeName(entry)} where a mapping belongs`, holder);
  const kind = onlyField(part, entry, PROTOCOL_FIELDS, path);
  if (kind === undefined) return undefined;
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known.toLowerCase() === kind);
  const written = entry[kind];
  const at = `${path}.${kind}`;
  if (!protocol) return readPortName(part, written, at, entry);
  if (!isMapping(written)) return part.fail(`\`${at}\` is ${typeName(written)} where a mapping belongs`, entry);
  const { destinationPort } = written;
  if (isAbsent(destinationPort)) {
    const unknown = unknownField(written, ['destinationPort']);
    if (unknown !== undefined) return part.fail(`\`${at}\` has \`${unknown}\`, which is not understood`, written);
    part.reading.report(
      'beyond-limits',
      `\`${at}\` has no \`destinationPort\`, which the API server refuses; it is read as every port`,
      entry,
    );
    return [{ kind: 'every', protocol }];
  }
  checkFields(part.reading, written, ['destinationPort'], at);
  return readDestinationPort(part, protocol, destinationPort, `${at}.destinationPort`, written);
}

function readDestinationPort(
  part: PartReading,
  protocol: TransportProtocol,
  written: unknown,
  path: string,
  holder: unknown,
): readonly PortEntry[] | undefined {
  if (!isMapping(written)) return part.fail(`\`${path}\` is ${typeName(written)} where a mapping belongs`, holder);
  const kind = onlyField(part, written, ['number', 'range'], path);
  if (kind === undefined) return undefined;
  const port = written[kind];
  if (kind === 'number') {
    if (!isPort(port)) return part.fail(`\`${path}.number\` is no number from 1 to 65535`, written);
    return [{ kind: 'range', protocol, range: [port, port] }];
  }
  if (!isMapping(port)) return part.fail(`\`${path}.range\` is ${typeName(port)} where a mapping belongs`, written);
  return readPortRange(part, protocol, port, ['start', 'end'], `${path}.range`);
}
