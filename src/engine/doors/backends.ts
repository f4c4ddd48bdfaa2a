import type { DoorBackend } from '../../model/door';
import type { Endpoint, TransportProtocol } from '../../model/endpoint';
import type { Match } from '../../model/match';
import { matchSelector, type Selector } from '../../model/selector';
import type { Service, ServicePort } from '../../model/service';
import { compareText } from '../../util/order';
import type { DoorWorld } from './world';

/*
 * Which endpoints are behind a port of a Service (kubernetes.io/docs/concepts/services-networking/service): the pods of its namespace that its selector
 * chooses and that have the target port, or, without a selector, whoever has the addresses that Endpoints and EndpointSlices list.
 */

/** Answers the backends of ports of Services, for one world. */
export interface BackendFinder {
  backendsOf(service: Service, port: ServicePort): readonly DoorBackend[];
  /** Backends by a port of the pods themselves, as a Route may name it. */
  backendsAt(service: Service, protocol: TransportProtocol, target: number | string): readonly DoorBackend[];
}

/** Which pods a Service chooses is worked out once for all of its ports; who has which address, when the first list of addresses comes. */
export function backendFinder(world: DoorWorld): BackendFinder {
  const chosen = new Map<Service, readonly Chosen[]>();
  const index = indexPods(world);
  let owners: ReadonlyMap<string, readonly Endpoint[]> | undefined;
  const choose = (service: Service) => {
    let found = chosen.get(service);
    if (!found) {
      found = chosenBy(index, service);
      chosen.set(service, found);
    }
    return found;
  };
  const atPort = (service: Service, protocol: TransportProtocol, target: number | string) =>
    choose(service).flatMap(({ endpoint, match }): readonly DoorBackend[] => {
      const number = resolvePort(endpoint, protocol, target);
      if (number === undefined) return [];
      return [{ endpoint: endpoint.id, port: number, certainty: match.truth === 'yes' ? 'yes' : 'maybe', unknowns: match.unknowns }];
    });
  return {
    backendsOf(service, port) {
      if (service.type === 'ExternalName') return [];
      if (service.selector) return atPort(service, port.protocol, service.headless ? port.port : port.targetPort);
      owners ??= indexAddresses(world);
      return listedBackends(owners, service, port);
    },
    backendsAt: (service, protocol, target) => (service.type === 'ExternalName' ? [] : atPort(service, protocol, target)),
  };
}

/** A pod that a selector chooses, or may. */
interface Chosen {
  readonly endpoint: Endpoint;
  readonly match: Match;
}

/** Pods of each namespace: by each label that they have for certain, and those that may have others besides. */
interface NamespacePods {
  readonly byLabel: ReadonlyMap<string, readonly Endpoint[]>;
  readonly unsure: readonly Endpoint[];
}

/** Services choose within their namespace and always by whole labels, so that the pods of one label are a short list to look through. */
function indexPods(world: DoorWorld): ReadonlyMap<string, NamespacePods> {
  const index = new Map<string, { readonly byLabel: Map<string, Endpoint[]>; readonly unsure: Endpoint[] }>();
  for (let id = 0; id < world.endpointCount; id++) {
    const endpoint = world.endpoint(id);
    const namespace = world.namespaces[endpoint.namespace]?.name;
    if (namespace === undefined || endpoint.kind === 'newPod') continue;
    let pods = index.get(namespace);
    if (!pods) {
      pods = { byLabel: new Map(), unsure: [] };
      index.set(namespace, pods);
    }
    const { values, unknownKeys, complete } = endpoint.labels;
    if (unknownKeys.length > 0 || !complete) pods.unsure.push(endpoint);
    else for (const [key, value] of Object.entries(values)) pushTo(pods.byLabel, `${key}=${value}`, endpoint);
  }
  return index;
}

function chosenBy(index: ReadonlyMap<string, NamespacePods>, { ref, selector = {} }: Service): readonly Chosen[] {
  const pods = index.get(ref.namespace ?? '');
  const wanted = Object.entries(selector);
  if (!pods || wanted.length === 0) return [];
  const lists = wanted.map(([key, value]) => pods.byLabel.get(`${key}=${value}`) ?? []);
  const fewest = lists.reduce((least, list) => (list.length < least.length ? list : least));
  const expression: Selector = {
    kind: 'and',
    of: wanted.map(([key, value]) => ({ kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values: [value] } })),
  };
  return [...fewest, ...pods.unsure]
    .map((endpoint) => ({ endpoint, match: matchSelector(expression, { labels: endpoint.labels, network: endpoint.network }) }))
    .filter(({ match }) => match.truth !== 'no')
    .sort((a, b) => a.endpoint.id - b.endpoint.id);
}

/** The number of a port by number or by name; undefined where the pod has no port of that name and protocol. */
function resolvePort({ ports }: Endpoint, protocol: TransportProtocol, target: number | string): number | undefined {
  return typeof target === 'number' ? target : ports.find((own) => own.name === target && own.protocol === protocol)?.port;
}

/**
 * Without a selector: each listed address on each listed port of that name. An address may be anybody's, also a pod's of another namespace
 * (CVE-2021-25740), or lie outside the cluster.
 */
function listedBackends(
  owners: ReadonlyMap<string, readonly Endpoint[]>,
  { backendSets, endpointAddresses }: Service,
  { name, protocol, port, targetPort }: ServicePort,
): readonly DoorBackend[] {
  const found = new Map<string, DoorBackend>();
  const add = (address: string, number: number) => {
    const owner = ownerOf(owners.get(address) ?? [], protocol, number);
    const place = owner ? { endpoint: owner.id } : { address };
    found.set(`${owner?.id ?? address} ${number}`, { ...place, port: number, certainty: 'yes', unknowns: [] });
  };
  for (const set of backendSets)
    for (const own of set.ports) {
      if (own.name !== name || own.protocol !== protocol) continue;
      for (const address of set.addresses) add(address, own.port ?? (typeof targetPort === 'number' ? targetPort : port));
    }
  if (backendSets.length === 0 && typeof targetPort === 'number') for (const address of endpointAddresses) add(address, targetPort);
  return [...found.values()].sort(
    (a, b) =>
      (a.endpoint ?? Number.MAX_SAFE_INTEGER) - (b.endpoint ?? Number.MAX_SAFE_INTEGER) || compareText(a.address ?? '', b.address ?? ''),
  );
}

/** Who has an address. Hosts share theirs: then it is the hostNetwork pod that declares the port, else the node. */
function ownerOf(candidates: readonly Endpoint[], protocol: TransportProtocol, port: number): Endpoint | undefined {
  const declares = ({ ports }: Endpoint) => ports.some((own) => own.protocol === protocol && own.port === port);
  return (
    candidates.find(({ network }) => network === 'pod') ??
    candidates.find(declares) ??
    candidates.find(({ kind }) => kind === 'node') ??
    candidates[0]
  );
}

/** Endpoints by address; hosts share theirs with the pods on their network. */
function indexAddresses(world: DoorWorld): ReadonlyMap<string, readonly Endpoint[]> {
  const owners = new Map<string, Endpoint[]>();
  for (let id = 0; id < world.endpointCount; id++) {
    const endpoint = world.endpoint(id);
    for (const address of endpoint.addresses) pushTo(owners, address, endpoint);
  }
  return owners;
}

function pushTo<T>(lists: Map<string, T[]>, key: string, value: T): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
