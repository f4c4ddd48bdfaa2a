import { profileLists } from '../../../src/ingest/calico/profile-lists';
import { profilePolicies } from '../../../src/ingest/calico/profile-policies';
import { profileIndex } from '../../../src/ingest/calico/profiles';
import type { HostEndpoint } from '../../../src/model/host-endpoint';
import type { Policy } from '../../../src/model/policy';
import { profilesSelector } from '../../../src/model/profiles';
import { NO_LABELS } from '../../../src/model/selector';
import { ALLOW_ALL, namespace, profile, worldOf } from '../../support/calico';
import { cluster } from '../../support/cluster';

const TCP_80 = { protocol: 'TCP', destination: { ports: [80] } };
const PROFILES = [
  profile('web', { ingress: [{ action: 'Deny', ...TCP_80 }, { action: 'Pass' }, { action: 'Log' }], egress: [{ action: 'Deny' }] }),
  profile('open', ALLOW_ALL),
  profile('logs', { ingress: [{ action: 'Log' }], egress: [{ action: 'Deny' }] }),
  profile('half', { ingress: ALLOW_ALL.ingress }),
  profile('more', { egress: [{ action: 'Pass', ...TCP_80 }] }),
];

/** The tiers and policies of a cluster whose pods, one for each list, are in namespace `shop`, and whose host endpoints have the others. */
function made(
  lists: readonly (readonly string[] | undefined)[],
  hosts: readonly (readonly string[])[] = [],
  { own, isEbpf = false }: { readonly own?: readonly string[]; readonly isEbpf?: boolean } = {},
) {
  const builder = lists.reduce(
    (made, profiles, index) => made.pod(`shop/p${index}`, {}, profiles ? { profiles } : {}),
    cluster().pod('shop/host', {}, { network: 'host', profiles: ['web'] }),
  );
  const { endpoints } = builder.snapshot();
  const profileAt = profileIndex(PROFILES, [namespace('shop')]);
  const hostEndpoints = hosts.map(
    (profiles, index): HostEndpoint => ({
      ref: {
        apiVersion: 'projectcalico.org/v3',
        kind: 'HostEndpoint',
        name: `h${index}`,
        source: { file: 'hosts.yaml', document: 1, line: index + 1 },
      },
      node: 'n1',
      interfaceName: 'eth0',
      addresses: [],
      labels: NO_LABELS,
      ports: [],
      profileAction: 'Deny',
      profiles,
    }),
  );
  const namespaces = [{ ...namespace('shop'), ...(own && { profiles: own }) }];
  const { sides } = worldOf();
  return profilePolicies({ endpoints, namespaces, hostEndpoints, listOf: profileLists(profileAt), profileAt, sides, isEbpf });
}

function policiesOf(...cluster: Parameters<typeof made>): readonly Policy[] {
  return made(...cluster).policies;
}

function brief({ ref, order, ingress, egress }: Policy) {
  const actions = (rules: Policy['ingress']) => rules?.map(({ action }) => action).join();
  return [ref.name, order, actions(ingress), actions(egress)];
}

test('where all profiles allow everything there is none', () => {
  expect(made([undefined, ['open'], ['open', 'web']])).toEqual({ tiers: [], policies: [] });
});

test('a profile is a policy for each place that it has in lists, in their order', () => {
  const { tiers, policies } = made([['logs', 'open'], ['logs', 'gone'], ['gone'], []]);
  expect(policies.map(brief)).toEqual([
    ['(none)', 0, '', ''],
    ['gone', 0, '', ''],
    ['logs', 0, 'Log', 'Deny'],
    ['gone', 1, '', ''],
    ['open', 1, 'Allow', 'Allow'],
  ]);
  expect(new Set(policies.map(({ tier, hook, staged }) => `${tier} ${hook} ${staged}`))).toEqual(new Set(['(profiles) normal false']));
  expect(tiers).toEqual([{ name: '(profiles)', order: Number.POSITIVE_INFINITY, defaultAction: 'Deny' }]);
});

test('a list goes on in a tier of its own behind each profile with a rule that passes, and only the last tier denies', () => {
  const { tiers, policies } = made([['logs', 'web', 'open'], ['more', 'web', 'logs', 'gone'], ['logs']]);
  const byTier = (name: string) => policies.filter(({ tier }) => tier === name).map(brief);
  expect(tiers.map(({ name, defaultAction }) => [name, defaultAction])).toEqual([
    ['(profiles 2)', 'Pass'],
    ['(profiles 1)', 'Pass'],
    ['(profiles)', 'Deny'],
  ]);
  expect(byTier('(profiles 2)')).toEqual([['more', 0, '', 'Pass']]);
  expect(byTier('(profiles 1)')).toEqual([
    ['logs', 0, 'Log', 'Deny'],
    ['web', 1, 'Deny,Pass,Log', 'Deny'],
  ]);
  expect(byTier('(profiles)')).toEqual([
    ['logs', 0, 'Log', 'Deny'],
    ['logs', 2, 'Log', 'Deny'],
    ['open', 2, 'Allow', 'Allow'],
    ['gone', 3, '', ''],
  ]);
});

test('behind the last profile nothing allows, so that Pass denies there; in the eBPF dataplane it does everywhere', () => {
  const last = ['web', 0, 'Deny,Deny,Log', 'Deny'];
  expect(policiesOf([['web']]).map(brief)).toEqual([last]);
  const { tiers, policies } = made([['web', 'open']], [], { isEbpf: true });
  expect(tiers.map(({ name }) => name)).toEqual(['(profiles)']);
  expect(policies.map(brief)).toEqual([last, ['open', 1, 'Allow', 'Allow']]);
});

test('a policy selects the endpoints of its lists alone: pods by namespace, host endpoints, or both', () => {
  const [web] = policiesOf([['logs']], [['logs', 'open']]);
  const chosen = profilesSelector([['logs', 'open'], ['logs']]);
  expect(web!.appliesTo).toEqual({
    kind: 'and',
    of: [{ kind: 'network', network: 'pod' }, { kind: 'inNamespace', names: ['shop'] }, chosen],
  });
  expect(web!.appliesToHosts).toEqual(chosen);
  expect(policiesOf([['web']])[0]).not.toHaveProperty('appliesToHosts');
  expect(policiesOf([], [['web']])[0]!.appliesTo).toEqual({ kind: 'none' });
});

test('the profiles of a namespace are those of its pods', () => {
  expect(policiesOf([undefined, ['open']], [], { own: ['logs'] }).map(brief)).toEqual([['logs', 0, 'Log', 'Deny']]);
});

test('a direction in which a list allows everything is left alone', () => {
  expect(policiesOf([['half', 'web']]).map(brief)).toEqual([
    ['half', 0, undefined, ''],
    ['web', 1, undefined, 'Deny'],
  ]);
});

test('a profile is where it is written, and one that is not where it is named', () => {
  const [gone, web] = policiesOf([], [['gone'], ['web']]);
  expect(gone!.ref).toEqual({
    apiVersion: 'projectcalico.org/v3',
    kind: 'Profile',
    name: 'gone',
    source: { file: 'hosts.yaml', document: 1, line: 1 },
  });
  expect(web!.ref).toMatchObject({ name: 'web', source: { file: 'all.yaml' } });
});
