import type { Namespace } from '../../model/endpoint';
import type { Origin, ProfileDraft } from '../draft';
import { isAbsent, isMapping, type Mapping, type Reading } from '../reading';
import { type Complaints, complaintsOf, listField, mappingField } from './complaints';
import type { Labels } from './metadata';
import { NAME_LABEL, NAMESPACE_PREFIX } from './selector-scope';

/*
 * Profiles (api/pkg/apis/projectcalico/v3/profile.go): labels and last-resort rules that endpoints inherit. In a Kubernetes cluster Calico derives them
 * from namespaces (`kns.NAME`, which allows everything) and service accounts (`ksa.NAMESPACE.NAME`, which has only labels), and lists them on request.
 */

/** Allows everything and has no labels (libcalico-go/lib/resources/static.go). */
export const ALLOW_PROFILE = 'projectcalico-default-allow';
const NAMESPACE_PROFILE = 'kns.';

/** What endpoints have of a profile. */
export type Profile = Pick<ProfileDraft, 'labels' | 'rules'>;

/** Reads a Profile: the labels that it gives, and what its rules come to. */
export function readProfile(reading: Reading, origin: Origin): ProfileDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'Profile');
  const spec = mappingField(complaints, reading.document.object, 'spec', 'Profile') ?? {};
  const labels = readLabelsToApply(complaints, spec);
  const directions = (['ingress', 'egress'] as const).map((direction) => listField(complaints, spec, direction, 'spec') ?? []);
  const rules = directions.every(allowsEverything) ? 'allowAll' : directions.every((list) => list.length === 0) ? 'none' : 'other';
  if (origin.name.startsWith(NAMESPACE_PROFILE) && rules !== 'allowAll') {
    const message =
      'the profile of a namespace does something else than to allow everything: what it does to pods that no policy selects is left out';
    reading.report('partly-modelled', message, spec);
  }
  return { kind: 'profile', origin, labels, rules };
}

function readLabelsToApply(complaints: Complaints, spec: Mapping): Labels {
  const labels = mappingField(complaints, spec, 'labelsToApply', 'spec') ?? {};
  return Object.entries(labels).flatMap(([key, value]): Labels => {
    if (typeof value === 'string') return [[key, value]];
    complaints.refuse(`label \`${key}\` of \`spec.labelsToApply\` is no text`, labels);
    return [];
  });
}

function allowsEverything(rules: readonly unknown[]): boolean {
  const [rule] = rules;
  return (
    rules.length === 1 &&
    isMapping(rule) &&
    rule.action === 'Allow' &&
    Object.keys(rule).every((field) => field === 'action' || isNothing(rule[field]))
  );
}

function isNothing(value: unknown): boolean {
  return isAbsent(value) || (isMapping(value) && Object.keys(value).length === 0);
}

/** Profiles by name: those of the input, the one that is always there, and those that Calico derives from the namespaces of the input. */
export function profileIndex(drafts: readonly ProfileDraft[], namespaces: readonly Namespace[]): (name: string) => Profile | undefined {
  const known = new Map<string, Profile>([[ALLOW_PROFILE, { labels: [], rules: 'allowAll' }]]);
  for (const { name, labels } of namespaces) {
    const own = Object.entries(labels.values).map(([key, value]) => [NAMESPACE_PREFIX + key, value] as const);
    known.set(NAMESPACE_PROFILE + name, { labels: [...own, [NAMESPACE_PREFIX + NAME_LABEL, name]], rules: 'allowAll' });
  }
  for (const draft of drafts) known.set(draft.origin.name, draft);
  return (name) => known.get(name);
}
