import { findDoors } from '../../../src/engine/doors/doors-of';
import { cluster } from '../../support/cluster';
import { ingress, service, withDoors } from '../../support/door-cluster';
import { doorWorldOf } from './door-world';

const SNAPSHOT = withDoors(
  cluster()
    .node('n1', { addresses: ['192.0.2.11'] })
    .pod('shop/front', { app: 'front' }, { node: 'n1' })
    .pod('shop/none', { app: 'none' }, { node: 'n1' })
    .snapshot(),
  {
    services: [service('shop/front', { type: 'NodePort' })],
    entries: [ingress('shop/web', ['shop/front:80'])],
    hostPorts: { 'shop/front': [{ protocol: 'TCP', hostPort: 8443, containerPort: 443 }] },
  },
);

it('are those of Services, workloads, nodes and entries, in this order', () => {
  const { all } = findDoors(doorWorldOf(SNAPSHOT));

  expect(all.map(({ id }) => id)).toEqual([
    'clusterIP shop/front:80',
    'nodePort shop/front:80',
    'hostPort shop/front:8443',
    'hostNetwork n1[Node]:any',
    'hostNetwork n1[Node]:any/UDP',
    'hostNetwork n1[Node]:any/SCTP',
    'ingress shop/web:80',
  ]);
});

it('are found by id, by place and by who is behind them', () => {
  const { all, byId, placeOf, to } = findDoors(doorWorldOf(SNAPSHOT));
  const front = SNAPSHOT.endpoints.findIndex(({ name }) => name === 'front');
  const none = SNAPSHOT.endpoints.findIndex(({ name }) => name === 'none');

  expect(byId('nodePort shop/front:80')).toBe(all[1]);
  expect(byId('nodePort shop/back:80')).toBeUndefined();
  expect(all.map(placeOf)).toEqual(all.map((_, place) => place));
  expect(to(front).map(({ kind }) => kind)).toEqual(['clusterIP', 'nodePort', 'hostPort', 'ingress']);
  expect(to(none)).toEqual([]);
});
