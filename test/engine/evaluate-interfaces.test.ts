import {
  type Governor,
  innerGovernor,
  loopbackGovernor,
  nodeNamed,
  outwardGovernor,
  poolsOf,
  TUNNELS,
  tunnelGovernor,
} from '../../src/engine/evaluate-interfaces';
import { type ClusterBuilder, cluster } from '../support/cluster';
import { endOf, partyOf } from '../support/flow';

const node = (builder = cluster(), addresses: readonly string[] = ['192.168.0.1']) => builder.node('n', { addresses });
const eth0 = { interfaceName: 'eth0' };
const wildcard = (builder: ClusterBuilder) => builder.host('n/all');

function textOf({ hosts, unknowns }: Governor): string {
  const names = hosts.map((host) => host?.ref.name ?? 'nobody').join(' or ');
  expect(unknowns.length > 0).toBe(hosts.length > 1);
  return names;
}

const outward = (builder: ClusterBuilder) => textOf(outwardGovernor(builder.snapshot(), 'n'));
const inner = (builder: ClusterBuilder) => textOf(innerGovernor(builder.snapshot(), 'n'));
const loopback = (builder: ClusterBuilder) => textOf(loopbackGovernor(builder.snapshot(), 'n'));
const tunnel = (builder: ClusterBuilder) => textOf(tunnelGovernor(builder.snapshot(), 'n'));

describe('an interface without a host endpoint', () => {
  test('has nobody, whatever other nodes have', () => {
    const elsewhere = node().host('m/all').host('m/eth0', eth0);

    expect([outward(elsewhere), inner(elsewhere), loopback(elsewhere), tunnel(elsewhere)]).toEqual([
      'nobody',
      'nobody',
      'nobody',
      'nobody',
    ]);
    expect(outwardGovernor({}, 'n')).toEqual({ hosts: [undefined], unknowns: [] });
  });

  test('has the one of all interfaces', () => {
    const all = wildcard(node());

    expect([outward(all), inner(all), loopback(all), tunnel(all)]).toEqual(['all', 'all', 'all', 'all']);
  });
});

describe("the node's side of its pods' interfaces", () => {
  test('has no host endpoint of a named interface', () => {
    expect(inner(node().host('n/eth0', eth0).host('n/cali', { interfaceName: 'cali1' }))).toBe('nobody');
  });
});

describe('the loopback interface', () => {
  test('has its own before that of all interfaces', () => {
    expect(loopback(wildcard(node()).host('n/local', { interfaceName: 'lo' }))).toBe('local');
    expect(loopback(node().host('n/eth0', eth0))).toBe('nobody');
  });
});

describe('the tunnel', () => {
  test.each(TUNNELS)('has the one named %s before that of all interfaces', (interfaceName) => {
    expect(tunnel(wildcard(node()).host('n/wrap', { interfaceName }))).toBe('wrap');
  });

  test('may be either of two named ones', () => {
    expect(tunnel(wildcard(node()).host('n/a', { interfaceName: 'tunl0' }).host('n/b', { interfaceName: 'vxlan.calico' }))).toBe('a or b');
  });

  test('has not the one of an outward interface', () => {
    expect(tunnel(node().host('n/eth0', eth0))).toBe('nobody');
  });
});

describe('the outward interface', () => {
  test('may be any of several that have addresses of the node, each with the first one there', () => {
    const two = wildcard(node(cluster(), ['192.168.0.1', '192.168.1.1']))
      .host('n/a', { addresses: ['192.168.1.1'], interfaceName: 'eth1' })
      .host('n/b', { addresses: ['192.168.0.1', '192.168.1.1'], interfaceName: 'eth0' });

    expect(outward(two)).toBe('b or a');
    expect(
      outward(
        node(cluster(), ['192.168.1.1'])
          .host('n/a', { addresses: ['192.168.1.1'] })
          .host('n/b', { addresses: ['192.168.1.1'] }),
      ),
    ).toBe('a');
  });

  test('has the one that has an address of the node, before one without addresses and before that of all interfaces', () => {
    const hosts = wildcard(node())
      .host('n/a', { interfaceName: 'eth1' })
      .host('n/b', { interfaceName: 'eth0', addresses: ['192.168.0.1'] });

    expect(outward(hosts)).toBe('b');
    expect(outward(wildcard(node()).host('n/b', { interfaceName: '', addresses: ['10.9.9.9', '192.168.0.1'] }))).toBe('b');
  });

  test('has the first by name of several that have addresses of the node', () => {
    const both = { interfaceName: '', addresses: ['192.168.0.1'] };

    expect(outward(node().host('n/b', both).host('n/a', both))).toBe('a');
  });

  test('has the only named one without addresses', () => {
    expect(outward(wildcard(node()).host('n/eth0', eth0))).toBe('eth0');
  });

  test('has one of several named ones without addresses, or that of all interfaces', () => {
    const two = node().host('n/a', eth0).host('n/b', { interfaceName: 'eth1' });

    expect(outward(two)).toBe('a or b or nobody');
    expect(outward(wildcard(two))).toBe('a or b or all');
  });

  test('has not one with other addresses than the node', () => {
    const other = { interfaceName: 'eth1', addresses: ['172.16.0.1'] };

    expect(outward(node().host('n/b', other))).toBe('nobody');
    expect(outward(wildcard(node()).host('n/b', other))).toBe('all');
    expect(outward(node().host('n/b', other).host('n/a', eth0))).toBe('a');
  });

  test('has neither that of the loopback interface nor those of tunnels', () => {
    const named = ['lo', ...TUNNELS].reduce((builder, interfaceName, index) => builder.host(`n/h${index}`, { interfaceName }), node());

    expect(outward(named)).toBe('nobody');
    expect(outward(wildcard(named))).toBe('all');
  });

  test('of a node whose addresses are not known has its only named one, with whatever addresses', () => {
    const unknown = () => cluster().node('n', { addresses: [] });

    expect(outward(wildcard(unknown()).host('n/b', { interfaceName: 'eth0', addresses: ['172.16.0.1'] }))).toBe('b');
    expect(outward(cluster().host('n/b', { interfaceName: '', addresses: ['172.16.0.1'] }))).toBe('b');
    expect(outward(unknown().host('n/a', eth0).host('n/b', { interfaceName: 'eth1' }))).toBe('a or b or nobody');
    const byAddress = (address: string) => ({ interfaceName: '', addresses: [address] });
    expect(outward(unknown().host('n/a', byAddress('10.9.0.1')).host('n/b', byAddress('10.9.0.2')))).toBe('a or b or nobody');
  });
});

test('the pool of each address is known', () => {
  const pool = (net: string) => ({ net, encapsulation: 'always' as const, natOutgoing: false });
  const [first, second] = [pool('10.0.0.0/24'), pool('10.0.1.0/24')];
  const snapshot = node()
    .network({ pools: [first, second] })
    .pod('shop/web', {}, { addresses: ['10.0.1.1', '10.0.0.1', '10.0.2.1'] })
    .pod('shop/none', {}, { addresses: [], addressRanges: [] })
    .snapshot();

  expect(poolsOf(snapshot, partyOf(snapshot, endOf(snapshot, 'shop/web')), 4)).toEqual([second, first, undefined]);
  expect(poolsOf(snapshot, partyOf(snapshot, endOf(snapshot, 'shop/none')), 4)).toEqual([undefined]);
});

test('a node is found by its name, and no pod is', () => {
  const snapshot = node().pod('shop/m').snapshot();

  expect(nodeNamed(snapshot, 'n')?.kind).toBe('node');
  expect(nodeNamed(snapshot, 'm')).toBeUndefined();
  expect(nodeNamed({}, 'n')).toBeUndefined();
});
