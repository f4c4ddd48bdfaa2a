import { type Analysis, type Catalogue, type ConnectionSet, catalogueOf, doorsOf, exposureOf } from '../engine/index';
import type { Diagnostic } from '../model/diagnostic';
import type { Door, WorkloadExposure } from '../model/door';
import { internetRanges } from '../model/internet';
import { formatRef } from '../model/source';
import type { Verdict } from '../model/verdict';
import type { AddressRange } from '../util/ip';
import { refusal } from './errors';
import { type DoorObject, type ExposedDoor, exposedDoor } from './exposed-door';
import { InsideReaches, type NewPods, type ServiceDoor } from './exposed-service';
import { resolvePeer } from './peers';

/** Of the JSON document; higher when a reader of today could not read it. */
export const EXPOSURE_FORMAT_VERSION = 1;

/** Which exposure to list. Every part that is given must hold. */
export interface ExposureQuestion {
  /** A peer as `peers.ts` names it: a workload, or a pod, which stands for its workload. */
  readonly workload?: string | undefined;
  /** Only workloads, and doors that lead nowhere, of one of these namespaces. */
  readonly namespace?: readonly string[] | undefined;
  /** `internet`, an address or a CIDR: only doors that let some of these clients through, and only these clients. */
  readonly from?: string | undefined;
}

/**
 * The widest circle that reaches a workload. `internet`: public addresses, for certain · `internetPerhaps`: the input does not tell · `outside`,
 * `outsidePerhaps`: other addresses outside the cluster · `cluster`: any pod, also one that nobody has deployed yet · `pods`: some pods ·
 * `nobody`: no pod that there is or that somebody could create.
 */
export type Openness = 'internet' | 'internetPerhaps' | 'outside' | 'outsidePerhaps' | 'cluster' | 'pods' | 'nobody';
/** The most exposed first. */
export const OPENNESSES: readonly Openness[] = ['internet', 'internetPerhaps', 'outside', 'outsidePerhaps', 'cluster', 'pods', 'nobody'];

/** Who gets to one workload, by which door. */
export interface ExposedWorkload {
  /** `namespace/name[Kind]`. */
  readonly id: string;
  readonly kind: string;
  readonly file: string;
  readonly line: number;
  readonly openTo: Openness;
  /** Doors for clients outside the cluster. */
  readonly doors: readonly ExposedDoor[];
  /** Services as clients inside meet them. Empty where the question is about clients outside. */
  readonly services: readonly ServiceDoor[];
  /** What any pod may open to its pods, with or without a Service: a pod without labels in a new namespace. Absent with the above. */
  readonly strangers?: ConnectionSet;
  /** How far some port of it is open to pods that nobody has deployed yet. Absent with the above. */
  readonly newPods?: NewPods;
}

/** A door behind which the input has nothing: nobody who dials it is answered. */
export interface DeadEnd extends DoorObject {
  /** Ways in that all lead to the same nothing. */
  readonly kinds: readonly Door['kind'][];
  readonly protocol: Door['protocol'];
  /** Port of the Service, or what clients dial. */
  readonly port: Door['port'];
}

/** A way in that leads out of the cluster again: clients get to addresses that are no workload of it. */
export interface WayOut extends DeadEnd {
  readonly portInside: Door['port'];
  /** As the input tells them. */
  readonly leadsTo: readonly string[];
}

/** What a question gets. */
export interface Exposure {
  /** In order of workload, made as they are read. */
  readonly workloads: Iterable<ExposedWorkload>;
  readonly deadEnds: readonly DeadEnd[];
  readonly waysOut: readonly WayOut[];
}

/**
 * Tells who gets to which workloads, by which doors.
 * @throws ApiError `INVALID_REQUEST` for a peer that cannot be understood, or clients that are in the cluster
 */
export function exposure(analysis: Analysis, question: ExposureQuestion): Exposure {
  const workloads = workloadsOf(analysis, question);
  return {
    workloads: withoutIndex(exposedWorkloads(analysis, question, workloads)),
    deadEnds: deadEnds(analysis, question),
    waysOut: waysOut(analysis, question),
  };
}

function* withoutIndex(workloads: Iterable<IndexedExposure>): Generator<ExposedWorkload> {
  for (const { exposed } of workloads) yield exposed;
}

/** A workload of a list that is made piece by piece. */
export interface IndexedExposure {
  /** Of the workload in the catalogue. */
  readonly index: number;
  readonly exposed: ExposedWorkload;
}

/** Indices of the workloads that the question is about, in order. @throws ApiError `INVALID_REQUEST` */
export function workloadsOf(analysis: Analysis, { workload, namespace, from }: ExposureQuestion): readonly number[] {
  const catalogue = catalogueOf(analysis);
  // Before anything is made: what is wrong with the question is told even when nothing is listed.
  if (from !== undefined) clientRanges(analysis, from);
  const named = workload === undefined ? undefined : namedWorkloads(analysis, workload);
  return Array.from({ length: catalogue.workloadCount() }, (_, index) => index).filter((index) => {
    if (named && !named.has(index)) return false;
    return namespace === undefined || namespace.includes(catalogue.workload(index).namespace);
  });
}

function namedWorkloads(analysis: Analysis, text: string): ReadonlySet<number> {
  const peer = resolvePeer(analysis, text, { path: 'workload', namespaces: true });
  const catalogue = catalogueOf(analysis);
  const found = peer.kind === 'endpoints' ? peer.endpoints.map((index) => catalogue.endpoint(index).workload) : [];
  if (found.length === 0 || found.includes(-1)) throw refusal('workload', `\`${text}\` is no workload`);
  return new Set(found);
}

/** Clients that a question is about; addresses of the cluster's own endpoints are none, for they do not come from outside. */
function clientRanges(analysis: Analysis, text: string): readonly AddressRange[] {
  const peer = resolvePeer(analysis, text, { path: 'from' });
  if (peer.kind === 'internet') return internetRanges(catalogueOf(analysis).facts, new Set([4, 6]));
  if (peer.kind === 'addresses') return peer.ranges;
  throw refusal('from', `\`${text}\` is in the cluster; doors are for clients outside: \`internet\`, an address or a CIDR`);
}

/** Workloads that are looked at together, since they share most of the work. */
const BATCH = 1_000;

/**
 * What some workloads are exposed to, by their indices; where clients are asked for, only those that they get to.
 * @param size how many are looked at together
 */
export function* exposedWorkloads(
  analysis: Analysis,
  { from }: ExposureQuestion,
  workloads: readonly number[],
  size = BATCH,
): Generator<IndexedExposure> {
  if (workloads.length === 0) return;
  const catalogue = catalogueOf(analysis);
  const asked = from === undefined ? undefined : clientRanges(analysis, from);
  const inside = asked ? undefined : new InsideReaches(analysis);
  const services = asked ? undefined : servicesByWorkload(analysis);
  for (let start = 0; start < workloads.length; start += size) {
    const batch = workloads.slice(start, start + size);
    const exposures = new Map(exposureOf(analysis, { workloads: batch }).map((own) => [own.workload, own]));
    const views = inside?.views(batch, (workload) => services!.get(workload) ?? []);
    for (const index of batch) {
      const doors = doorsFor(catalogue, index, exposures.get(index), asked);
      const view = views?.next().value;
      if (asked && doors.length === 0) continue;
      const { id, kind, file, line } = catalogue.workload(index);
      const reach = { doors, services: view?.services ?? [], ...(view && { strangers: view.strangers, newPods: view.newPods }) };
      yield { index, exposed: { id, kind, file, line, openTo: opennessOf(reach, view), ...reach } };
    }
  }
}

/** Doors of the most exposed first; of clients that were asked for only those that may let them through. */
function doorsFor(
  catalogue: Catalogue,
  workload: number,
  exposure: WorkloadExposure | undefined,
  asked: readonly AddressRange[] | undefined,
): readonly ExposedDoor[] {
  const doors = (exposure?.doors ?? []).map((own) => exposedDoor(catalogue, workload, own, asked));
  if (asked) {
    const isFor = (verdict: Verdict) => (door: ExposedDoor) => door.clients.some((group) => group.verdict === verdict);
    const certain = doors.filter(isFor('allowed'));
    return [...certain, ...doors.filter(isFor('indeterminate')).filter((door) => !certain.includes(door))];
  }
  const rankOf = (door: ExposedDoor) => OPENNESSES.indexOf(outsideOpenness([door]) ?? 'nobody');
  return doors
    .map((door, index) => ({ door, index, rank: rankOf(door) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ door }) => door);
}

function opennessOf(
  { doors }: Pick<ExposedWorkload, 'doors'>,
  inside: { readonly newPods: NewPods; readonly callers: number } | undefined,
): Openness {
  const outside = outsideOpenness(doors);
  if (outside) return outside;
  if (inside?.newPods === 'any') return 'cluster';
  return inside && (inside.newPods !== 'none' || inside.callers > 0) ? 'pods' : 'nobody';
}

/** Undefined: no door lets anybody through who is outside. */
function outsideOpenness(doors: readonly ExposedDoor[]): Openness | undefined {
  if (doors.some(({ internet }) => internet === 'all' || internet === 'some')) return 'internet';
  if (doors.some(({ internet }) => internet === 'perhaps')) return 'internetPerhaps';
  const verdicts = new Set(doors.flatMap(({ clients }) => clients.map(({ verdict }) => verdict)));
  if (verdicts.has('allowed')) return 'outside';
  return verdicts.has('indeterminate') ? 'outsidePerhaps' : undefined;
}

/** Doors inside the cluster by the workloads behind them. */
function servicesByWorkload(analysis: Analysis): ReadonlyMap<number, readonly Door[]> {
  const catalogue = catalogueOf(analysis);
  const byWorkload = new Map<number, Door[]>();
  for (const door of doorsOf(analysis)) {
    if (door.kind !== 'clusterIP') continue;
    const workloads = new Set(
      door.backends.flatMap(({ endpoint }) => (endpoint === undefined ? [] : [catalogue.endpoint(endpoint).workload])),
    );
    for (const workload of workloads) {
      const own = byWorkload.get(workload);
      if (own) own.push(door);
      else byWorkload.set(workload, [door]);
    }
  }
  return byWorkload;
}

/** All doors, to find those that lead to no workload; none for a question about one workload or about clients, of whom such doors say nothing. */
function doorsApart(analysis: Analysis, { workload, namespace, from }: ExposureQuestion): readonly Door[] {
  if (workload !== undefined || from !== undefined) return [];
  return namespace === undefined ? doorsOf(analysis) : doorsOf(analysis).filter(({ object }) => namespace.includes(object.namespace ?? ''));
}

/** Doors that lead nowhere. */
export function deadEnds(analysis: Analysis, question: ExposureQuestion): readonly DeadEnd[] {
  const ends = new Map<string, DeadEnd & { readonly kinds: Door['kind'][] }>();
  for (const { kind, object, protocol, port: dialled, servicePort, backends } of doorsApart(analysis, question)) {
    if (backends.length > 0) continue;
    const port = servicePort ?? dialled;
    const name = formatRef(object);
    const key = `${name} ${port} ${protocol}`;
    const end = ends.get(key);
    if (!end) ends.set(key, { object: name, file: object.source.file, line: object.source.line, kinds: [kind], protocol, port });
    else if (!end.kinds.includes(kind)) end.kinds.push(kind);
  }
  return [...ends.values()];
}

/** Doors from outside with addresses behind them that are not in the cluster; what leads there from inside alone exposes nothing. */
export function waysOut(analysis: Analysis, question: ExposureQuestion): readonly WayOut[] {
  const ways = new Map<string, { readonly way: WayOut; readonly kinds: Set<Door['kind']>; readonly leadsTo: Set<string> }>();
  for (const { kind, object, protocol, port: dialled, servicePort, backends } of doorsApart(analysis, question)) {
    if (kind === 'clusterIP') continue;
    const port = servicePort ?? dialled;
    const name = formatRef(object);
    const { file, line } = object.source;
    for (const { address, port: portInside } of backends) {
      if (address === undefined) continue;
      const key = `${name} ${port} ${portInside} ${protocol}`;
      const found = ways.get(key) ?? {
        way: { object: name, file, line, kinds: [], protocol, port, portInside, leadsTo: [] },
        kinds: new Set(),
        leadsTo: new Set(),
      };
      ways.set(key, found);
      found.kinds.add(kind);
      found.leadsTo.add(address);
    }
  }
  return [...ways.values()].map(({ way, kinds, leadsTo }) => ({ ...way, kinds: [...kinds], leadsTo: [...leadsTo] }));
}

/** The JSON document, in chunks: as many workloads as there are pass through without being held. */
export function* exposureJson(
  { workloads, deadEnds: ends, waysOut: out }: Exposure,
  diagnostics: readonly Diagnostic[],
): Generator<string> {
  yield `{"formatVersion":${EXPOSURE_FORMAT_VERSION},"workloads":[\n`;
  let separator = '';
  for (const workload of workloads) {
    yield separator + JSON.stringify(workload);
    separator = ',\n';
  }
  const lines = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).join(',\n');
  yield `\n],"deadEnds":[\n${lines(ends)}\n],"waysOut":[\n${lines(out)}\n],"diagnostics":[\n${lines(diagnostics)}\n]}\n`;
}
