import type { DeclaredPort, HostPort, Namespace } from '../../model/endpoint';
import type { Entry } from '../../model/entry';
import type { HostEndpoint } from '../../model/host-endpoint';
import type { PacketTerm, Policy } from '../../model/policy';
import type { LabelOwner, LabelSet, Selector } from '../../model/selector';
import type { Service } from '../../model/service';
import { invariant } from '../../util/invariant';
import type { Directory } from '../directory';
import type { Model } from '../model';
import { modelChecksum } from './encode-model';
import { readController, readEntry, readHostEndpoint, readHostPort, readNodeNetwork, readService } from './json-shapes';
import { emptyTables, type Json, type Tables, writePolicy, writeRef, writeSource, writeTier } from './policy-codec';

/** Grows with the shape of the document that `directoryText` makes. 1: without host endpoints, node networks, Services and entries. */
export const DIRECTORY_FORMAT_VERSION = 2;

/**
 * The directory as JSON. What the model knows (classes, nodes, namespaces, workloads of endpoints) is not said again. Of the labels and ports of
 * endpoints only those come in of which some policy or Service speaks, and of their values only those that it names: the rest cannot change an answer
 * and is nobody's business.
 */
export function directoryText(model: Model, directory: Directory): string {
  const { facts, origins, mode, namespaces, tiers, policies, selected, services, entries, hostEndpoints, nodeNetwork } = directory;
  const tables = emptyTables();
  const mentioned = mentionedBy(policies);
  const isToldApart = mentionServices(services, entries, mentioned);
  const looks = isToldApart ? looksOf(model, directory, mentioned) : [];
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
    endpoints: { ...writeEndpoints(model, directory, mentioned), looks },
    classes: writeLooks(model, directory, looks, mentioned),
    tiers: tiers.map(writeTier),
    policies: written,
    hostEndpoints: hostEndpoints.map((host) => writeHost(host, mentioned)),
    // The readers also put what they read into the order of its fields.
    nodeNetwork: readNodeNetwork(nodeNetwork),
    services: services.map(readService),
    entries: entries.map(readEntry),
    controllers: directory.controllers.map(readController),
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
  for (const { appliesTo, appliesToHosts, ingress = [], egress = [] } of policies) {
    collect(appliesTo, labels);
    if (appliesToHosts) collect(appliesToHosts, labels);
    for (const { subject = 'any', peer, packets } of [...ingress, ...egress]) {
      for (const { selector, notSelector } of [subject, peer].flatMap((terms) => (terms === 'any' ? [] : terms)))
        for (const one of [selector, notSelector]) if (one) collect(one, labels);
      if (packets !== 'any') for (const term of packets) for (const name of namesIn(term)) portNames.add(name);
    }
  }
  return { labels, portNames };
}

/** Adds what Services choose pods by, and the port names that Services and entries lead to; answers whether any of it is new. */
function mentionServices(services: readonly Service[], entries: readonly Entry[], { labels, portNames }: Mentioned): boolean {
  let isNew = false;
  for (const { selector = {} } of services) {
    for (const [key, value] of Object.entries(selector)) {
      const mentioned = labels.endpoint.get(key) ?? { values: new Set(), looksInside: false };
      if (!mentioned.values.has(value)) isNew = true;
      labels.endpoint.set(key, mentioned);
      mentioned.values.add(value);
    }
  }
  const targets = services.flatMap(({ ports }) => ports.map(({ targetPort }) => targetPort));
  for (const name of [...targets, ...entries.flatMap(({ backends }) => backends.map(({ port }) => port))]) {
    if (typeof name !== 'string') continue;
    if (!portNames.has(name)) isNew = true;
    portNames.add(name);
  }
  return isNew;
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

/** The labels of which somebody speaks: keys and values by turns, then the keys with unknown values, then whether there are no others. */
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

function writeNamespace(tables: Tables, { name, labels, profiles, source }: Namespace, keys: MentionedKeys): Json {
  return [name, writeLabels(labels, keys), source ? writeSource(tables, source) : 0, ...(profiles ? [profiles] : [])];
}

/** A host endpoint with what somebody speaks of, in the form of labels and ports of endpoints. */
function writeHost(host: HostEndpoint, { labels, portNames }: Mentioned): Readonly<Record<string, unknown>> {
  return { ...readHostEndpoint(host), labels: writeLabels(host.labels, labels.endpoint), ports: writePorts(host.ports, portNames) };
}

/**
 * Columns: names; addresses joined by commas; for endpoints without addresses the number of their ranges, and number of the service account, or 0.
 * Host ports only of the few endpoints that have some; and of what is on the host network all ports, which are open on its node, where others than those
 * of its look are among them.
 */
function writeEndpoints({ endpoints }: Model, directory: Directory, { portNames }: Mentioned) {
  const count = directory.endpointCount;
  const names: string[] = [];
  const addresses: string[] = [];
  const ranges: number[] = [];
  const rangeNumbers = new Map<string, number>();
  const accounts: number[] = [];
  const accountNumbers = new Map<string, number>();
  const nodes: string[] = [];
  const hostPorts: [index: number, ports: readonly HostPort[]][] = [];
  const ownPorts: [index: number, ports: Json][] = [];
  for (let index = 0; index < count; index++) {
    const endpoint = directory.endpoint(index);
    names.push(endpoint.name);
    addresses.push(endpoint.addresses.join(','));
    ranges.push(endpoint.addressRanges.length === 0 ? 0 : numberOf(rangeNumbers, endpoint.addressRanges.join(',')));
    accounts.push(endpoint.serviceAccount === undefined ? 0 : numberOf(accountNumbers, endpoint.serviceAccount));
    if (endpoint.node !== undefined) nodes[endpoints.nodeOf[index]!] = endpoint.node;
    if (endpoint.hostPorts) hostPorts.push([index, endpoint.hostPorts.map(readHostPort)]);
    if (endpoint.network === 'host' && endpoint.ports.some(({ name }) => !portNames.has(name)))
      ownPorts.push([index, writePorts(endpoint.ports)]);
  }
  const [rangeTexts, accountNames] = [[...rangeNumbers.keys()], [...accountNumbers.keys()]];
  return { names, addresses, ranges, rangeTexts, accounts, accountNames, nodes, hostPorts, ownPorts };
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

/**
 * Number of the *look* of each endpoint: endpoints of one class that Services tell apart look different. Where they tell none apart, a look is a class.
 */
function looksOf({ endpoints }: Model, directory: Directory, { labels, portNames }: Mentioned): number[] {
  const numbers = new Map<string, number>();
  return Array.from({ length: directory.endpointCount }, (_, index) => {
    const { labels: own, ports } = directory.endpoint(index);
    const look = JSON.stringify([endpoints.classOf[index]!, writeLabels(own, labels.endpoint), writePorts(ports, portNames)]);
    return numberOf(numbers, look) - 1;
  });
}

/** Of each look its labels, named ports and profiles, as those of any of its endpoints: nobody can tell them apart. */
function writeLooks(
  { endpoints, classes }: Model,
  directory: Directory,
  looks: readonly number[],
  { labels: keys, portNames }: Mentioned,
): Json[] {
  const written: Json[] = looks.length > 0 ? [] : new Array(classes.flags.length);
  for (let index = 0; index < directory.endpointCount; index++) {
    const look = looks[index] ?? endpoints.classOf[index]!;
    if (written[look] !== undefined) continue;
    const { labels, ports, profiles, serviceAccountLabels } = directory.endpoint(index);
    const account = serviceAccountLabels ? writeLabels(serviceAccountLabels, keys.serviceAccount) : 0;
    written[look] = [writeLabels(labels, keys.endpoint), writePorts(ports, portNames), account, ...(profiles ? [profiles] : [])];
  }
  invariant(!written.includes(undefined as never), 'every class has an endpoint');
  return written;
}

/** Ports with one of the names, or all. */
function writePorts(ports: readonly DeclaredPort[], names?: ReadonlySet<string>): Json {
  return ports.filter(({ name }) => names?.has(name) ?? true).flatMap(({ name, protocol, port }) => [name, protocol, port]);
}
