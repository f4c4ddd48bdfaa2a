import { withHostNodes } from '../../../src/ingest/calico/host-nodes';
import type { AddressPoolDraft, HostEndpointDraft, NodeDraft } from '../../../src/ingest/draft';
import { NO_LABELS } from '../../../src/model/selector';
import { hostEndpoint, originOf } from '../../support/calico';

const node = (name: string, ...addresses: readonly string[]): NodeDraft => ({
  kind: 'node',
  origin: originOf('Node', name),
  labels: NO_LABELS,
  addresses,
  internalAddresses: addresses,
});
const pool = (net: string): AddressPoolDraft => ({
  kind: 'addressPool',
  origin: originOf('IPPool', 'pods'),
  pool: { net, encapsulation: 'always', natOutgoing: true },
  wraps: ['ipip'],
});

function nodesOf(nodes: readonly NodeDraft[], hostEndpoints: readonly HostEndpointDraft[], pools: readonly AddressPoolDraft[] = []) {
  const told: string[] = [];
  const all = withHostNodes({ nodes, hostEndpoints, pools }, ({ code, message, resource }) => told.push(`${code} ${resource}: ${message}`));
  return { all, told, addresses: Object.fromEntries(all.map(({ origin, addresses }) => [origin.name, addresses])) };
}

test('a node that only host endpoints name has their addresses, and labels that nobody knows', () => {
  const { all, told } = nodesOf(
    [],
    [hostEndpoint('n1-eth0'), hostEndpoint('n1-eth1', { interfaceName: 'eth1', addresses: ['10.0.1.1', '10.0.0.1'] })],
  );

  expect(all).toEqual([
    {
      kind: 'node',
      origin: { ...originOf('HostEndpoint', 'n1-eth0', undefined, 'v1'), group: '', kind: 'Node', name: 'n1' },
      labels: { values: {}, unknownKeys: [], complete: false },
      addresses: ['10.0.0.1', '10.0.1.1'],
      internalAddresses: [],
    },
  ]);
  expect(told).toEqual([
    'node-assumed n1-eth0[HostEndpoint]: node `n1` is not in the input: the addresses of host endpoints are taken as those of their nodes',
  ]);
});

test('several are made in the order of their names, and told at once', () => {
  const { all, told } = nodesOf(
    [node('n2', '10.0.0.2')],
    [hostEndpoint('c', { node: 'n3', addresses: [] }), hostEndpoint('b', { node: 'n2' }), hostEndpoint('a')],
  );

  expect(all.map(({ origin, addresses }) => [origin.name, addresses])).toEqual([
    ['n2', ['10.0.0.2']],
    ['n1', ['10.0.0.1']],
    ['n3', []],
  ]);
  expect(told).toEqual([expect.stringContaining('node `n1` and 1 more with host endpoints are not in the input')]);
});

test('a Node that tells no address has those of its host endpoints, and one that does keeps its own', () => {
  const { addresses, told } = nodesOf(
    [node('n1'), node('n2', '10.9.9.9'), node('n3')],
    [hostEndpoint('a'), hostEndpoint('b', { node: 'n2', addresses: ['10.0.0.2'] })],
  );

  expect(addresses).toEqual({ n1: ['10.0.0.1'], n2: ['10.9.9.9'], n3: [] });
  expect(told).toEqual([]);
});

test('addresses of tunnels are not the node’s, unless it has no others', () => {
  const hosts = [
    hostEndpoint('a', { addresses: ['192.168.0.1', '10.0.0.1'] }),
    hostEndpoint('b', { node: 'n2', addresses: ['192.168.0.2'] }),
  ];
  expect(nodesOf([], hosts, [pool('192.168.0.0/16')]).addresses).toEqual({ n1: ['10.0.0.1'], n2: ['192.168.0.2'] });
});

test('a host endpoint that Calico would not have tells of no node', () => {
  expect(nodesOf([], [hostEndpoint('a', { isLeftOut: true })])).toMatchObject({ all: [], told: [] });
});
