import type { Endpoint, Namespace } from '../../model/endpoint';
import type { HostEndpoint } from '../../model/host-endpoint';
import type { Direction, Policy, Rule, Tier } from '../../model/policy';
import { NO_PROFILE, PROFILES_TIER, profilesSelector } from '../../model/profiles';
import type { ResourceRef, Source } from '../../model/source';
import { compareText } from '../../util/order';
import { conjunction } from '../kubernetes/conjunction';
import { CALICO_GROUP } from './complaints';
import { lowerRules } from './lower-rules';
import { WORKLOADS } from './peer-bounds';
import type { ListOf, ProfileList } from './profile-lists';
import type { ProfileAt } from './profiles';
import type { RuleDraft } from './rules';
import type { SideWorld } from './side-cases';

/*
 * Profiles as the last tier (see the model's `profiles.ts`):
 *
 *   endpoints with lists of profiles ─▶ each list once ─▶ for each profile, place and directions one policy for all lists that have it so
 *
 * An endpoint is selected by the policies of its own list alone, in the order of the list; what none of their rules decides the tier denies.
 */

export const TIER_OF_PROFILES: Tier = Object.freeze({ name: PROFILES_TIER, order: Number.POSITIVE_INFINITY, defaultAction: 'Deny' });

export interface ProfilePolicyParts {
  readonly endpoints: readonly Endpoint[];
  readonly namespaces: readonly Namespace[];
  readonly hostEndpoints: readonly HostEndpoint[];
  readonly listOf: ListOf;
  readonly profileAt: ProfileAt;
  readonly sides: SideWorld;
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
  readonly directions: readonly Direction[];
  readonly lists: (readonly string[])[];
  readonly users: Users;
}

/** The policies of that tier, none where all profiles allow everything. */
export function profilePolicies(parts: ProfilePolicyParts): readonly Policy[] {
  const lower = lowering(parts);
  const policies = partsOf(usedLists(parts)).map((part) => policyOf(part, parts.profileAt, lower));
  return policies.sort((a, b) => a.order - b.order || compareText(a.tieBreak, b.tieBreak));
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

function partsOf(used: readonly (readonly [ProfileList, Users])[]): readonly Part[] {
  const parts = new Map<string, Part>();
  for (const [{ names, closed }, users] of used) {
    for (const [place, name] of (names.length > 0 ? names : [NO_PROFILE]).entries()) {
      const key = JSON.stringify([name, place, closed]);
      let part = parts.get(key);
      if (!part) {
        part = { name, place, directions: closed, lists: [], users: { ...users, namespaces: new Set() } };
        parts.set(key, part);
      }
      part.lists.push(names);
      for (const namespace of users.namespaces) part.users.namespaces.add(namespace);
      part.users.hasHosts ||= users.hasHosts;
    }
  }
  return [...parts.values()];
}

type Lower = (name: string, direction: Direction, source: Source) => readonly Rule[];

function policyOf({ name, place, directions, lists, users }: Part, profileAt: ProfileAt, lower: Lower): Policy {
  const { apiVersion, source } = profileAt(name)?.origin ?? { apiVersion: `${CALICO_GROUP}/v3`, source: users.source };
  const ref: ResourceRef = { apiVersion, kind: 'Profile', name, source };
  const chosen = profilesSelector(lists);
  const names = [...users.namespaces].sort(compareText);
  const rules = (direction: Direction) => directions.includes(direction) && { [direction]: lower(name, direction, source) };
  return {
    ref,
    tier: PROFILES_TIER,
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
  return (name, direction, source) => {
    const key = `${direction} ${name}`;
    let rules = lowered.get(key);
    if (!rules) {
      const drafts = profileAt(name)?.rules[direction] ?? [];
      rules =
        drafts === 'allowAll'
          ? [{ action: 'Allow', peer: 'any', packets: 'any', source }]
          : lowerRules(drafts.map(withoutPass), direction, sides, undefined);
      lowered.set(key, rules);
    }
    return rules;
  };
}

/** Pass goes nowhere from the last tier: such a rule matches nothing, and keeps its place among the others (felix/bpf/polprog/pol_prog_builder.go). */
function withoutPass(draft: RuleDraft): RuleDraft {
  return draft.action === 'Pass' ? { ...draft, families: NO_FAMILIES } : draft;
}

const NO_FAMILIES: RuleDraft['families'] = new Set();
