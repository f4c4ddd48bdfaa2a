import type { Policy } from './policy';
import { PROFILES_LABEL, profilesValue, type Selector } from './selector';
import type { ResourceRef } from './source';

/*
 * Profiles (Calico's): lists of rules that an endpoint names in an order, and that decide what no policy does; where no rule of them matches, it is denied
 * (felix/rules/endpoints.go). Nearly all of them allow everything, which is what happens to an endpoint about which no tier decides, so that nothing is
 * said of them. Others are a tier, behind all others: a policy for each place that a profile has in lists, which selects the endpoints with these lists.
 * It has the directions in which they do something else than to allow everything, and acts at host endpoints on the own traffic of nodes alone.
 *
 * A rule that passes leaves its profile for the next one. Hence a list that has one is cut behind each profile with such a rule, and its parts are in
 * tiers that follow each other; only the last one denies what no rule decides.
 */

/** The name of that tier; no tier of the input can be called so. */
export const PROFILES_TIER = '(profiles)';

/** The tier of the profiles behind which so many parts of their list follow. */
export function tierOfProfiles(following: number): string {
  return following === 0 ? PROFILES_TIER : `(profiles ${following})`;
}

/** The name under which a list without any rule goes. */
export const NO_PROFILE = '(none)';

/** Is this a profile, and none of the policies that somebody wrote? */
export function isOfProfiles({ tier }: Partial<Pick<Policy, 'tier'>>): boolean {
  return tier === PROFILES_TIER || tier?.startsWith('(profiles ') === true;
}

/** The profiles among these that an endpoint names; a list without any rule has none. */
export function namedProfiles(refs: readonly ResourceRef[]): readonly ResourceRef[] {
  return refs.filter(({ kind, name }) => kind !== 'Profile' || name !== NO_PROFILE);
}

/** Chooses what has one of these lists of profiles. */
export function profilesSelector(lists: readonly (readonly string[])[]): Selector {
  return { kind: 'label', owner: 'automatic', key: PROFILES_LABEL, test: { operator: 'in', values: lists.map(profilesValue) } };
}
