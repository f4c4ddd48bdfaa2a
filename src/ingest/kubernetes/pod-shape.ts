import type { DeclaredPort, HostPort, TransportProtocol } from '../../model/endpoint';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { parseAddress } from '../../util/ip';
import { compareText } from '../../util/order';
import type { PodShape } from '../draft';
import { Pool } from '../pool';
import { flagIn, integerIn, isMapping, type Mapping, mappingsIn, type Reading, textIn } from '../reading';
import { canonicalAddresses } from './addresses';
import { checkLabels, labelSet, readLabels } from './labels';

/** Labels that a controller adds to those of its template. */
export interface AddedLabels {
  readonly known: readonly (readonly [key: string, value: string])[];
  /** Keys whose values the template does not tell. */
  readonly unknownKeys: readonly string[];
}

const NO_ADDED_LABELS: AddedLabels = { known: [], unknownKeys: [] };

/** The account of a pod that names none (kubernetes.io/docs/concepts/security/service-accounts). */
const DEFAULT_SERVICE_ACCOUNT = 'default';

/** Shapes by what was written, and by what that means. */
export interface ShapePool {
  readonly written: Map<string, PodShape>;
  readonly meant: Pool<PodShape>;
}

/** One for each bundle: it lives as long as documents are read. */
export function newShapePool(): ShapePool {
  return { written: new Map(), meant: new Pool() };
}

/**
 * Reads what policy can see of a pod, or of the pods of a template: `pod` holds `metadata` and `spec`.
 * Pods are many and their shapes few: what was read once without a problem is not read again.
 */
export function readPodShape(reading: Reading, pod: Mapping, path: string, shapes: ShapePool, added = NO_ADDED_LABELS): PodShape {
  const written = writtenShape(pod, added);
  const known = shapes.written.get(written);
  if (known) return known;
  let isSound = true;
  const noticing: Reading = {
    document: reading.document,
    report: (code, message, node) => {
      isSound = false;
      reading.report(code, message, node);
    },
  };
  const shape = readShape(noticing, pod, path === '' ? '' : `${path}.`, added);
  const shared = shapes.meant.share(JSON.stringify(shape), () => shape);
  // What is no JSON (not a number, infinite) is written as null too, so a text with null in it may have two meanings.
  if (isSound && !written.includes('null')) shapes.written.set(written, shared);
  return shared;
}

/** Everything that a shape is read from, as text. */
function writtenShape({ metadata, spec }: Mapping, added: AddedLabels): string {
  const { labels } = isMapping(metadata) ? metadata : {};
  if (!isMapping(spec)) return JSON.stringify({ labels, spec, added });
  const { hostNetwork, serviceAccount, serviceAccountName } = spec;
  const [containers, initContainers] = [writtenContainers(spec.containers), writtenContainers(spec.initContainers)];
  return JSON.stringify({ labels, hostNetwork, serviceAccount, serviceAccountName, containers, initContainers, added });
}

function writtenContainers(containers: unknown): unknown {
  if (!Array.isArray(containers)) return containers;
  return containers.map((container) =>
    isMapping(container) ? { image: container.image, ports: container.ports, restartPolicy: container.restartPolicy } : container,
  );
}

function readShape(reading: Reading, pod: Mapping, prefix: string, added: AddedLabels): PodShape {
  const metadata = isMapping(pod.metadata) ? pod.metadata : undefined;
  const spec = isMapping(pod.spec) ? pod.spec : undefined;
  if (!spec) reading.report('wrong-type', `\`${prefix}spec\` of the pod is missing or no mapping: its ports and network are unknown`, pod);
  const written = readLabels(reading, metadata, `${prefix}metadata`);
  checkLabels(reading, written, `${prefix}metadata`, metadata);
  const labels = [...written, ...added.known.filter(([key]) => !written.some(([other]) => other === key))];
  labels.sort((a, b) => compareText(a[0], b[0]));
  const serviceAccount =
    textIn(reading, spec, 'serviceAccountName', `${prefix}spec`) ||
    textIn(reading, spec, 'serviceAccount', `${prefix}spec`) ||
    DEFAULT_SERVICE_ACCOUNT;
  const hostNetwork = flagIn(reading, spec, 'hostNetwork', `${prefix}spec`) ?? false;
  const ports: DeclaredPort[] = [];
  const hostPorts: HostPort[] = [];
  const images = new Set<string>();
  // Ports of init containers count too: a sidecar is one, and plugins resolve port names in all of them
  // (projectcalico/calico libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go).
  for (const list of ['containers', 'initContainers']) {
    for (const container of mappingsIn(reading, spec, list, `${prefix}spec`)) {
      // The kubelet maps host ports of containers that keep running: an init container does so only as a sidecar.
      const isRunning = list === 'containers' || container.restartPolicy === 'Always';
      readContainerPorts(reading, container, `${prefix}spec.${list}`, ports, isRunning && !hostNetwork ? hostPorts : undefined);
      const image = textIn(reading, container, 'image', `${prefix}spec.${list}`);
      if (image !== undefined) images.add(image);
    }
  }
  return {
    labels: labelSet(labels, added.unknownKeys),
    serviceAccount,
    hostNetwork,
    ports,
    ...(hostPorts.length > 0 && { hostPorts }),
    images: [...images],
  };
}

/** Adds the declared ports of a container, and where `hostPorts` is given those that its node passes on to it. */
function readContainerPorts(
  reading: Reading,
  container: Mapping,
  path: string,
  ports: DeclaredPort[],
  hostPorts: HostPort[] | undefined,
): void {
  for (const entry of mappingsIn(reading, container, 'ports', path)) {
    const at = `${path}.ports`;
    const port = integerIn(reading, entry, 'containerPort', at);
    const protocol = readProtocol(reading, entry, at);
    if (protocol === undefined) continue;
    if (port === undefined || port < LOWEST_PORT || port > HIGHEST_PORT) {
      reading.report('bad-port', `\`${at}\` declares a port that is not between 1 and 65535; it is left out`, entry);
      continue;
    }
    ports.push({ name: textIn(reading, entry, 'name', at) ?? '', protocol, port });
    const hostPort = hostPorts && readHostPort(reading, entry, at, { protocol, containerPort: port });
    if (hostPort) hostPorts.push(hostPort);
  }
}

function readHostPort(
  reading: Reading,
  entry: Mapping,
  at: string,
  target: Pick<HostPort, 'protocol' | 'containerPort'>,
): HostPort | undefined {
  const hostPort = integerIn(reading, entry, 'hostPort', at);
  // 0 means none, as it does to the API server.
  if (!hostPort) return undefined;
  if (hostPort < LOWEST_PORT || hostPort > HIGHEST_PORT) {
    reading.report('bad-port', `\`${at}.hostPort\` is not between 1 and 65535; it is left out`, entry);
    return undefined;
  }
  const hostIp = textIn(reading, entry, 'hostIP', at);
  // The unspecified address of either family stands for all addresses of the node, and so does what is no address: the API server refuses it.
  const isBound = hostIp !== undefined && hostIp !== '' && parseAddress(hostIp)?.value !== 0n;
  const [hostAddress] = isBound ? canonicalAddresses(reading, [hostIp], `${at}.hostIP`, entry) : [];
  return { ...target, hostPort, ...(hostAddress !== undefined && { hostAddress }) };
}

/** `protocol` of a port of a pod or a Service: TCP unless said; undefined (and reported) when there is no such protocol. */
export function readProtocol(reading: Reading, entry: Mapping, path: string): TransportProtocol | undefined {
  const text = textIn(reading, entry, 'protocol', path) || 'TCP';
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === text);
  if (!protocol)
    reading.report('bad-protocol', `\`${path}\` has protocol \`${text}\`, which is none of TCP, UDP, SCTP; the port is left out`, entry);
  return protocol;
}
