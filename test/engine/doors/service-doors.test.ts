import { cluster } from '../../support/cluster';
import { doorTester, type ServiceOptions, service, withDoors } from '../../support/door-cluster';

const SHOP = cluster()
  .node('n1', { addresses: ['192.0.2.11'] })
  .pod('shop/front', { app: 'front' }, { addresses: ['10.0.0.1'], node: 'n1' })
  .snapshot();

function doorsOf(options: ServiceOptions) {
  return doorTester(withDoors(SHOP, { services: [service('shop/front', options)] })).doors.filter(
    ({ object }) => object.kind === 'Service',
  );
}

it.each<[string, ServiceOptions, readonly string[]]>([
  ['a ClusterIP Service', {}, ['clusterIP']],
  ['a NodePort Service', { type: 'NodePort' }, ['clusterIP', 'nodePort']],
  ['a load balancer', { loadBalancer: {} }, ['clusterIP', 'loadBalancer', 'nodePort']],
  ['a load balancer without node ports', { loadBalancer: { allocatesNodePorts: false } }, ['clusterIP', 'loadBalancer']],
  ['a Service with external addresses', { externalAddresses: ['198.51.100.9'] }, ['clusterIP', 'externalIP']],
  ['an ExternalName', { type: 'ExternalName' }, []],
])('%s has these doors', (_name, options, kinds) => {
  expect(doorsOf(options).map(({ kind }) => kind)).toEqual(kinds);
});

it('a node port is dialled at the nodes, by a number that may be unknown', () => {
  const [, known] = doorsOf({ type: 'NodePort', ports: [['', 80, 8080, 30080]] });
  expect(known).toMatchObject({ port: 30080, servicePort: 80, addresses: ['192.0.2.11'], scope: 'nodes', trafficPolicy: 'Cluster' });

  const [, untold] = doorsOf({ type: 'NodePort', ports: [['', 80, 8080]] });
  expect(untold).toMatchObject({ id: 'nodePort shop/front:80', port: 'unknown' });
});

it('a load balancer knows its ranges, its scope and the node port that it may send to', () => {
  const [, balancer] = doorsOf({
    ports: [['', 80, 8080, 30080]],
    loadBalancer: { scope: 'internal', scopeEvidence: 'annotation `x`', sourceRanges: ['10.0.0.0/8'], addresses: ['10.9.0.1'] },
  });

  expect(balancer).toMatchObject({ scope: 'internal', scopeEvidence: 'annotation `x`', sourceRanges: ['10.0.0.0/8'], nodePort: 30080 });
  expect(doorsOf({ loadBalancer: { sourceRanges: [] } })[1]).not.toHaveProperty('sourceRanges');
});

it('external addresses are inside the organisation if all of them are private', () => {
  expect(doorsOf({ externalAddresses: ['10.9.0.1'] })[1]!.scope).toBe('internal');
  expect(doorsOf({ externalAddresses: ['10.9.0.1', '198.51.100.9'] })[1]).toMatchObject({
    scope: 'internet',
    scopeEvidence: 'address `198.51.100.9` is public',
  });
});

it('clients of a headless Service dial its pods on any port', () => {
  expect(doorsOf({ headless: true })[0]).toMatchObject({ port: 'any', backends: [{ port: 'any' }] });
});
