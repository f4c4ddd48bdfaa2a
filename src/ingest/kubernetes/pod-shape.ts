import type { DeclaredPort, TransportProtocol } from '../../model/endpoint';
import { HIGHEST_PORT, LOWEST_PORT, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { compareText } from '../../util/order';
import type { PodShape } from '../draft';
import type { Pool } from '../pool';
import { flagIn, integerIn, isMapping, type Mapping, mappingsIn, type Reading, textIn } from '../reading';
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

/** Reads what policy can see of a pod, or of the pods of a template: `pod` holds `metadata` and `spec`. */
export function readPodShape(reading: Reading, pod: Mapping, path: string, shapes: Pool<PodShape>, added = NO_ADDED_LABELS): PodShape {
  const metadata = isMapping(pod.metadata) ? pod.metadata : undefined;
  const spec = isMapping(pod.spec) ? pod.spec : undefined;
  const prefix = path === '' ? '' : `${path}.`;
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
  const images: string[] = [];
  // Ports of init containers count too: a sidecar is one, and plugins resolve port names in all of them
  // (projectcalico/calico libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go).
  for (const list of ['containers', 'initContainers']) {
    for (const container of mappingsIn(reading, spec, list, `${prefix}spec`)) {
      readContainerPorts(reading, container, `${prefix}spec.${list}`, ports);
      const image = textIn(reading, container, 'image', `${prefix}spec.${list}`);
      if (image !== undefined && !images.includes(image)) images.push(image);
    }
  }
  const shared = JSON.stringify([labels, added.unknownKeys, serviceAccount, hostNetwork, ports, images]);
  return shapes.share(shared, () => ({ labels: labelSet(labels, added.unknownKeys), serviceAccount, hostNetwork, ports, images }));
}

function readContainerPorts(reading: Reading, container: Mapping, path: string, ports: DeclaredPort[]): void {
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
  }
}

/** `protocol` of a port of a pod or a Service: TCP unless said; undefined (and reported) when there is no such protocol. */
export function readProtocol(reading: Reading, entry: Mapping, path: string): TransportProtocol | undefined {
  const text = textIn(reading, entry, 'protocol', path) || 'TCP';
  const protocol = TRANSPORT_PROTOCOLS.find((known) => known === text);
  if (!protocol)
    reading.report('bad-protocol', `\`${path}\` has protocol \`${text}\`, which is none of TCP, UDP, SCTP; the port is left out`, entry);
  return protocol;
}
