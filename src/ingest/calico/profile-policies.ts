import type { Endpoint, Namespace } from '../../model/endpoint';
import type { HostEndpoint } from '../../model/host-endpoint';
import type { Direction, Policy, Rule, Tier } from '../../model/policy';
import { NO_PROFILE, profilesSelector, tierOfProfiles } from '../../model/profiles';
import type { ResourceRef, Source } from '../../model/source';
import { compareText } from '../../util/order';
import { conjunction } from '../kubernetes/conjunction';
import { CALICO_GROUP } from './complaints';
import { lowerRules } from './lower-rules';
import { WORKLOADS } from './peer-bounds';
import type { ListOf, ProfileList } from './profile-lists';
import type { Profile, ProfileAt } from './profiles';
import type { RuleDraft } from './rules';
import type { SideWorld } from './side-cases';

/*
 * Profiles as the last tiers (see the model's `profiles.ts`):
 *
 *   endpoints with lists of profiles ─▶ each list once ─▶ for each profile, place, tier and directions one policy for all lists that have it so
 *
 * An endpoint is selected by the policies of its own list alone, in the order of the list; what none of their rules decides the last tier denies.
 *
 * Pass in a profile: iptables leaves the profile without accepting, so that the next one decides, and behind the last one nothing does, which denies
 * (felix/rules/endpoints.go); eBPF has no way back to the next profile and drops (felix/bpf/polprog/pol_prog_builder.go, writeProfile).
 */

export interface ProfilePolicyParts {
  readonly endpoints: readonly Endpoint[];
  readonly namespaces: readonly Namespace[];
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly listOf: ListOf;
  readonly profileAt: ProfileAt;
  readonly sides: SideWorld;
  /** Calico's eBPF dataplane, in which rules that pass drop. */
  readonly isEbpf: boolean;
}

/** Endpoints with one list, or with one of several. */
interface Users {
  readonly namespaces: Set<string>;
  hasHosts: boolean;
  /** Of the first of them. */
  readonly source: Source;
}

/** A profile at one place of lists, in the directions that it has to decide. */
interface Part {
  readonly name: string;
  readonly place: number;
  /** How many parts of the list follow that in which it is. */
  readonly following: number;
  /** Does the list go on behind it, so that its rules can pass? */
  readonly passes: boolean;
  readonly directions: readonly Direction[];
  readonly lists: (readonly string[])[];
  readonly users: Users;
}

/** These tiers with their policies, none where all profiles allow everything. */
export function profilePolicies(parts: ProfilePolicyParts): { readonly tiers: readonly Tier[]; readonly policies: readonly Policy[] } {
  const lower = lowering(parts);
  const found = partsOf(usedLists(parts), (name) => !parts.isEbpf && hasPass(parts.profileAt(name)));
  const count = found.reduce((most, { following }) => Math.max(most, following + 1), 0);
  const tiers = Array.from({ length: count }, (_, index): Tier => {
    const following = count - 1 - index;
    return { name: tierOfProfiles(following), order: Number.POSITIVE_INFINITY, defaultAction: following === 0 ? 'Deny' : 'Pass' };
  });
  const ordered = [...found].sort((a, b) => b.following - a.following || a.place - b.place || compareText(a.name, b.name));
  return { tiers, policies: ordered.map((part) => policyOf(part, parts.profileAt, lower)) };
}

function hasPass(profile: Profile | undefined): boolean {
  return [profile?.rules.ingress, profile?.rules.egress].some(
    (rules) => rules !== 'allowAll' && rules?.some(({ action }) => action === 'Pass'),
  );
}

/** Lists that do something else than to allow everything, with who has them, by the list as text. */
function usedLists({ endpoints, namespaces, hostEndpoints, listOf }: ProfilePolicyParts): readonly (readonly [ProfileList, Users])[] {
  const used = new Map<string, readonly [ProfileList, Users]>();
  const use = (names: readonly string[], source: Source): Users | undefined => {
    const list = listOf(names);
    if (list.closed.length === 0) return undefined;
    const key = JSON.stringify(list.names);
    const known = used.get(key);
    if (known) return known[1];
    const users = { namespaces: new Set<string>(), hasHosts: false, source };
    used.set(key, [list, users]);
    return users;
  };
  for (const { network, namespace: index, profiles, source } of endpoints) {
    const namespace = namespaces[index];
    const names = profiles ?? namespace?.profiles;
    if (names && namespace && network === 'pod') use(names, source)?.namespaces.add(namespace.name);
  }
  for (const { profiles, ref } of hostEndpoints) {
    const users = profiles && use(profiles, ref.source);
    if (users) users.hasHosts = true;
  }
  return [...used].sort(([a], [b]) => compareText(a, b)).map(([, list]) => list);
}

/** @param canPass Does a profile have a rule that passes to the next one? */
function partsOf(used: readonly (readonly [ProfileList, Users])[], canPass: (name: string) => boolean): readonly Part[] {
  const parts = new Map<string, Part>();
  for (const [{ names, closed }, users] of used) {
    const places = names.length > 0 ? names : [NO_PROFILE];
    let following = places.slice(0, -1).filter(canPass).length;
    for (const [place, name] of places.entries()) {
      const passes = place < places.length - 1 && canPass(name);
      const key = JSON.stringify([name, place, following, passes, closed]);
      let part = parts.get(key);
      if (!part) {
        part = { name, place, following, passes, directions: closed, lists: [], users: { ...users, namespaces: new Set() } };
        parts.set(key, part);
      }
      if (passes) following--;
      part.lists.push(names);
      for (const namespace of users.namespaces) part.users.namespaces.add(namespace);
      part.users.hasHosts ||= users.hasHosts;
    }
  }
  return [...parts.values()];
}

type Lower = (part: Pick<Part, 'name' | 'passes'>, direction: Direction, source: Source) => readonly Rule[];

function policyOf(part: Part, profileAt: ProfileAt, lower: Lower): Policy {
  const { name, place, following, directions, lists, users } = part;
  const { apiVersion, source } = profileAt(name)?.origin ?? { apiVersion: `${CALICO_GROUP}/v3`, source: users.source };
  const ref: ResourceRef = { apiVersion, kind: 'Profile', name, source };
  const chosen = profilesSelector(lists);
  const names = [...users.namespaces].sort(compareText);
  const rules = (direction: Direction) => directions.includes(direction) && { [direction]: lower(part, direction, source) };
  return {
    ref,
    tier: tierOfProfiles(following),
    order: place,
    tieBreak: name,
    appliesTo: names.length > 0 ? conjunction([WORKLOADS, { kind: 'inNamespace', names }, chosen]) : { kind: 'none' },
    ...(users.hasHosts && { appliesToHosts: chosen }),
    hook: 'normal',
    staged: false,
    ...rules('ingress'),
    ...rules('egress'),
  };
}

/** Lowers the rules of a profile in one direction, once for all of its places. One that does not exist has none, which denies. */
function lowering({ profileAt, sides }: ProfilePolicyParts): Lower {
  const lowered = new Map<string, readonly Rule[]>();
  return ({ name, passes }, direction, source) => {
    const key = `${direction} ${passes} ${name}`;
    let rules = lowered.get(key);
    if (!rules) {
      const drafts = profileAt(name)?.rules[direction] ?? [];
      rules =
        drafts === 'allowAll'
          ? [{ action: 'Allow', peer: 'any', packets: 'any', source }]
          : lowerRules(passes ? drafts : drafts.map(withoutPass), direction, sides, undefined);
      lowered.set(key, rules);
    }
    return rules;
  };
}

/** Behind the last profile nothing allows. */
function withoutPass(draft: RuleDraft): RuleDraft {
  return draft.action === 'Pass' ? { ...draft, action: 'Deny' } : draft;
}
