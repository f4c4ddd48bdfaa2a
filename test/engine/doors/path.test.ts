import { stepsBehind } from '../../../src/engine/doors/path';
import { pathContext } from '../../../src/engine/doors/path-context';
import { addressParty } from '../../../src/engine/doors/tuple';
import type { Course } from '../../../src/engine/doors/ways';
import type { PathStep } from '../../../src/model/door';
import { allow, block, cluster, labels } from '../../support/cluster';
import { backendNamed, doorTester, service, withDoors } from '../../support/door-cluster';
import { describeDoorStep } from '../../support/door-scenario';
import { doorWorldOf } from './door-world';

const HOSTS = { appliesTo: { kind: 'none' }, appliesToHosts: labels({ host: 'y' }) } as const;
const LISTED = {
  addresses: ['198.51.100.99'],
  ports: [{ name: '', protocol: 'TCP' as const, port: 443 }],
  source: { file: 'a', document: 1, line: 1 },
};

function shop() {
  return cluster({ nodesReachableFrom: 'internet' })
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
    .host('n1/n1-eth0', { interfaceName: 'eth0', labels: { host: 'y' }, addresses: ['192.0.2.11'] })
    .host('n2/n2-eth0', { interfaceName: 'eth0', labels: { host: 'y' }, addresses: ['192.0.2.12'] });
}

function steps(
  builder: ReturnType<typeof shop>,
  node: string,
  course: Pick<Course, 'placement' | 'replacesClient'>,
  id = 'nodePort shop/front:80',
) {
  const services = [
    service('shop/front', { type: 'NodePort', ports: [['', 80, 8080, 30080]] }),
    service('shop/far', { type: 'NodePort', ports: [['', 443, 443, 30443]], backendSets: [LISTED] }),
  ];
  const snapshot = withDoors(builder.snapshot(), { services });
  const context = pathContext(doorWorldOf(snapshot));
  const door = doorTester(snapshot).door(id);
  const backend = backendNamed(snapshot, door, undefined);
  const packet = { protocol: 'TCP', port: backend.port as number } as const;
  const dial = { door, source: addressParty('203.0.113.9'), family: 4, backend, packet } as const;
  const walked: PathStep[] = [...stepsBehind(context, dial, { ...course, entry: context.entryNode(node) })];
  return walked.map(describeDoorStep);
}

it('on one node: the host endpoint before and after translation, the pod', () => {
  const builder = shop()
    .network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'never', natOutgoing: true }] })
    .policy('early', { ...HOSTS, hook: 'preDNAT', order: 1, ingress: [] })
    .policy('late', { ...HOSTS, order: 2, forward: true, ingress: [allow([block('203.0.113.0/24')])] });

  expect(steps(builder, 'n1', { placement: 'same', replacesClient: false })).toEqual([
    'hostIn n1: 203.0.113.9 to n1[Node]:30080: allowed by end-of-tier by early at n1-eth0 (preDNAT)',
    'becomes: 203.0.113.9 to shop/front:8080',
    'hostIn n1: 203.0.113.9 to shop/front:8080: allowed by late#0 at n1-eth0 (forward)',
    'ingress: 203.0.113.9 to shop/front:8080: allowed by not-selected',
  ]);
});

it('out of the cluster: the node’s outward interface, and the node as the source', () => {
  const builder = shop().policy('late', { ...HOSTS, forward: true, egress: [allow()] });

  expect(steps(builder, 'n2', { placement: 'other', replacesClient: true }, 'nodePort shop/far:443')).toEqual([
    'becomes: 203.0.113.9 to 198.51.100.99:443',
    'hostOut n2: 203.0.113.9 to 198.51.100.99:443: allowed by late#0 at n2-eth0 (forward)',
    'becomes: n2[Node] to 198.51.100.99:443',
  ]);
});

it('through a tunnel: the pod sees an address of a pool in place of the node’s, or may where only some packets are wrapped', () => {
  const wrapped = (encapsulation: 'always' | 'acrossSubnets') => ({
    pools: [
      { net: '10.0.0.0/16', encapsulation, natOutgoing: true },
      { net: '10.9.0.0/16', encapsulation: 'never' as const, natOutgoing: true },
    ],
  });
  const allowing = (range: string) => shop().policy('shop/nodes', { ingress: [allow([block(range)])] });
  const last = (range: string, network?: ReturnType<typeof wrapped>) => {
    const builder = allowing(range);
    return steps(network ? builder.network(network) : builder, 'n2', { placement: 'other', replacesClient: true }).at(-1);
  };

  expect(last('192.0.2.0/24')).toBe('ingress: n2[Node] to shop/front:8080: allowed by shop/nodes#0');
  expect(last('192.0.2.0/24', wrapped('always'))).toBe('ingress: n2[Node] to shop/front:8080: denied by end-of-tier by shop/nodes');
  expect(last('10.0.0.0/16', wrapped('always'))).toBe('ingress: n2[Node] to shop/front:8080: allowed by shop/nodes#0');
  expect(last('10.9.0.0/16', wrapped('always'))).toMatch(/: denied/);
  for (const range of ['192.0.2.0/24', '10.0.0.0/16']) expect(last(range, wrapped('acrossSubnets'))).toMatch(/: indeterminate by /);
});

it('of a pod behind the `*` host endpoint: also its way into the pod', () => {
  const builder = cluster({ nodesReachableFrom: 'internet' })
    .node('n1', { addresses: ['192.0.2.11'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1', addresses: ['10.0.1.5'] })
    .host('n1/n1-all', { labels: { host: 'y' } })
    .policy('late', { ...HOSTS, forward: true, ingress: [allow()], egress: [] });

  expect(steps(builder, 'n1', { placement: 'same', replacesClient: false }).at(-1)).toBe(
    'hostOut n1: 203.0.113.9 to shop/front:8080: denied by end-of-tier by late at n1-all (forward)',
  );
});
