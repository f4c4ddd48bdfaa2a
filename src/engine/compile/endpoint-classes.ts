import type { Endpoint, Namespace } from '../../model/endpoint';
import { automaticLabels, type LabelOwner, NO_LABELS, type SelectorSubject } from '../../model/selector';
import type { Snapshot } from '../../model/snapshot';
import { FAMILY_SHIFT, KINDS, ON_HOST, PLACED } from '../classes';
import { intList, pushInt, toInts } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import type { AddressBlocks } from './address-blocks';
import { EndpointAddresses, V4, V6 } from './endpoint-addresses';
import type { HostPlaces } from './host-places';
import type { LabelKeys } from './label-keys';
import type { PacketSpecs } from './packet-specs';
import { PortMaps } from './port-maps';
import type { Vocabulary } from './vocabulary';

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
  /** Columns of label codes for each used key of each owner, the namespace's among them. */
  readonly labels: Readonly<Record<LabelOwner, readonly Int32Array[]>>;
  readonly faceCount: number;
  /** First face of each class; its faces are consecutive: for IPv4, IPv6, and both where it has three. */
  readonly firstFace: Int32Array;
  readonly faceClass: Int32Array;
  /** Address signature of each face, -1 where no rule looks at its addresses. */
  readonly faceAddresses: Int32Array;
  readonly addresses: EndpointAddresses;
  /** Where its endpoints run, as far as host endpoints make a difference: ids of `HostPlaces`; `ANYWHERE` where they make none, or nobody knows. */
  readonly places: Int32Array;
  /** Of pods that may be seen by the address of their node: the class of that node, or one that looks like it to every rule; -1 where there is none. */
  readonly masks: Int32Array;
}

/** What is asked of classes beyond what rules look at in their peers. */
export interface ClassDemands {
  /** Some rule asks something of an end whose face it shows only towards the other end (see `FixedClass`), so that all have faces that can have some. */
  readonly needsFaces: boolean;
  readonly places?: HostPlaces;
  /** Pods may be seen by the address of their node. */
  readonly mayMask?: boolean;
}

/** Columns of a class's tuple before those of the labels. */
const NAMESPACE = 0;
const FLAGS = 1;
const PORTS = 2;
const FACES = 3;
const PLACE = 6;
/** 0, or 1 + what the node looks like to rules. */
const MASK = 7;
const LABELS = 8;
/** Signature of addresses that no rule sees. */
const UNSEEN = 0;

export function compileEndpointClasses(
  { endpoints, namespaces }: Snapshot,
  vocabulary: Vocabulary,
  specs: PacketSpecs,
  blocks: AddressBlocks,
  { needsFaces, places, mayMask }: ClassDemands = { needsFaces: false },
): EndpointClasses {
  const addresses = new EndpointAddresses(blocks);
  const netsSeeHosts = vocabulary.netTerms.length > 0;
  const netsSeePods = vocabulary.netTerms.some(({ seesPods }) => seesPods !== 0);
  const homeless = netsSeeHosts && endpoints.some((endpoint) => addresses.familiesOf(endpoint) === 0);
  const { endpoint: ownKeys, serviceAccount: accountKeys, automatic: automaticKeys, namespace: namespaceKeys } = vocabulary.labelKeys;
  const portMaps = new PortMaps(specs);
  const accounts = LABELS + ownKeys.count;
  const automatic = accounts + accountKeys.count;
  const width = automatic + automaticKeys.count;
  const tuple = new Int32Array(width);
  const tuples = new TupleTable();
  const describe = (endpoint: Endpoint) => {
    const { network, labels } = endpoint;
    const families = netsSeeHosts ? addresses.familiesOf(endpoint) : 0;
    tuple[NAMESPACE] = endpoint.namespace;
    tuple[FLAGS] = flagsOf(endpoint) | (families << FAMILY_SHIFT);
    tuple[PORTS] = portMaps.mapOf(endpoint.ports);
    tuple.fill(-1, FACES, PLACE);
    tuple.fill(0, PLACE, LABELS);
    if (network === 'host' ? netsSeeHosts : netsSeePods) {
      if (families === (V4 | V6)) {
        tuple[FACES] = addresses.signatureOf(endpoint, V4);
        tuple[FACES + 1] = addresses.signatureOf(endpoint, V6);
        if (homeless) tuple[FACES + 2] = addresses.signatureOf(endpoint, families);
      } else tuple[FACES] = addresses.signatureOf(endpoint, families);
    } else if (needsFaces && families === (V4 | V6)) tuple.fill(UNSEEN, FACES, homeless ? PLACE : FACES + 2);
    ownKeys.read(labels, tuple, LABELS);
    if (accountKeys.count > 0) accountKeys.read(endpoint.serviceAccountLabels ?? NO_LABELS, tuple, accounts);
    if (automaticKeys.count > 0) automaticKeys.read(automaticLabels(subjectOf(endpoint, namespaces)), tuple, automatic);
  };
  const looks = mayMask
    ? looksOfNodes(endpoints, (node) => {
        describe(node);
        return tuple;
      })
    : undefined;
  const found = new Int32Array(endpoints.length);
  for (let id = 0; id < endpoints.length; id++) {
    const endpoint = endpoints[id]!;
    describe(endpoint);
    if (places) tuple[PLACE] = places.placeOf(endpoint.network, endpoint.node);
    if (looks && endpoint.network === 'pod' && endpoint.node !== undefined) tuple[MASK] = 1 + (looks.byNode.get(endpoint.node) ?? -1);
    found[id] = tuples.intern(tuple, width);
  }
  const { column, ...classes } = inNamespaceOrder(tuples, found);
  const columns = (start: number, { count }: LabelKeys) => Array.from({ length: count }, (_, key) => column(start + key));
  return {
    ...classes,
    labels: {
      endpoint: columns(LABELS, ownKeys),
      serviceAccount: columns(accounts, accountKeys),
      automatic: columns(automatic, automaticKeys),
      namespace: namespaceColumns(namespaceKeys, namespaces, classes.namespaces),
    },
    portMaps,
    addresses,
    places: column(PLACE),
    masks: column(MASK).map((look) => (look === 0 ? -1 : classes.classOf[looks!.examples[look - 1]!]!)),
  };
}

/** What each node looks like to rules, by name, and the first endpoint that looks so. */
function looksOfNodes(endpoints: readonly Endpoint[], tupleOf: (node: Endpoint) => Int32Array) {
  const table = new TupleTable();
  const byNode = new Map<string, number>();
  const examples: number[] = [];
  for (const node of endpoints) {
    if (node.kind !== 'node' || byNode.has(node.name)) continue;
    const tuple = tupleOf(node);
    const look = table.intern(tuple, tuple.length);
    examples[look] ??= node.id;
    byNode.set(node.name, look);
  }
  return { byNode, examples };
}

/** Label codes of each class's namespace. What has no namespace (a node) has no namespace labels. */
function namespaceColumns(keys: LabelKeys, namespaces: readonly Namespace[], namespaceOf: Int32Array): readonly Int32Array[] {
  const codes = new Int32Array(keys.count * (namespaces.length + 1));
  for (const [index, labels] of [NO_LABELS, ...namespaces.map((namespace) => namespace.labels)].entries())
    keys.read(labels, codes, keys.count * index);
  return Array.from({ length: keys.count }, (_, key) => namespaceOf.map((namespace) => codes[keys.count * (namespace + 1) + key]!));
}

function subjectOf({ labels, network, namespace, profiles, serviceAccount }: Endpoint, namespaces: readonly Namespace[]): SelectorSubject {
  const home = namespaces[namespace];
  return {
    labels,
    network,
    ...(home && { namespace: home }),
    ...(profiles && { profiles }),
    ...(serviceAccount !== undefined && { serviceAccount }),
  };
}

function flagsOf({ kind, network, node }: Endpoint): number {
  return KINDS.indexOf(kind) | (network === 'host' ? ON_HOST : 0) | (node === undefined ? 0 : PLACED);
}

/** The classes in the order of their namespaces, and a reader of further columns of their tuples. */
function inNamespaceOrder(tuples: TupleTable, found: Int32Array) {
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
    for (let face = 0; face < PLACE - FACES; face++) {
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
    column,
    faceCount: faceClass.length,
    firstFace,
    faceClass: toInts(faceClass),
    faceAddresses: toInts(faceAddresses),
  };
}
