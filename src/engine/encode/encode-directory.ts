import type { DeclaredPort, Endpoint, Namespace } from '../../model/endpoint';
import type { Policy } from '../../model/policy';
import type { LabelSet, Selector } from '../../model/selector';
import { invariant } from '../../util/invariant';
import type { Directory } from '../directory';
import type { Model } from '../model';
import { modelChecksum } from './encode-model';
import { emptyTables, type Json, type Tables, writePolicy, writeRef, writeSource, writeTier } from './policy-codec';

/** Grows with the shape of the document that `directoryText` makes. */
export const DIRECTORY_FORMAT_VERSION = 1;

/**
 * The directory as JSON. What the model knows (classes, nodes, namespaces, workloads of endpoints) is not said again. Of the labels and ports of
 * endpoints only those come in of which some policy speaks, and of their values only those that it names: the rest cannot change an answer and is
 * nobody's business.
 */
export function directoryText(model: Model, directory: Directory): string {
  const { facts, origins, mode, namespaces, tiers, policies, selected } = directory;
  const tables = emptyTables();
  const mentioned = mentionedBy(policies);
  const written = policies.map((policy) => writePolicy(tables, policy));
  const workloads = Array.from({ length: directory.workloadCount }, (_, index) => writeRef(tables, directory.workload(index).ref));
  const writtenNamespaces = namespaces.map((namespace) => writeNamespace(tables, namespace, mentioned.namespaceKeys));
  return JSON.stringify({
    formatVersion: DIRECTORY_FORMAT_VERSION,
    model: modelChecksum(model),
    mode,
    facts,
    origins,
    namespaces: writtenNamespaces,
    workloads,
    endpoints: writeEndpoints(model, directory),
    classes: writeClasses(model, directory, mentioned),
    tiers: tiers.map(writeTier),
    policies: written,
    selected: Array.from(selected),
    texts: tables.texts.entries,
    selectors: tables.selectors.entries,
    peers: tables.peers.entries,
    packets: tables.packets.entries,
  });
}

/** Label keys with the values that policies name, and port names. */
interface Mentioned {
  readonly endpointKeys: Map<string, Set<string>>;
  readonly namespaceKeys: Map<string, Set<string>>;
  readonly portNames: Set<string>;
}

function mentionedBy(policies: readonly Policy[]): Mentioned {
  const mentioned: Mentioned = { endpointKeys: new Map(), namespaceKeys: new Map(), portNames: new Set() };
  for (const { appliesTo, ingress = [], egress = [] } of policies) {
    collect(appliesTo, mentioned);
    for (const { peer, packets } of [...ingress, ...egress]) {
      if (peer !== 'any') for (const { selector } of peer) if (selector) collect(selector, mentioned);
      if (packets !== 'any') for (const { portNames = [] } of packets) for (const name of portNames) mentioned.portNames.add(name);
    }
  }
  return mentioned;
}

function collect(selector: Selector, mentioned: Mentioned): void {
  if (selector.kind === 'and' || selector.kind === 'or') for (const part of selector.of) collect(part, mentioned);
  if (selector.kind === 'not') collect(selector.of, mentioned);
  if (selector.kind !== 'label') return;
  const keys = selector.owner === 'endpoint' ? mentioned.endpointKeys : mentioned.namespaceKeys;
  const values = keys.get(selector.key) ?? new Set();
  keys.set(selector.key, values);
  if ('values' in selector.test) for (const value of selector.test.values) values.add(value);
}

/** The labels of which policies speak: keys and values by turns, then the keys with unknown values, then whether there are no others. */
function writeLabels({ values, unknownKeys, complete }: LabelSet, keys: ReadonlyMap<string, ReadonlySet<string>>): Json[] {
  const own: string[] = [];
  for (const [key, named] of keys) {
    if (!Object.hasOwn(values, key)) continue;
    own.push(key, named.has(values[key]!) ? values[key]! : unnamedValue(named));
  }
  return [own, unknownKeys.filter((key) => keys.has(key)), complete ? 1 : 0];
}

/** A value that stands for every one that no policy names. */
function unnamedValue(named: ReadonlySet<string>): string {
  let value = 'other';
  while (named.has(value)) value += '+';
  return value;
}

function writeNamespace(tables: Tables, { name, labels, source }: Namespace, keys: Mentioned['namespaceKeys']): Json {
  return [name, writeLabels(labels, keys), source ? writeSource(tables, source) : 0];
}

/** Columns: names; addresses joined by commas; for endpoints without addresses, number + 1 of their ranges. */
function writeEndpoints({ endpoints }: Model, directory: Directory) {
  const count = directory.endpointCount;
  const names: string[] = [];
  const addresses: string[] = [];
  const ranges: number[] = [];
  const rangeNumbers = new Map<string, number>();
  const nodes: string[] = [];
  for (let index = 0; index < count; index++) {
    const endpoint = directory.endpoint(index);
    names.push(endpoint.name);
    addresses.push(endpoint.addresses.join(','));
    ranges.push(rangeNumber(endpoint, rangeNumbers));
    if (endpoint.node !== undefined) nodes[endpoints.nodeOf[index]!] = endpoint.node;
  }
  return { names, addresses, ranges, rangeTexts: [...rangeNumbers.keys()], nodes };
}

function rangeNumber({ addressRanges }: Endpoint, numbers: Map<string, number>): number {
  if (addressRanges.length === 0) return 0;
  const text = addressRanges.join(',');
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  return number + 1;
}

/** Of each class its labels and named ports, as those of any of its endpoints: policies cannot tell them apart. */
function writeClasses({ endpoints, classes }: Model, directory: Directory, { endpointKeys, portNames }: Mentioned): Json[] {
  const written: Json[] = new Array(classes.flags.length);
  for (let index = 0; index < directory.endpointCount; index++) {
    const owner = endpoints.classOf[index]!;
    if (written[owner] !== undefined) continue;
    const { labels, ports } = directory.endpoint(index);
    written[owner] = [...writeLabels(labels, endpointKeys), writePorts(ports, portNames)];
  }
  invariant(!written.includes(undefined as never), 'every class has an endpoint');
  return written;
}

function writePorts(ports: readonly DeclaredPort[], names: ReadonlySet<string>): Json {
  return ports.filter(({ name }) => names.has(name)).flatMap(({ name, protocol, port }) => [name, protocol, port]);
}
