import type { DeclaredPort, Namespace } from '../../model/endpoint';
import type { PacketTerm, Policy } from '../../model/policy';
import type { LabelOwner, LabelSet, Selector } from '../../model/selector';
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
  const writtenNamespaces = namespaces.map((namespace) => writeNamespace(tables, namespace, mentioned.labels.namespace));
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

/** What policies say of the labels of one key. */
interface MentionedKey {
  readonly values: Set<string>;
  /** Some policy looks inside the values, so that each may matter. */
  looksInside: boolean;
}

type MentionedKeys = Map<string, MentionedKey>;

interface Mentioned {
  readonly labels: Readonly<Record<LabelOwner, MentionedKeys>>;
  readonly portNames: Set<string>;
}

function mentionedBy(policies: readonly Policy[]): Mentioned {
  const labels = { endpoint: new Map(), namespace: new Map(), serviceAccount: new Map(), automatic: new Map() };
  const portNames = new Set<string>();
  for (const { appliesTo, ingress = [], egress = [] } of policies) {
    collect(appliesTo, labels);
    for (const { subject = 'any', peer, packets } of [...ingress, ...egress]) {
      for (const { selector, notSelector } of [subject, peer].flatMap((terms) => (terms === 'any' ? [] : terms)))
        for (const one of [selector, notSelector]) if (one) collect(one, labels);
      if (packets !== 'any') for (const term of packets) for (const name of namesIn(term)) portNames.add(name);
    }
  }
  return { labels, portNames };
}

function namesIn({ portNames = [], notPortNames = [], sourcePortNames = [], notSourcePortNames = [] }: PacketTerm): readonly string[] {
  return [...portNames, ...notPortNames, ...sourcePortNames, ...notSourcePortNames];
}

function collect(selector: Selector, labels: Mentioned['labels']): void {
  if (selector.kind === 'and' || selector.kind === 'or') for (const part of selector.of) collect(part, labels);
  if (selector.kind === 'not') collect(selector.of, labels);
  if (selector.kind !== 'label') return;
  const { owner, key, test } = selector;
  const mentioned: MentionedKey = labels[owner].get(key) ?? { values: new Set(), looksInside: false };
  labels[owner].set(key, mentioned);
  if ('values' in test) for (const value of test.values) mentioned.values.add(value);
  if ('text' in test) mentioned.looksInside = true;
}

/** The labels of which policies speak: keys and values by turns, then the keys with unknown values, then whether there are no others. */
function writeLabels({ values, unknownKeys, complete }: LabelSet, keys: MentionedKeys): Json[] {
  const own: string[] = [];
  for (const [key, mentioned] of keys) {
    if (!Object.hasOwn(values, key)) continue;
    const value = values[key]!;
    own.push(key, mentioned.looksInside || mentioned.values.has(value) ? value : unnamedValue(mentioned.values));
  }
  return [own, unknownKeys.filter((key) => keys.has(key)), complete ? 1 : 0];
}

/** A value that stands for every one that no policy names. */
function unnamedValue(named: ReadonlySet<string>): string {
  let value = 'other';
  while (named.has(value)) value += '+';
  return value;
}

function writeNamespace(tables: Tables, { name, labels, source }: Namespace, keys: MentionedKeys): Json {
  return [name, writeLabels(labels, keys), source ? writeSource(tables, source) : 0];
}

/** Columns: names; addresses joined by commas; for endpoints without addresses the number of their ranges, and number of the service account, or 0. */
function writeEndpoints({ endpoints }: Model, directory: Directory) {
  const count = directory.endpointCount;
  const names: string[] = [];
  const addresses: string[] = [];
  const ranges: number[] = [];
  const rangeNumbers = new Map<string, number>();
  const accounts: number[] = [];
  const accountNumbers = new Map<string, number>();
  const nodes: string[] = [];
  for (let index = 0; index < count; index++) {
    const endpoint = directory.endpoint(index);
    names.push(endpoint.name);
    addresses.push(endpoint.addresses.join(','));
    ranges.push(endpoint.addressRanges.length === 0 ? 0 : numberOf(rangeNumbers, endpoint.addressRanges.join(',')));
    accounts.push(endpoint.serviceAccount === undefined ? 0 : numberOf(accountNumbers, endpoint.serviceAccount));
    if (endpoint.node !== undefined) nodes[endpoints.nodeOf[index]!] = endpoint.node;
  }
  return { names, addresses, ranges, rangeTexts: [...rangeNumbers.keys()], accounts, accountNames: [...accountNumbers.keys()], nodes };
}

/** Numbers texts from 1, in the order in which they come. */
function numberOf(numbers: Map<string, number>, text: string): number {
  let number = numbers.get(text);
  if (number === undefined) {
    number = numbers.size + 1;
    numbers.set(text, number);
  }
  return number;
}

/** Of each class its labels and named ports, as those of any of its endpoints: policies cannot tell them apart. */
function writeClasses({ endpoints, classes }: Model, directory: Directory, { labels: keys, portNames }: Mentioned): Json[] {
  const written: Json[] = new Array(classes.flags.length);
  for (let index = 0; index < directory.endpointCount; index++) {
    const owner = endpoints.classOf[index]!;
    if (written[owner] !== undefined) continue;
    const { labels, ports, serviceAccountLabels } = directory.endpoint(index);
    const account = serviceAccountLabels ? writeLabels(serviceAccountLabels, keys.serviceAccount) : 0;
    written[owner] = [writeLabels(labels, keys.endpoint), writePorts(ports, portNames), account];
  }
  invariant(!written.includes(undefined as never), 'every class has an endpoint');
  return written;
}

function writePorts(ports: readonly DeclaredPort[], names: ReadonlySet<string>): Json {
  return ports.filter(({ name }) => names.has(name)).flatMap(({ name, protocol, port }) => [name, protocol, port]);
}
