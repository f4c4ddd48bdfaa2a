import type { HostEndpoint } from '../../model/host-endpoint';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { HostEndpointDraft } from '../draft';
import { labelSet } from '../kubernetes/labels';
import type { Labels } from './metadata';
import { describeUnknown, type ListOf } from './profile-lists';
import type { ProfileAt } from './profiles';

/*
 * Host endpoints as the verdicts need them: each with its labels, what its profiles say, and alone on its interface.
 */

/** The profiles of the input. */
export interface Profiles {
  readonly profileAt: ProfileAt;
  readonly listOf: ListOf;
}

/** Those of the input that act, by node and name. */
export function linkHostEndpoints(drafts: readonly HostEndpointDraft[], known: Profiles, report: Report): readonly HostEndpoint[] {
  const sorted = drafts
    .filter(({ isLeftOut }) => !isLeftOut)
    .sort((a, b) => compareText(a.node, b.node) || compareText(a.origin.name, b.origin.name));
  const taken = new Map<string, HostEndpointDraft>();
  const active = sorted.filter((draft) => {
    const places = placesOf(draft);
    const others = places.map((place) => taken.get(place));
    const [first] = others;
    if (first && !others.includes(undefined)) {
      const message = `host endpoint \`${first.origin.name}\` has the same interface of node \`${draft.node}\` and the smaller name: this one does not act`;
      tell(draft, 'without-effect', message, report);
      return false;
    }
    for (const place of places) if (!taken.has(place)) taken.set(place, draft);
    return true;
  });
  for (const draft of active) {
    const { unknown } = known.listOf(draft.profiles);
    if (unknown) tell(draft, 'profile-missing', describeUnknown(unknown, 'node'), report);
  }
  return active.map((draft): HostEndpoint => {
    const { apiVersion, kind, name, source } = draft.origin;
    return {
      ref: { apiVersion, kind, name, source },
      node: draft.node,
      interfaceName: draft.interfaceName,
      addresses: draft.addresses,
      labels: labelSet(hostLabels(draft, known.profileAt)),
      ports: draft.ports,
      ...profilesOf(draft, known),
    };
  });
}

/**
 * Where a host endpoint acts: its interface, or whichever interfaces have its addresses. Of several at one place only that with the smallest name acts
 * (felix/dataplane/linux/endpoint_mgr.go).
 */
function placesOf({ node, interfaceName, addresses }: HostEndpointDraft): readonly string[] {
  return interfaceName === '' ? addresses.map((address) => `${node}\n${address}`) : [`${node}\n\n${interfaceName}`];
}

/** Own labels win over those of profiles, and of profiles the earlier (felix/labelindex/named_port_index.go). Each key once. */
export function hostLabels(draft: HostEndpointDraft, profileAt: ProfileAt): Labels {
  const inherited = draft.profiles.toReversed().flatMap((profile) => profileAt(profile)?.labels ?? []);
  return [...new Map([...inherited, ...draft.labels])].sort((a, b) => compareText(a[0], b[0]));
}

/**
 * Profiles that have rules are a tier (see `profilePolicies`); of others, and in directions in which they allow everything, one word says it all.
 */
function profilesOf({ profiles }: HostEndpointDraft, { profileAt, listOf }: Profiles): Pick<HostEndpoint, 'profileAction' | 'profiles'> {
  const { names, closed } = listOf(profiles);
  if (closed.length === 0) return { profileAction: 'Allow' };
  if (names.every((name) => !profileAt(name))) return { profileAction: 'Deny' };
  return { profileAction: closed.length === 2 ? 'Deny' : 'Allow', profiles: names };
}

function tell({ origin }: HostEndpointDraft, code: 'without-effect' | 'profile-missing', message: string, report: Report): void {
  report(diagnose(code, printable(message), origin.source, printable(formatRef(origin))));
}
