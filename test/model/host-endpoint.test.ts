import { droppedPeer, type HostEndpoint, hostSubject, isFailsafeOf, linkOf } from '../../src/model/host-endpoint';
import { NO_LABELS } from '../../src/model/selector';

test.each([
  [undefined, true],
  [['n1'], true],
  [['n2', 'n3'], false],
  [[], false],
])('a failsafe port with nodes %j counts on one of them: %s', (nodes, counts) => {
  expect(isFailsafeOf({ protocol: 'TCP', port: [22, 22], ...(nodes && { nodes }) }, 'n1')).toBe(counts);
});

test('selectors see the labels of a host endpoint, and its profiles where these have rules', () => {
  const host: HostEndpoint = {
    ref: { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', name: 'n1', source: { file: 'a.yaml', document: 1, line: 1 } },
    node: 'n1',
    interfaceName: '*',
    addresses: [],
    labels: NO_LABELS,
    ports: [],
    profileAction: 'Deny',
  };
  expect(hostSubject(host)).toEqual({ labels: NO_LABELS, network: 'host' });
  expect(hostSubject({ ...host, profiles: ['a'] })).toEqual({ labels: NO_LABELS, network: 'host', profiles: ['a'] });
});

test('what is told of a node is found by its name', () => {
  const links = ['n1', 'n2', '__proto__'].map((node) => ({ node, subnets: [], tunnels: [] }));

  expect(['n2', '__proto__', 'n1', 'constructor', undefined].map((node) => linkOf({ links }, node))).toEqual([
    links[1],
    links[2],
    links[0],
    undefined,
    undefined,
  ]);
  expect(linkOf({}, 'n1')).toBeUndefined();
});

test('what nodes drop is of everybody in a family but hosts and whoever is exempt', () => {
  const drop = { packets: { protocol: 'UDP', ports: [[4789, 4789]] }, exempt: ['192.0.2.0/24'] } as const;
  expect(droppedPeer({ ...drop, family: 4 })).toEqual({
    notSelector: { kind: 'network', network: 'host' },
    nets: ['0.0.0.0/0'],
    notNets: ['192.0.2.0/24'],
    netsSeePods: 'yes',
  });
  expect(droppedPeer({ ...drop, family: 6 }, 'no')).toMatchObject({ nets: ['::/0'], netsSeePods: 'no' });
});
