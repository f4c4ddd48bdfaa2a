import { linkNodes, type NodeLinkParts } from '../../../src/ingest/calico/node-links';
import type { NodeDraft } from '../../../src/ingest/draft';
import type { AddressPool } from '../../../src/model/host-endpoint';
import { originOf } from '../../support/calico';
import { ingestText } from '../../support/ingest-text';

const pool = (encapsulation: AddressPool['encapsulation'], net = '10.0.0.0/8'): AddressPool => ({ net, encapsulation, natOutgoing: false });
const node = (name: string, calico?: Partial<NonNullable<NodeDraft['calico']>>): NodeDraft => ({
  kind: 'node',
  origin: originOf('Node', name),
  labels: { values: {}, unknownKeys: [], complete: true },
  addresses: [],
  internalAddresses: [],
  ...(calico && { calico: { own: [], tunnel: [], subnets: [], ...calico } }),
});
const link = (parts: Partial<NodeLinkParts>) =>
  linkNodes({ nodes: [], hostEndpoints: [], pools: [pool('always')], knowsModes: true, ...parts });

const TOLD = node('n', { tunnel: ['10.0.0.1'], subnets: ['192.168.0.0/24'] });

test('tunnels are told where a pool wraps, and subnets where one wraps across them', () => {
  expect(link({ nodes: [TOLD], pools: [] })).toEqual([]);
  expect(link({ nodes: [TOLD], pools: [pool('never')] })).toEqual([]);
  expect(link({ nodes: [TOLD] })).toEqual([{ node: 'n', subnets: [], tunnels: ['10.0.0.1'] }]);
  expect(link({ nodes: [TOLD], pools: [pool('never'), pool('acrossSubnets', 'fd00::/8')] })).toEqual([
    { node: 'n', subnets: ['192.168.0.0/24'], tunnels: ['10.0.0.1'] },
  ]);
});

test('subnets settle nothing where nobody knows whether pools wrap across them', () => {
  expect(link({ nodes: [TOLD], pools: [pool('acrossSubnets')], knowsModes: false })).toEqual([
    { node: 'n', subnets: [], tunnels: ['10.0.0.1'] },
  ]);
});

test('nodes of which nothing is told are left out, and the others are in order', () => {
  const nodes = [node('b', { tunnel: ['10.0.0.2'] }), node('c'), node('d', { own: ['192.168.0.1'] }), node('a', { tunnel: ['10.0.0.1'] })];

  expect(link({ nodes }).map((own) => own.node)).toEqual(['a', 'b']);
});

test('addresses of host endpoints out of a pool that wraps are of the tunnel, unless the node tells its own', () => {
  const host = (of: string, ...addresses: readonly string[]) => ({ node: of, addresses, isLeftOut: false });
  const hostEndpoints = [
    host('a', '192.168.0.1', '10.0.0.1'),
    host('a', '10.0.0.1', '10.0.0.2'),
    host('b', '11.0.0.1'),
    { ...host('c', '10.0.0.3'), isLeftOut: true },
    host('n', '10.0.0.9'),
  ];
  const links = link({ nodes: [node('a'), node('b'), node('c'), TOLD], hostEndpoints });

  expect(links.map(({ node: name, tunnels }) => [name, tunnels])).toEqual([
    ['a', ['10.0.0.1', '10.0.0.2']],
    ['n', ['10.0.0.1']],
  ]);
});

test('an input with nodes and pools tells it all', async () => {
  const { snapshot } = await ingestText(
    `{apiVersion: v1, kind: Node, metadata: {name: n1, annotations: {projectcalico.org/IPv4Address: 192.168.0.1/24, projectcalico.org/IPv4IPIPTunnelAddr: 10.0.0.1}}}
---
{apiVersion: projectcalico.org/v3, kind: IPPool, metadata: {name: p}, spec: {cidr: 10.0.0.0/16, ipipMode: CrossSubnet}}`,
    { cni: 'calico' },
  );

  expect(snapshot.nodeNetwork.links).toEqual([{ node: 'n1', subnets: ['192.168.0.0/24'], tunnels: ['10.0.0.1'] }]);
});

test('facts that leave the encapsulation open do so also where subnets are told', async () => {
  const { snapshot } = await ingestText(
    '{apiVersion: v1, kind: Node, metadata: {name: n1, annotations: {projectcalico.org/IPv4Address: 192.168.0.1/24, projectcalico.org/IPv4IPIPTunnelAddr: 10.0.0.1}}}',
    { cni: 'calico', natOutgoing: 'yes', podRanges: '10.0.0.0/16' },
  );

  expect(snapshot.nodeNetwork.pools).toMatchObject([{ encapsulation: 'acrossSubnets' }]);
  expect(snapshot.nodeNetwork.links).toEqual([{ node: 'n1', subnets: [], tunnels: ['10.0.0.1'] }]);
});
