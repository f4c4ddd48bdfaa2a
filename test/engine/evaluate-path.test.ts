import { evaluate } from '../../src/engine/evaluate';
import { type Cluster, pathOf, policingOf, type Station } from '../../src/engine/evaluate-path';
import { whereabouts } from '../../src/model/endpoint';
import type { Snapshot } from '../../src/model/snapshot';
import type { Flow, Packet } from '../../src/model/verdict';
import { allow, block, type ClusterBuilder, cluster, deny, labels } from '../support/cluster';
import { ask, endOf, flowOf, packetOf } from '../support/flow';

/** Two nodes with every kind of interface, pods and processes on both, one of each that runs nobody knows where. */
function twoNodes(facts: Parameters<typeof cluster>[0] = { cni: 'calico' }): ClusterBuilder {
  return cluster(facts)
    .node('n', { addresses: ['192.168.0.1'] })
    .node('m', { addresses: ['192.168.0.2'] })
    .pod('shop/a', { app: 'a' }, { node: 'n', addresses: ['10.0.0.1'] })
    .pod('shop/near', {}, { node: 'n', addresses: ['10.0.0.2'] })
    .pod('shop/far', {}, { node: 'm', addresses: ['10.0.1.1'] })
    .pod('shop/agent', {}, { node: 'n', network: 'host', addresses: ['192.168.0.1'] })
    .pod('shop/lost', {}, { addresses: ['10.0.0.9'] })
    .pod('shop/lost-agent', {}, { network: 'host', addresses: ['192.168.0.9'] })
    .template('shop/web', {}, { addressRanges: ['10.0.0.0/16'] })
    .network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'always', natOutgoing: false }] });
}

function withHosts(facts?: Parameters<typeof cluster>[0]): ClusterBuilder {
  const nodes = [
    ['n', '192.168.0.1'],
    ['m', '192.168.0.2'],
  ] as const;
  return nodes.reduce(
    (builder, [node, address]) =>
      builder
        .host(`${node}/${node}-all`)
        .host(`${node}/${node}-eth0`, { interfaceName: 'eth0', addresses: [address] })
        .host(`${node}/${node}-lo`, { interfaceName: 'lo' })
        .host(`${node}/${node}-vxlan`, { interfaceName: 'vxlan.calico' }),
    twoNodes(facts),
  );
}

function flowBetween(snapshot: Snapshot, from: string, to: string, packet = 'TCP:80'): Flow {
  return flowOf(snapshot, { source: endOf(snapshot, from), destination: endOf(snapshot, to), packet: packetOf(packet) });
}

function textOf(station: Station): string {
  switch (station.kind) {
    case 'own':
      return `own ${station.direction}`;
    case 'drop':
      return `drop ${station.placement.truth}`;
    case 'tunnel-packet':
      return `tunnel ${station.direction} ${station.match.truth}`;
    case 'host-unknown':
      return `unknown ${station.direction}`;
    default: {
      const { direction, way, alternatives } = station.checkpoint;
      const who = alternatives.map(({ host }) => host?.ref.name ?? 'nobody').join(' or ');
      const { stages } = alternatives[0]!;
      return `${direction} ${way} ${who}: ${stages === 'unknown' ? stages : stages.map(({ hook }) => hook).join(' ')}`;
    }
  }
}

function pathBetween(snapshot: Cluster & Snapshot, from: string, to: string): readonly string[] {
  return pathOf(snapshot, flowBetween(snapshot, from, to), 4).map(textOf);
}

const OUTSIDE = '198.51.100.7';

describe('what a flow meets on its way', () => {
  const snapshot = withHosts().snapshot();

  test.each([
    [
      'a pod to a pod of its node',
      'shop/a',
      'shop/near',
      ['egress in n-all: preDNAT forward', 'own egress', 'own ingress', 'ingress out n-all: forward'],
    ],
    [
      'a pod to a pod of another node',
      'shop/a',
      'shop/far',
      [
        'egress in n-all: preDNAT forward',
        'own egress',
        'egress out n-vxlan: forward',
        'ingress in m-vxlan: untracked preDNAT forward',
        'own ingress',
        'ingress out m-all: forward',
      ],
    ],
    ['a pod to its own node', 'shop/a', 'n', ['egress in n-all: preDNAT', 'own egress', 'own ingress']],
    ["a pod to a pod on its own node's network", 'shop/a', 'shop/agent', ['egress in n-all: preDNAT', 'own egress', 'own ingress']],
    [
      'a pod to another node',
      'shop/a',
      'm',
      [
        'egress in n-all: preDNAT forward',
        'own egress',
        'egress out n-eth0: forward',
        'own ingress',
        'ingress in m-eth0: untracked preDNAT normal',
      ],
    ],
    [
      'a pod to the outside',
      'shop/a',
      OUTSIDE,
      ['egress in n-all: preDNAT forward', 'own egress', 'egress out n-eth0: forward', 'own ingress'],
    ],
    ['a pod to itself', 'shop/a', 'shop/a', ['own egress', 'own ingress']],
    ['a node to a pod of its own', 'n', 'shop/a', ['own egress', 'own ingress']],
    [
      'a node to a pod of another node',
      'n',
      'shop/far',
      [
        'own egress',
        'egress out n-vxlan: untracked normal',
        'ingress in m-vxlan: untracked preDNAT forward',
        'own ingress',
        'ingress out m-all: forward',
      ],
    ],
    ['a node to itself', 'n', 'n', ['own egress', 'egress out n-lo: normal', 'own ingress', 'ingress in n-lo: normal']],
    ['two processes of one node', 'shop/agent', 'n', ['own egress', 'egress out n-lo: normal', 'own ingress', 'ingress in n-lo: normal']],
    [
      'a node to another node',
      'n',
      'm',
      ['own egress', 'egress out n-eth0: untracked normal', 'own ingress', 'ingress in m-eth0: untracked preDNAT normal'],
    ],
    ['a node to the outside', 'n', OUTSIDE, ['own egress', 'egress out n-eth0: untracked normal', 'own ingress']],
    [
      'the outside to a pod',
      OUTSIDE,
      'shop/far',
      ['own egress', 'ingress in m-eth0: untracked preDNAT forward', 'own ingress', 'ingress out m-all: forward'],
    ],
    ['the outside to a node', OUTSIDE, 'm', ['own egress', 'own ingress', 'ingress in m-eth0: untracked preDNAT normal']],
    ['the outside to itself', OUTSIDE, '198.51.100.8', ['own egress', 'own ingress']],
  ] as const)('%s', (_row, from, to, path) => {
    expect(pathBetween(snapshot, from, to)).toEqual(path);
  });

  test('without host endpoints there are only the ends', () => {
    const bare = twoNodes().snapshot();
    for (const [from, to] of [
      ['shop/a', 'shop/far'],
      ['n', 'm'],
      [OUTSIDE, 'shop/a'],
      ['shop/lost', 'shop/a'],
    ] as const) {
      expect(pathBetween(bare, from, to)).toEqual(['own egress', 'own ingress']);
    }
  });
});

describe('a tunnel between nodes', () => {
  const pooled = (encapsulation: 'always' | 'never' | 'acrossSubnets', net = '10.0.0.0/16') =>
    withHosts()
      .network({ pools: [{ net, encapsulation, natOutgoing: false }] })
      .snapshot();

  test('is not passed where the pool of the destination is routed', () => {
    expect(pathBetween(pooled('never'), 'shop/a', 'shop/far')).toContain('egress out n-eth0: forward');
    expect(pathBetween(pooled('never'), 'n', 'shop/far')).toContain('ingress in m-eth0: untracked preDNAT forward');
  });

  test.each([
    ['only between subnets', pooled('acrossSubnets')],
    ['for other addresses only', pooled('always', '10.9.0.0/16')],
  ])('may be passed or not where it is there %s', (_case, snapshot) => {
    expect(pathBetween(snapshot, 'shop/a', 'shop/far')).toContain('egress out n-vxlan or n-eth0: forward');
    expect(pathBetween(snapshot, 'shop/a', 'shop/far')).toContain('ingress in m-vxlan or m-eth0: untracked preDNAT forward');
  });

  test('depends on the pool of the destination alone', () => {
    const pools = [
      { net: '10.0.0.0/24', encapsulation: 'never', natOutgoing: false },
      { net: '10.0.1.0/24', encapsulation: 'always', natOutgoing: false },
    ] as const;
    const snapshot = withHosts().network({ pools }).snapshot();

    expect(pathBetween(snapshot, 'shop/a', 'shop/far')).toContain('egress out n-vxlan: forward');
    expect(pathBetween(snapshot, 'shop/far', 'shop/a')).toContain('egress out m-eth0: forward');
  });
});

describe('an end of which nobody knows where it runs', () => {
  const forwarded = withHosts()
    .policy('passes', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, ingress: [] })
    .snapshot();

  test.each([
    ['a pod to a pod', 'shop/lost', 'shop/near', ['own egress', 'unknown egress', 'own ingress', 'unknown ingress']],
    ['a pod of a template to a pod', 'shop/web', 'shop/near', ['own egress', 'unknown egress', 'own ingress', 'unknown ingress']],
    ['a pod to the outside', 'shop/lost', OUTSIDE, ['own egress', 'unknown egress', 'own ingress']],
    ['the outside to a pod', OUTSIDE, 'shop/lost', ['own egress', 'own ingress', 'unknown ingress']],
    ['a process to a node', 'shop/lost-agent', 'n', ['own egress', 'unknown egress', 'own ingress', 'unknown ingress']],
    ['a process to itself', 'shop/lost-agent', 'shop/lost-agent', ['own egress', 'unknown egress', 'own ingress', 'unknown ingress']],
  ] as const)('%s: host endpoints may deny it, if they police such traffic', (_case, from, to, path) => {
    expect(pathBetween(forwarded, from, to)).toEqual(path);
    const { verdict, dependsOn } = evaluate(forwarded, flowBetween(forwarded, from, to));
    expect({ verdict, kinds: new Set(dependsOn.map(({ kind }) => kind)) }).toEqual({
      verdict: 'indeterminate',
      kinds: new Set(['placement']),
    });
  });

  test('a pod meets nothing where host endpoints police the own traffic of nodes alone', () => {
    const snapshot = withHosts()
      .policy('own', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ingress: [] })
      .snapshot();

    expect(pathBetween(snapshot, 'shop/lost', 'shop/near')).toEqual(['own egress', 'own ingress']);
    expect(pathBetween(snapshot, 'shop/lost', 'n')).toEqual(['own egress', 'unknown egress', 'own ingress', 'unknown ingress']);
  });

  test('a denial of its own policies stays one', () => {
    const snapshot = withHosts()
      .policy('passes', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, ingress: [] })
      .policy('shop/closed', { ingress: [] })
      .snapshot();

    expect(ask(snapshot, 'shop/lost', 'shop/near').verdict).toBe('denied');
  });
});

describe('what all host endpoints police', () => {
  const policing = (options: Parameters<ClusterBuilder['policy']>[1], hosts = cluster().host('n/all', { profileAction: 'Allow' })) =>
    policingOf(hosts.policy('p', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ingress: [], ...options }).snapshot());
  const eth0 = () => cluster().host('n/eth0', { interfaceName: 'eth0', profileAction: 'Allow' });

  test('is nothing without a policy that selects one, where profiles allow', () => {
    expect(policing({ appliesToHosts: labels({ role: 'x' }) })).toEqual({ forwarded: false, own: false });
    expect(policing({ staged: true, forward: true })).toEqual({ forwarded: false, own: false });
    expect(policingOf(cluster().snapshot())).toEqual({ forwarded: false, own: false });
  });

  test('is own traffic alone for a normal policy, or for profiles that allow nothing', () => {
    expect(policing({})).toEqual({ forwarded: false, own: true });
    expect(policingOf(cluster().host('n/all').snapshot())).toEqual({ forwarded: false, own: true });
  });

  test('is also what is passed on for the other hooks, untracked ones where they act at all', () => {
    expect(policing({ forward: true })).toEqual({ forwarded: true, own: true });
    expect(policing({ hook: 'preDNAT' })).toEqual({ forwarded: true, own: true });
    expect(policing({ hook: 'untracked' }, eth0())).toEqual({ forwarded: true, own: true });
    expect(policing({ hook: 'untracked' })).toEqual({ forwarded: false, own: false });
  });

  test('can be told where only some of the policies are at hand', () => {
    const policed = { ...withHosts().snapshot(), policing: { forwarded: true, own: true } };

    expect(pathBetween(policed, 'shop/lost', 'shop/near')).toContain('unknown egress');
  });
});

describe('what nodes drop of all that their pods send', () => {
  const VXLAN = { protocol: 'UDP', ports: [[4789, 4789]] } as const;
  const IPIP = { protocol: 'other', numbers: [[4, 4]] } as const;
  const dropping = (builder = twoNodes()) => builder.network({ droppedFromPods: [VXLAN, IPIP] }).snapshot();
  const judge = (from: string, to: string, packet: Packet, snapshot: Cluster & Snapshot = dropping()) =>
    evaluate(snapshot, { ...flowBetween(snapshot, from, to, 'TCP:80'), packet });
  const TUNNEL: Packet = { protocol: 'UDP', port: 4789 };

  test('comes first of all, and is all that is told of the source', () => {
    const path = pathBetween(dropping(withHosts()), 'shop/a', 'shop/near');
    expect(path).toEqual(pathBetween(withHosts().snapshot(), 'shop/a', 'shop/near'));
    const { verdict, egress, ingress, trace } = judge('shop/a', 'shop/near', TUNNEL, dropping(withHosts()));
    expect([verdict, egress, ingress]).toEqual(['denied', 'denied', 'allowed']);
    expect(trace.filter(({ direction }) => direction === 'egress')).toEqual([
      { direction: 'egress', trigger: 'tunnel-packet', action: 'Deny', certainty: 'yes', unknowns: [] },
    ]);
  });

  test.each([
    ['a process to a pod', 'n', 'shop/a'],
    ['a hostNetwork pod to another node', 'shop/agent', 'm'],
    ['a pod to itself', 'shop/a', 'shop/a'],
    ['the outside to a pod', OUTSIDE, 'shop/a'],
  ])('is nothing to %s', (_case, from, to) => {
    expect(judge(from, to, TUNNEL).verdict).toBe('allowed');
  });

  test.each(['shop/near', 'n', 'm', 'shop/agent', OUTSIDE])('does not reach %s', (to) => {
    expect(judge('shop/a', to, TUNNEL).verdict).toBe('denied');
    expect(judge('shop/a', to, { protocol: 'other', number: 4 }).verdict).toBe('denied');
    expect(judge('shop/a', to, { protocol: 'other', number: 47 }).verdict).toBe('allowed');
    expect(judge('shop/a', to, { protocol: 'UDP' }).verdict).toBe('allowed');
  });

  test('stays open where the number of the protocol is not told', () => {
    expect(judge('shop/a', OUTSIDE, { protocol: 'other' })).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'condition', text: 'the protocol number, which the question leaves open' }],
    });
  });
});

describe('what a node does with packets of its own pods', () => {
  const dropping = { cni: 'calico', endpointToHostAction: 'drop' } as const;

  test('is told only where it drops them', () => {
    const explanation = ask(twoNodes(dropping).snapshot(), 'shop/a', 'n');

    expect(explanation).toMatchObject({ verdict: 'denied', egress: 'allowed', ingress: 'denied' });
    expect(explanation.trace.at(-1)).toMatchObject({ direction: 'ingress', trigger: 'host-action', action: 'Deny', certainty: 'yes' });
    for (const endpointToHostAction of ['accept', 'return'] as const) {
      const accepting = ask(twoNodes({ cni: 'calico', endpointToHostAction }).snapshot(), 'shop/a', 'n');
      expect(accepting).toEqual(ask(twoNodes().snapshot(), 'shop/a', 'n'));
      expect(accepting).toMatchObject({ verdict: 'allowed' });
    }
  });

  test.each([
    ['another node', 'shop/a', 'm'],
    ['a node to its pod', 'n', 'shop/a'],
    ['a pod to a pod', 'shop/a', 'shop/near'],
    ['a process to its own node', 'shop/agent', 'n'],
    ['a pod to the outside', 'shop/a', OUTSIDE],
    ['the outside to a node', OUTSIDE, 'n'],
  ])('is nothing to %s', (_case, from, to) => {
    expect(ask(twoNodes(dropping).snapshot(), from, to).verdict).toBe('allowed');
  });

  test('counts under Calico alone', () => {
    expect(ask(twoNodes({ ...dropping, cni: 'unknown' }).snapshot(), 'shop/a', 'n').verdict).toBe('allowed');
  });

  test('counts for pods on its network, and perhaps for what runs nobody knows where', () => {
    const snapshot = twoNodes(dropping).snapshot();

    expect(ask(snapshot, 'shop/a', 'shop/agent').verdict).toBe('denied');
    expect(ask(snapshot, 'shop/lost', 'n')).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'placement' }] });
    expect(ask(snapshot, 'shop/a', 'shop/lost-agent').verdict).toBe('indeterminate');
  });

  test('counts beside host endpoints', () => {
    expect(pathBetween(withHosts(dropping).snapshot(), 'shop/a', 'n')).toEqual([
      'egress in n-all: preDNAT',
      'own egress',
      'own ingress',
      'drop yes',
    ]);
  });
});

describe('a pod at another node', () => {
  /** Only what comes from node n is denied, by the address of n; everything else is allowed. */
  const denying = (natOutgoing: boolean, nets: readonly string[] = ['10.0.0.0/16'], builder = withHosts()) =>
    builder
      .network({ pools: nets.map((net) => ({ net, encapsulation: 'never', natOutgoing })) })
      .policy('no-n', {
        appliesTo: { kind: 'none' },
        appliesToHosts: { kind: 'all' },
        ingress: [deny([{ nets: ['192.168.0.1/32'], netsSeePods: 'yes' }]), { action: 'Allow', peer: 'any', packets: 'any' }],
      })
      .policy('out', {
        appliesTo: { kind: 'none' },
        appliesToHosts: { kind: 'all' },
        egress: [{ action: 'Allow', peer: 'any', packets: 'any' }],
      })
      .snapshot();

  test('is seen by the address of its node where its pool says so', () => {
    expect(ask(denying(true), 'shop/a', 'm').verdict).toBe('denied');
    expect(ask(denying(false), 'shop/a', 'm').verdict).toBe('allowed');
  });

  test('may be seen by another port than its own where it is seen by another address', () => {
    const asked = (natOutgoing: boolean) => {
      const snapshot = withHosts()
        .network({ pools: [{ net: '10.0.0.0/16', encapsulation: 'never', natOutgoing }] })
        .policy('ports', {
          appliesTo: { kind: 'none' },
          appliesToHosts: { kind: 'all' },
          ingress: [{ action: 'Allow', peer: 'any', packets: [{ protocol: 'TCP', sourcePorts: [[40_000, 40_000]] }] }],
          egress: [{ action: 'Allow', peer: 'any', packets: 'any' }],
        })
        .snapshot();
      const flow = flowBetween(snapshot, 'shop/a', 'm');
      return evaluate(snapshot, { ...flow, packet: { ...flow.packet, sourcePort: 40_000 } });
    };

    expect(asked(false).verdict).toBe('allowed');
    expect(asked(true)).toMatchObject({
      verdict: 'indeterminate',
      dependsOn: [{ kind: 'condition', text: expect.stringContaining('source port') }],
    });
  });

  test('keeps its address where the other node is in a pool too', () => {
    expect(ask(denying(true, ['10.0.0.0/16', '192.168.0.0/16']), 'shop/a', 'm').verdict).toBe('allowed');
  });

  test('may be seen either way where its pool is not known', () => {
    for (const nets of [[], ['10.9.0.0/16']]) {
      expect(ask(denying(true, nets), 'shop/a', 'm')).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'address' }] });
    }
  });

  test('of two addresses may be seen either way where their pools differ', () => {
    const pools = [
      { net: '10.0.0.0/24', encapsulation: 'never', natOutgoing: true },
      { net: '10.0.1.0/24', encapsulation: 'never', natOutgoing: false },
    ] as const;
    const snapshot = withHosts()
      .pod('shop/two', {}, { node: 'n', addresses: ['10.0.0.7', '10.0.1.7'] })
      .network({ pools })
      .policy('no-n', {
        appliesTo: { kind: 'none' },
        appliesToHosts: { kind: 'all' },
        ingress: [deny([{ nets: ['192.168.0.1/32'], netsSeePods: 'yes' }]), { action: 'Allow', peer: 'any', packets: 'any' }],
      })
      .snapshot();

    expect(ask(snapshot, 'shop/two', 'm').verdict).toBe('indeterminate');
  });

  test('keeps its address on its own node, and from the outside nothing changes', () => {
    expect(ask(denying(true), OUTSIDE, 'm').verdict).toBe('allowed');
    expect(ask(denying(true), 'n', 'm').verdict).toBe('denied');
  });

  test('is seen nobody knows how where its node is not in the input', () => {
    const builder = cluster({ cni: 'calico' })
      .node('m', { addresses: ['192.168.0.2'] })
      .pod('shop/a', {}, { node: 'n', addresses: ['10.0.0.1'] })
      .host('m/m-eth0', { interfaceName: 'eth0' });
    const explanation = ask(denying(true, ['10.0.0.0/16'], builder), 'shop/a', 'm');

    expect(explanation).toMatchObject({ verdict: 'indeterminate', egress: 'allowed', dependsOn: [{ kind: 'address' }] });
    expect(explanation.trace.at(-1)).toMatchObject({ trigger: 'host-unknown', host: { name: 'm-eth0' } });
  });
});

test('nothing is told of what comes after a certain denial on one side, and the other side is judged alone', () => {
  const snapshot = withHosts()
    .policy('shop/closed', { egress: [] })
    .policy('passes', { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, forward: true, egress: [] })
    .snapshot();
  const { egress, ingress, trace } = ask(snapshot, 'shop/a', 'shop/near');

  expect({ egress, ingress }).toEqual({ egress: 'denied', ingress: 'denied' });
  expect(trace.map(({ direction, host, trigger }) => [direction, host?.name, trigger])).toEqual([
    ['egress', undefined, 'end-of-tier'],
    ['ingress', undefined, 'not-selected'],
    ['ingress', 'n-all', 'end-of-tier'],
  ]);
  expect(ask(snapshot, 'shop/a', OUTSIDE).trace.map(({ host }) => host?.name)).toEqual([undefined, undefined]);
});

describe('what a process sends to a pod of another node through a tunnel', () => {
  const TUNNELLED = {
    pools: [{ net: '10.0.0.0/8', encapsulation: 'always', natOutgoing: false } as const],
    links: [{ node: 'n', subnets: [], tunnels: ['10.9.0.1'] }],
  };
  const sourcesAt = (station: Station): readonly (readonly string[])[] => {
    const parties =
      station.kind === 'own'
        ? (station.seen?.sources ?? [])
        : station.kind === 'checkpoint'
          ? station.checkpoint.alternatives.flatMap(({ stages }) =>
              stages === 'unknown' ? [] : stages.slice(0, 1).map(({ flow }) => flow.source),
            )
          : [];
    return parties.map((party) => (party.kind === 'address' ? [party.address] : whereabouts(party.endpoint)));
  };
  const seen = (snapshot: Snapshot, from: string, to: string) =>
    pathOf(snapshot, flowBetween(snapshot, from, to), 4).map((station) => [textOf(station), sourcesAt(station).join(' or ')]);

  test('is seen by the address of the tunnel from where it leaves on', () => {
    expect(seen(withHosts().network(TUNNELLED).snapshot(), 'n', 'shop/far')).toEqual([
      ['own egress', ''],
      ['egress out n-vxlan: untracked normal', '10.9.0.1'],
      ['ingress in m-vxlan: untracked preDNAT forward', '10.9.0.1'],
      ['own ingress', '10.9.0.1'],
      ['ingress out m-all: forward', '10.9.0.1'],
    ]);
    expect(seen(twoNodes().network(TUNNELLED).snapshot(), 'shop/agent', 'shop/far')).toEqual([
      ['own egress', ''],
      ['own ingress', '10.9.0.1'],
    ]);
  });

  test('keeps its address on its own node, to processes, and where a pod sends it', () => {
    const snapshot = twoNodes().network(TUNNELLED).snapshot();

    for (const [from, to] of [
      ['n', 'shop/a'],
      ['n', 'm'],
      ['shop/a', 'shop/far'],
      [OUTSIDE, 'shop/far'],
    ] as const)
      expect(seen(snapshot, from, to)).toEqual([
        ['own egress', ''],
        ['own ingress', ''],
      ]);
  });

  test('is told where that matters, and only there', () => {
    const explain = (net: string) => {
      const builder = twoNodes()
        .network(TUNNELLED)
        .policy('shop/p', { ingress: [allow([block(net)])] });
      const snapshot = builder.snapshot();
      const { verdict, trace } = evaluate(snapshot, flowBetween(snapshot, 'n', 'shop/far'));
      return [
        verdict,
        trace
          .filter(({ direction }) => direction === 'ingress')
          .map(({ trigger, action, certainty }) => `${trigger} ${action} ${certainty}`),
      ];
    };

    expect(explain('10.9.0.1/32')).toEqual(['allowed', ['tunnel-source Log yes', 'rule Allow yes']]);
    expect(explain('192.168.0.0/16')).toEqual(['denied', ['tunnel-source Log yes', 'end-of-tier Deny yes']]);
    expect(explain('0.0.0.0/0')).toEqual(['allowed', ['rule Allow yes']]);
  });

  test('is open where nobody knows whether it is wrapped', () => {
    const open = { ...TUNNELLED, pools: [{ ...TUNNELLED.pools[0]!, encapsulation: 'acrossSubnets' as const }] };
    const snapshot = twoNodes()
      .network(open)
      .policy('shop/p', { ingress: [allow([block('10.9.0.1/32')])] })
      .snapshot();
    const { verdict, trace, dependsOn } = evaluate(snapshot, flowBetween(snapshot, 'n', 'shop/far'));

    expect(verdict).toBe('indeterminate');
    expect(trace.find(({ trigger }) => trigger === 'tunnel-source')?.certainty).toBe('maybe');
    expect(dependsOn).toEqual([
      {
        kind: 'interface',
        text: 'whether node `n` and node `m` are in one subnet: packets to pods of `10.0.0.0/8` are wrapped from one to another',
      },
    ]);
  });
});

describe('what nodes drop of what comes to their processes', () => {
  const drops = [
    { packets: { protocol: 'UDP', ports: [[4789, 4789]] }, family: 4, exempt: ['192.0.2.0/24'] },
    { packets: { protocol: 'other', numbers: [[4, 4]] }, family: 4, exempt: [] },
  ] as const;
  const pools = (natOutgoing: boolean) => [{ net: '10.0.0.0/16', encapsulation: 'always', natOutgoing } as const];
  const dropping = (natOutgoing: boolean, builder = twoNodes()) =>
    builder.network({ droppedAtNodes: drops, pools: pools(natOutgoing) }).snapshot();
  const tunnelBetween = (from: string, to: string, packet = 'UDP:4789', snapshot: Cluster & Snapshot = dropping(false)) =>
    pathOf(snapshot, flowBetween(snapshot, from, to, packet), 4)
      .map(textOf)
      .filter((text) => text.startsWith('tunnel'));

  test.each([
    [OUTSIDE, 'n', ['tunnel ingress yes']],
    ['192.0.2.7', 'n', []],
    [OUTSIDE, 'shop/agent', ['tunnel ingress yes']],
    [OUTSIDE, 'shop/a', []],
    ['m', 'n', []],
    ['shop/agent', 'm', []],
    ['n', OUTSIDE, []],
    ['shop/a', 'n', ['tunnel ingress yes']],
    ['shop/a', 'm', ['tunnel ingress yes']],
  ])('from %s to %s is told: %j', (from, to, expected) => {
    expect(tunnelBetween(from, to)).toEqual(expected);
    expect(tunnelBetween(from, to, 'UDP:4788')).toEqual([]);
  });

  test('may be of another protocol where its number is not told', () => {
    expect(tunnelBetween(OUTSIDE, 'n', 'other')).toEqual(['tunnel ingress maybe']);
  });

  test('are not packets of pods that are seen by the address of their node', () => {
    const masked = (from: string, to: string) => tunnelBetween(from, to, 'UDP:4789', dropping(true));
    expect([masked('shop/a', 'n'), masked('shop/a', 'm')]).toEqual([['tunnel ingress yes'], []]);
    expect([masked('shop/lost', 'n'), tunnelBetween('shop/lost', 'n')]).toEqual([['tunnel ingress maybe'], ['tunnel ingress yes']]);
    const untold = twoNodes().network({ droppedAtNodes: drops, pools: [] }).snapshot();
    expect(tunnelBetween('shop/a', 'm', 'UDP:4789', untold)).toEqual(['tunnel ingress maybe']);
  });

  test('comes before policies of the own traffic of the node, and whatever earlier ones allow', () => {
    const early = { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, hook: 'preDNAT', ingress: [allow()] } as const;
    const snapshot = dropping(false, withHosts().policy('early', early));
    const answer = evaluate(snapshot, flowBetween(snapshot, OUTSIDE, 'n', 'UDP:4789'));
    expect(answer).toMatchObject({ verdict: 'denied', ingress: 'denied', trace: [{ trigger: 'external' }, { trigger: 'tunnel-packet' }] });
    expect(evaluate(snapshot, flowBetween(snapshot, OUTSIDE, 'n', 'UDP:4788')).verdict).toBe('allowed');
  });
});
