import type { ServicePort, TransportProtocol } from '../../model/endpoint';
import { type Direction, TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { intervalSet } from '../../util/interval-set';
import { compareText } from '../../util/order';
import { conjunction } from '../kubernetes/conjunction';
import { checkFields } from '../kubernetes/known-fields';
import { isAbsent, type Mapping } from '../reading';
import { type Complaints, mappingField, textField } from './complaints';
import type { Nets } from './nets';
import type { PortList } from './ports';

/*
 * Services in rules: a rule names a Service and means what is behind it, by the EndpointSlices that carry the Service's name (felix/serviceindex).
 * Whether a backend is ready does not matter, and Endpoints are not looked at.
 */

export interface ServiceName {
  readonly name: string;
  readonly namespace?: string;
}

/** Some backends of a Service that share their ports: addresses of a slice, or, where the input has no slices, the pods that the Service selects. */
export interface Backends {
  readonly members: { readonly kind: 'nets'; readonly nets: Nets } | { readonly kind: 'pods'; readonly selector: Selector };
  readonly ports: ReadonlyMap<TransportProtocol, PortList>;
}

/** Backends of a Service; undefined when the input tells nothing of it. */
export type ServiceIndex = (namespace: string, name: string) => readonly Backends[] | undefined;

/** One slice, with the namespace that it is in. */
export interface Slice {
  readonly namespace: string;
  readonly service: string;
  readonly nets: Nets;
  readonly ports: readonly { readonly protocol: TransportProtocol; readonly port: number }[];
}

export interface SelectingService {
  readonly namespace: string;
  readonly name: string;
  readonly selector: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly ServicePort[];
}

/** Slices win. Without any, a Service has the backends that its selector would give it. */
export function serviceIndex(slices: readonly Slice[], services: readonly SelectingService[]): ServiceIndex {
  const known = new Map<string, Backends[]>();
  const at = (namespace: string, name: string) => `${namespace}\n${name}`;
  for (const { namespace, service, nets, ports } of slices) {
    const backends = known.get(at(namespace, service)) ?? [];
    if (nets.length > 0) backends.push({ members: { kind: 'nets', nets }, ports: numberedPorts(ports) });
    known.set(at(namespace, service), backends);
  }
  for (const { namespace, name, selector, ports } of services) {
    if (known.has(at(namespace, name))) continue;
    const pods = selector && podsOf(namespace, selector);
    known.set(at(namespace, name), pods ? [{ members: { kind: 'pods', selector: pods }, ports: targetPorts(ports) }] : []);
  }
  return (namespace, name) => known.get(at(namespace, name));
}

function podsOf(namespace: string, labels: Readonly<Record<string, string>>): Selector {
  const tests = Object.keys(labels)
    .sort(compareText)
    .map((key): Selector => ({ kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values: [labels[key]!] } }));
  return conjunction([{ kind: 'inNamespace', names: [namespace] }, ...tests]);
}

function numberedPorts(ports: Slice['ports']): Backends['ports'] {
  return portLists(ports.map(({ protocol, port }) => ({ protocol, target: port })));
}

function targetPorts(ports: readonly ServicePort[]): Backends['ports'] {
  return portLists(ports.map(({ protocol, targetPort }) => ({ protocol, target: targetPort })));
}

function portLists(
  ports: readonly { readonly protocol: TransportProtocol; readonly target: number | string }[],
): ReadonlyMap<TransportProtocol, PortList> {
  return new Map(
    TRANSPORT_PROTOCOLS.map((protocol) => {
      const targets = ports.filter((port) => port.protocol === protocol).map(({ target }) => target);
      const numbers = targets.filter((target) => typeof target === 'number');
      const names = [...new Set(targets.filter((target) => typeof target === 'string'))].sort(compareText);
      return [protocol, { ranges: intervalSet(numbers.map((port) => [port, port])), names }];
    }),
  );
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
