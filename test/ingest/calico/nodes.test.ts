import { readCalicoNode } from '../../../src/ingest/calico/nodes';
import { originOf, readingOfObject } from '../../support/calico';

const ORIGIN = originOf('Node', 'n1');

function read(spec: unknown, labels = {}) {
  const { reading, problems } = readingOfObject({ metadata: { labels }, spec });
  return { node: readCalicoNode(reading, ORIGIN), problems };
}

test('a node is read with its own addresses and those of its tunnels', () => {
  const { node, problems } = read(
    {
      addresses: [{ address: '10.0.0.1/24', type: 'CalicoNodeIP' }, { address: '10.0.0.9', type: 'InternalIP' }, { address: 'fd00::9' }],
      bgp: { ipv4Address: '10.0.0.1/24', ipv6Address: 'FD00::1/64', ipv4IPIPTunnelAddr: '192.168.0.1' },
      ipv4VXLANTunnelAddr: '192.168.0.2',
      ipv6VXLANTunnelAddr: 'fd01::2',
      wireguard: { interfaceIPv4Address: '192.168.0.3', interfaceIPv6Address: 'fd01::3' },
    },
    { rack: '1' },
  );

  expect(node).toEqual({
    kind: 'node',
    origin: ORIGIN,
    labels: { values: { rack: '1' }, unknownKeys: [], complete: true },
    addresses: ['10.0.0.1', 'fd00::1', '10.0.0.9', 'fd00::9'],
    internalAddresses: ['10.0.0.9'],
    calico: {
      own: ['10.0.0.1', 'fd00::1'],
      tunnel: ['192.168.0.1', '192.168.0.2', 'fd01::2', '192.168.0.3', 'fd01::3'],
      subnets: ['10.0.0.0/24', 'fd00::/64'],
    },
  });
  expect(problems).toEqual([]);
});

test.each([[undefined], [{}], [{ bgp: {}, addresses: [] }]])('%j tells no address', (spec) => {
  const { node, problems } = read(spec);
  expect(node).toMatchObject({ addresses: [], internalAddresses: [] });
  expect(node).not.toHaveProperty('calico');
  expect(problems).toEqual([]);
});

test('what is no address is told', () => {
  const { node, problems } = read({ bgp: { ipv4Address: 'n1/24' } });
  expect(node.addresses).toEqual([]);
  expect(problems).toEqual(['bad-address `spec` holds `n1/24`, which is no IP address']);
});

test('an address without a prefix tells no subnet', () => {
  expect(read({ bgp: { ipv4Address: '10.0.0.1', ipv6Address: 'fd00::1/126' } }).node.calico!.subnets).toEqual(['fd00::/126']);
});
