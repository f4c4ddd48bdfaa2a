import type { DeclaredPort, HostPort } from '../../model/endpoint';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import { formatAddress, parseCidr } from '../../util/ip';
import type { Origin, WorkloadEndpointDraft } from '../draft';
import { canonicalAddress } from '../kubernetes/addresses';
import { isPort } from '../kubernetes/policy-packets';
import { integerIn, listIn, type Mapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { complaintsOf } from './complaints';
import { readCalicoLabels } from './metadata';
import { checkProfileNames } from './profiles';

/**
 * Reads a WorkloadEndpoint (libcalico-go/lib/apis/v3/workloadendpoint.go). In a Kubernetes cluster Calico derives them from pods, and lists them on
 * request; of one that belongs to no pod of the input nothing else tells.
 */
export function readWorkloadEndpoint(reading: Reading, origin: Origin): WorkloadEndpointDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const text = (field: string) => textIn(reading, spec, field, 'spec') || undefined;
  const complaints = complaintsOf(reading, origin.apiVersion, 'WorkloadEndpoint');
  const profiles = textsOf(reading, spec, 'profiles');
  checkProfileNames(complaints, profiles, spec ?? {});
  const listed = mappingsIn(reading, spec, 'ports', 'spec').flatMap((entry) => readPort(reading, entry) ?? []);
  return {
    kind: 'workloadEndpoint',
    origin,
    pod: text('pod'),
    workload: text('workload'),
    node: text('node'),
    serviceAccount: text('serviceAccountName'),
    labels: readCalicoLabels(reading, origin),
    addresses: readAddresses(reading, spec),
    profiles,
    ports: listed.map(({ declared }) => declared),
    hostPorts: listed.flatMap(({ hostPort }) => hostPort ?? []),
    isLeftOut: complaints.isLeftOut(),
  };
}

/** Networks of one address each: Calico supports no larger ones. */
function readAddresses(reading: Reading, spec: Mapping | undefined): readonly string[] {
  return textsOf(reading, spec, 'ipNetworks').flatMap((text) => {
    const bare = canonicalAddress(text);
    const range = parseCidr(text);
    if (bare !== undefined) return [bare];
    if (range && range.low === range.high) return [formatAddress({ family: range.family, value: range.low })];
    reading.report('bad-address', `\`spec.ipNetworks\` holds \`${text}\`, which is not the network of one address`, spec);
    return [];
  });
}

function textsOf(reading: Reading, spec: Mapping | undefined, field: string): readonly string[] {
  return (listIn(reading, spec, field, 'spec') ?? []).filter((entry) => typeof entry === 'string');
}

interface ReadPort {
  readonly declared: DeclaredPort;
  readonly hostPort?: HostPort;
}

/** Names of protocols are in any case here, as in the first version of Calico's API. */
function readPort(reading: Reading, entry: Mapping): ReadPort | undefined {
  const written = textIn(reading, entry, 'protocol', 'spec.ports') ?? '';
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === written.toUpperCase());
  const port = integerIn(reading, entry, 'port', 'spec.ports');
  if (!protocol || port === undefined || !isPort(port)) {
    reading.report('bad-port', '`spec.ports` has an entry without a port between 1 and 65535 of TCP, UDP or SCTP; it is left out', entry);
    return undefined;
  }
  const declared = { name: textIn(reading, entry, 'name', 'spec.ports') ?? '', protocol, port };
  const hostPort = integerIn(reading, entry, 'hostPort', 'spec.ports');
  if (!hostPort || !isPort(hostPort)) return { declared };
  const hostAddress = canonicalAddress(textIn(reading, entry, 'hostIP', 'spec.ports') ?? '');
  return { declared, hostPort: { protocol, hostPort, containerPort: port, ...(hostAddress !== undefined && { hostAddress }) } };
}
