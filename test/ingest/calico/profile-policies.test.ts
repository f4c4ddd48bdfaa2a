import { profileLists } from '../../../src/ingest/calico/profile-lists';
import { profilePolicies, TIER_OF_PROFILES } from '../../../src/ingest/calico/profile-policies';
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
  profile('half', { ingress: ALLOW_ALL.ingress }),
];

/** The policies of a cluster whose pods, one for each list, are in namespace `shop`, and whose host endpoints have the others. */
function policiesOf(
  lists: readonly (readonly string[] | undefined)[],
  hosts: readonly (readonly string[])[] = [],
  own?: readonly string[],
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
  return profilePolicies({ endpoints, namespaces, hostEndpoints, listOf: profileLists(profileAt), profileAt, sides });
}

function brief({ ref, order, ingress, egress }: Policy) {
  const actions = (rules: Policy['ingress']) => rules?.map(({ action, peer }) => (peer === 'any' ? action : `(${action})`)).join();
  return [ref.name, order, actions(ingress), actions(egress)];
}

test('where all profiles allow everything there is none', () => {
  expect(policiesOf([undefined, ['open'], ['open', 'web']])).toEqual([]);
});

test('a profile is a policy for each place that it has in lists, in their order', () => {
  const policies = policiesOf([['web', 'open'], ['web', 'gone'], ['gone'], []]);
  expect(policies.map(brief)).toEqual([
    ['(none)', 0, '', ''],
    ['gone', 0, '', ''],
    ['web', 0, 'Deny,(Pass),Log', 'Deny'],
    ['gone', 1, '', ''],
    ['open', 1, 'Allow', 'Allow'],
  ]);
  expect(new Set(policies.map(({ tier, hook, staged }) => `${tier} ${hook} ${staged}`))).toEqual(
    new Set([`${TIER_OF_PROFILES.name} normal false`]),
  );
});

test('a policy selects the endpoints of its lists alone: pods by namespace, host endpoints, or both', () => {
  const [web] = policiesOf([['web']], [['web', 'open']]);
  const chosen = profilesSelector([['web', 'open'], ['web']]);
  expect(web!.appliesTo).toEqual({
    kind: 'and',
    of: [{ kind: 'network', network: 'pod' }, { kind: 'inNamespace', names: ['shop'] }, chosen],
  });
  expect(web!.appliesToHosts).toEqual(chosen);
  expect(policiesOf([['web']])[0]).not.toHaveProperty('appliesToHosts');
  expect(policiesOf([], [['web']])[0]!.appliesTo).toEqual({ kind: 'none' });
});

test('the profiles of a namespace are those of its pods', () => {
  expect(policiesOf([undefined, ['open']], [], ['web']).map(brief)).toEqual([['web', 0, 'Deny,(Pass),Log', 'Deny']]);
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
