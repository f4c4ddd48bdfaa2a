import { lookerOf } from '../../../src/engine/doors/looks';
import { nodeKinds } from '../../../src/engine/doors/node-kinds';
import { analyze } from '../../../src/engine/index';
import { allow, block, cluster, labels } from '../../support/cluster';
import { doorWorldOf } from './door-world';

function kinds(builder: ReturnType<typeof cluster>): readonly string[] {
  const snapshot = builder.snapshot();
  const found = nodeKinds(doorWorldOf(snapshot), lookerOf(analyze(snapshot).model, snapshot.policies));
  const names = [...found.keys()];
  return names.map((name) => `${name} as ${names.find((other) => found.get(other) === found.get(name))}`);
}

const NODES = () =>
  cluster()
    .node('n1', { addresses: ['192.0.2.11'] })
    .node('n2', { addresses: ['192.0.2.12'] });
const HOSTS = { appliesTo: { kind: 'none' }, appliesToHosts: labels({ host: 'y' }), hook: 'preDNAT' } as const;

it('nodes are of one kind unless a rule tells their addresses apart', () => {
  expect(kinds(NODES())).toEqual(['n1 as n1', 'n2 as n1']);
  expect(kinds(NODES().policy('shop/one', { ingress: [allow([block('192.0.2.12/32')])] }))).toEqual(['n1 as n1', 'n2 as n2']);
});

it('nodes that are only named are of another kind than those of the input', () => {
  expect(
    kinds(
      cluster()
        .node('n1', { addresses: ['192.0.2.11'] })
        .pod('shop/a', {}, { node: 'n0' }),
    ),
  ).toEqual(['n0 as n0', 'n1 as n1']);
});

it('host endpoints tell nodes apart as far as they are policed differently', () => {
  const hosts = (second: Parameters<ReturnType<typeof cluster>['host']>[1]) =>
    NODES()
      .host('n1/n1-eth0', { interfaceName: 'eth0', labels: { host: 'y' } })
      .host('n2/n2-eth0', second)
      .policy('guard', { ...HOSTS, ingress: [] });

  expect(kinds(hosts({ interfaceName: 'eth0', labels: { host: 'y', rack: '2' } }))).toEqual(['n1 as n1', 'n2 as n1']);
  expect(kinds(hosts({ interfaceName: 'eth0', labels: { host: 'x' } }))[1]).toBe('n2 as n2');
  expect(kinds(hosts({ interfaceName: '*', labels: { host: 'y' } }))[1]).toBe('n2 as n2');
  expect(kinds(hosts({ interfaceName: 'eth0', labels: { host: 'y' }, profileAction: 'Allow' }))[1]).toBe('n2 as n2');
});

it('what lies between nodes tells them apart: tunnels as rules see them, and subnets where pools wrap across them', () => {
  const link = (node: string, tunnel: string, subnet: string) => ({ node, subnets: [subnet], tunnels: [tunnel] });
  const across = (first: ReturnType<typeof link>, second: ReturnType<typeof link>, encapsulation: 'always' | 'acrossSubnets') =>
    kinds(
      NODES()
        .node('n3', { addresses: ['192.0.2.13'] })
        .network({ pools: [{ net: '10.0.0.0/8', encapsulation, natOutgoing: false }], links: [first, second, { ...first, node: 'n3' }] })
        .policy('shop/one', { ingress: [allow([block('10.0.0.0/24')])] }),
    );
  const n1 = link('n1', '10.0.0.1', '192.0.2.0/28');

  expect(across(n1, link('n2', '10.0.0.2', '192.0.2.0/28'), 'acrossSubnets')).toEqual(['n1 as n1', 'n2 as n1', 'n3 as n1']);
  expect(across(n1, link('n2', '10.0.9.2', '192.0.2.0/28'), 'always')).toEqual(['n1 as n1', 'n2 as n2', 'n3 as n1']);
  expect(across(n1, link('n2', '10.0.0.2', '198.51.100.0/28'), 'acrossSubnets')).toEqual(['n1 as n1', 'n2 as n2', 'n3 as n1']);
  expect(across(n1, link('n2', '10.0.0.2', '198.51.100.0/28'), 'always')).toEqual(['n1 as n1', 'n2 as n1', 'n3 as n1']);
});
