import { endpointName } from '../../../src/engine/doors/world';
import { endpointParty } from '../../../src/engine/query/definition-input';
import { cluster } from '../../support/cluster';
import { doorWorldOf } from './door-world';

const WORLD = doorWorldOf(
  cluster().node('n2').pod('shop/a', {}, { node: 'n1' }).template('shop/b').newPod('shop').host('n3/all').snapshot(),
);

it('knows the nodes that Nodes, pods and host endpoints name', () => {
  expect(WORLD.nodeNames).toEqual(['n1', 'n2', 'n3']);
  expect([WORLD.nodeNamed('n2')?.kind, WORLD.nodeNamed('n1')]).toEqual(['node', undefined]);
  expect(WORLD.knowsNodes).toBe(true);
  expect(doorWorldOf(cluster().pod('shop/a', {}, { node: 'n1' }).snapshot()).knowsNodes).toBe(false);
});

it('names endpoints as lists of flows do, and gives pods their namespaces', () => {
  const names = Array.from({ length: WORLD.endpointCount }, (_, index) => endpointName(WORLD, index));

  expect(names).toEqual(['n2[Node]', 'shop/a', 'shop/b[Deployment]', 'shop/*']);
  expect(endpointParty(WORLD, WORLD.endpoint(1))).toMatchObject({ namespace: { name: 'shop' } });
  expect(endpointParty(WORLD, WORLD.endpoint(0))).not.toHaveProperty('namespace');
});
