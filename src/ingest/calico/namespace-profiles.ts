import type { Namespace } from '../../model/endpoint';
import { formatRef } from '../../model/source';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { LinkedNamespace } from '../link/namespaces';
import type { Profiles } from './link-hosts';
import { ACCOUNT_PROFILE, areSilent, NAMESPACE_PROFILE, type Profile } from './profiles';
import { NAME_LABEL, NAMESPACE_PREFIX } from './selector-scope';

/*
 * Profiles of namespaces that do something else than to allow everything. Calico derives them from namespaces so that they allow it; where the datastore is
 * its own, somebody may have written another one.
 */

/** The namespaces with their profiles. `written` are the profiles of the input. */
export function withProfiles(
  linked: readonly LinkedNamespace[],
  { listOf }: Profiles,
  written: readonly Profile[],
  report: Report,
): readonly LinkedNamespace[] {
  const byName = new Map(
    written.flatMap((profile) => (profile.origin?.name.startsWith(NAMESPACE_PROFILE) ? [[profile.origin.name, profile] as const] : [])),
  );
  if (byName.size === 0) return linked;
  const restricted = new Set<string>();
  const profiled = linked.map((one) => {
    const { namespace } = one;
    const name = NAMESPACE_PROFILE + namespace.name;
    reportLabels(namespace, byName.get(name), report);
    const { names, closed } = listOf([name]);
    if (closed.length === 0) return one;
    restricted.add(namespace.name);
    return { ...one, namespace: { ...namespace, profiles: names } };
  });
  reportAccounts(restricted, written, report);
  return profiled;
}

/** Selectors of namespaces look at the labels of the Namespace, which is where Calico takes those of the profile from. */
function reportLabels({ name, labels }: Namespace, profile: Profile | undefined, report: Report): void {
  if (!profile?.origin) return;
  const derived = new Map([...Object.entries(labels.values), [NAME_LABEL, name]].map(([key, value]) => [NAMESPACE_PREFIX + key, value]));
  const others = profile.labels.filter(([key, value]) => derived.get(key) !== value).map(([key]) => `\`${key}\``);
  if (others.length === 0) return;
  const message = `${others.join(', ')} of \`spec.labelsToApply\` is none of the labels of Namespace \`${name}\` in the input: selectors do not see it`;
  report(diagnose('partly-modelled', printable(message), profile.origin.source, printable(formatRef(profile.origin))));
}

/** Behind the profile of its namespace a pod has that of its service account, which has no rules wherever Calico made it. */
function reportAccounts(namespaces: ReadonlySet<string>, written: readonly Profile[], report: Report): void {
  for (const { origin, rules } of written) {
    if (!origin?.name.startsWith(ACCOUNT_PROFILE) || (areSilent(rules.ingress) && areSilent(rules.egress))) continue;
    const account = origin.name.slice(ACCOUNT_PROFILE.length);
    // Any of the dots may be the one behind the namespace.
    for (let dot = account.indexOf('.'); dot >= 0; dot = account.indexOf('.', dot + 1)) {
      const name = account.slice(0, dot);
      if (!namespaces.has(name)) continue;
      const message = `the profile of a service account has rules: what they do to pods of namespace \`${name}\` without a workload endpoint is left out`;
      report(diagnose('partly-modelled', printable(message), origin.source, printable(formatRef(origin))));
    }
  }
}
