import { doorSession } from '../../../src/engine/doors/session';
import { analyze } from '../../../src/engine/index';
import { allow, block, cluster, labels } from '../../support/cluster';

function nodes(count: number) {
  const builder = cluster();
  for (let index = 1; index <= count; index++) builder.node(`n${index}`, { addresses: [`192.0.2.${index}`] });
  return builder;
}

it('is one for one analysis', () => {
  const analysis = analyze(nodes(1).snapshot());

  expect(doorSession(analysis)).toBe(doorSession(analysis));
});

it('shows two nodes of each kind, and the one that runs the pod', () => {
  const snapshot = nodes(5)
    .pod('shop/a', {}, { node: 'n4' })
    .policy('shop/five', { ingress: [allow([block('192.0.2.5/32')])] })
    .snapshot();
  const { context } = doorSession(analyze(snapshot));
  const names = (backend: Parameters<typeof context.entryNodesFor>[0]) => context.entryNodesFor(backend).map(({ name }) => name);

  expect(names(undefined)).toEqual(['n1', 'n2', 'n5']);
  expect(names(snapshot.endpoints.find(({ name }) => name === 'a'))).toEqual(['n1', 'n2', 'n5', 'n4']);
});

it('takes endpoints as alike that policies, nodes and pools do not tell apart', () => {
  const snapshot = nodes(3)
    .pod('shop/a', { app: 'a' }, { node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/b', { app: 'b' }, { node: 'n2', addresses: ['10.0.0.2'] })
    .pod('shop/c', { app: 'c' }, { node: 'n3', addresses: ['10.0.0.3'] })
    .pod('shop/d', { app: 'd' }, { addresses: ['10.0.0.4'] })
    .pod('shop/e', { app: 'e' }, { node: 'n1', addresses: ['10.9.0.1'] })
    .network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'always', natOutgoing: true }] })
    .policy('shop/c', { appliesTo: labels({ app: 'c' }), ingress: [] })
    .snapshot();
  const { alikeKey } = doorSession(analyze(snapshot));
  const pods = snapshot.endpoints.filter(({ kind }) => kind === 'pod');
  const keys = pods.map(alikeKey);

  expect(pods.map(({ name }, index) => `${name} as ${pods[keys.indexOf(keys[index]!)]!.name}`)).toEqual([
    'a as a',
    'b as a',
    'c as c',
    'd as d',
    'e as e',
  ]);
});
