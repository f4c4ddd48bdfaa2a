import { isOfProfiles, NO_PROFILE, namedProfiles, PROFILES_TIER, profilesSelector, tierOfProfiles } from '../../src/model/profiles';
import { matchSelector, NO_LABELS, type SelectorSubject } from '../../src/model/selector';

const HOST: SelectorSubject = { labels: NO_LABELS, network: 'host' };
const POD: SelectorSubject = { labels: NO_LABELS, network: 'pod', namespace: { name: 'shop', labels: NO_LABELS } };

test.each<[readonly string[] | undefined, 'yes' | 'no']>([
  [['a', 'b'], 'yes'],
  [[], 'yes'],
  [['b', 'a'], 'no'],
  [['a'], 'no'],
  [['a,b'], 'no'],
  [undefined, 'no'],
])('the lists [a, b] and [] choose a pod and a host endpoint with profiles %j: %s', (profiles, truth) => {
  const chosen = profilesSelector([['a', 'b'], []]);
  expect(matchSelector(chosen, { ...POD, ...(profiles && { profiles }) }).truth).toBe(truth);
  expect(matchSelector(chosen, { ...HOST, ...(profiles && { profiles }) }).truth).toBe(truth);
});

test('a pod has the profiles of its namespace, unless it has others; what is on its node’s network has none', () => {
  const namespace = { name: 'shop', labels: NO_LABELS, profiles: ['a'] };
  const chosen = profilesSelector([['a']]);
  expect(matchSelector(chosen, { ...POD, namespace }).truth).toBe('yes');
  expect(matchSelector(chosen, { ...POD, namespace, profiles: ['b'] }).truth).toBe('no');
  expect(matchSelector(chosen, { ...HOST, namespace }).truth).toBe('no');
});

test('a label of the pod cannot pass for its profiles', () => {
  const labels = { ...NO_LABELS, values: { '(profiles)': '["a"]' } };
  expect(matchSelector(profilesSelector([['a']]), { ...POD, labels }).truth).toBe('no');
});

test('parts of lists have tiers that nobody can make, the last one the name that it has where lists have one part', () => {
  expect([0, 1, 12].map(tierOfProfiles)).toEqual([PROFILES_TIER, '(profiles 1)', '(profiles 12)']);
  expect([0, 1, 12].every((following) => isOfProfiles({ tier: tierOfProfiles(following) }))).toBe(true);
});

test('a profile is told from policies by its tier, and from a list without any by its name', () => {
  expect([PROFILES_TIER, 'default', undefined].map((tier) => isOfProfiles(tier === undefined ? {} : { tier }))).toEqual([
    true,
    false,
    false,
  ]);
  const ref = { apiVersion: 'projectcalico.org/v3', source: { file: 'a.yaml', document: 1, line: 1 } };
  const refs = [
    { ...ref, kind: 'Profile', name: NO_PROFILE },
    { ...ref, kind: 'Profile', name: 'base' },
    { ...ref, kind: 'Other', name: NO_PROFILE },
  ];
  expect(namedProfiles(refs)).toEqual(refs.slice(1));
});
