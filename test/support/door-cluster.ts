import type { Analysis } from '../../src/engine/index';
import { analyze, doorsOf, explainDoor } from '../../src/engine/index';
import type { Door, DoorBackend, DoorExplanation } from '../../src/model/door';
import type { HostPort } from '../../src/model/endpoint';
import type { Entry } from '../../src/model/entry';
import { type LoadBalancer, PLAIN_SERVICE, type Service, type ServicePort } from '../../src/model/service';
import type { Snapshot } from '../../src/model/snapshot';
import { endOf } from './flow';

/*
 * Services and entries for snapshots written by hand (see `cluster.ts`):
 *
 *   withDoors(snapshot, { services: [service('shop/front', { type: 'NodePort', ports: [['http', 80, 8080, 30080]], selector: { app: 'front' } })] })
 */

type PortParts = readonly [name: string, port: number, targetPort: number | string, nodePort?: number];

export interface ServiceOptions extends Partial<Omit<Service, 'ref' | 'ports' | 'loadBalancer'>> {
  readonly ports?: readonly PortParts[];
  readonly protocol?: ServicePort['protocol'];
  readonly loadBalancer?: Partial<LoadBalancer>;
}

/** A Service. `id` is `namespace/name`; its selector is `app: name` unless told otherwise. */
export function service(
  id: string,
  { ports = [['', 80, 8080]], protocol = 'TCP', loadBalancer, ...options }: ServiceOptions = {},
): Service {
  const [namespace, name] = id.split('/') as [string, string];
  return {
    ...PLAIN_SERVICE,
    ref: { apiVersion: 'v1', kind: 'Service', namespace, name, source: { file: `${id}.yaml`, document: 1, line: 1 } },
    type: loadBalancer ? 'LoadBalancer' : 'ClusterIP',
    headless: false,
    ...(options.backendSets ? {} : { selector: { app: name } }),
    ports: ports.map(([portName, port, targetPort, nodePort]) => ({
      name: portName,
      protocol,
      port,
      targetPort,
      ...(nodePort !== undefined && { nodePort }),
    })),
    endpointAddresses: [],
    ...(loadBalancer && {
      loadBalancer: { addresses: [], hostnames: [], allocatesNodePorts: true, scope: 'unknown' as const, ...loadBalancer },
    }),
    ...options,
  };
}

/** An Ingress of `namespace/name` that leads to `namespace/service:port`. */
export function ingress(id: string, backends: readonly string[], options: Partial<Entry> = {}): Entry {
  const [namespace, name] = id.split('/') as [string, string];
  const source = { file: `${id}.yaml`, document: 1, line: 1 };
  return {
    kind: 'ingress',
    ref: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, name, source },
    hosts: [],
    listeners: [{ port: 80, protocol: 'TCP', tls: false }],
    backends: backends.map((text) => {
      const [, home, own, port] = /^([^/]+)\/([^:]+):(.+)$/.exec(text)!;
      return { service: { namespace: home!, name: own! }, port: /^\d+$/.test(port!) ? Number(port) : port!, path: '/', source };
    }),
    addresses: [],
    hostnames: [],
    scope: 'unknown',
    ...options,
  };
}

export interface DoorParts {
  readonly services?: readonly Service[];
  readonly entries?: readonly Entry[];
  /** By `namespace/name` of the pod. */
  readonly hostPorts?: Readonly<Record<string, readonly HostPort[]>>;
  /** Images of workloads by `namespace/name`. */
  readonly images?: Readonly<Record<string, readonly string[]>>;
}

/** The snapshot with its doors. */
export function withDoors(snapshot: Snapshot, { services = [], entries = [], hostPorts = {}, images = {} }: DoorParts): Snapshot {
  const endpoints = snapshot.endpoints.map((endpoint) => {
    const own = hostPorts[`${snapshot.namespaces[endpoint.namespace]?.name}/${endpoint.name}`];
    return own ? { ...endpoint, hostPorts: own } : endpoint;
  });
  const workloads = snapshot.workloads.map((workload) => ({
    ...workload,
    images: images[`${workload.ref.namespace}/${workload.ref.name}`] ?? workload.images,
  }));
  return { ...snapshot, endpoints, workloads, services, entries };
}

/** The analysis with short questions about its doors. */
export function doorTester(snapshot: Snapshot) {
  const analysis = analyze(snapshot);
  return {
    analysis,
    doors: doorsOf(analysis),
    door: (id: string) => doorNamed(analysis, id),
    /** `client` through the door of that id to the pod `namespace/name` (the first backend where none is named). */
    explain: (client: string, id: string, to?: string, port?: number) => explain(snapshot, analysis, { client, id, to, port }),
    verdict: (client: string, id: string, to?: string, port?: number) => explain(snapshot, analysis, { client, id, to, port }).verdict,
  };
}

export function doorNamed(analysis: Analysis, id: string): Door {
  const door = doorsOf(analysis).find((candidate) => candidate.id === id);
  if (!door) {
    const known = doorsOf(analysis).map((candidate) => candidate.id);
    throw new Error(`there is no door \`${id}\` among ${known.join(' · ')}`);
  }
  return door;
}

interface Question {
  readonly client: string;
  readonly id: string;
  readonly to: string | undefined;
  readonly port: number | undefined;
}

function explain(snapshot: Snapshot, analysis: Analysis, { client, id, to, port }: Question): DoorExplanation {
  const door = doorNamed(analysis, id);
  return explainDoor(analysis, { door: id, backend: backendNamed(snapshot, door, to), client, ...(port !== undefined && { port }) });
}

/** The backend that is this pod or address; the first one where none is named. */
export function backendNamed(snapshot: Snapshot, door: Door, to: string | undefined): DoorBackend {
  const end = to === undefined ? undefined : endOf(snapshot, to);
  const backend = door.backends.find(({ endpoint, address }) => end === undefined || endpoint === end || address === end);
  if (!backend) throw new Error(`\`${to}\` is not behind \`${door.id}\``);
  return backend;
}
