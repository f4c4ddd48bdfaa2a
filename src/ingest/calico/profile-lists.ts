import type { Direction } from '../../model/policy';
import { ALLOW_PROFILE, areSilent, DIRECTIONS, type ProfileAt } from './profiles';

/*
 * What the profiles of an endpoint come to, in their order: rule after rule of one profile after the other, until one matches; then nothing is let through.
 *
 *   a profile without rules      says nothing, and is left out of the list
 *   one that allows everything   ends the list, in the direction in which it does
 *   one that does not exist      denies everything, and ends the list (felix/calc/active_rules_calculator.go: DummyDropRules)
 *
 * A direction in which the first profile with rules allows everything is open: it is as if nobody had profiles, which is how nearly all clusters are.
 */

/** A list of profiles without what of it can never matter. The same list of it again. */
export interface ProfileList {
  readonly names: readonly string[];
  /** Directions in which it does something else than to allow everything. */
  readonly closed: readonly Direction[];
  /** The first profile of it that is not in the input, and whether it is taken to allow everything, as those of namespaces do, or to deny it. */
  readonly unknown?: { readonly name: string; readonly isOpen: boolean };
}

export type ListOf = (names: readonly string[]) => ProfileList;

/** The list of endpoints that are open where others of their namespace are not. */
export const OPEN_PROFILES: readonly string[] = Object.freeze([ALLOW_PROFILE]);

/** What becomes of a list with a profile that is not in the input, at a pod or a node. */
export function describeUnknown({ name, isOpen }: NonNullable<ProfileList['unknown']>, at: 'pod' | 'node'): string {
  if (isOpen) return `profile \`${name}\` is that of a namespace that is not in the input: it is taken to allow everything`;
  return `profile \`${name}\` is not in the input: where no policy decides, Calico denies what goes to or from the ${at}`;
}

/** Works out lists, each once: there are as many as pods, and few that differ. */
export function profileLists(profileAt: ProfileAt): ListOf {
  const known = new Map<string, ProfileList>();
  return (names) => {
    const key = JSON.stringify(names);
    let list = known.get(key);
    if (!list) {
      list = listOf(names, profileAt);
      known.set(key, list);
    }
    return list;
  };
}

function listOf(all: readonly string[], profileAt: ProfileAt): ProfileList {
  const names: string[] = [];
  const closed = new Set<Direction>();
  const left = new Set<Direction>(DIRECTIONS);
  let unknown: ProfileList['unknown'];
  for (const name of new Set(all)) {
    if (left.size === 0) break;
    const profile = profileAt(name);
    if (!profile || profile.isAssumed) unknown ??= { name, isOpen: profile !== undefined };
    if (profile && DIRECTIONS.every((direction) => areSilent(profile.rules[direction]))) continue;
    names.push(name);
    if (!profile) break;
    for (const direction of left) {
      if (profile.rules[direction] === 'allowAll') left.delete(direction);
      else if (!areSilent(profile.rules[direction])) closed.add(direction);
    }
  }
  for (const direction of left) closed.add(direction);
  return { names, closed: DIRECTIONS.filter((direction) => closed.has(direction)), ...(unknown && { unknown }) };
}
