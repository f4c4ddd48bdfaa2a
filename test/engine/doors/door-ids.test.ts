import { doorId, withUniqueIds } from '../../../src/engine/doors/door-ids';
import type { ResourceRef } from '../../../src/model/source';
import { cluster } from '../../support/cluster';
import { doorTester, service, withDoors } from '../../support/door-cluster';

const ref = (kind: string, name: string, namespace?: string): ResourceRef => ({
  apiVersion: 'v1',
  kind,
  name,
  ...(namespace !== undefined && { namespace }),
  source: { file: 'a.yaml', document: 1, line: 1 },
});

it('names kind, object and port; the protocol where it is not TCP, and the kind of the object where that is not plain', () => {
  expect(doorId('nodePort', ref('Service', 'front', 'shop'), 80, 'TCP')).toBe('nodePort shop/front:80');
  expect(doorId('loadBalancer', ref('Service', 'dns', 'shop'), 53, 'UDP')).toBe('loadBalancer shop/dns:53/UDP');
  expect(doorId('hostPort', ref('DaemonSet', 'agent', 'shop'), 9100, 'TCP')).toBe('hostPort shop/agent[DaemonSet]:9100');
  expect(doorId('hostNetwork', ref('Node', 'n1'), 'any', 'TCP')).toBe('hostNetwork n1[Node]:any');
  expect(doorId('gateway', ref('HTTPRoute', 'web', 'shop'), 443, 'TCP')).toBe('gateway shop/web:443');
  expect(doorId('gateway', ref('TCPRoute', 'db', 'shop'), 5432, 'TCP')).toBe('gateway shop/db[TCPRoute]:5432');
});

it('numbers doors that would be called the same', () => {
  const { doors } = doorTester(
    withDoors(cluster().pod('shop/front', { app: 'front' }).snapshot(), {
      services: [
        service('shop/front', {
          ports: [
            ['a', 80, 8080],
            ['b', 80, 8081],
          ],
        }),
      ],
    }),
  );

  expect(doors.map(({ id }) => id)).toEqual(['clusterIP shop/front:80', 'clusterIP shop/front:80#2']);
  expect(withUniqueIds(doors).map(({ id }) => id)).toEqual(doors.map(({ id }) => id));
});
