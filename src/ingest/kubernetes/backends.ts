import type { DeclaredPort } from '../../model/endpoint';
import { HIGHEST_PORT, LOWEST_PORT } from '../../model/policy';
import type { BackendSet } from '../../model/service';
import type { BackendsDraft, MentionDraft, Origin } from '../draft';
import { integerIn, isMapping, type Mapping, mappingsIn, type Reading, sourceOf, textIn } from '../reading';
import { canonicalAddresses } from './addresses';
import { readProtocol } from './pod-shape';

/*
 * Addresses behind Services. Whether they are ready does not matter: it changes by the minute.
 */

/** The label by which an EndpointSlice names its Service (kubernetes.io/docs/concepts/services-networking/endpoint-slices). */
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';

/** Reads Endpoints: they belong to the Service of the same name. */
export function readEndpoints(reading: Reading, origin: Origin): BackendsDraft {
  const subsets = mappingsIn(reading, reading.document.object, 'subsets', '');
  const sets = subsets.map((subset): BackendSet => {
    const entries = ['addresses', 'notReadyAddresses'].flatMap((list) => mappingsIn(reading, subset, list, 'subsets'));
    const texts = entries.map((entry) => textIn(reading, entry, 'ip', 'subsets.addresses')).filter((text) => text !== undefined);
    return {
      addresses: canonicalAddresses(reading, texts, 'subsets', subset),
      ports: readBackendPorts(reading, subset, 'subsets'),
      source: sourceOf(reading.document, subset),
    };
  });
  const addresses = [...new Set(sets.flatMap((set) => set.addresses))];
  return { kind: 'backends', origin, service: origin.name, addresses, sets: sets.filter((set) => set.addresses.length > 0) };
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
  const ports = readBackendPorts(reading, object, '');
  const slicePorts = ports.flatMap(({ protocol, port }): Omit<DeclaredPort, 'name'>[] => (port === undefined ? [] : [{ protocol, port }]));
  if (object.addressType === 'FQDN') {
    reading.report('partly-modelled', 'an EndpointSlice of host names leads to addresses that the input does not tell; it is left out');
    return { kind: 'backends', origin, service, addresses: [], sets: [], slicePorts };
  }
  const endpoints = mappingsIn(reading, object, 'endpoints', '');
  const texts = endpoints
    .flatMap(({ addresses }) => (Array.isArray(addresses) ? addresses : []))
    .filter((text) => typeof text === 'string');
  const addresses = canonicalAddresses(reading, texts, 'endpoints', endpoints[0]);
  const sets = addresses.length > 0 ? [{ addresses, ports, source: origin.source }] : [];
  return { kind: 'backends', origin, service, addresses, sets, slicePorts };
}

/** Ports that all addresses beside them serve. One without a number stands for all ports. */
function readBackendPorts(reading: Reading, parent: Mapping, path: string): BackendSet['ports'] {
  const at = path === '' ? 'ports' : `${path}.ports`;
  return mappingsIn(reading, parent, 'ports', path).flatMap((entry) => {
    const port = integerIn(reading, entry, 'port', at);
    const protocol = readProtocol(reading, entry, at);
    if (!protocol) return [];
    if (port !== undefined && (port < LOWEST_PORT || port > HIGHEST_PORT)) {
      reading.report('bad-port', `\`${at}\` has a port that is not between 1 and 65535; it is left out`, entry);
      return [];
    }
    return [{ name: textIn(reading, entry, 'name', at) ?? '', protocol, ...(port !== undefined && { port }) }];
  });
}
