import type { Workload } from '../model/endpoint';
import type { Truth } from '../model/match';
import type { Snapshot } from '../model/snapshot';
import { formatRef, type Source } from '../model/source';
import { type Group, isolationMatch } from './selection';
import { type NamespaceSurvey, nameOfNamespace, type Survey, workloadsIn } from './survey';

/** What one finding about egress speaks of: a namespace where nothing but the default decides, one workload, or the host-network pods of a namespace. */
export interface Subject {
  readonly kind: 'namespace' | 'workload' | 'host-network';
  readonly own: NamespaceSurvey;
  /** `namespace/name[Kind]` or `name[Namespace]`. */
  readonly name: string;
  /** The subject of a sentence. */
  readonly phrase: string;
  /** The groups that the finding is true of, the certain ones if there are any. */
  readonly groups: readonly [Group, ...Group[]];
  /** Those of the groups that may differ in what exactly they reach: the first one speaks for all of them, unless host endpoints have a say. */
  readonly told: readonly Group[];
  readonly workloads: readonly Workload[];
  /** Index of an endpoint that serves as an example: of a group and of the workloads. */
  readonly example: number;
  readonly truth: 'yes' | 'maybe';
  readonly source?: Source;
}

/** Groups the answers of a namespace into as few subjects as tell the whole: never one for each pod. */
export function egressSubjects(survey: Survey, own: NamespaceSurvey, truthOf: (group: Group) => Truth): readonly Subject[] {
  const host = subjectOfAll('host-network', survey, own, own.hostGroups, truthOf);
  const isDefaultOnly = own.groups.every((group) => isolationMatch(group, 'egress').truth === 'no');
  if (isDefaultOnly) return [subjectOfAll('namespace', survey, own, own.groups, truthOf), host].filter((subject) => subject !== undefined);
  const affected = own.groups.filter((group) => truthOf(group) !== 'no');
  const groupsOf = groupsByWorkload(survey.snapshot, affected);
  const subjects = [...groupsOf].map(([index, members]): Subject => {
    const workload = survey.snapshot.workloads[index]!;
    const { groups, truth } = certainFirst(members, truthOf)!;
    const example = workload.endpoints.find((id) => survey.groupOf(id) === groups[0])!;
    const name = formatRef(workload.ref);
    return {
      kind: 'workload',
      own,
      name,
      phrase: `\`${name}\`${partText(groups, [workload])}`,
      groups,
      told: toldOf(groups),
      workloads: [workload],
      example,
      truth,
      source: workload.ref.source,
    };
  });
  return host ? [...subjects, host] : subjects;
}

/** Which of the groups each workload has endpoints in, in the order of the workloads. */
export function groupsByWorkload({ endpoints }: Snapshot, groups: readonly Group[]): ReadonlyMap<number, readonly Group[]> {
  const members = new Map<number, Group[]>();
  for (const group of groups) {
    for (const id of group.endpoints) {
      const { workload } = endpoints[id]!;
      const known = members.get(workload);
      if (!known) members.set(workload, [group]);
      else if (known.at(-1) !== group) known.push(group);
    }
  }
  return new Map([...members].sort(([a], [b]) => a - b));
}

function subjectOfAll(
  kind: 'namespace' | 'host-network',
  { snapshot }: Survey,
  own: NamespaceSurvey,
  all: readonly Group[],
  truthOf: (group: Group) => Truth,
): Subject | undefined {
  const certain = certainFirst(all, truthOf);
  if (!certain) return undefined;
  const workloads = workloadsIn(snapshot, certain.groups);
  const total = workloadsIn(snapshot, all).length;
  const which = `${kind === 'host-network' ? 'host-network workload' : 'workload'}${total > 1 ? 's' : ''}`;
  const count = workloads.length < total ? `${workloads.length} of the ${total}` : total > 1 ? `the ${total}` : 'the only';
  return {
    kind,
    own,
    name: nameOfNamespace(own.namespace.name),
    phrase: `${count} ${which} of namespace \`${own.namespace.name}\`${partText(certain.groups, workloads)}`,
    ...certain,
    told: toldOf(certain.groups),
    workloads,
    example: certain.groups[0].representative.id,
    ...(own.source && { source: own.source }),
  };
}

function toldOf([first, ...rest]: readonly [Group, ...Group[]]): readonly Group[] {
  return first.meetsHosts ? [first, ...rest] : [first];
}

/** Of one workload some pods may be held back where they run, and others not. */
function partText(groups: readonly Group[], workloads: readonly Workload[]): string {
  if (!groups.some(({ meetsHosts }) => meetsHosts)) return '';
  const all = new Set(workloads.flatMap(({ endpoints }) => endpoints));
  const held = groups.flatMap(({ endpoints }) => endpoints).filter((id) => all.has(id)).length;
  return held < all.size ? ` (${held} of ${workloads.length > 1 ? 'their' : 'its'} ${all.size} pods)` : '';
}

function certainFirst(groups: readonly Group[], truthOf: (group: Group) => Truth): Pick<Subject, 'groups' | 'truth'> | undefined {
  for (const truth of ['yes', 'maybe'] as const) {
    const [first, ...rest] = groups.filter((group) => truthOf(group) === truth);
    if (first) return { groups: [first, ...rest], truth };
  }
  return undefined;
}
