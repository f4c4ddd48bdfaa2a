import { reachByDoor, reachFromOutside } from '../../../src/engine/index';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Packet } from '../../../src/model/verdict';
import { formatRange, parseRange } from '../../../src/util/address-set';
import { allow, block, cluster, deny } from '../../support/cluster';
import { doorTester, service, withDoors } from '../../support/door-cluster';
import { endOf } from '../../support/flow';

function shop(nodesReachableFrom: 'internet' | 'unknown' = 'internet') {
  return cluster({ nodesReachableFrom, podRanges: ['10.0.0.0/16'] })
    .node('n1', { addresses: ['192.0.2.11'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] });
}

function reach(snapshot: Snapshot, clients: string, packet: Packet = { protocol: 'TCP', port: 8080 }, to = 'shop/front') {
  return reachFromOutside(doorTester(snapshot).analysis, [parseRange(clients)!], endOf(snapshot, to) as number, packet);
}

const NODE_PORT = service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]] });
const BALANCER = service('shop/front', { loadBalancer: { sourceRanges: ['203.0.113.0/24'], allocatesNodePorts: false } });

it('is denied where no door leads to the port, whatever policies say', () => {
  const snapshot = withDoors(shop().snapshot(), { services: [NODE_PORT] });

  expect(reach(snapshot, '8.0.0.0/8')).toMatchObject({ verdict: 'allowed', doors: [{ door: { kind: 'nodePort' }, verdict: 'allowed' }] });
  expect(reach(snapshot, '8.0.0.0/8', { protocol: 'TCP', port: 9090 })).toMatchObject({ verdict: 'denied', doors: [] });
  expect(reach(snapshot, '8.0.0.0/8', { protocol: 'UDP', port: 8080 }).verdict).toBe('denied');
});

it('is the best that any door gives to each client', () => {
  const { verdict, parts, dependsOn } = reach(withDoors(shop().snapshot(), { services: [BALANCER] }), '203.0.112.0/22');

  expect(verdict).toBe('indeterminate');
  expect(parts.map(({ range, verdict: own }) => [formatRange(range), own])).toEqual([
    ['203.0.112.0-203.0.112.255', 'denied'],
    ['203.0.113.0-203.0.113.255', 'allowed'],
    ['203.0.114.0-203.0.115.255', 'denied'],
  ]);
  expect(dependsOn).toEqual([{ kind: 'address', text: 'which client: `203.0.113.0-203.0.113.255` get through, the others do not' }]);
});

it('opens by a second door what the first one shuts', () => {
  const other = { ...NODE_PORT, ref: { ...NODE_PORT.ref, name: 'other' } };

  expect(reach(withDoors(shop().snapshot(), { services: [BALANCER, other] }), '198.51.100.0/24').verdict).toBe('allowed');
});

it('names the fact that would settle it', () => {
  const { verdict, dependsOn } = reach(withDoors(shop('unknown').snapshot(), { services: [NODE_PORT] }), '8.0.0.0/8');

  expect([verdict, dependsOn.map(({ kind }) => kind)]).toEqual(['indeterminate', ['fact']]);
});

it('is denied by the policies of the pod behind every door', () => {
  const snapshot = shop()
    .policy('shop/some', { ingress: [allow([block('203.0.113.0/24')])] })
    .snapshot();
  const { verdict, doors } = reach(withDoors(snapshot, { services: [NODE_PORT] }), '198.51.100.0/24');

  expect(verdict).toBe('denied');
  expect(doors[0]!.explanation.shown.steps.at(-1)).toMatchObject({ kind: 'point', place: 'ingress', verdict: 'denied' });
});

it('leaves out clients that are none outside', () => {
  const snapshot = withDoors(shop().snapshot(), { services: [NODE_PORT] });

  expect(reach(snapshot, '10.0.0.0/8').parts.map(({ range }) => formatRange(range))).toEqual(['10.1.0.0-10.255.255.255']);
  expect(reach(snapshot, '10.0.0.0/24')).toMatchObject({ verdict: 'denied', parts: [] });
});

it('of a node is whatever gets to it, also without a port', () => {
  const snapshot = withDoors(shop().snapshot(), {});

  expect(reach(snapshot, '8.0.0.0/8', { protocol: 'TCP', port: 10250 }, 'n1').verdict).toBe('allowed');
  const ping = reach(snapshot, '8.0.0.0/8', { protocol: 'ICMP', icmp: { type: 8, code: 0 } }, 'n1');
  expect(ping.verdict).toBe('allowed');
  // Whatever the door is there for, the way is told of what was asked.
  expect(ping.doors[0]!.explanation.shown.steps[0]).toMatchObject({ kind: 'door', tuple: { protocol: 'ICMP' } });
  expect(reach(snapshot, '8.0.0.0/8', { protocol: 'ICMP', icmp: { type: 8, code: 0 } }).verdict).toBe('denied');
});

it('the port of the source is kept up to the pod, and open where another node replaces the source', () => {
  const from = (serviceProxy: 'kube-proxy' | 'ebpf', sourcePort: number, node = 'n1') => {
    const rule = allow('any', [{ protocol: 'TCP', sourcePorts: [[40_000, 40_000]] }]);
    const snapshot = withDoors(
      cluster({ nodesReachableFrom: 'internet', serviceProxy })
        .node('n1', { addresses: ['192.0.2.11'] })
        .node('n2', { addresses: ['192.0.2.12'] })
        .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
        .policy('shop/front', { ingress: [rule] })
        .snapshot(),
      { services: [NODE_PORT] },
    );
    const { analysis } = doorTester(snapshot);
    const clients = [parseRange('8.8.8.8')!];
    const packet = { protocol: 'TCP', port: 8080, sourcePort } as const;
    return [
      reachByDoor(analysis, clients, { door: 'nodePort shop/front:80', node, sourcePort }).verdict,
      reachFromOutside(analysis, clients, endOf(snapshot, 'shop/front') as number, packet).verdict,
    ];
  };

  expect(from('kube-proxy', 40_000)).toEqual(['allowed', 'allowed']);
  expect(from('ebpf', 40_001)).toEqual(['denied', 'denied']);
  expect([from('kube-proxy', 40_000, 'n2')[0], from('ebpf', 40_000, 'n2')[0]]).toEqual(['indeterminate', 'allowed']);
});

it('what is dialled by one address is judged with that one before translation', () => {
  const at = (address: string, client: string) => {
    const snapshot = withDoors(
      cluster({ nodesReachableFrom: 'internet', cni: 'calico' })
        .node('n1', { addresses: ['192.0.2.11', '198.51.100.11', '2001:db8::11'] })
        .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5', 'fd00::5'] })
        .host('n1/eth0', { interfaceName: 'eth0' })
        .policy('early', {
          appliesTo: { kind: 'none' },
          appliesToHosts: { kind: 'all' },
          hook: 'preDNAT',
          forward: true,
          ingress: [{ ...deny('any'), subject: [block('192.0.2.0/24')] }, allow('any')],
        })
        .snapshot(),
      { services: [NODE_PORT] },
    );
    const asked = { door: 'nodePort shop/front:80', node: 'n1', address };
    return reachByDoor(doorTester(snapshot).analysis, [parseRange(client)!], asked).verdict;
  };

  expect([at('192.0.2.11', '8.8.8.8'), at('198.51.100.11', '8.8.8.8')]).toEqual(['denied', 'allowed']);
  expect([at('2001:db8::11', '2001:db8:9::1'), at('2001:db8::11', '8.8.8.8')]).toEqual(['allowed', 'denied']);
});
