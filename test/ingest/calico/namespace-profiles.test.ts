import { withProfiles } from '../../../src/ingest/calico/namespace-profiles';
import { profileLists } from '../../../src/ingest/calico/profile-lists';
import { type Profile, profileIndex } from '../../../src/ingest/calico/profiles';
import type { LinkedNamespace } from '../../../src/ingest/link/namespaces';
import { ALLOW_ALL, namespace, profile } from '../../support/calico';

const SOURCE = { file: 'all.yaml', document: 1, line: 1 };
const LINKED: readonly LinkedNamespace[] = ['blog', 'shop'].map((name) => ({ namespace: namespace(name), source: SOURCE }));

function profilesOf(...written: readonly Profile[]) {
  const told: string[] = [];
  const profileAt = profileIndex(
    written,
    LINKED.map((one) => one.namespace),
  );
  const found = withProfiles(LINKED, { profileAt, listOf: profileLists(profileAt) }, written, ({ code, resource }) =>
    told.push(`${code} ${resource}`),
  );
  return { profiles: found.map((one) => one.namespace.profiles), found, told };
}

test('namespaces have profiles where somebody wrote others than Calico makes', () => {
  expect(profilesOf(profile('kns.shop', { ingress: [{ action: 'Deny' }] }))).toMatchObject({
    profiles: [undefined, ['kns.shop']],
    told: [],
  });
  expect(profilesOf(profile('kns.shop', {})).profiles).toEqual([undefined, []]);
});

test('nothing is made of what Calico lists, nor of other profiles', () => {
  expect(profilesOf(profile('kns.shop', ALLOW_ALL), profile('ksa.shop.robot', {})).found).toEqual(LINKED);
  expect(profilesOf(profile('mine', {})).found).toBe(LINKED);
});

test('rules of a service account’s profile are told where they would be asked', () => {
  const robot = profile('ksa.shop.robot', { ingress: [{ action: 'Deny' }] });
  expect(profilesOf(profile('kns.shop', {}), robot).told).toEqual(['partly-modelled ksa.shop.robot[Profile]']);
  expect(profilesOf(profile('kns.blog', {}), robot).told).toEqual([]);
  expect(profilesOf(robot).told).toEqual([]);
});

test('labels that the Namespace does not have are told, and those that Calico derives from it are not', () => {
  const labelled = (labelsToApply: Readonly<Record<string, string>>) => profile('kns.shop', { ...ALLOW_ALL, labelsToApply });
  expect(profilesOf(labelled({ 'pcns.projectcalico.org/name': 'shop' })).told).toEqual([]);
  expect(profilesOf(labelled({ 'pcns.zone': 'x' })).told).toEqual(['partly-modelled kns.shop[Profile]']);
  expect(profilesOf(profile('kns.elsewhere', { labelsToApply: { 'pcns.zone': 'x' } })).told).toEqual([]);
});
