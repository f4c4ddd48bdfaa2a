import type { Direction } from '../../model/policy';
import { checkFields } from '../kubernetes/known-fields';
import { isAbsent, type Mapping } from '../reading';
import { type Complaints, mappingField, textField } from './complaints';

/** A Service that a rule names instead of addresses. */
export interface ServiceName {
  readonly name: string;
  readonly namespace?: string;
}

/** Reads `services` of one side of a rule. */
export function readService(
  complaints: Complaints,
  entity: Mapping,
  side: 'source' | 'destination',
  direction: Direction,
  path: string,
  policyNamespace: string | undefined,
): ServiceName | undefined {
  const services = mappingField(complaints, entity, 'services', path);
  if (!services) return undefined;
  const at = `${path}.services`;
  checkFields(complaints.reading, services, ['name', 'namespace'], at);
  const name = textField(complaints, services, 'name', at) ?? '';
  const namespace = textField(complaints, services, 'namespace', at) ?? '';
  const conflict = conflictsOf(side).find((field) => !isEmpty(entity[field]));
  if (conflict !== undefined) complaints.mind(`\`${at}\` stands beside \`${conflict}\``, entity);
  if ((direction === 'egress') !== (side === 'destination')) {
    complaints.mind(`\`${at}\` stands on the wrong side: a Service is matched at the other end of a connection`, entity);
  }
  if (name === '') return complaints.mind(`\`${at}\` has no \`name\``, services);
  if (namespace !== '') return { name, namespace };
  if (policyNamespace === undefined) complaints.mind(`\`${at}\` has no \`namespace\`, which a global policy must give`, services);
  else {
    const message = `\`${at}\` has no \`namespace\`: it is not certain that Calico looks in that of the policy, so name it`;
    complaints.reading.report('service-without-namespace', message, services);
  }
  return { name };
}

function conflictsOf(side: 'source' | 'destination'): readonly string[] {
  const others = ['selector', 'notSelector', 'namespaceSelector', 'serviceAccounts', 'nets', 'notNets'];
  return side === 'destination' ? [...others, 'ports', 'notPorts'] : others;
}

function isEmpty(value: unknown): boolean {
  return isAbsent(value) || value === '' || (Array.isArray(value) && value.length === 0);
}
