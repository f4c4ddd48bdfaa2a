import { DROPPED } from '../../../src/engine/classes';
import { analyze, verdictOf } from '../../../src/engine/index';
import { ONLY_DEFINED, SELF_POLICED } from '../../../src/engine/packet-axis';
import type { Facts } from '../../../src/model/facts';
import { allow, type ClusterBuilder, cluster, deny, type PolicyOptions } from '../../support/cluster';
import { endOf, packetOf } from '../../support/flow';

function node(facts: Partial<Facts> = {}): ClusterBuilder {
  return cluster(facts)
    .node('n1', { addresses: ['192.168.0.1'] })
    .pod('shop/web', { app: 'web' }, { node: 'n1', addresses: ['10.0.0.1'] })
    .pod('shop/agent', {}, { node: 'n1', network: 'host', addresses: ['192.168.0.1'] })
    .pod('shop/nowhere', {}, { addresses: ['10.0.0.2'] });
}

function ask(builder: ClusterBuilder, from: string, to: string): string {
  const snapshot = builder.snapshot();
  return verdictOf(analyze(snapshot), { source: endOf(snapshot, from), destination: endOf(snapshot, to), packet: packetOf('TCP:80') });
}

const DROPPING: Partial<Facts> = { cni: 'calico', endpointToHostAction: 'drop' };

describe('what pods send to their own node', () => {
  it('is dropped where the facts say so, and perhaps where nobody knows the node', () => {
    expect([ask(node(DROPPING), 'shop/web', 'n1'), ask(node(DROPPING), 'shop/web', 'shop/agent')]).toEqual(['denied', 'denied']);
    expect(ask(node(DROPPING), 'shop/nowhere', 'n1')).toBe('indeterminate');
  });

  it.each<Partial<Facts>>([
    { cni: 'calico', endpointToHostAction: 'accept' },
    { cni: 'calico', endpointToHostAction: 'return' },
    { cni: 'cilium', endpointToHostAction: 'drop' },
  ])('is taken under %j', (facts) => {
    expect(ask(node(facts), 'shop/web', 'n1')).toBe('allowed');
  });

  it('is a flag of the classes of pods alone, and holds for nobody else', () => {
    const { classes, endpoints } = analyze(node(DROPPING).snapshot()).model;
    expect(Array.from(endpoints.classOf, (owner) => (classes.flags[owner]! & DROPPED) !== 0)).toEqual([false, false, true, true]);
    expect([ask(node(DROPPING), 'n1', 'shop/web'), ask(node(DROPPING), 'shop/web', 'shop/nowhere')]).toEqual(['allowed', 'allowed']);
  });
});

describe('host endpoints', () => {
  const policed = (options: PolicyOptions, interfaceName = '*') =>
    node()
      .host('n1/a', { interfaceName, profileAction: 'Allow' })
      .policy('p', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ...options });

  it('add to what policies of pods say, and take nothing from it', () => {
    const builder = () => policed({ forward: true, ingress: [allow()] });
    expect(ask(builder(), 'shop/web', '198.51.100.1')).toBe('allowed');
    expect(ask(builder().policy('shop/web', { egress: [deny()] }), 'shop/web', '198.51.100.1')).toBe('denied');
    expect(ask(policed({ forward: true, ingress: [deny()] }), 'shop/web', '198.51.100.1')).toBe('denied');
  });

  it('leave to the definition whether a process reaches itself, and what untracked policies allow', () => {
    const looksAt = (builder: ClusterBuilder) => analyze(builder.snapshot()).model.counts.looksAt;
    expect(looksAt(node().host('n1/a', { profileAction: 'Allow' }))).toBe(0);
    expect(looksAt(policed({ ingress: [deny()] }))).toBe(SELF_POLICED);
    expect(looksAt(policed({ hook: 'untracked', ingress: [allow()] }, 'eth0'))).toBe(SELF_POLICED | ONLY_DEFINED);
    expect(ask(policed({ ingress: [deny()] }), 'n1', 'n1')).toBe('denied');
    expect(ask(policed({ ingress: [deny()] }), 'shop/web', 'shop/web')).toBe('allowed');
  });
});
