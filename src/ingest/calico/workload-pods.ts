import type { Namespace } from '../../model/endpoint';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { Origin, PodDraft, PodShape, WorkloadEndpointDraft } from '../draft';
import { labelSet } from '../kubernetes/labels';
import type { Profiles } from './link-hosts';
import type { Labels } from './metadata';
import { describeUnknown, OPEN_PROFILES, type ProfileList } from './profile-lists';
import { ACCOUNT_PROFILE, NAMESPACE_PROFILE, type ProfileAt } from './profiles';
import { ACCOUNT_LABEL, NAMESPACE_LABEL, ORCHESTRATOR_LABEL } from './selector-scope';

/*
 * What WorkloadEndpoints of Calico tell, as calicoctl lists them, or as a test of policies has them: the profiles of pods, where these are not those of the
 * namespace and the service account, and pods of which the input has no object.
 */

/** Labels that Calico adds to those of the pod, from what else the endpoint says. */
const ADDED_LABELS: readonly string[] = [NAMESPACE_LABEL, ORCHESTRATOR_LABEL, ACCOUNT_LABEL];
/** The account of a pod that names none. */
const DEFAULT_ACCOUNT = 'default';

export interface WorkloadPodParts extends Profiles {
  readonly workloadEndpoint: readonly WorkloadEndpointDraft[];
  readonly pod: readonly PodDraft[];
  /** With their profiles. */
  readonly namespaces: readonly Namespace[];
  readonly namespaceOf: (origin: Origin) => string;
}

/** The pods of the input with the profiles that their workload endpoints name, and those that only workload endpoints tell of. */
export function withWorkloadPods(parts: WorkloadPodParts, report: Report): readonly PodDraft[] {
  const { workloadEndpoint: drafts, pod: pods, profileAt, namespaceOf } = parts;
  if (drafts.length === 0) return pods;
  const byPod = new Map<string, WorkloadEndpointDraft[]>();
  for (const draft of drafts) {
    const key = `${namespaceOf(draft.origin)}/${nameOf(draft)}`;
    const others = byPod.get(key);
    if (others) others.push(draft);
    else byPod.set(key, [draft]);
  }
  for (const own of byPod.values()) own.sort((a, b) => compareText(a.origin.name, b.origin.name));
  const reshape = withLabels(profileAt);
  const profilesOf = profilesIn(parts);
  const known = pods.map((pod) => {
    const namespace = namespaceOf(pod.origin);
    const key = `${namespace}/${pod.origin.name}`;
    const [first] = byPod.get(key) ?? [];
    if (!first) return pod;
    byPod.delete(key);
    // Calico derives the endpoint from the pod, with profiles: one without any is no more than a part of what there is.
    if (first.profiles.length === 0) return pod;
    return { ...pod, shape: reshape(pod.shape, first.profiles), ...profilesOf(first, namespace) };
  });
  const homeless = [...byPod.values()];
  tell('pods-made', homeless.flat(), (many) => `the input has no pod for ${many('workload endpoint')}: pods are made of them`, report);
  reportProfiles(parts, drafts, report);
  return [
    ...known,
    ...homeless.map((endpoints) => ({ ...podOf(endpoints, profileAt), ...profilesOf(endpoints[0]!, namespaceOf(endpoints[0]!.origin)) })),
  ];
}

/** What belongs to no orchestrator goes by the endpoint's own name. */
function nameOf({ pod, workload, origin }: WorkloadEndpointDraft): string {
  return pod ?? workload ?? origin.name;
}

/** The profiles of an endpoint, where they come to something else than those of its namespace. */
function profilesIn({
  namespaces,
  listOf,
}: WorkloadPodParts): (draft: WorkloadEndpointDraft, namespace: string) => Pick<PodDraft, 'profiles'> {
  const usual = new Map(namespaces.map(({ name, profiles }) => [name, profiles ?? OPEN_PROFILES]));
  return ({ profiles }, namespace) => {
    const { names, closed } = listOf(profiles);
    const own = closed.length === 0 ? OPEN_PROFILES : names;
    return JSON.stringify(own) === JSON.stringify(usual.get(namespace)) ? {} : { profiles: own };
  };
}

/** Profiles that are not in the input, each once; and interfaces of one pod that do not have the same profiles. */
function reportProfiles({ listOf, namespaceOf }: WorkloadPodParts, drafts: readonly WorkloadEndpointDraft[], report: Report): void {
  const unknown = new Map<string, { readonly of: NonNullable<ProfileList['unknown']>; readonly drafts: WorkloadEndpointDraft[] }>();
  const firstOf = new Map<string, WorkloadEndpointDraft>();
  const odd: WorkloadEndpointDraft[] = [];
  for (const draft of drafts) {
    const list = listOf(draft.profiles);
    if (list.unknown) {
      const known = unknown.get(list.unknown.name);
      if (known) known.drafts.push(draft);
      else unknown.set(list.unknown.name, { of: list.unknown, drafts: [draft] });
    }
    const key = `${namespaceOf(draft.origin)}/${nameOf(draft)}`;
    const first = firstOf.get(key);
    if (!first) firstOf.set(key, draft);
    else if (listOf(first.profiles).names.join('\n') !== list.names.join('\n')) odd.push(draft);
  }
  for (const { of, drafts: own } of unknown.values()) {
    tell('profile-missing', own, (many) => `${describeUnknown(of, 'pod')}; so it is at ${many('workload endpoint')}`, report);
  }
  tell(
    'partly-modelled',
    odd,
    (many) => `a pod has the profiles of one of its workload endpoints: those of ${many('other interface')} are left out`,
    report,
  );
}

/** A pod of several interfaces has several endpoints, which differ in their addresses. */
function podOf(endpoints: readonly WorkloadEndpointDraft[], profileAt: ProfileAt): PodDraft {
  const first = endpoints[0]!;
  const account = first.serviceAccount ?? first.labels.find(([key]) => key === ACCOUNT_LABEL)?.[1] ?? DEFAULT_ACCOUNT;
  const own = first.labels.filter(([key]) => !ADDED_LABELS.includes(key));
  return {
    kind: 'pod',
    origin: { ...first.origin, apiVersion: 'v1', group: '', kind: 'Pod', name: nameOf(first) },
    shape: {
      labels: labelSet(sorted([...inheritedLabels(first.profiles, profileAt), ...own])),
      serviceAccount: account,
      hostNetwork: false,
      ports: first.ports,
      ...(first.hostPorts.length > 0 && { hostPorts: first.hostPorts }),
      images: [],
    },
    node: first.node,
    addresses: [...new Set(endpoints.flatMap(({ addresses }) => addresses))],
    finished: false,
    owner: undefined,
  };
}

/** Gives shapes of pods the labels of their profiles, each shape once for each list, so that pods of one shape share one again. */
function withLabels(profileAt: ProfileAt): (shape: PodShape, profiles: readonly string[]) => PodShape {
  const known = new Map<PodShape, Map<string, PodShape>>();
  return (shape, profiles) => {
    const inherited = inheritedLabels(profiles, profileAt).filter(([key]) => !shape.labels.unknownKeys.includes(key));
    if (inherited.length === 0) return shape;
    const byLabels = known.get(shape) ?? new Map<string, PodShape>();
    known.set(shape, byLabels);
    const key = JSON.stringify(inherited);
    let labelled = byLabels.get(key);
    if (!labelled) {
      const { values } = labelSet(sorted([...inherited, ...Object.entries(shape.labels.values)]));
      labelled = { ...shape, labels: { ...shape.labels, values } };
      byLabels.set(key, labelled);
    }
    return labelled;
  };
}

/** Those of earlier profiles come later, to win; what namespace and service account give is in the verdicts anyway. */
function inheritedLabels(profiles: readonly string[], profileAt: ProfileAt): Labels {
  const own = profiles.filter((name) => !name.startsWith(NAMESPACE_PROFILE) && !name.startsWith(ACCOUNT_PROFILE));
  return own.toReversed().flatMap((name) => profileAt(name)?.labels ?? []);
}

/** Each key once, with its last value: own labels win over those of profiles (felix/labelindex/named_port_index.go). */
function sorted(labels: Labels): Labels {
  return [...new Map(labels)].sort((a, b) => compareText(a[0], b[0]));
}

/** One diagnostic for all, at the first. */
function tell(
  code: 'pods-made' | 'partly-modelled' | 'profile-missing',
  drafts: readonly WorkloadEndpointDraft[],
  message: (many: (noun: string) => string) => string,
  report: Report,
): void {
  const [first] = drafts;
  if (!first) return;
  const many = (noun: string) => (drafts.length === 1 ? `this ${noun}` : `this ${noun} and ${drafts.length - 1} more`);
  report(diagnose(code, printable(message(many)), first.origin.source, printable(formatRef(first.origin))));
}
