import { type PacketExpression, TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { Lowering, Origin, PolicyDraft } from '../draft';
import { isAbsent, isMapping, type Mapping, type Reading, typeName } from '../reading';
import { onlyField, type PartReading } from './admin-part';
import { PEER_KINDS } from './admin-peers';
import { readPortName, readPortRange } from './admin-ports';
import type { AdminRuleSyntax } from './admin-rules';
import { adminTiers } from './admin-tiers';
import { checkFields } from './known-fields';
import { type AdminPolicySyntax, lowerAdminPolicy, readPriority } from './lower-admin-policy';
import { isPort, type PortEntry, packetsOf } from './policy-packets';

/*
 * AdminNetworkPolicy and BaselineAdminNetworkPolicy of policy.networking.k8s.io/v1alpha1
 * (kubernetes-sigs/network-policy-api apis/v1alpha1/adminnetworkpolicy_types.go, baselineadminnetworkpolicy_types.go, shared_types.go).
 */

/** The baseline policy has no priority: there is one (Calico's order for it: libcalico-go/lib/backend/k8s/conversion/conversion.go of 3.31). */
const BASELINE_ORDER = 1000;
const BASELINE_NAME = 'default';

const RULES: AdminRuleSyntax = {
  actions: { Allow: 'Allow', Deny: 'Deny', Pass: 'Pass' },
  ports: 'ports',
  readPorts,
  mostRules: 100,
  mostEntries: 100,
};

const ADMIN: AdminPolicySyntax = {
  kind: 'AdminNetworkPolicy',
  specFields: ['priority', 'subject', 'ingress', 'egress'],
  placeOf: (reading, spec, { facts }) => ({ tier: adminTiers(facts).admin, order: readPriority(reading, spec) }),
  rules: RULES,
  peers: PEER_KINDS.egress,
};

const BASELINE: AdminPolicySyntax = {
  kind: 'BaselineAdminNetworkPolicy',
  specFields: ['subject', 'ingress', 'egress'],
  placeOf: placeOfBaseline,
  rules: { ...RULES, actions: { Allow: 'Allow', Deny: 'Deny' } },
  peers: PEER_KINDS.egress.filter((kind) => kind !== 'domainNames'),
};

/** Keeps the document until facts, namespaces and nodes are settled. */
export function readAdminNetworkPolicy({ document }: Reading, origin: Origin): PolicyDraft {
  return { kind: 'policy', origin, lower: (lowering) => lowerAdminPolicy(document, lowering, ADMIN) };
}

/** Keeps the document until facts, namespaces and nodes are settled. */
export function readBaselineAdminNetworkPolicy({ document }: Reading, origin: Origin): PolicyDraft {
  return { kind: 'policy', origin, lower: (lowering) => lowerAdminPolicy(document, lowering, BASELINE) };
}

function placeOfBaseline(reading: Reading, _spec: Mapping, { facts, ref }: Lowering) {
  if (ref.name !== BASELINE_NAME) {
    const message = `the API server admits one BaselineAdminNetworkPolicy, whose name is \`${BASELINE_NAME}\`; this one is read all the same`;
    reading.report('beyond-limits', message);
  }
  return { tier: adminTiers(facts).baseline, order: BASELINE_ORDER };
}

/** Each entry has one of `portNumber`, `portRange` and `namedPort`. */
function readPorts(part: PartReading, entries: readonly unknown[], path: string): PacketExpression | undefined {
  const read = entries.map((entry, index) => readPort(part, entry, `${path}[${index}]`, entries));
  return read.includes(undefined) ? undefined : packetsOf(read.flatMap((ports) => ports!));
}

function readPort(part: PartReading, entry: unknown, path: string, holder: unknown): readonly PortEntry[] | undefined {
  if (!isMapping(entry)) return part.fail(`\`${path}\` is ${typeName(entry)} where a mapping belongs`, holder);
  const kind = onlyField(part, entry, ['portNumber', 'portRange', 'namedPort'], path);
  if (kind === undefined) return undefined;
  const at = `${path}.${kind}`;
  const written = entry[kind];
  if (kind === 'namedPort') return readPortName(part, written, at, entry);
  if (!isMapping(written)) return part.fail(`\`${at}\` is ${typeName(written)} where a mapping belongs`, entry);
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === (isAbsent(written.protocol) ? 'TCP' : written.protocol));
  if (!protocol) return part.fail(`\`${at}.protocol\` is none of TCP, UDP, SCTP`, written);
  if (kind === 'portRange') return readPortRange(part, protocol, written, ['protocol', 'start', 'end'], at);
  checkFields(part.reading, written, ['protocol', 'port'], at);
  if (!isPort(written.port)) return part.fail(`\`${at}.port\` is no number from 1 to 65535`, written);
  return [{ kind: 'range', protocol, range: [written.port, written.port] }];
}
