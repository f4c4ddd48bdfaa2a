import type { HostPort, TransportProtocol } from '../../model/endpoint';
import type { Entry, EntryBackend, Listener } from '../../model/entry';
import type { AddressPool, FailsafePort, HostEndpoint, NodeDrop, NodeLink, NodeNetwork, WrappedPackets } from '../../model/host-endpoint';
import { type PortRange, PROTOCOLS, TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { BackendSet, LoadBalancer, Service, ServicePort } from '../../model/service';
import type { ResourceRef, Source } from '../../model/source';
import { parseAddress, parseCidr, parseV4 } from '../../util/ip';
import type { ControllerPods } from '../doors/controllers';
import { readArray, readIndex, readNumber, readObject, readText } from './json-reading';
import { demand } from './stored-model-error';

/*
 * What a directory keeps of host endpoints, node networks, Services and entries is the model's own shape as JSON. Readers that check it are put together
 * from readers of its parts; the types see to it that no field is forgotten, neither one that is there always nor one that may be absent.
 */

type Read<T> = (value: unknown) => T;
type OptionalKey<T> = { [K in keyof T]-?: Partial<Record<K, T[K]>> extends Pick<T, K> ? K : never }[keyof T];
type Required<T> = { readonly [K in Exclude<keyof T, OptionalKey<T>>]: Read<T[K]> };
type Optional<T> = { readonly [K in OptionalKey<T>]: Read<Exclude<T[K], undefined>> };

/** Reads an object with these fields; others are left out. Keys are ours, so that none of them can be `__proto__`. */
function shape<T>(required: Required<T>, optional: Optional<T>): Read<T> {
  const always = Object.entries(required) as [string, Read<unknown>][];
  const sometimes = Object.entries(optional) as [string, Read<unknown>][];
  return (value) => {
    const fields = readObject(value);
    const read: Record<string, unknown> = {};
    for (const [key, readField] of always) read[key] = readField(Object.hasOwn(fields, key) ? fields[key] : undefined);
    for (const [key, readField] of sometimes) if (Object.hasOwn(fields, key)) read[key] = readField(fields[key]);
    return read as T;
  };
}

export function listOf<T>(readOne: Read<T>): Read<readonly T[]> {
  return (value) => readArray(value).map(readOne);
}

function oneOf<const T>(...choices: readonly T[]): Read<T> {
  return (value) => {
    const found = choices.find((choice) => choice === value);
    demand(found !== undefined, SHAPE);
    return found;
  };
}

const SHAPE = 'the directory is malformed';

function readFlag(value: unknown): boolean {
  demand(typeof value === 'boolean', SHAPE);
  return value;
}

function readCidr(value: unknown): string {
  const text = readText(value);
  demand(parseCidr(text), 'the directory has a net that is no CIDR');
  return text;
}

function readAddress(value: unknown): string {
  const text = readText(value);
  demand(isAddress(text), 'the directory has an address that is none');
  return text;
}

export function isAddress(text: string): boolean {
  return parseV4(text) !== undefined || parseAddress(text) !== undefined;
}

/** Labels by key. A key may be `__proto__`: `Object.fromEntries` makes it a key like others. */
function readSelector(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(readObject(value)).map(([key, text]) => [key, readText(text)]));
}

function readNumberOrText(value: unknown): number | string {
  return typeof value === 'number' ? value : readText(value);
}

function readRange(value: unknown): PortRange {
  const [low, high] = readArray(value);
  return [readNumber(low), readNumber(high)];
}

const readCount: Read<number> = (value) => readIndex(value, 2 ** 31);
const readTexts: Read<readonly string[]> = listOf(readText);
const readAddresses: Read<readonly string[]> = listOf(readAddress);
const readCidrs: Read<readonly string[]> = listOf(readCidr);
const readProtocol: Read<TransportProtocol> = oneOf(...TRANSPORT_PROTOCOLS);
const readScope = oneOf('internal', 'internet', 'unknown');
const readTrafficPolicy = oneOf('Cluster', 'Local');

const readSource: Read<Source> = shape<Source>({ file: readText, document: readCount, line: readCount }, {});
const readRef: Read<ResourceRef> = shape<ResourceRef>(
  { apiVersion: readText, kind: readText, name: readText, source: readSource },
  { namespace: readText },
);

/** Without its labels and ports, which are written like those of endpoints. */
export const readHostEndpoint = shape<Omit<HostEndpoint, 'labels' | 'ports'>>(
  { ref: readRef, node: readText, interfaceName: readText, addresses: readAddresses, profileAction: oneOf('Allow', 'Deny') },
  { profiles: readTexts },
);

const readFailsafe = shape<FailsafePort>({ protocol: readProtocol, port: readRange }, { net: readCidr, nodes: readTexts });
const readPool = shape<AddressPool>({ net: readCidr, encapsulation: oneOf('always', 'acrossSubnets', 'never'), natOutgoing: readFlag }, {});
const readLink = shape<NodeLink>({ node: readText, subnets: readCidrs, tunnels: readAddresses }, {});
const readWrapped = shape<WrappedPackets>({ protocol: oneOf(...PROTOCOLS) }, { ports: listOf(readRange), numbers: listOf(readRange) });
const readDrop = shape<NodeDrop>({ packets: readWrapped, family: oneOf(4, 6), exempt: readCidrs }, {});
export const readNodeNetwork: Read<NodeNetwork> = shape<NodeNetwork>(
  { failsafeInbound: listOf(readFailsafe), failsafeOutbound: listOf(readFailsafe), pools: listOf(readPool) },
  { links: listOf(readLink), droppedFromPods: listOf(readWrapped), droppedAtNodes: listOf(readDrop) },
);

export const readHostPort: Read<HostPort> = shape<HostPort>(
  { protocol: readProtocol, hostPort: readNumber, containerPort: readNumber },
  { hostAddress: readAddress },
);

const readServicePort = shape<ServicePort>(
  { name: readText, protocol: readProtocol, port: readNumber, targetPort: readNumberOrText },
  { nodePort: readNumber },
);
const readBackendPort = shape<BackendSet['ports'][number]>({ name: readText, protocol: readProtocol }, { port: readNumber });
const readBackendSet = shape<BackendSet>({ addresses: readAddresses, ports: listOf(readBackendPort), source: readSource }, {});
const readLoadBalancer = shape<LoadBalancer>(
  { addresses: readAddresses, hostnames: readTexts, allocatesNodePorts: readFlag, scope: readScope },
  { sourceRanges: readCidrs, scopeEvidence: readText, requestedAddresses: readAddresses, className: readText },
);
export const readService: Read<Service> = shape<Service>(
  {
    ref: readRef,
    type: oneOf('ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'),
    headless: readFlag,
    ports: listOf(readServicePort),
    endpointAddresses: readAddresses,
    backendSets: listOf(readBackendSet),
    clusterAddresses: readAddresses,
    externalAddresses: readAddresses,
    externalTrafficPolicy: readTrafficPolicy,
    internalTrafficPolicy: readTrafficPolicy,
  },
  { selector: readSelector, externalName: readText, families: listOf(oneOf(4, 6)), loadBalancer: readLoadBalancer },
);

const readListener = shape<Listener>({ port: readNumber, protocol: readProtocol, tls: readFlag }, {});
const readEntryBackend = shape<EntryBackend>(
  {
    service: shape<EntryBackend['service']>({ namespace: readText, name: readText }, {}),
    path: readText,
    source: readSource,
  },
  { port: readNumberOrText, portIsTarget: oneOf(true) },
);
export const readEntry: Read<Entry> = shape<Entry>(
  {
    kind: oneOf('ingress', 'route', 'gateway'),
    ref: readRef,
    hosts: readTexts,
    listeners: listOf(readListener),
    backends: listOf(readEntryBackend),
    addresses: readAddresses,
    hostnames: readTexts,
    scope: readScope,
  },
  {
    gateway: readRef,
    className: readText,
    controller: readText,
    sourceRanges: readCidrs,
    scopeEvidence: readText,
    unknowns: readTexts,
  },
);

/** Its indices are still to be compared with how many there are. */
export const readController: Read<ControllerPods> = shape<ControllerPods>(
  { controller: readText, workload: readCount, endpoints: listOf(readCount) },
  { gateway: readText, router: readText },
);
