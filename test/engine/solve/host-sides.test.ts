import { analyze } from '../../../src/engine/analyze';
import { positionOf } from '../../../src/engine/packet-axis';
import { blockMember } from '../../../src/engine/query/verdict';
import { solveHostSides } from '../../../src/engine/solve/host-sides';
import type { AddressPool } from '../../../src/model/host-endpoint';
import type { Verdict } from '../../../src/model/verdict';
import { allow, block, type ClusterBuilder, cluster, deny, type PolicyOptions } from '../../support/cluster';
import { endOf, packetOf } from '../../support/flow';
import { hostsOf, verdictIn } from './hosts-solved';

const POOL: AddressPool = { net: '10.0.0.0/8', encapsulation: 'never', natOutgoing: false };

/** Two nodes with two pods and a pod on the host network each, and a pod of which nobody knows where it runs. */
function world(): ClusterBuilder {
  const builder = cluster().network({ pools: [POOL] });
  for (const node of [1, 2])
    builder
      .node(`n${node}`, { addresses: [`192.168.0.${node}`] })
      .pod(`shop/a${node}`, {}, { node: `n${node}`, addresses: [`10.0.0.${node}`] })
      .pod(`shop/b${node}`, {}, { node: `n${node}`, addresses: [`10.0.1.${node}`] })
      .pod(`shop/agent${node}`, {}, { node: `n${node}`, network: 'host', addresses: [`192.168.0.${node}`] });
  return builder.pod('shop/nowhere', {}, { addresses: ['10.0.2.1'] });
}

function atHosts(options: PolicyOptions): PolicyOptions {
  return { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ...options };
}

/** What the sides of one end say of the other one, by name or address. */
function ask(builder: ClusterBuilder, side: 'egress' | 'ingress' | 'near', subject: string, other: string, packet = 'TCP:80'): Verdict {
  const snapshot = builder.snapshot();
  const { compiled, results, algebra, passes } = hostsOf(snapshot);
  const sides = solveHostSides(compiled, compiled.hosts!, passes, results, algebra);
  const { classOf, firstFace } = compiled.classes;
  const end = endOf(snapshot, other);
  const member = typeof end === 'string' ? blockMember(analyze(snapshot).model, end) : firstFace[classOf[end]!]!;
  return verdictIn(compiled, results, sides[side][classOf[endOf(snapshot, subject) as number]!]!, positionOf(packetOf(packet)), member);
}

describe('a pod', () => {
  const forward = () => world().host('n1/eth0', { interfaceName: 'eth0', profileAction: 'Allow' });

  it('meets the interface that leads out of its node on its way to other nodes and the outside, not to its neighbours', () => {
    const builder = () => forward().policy('p', atHosts({ forward: true, egress: [deny()] }));
    expect(['shop/b1', 'shop/a2', 'shop/agent2', '198.51.100.1'].map((other) => ask(builder(), 'egress', 'shop/a1', other))).toEqual([
      'allowed',
      'denied',
      'denied',
      'denied',
    ]);
    expect(ask(builder(), 'egress', 'shop/a2', 'shop/a1')).toBe('allowed');
  });

  it('is met by the same from there', () => {
    const builder = () => forward().policy('p', atHosts({ forward: true, ingress: [deny()] }));
    expect(['shop/b1', 'shop/a2', '198.51.100.1'].map((other) => ask(builder(), 'ingress', 'shop/a1', other))).toEqual([
      'allowed',
      'denied',
      'denied',
    ]);
  });

  it('meets the tunnel where its packets are wrapped, and perhaps where nobody knows', () => {
    const builder = (pool: AddressPool['encapsulation']) =>
      world()
        .network({ pools: [{ ...POOL, encapsulation: pool }] })
        .host('n1/tunnel', { interfaceName: 'vxlan.calico', profileAction: 'Allow' })
        .policy('p', atHosts({ forward: true, egress: [deny()] }));
    const verdicts = (['always', 'never', 'acrossSubnets'] as const).map((pool) => ask(builder(pool), 'egress', 'shop/a1', 'shop/a2'));
    expect(verdicts).toEqual(['denied', 'allowed', 'indeterminate']);
    expect(ask(builder('always'), 'egress', 'shop/a1', 'shop/agent2')).toBe('allowed');
  });

  it('meets the host endpoint of all interfaces even among neighbours, both ways', () => {
    const builder = (direction: 'ingress' | 'egress') =>
      world()
        .host('n1/all', { profileAction: 'Allow' })
        .policy('p', atHosts({ forward: true, [direction]: [deny()] }));
    expect(ask(builder('ingress'), 'egress', 'shop/a1', 'shop/b1')).toBe('denied');
    expect(ask(builder('egress'), 'ingress', 'shop/b1', 'shop/a1')).toBe('denied');
  });

  it('meets on its way to its own node only what acts before translation', () => {
    const builder = (options: PolicyOptions) => world().host('n1/all', { profileAction: 'Deny' }).policy('p', atHosts(options));
    expect(ask(builder({ hook: 'preDNAT', ingress: [deny()] }), 'near', 'shop/a1', 'shop/agent1')).toBe('denied');
    expect(ask(builder({ forward: true, ingress: [deny()] }), 'near', 'shop/a1', 'shop/agent1')).toBe('allowed');
  });

  it('of which nobody knows where it runs meets nobody knows what, if anything is policed', () => {
    const builder = (options: PolicyOptions) => world().host('n1/all', { profileAction: 'Allow' }).policy('p', atHosts(options));
    const asked = (options: PolicyOptions) =>
      ['shop/a1', '198.51.100.1'].map((other) => ask(builder(options), 'egress', 'shop/nowhere', other));
    expect(asked({ forward: true, ingress: [deny()] })).toEqual(['indeterminate', 'indeterminate']);
    expect(asked({ ingress: [deny()] })).toEqual(['allowed', 'allowed']);
    expect(ask(builder({ forward: true, ingress: [allow()] }), 'ingress', 'shop/a2', 'shop/nowhere')).toBe('indeterminate');
  });
});

describe('a process of a node', () => {
  it('is asked at the outward interface by others, and at loopback by its own node', () => {
    const outward = () => world().host('n1/eth0', { interfaceName: 'eth0' });
    expect(['agent1', 'agent2', 'a2'].map((other) => ask(outward(), 'ingress', 'n1', `shop/${other}`))).toEqual([
      'allowed',
      'denied',
      'denied',
    ]);
    const loopback = () => world().host('n1/lo', { interfaceName: 'lo' });
    expect(['agent1', 'agent2'].map((other) => ask(loopback(), 'ingress', 'n1', `shop/${other}`))).toEqual(['denied', 'allowed']);
    expect(['shop/agent1', 'n2', '198.51.100.1'].map((other) => ask(loopback(), 'egress', 'n1', other))).toEqual([
      'denied',
      'allowed',
      'allowed',
    ]);
  });

  it('sees pods of other nodes as their nodes, where their pool says so', () => {
    const builder = (natOutgoing: boolean, pools: readonly AddressPool[] = [{ ...POOL, natOutgoing }]) =>
      world()
        .network({ pools })
        .host('n1/all', { profileAction: 'Allow' })
        .policy('p', atHosts({ ingress: [deny([block('10.0.0.0/8')]), allow([block('192.168.0.2/32')])] }));
    expect(ask(builder(false), 'ingress', 'n1', 'shop/a2')).toBe('denied');
    expect(ask(builder(true), 'ingress', 'n1', 'shop/a2')).toBe('allowed');
    expect(ask(builder(true, []), 'ingress', 'n1', 'shop/a2')).toBe('indeterminate');
    const all = [
      { ...POOL, natOutgoing: true },
      { ...POOL, net: '192.168.0.0/16' },
    ];
    expect(ask(builder(true, all), 'ingress', 'n1', 'shop/a2')).toBe('denied');
  });

  it('is free towards pods of its own node, and asked on its way to those of others', () => {
    const builder = () => world().host('n1/eth0', { interfaceName: 'eth0' });
    expect(ask(builder(), 'near', 'n1', 'shop/a1')).toBe('allowed');
    expect(ask(builder(), 'egress', 'n1', 'shop/a2')).toBe('denied');
  });

  it('is not asked anything where nothing polices the own traffic of nodes', () => {
    expect(ask(world().host('n1/all', { profileAction: 'Allow' }), 'ingress', 'n1', 'shop/nowhere')).toBe('allowed');
    expect(ask(world().host('n1/all'), 'ingress', 'n2', 'shop/nowhere')).toBe('indeterminate');
  });
});
