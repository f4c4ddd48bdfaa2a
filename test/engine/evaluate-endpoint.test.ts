import { judgeEndpoint, whetherOneNode } from '../../src/engine/evaluate-endpoint';
import type { Direction } from '../../src/model/policy';
import { allow, type ClusterBuilder, cluster, deny, labels } from '../support/cluster';
import { endOf, flowOf, packetOf } from '../support/flow';

const scene = () =>
  cluster()
    .tier('guard', 100, 'Deny', { guardsOwnNode: true })
    .node('n')
    .pod('shop/a', { app: 'a' }, { node: 'n' })
    .pod('shop/b', { app: 'b' })
    .pod('shop/agent', {}, { node: 'n', network: 'host' });

function judge(builder: ClusterBuilder, direction: Direction, from: string, to: string) {
  const snapshot = builder.snapshot();
  const flow = flowOf(snapshot, { source: endOf(snapshot, from), destination: endOf(snapshot, to), packet: packetOf('TCP:80') });
  const { verdict, trace } = judgeEndpoint(snapshot, direction, flow, 4);
  return [verdict, ...trace.map(({ trigger, action, certainty }) => `${trigger} ${action}${certainty === 'maybe' ? '?' : ''}`)].join(', ');
}

test('egress is judged at the source and ingress at the destination', () => {
  const closed = scene().policy('shop/a', { appliesTo: labels({ app: 'a' }), ingress: [allow()], egress: [] });

  expect(judge(closed, 'egress', 'shop/a', 'shop/b')).toBe('denied, end-of-tier Deny');
  expect(judge(closed, 'ingress', 'shop/a', 'shop/b')).toBe('allowed, not-selected Allow');
  expect(judge(closed, 'ingress', 'shop/b', 'shop/a')).toBe('allowed, rule Allow');
});

test('an address has no policies of its own', () => {
  expect(judge(scene().policy('all', { appliesTo: { kind: 'all' }, ingress: [], egress: [] }), 'egress', '198.51.100.7', 'shop/a')).toBe(
    'allowed, external Allow',
  );
});

test('what shares a network with its node has only the policies that select it', () => {
  expect(judge(scene(), 'ingress', '198.51.100.7', 'shop/agent')).toBe('allowed, host-network Allow');
  expect(judge(scene().policy('all', { appliesTo: { kind: 'all' }, ingress: [] }), 'ingress', '198.51.100.7', 'shop/agent')).toBe(
    'denied, end-of-tier Deny',
  );
});

test('policies at host endpoints alone, and of other hooks, say nothing of an end', () => {
  const hosts = { appliesToHosts: { kind: 'all' } } as const;

  expect(judge(scene().policy('h', { appliesTo: { kind: 'none' }, ...hosts, ingress: [deny()] }), 'ingress', 'shop/b', 'shop/a')).toBe(
    'allowed, not-selected Allow',
  );
  expect(judge(scene().policy('h', { ...hosts, hook: 'preDNAT', ingress: [deny()] }), 'ingress', 'shop/b', 'shop/a')).toBe(
    'allowed, not-selected Allow',
  );
  expect(judge(scene().policy('h', { ...hosts, forward: true, ingress: [deny()] }), 'ingress', 'shop/b', 'shop/a')).toBe(
    'denied, rule Deny',
  );
});

test('a pod and its own node reach each other, but for the egress of a guarded pod', () => {
  const closed = (tier: string) => scene().policy('shop/all', { tier, ingress: [], egress: [] });

  expect(judge(closed('default'), 'egress', 'shop/a', 'n')).toBe('allowed, local-node Allow');
  expect(judge(closed('guard'), 'egress', 'shop/a', 'n')).toBe('denied, end-of-tier Deny');
  expect(judge(closed('guard'), 'ingress', 'n', 'shop/a')).toBe('allowed, local-node Allow');
  expect(judge(closed('default'), 'ingress', 'n', 'shop/b')).toBe('indeterminate, local-node Allow?, end-of-tier Deny');
  expect(whetherOneNode({ name: 'b' }, { name: 'n' })).toEqual({ kind: 'placement', text: 'whether `b` and `n` share a node' });
});
