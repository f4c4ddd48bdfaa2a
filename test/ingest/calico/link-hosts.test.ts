import { hostLabels, linkHostEndpoints } from '../../../src/ingest/calico/link-hosts';
import { profileLists } from '../../../src/ingest/calico/profile-lists';
import { ALLOW_PROFILE, profileIndex } from '../../../src/ingest/calico/profiles';
import type { HostEndpointDraft } from '../../../src/ingest/draft';
import type { Diagnostic } from '../../../src/model/diagnostic';
import { ALLOW_ALL, hostEndpoint, namespace, profile } from '../../support/calico';

const profileAt = profileIndex(
  [
    profile('open', { ...ALLOW_ALL, labelsToApply: { role: 'open' } }),
    profile('quiet', { labelsToApply: { role: 'quiet', rack: '1' } }),
    profile('odd', { ...ALLOW_ALL, ingress: [{ action: 'Deny' }] }),
    profile('in', { ingress: [{ action: 'Allow', protocol: 'TCP' }] }),
  ],
  [namespace('shop')],
);

function link(drafts: readonly HostEndpointDraft[]) {
  const told: string[] = [];
  const report = ({ code, resource }: Diagnostic) => told.push(`${code} ${resource}`);
  const hosts = linkHostEndpoints(drafts, { profileAt, listOf: profileLists(profileAt) }, report);
  return { hosts, names: hosts.map(({ ref }) => ref.name), told };
}

test('a host endpoint is whole', () => {
  const ports = [{ name: 'http', protocol: 'TCP', port: 80 }] as const;
  const { hosts, told } = link([hostEndpoint('n1', { labels: [['role', 'node']], profiles: ['quiet'], ports })]);

  expect(hosts).toEqual([
    {
      ref: { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', name: 'n1', source: { file: 'all.yaml', document: 1, line: 1 } },
      node: 'n1',
      interfaceName: 'eth0',
      addresses: ['10.0.0.1'],
      labels: { values: { rack: '1', role: 'node' }, unknownKeys: [], complete: true },
      ports,
      profileAction: 'Deny',
    },
  ]);
  expect(told).toEqual([]);
});

test('host endpoints go by node and name, and what Calico would not have is none', () => {
  const drafts = [
    hostEndpoint('b', { node: 'n2' }),
    hostEndpoint('c', { node: 'n1', isLeftOut: true }),
    hostEndpoint('d', { node: 'n1', interfaceName: 'eth1' }),
    hostEndpoint('a', { node: 'n2', interfaceName: '*' }),
    hostEndpoint('z', { node: 'n1', interfaceName: 'eth0' }),
  ];
  expect(link(drafts).names).toEqual(['d', 'z', 'a', 'b']);
});

describe('of several at one place the one with the smallest name acts', () => {
  const byAddress = (name: string, ...addresses: readonly string[]) => hostEndpoint(name, { interfaceName: '', addresses });

  test.each([
    ['one interface', [hostEndpoint('b-eth0'), hostEndpoint('a-eth0')], ['a-eth0'], ['b-eth0']],
    ['one interface of two nodes', [hostEndpoint('b', { node: 'n2' }), hostEndpoint('a')], ['a', 'b'], []],
    ['two interfaces', [hostEndpoint('a'), hostEndpoint('b', { interfaceName: 'eth1' })], ['a', 'b'], []],
    ['all interfaces', [hostEndpoint('b', { interfaceName: '*' }), hostEndpoint('a', { interfaceName: '*' })], ['a'], ['b']],
    ['one interface and all', [hostEndpoint('b', { interfaceName: '*' }), hostEndpoint('a')], ['a', 'b'], []],
    ['one address', [byAddress('b', '10.0.0.1'), byAddress('a', '10.0.0.1', 'fd00::1')], ['a'], ['b']],
    ['one of two addresses', [byAddress('b', '10.0.0.1', '10.0.0.2'), byAddress('a', '10.0.0.1')], ['a', 'b'], []],
    [
      'two addresses that two others have',
      [byAddress('c', '10.0.0.1', '10.0.0.2'), byAddress('a', '10.0.0.1'), byAddress('b', '10.0.0.2')],
      ['a', 'b'],
      ['c'],
    ],
    // An interface by name may be another one than that of the address.
    ['an address and a name', [byAddress('b', '10.0.0.1'), hostEndpoint('a')], ['a', 'b'], []],
  ])('%s', (_case, drafts, acting, told) => {
    expect(link(drafts)).toMatchObject({ names: acting, told: told.map((name) => `without-effect ${name}[HostEndpoint]`) });
  });
});

describe('where no policy decides', () => {
  test.each([
    [[], 'Deny', undefined, []],
    [[ALLOW_PROFILE], 'Allow', undefined, []],
    [['open'], 'Allow', undefined, []],
    [['quiet'], 'Deny', undefined, []],
    [['quiet', 'open'], 'Allow', undefined, []],
    [['kns.shop'], 'Allow', undefined, []],
    [['ksa.shop.runner', ALLOW_PROFILE], 'Allow', undefined, []],
    // In one direction its rules decide, in the other one everything is allowed.
    [['quiet', 'odd', ALLOW_PROFILE], 'Allow', ['odd', ALLOW_PROFILE], []],
    [['in'], 'Deny', ['in'], []],
    [['in', 'gone', 'odd'], 'Deny', ['in', 'gone'], ['profile-missing']],
    [['gone', ALLOW_PROFILE], 'Deny', undefined, ['profile-missing']],
    [['kns.gone'], 'Allow', undefined, ['profile-missing']],
  ] as const)('profiles %j say %s, or have rules: %j', (profiles, action, withRules, codes) => {
    const { hosts, told } = link([hostEndpoint('n1', { profiles })]);

    expect(hosts[0]!.profileAction).toBe(action);
    expect(hosts[0]!.profiles).toEqual(withRules);
    expect(told.map((text) => text.split(' ')[0])).toEqual(codes);
  });
});

test('own labels win over those of profiles, and of profiles the earlier', () => {
  const draft = hostEndpoint('n1', {
    labels: [
      ['zone', 'a'],
      ['rack', '7'],
    ],
    profiles: ['open', 'quiet', 'gone'],
  });

  expect(hostLabels(draft, profileAt)).toEqual([
    ['rack', '7'],
    ['role', 'open'],
    ['zone', 'a'],
  ]);
});
