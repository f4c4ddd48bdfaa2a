import {
  type Analysis,
  type Catalogue,
  type ConnectionSet,
  catalogueOf,
  connectivity,
  type HypotheticalPod,
  HypotheticalReach,
  type PeerKey,
} from '../engine/index';
import type { Diagnostic } from '../model/diagnostic';
import { internetRanges } from '../model/internet';
import { isEmpty } from '../model/port-sets';
import { intersectionOfRanges } from '../util/address-set';
import { assertNever } from '../util/invariant';
import { type AddressRange, formatAddress, parseAddress } from '../util/ip';
import { type ApiError, refusal } from './errors';
import { type Peer, resolvePeer } from './peers';
import { ALL_BLOCKS } from './segments';

/** Of the JSON document; higher when a reader of today could not read it. */
export const FLOWS_FORMAT_VERSION = 1;

/** What counts as one end of a flow. */
export type FlowGrouping = 'pod' | 'workload' | 'namespace';
/** All of them, the finest first. */
export const FLOW_GROUPINGS: readonly FlowGrouping[] = ['pod', 'workload', 'namespace'];

/** Which flows to list. */
export interface FlowsQuestion {
  readonly by: FlowGrouping;
  /** Peers as `peers.ts` names them, and namespaces; absent: all. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** With flows to and from external addresses; default true. */
  readonly external?: boolean;
  /**
   * With ICMP that is only possible; default false. NetworkPolicy leaves open what isolation means for ICMP, so that with most plugins it is possible
   * between all isolated peers: true, and no help in a list.
   */
  readonly possibleIcmp?: boolean;
}

/** Something that flows begin or end at. External address blocks are not listed: their id says all. */
export interface FlowEndpoint {
  readonly id: string;
  /** `Pod`, `Node`, `Namespace`, the kind of the workload, or `HypotheticalPod` for pods that nobody has deployed. */
  readonly kind: string;
  /** `namespace/name` of its pods; empty where the input has only their template. */
  readonly pods: readonly string[];
}

/** All that one peer may open to another; never nothing. */
export interface FlowRow {
  readonly from: string;
  readonly to: string;
  /** Allowed for certain, between groups on every pair of their members. */
  readonly ports: ConnectionSet;
  /** Allowed under a condition, or on some pairs only; never part of `ports`. */
  readonly conditional?: ConnectionSet;
}

/** A place in the list of flows: how many of the engine's rows come before it, and how many flows of the row after them. */
export interface FlowPosition {
  readonly row: number;
  readonly part: number;
}

/** A flow, and the place right behind it. */
export interface PlacedFlow {
  readonly row: FlowRow;
  readonly next: FlowPosition;
}

const START: FlowPosition = { row: 0, part: 0 };

/** What may flow: the endpoints that the question is about, and rows in a fixed order, made as they are read. */
export interface Flows {
  readonly endpoints: readonly FlowEndpoint[];
  readonly rows: Iterable<FlowRow>;
  /** How the peers of the question were taken, where that is not plain. */
  readonly notes: readonly string[];
}

/**
 * Lists what may flow in the cluster. Flows of an endpoint with itself are left out; within a namespace they are not.
 * @throws ApiError `INVALID_REQUEST` for a peer that cannot be understood, or is finer than the grouping
 */
export function flows(analysis: Analysis, question: FlowsQuestion): Flows {
  const filters = filtersOf(analysis, question);
  const directory = directoryOf(catalogueOf(analysis));
  return {
    endpoints: endpointsOf(directory, question.by, filters),
    rows: unplaced(placedRows(analysis, directory, question, filters, START)),
    notes: [...(filters.from?.notes ?? []), ...(filters.to?.notes ?? [])],
  };
}

/** The rows of `flows` from a place on: what lies before it is skipped, not made. */
export function flowsFrom(analysis: Analysis, question: FlowsQuestion, start: FlowPosition = START): Iterable<PlacedFlow> {
  return placedRows(analysis, directoryOf(catalogueOf(analysis)), question, filtersOf(analysis, question), start);
}

function filtersOf(analysis: Analysis, question: FlowsQuestion): Filters {
  return { from: readFilter(analysis, question, 'from'), to: readFilter(analysis, question, 'to') };
}

function* unplaced(flows: Iterable<PlacedFlow>): Generator<FlowRow> {
  for (const { row } of flows) yield row;
}

/** The JSON document of a list of flows, in chunks of about 64 KiB: a hundred million rows pass through without being held. */
export function* flowsJson({ endpoints, rows, notes }: Flows, diagnostics: readonly Diagnostic[]): Generator<string> {
  let chunk = `{"formatVersion":${FLOWS_FORMAT_VERSION},"endpoints":[\n`;
  const separated = function* (items: Iterable<unknown>) {
    let separator = '';
    for (const item of items) {
      chunk += separator + JSON.stringify(item);
      separator = ',\n';
      if (chunk.length >= CHUNK) {
        yield chunk;
        chunk = '';
      }
    }
  };
  yield* separated(endpoints);
  chunk += '\n],"flows":[\n';
  yield* separated(rows);
  chunk += `\n],"notes":${JSON.stringify(notes)},"diagnostics":[\n`;
  yield* separated(diagnostics);
  yield `${chunk}\n]}\n`;
}

const CHUNK = 65_536;

/** A filter of one end: what the engine shall list, and the address ranges to which its external blocks are cut. */
interface Filter {
  readonly notes: readonly string[];
  readonly keys: readonly PeerKey[];
  readonly ranges?: readonly AddressRange[];
  /** Instead of keys: pods that nobody has deployed. */
  readonly pod?: HypotheticalPod;
}

interface Filters {
  readonly from: Filter | undefined;
  readonly to: Filter | undefined;
}

type InsideKey = Exclude<PeerKey, { readonly kind: 'block' }>;
type BlockKey = Extract<PeerKey, { readonly kind: 'block' }>;

/** The filter of one end; undefined where everything may be there. */
function readFilter(analysis: Analysis, question: FlowsQuestion, path: 'from' | 'to'): Filter | undefined {
  const text = question[path];
  if (text === undefined) return undefined;
  const peer = resolvePeer(analysis, text, { path, namespaces: true });
  const { notes } = peer;
  const catalogue = catalogueOf(analysis);
  if (peer.kind === 'internet') return { notes, keys: ALL_BLOCKS, ranges: internetRanges(catalogue.facts, new Set([4, 6])) };
  if (peer.kind === 'addresses') return { notes, keys: [...ALL_BLOCKS, ...ownerKeys(peer)], ranges: peer.ranges };
  if (peer.kind === 'hypothetical') return { notes, keys: [], pod: peer.pod };
  // Rows are about endpoints, and tell nothing of one address alone.
  const whole =
    peer.at === undefined ? [] : [`what is listed is about all addresses of what has \`${peer.at}\`; \`ask\` tells of one alone`];
  return { notes: [...notes, ...whole], keys: keysOf(catalogue, peer, question.by, path) };
}

/** Endpoints that have addresses which a name means are ends of their own: as addresses they are met only by what nobody has. */
function ownerKeys({ isNamed, owners }: Extract<Peer, { readonly kind: 'addresses' }>): readonly InsideKey[] {
  return isNamed ? [...new Set(owners.map(({ endpoint }) => endpoint))].map((index) => ({ kind: 'endpoint', index })) : [];
}

/** The peer as groups of the list. What is in no workload is an end of its own. What is less than a group would be answered with more than was asked for, so that it is refused. */
function keysOf(
  catalogue: Catalogue,
  peer: Extract<Peer, { readonly kind: 'endpoints' }>,
  by: FlowGrouping,
  path: string,
): readonly InsideKey[] {
  const workloads = [...new Set(peer.endpoints.map((index) => catalogue.endpoint(index).workload))];
  if (by === 'pod' || workloads.every((index) => index < 0)) return peer.endpoints.map((index) => ({ kind: 'endpoint', index }));
  if (peer.isEverything) return allKeys(catalogue, by);
  if (by === 'namespace') {
    if (peer.namespace !== undefined) return [{ kind: 'namespace', index: peer.namespace }];
    throw finer(path, peer.id, 'a namespace');
  }
  const members = workloads.reduce((sum, index) => sum + catalogue.workload(index).endpoints.length, 0);
  if (peer.endpoints.length < members) throw finer(path, peer.id, 'a workload');
  return workloads.map((index) => ({ kind: 'workload', index }));
}

function finer(path: string, id: string, than: string): ApiError {
  const message = `\`${id}\` is less than ${than}; list flows by pod to filter by it`;
  return refusal(path, message);
}

/** With both ends filtered only what was asked for; with one or none everything, for the other end may be anything. */
function endpointsOf({ catalogue, endpointAt }: Directory, by: FlowGrouping, { from, to }: Filters): readonly FlowEndpoint[] {
  const asked = [...(from?.keys ?? []), ...(to?.keys ?? [])].filter((key) => key.kind !== 'block');
  const keys = from && to ? asked : [...allKeys(catalogue, by), ...asked];
  const pods = [from?.pod, to?.pod].flatMap((pod) => (pod ? [{ id: pod.name, kind: 'HypotheticalPod', pods: [] }] : []));
  return [...pods, ...new Set(keys.map(endpointAt))];
}

/** Nodes and new pods are listed only when they are asked for. */
function allKeys(catalogue: Catalogue, by: FlowGrouping): readonly InsideKey[] {
  if (by === 'namespace') return catalogue.namespaces.map((_, index) => ({ kind: 'namespace', index }));
  if (by === 'workload') return Array.from({ length: catalogue.workloadCount() }, (_, index) => ({ kind: 'workload', index }));
  const indices = Array.from({ length: catalogue.endpointCount() }, (_, index) => index);
  return indices.filter((index) => isListed(catalogue, index)).map((index) => ({ kind: 'endpoint', index }));
}

function isListed(catalogue: Catalogue, index: number): boolean {
  const { kind } = catalogue.endpoint(index);
  return kind === 'pod' || kind === 'template';
}

function placedRows(
  analysis: Analysis,
  directory: Directory,
  question: FlowsQuestion,
  { from, to }: Filters,
  start: FlowPosition,
): Iterable<PlacedFlow> {
  if (from?.pod && to?.pod) {
    throw refusal('to', 'both ends are pods that nobody has deployed; name one that there is');
  }
  if (from?.pod) return hypotheticalRows(analysis, directory, question, { pod: from.pod, direction: 'egress', other: to }, start);
  if (to?.pod) return hypotheticalRows(analysis, directory, question, { pod: to.pod, direction: 'ingress', other: from }, start);
  return knownRows(analysis, directory, question, { from, to }, start);
}

function* knownRows(
  analysis: Analysis,
  { catalogue, endpointAt }: Directory,
  { by, external, possibleIcmp = false }: FlowsQuestion,
  { from, to }: Filters,
  start: FlowPosition,
): Generator<PlacedFlow> {
  const asked = new Set([...(from?.keys ?? []), ...(to?.keys ?? [])].map((key) => (key.kind === 'endpoint' ? key.index : undefined)));
  const counts = (key: PeerKey) => key.kind !== 'endpoint' || asked.has(key.index) || isListed(catalogue, key.index);
  const idsOf = (key: PeerKey, filter: Filter | undefined) => (key.kind === 'block' ? blockIds(key, filter?.ranges) : [endpointAt(key).id]);
  const options = {
    by: by === 'pod' ? ('endpoint' as const) : by,
    ...(from && { from: from.keys }),
    ...(to && { to: to.keys }),
    ...(external !== undefined && { external }),
    offset: start.row,
  };
  let before = start.row - 1;
  for (const row of connectivity(analysis, options)) {
    before++;
    if (isSelf(row.from, row.to) || !counts(row.from) || !counts(row.to)) continue;
    const possible = possibleIcmp ? row.conditional : withoutIcmp(row.conditional);
    const isConditional = !isEmpty(possible);
    if (!isConditional && isEmpty(row.allowed)) continue;
    const conditional = isConditional ? { conditional: possible } : {};
    let part = 0;
    for (const source of idsOf(row.from, from)) {
      for (const destination of idsOf(row.to, to)) {
        part++;
        if (before === start.row && part <= start.part) continue;
        yield { row: { from: source, to: destination, ports: row.allowed, ...conditional }, next: { row: before, part } };
      }
    }
  }
}

/** Rows of pods that nobody has deployed with each group of the other end, then with address ranges; a position counts also those with nothing in it. */
function* hypotheticalRows(
  analysis: Analysis,
  { catalogue, endpointAt }: Directory,
  { by, external = true, possibleIcmp = false }: FlowsQuestion,
  {
    pod,
    direction,
    other,
  }: { readonly pod: HypotheticalPod; readonly direction: 'egress' | 'ingress'; readonly other: Filter | undefined },
  start: FlowPosition,
): Generator<PlacedFlow> {
  const reach = new HypotheticalReach(analysis, pod, direction);
  const place = function* (ids: readonly string[], connections: { allowed: ConnectionSet; conditional: ConnectionSet }, row: number) {
    const possible = possibleIcmp ? connections.conditional : withoutIcmp(connections.conditional);
    const isConditional = !isEmpty(possible);
    if (!isConditional && isEmpty(connections.allowed)) return;
    for (const [part, id] of ids.entries()) {
      if (row === start.row && part < start.part) continue;
      const [from, to] = direction === 'egress' ? [pod.name, id] : [id, pod.name];
      const ports = { ports: connections.allowed, ...(isConditional && { conditional: possible }) };
      yield { row: { from, to, ...ports }, next: { row, part: part + 1 } };
    }
  };
  const keys = (other?.keys ?? allKeys(catalogue, by)).filter((key) => key.kind !== 'block');
  for (const [row, key] of keys.entries())
    if (row >= start.row) yield* place([endpointAt(key).id], reach.with(membersOf(catalogue, key)), row);
  const blocks = other?.keys.filter((key) => key.kind === 'block');
  if (!external || blocks?.length === 0) return;
  for (const [index, range] of reach.ranges(blocks).entries()) {
    const row = keys.length + index;
    if (row >= start.row) yield* place(blockIds({ kind: 'block', ...range }, other?.ranges), range, row);
  }
}

function membersOf(catalogue: Catalogue, { kind, index }: InsideKey): readonly number[] {
  if (kind === 'endpoint') return [index];
  if (kind === 'workload') return catalogue.workload(index).endpoints;
  const workloads = Array.from({ length: catalogue.workloadCount() }, (_, workload) => catalogue.workload(workload));
  return workloads.filter(({ namespace }) => namespace === catalogue.namespaces[index]).flatMap(({ endpoints }) => endpoints);
}

function withoutIcmp({ icmp: _, ...ports }: ConnectionSet): ConnectionSet {
  return ports;
}

function isSelf(from: PeerKey, to: PeerKey): boolean {
  return from.kind !== 'block' && from.kind !== 'namespace' && from.kind === to.kind && from.index === to.index;
}

/** `ip:LOW-HIGH` of the parts of a block that the filter leaves. */
function blockIds({ low, high }: BlockKey, ranges: readonly AddressRange[] | undefined): readonly string[] {
  if (!ranges) return [`ip:${low}-${high}`];
  const { family, value } = parseAddress(low)!;
  const block: AddressRange = { family, low: value, high: parseAddress(high)!.value };
  const parts = ranges.flatMap((range) => intersectionOfRanges(block, range) ?? []);
  return parts.map((part) => `ip:${formatAddress({ family, value: part.low })}-${formatAddress({ family, value: part.high })}`);
}

/** Endpoints of a list by their key, each made once. */
interface Directory {
  readonly catalogue: Catalogue;
  readonly endpointAt: (key: InsideKey) => FlowEndpoint;
}

function directoryOf(catalogue: Catalogue): Directory {
  let shared: ReadonlySet<string> | undefined;
  const made = { endpoint: [] as FlowEndpoint[], workload: [] as FlowEndpoint[], namespace: [] as readonly FlowEndpoint[] };
  const endpointAt = ({ kind, index }: InsideKey) => {
    if (kind !== 'namespace') {
      shared ??= kind === 'endpoint' ? sharedNames(catalogue) : new Set();
      made[kind][index] ??= flowEndpoint(catalogue, kind, index, shared);
      return made[kind][index];
    }
    if (made.namespace.length === 0) made.namespace = namespaceEndpoints(catalogue);
    return made.namespace[index]!;
  };
  return { catalogue, endpointAt };
}

/** All at once, so that the workloads are walked once. */
function namespaceEndpoints(catalogue: Catalogue): readonly FlowEndpoint[] {
  const pods = new Map<string, string[]>(catalogue.namespaces.map((namespace) => [namespace, []]));
  for (let index = 0; index < catalogue.workloadCount(); index++) {
    const { namespace, endpoints } = catalogue.workload(index);
    pods.get(namespace)?.push(...podsOf(catalogue, endpoints));
  }
  return [...pods].map(([id, own]) => ({ id, kind: 'Namespace', pods: own }));
}

/** `namespace/name` that more than one pod or template has. */
function sharedNames(catalogue: Catalogue): ReadonlySet<string> {
  const [seen, shared] = [new Set<string>(), new Set<string>()];
  for (let index = 0; index < catalogue.endpointCount(); index++) {
    const { namespace, name } = catalogue.endpoint(index);
    const full = `${namespace}/${name}`;
    if (seen.has(full)) shared.add(full);
    seen.add(full);
  }
  return shared;
}

/** The pods of a template are under its name, like a pod; its kind tells it apart only where that is not enough. */
function flowEndpoint(catalogue: Catalogue, kind: 'endpoint' | 'workload', index: number, shared: ReadonlySet<string>): FlowEndpoint {
  switch (kind) {
    case 'endpoint': {
      const { id, kind: own, namespace, name, workload } = catalogue.endpoint(index);
      const full = `${namespace}/${name}`;
      if (own === 'template') return { id: shared.has(full) ? id : full, kind: catalogue.workload(workload).kind, pods: [] };
      return own === 'node' ? { id, kind: 'Node', pods: [] } : { id, kind: 'Pod', pods: [id] };
    }
    case 'workload': {
      const workload = catalogue.workload(index);
      return { id: workload.id, kind: workload.kind, pods: podsOf(catalogue, workload.endpoints) };
    }
    default:
      return assertNever(kind);
  }
}

function podsOf(catalogue: Catalogue, endpoints: readonly number[]): readonly string[] {
  return endpoints.map((index) => catalogue.endpoint(index)).flatMap(({ kind, id }) => (kind === 'pod' ? [id] : []));
}
