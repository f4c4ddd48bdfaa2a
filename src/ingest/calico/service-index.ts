import type { TransportProtocol } from '../../model/endpoint';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { ServicePort } from '../../model/service';
import { intervalSet } from '../../util/interval-set';
import { compareText } from '../../util/order';
import type { BackendsDraft, Origin, ServiceDraft } from '../draft';
import { conjunction } from '../kubernetes/conjunction';
import { type Nets, netsOf, parseNet } from './nets';
import type { PortList } from './ports';

/*
 * What is behind a Service that a rule names: the addresses and ports of the EndpointSlices that carry its name (felix/serviceindex/serviceindex.go).
 * Whether a backend is ready does not matter, and Endpoints are not looked at.
 */

/** Some backends of a Service that share their ports: addresses of a slice, or, where the input has no slices, the pods that the Service selects. */
export interface Backends {
  readonly members: { readonly kind: 'nets'; readonly nets: Nets } | { readonly kind: 'pods'; readonly selector: Selector };
  readonly ports: ReadonlyMap<TransportProtocol, PortList>;
}

/** Backends of a Service; undefined when the input tells nothing of it. */
export type ServiceIndex = (namespace: string, name: string) => readonly Backends[] | undefined;

/** Slices win. A Service without any in the input has the backends that its selector would give it. */
export function serviceIndex(
  services: readonly ServiceDraft[],
  backends: readonly BackendsDraft[],
  namespaceOf: (origin: Origin) => string,
): ServiceIndex {
  const known = new Map<string, Backends[]>();
  for (const { origin, service, addresses, slicePorts } of backends) {
    if (!slicePorts) continue;
    const key = `${namespaceOf(origin)}/${service}`;
    const listed = known.get(key) ?? [];
    const nets = netsOf(addresses.map((address) => parseNet(address)!));
    if (nets.length > 0)
      listed.push({ members: { kind: 'nets', nets }, ports: portLists(slicePorts.map(({ protocol, port }) => [protocol, port])) });
    known.set(key, listed);
  }
  for (const { origin, service } of services) {
    const namespace = namespaceOf(origin);
    const key = `${namespace}/${origin.name}`;
    if (!known.has(key)) known.set(key, service.selector ? [selectedBackends(namespace, service.selector, service.ports)] : []);
  }
  return (namespace, name) => known.get(`${namespace}/${name}`);
}

function selectedBackends(namespace: string, labels: Readonly<Record<string, string>>, ports: readonly ServicePort[]): Backends {
  const tests = Object.entries(labels)
    .sort((a, b) => compareText(a[0], b[0]))
    .map(([key, value]): Selector => ({ kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values: [value] } }));
  const selector = conjunction([{ kind: 'inNamespace', names: [namespace] }, ...tests]);
  return { members: { kind: 'pods', selector }, ports: portLists(ports.map(({ protocol, targetPort }) => [protocol, targetPort])) };
}

type Target = readonly [protocol: TransportProtocol, target: number | string];

function portLists(targets: readonly Target[]): ReadonlyMap<TransportProtocol, PortList> {
  return new Map(
    TRANSPORT_PROTOCOLS.map((protocol) => {
      const own = targets.filter(([other]) => other === protocol).map(([, target]) => target);
      const numbers = own.filter((target) => typeof target === 'number');
      const names = [...new Set(own.filter((target) => typeof target === 'string'))].sort(compareText);
      return [protocol, { ranges: intervalSet(numbers.map((port) => [port, port])), names }];
    }),
  );
}
