import { analyze, verdictOf } from '../../../src/engine/index';
import { UNRESTRICTED } from '../../../src/engine/model';
import type { NodeDrop, NodeNetwork } from '../../../src/model/host-endpoint';
import { type ClusterBuilder, cluster } from '../../support/cluster';
import { endOf, packetOf } from '../../support/flow';

const VXLAN: NodeDrop = { packets: { protocol: 'UDP', ports: [[4789, 4789]] }, family: 4, exempt: ['198.51.100.0/24'] };

function nodes(network: Partial<NodeNetwork> = {}): ClusterBuilder {
  return cluster({ cni: 'calico' })
    .node('n1', { addresses: ['192.168.0.1'] })
    .node('n2', { addresses: ['192.168.0.2', 'fd00::2'] })
    .pod('shop/web', {}, { node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/agent', {}, { node: 'n1', network: 'host', addresses: ['192.168.0.1'] })
    .pod('shop/lost', {}, { addresses: ['10.0.0.2'] })
    .network({ droppedAtNodes: [VXLAN], ...network });
}

function ask(builder: ClusterBuilder, from: string, to: string, packet = 'UDP:4789'): string {
  const snapshot = builder.snapshot();
  return verdictOf(analyze(snapshot), { source: endOf(snapshot, from), destination: endOf(snapshot, to), packet: packetOf(packet) });
}

const pools = (natOutgoing: boolean, net = '10.0.0.0/16') => ({ pools: [{ net, encapsulation: 'always', natOutgoing }] }) as const;

test.each(['n1', 'n2', 'shop/agent'])('%s gets nothing of it from outside, but from nodes and exempt addresses', (to) => {
  expect(ask(nodes(), '203.0.113.7', to)).toBe('denied');
  expect(ask(nodes(), '203.0.113.7', to, 'UDP:4788')).toBe('allowed');
  expect([ask(nodes(), '198.51.100.7', to), ask(nodes(), 'n1', to), ask(nodes(), 'shop/agent', to)]).toEqual([
    'allowed',
    'allowed',
    'allowed',
  ]);
  expect(ask(nodes(), '2001:db8::7', to)).toBe('allowed');
});

test('pods get it', () => {
  expect([ask(nodes(), '203.0.113.7', 'shop/web'), ask(nodes(), 'shop/lost', 'shop/web')]).toEqual(['allowed', 'allowed']);
});

test('a pod counts as itself on its own node, and as its node where pools say that it is seen so', () => {
  const asked = (network: Partial<NodeNetwork>) => [ask(nodes(network), 'shop/web', 'n1'), ask(nodes(network), 'shop/web', 'n2')];
  expect(asked(pools(false))).toEqual(['denied', 'denied']);
  expect(asked(pools(true))).toEqual(['denied', 'allowed']);
  expect(asked(pools(true, '0.0.0.0/0'))).toEqual(['denied', 'denied']);
  expect(asked({})).toEqual(['denied', 'indeterminate']);
});

test('of a pod that runs nobody knows where it is open, unless it is seen alike everywhere', () => {
  expect(ask(nodes(pools(true)), 'shop/lost', 'n1')).toBe('indeterminate');
  expect(ask(nodes(pools(false)), 'shop/lost', 'n1')).toBe('denied');
});

test('what nodes drop of all that pods send makes no difference to them where it comes', () => {
  const modelWith = (droppedAtNodes: readonly NodeDrop[]) =>
    analyze(nodes({ ...pools(true), droppedFromPods: [VXLAN.packets], droppedAtNodes }).snapshot()).model;
  const nearOf = ({ endpoints, classes }: ReturnType<typeof modelWith>) => Array.from(endpoints.classOf, (owner) => classes.near[owner]);
  expect(nearOf(modelWith([VXLAN]))).toEqual(nearOf(modelWith([])));
  expect(modelWith([VXLAN]).classes.ingress.some((result) => result !== UNRESTRICTED)).toBe(true);
  expect(modelWith([]).classes.ingress.every((result) => result === UNRESTRICTED)).toBe(true);
});

test('a protocol whose number is not told is open', () => {
  const ipip: NodeDrop = { packets: { protocol: 'other', numbers: [[4, 4]] }, family: 4, exempt: [] };
  expect(ask(nodes({ droppedAtNodes: [ipip, VXLAN] }), '203.0.113.7', 'n1', 'other')).toBe('indeterminate');
  expect(ask(nodes({ droppedAtNodes: [ipip, VXLAN] }), '203.0.113.7', 'n1')).toBe('denied');
});
