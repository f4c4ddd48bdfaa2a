import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { Origin, PodDraft, WorkloadEndpointDraft } from '../draft';
import { labelSet } from '../kubernetes/labels';
import type { Labels } from './metadata';
import type { Profile } from './profiles';
import { ACCOUNT_LABEL, NAMESPACE_LABEL, ORCHESTRATOR_LABEL } from './selector-scope';

/*
 * Pods of which the input has no object, but the WorkloadEndpoint that Calico derives from it: as calicoctl lists them, or as a test of policies has them.
 */

/** Labels that Calico adds to those of the pod, from what else the endpoint says. */
const ADDED_LABELS: readonly string[] = [NAMESPACE_LABEL, ORCHESTRATOR_LABEL, ACCOUNT_LABEL];
/** The account of a pod that names none. */
const DEFAULT_ACCOUNT = 'default';
/** Of a service account; it has labels alone. */
const ACCOUNT_PROFILE = 'ksa.';
/** Profiles that follow from the namespace and the service account of a pod: what they give is in the verdicts anyway. */
const DERIVED_PROFILE = /^k[ns][sa]\./;

export interface WorkloadPodParts {
  readonly workloadEndpoint: readonly WorkloadEndpointDraft[];
  readonly pod: readonly PodDraft[];
  readonly profileAt: (name: string) => Profile | undefined;
  readonly namespaceOf: (origin: Origin) => string;
}

/** The pods of the input, and those that only workload endpoints tell of; what of these is not in the verdicts is told. */
export function withWorkloadPods(parts: WorkloadPodParts, report: Report): readonly PodDraft[] {
  const { workloadEndpoint: drafts, pod: pods, profileAt, namespaceOf } = parts;
  const keyOf = (draft: WorkloadEndpointDraft) => `${namespaceOf(draft.origin)}/${nameOf(draft)}`;
  const known = new Set(pods.map(({ origin }) => `${namespaceOf(origin)}/${origin.name}`));
  const homeless = new Map<string, WorkloadEndpointDraft[]>();
  for (const draft of drafts) {
    const key = keyOf(draft);
    if (known.has(key)) continue;
    const others = homeless.get(key);
    if (others) others.push(draft);
    else homeless.set(key, [draft]);
  }
  const made = [...homeless.values()];
  tell('pods-made', made.flat(), (many) => `the input has no pod for ${many('workload endpoint')}: pods are made of them`, report);
  const odd = drafts.filter((draft) => {
    const own = draft.profiles.filter((profile) => !DERIVED_PROFILE.test(profile));
    return known.has(keyOf(draft)) ? own.length > 0 : !allowsEverything(draft, profileAt);
  });
  tell(
    'partly-modelled',
    odd,
    (many) => `profiles that do something else than to allow everything are taken to allow it, at ${many('workload endpoint')}`,
    report,
  );
  return [...pods, ...made.map((endpoints) => podOf(endpoints, profileAt))];
}

/** What belongs to no orchestrator goes by the endpoint's own name. */
function nameOf({ pod, workload, origin }: WorkloadEndpointDraft): string {
  return pod ?? workload ?? origin.name;
}

/** The first profile with a rule decides what no policy does; one that is not in the input denies (felix/calc/active_rules_calculator.go). */
function allowsEverything({ profiles }: WorkloadEndpointDraft, profileAt: WorkloadPodParts['profileAt']): boolean {
  const hasRules = (name: string) => (profileAt(name)?.rules ?? (name.startsWith(ACCOUNT_PROFILE) ? 'none' : 'other')) !== 'none';
  const deciding = profiles.find(hasRules);
  return deciding !== undefined && profileAt(deciding)?.rules === 'allowAll';
}

/** A pod of several interfaces has several endpoints, which differ in their addresses. */
function podOf(endpoints: readonly WorkloadEndpointDraft[], profileAt: WorkloadPodParts['profileAt']): PodDraft {
  const first = endpoints[0]!;
  const labels = labelsOf(first, profileAt);
  const account = first.serviceAccount ?? first.labels.find(([key]) => key === ACCOUNT_LABEL)?.[1] ?? DEFAULT_ACCOUNT;
  return {
    kind: 'pod',
    origin: { ...first.origin, apiVersion: 'v1', group: '', kind: 'Pod', name: nameOf(first) },
    shape: {
      labels: labelSet(labels),
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

/** Own labels win over those of profiles, and of profiles the earlier; sorted, each key once. */
function labelsOf({ labels, profiles }: WorkloadEndpointDraft, profileAt: WorkloadPodParts['profileAt']): Labels {
  const given = profiles.filter((name) => !DERIVED_PROFILE.test(name)).toReversed();
  const inherited = given.flatMap((name) => profileAt(name)?.labels ?? []);
  const own = labels.filter(([key]) => !ADDED_LABELS.includes(key));
  return [...new Map([...inherited, ...own])].sort((a, b) => compareText(a[0], b[0]));
}

/** One diagnostic for all, at the first. */
function tell(
  code: 'pods-made' | 'partly-modelled',
  drafts: readonly WorkloadEndpointDraft[],
  message: (many: (noun: string) => string) => string,
  report: Report,
): void {
  const [first] = drafts;
  if (!first) return;
  const many = (noun: string) => (drafts.length === 1 ? `this ${noun}` : `this ${noun} and ${drafts.length - 1} more`);
  report(diagnose(code, printable(message(many)), first.origin.source, printable(formatRef(first.origin))));
}
