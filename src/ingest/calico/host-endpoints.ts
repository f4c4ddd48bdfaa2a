import type { DeclaredPort } from '../../model/endpoint';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { formatAddress, parseAddress } from '../../util/ip';
import type { HostEndpointDraft, Origin } from '../draft';
import { checkFields, checkObjectFields } from '../kubernetes/known-fields';
import type { Mapping, Reading } from '../reading';
import { type Complaints, complaintsOf, mappingField, mappingsField, numberField, textField, textsField } from './complaints';
import { readCalicoLabels } from './metadata';
import { checkProfileNames } from './profiles';

/** Governs every interface of its node that no other host endpoint does. */
export const EVERY_INTERFACE = '*';
const INTERFACE_NAME = /^[a-zA-Z0-9_.-]{1,15}$/;

/** Reads a HostEndpoint (api/pkg/apis/projectcalico/v3/hostendpoint.go). Undefined: Calico would not have it. */
export function readHostEndpoint(reading: Reading, origin: Origin): HostEndpointDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'HostEndpoint');
  const { object } = reading.document;
  checkObjectFields(reading, object);
  const spec = mappingField(complaints, object, 'spec', 'HostEndpoint') ?? {};
  checkFields(reading, spec, ['node', 'interfaceName', 'expectedIPs', 'profiles', 'ports'], 'spec');
  const node = textField(complaints, spec, 'node', 'spec') ?? '';
  const interfaceName = textField(complaints, spec, 'interfaceName', 'spec') ?? '';
  const addresses = readAddresses(complaints, spec);
  const profiles = textsField(complaints, spec, 'profiles', 'spec');
  checkProfileNames(complaints, profiles, spec);
  const ports = mappingsField(complaints, spec, 'ports', 'spec').flatMap((port) => readPort(complaints, port) ?? []);
  if (node === '') complaints.refuse('`spec.node` names no node', spec);
  if (interfaceName === '' && addresses.length === 0) complaints.refuse('`spec` has neither `interfaceName` nor `expectedIPs`', spec);
  if (interfaceName !== '' && interfaceName !== EVERY_INTERFACE && !INTERFACE_NAME.test(interfaceName)) {
    complaints.refuse(`\`spec.interfaceName\` is \`${interfaceName}\`, which no interface can be called`, spec);
  }
  const labels = readCalicoLabels(reading, origin);
  return { kind: 'hostEndpoint', origin, node, interfaceName, addresses, labels, profiles, ports, isLeftOut: complaints.isLeftOut() };
}

function readAddresses(complaints: Complaints, spec: Mapping): readonly string[] {
  return textsField(complaints, spec, 'expectedIPs', 'spec').flatMap((text) => {
    const address = parseAddress(text);
    if (!address) complaints.refuse(`\`spec.expectedIPs\` holds \`${text}\`, which is no address`, spec);
    return address ? [formatAddress(address)] : [];
  });
}

function readPort(complaints: Complaints, entry: Mapping): DeclaredPort | undefined {
  const name = textField(complaints, entry, 'name', 'spec.ports') ?? '';
  const written = textField(complaints, entry, 'protocol', 'spec.ports') ?? '';
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === written.toUpperCase());
  const port = numberField(complaints, entry, 'port', 'spec.ports') ?? 0;
  if (!protocol) return complaints.refuse('`spec.ports` has a port whose protocol is none of TCP, UDP, SCTP', entry);
  if (!Number.isInteger(port) || port < LOWEST_PORT || port > HIGHEST_PORT) {
    return complaints.refuse('`spec.ports` has a port that is not between 1 and 65535', entry);
  }
  return { name, protocol, port };
}
