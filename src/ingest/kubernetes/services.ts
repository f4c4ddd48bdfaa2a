import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import { PLAIN_SERVICE, type Service, type ServicePort } from '../../model/service';
import type { BackendsDraft, MentionDraft, Origin, ServiceDraft } from '../draft';
import { integerIn, isAbsent, isMapping, type Mapping, mappingIn, mappingsIn, type Reading, textIn, typeName } from '../reading';
import { canonicalAddresses } from './addresses';
import { readProtocol } from './pod-shape';

const SERVICE_TYPES: readonly Service['type'][] = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'];

/** The label by which an EndpointSlice names its Service (kubernetes.io/docs/concepts/services-networking/endpoint-slices). */
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Reads a Service. Its selector is a map of labels, and the empty map means no selector. */
export function readService(reading: Reading, origin: Origin): ServiceDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const written = textIn(reading, spec, 'type', 'spec') ?? 'ClusterIP';
  const type = SERVICE_TYPES.find((known) => known === written);
  if (!type)
    reading.report('bad-service', `\`spec.type\` is \`${written}\`, which is none of ${SERVICE_TYPES.join(', ')}; read as ClusterIP`, spec);
  const selector = readSelector(reading, spec);
  const ports = mappingsIn(reading, spec, 'ports', 'spec').map((port) => readServicePort(reading, port));
  const service = {
    type: type ?? 'ClusterIP',
    headless: spec?.clusterIP === 'None',
    ...(selector && { selector }),
    ports: ports.filter((port) => port !== undefined),
    ...PLAIN_SERVICE,
  };
  return { kind: 'service', origin, service };
}

function readSelector(reading: Reading, spec: Mapping | undefined): Readonly<Record<string, string>> | undefined {
  const selector = mappingIn(reading, spec, 'selector', 'spec');
  if (!selector) return undefined;
  const pairs: [string, string][] = [];
  for (const [key, value] of Object.entries(selector)) {
    if (typeof value === 'object' && value !== null) {
      reading.report(
        'label-not-text',
        `label \`${key}\` of \`spec.selector\` is ${typeName(value)}; the Service is read without a selector`,
        selector,
      );
      return undefined;
    }
    if (typeof value !== 'string' && !isAbsent(value)) {
      const message = `label \`${key}\` of \`spec.selector\` is ${typeName(value)}: the API server refuses it; read as the text \`${value}\`, quote it`;
      reading.report('label-not-text', message, selector);
    }
    pairs.push([key, isAbsent(value) ? '' : String(value)]);
  }
  return pairs.length > 0 ? Object.fromEntries(pairs) : undefined;
}

function readServicePort(reading: Reading, entry: Mapping): ServicePort | undefined {
  const port = integerIn(reading, entry, 'port', 'spec.ports');
  const protocol = readProtocol(reading, entry, 'spec.ports');
  if (protocol === undefined) return undefined;
  if (port === undefined || port < LOWEST_PORT || port > HIGHEST_PORT) {
    reading.report('bad-port', '`spec.ports` has a port that is not between 1 and 65535; it is left out', entry);
    return undefined;
  }
  const { targetPort: written } = entry;
  // The API server fills in the port for 0 and for the empty name as well.
  const targetPort = typeof written === 'number' || typeof written === 'string' ? written || port : port;
  const nodePort = integerIn(reading, entry, 'nodePort', 'spec.ports');
  return { name: textIn(reading, entry, 'name', 'spec.ports') ?? '', protocol, port, targetPort, ...(nodePort && { nodePort }) };
}

/** Reads Endpoints: they belong to the Service of the same name. */
export function readEndpoints(reading: Reading, origin: Origin): BackendsDraft {
  const subsets = mappingsIn(reading, reading.document.object, 'subsets', '');
  const entries = subsets.flatMap((subset) =>
    ['addresses', 'notReadyAddresses'].flatMap((list) => mappingsIn(reading, subset, list, 'subsets')),
  );
  const texts = entries.map((entry) => textIn(reading, entry, 'ip', 'subsets.addresses')).filter((text) => text !== undefined);
  return { kind: 'backends', origin, service: origin.name, addresses: canonicalAddresses(reading, texts, 'subsets', subsets[0]) };
}

/** Reads an EndpointSlice; one of host names (`addressType: FQDN`) has no addresses, and one without its label belongs to no Service. */
export function readEndpointSlice(reading: Reading, origin: Origin): BackendsDraft | MentionDraft {
  const { object } = reading.document;
  const labels = isMapping(object.metadata) && isMapping(object.metadata.labels) ? object.metadata.labels : undefined;
  const service = labels && Object.hasOwn(labels, SERVICE_NAME_LABEL) ? labels[SERVICE_NAME_LABEL] : undefined;
  if (typeof service !== 'string') {
    reading.report('slice-without-service', `an EndpointSlice without label \`${SERVICE_NAME_LABEL}\` belongs to no Service`);
    return { kind: 'mention', origin };
  }
  const slicePorts = readSlicePorts(reading, object);
  if (object.addressType === 'FQDN') return { kind: 'backends', origin, service, addresses: [], slicePorts };
  const endpoints = mappingsIn(reading, object, 'endpoints', '');
  const texts = endpoints
    .flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses : []))
    .filter((text) => typeof text === 'string');
  return { kind: 'backends', origin, service, addresses: canonicalAddresses(reading, texts, 'endpoints', endpoints[0]), slicePorts };
}

/** Ports without a number stand for all ports, which no policy can name. */
function readSlicePorts(reading: Reading, slice: Mapping): NonNullable<BackendsDraft['slicePorts']> {
  return mappingsIn(reading, slice, 'ports', '').flatMap((entry) => {
    const port = integerIn(reading, entry, 'port', 'ports');
    const protocol = readProtocol(reading, entry, 'ports');
    return port === undefined || port < LOWEST_PORT || port > HIGHEST_PORT || !protocol ? [] : [{ protocol, port }];
  });
}
