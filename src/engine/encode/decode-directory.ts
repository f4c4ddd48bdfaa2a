import type { DeclaredPort, Endpoint, HostPort, Namespace } from '../../model/endpoint';
import { DEFAULT_FACTS, type FactBase, type FactName, type FactOrigin } from '../../model/facts';
import { type HostEndpoint, PLAIN_NODE_NETWORK } from '../../model/host-endpoint';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { LabelSet } from '../../model/selector';
import type { Source } from '../../model/source';
import { parseAddress, parseCidr } from '../../util/ip';
import { KIND_MASK, KINDS, ON_HOST } from '../classes';
import type { Directory, DirectoryWorkload } from '../directory';
import type { ControllerPods } from '../doors/controllers';
import type { Model } from '../model';
import { DIRECTORY_FORMAT_VERSION } from './encode-directory';
import { modelChecksum } from './encode-model';
import {
  type JsonArray,
  readArray,
  readIndex,
  readIndices,
  readNumber,
  readObject,
  readText,
  readTexts,
  requireLength,
} from './json-reading';
import { isAddress, listOf, readController, readEntry, readHostEndpoint, readHostPort, readNodeNetwork, readService } from './json-shapes';
import { type ReadTables, readPolicy, readRef, readSource, readTables, readTier } from './policy-codec';
import { demand } from './stored-model-error';

/** Endpoints have no source of their own in a directory. */
const NOWHERE: Source = Object.freeze({ file: '', document: 0, line: 0 });
const MODES = ['snapshot', 'bundle'] as const;
const ORIGINS: readonly FactOrigin[] = ['given', 'derived', 'assumed'];

/**
 * The directory that belongs to a model, all of it checked, so that no question can stumble over it later. `checksum`: that of the model as it was stored.
 * @throws StoredModelError, or some other error for what is malformed beyond words
 */
export function decodeDirectory(bytes: Uint8Array, model: Model, checksum = modelChecksum(model)): Directory {
  const { formatVersion, ...stored } = readObject(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  demand(
    formatVersion === 1 || formatVersion === DIRECTORY_FORMAT_VERSION,
    `the directory has format version ${Number(formatVersion)}, which this build does not read`,
  );
  const parts = formatVersion === 1 ? fromVersion1(stored) : stored;
  demand(parts.model === checksum, 'the directory belongs to another model');
  const tables = readTables(parts.texts, parts.selectors, parts.peers, parts.packets);
  const namespaces = readArray(parts.namespaces).map((namespace) => readNamespace(tables, namespace));
  const workloads = readArray(parts.workloads).map((ref) => readRef(tables, ref));
  const policies = readArray(parts.policies).map((policy) => readPolicy(tables, policy));
  const selected = readIndices(parts.selected, 2 ** 31);
  requireLength(namespaces, model.counts.namespaces);
  requireLength(workloads, model.counts.workloads);
  requireLength(policies, model.counts.policies);
  requireLength(selected, policies.length);
  const mode = MODES.find((known) => known === parts.mode);
  demand(mode, 'the directory has an unknown mode');
  const members = membersByWorkload(model);
  return {
    ...readFacts(parts.facts, parts.origins),
    mode,
    namespaces,
    tiers: readArray(parts.tiers).map(readTier),
    policies,
    hostEndpoints: readArray(parts.hostEndpoints).map((host) => readHost(readObject(host))),
    nodeNetwork: readNodeNetwork(parts.nodeNetwork),
    services: listOf(readService)(parts.services),
    entries: listOf(readEntry)(parts.entries),
    controllers: readControllers(parts.controllers, workloads.length, model.endpoints.classOf.length),
    selected: Int32Array.from(selected),
    workloadCount: workloads.length,
    endpointCount: model.endpoints.classOf.length,
    workload: (index): DirectoryWorkload => ({ ref: workloads[index]!, endpoints: members[index] ?? [] }),
    endpoint: endpointReader(
      model,
      readObject(parts.endpoints),
      readArray(parts.classes),
      workloads.map(({ source }) => source),
    ),
  };
}

/** A document of version 1 with what it could not tell: facts at their defaults, and no host endpoint, Service or entry. */
function fromVersion1(stored: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const assumed = Object.fromEntries(Object.keys(DEFAULT_FACTS).map((name) => [name, 'assumed']));
  return {
    ...stored,
    facts: { ...DEFAULT_FACTS, ...readObject(stored.facts) },
    origins: { ...assumed, ...readObject(stored.origins) },
    endpoints: { ...readObject(stored.endpoints), looks: [], hostPorts: [], ownPorts: [] },
    hostEndpoints: [],
    nodeNetwork: PLAIN_NODE_NETWORK,
    services: [],
    entries: [],
    controllers: [],
  };
}

function readControllers(value: unknown, workloads: number, endpoints: number): readonly ControllerPods[] {
  const controllers = listOf(readController)(value);
  for (const { workload, endpoints: own } of controllers) {
    readIndex(workload, workloads);
    readIndices(own, endpoints);
  }
  return controllers;
}

function readHost(host: Readonly<Record<string, unknown>>): HostEndpoint {
  return { ...readHostEndpoint(host), labels: readLabels(readArray(host.labels)), ports: readPorts(host.ports) };
}

/** A fact that nobody knew when documents of version 2 were first written: they were judged as it is by default. */
const LATER: FactName = 'tunnelPacketsOfPods';

function readFacts(facts: unknown, origins: unknown): FactBase {
  const values: Readonly<Record<string, unknown>> = { [LATER]: DEFAULT_FACTS[LATER], ...readObject(facts) };
  const from: Readonly<Record<string, unknown>> = { [LATER]: 'assumed', ...readObject(origins) };
  for (const [name, usual] of Object.entries(DEFAULT_FACTS)) {
    if (typeof usual === 'string') readText(values[name]);
    else for (const range of readTexts(values[name])) demand(parseCidr(range), 'a fact of the directory is no CIDR');
    demand(ORIGINS.includes(from[name] as FactOrigin), 'a fact of the directory has no origin');
  }
  const names = Object.keys(DEFAULT_FACTS) as FactName[];
  const pick = (all: Readonly<Record<string, unknown>>) => Object.fromEntries(names.map((name) => [name, all[name]]));
  return { facts: pick(values), origins: pick(from) } as unknown as FactBase;
}

function readNamespace(tables: ReadTables, value: unknown): Namespace {
  const [name, labels, source, profiles] = readArray(value);
  const place = source === 0 ? {} : { source: readSource(tables, readArray(source)) };
  return { name: readText(name), labels: readLabels(readArray(labels)), ...readProfiles(profiles), ...place };
}

function readLabels([own, unknownKeys, complete]: JsonArray): LabelSet {
  const texts = readTexts(own);
  demand(texts.length % 2 === 0, 'the directory has a label without a value');
  const pairs = Array.from({ length: texts.length / 2 }, (_, index) => [texts[2 * index]!, texts[2 * index + 1]!] as const);
  return { values: Object.fromEntries(pairs), unknownKeys: readTexts(unknownKeys), complete: readIndex(complete, 2) === 1 };
}

function readPorts(value: unknown): readonly DeclaredPort[] {
  const parts = readArray(value);
  demand(parts.length % 3 === 0, 'the directory has a port that is incomplete');
  return Array.from({ length: parts.length / 3 }, (_, index) => {
    const protocol = TRANSPORT_PROTOCOLS.find((known) => known === parts[3 * index + 1]);
    demand(protocol, 'the directory has a port of an unknown protocol');
    return { name: readText(parts[3 * index]), protocol, port: readNumber(parts[3 * index + 2]) };
  });
}

/** Makes endpoints as they are asked for, from columns. */
function endpointReader(
  { endpoints, classes, counts }: Model,
  columns: Readonly<Record<string, unknown>>,
  lookEntries: JsonArray,
  workloadSources: readonly Source[],
): (index: number) => Endpoint {
  const count = endpoints.classOf.length;
  const [names, addresses, nodes] = [readTexts(columns.names), readTexts(columns.addresses), readTexts(columns.nodes)];
  const rangeTexts = readTexts(columns.rangeTexts).map((text) => text.split(','));
  const ranges = readIndices(columns.ranges, rangeTexts.length + 1);
  for (const column of [names, addresses, ranges]) requireLength(column, count);
  requireLength(nodes, counts.nodes);
  const looks = readIndices(columns.looks, lookEntries.length);
  if (looks.length > 0) requireLength(looks, count);
  else requireLength(lookEntries, classes.flags.length);
  for (const text of rangeTexts.flat()) demand(parseCidr(text) ?? parseAddress(text), 'the directory has a range that is no CIDR');
  for (const text of addresses)
    if (text !== '') for (const one of text.split(',')) demand(isAddress(one), 'the directory has an address that is none');
  const accountNames = readTexts(columns.accountNames);
  const accounts = readIndices(columns.accounts, accountNames.length + 1);
  requireLength(accounts, count);
  const parts = lookEntries.map((entry) => readLook(readArray(entry)));
  const hostPorts = new Map<number, readonly HostPort[]>();
  for (const [index, ports] of readArray(columns.hostPorts).map(readArray))
    hostPorts.set(readIndex(index, count), listOf(readHostPort)(ports));
  const ownPorts = new Map<number, readonly DeclaredPort[]>();
  for (const [index, ports] of readArray(columns.ownPorts).map(readArray)) ownPorts.set(readIndex(index, count), readPorts(ports));
  return (id) => {
    const owner = endpoints.classOf[id]!;
    const flags = classes.flags[owner]!;
    const workload = endpoints.workloadOf[id]!;
    const node = endpoints.nodeOf[id]!;
    const ownHostPorts = hostPorts.get(id);
    const allPorts = ownPorts.get(id);
    return {
      id,
      kind: KINDS[flags & KIND_MASK]!,
      name: names[id]!,
      namespace: classes.namespaces[owner]!,
      workload,
      ...parts[looks[id] ?? owner]!,
      ...(accounts[id] !== 0 && { serviceAccount: accountNames[accounts[id]! - 1]! }),
      network: (flags & ON_HOST) !== 0 ? 'host' : 'pod',
      addresses: addresses[id] === '' ? [] : addresses[id]!.split(','),
      addressRanges: ranges[id] === 0 ? [] : rangeTexts[ranges[id]! - 1]!,
      ...(node >= 0 && { node: nodes[node]! }),
      ...(ownHostPorts && { hostPorts: ownHostPorts }),
      ...(allPorts && { ports: allPorts }),
      source: workloadSources[workload] ?? NOWHERE,
    };
  };
}

function readLook([labels, ports, account, profiles]: JsonArray): Pick<Endpoint, 'labels' | 'ports' | 'profiles' | 'serviceAccountLabels'> {
  const accountLabels = account === 0 ? {} : { serviceAccountLabels: readLabels(readArray(account)) };
  return { labels: readLabels(readArray(labels)), ports: readPorts(ports), ...readProfiles(profiles), ...accountLabels };
}

/** Only where there are some that do something else than to allow everything. */
function readProfiles(value: unknown): Pick<Endpoint, 'profiles'> {
  return value === undefined ? {} : { profiles: readTexts(value) };
}

function membersByWorkload({ endpoints }: Model): readonly (readonly number[])[] {
  const members: number[][] = [];
  for (let index = 0; index < endpoints.workloadOf.length; index++) {
    const workload = endpoints.workloadOf[index]!;
    if (workload < 0) continue;
    members[workload] ??= [];
    members[workload].push(index);
  }
  return members;
}
