import type { Origin, ProfileDraft } from '../draft';
import { isAbsent, isMapping, type Mapping, type Reading } from '../reading';
import { type Complaints, complaintsOf, listField, mappingField } from './complaints';
import type { Labels } from './metadata';

/*
 * Profiles (api/pkg/apis/projectcalico/v3/profile.go): labels and last-resort rules that endpoints inherit. In a Kubernetes cluster Calico derives them
 * from namespaces (`kns.NAME`, which allows everything) and service accounts (`ksa.NAMESPACE.NAME`, which has only labels), and lists them on request.
 */

/** Allows everything and has no labels (libcalico-go/lib/resources/static.go). */
export const ALLOW_PROFILE = 'projectcalico-default-allow';

/** Reads a Profile: the labels that it gives. */
export function readProfile(reading: Reading, origin: Origin): ProfileDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'Profile');
  const spec = mappingField(complaints, reading.document.object, 'spec', 'Profile') ?? {};
  const labels = readLabelsToApply(complaints, spec);
  const directions = (['ingress', 'egress'] as const).map((direction) => listField(complaints, spec, direction, 'spec') ?? []);
  if (origin.name.startsWith('kns.') && !directions.every(allowsEverything)) {
    const message =
      'the profile of a namespace does something else than to allow everything: what it does to pods that no policy selects is left out';
    reading.report('partly-modelled', message, spec);
  }
  return { kind: 'profile', origin, labels };
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
