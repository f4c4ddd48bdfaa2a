import { type Analysis, alikeGroups, type Policing, policingOf } from '../engine/index';
import type { Namespace, Workload } from '../model/endpoint';
import type { Snapshot } from '../model/snapshot';
import { formatRef, type Source } from '../model/source';
import { type Group, groupEndpoints } from './selection';
import { isSystemNamespace } from './system-namespaces';

/** The cluster as the checks look at it, made once a run: by namespace, and in groups of endpoints that have the same answers. */
export interface Survey {
  readonly snapshot: Snapshot;
  readonly analysis: Analysis;
  /** What host endpoints have a say in. */
  readonly policing: Policing;
  readonly namespaces: readonly NamespaceSurvey[];
  /** The group of an endpoint, by its index; nodes have none. */
  readonly groupOf: (endpoint: number) => Group | undefined;
  /** The answer under this key if there is one, else what `compute` makes. */
  readonly recall: <T>(question: string, key: string, compute: () => T) => T;
}

/** One namespace of the survey. */
export interface NamespaceSurvey {
  readonly index: number;
  readonly namespace: Namespace;
  readonly isSystem: boolean;
  /** Indices in `Snapshot.workloads`, dormant ones among them. */
  readonly workloads: readonly number[];
  /** Pods and templates that have a network of their own, which policy can isolate. */
  readonly groups: readonly Group[];
  /** Those that share their node's network, where only policies at host endpoints act, and where there are none of them, none. */
  readonly hostGroups: readonly Group[];
  /** The pod that somebody could create tomorrow. */
  readonly newPod?: Group;
  /** Where to look first: the Namespace, else the first of its workloads. */
  readonly source?: Source;
}

/**
 * Puts the endpoints into groups, once for all checks.
 * @param analysis of this very snapshot
 */
export function surveyOf(snapshot: Snapshot, analysis: Analysis): Survey {
  const workloads = groupedBy(snapshot.workloads.keys(), (index) => snapshot.workloads[index]!.ref.namespace ?? '');
  const policing = policingOf(snapshot);
  const everyGroup = groupEndpoints(snapshot).flatMap((group) => apartByHosts(snapshot, analysis, policing, group));
  const groups = groupedBy(everyGroup, ({ namespace }) => namespace);
  const groupOfEndpoint = new Map(everyGroup.flatMap((group) => group.endpoints.map((id) => [id, group] as const)));
  const answers = new Map<string, unknown>();
  return {
    snapshot,
    analysis,
    policing,
    namespaces: snapshot.namespaces.map((namespace, index) => {
      const own = workloads.get(namespace.name) ?? [];
      const all = groups.get(index) ?? [];
      const newPod = all.find(({ representative }) => representative.kind === 'newPod');
      const existing = all.filter((group) => group !== newPod);
      const source = namespace.source ?? snapshot.workloads[own[0] ?? -1]?.ref.source;
      return {
        index,
        namespace,
        isSystem: isSystemNamespace(namespace.name),
        workloads: own,
        groups: existing.filter(({ network }) => network === 'pod'),
        hostGroups: existing.filter(({ network }) => network === 'host'),
        ...(newPod && { newPod }),
        ...(source && { source }),
      };
    }),
    groupOf: (endpoint) => groupOfEndpoint.get(endpoint),
    recall(question, key, compute) {
      const id = `${question}\n${key}`;
      if (!answers.has(id)) answers.set(id, compute());
      return answers.get(id) as ReturnType<typeof compute>;
    },
  };
}

/** Where host endpoints police what the group sends and receives, it is told apart by what the engine tells apart: labels alone do not say which ones it meets. */
function apartByHosts({ endpoints }: Snapshot, analysis: Analysis, { forwarded, own }: Policing, group: Group): readonly Group[] {
  if (!(group.network === 'host' ? own : forwarded)) return [group];
  return alikeGroups(analysis, group.endpoints, false).map((ids) => ({
    ...group,
    endpoints: ids,
    representative: endpoints[ids[0]!]!,
    meetsHosts: true,
  }));
}

/** Workloads with an endpoint in one of the groups, in the order of the snapshot. */
export function workloadsIn(snapshot: Snapshot, groups: readonly Group[]): readonly Workload[] {
  const indices = new Set(groups.flatMap(({ endpoints }) => endpoints.map((id) => snapshot.endpoints[id]!.workload)));
  return [...indices]
    .filter((index) => index >= 0)
    .sort((a, b) => a - b)
    .map((index) => snapshot.workloads[index]!);
}

/** The values by key, both in the order in which they come. */
export function groupedBy<T, K>(values: Iterable<T>, keyOf: (value: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** Endpoints of all the groups together. */
export function endpointCount(groups: readonly Group[]): number {
  return groups.reduce((count, { endpoints }) => count + endpoints.length, 0);
}

/** A namespace as the subject of a finding. */
export function nameOfNamespace(name: string): string {
  return formatRef({ name, kind: 'Namespace' });
}
