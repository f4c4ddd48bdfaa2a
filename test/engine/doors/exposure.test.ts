import { exposureOf } from '../../../src/engine/index';
import type { DoorExposure } from '../../../src/model/door';
import type { Snapshot } from '../../../src/model/snapshot';
import { allow, block, cluster, labels } from '../../support/cluster';
import { doorTester, ingress, service, withDoors } from '../../support/door-cluster';

const NET = block('203.0.113.0/24');

function shop() {
  return cluster({ nodesReachableFrom: 'internet', podRanges: ['10.0.0.0/16'] })
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] })
    .pod('shop/front-1', { app: 'front' }, { workload: 'front', node: 'n1', addresses: ['10.0.1.1'] })
    .pod('shop/front-2', { app: 'front' }, { workload: 'front', node: 'n2', addresses: ['10.0.1.2'] })
    .pod('shop/back', { app: 'back' }, { node: 'n1', addresses: ['10.0.1.3'] });
}

function exposures(snapshot: Snapshot, workloads?: readonly number[]) {
  const { analysis } = doorTester(snapshot);
  const told = ({ door, front, endpoints, portOutside, portInside, ranges, internet }: DoorExposure) => [
    front ? `${door.id} by ${front.id}` : door.id,
    endpoints.map((endpoint) => snapshot.endpoints[endpoint]!.name).join(),
    `${portOutside} to ${portInside}`,
    ranges.map(({ low, high, verdict }) => `${low}-${high} ${verdict}`),
    internet,
  ];
  return exposureOf(analysis, { ...(workloads && { workloads }) }).map(({ workload, doors }) => [
    snapshot.workloads[workload]!.ref.name,
    ...doors.map(told),
  ]);
}

const LOCAL = service('shop/front', { type: 'NodePort', externalTrafficPolicy: 'Local', ports: [['', 80, 8080, 30080]] });

it('tells for each workload its doors, and who gets through in the fewest ranges', () => {
  const snapshot = withDoors(
    shop()
      .policy('shop/clients', { appliesTo: labels({ app: 'front' }), ingress: [allow([NET, block('203.0.114.0/24')])] })
      .snapshot(),
    { services: [LOCAL] },
  );

  expect(exposures(snapshot)).toEqual([
    [
      'front',
      [
        'nodePort shop/front:80',
        'front-1,front-2',
        '30080 to 8080',
        [
          '0.0.0.0-9.255.255.255 denied',
          '10.1.0.0-203.0.112.255 denied',
          '203.0.113.0-203.0.114.255 allowed',
          '203.0.115.0-255.255.255.255 denied',
        ],
        'some',
      ],
    ],
  ]);
});

it('tells apart pods of a workload that differ', () => {
  const snapshot = withDoors(
    shop()
      .pod('shop/front-3', { app: 'front', shut: 'yes' }, { workload: 'front', node: 'n1', addresses: ['10.0.1.4'] })
      .policy('shop/shut', { appliesTo: labels({ shut: 'yes' }), ingress: [] })
      .snapshot(),
    { services: [LOCAL] },
  );

  expect(
    exposures(snapshot)[0]!
      .slice(1)
      .map((door) => [door[1], door[4]]),
  ).toEqual([
    ['front-1,front-2', 'all'],
    ['front-3', 'none'],
  ]);
});

it('is asked of some workloads', () => {
  const snapshot = withDoors(shop().snapshot(), { services: [LOCAL, service('shop/back', { type: 'NodePort' })] });
  const [back, front] = ['back', 'front'].map((name) => snapshot.workloads.findIndex(({ ref }) => ref.name === name));

  expect(exposures(snapshot).map(([name]) => name)).toEqual(['back', 'front']);
  expect(exposures(snapshot, [back!]).map(([name]) => name)).toEqual(['back']);
  expect(exposures(snapshot, [front!, back!])).toEqual(exposures(snapshot));
});

it('leads a layer-7 door by each front of its controller', () => {
  const snapshot = withDoors(
    shop()
      .pod('edge/proxy', { app: 'proxy', 'app.kubernetes.io/name': 'traefik' }, { node: 'n1', addresses: ['10.0.2.5'] })
      .snapshot(),
    {
      services: [
        service('shop/back'),
        service('edge/proxy', { loadBalancer: { sourceRanges: ['203.0.113.0/24'] }, ports: [['', 80, 8000, 30080]] }),
      ],
      entries: [ingress('shop/web', ['shop/back:80'])],
    },
  );
  const [, ...doors] = exposures(snapshot).find(([name]) => name === 'back')!;

  expect(doors.map((door) => [door[0], door[2], door[4]])).toEqual([
    ['ingress shop/web:80 by loadBalancer edge/proxy:80', '80 to 8080', 'none'],
    ['ingress shop/web:80 by nodePort edge/proxy:80', '30080 to 8080', 'all'],
  ]);
});

it('says of a door to every port what all ports share', () => {
  const host = () => shop().pod('shop/x', {}, { network: 'host', node: 'n1', addresses: ['192.0.2.11'] });
  const anyPort = (snapshot: Snapshot) =>
    exposures(withDoors(snapshot, {}))
      .find(([name]) => name === 'x')!
      .slice(1)
      .map((door) => [door[0], door[4]]);

  expect(anyPort(host().snapshot())[0]).toEqual(['hostNetwork shop/x:any', 'all']);
  const guarded = host()
    .host('n1/n1-eth0', { interfaceName: 'eth0', addresses: ['192.0.2.11'] })
    .network({ failsafeInbound: [{ protocol: 'TCP', port: [22, 22] }] });
  expect(anyPort(guarded.snapshot())).toEqual([
    ['hostNetwork shop/x:any', 'perhaps'],
    ['hostNetwork shop/x:any/UDP', 'none'],
    ['hostNetwork shop/x:any/SCTP', 'none'],
  ]);
});
