import type { Endpoint } from '../../model/endpoint';
import type { Snapshot } from '../../model/snapshot';
import { FAMILY_SHIFT, KINDS, ON_HOST, PLACED } from '../classes';
import { intList, pushInt, toInts } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import type { AddressBlocks } from './address-blocks';
import { EndpointAddresses, V4, V6 } from './endpoint-addresses';
import type { PacketSpecs } from './packet-specs';
import { PortMaps } from './port-maps';
import type { Vocabulary } from './vocabulary';

/** What a class knows of one label key: one of these, or 4 + the index of the value among those that policies mention. */
export const ABSENT = 0;
/** Present with a value that the input does not tell. */
export const UNKNOWN_VALUE = 1;
/** Perhaps absent, perhaps present: the object is not in the input. */
export const UNKNOWN_PRESENCE = 2;
/** Present with a value that no policy mentions. */
export const OTHER_VALUE = 3;
export const FIRST_VALUE = 4;

/*
 * Terminology. The *members* of a row are the faces of the classes, then the external address blocks.
 * A class has one face. Only a class with addresses of both families, where rules look at its addresses, has one for each family (rules see the
 * addresses of the family that the two ends share), and one for both together if some endpoint has no address at all to share a family with.
 */
export interface EndpointClasses {
  readonly count: number;
  readonly classOf: Int32Array;
  /** Ascending: a namespace is an interval of classes and of faces. -1 for nodes. */
  readonly namespaces: Int32Array;
  readonly flags: Int32Array;
  /** What port names mean on its endpoints, by id in `portMaps`. */
  readonly ports: Int32Array;
  readonly portMaps: PortMaps;
  /** Column of label codes for each used key of endpoints. */
  readonly labels: readonly Int32Array[];
  readonly faceCount: number;
  /** First face of each class; its faces are consecutive: for IPv4, IPv6, and both where it has three. */
  readonly firstFace: Int32Array;
  readonly faceClass: Int32Array;
  /** Address signature of each face, -1 where no rule looks at its addresses. */
  readonly faceAddresses: Int32Array;
  readonly addresses: EndpointAddresses;
}

/** Columns of a class's tuple before those of the labels. */
const NAMESPACE = 0;
const FLAGS = 1;
const PORTS = 2;
const FACES = 3;
const LABELS = 6;

export function compileEndpointClasses(
  { endpoints }: Snapshot,
  vocabulary: Vocabulary,
  specs: PacketSpecs,
  blocks: AddressBlocks,
): EndpointClasses {
  const addresses = new EndpointAddresses(blocks);
  const netsSeeHosts = vocabulary.netTerms.length > 0;
  const netsSeePods = vocabulary.netTerms.some(({ seesPods }) => seesPods !== 0);
  const homeless = netsSeeHosts && endpoints.some((endpoint) => addresses.familiesOf(endpoint) === 0);
  const { indexOf, values, keys } = vocabulary.endpointKeys;
  const portMaps = new PortMaps(specs);
  const width = LABELS + keys.length;
  const tuple = new Int32Array(width);
  const tuples = new TupleTable();
  const found = new Int32Array(endpoints.length);
  for (let id = 0; id < endpoints.length; id++) {
    const endpoint = endpoints[id]!;
    const { network, labels } = endpoint;
    const families = netsSeeHosts ? addresses.familiesOf(endpoint) : 0;
    tuple[NAMESPACE] = endpoint.namespace;
    tuple[FLAGS] = flagsOf(endpoint) | (families << FAMILY_SHIFT);
    tuple[PORTS] = portMaps.mapOf(endpoint.ports);
    tuple.fill(-1, FACES, LABELS);
    if (network === 'host' ? netsSeeHosts : netsSeePods) {
      if (families === (V4 | V6)) {
        tuple[FACES] = addresses.signatureOf(endpoint, V4);
        tuple[FACES + 1] = addresses.signatureOf(endpoint, V6);
        if (homeless) tuple[FACES + 2] = addresses.signatureOf(endpoint, families);
      } else tuple[FACES] = addresses.signatureOf(endpoint, families);
    }
    tuple.fill(labels.complete ? ABSENT : UNKNOWN_PRESENCE, LABELS);
    for (const key of labels.unknownKeys) {
      const column = indexOf.get(key);
      if (column !== undefined) tuple[LABELS + column] = UNKNOWN_VALUE;
    }
    for (const key in labels.values) {
      const column = indexOf.get(key);
      if (column === undefined) continue;
      const value = values[column]!.get(labels.values[key]!);
      tuple[LABELS + column] = value === undefined ? OTHER_VALUE : FIRST_VALUE + value;
    }
    found[id] = tuples.intern(tuple, width);
  }
  return { ...inNamespaceOrder(tuples, found, keys.length), portMaps, addresses };
}

function flagsOf({ kind, network, node }: Endpoint): number {
  return KINDS.indexOf(kind) | (network === 'host' ? ON_HOST : 0) | (node === undefined ? 0 : PLACED);
}

function inNamespaceOrder(tuples: TupleTable, found: Int32Array, keyCount: number): Omit<EndpointClasses, 'portMaps' | 'addresses'> {
  const { count, starts, values } = tuples;
  const order = Int32Array.from({ length: count }, (_, id) => id);
  // Endpoints come in the order of their namespaces, and so do their classes; only where they do not is there anything to sort.
  const namespaceOf = (id: number) => values[starts[id]! + NAMESPACE]!;
  if (order.some((id) => id > 0 && namespaceOf(id - 1) > namespaceOf(id))) order.sort((a, b) => namespaceOf(a) - namespaceOf(b) || a - b);
  const position = new Int32Array(count);
  for (let index = 0; index < count; index++) position[order[index]!] = index;
  const column = (number: number) => order.map((id) => values[starts[id]! + number]!);
  const firstFace = new Int32Array(count + 1);
  const [faceClass, faceAddresses] = [intList(count), intList(count)];
  for (let index = 0; index < count; index++) {
    const start = starts[order[index]!]! + FACES;
    for (let face = 0; face < LABELS - FACES; face++) {
      if (face > 0 && values[start + face]! < 0) continue;
      pushInt(faceClass, index);
      pushInt(faceAddresses, values[start + face]!);
    }
    firstFace[index + 1] = faceClass.length;
  }
  return {
    count,
    classOf: found.map((id) => position[id]!),
    namespaces: column(NAMESPACE),
    flags: column(FLAGS),
    ports: column(PORTS),
    labels: Array.from({ length: keyCount }, (_, key) => column(LABELS + key)),
    faceCount: faceClass.length,
    firstFace,
    faceClass: toInts(faceClass),
    faceAddresses: toInts(faceAddresses),
  };
}
