import { cluster } from '../../support/cluster';
import { doorTester, withDoors } from '../../support/door-cluster';

const NODES = () =>
  cluster()
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] });

it('a host port is one door for all pods of a workload, at the nodes that run them', () => {
  const snapshot = NODES()
    .pod('shop/a-1', {}, { workload: 'a', node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/a-2', {}, { workload: 'a', node: 'n2', addresses: ['10.0.0.2'] })
    .snapshot();
  const port = { protocol: 'TCP', hostPort: 8443, containerPort: 443 } as const;
  const { door } = doorTester(withDoors(snapshot, { hostPorts: { 'shop/a-1': [port], 'shop/a-2': [port] } }));

  expect(door('hostPort shop/a[Deployment]:8443')).toMatchObject({
    port: 8443,
    addresses: ['192.0.2.11', '192.0.2.12'],
    scope: 'nodes',
    backends: [{ port: 443 }, { port: 443 }],
  });
});

it('a host port of one address is dialled there, and one of the loopback address by nobody', () => {
  const snapshot = NODES()
    .pod('shop/a', {}, { node: 'n1', addresses: ['10.0.0.1'] })
    .snapshot();
  const port = (hostPort: number, hostAddress: string) => ({ protocol: 'TCP' as const, hostPort, containerPort: 443, hostAddress });
  const { doors } = doorTester(
    withDoors(snapshot, { hostPorts: { 'shop/a': [port(1443, '192.0.2.99'), port(2443, '127.0.0.1'), port(3443, '::1')] } }),
  );

  expect(doors.filter(({ kind }) => kind === 'hostPort').map(({ port: dialled, addresses }) => [dialled, addresses])).toEqual([
    [1443, ['192.0.2.99']],
  ]);
});

it('a hostNetwork pod has doors for what it declares and for all other ports', () => {
  const snapshot = NODES()
    .pod('shop/x', {}, { network: 'host', node: 'n1', addresses: ['192.0.2.11'], ports: [['m', 'TCP', 9100]] })
    .snapshot();
  const { doors } = doorTester(withDoors(snapshot, {}));

  expect(doors.map(({ id }) => id)).toEqual([
    'hostNetwork shop/x:9100',
    'hostNetwork shop/x:any',
    'hostNetwork shop/x:any/UDP',
    'hostNetwork shop/x:any/SCTP',
    ...['n1', 'n2'].flatMap((node) => ['', '/UDP', '/SCTP'].map((protocol) => `hostNetwork ${node}[Node]:any${protocol}`)),
  ]);
});

it('a public address of a pod may be a door, a private one is none', () => {
  const snapshot = NODES()
    .pod('shop/private', {}, { node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/public', {}, { node: 'n1', addresses: ['8.8.4.4'] })
    .snapshot();
  const { doors, explain } = doorTester(withDoors(snapshot, {}));

  expect(doors.filter(({ kind }) => kind === 'podAddress').map(({ id }) => id)).toEqual([
    'podAddress shop/public:any',
    'podAddress shop/public:any/UDP',
    'podAddress shop/public:any/SCTP',
  ]);
  expect(explain('203.0.113.9', 'podAddress shop/public:any', undefined, 80)).toMatchObject({
    verdict: 'indeterminate',
    dependsOn: [{ kind: 'door', text: 'whether addresses of pods are routed from outside the cluster' }],
  });
});
