import { addressParty, cloudStandIn, controllerStandIn, nodeStandIn, someNode, transport, tupleOf } from '../../../src/engine/doors/tuple';
import { endpointParty } from '../../../src/engine/query/definition-input';
import { cluster } from '../../support/cluster';
import { doorWorldOf } from './door-world';

const WORLD = doorWorldOf(cluster().pod('shop/front').snapshot());

it('prints addresses, endpoints and what stands for those that the input does not have', () => {
  const pod = endpointParty(WORLD, WORLD.endpoint(0));
  const node = { kind: 'endpoint', endpoint: nodeStandIn('a node', []) } as const;

  expect(tupleOf(WORLD, { source: addressParty('203.0.113.9'), destination: pod, packet: transport('TCP', 80) })).toEqual({
    source: '203.0.113.9',
    destination: 'shop/front',
    protocol: 'TCP',
    port: 80,
  });
  expect(tupleOf(WORLD, { source: node, destination: controllerStandIn('the router'), packet: transport('UDP', undefined) })).toEqual({
    source: 'a node',
    destination: 'the router',
    protocol: 'UDP',
  });
});

it('a load balancer of the cloud is no pod, at any address, on no node or on one of its own', () => {
  expect(cloudStandIn('it', true)).toMatchObject({
    endpoint: { name: 'it', network: 'host', node: 'it', addressRanges: ['0.0.0.0/0', '::/0'] },
  });
  expect(cloudStandIn('it', false)).not.toHaveProperty('endpoint.node');
});

it('a node that is not in the input has some address of the ranges that the facts give, else any', () => {
  expect(nodeStandIn('n', ['192.0.2.0/24']).addressRanges).toEqual(['192.0.2.0/24']);
  expect(nodeStandIn('n', []).addressRanges).toEqual(['0.0.0.0/0', '::/0']);
  expect(someNode({ facts: { ...WORLD.facts, nodeRanges: ['192.0.2.0/24'] } })).toEqual({
    kind: 'endpoint',
    endpoint: nodeStandIn('a node', ['192.0.2.0/24']),
  });
});
