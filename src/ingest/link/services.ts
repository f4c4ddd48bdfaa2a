import type { Service } from '../../model/service';
import { compareText } from '../../util/order';
import type { BackendsDraft, Origin, ServiceDraft } from '../draft';

/** Services by namespace and name, with the addresses that Endpoints and EndpointSlices give them. */
export function linkServices(
  services: readonly ServiceDraft[],
  backends: readonly BackendsDraft[],
  namespaceOf: (origin: Origin) => string,
): readonly Service[] {
  const addresses = new Map<string, Set<string>>();
  for (const { origin, service, addresses: listed } of backends) {
    const key = `${namespaceOf(origin)}\n${service}`;
    const known = addresses.get(key) ?? new Set();
    for (const address of listed) known.add(address);
    addresses.set(key, known);
  }
  const linked = services.map(({ origin, service }): Service => {
    const { apiVersion, kind, name, source } = origin;
    const namespace = namespaceOf(origin);
    const endpointAddresses = [...(addresses.get(`${namespace}\n${name}`) ?? [])].sort(compareText);
    return { ref: { apiVersion, kind, namespace, name, source }, ...service, endpointAddresses };
  });
  return linked.sort((a, b) => compareText(a.ref.namespace!, b.ref.namespace!) || compareText(a.ref.name, b.ref.name));
}
