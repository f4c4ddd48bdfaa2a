import { DROPPED, ON_HOST } from '../../../src/engine/classes';
import { analyze, verdictOf } from '../../../src/engine/index';
import { UNRESTRICTED } from '../../../src/engine/model';
import { PROTOCOL_NUMBER, SELF_POLICED } from '../../../src/engine/packet-axis';
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

describe('what nodes drop of all that pods send', () => {
  const dropped = (facts: Partial<Facts> = {}) =>
    node(facts).network({
      droppedFromPods: [
        { protocol: 'UDP', ports: [[4789, 4789]] },
        { protocol: 'other', numbers: [[4, 4]] },
      ],
    });
  const verdictTo = (builder: ClusterBuilder, from: string, to: string, packet: string) => {
    const snapshot = builder.snapshot();
    const [source, destination] = [endOf(snapshot, from), endOf(snapshot, to)];
    return verdictOf(analyze(snapshot), { source, destination, packet: packetOf(packet) });
  };

  it.each(['shop/nowhere', 'n1', 'shop/agent', '198.51.100.1'])('does not reach %s', (to) => {
    expect(verdictTo(dropped(), 'shop/web', to, 'UDP:4789')).toBe('denied');
    expect(verdictTo(dropped(), 'shop/web', to, 'UDP:4788')).toBe('allowed');
    expect(verdictTo(dropped(), 'shop/web', to, 'other')).toBe('indeterminate');
  });

  it('is nothing to processes of nodes, to what comes from outside, and to a pod itself', () => {
    for (const from of ['n1', 'shop/agent', '198.51.100.1']) expect(verdictTo(dropped(), from, 'shop/web', 'UDP:4789')).toBe('allowed');
    expect(verdictTo(dropped(), 'shop/web', 'shop/web', 'UDP:4789')).toBe('allowed');
  });

  it('is one result for all pods, and leaves the number of a protocol to the definition', () => {
    const { classes, counts } = analyze(dropped().pod('shop/b', { app: 'b' }).policy('shop/in', { ingress: [] }).snapshot()).model;
    const ofPods = classes.egress.filter((_, owner) => (classes.flags[owner]! & ON_HOST) === 0);
    expect(new Set(ofPods).size).toBe(1);
    expect(ofPods[0]).not.toBe(UNRESTRICTED);
    expect(Array.from(classes.near.filter((_, owner) => (classes.flags[owner]! & ON_HOST) === 0))).toEqual(Array.from(ofPods));
    expect(counts.looksAt).toBe(PROTOCOL_NUMBER);
  });

  it('goes with what a node does with packets of its pods to itself', () => {
    expect(verdictTo(dropped(DROPPING), 'shop/nowhere', 'n1', 'UDP:4789')).toBe('denied');
    expect(verdictTo(dropped(DROPPING), 'shop/nowhere', 'n1', 'UDP:53')).toBe('indeterminate');
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

  it('leave to the definition whether a process reaches itself', () => {
    const looksAt = (builder: ClusterBuilder) => analyze(builder.snapshot()).model.counts.looksAt;
    expect(looksAt(node().host('n1/a', { profileAction: 'Allow' }))).toBe(0);
    expect(looksAt(policed({ ingress: [deny()] }))).toBe(SELF_POLICED);
    expect(looksAt(policed({ hook: 'untracked', ingress: [allow()], egress: [allow()] }, 'eth0'))).toBe(SELF_POLICED);
    expect(ask(policed({ ingress: [deny()] }), 'n1', 'n1')).toBe('denied');
    expect(ask(policed({ ingress: [deny()] }), 'shop/web', 'shop/web')).toBe('allowed');
  });
});
