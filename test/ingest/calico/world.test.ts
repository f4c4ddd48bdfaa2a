import { formatNets } from '../../../src/ingest/calico/nets';
import { ALLOW_PROFILE, profileIndex } from '../../../src/ingest/calico/profiles';
import { hostEndpoint, namespace, networkSet, profile, worldOf } from '../../support/calico';

const SETS = [
  networkSet(
    'local',
    [
      ['role', 'x'],
      ['pcns.zone', 'own'],
    ],
    ['10.0.0.0/8'],
    'shop',
  ),
  networkSet('other', [['role', 'x']], ['11.0.0.0/8'], 'missing'),
  networkSet('global', [['role', 'x']], ['12.0.0.0/8']),
];
const NAMESPACES = [namespace('shop', { zone: 'east', tier: 'a' }), namespace('missing', {}, false)];

function chosen(text: string) {
  const world = worldOf({ networkSets: SETS, namespaces: NAMESPACES });
  const matches = world.sides.labelled(world.selectors.expression(text));
  return matches.map(({ labelled: { name }, unknowns }) => name + (unknowns.length > 0 ? '?' : ''));
}

test.each([
  ["role == 'x'", ['local', 'other', 'global']],
  ["projectcalico.org/namespace == 'shop'", ['local']],
  ['has(projectcalico.org/namespace)', ['local', 'other']],
  ['!has(projectcalico.org/namespace)', ['global']],
  ['has(projectcalico.org/orchestrator)', []],
  ["pcns.tier == 'a'", ['local', 'other?']],
  ["pcns.zone == 'own'", ['local', 'other?']],
  ["pcns.projectcalico.org/name == 'missing'", ['other']],
  ['!has(pcns.tier)', ['other?', 'global']],
])('network sets with %s are %j', (text, names) => {
  expect(chosen(text)).toEqual(names);
});

test('what a set in a namespace that is not in the input depends on is the label of that namespace', () => {
  const world = worldOf({ networkSets: SETS, namespaces: NAMESPACES });
  const [match] = world.sides.labelled(world.selectors.expression("pcns.tier == 'b'"));

  expect(match!.unknowns).toEqual([{ kind: 'namespace-labels', text: 'label `tier` of namespace `missing`, which is not in the input' }]);
});

test('a host endpoint is chosen by its labels and those of its profiles, of which its own and then the earlier win', () => {
  const world = worldOf({
    hostEndpoints: [
      hostEndpoint('n1', { labels: [['role', 'node']], profiles: ['first', 'second', ALLOW_PROFILE], addresses: ['10.0.0.1', 'fd00::1'] }),
      hostEndpoint('bad', { isLeftOut: true }),
    ],
    profileAt: profileIndex(
      [profile('second', { labelsToApply: { role: 'x', zone: '2', rack: '2' } }), profile('first', { labelsToApply: { zone: '1' } })],
      [],
    ),
  });
  const hosts = (text: string) => world.hosts(world.selectors.expression(text)).map(({ name }) => name);

  expect(hosts("role == 'node' && zone == '1' && rack == '2'")).toEqual(['n1']);
  expect(hosts("role == 'x'")).toEqual([]);
  expect(hosts('all()')).toEqual(['n1']);
  expect(world.sides.hosts.map(({ nets }) => formatNets(nets))).toEqual([['10.0.0.1/32', 'fd00::1/128']]);
});

test.each([
  [[], [false, false]],
  [[{ kind: 'pod', network: 'pod', node: 'n1' }], [true, false]],
  // Where nobody knows the node, it may be any of them.
  [[{ kind: 'template', network: 'pod' }], [true, true]],
  [
    [
      { kind: 'pod', network: 'host', node: 'n1' },
      { kind: 'node', network: 'host', node: 'n2' },
      { kind: 'newPod', network: 'pod' },
    ],
    [false, false],
  ],
] as const)('which nodes have pods is known from where these run: %j', (endpoints, expected) => {
  const { mayHavePods } = worldOf({ endpoints });
  expect(['n1', 'n2'].map(mayHavePods)).toEqual(expected);
});
