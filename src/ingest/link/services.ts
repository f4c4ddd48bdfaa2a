import type { BackendSet, Service } from '../../model/service';
import { compareText } from '../../util/order';
import type { BackendsDraft, Origin, ServiceDraft } from '../draft';

/** What the input tells of the backends of one Service. */
interface Told {
  readonly addresses: Set<string>;
  readonly slices: BackendSet[];
  readonly endpoints: BackendSet[];
}

const UNTOLD: Told = { addresses: new Set(), slices: [], endpoints: [] };

/** Services by namespace and name, with what Endpoints and EndpointSlices say is behind them. */
export function linkServices(
  services: readonly ServiceDraft[],
  backends: readonly BackendsDraft[],
  namespaceOf: (origin: Origin) => string,
): readonly Service[] {
  const told = new Map<string, Told>();
  for (const { origin, service, addresses, sets, slicePorts } of backends) {
    const key = `${namespaceOf(origin)}\n${service}`;
    const known = told.get(key) ?? { addresses: new Set(), slices: [], endpoints: [] };
    for (const address of addresses) known.addresses.add(address);
    for (const set of sets) (slicePorts ? known.slices : known.endpoints).push(set);
    told.set(key, known);
  }
  const linked = services.map(({ origin, service }): Service => {
    const { apiVersion, kind, name, source } = origin;
    const namespace = namespaceOf(origin);
    const { addresses, slices, endpoints } = told.get(`${namespace}\n${name}`) ?? UNTOLD;
    return {
      ref: { apiVersion, kind, namespace, name, source },
      ...service,
      endpointAddresses: [...addresses].sort(compareText),
      // The control plane mirrors Endpoints into slices: with both in the input, the slices say it all.
      backendSets: slices.length > 0 ? slices : endpoints,
    };
  });
  return linked.sort((a, b) => compareText(a.ref.namespace!, b.ref.namespace!) || compareText(a.ref.name, b.ref.name));
}
