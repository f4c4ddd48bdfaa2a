import type { DeclaredPort, Endpoint } from '../../model/endpoint';
import type { Snapshot } from '../../model/snapshot';
import { FAMILY_SHIFT, KINDS, ON_HOST, PLACED } from '../classes';
import { TupleTable } from '../kernel/tuple-table';
import type { AddressBlocks } from './address-blocks';
import { EndpointAddresses, V4, V6 } from './endpoint-addresses';
import { NAMED_PROTOCOLS, type PacketSpecs } from './packet-specs';
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
  /** Id in `portMaps` of the declared ports whose names policies mention. */
  readonly ports: Int32Array;
  /** Pairs of a protocol-and-name (see `PacketSpecs`) and a port, flat. */
  readonly portMaps: TupleTable;
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
  const portMaps = new TupleTable();
  const ports = portReader(specs, portMaps);
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
    tuple[PORTS] = ports(endpoint.ports);
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

/** Answers the id of the declared ports that some policy could mean by a name. */
function portReader(specs: PacketSpecs, portMaps: TupleTable): (declared: readonly DeclaredPort[]) => number {
  const none = portMaps.intern(new Int32Array(0), 0);
  return (declared) => {
    const pairs: [number, number][] = [];
    for (const { name, protocol, port } of declared) {
      const index = specs.names.get(name);
      if (index !== undefined) pairs.push([3 * index + NAMED_PROTOCOLS.indexOf(protocol), port]);
    }
    if (pairs.length === 0) return none;
    pairs.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
    const distinct = pairs.filter((pair, i) => i === 0 || pair[0] !== pairs[i - 1]![0] || pair[1] !== pairs[i - 1]![1]);
    return portMaps.intern(Int32Array.from(distinct.flat()), 2 * distinct.length);
  };
}

function inNamespaceOrder(tuples: TupleTable, found: Int32Array, keyCount: number): Omit<EndpointClasses, 'portMaps' | 'addresses'> {
  const { count } = tuples;
  const at = (id: number, column: number) => tuples.values[tuples.starts[id]! + column]!;
  const order = Array.from({ length: count }, (_, id) => id).sort((a, b) => at(a, NAMESPACE) - at(b, NAMESPACE) || a - b);
  const position = new Int32Array(count);
  for (let index = 0; index < count; index++) position[order[index]!] = index;
  const column = (number: number) => Int32Array.from(order, (id) => at(id, number));
  const firstFace = new Int32Array(count + 1);
  const faceClass: number[] = [];
  const faceAddresses: number[] = [];
  for (let index = 0; index < count; index++) {
    const faces = [0, 1, 2].map((face) => at(order[index]!, FACES + face)).filter((signature, face) => face === 0 || signature >= 0);
    for (const signature of faces) {
      faceClass.push(index);
      faceAddresses.push(signature);
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
    faceClass: Int32Array.from(faceClass),
    faceAddresses: Int32Array.from(faceAddresses),
  };
}
