import type { Namespace } from '../../model/endpoint';
import type { Direction } from '../../model/policy';
import { formatRef } from '../../model/source';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { Origin, ProfileDraft } from '../draft';
import { checkFields } from '../kubernetes/known-fields';
import { isSubdomain } from '../kubernetes/labels';
import { isAbsent, isMapping, type Mapping, type Reading, readingOf } from '../reading';
import { type Complaints, complaintsOf, listField, mappingField } from './complaints';
import type { Labels } from './metadata';
import { type RuleDraft, readRules } from './rules';
import { NAME_LABEL, NAMESPACE_PREFIX } from './selector-scope';
import type { Selectors } from './selectors';

/*
 * Profiles (api/pkg/apis/projectcalico/v3/profile.go): labels and last-resort rules that endpoints inherit. In a Kubernetes cluster Calico derives them
 * from namespaces (`kns.NAME`, which allows everything) and service accounts (`ksa.NAMESPACE.NAME`, which has only labels), and lists them on request.
 */

/** Allows everything and has no labels (libcalico-go/lib/resources/static.go). */
export const ALLOW_PROFILE = 'projectcalico-default-allow';
/** Before the name of a namespace, and before those of a namespace and one of its service accounts. */
export const [NAMESPACE_PROFILE, ACCOUNT_PROFILE] = ['kns.', 'ksa.'];

/** Tells of names under which no profile can be, in the list of an endpoint (libcalico-go/lib/validator/v3/validator.go, validateName). */
export function checkProfileNames(complaints: Complaints, names: readonly string[], spec: Mapping): void {
  for (const name of names)
    if (!isSubdomain(name)) complaints.mind(`\`spec.profiles\` holds \`${name}\`, which no profile can be called`, spec);
}

/** What a profile does in one direction: it allows everything, or goes by its rules; without any it says nothing. */
export type ProfileRules = 'allowAll' | readonly RuleDraft[];

/** What endpoints have of a profile. */
export interface Profile {
  readonly labels: Labels;
  readonly rules: Readonly<Record<Direction, ProfileRules>>;
  /** Absent: it follows from a namespace or a service account, or is always there. */
  readonly origin?: Origin;
  /** Of a namespace that is not in the input, and taken to be as those of all namespaces. */
  readonly isAssumed?: true;
}

/** Profiles by name. */
export type ProfileAt = (name: string) => Profile | undefined;

/** Both, in the order in which they are told. */
export const DIRECTIONS: readonly Direction[] = ['ingress', 'egress'];
const ALLOWING: Profile = { labels: [], rules: { ingress: 'allowAll', egress: 'allowAll' } };
const ASSUMED: Profile = { ...ALLOWING, isAssumed: true };
const SILENT: Profile = { labels: [], rules: { ingress: [], egress: [] } };

/** Reads a Profile. Rules that do more than to allow everything are kept as they are until the release is settled; nearly all profiles have none. */
export function readProfile(reading: Reading, origin: Origin): ProfileDraft {
  const complaints = complaintsOf(reading, origin.apiVersion, 'Profile');
  const spec = mappingField(complaints, reading.document.object, 'spec', 'Profile') ?? {};
  checkFields(reading, spec, ['ingress', 'egress', 'labelsToApply'], 'spec');
  const labels = readLabelsToApply(complaints, spec);
  const [ingress, egress] = DIRECTIONS.map((direction) => plainRules(listField(complaints, spec, direction, 'spec') ?? []));
  if (complaints.isLeftOut()) return { kind: 'profile', origin, settle: () => undefined };
  if (ingress && egress) {
    const profile = { labels, rules: { ingress, egress }, origin };
    return { kind: 'profile', origin, settle: () => profile };
  }
  const { document } = reading;
  const settle = (selectors: Selectors, report: Report): Profile | undefined => {
    const later = complaintsOf(readingOf(document, formatRef(origin), report), origin.apiVersion, 'Profile');
    const rules = (direction: Direction) => readRules(later, spec, direction, { namespace: undefined, selectors });
    const profile = { labels, rules: { ingress: ingress ?? rules('ingress'), egress: egress ?? rules('egress') }, origin };
    return later.isLeftOut() ? undefined : profile;
  };
  return { kind: 'profile', origin, settle };
}

function readLabelsToApply(complaints: Complaints, spec: Mapping): Labels {
  const labels = mappingField(complaints, spec, 'labelsToApply', 'spec') ?? {};
  return Object.entries(labels).flatMap(([key, value]): Labels => {
    if (typeof value === 'string') return [[key, value]];
    complaints.refuse(`label \`${key}\` of \`spec.labelsToApply\` is no text`, labels);
    return [];
  });
}

/** Whether rules say nothing. */
export function areSilent(rules: ProfileRules): boolean {
  return rules !== 'allowAll' && rules.length === 0;
}

/** Undefined: they must be read one by one. */
function plainRules(rules: readonly unknown[]): ProfileRules | undefined {
  if (rules.length === 0) return [];
  const [rule] = rules;
  const allowsAll =
    rules.length === 1 &&
    isMapping(rule) &&
    rule.action === 'Allow' &&
    Object.keys(rule).every((field) => field === 'action' || isNothing(rule[field]));
  return allowsAll ? 'allowAll' : undefined;
}

function isNothing(value: unknown): boolean {
  return isAbsent(value) || (isMapping(value) && Object.keys(value).length === 0);
}

/** The profiles of the input, as far as Calico would have them. Its own is always as it is. */
export function writtenProfiles(drafts: readonly ProfileDraft[], selectors: Selectors, report: Report): readonly Profile[] {
  return drafts.flatMap(({ origin, settle }) => {
    const profile = settle(selectors, report);
    if (!profile || origin.name !== ALLOW_PROFILE) return profile ?? [];
    if (DIRECTIONS.every((direction) => profile.rules[direction] === 'allowAll')) return [];
    const message = `Calico has a profile of its own named \`${ALLOW_PROFILE}\`, which allows everything: this one has no effect`;
    report(diagnose('without-effect', message, origin.source, formatRef(origin)));
    return [];
  });
}

/** Those of the input, the one that is always there, and those that Calico derives from namespaces and service accounts. */
export function profileIndex(written: readonly Profile[], namespaces: readonly Namespace[]): ProfileAt {
  const known = new Map<string, Profile>([[ALLOW_PROFILE, ALLOWING]]);
  for (const { name, labels } of namespaces) {
    const own = Object.entries(labels.values).map(([key, value]) => [NAMESPACE_PREFIX + key, value] as const);
    known.set(NAMESPACE_PROFILE + name, { ...ALLOWING, labels: [...own, [NAMESPACE_PREFIX + NAME_LABEL, name]] });
  }
  for (const profile of written) if (profile.origin) known.set(profile.origin.name, profile);
  return (name) =>
    known.get(name) ?? (name.startsWith(NAMESPACE_PROFILE) ? ASSUMED : name.startsWith(ACCOUNT_PROFILE) ? SILENT : undefined);
}
