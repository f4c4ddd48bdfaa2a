import type { AskedEnd, FlowEnd, IndexedFlow } from '../../../src/engine/analysis';
import { analyze } from '../../../src/engine/analyze';
import { evaluate } from '../../../src/engine/evaluate';
import { faceCountOf } from '../../../src/engine/model';
import { blockMember, faceV6, verdictOf } from '../../../src/engine/query/verdict';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Verdict } from '../../../src/model/verdict';
import { allow, block, cluster, deny, type EndpointOptions, labels, to } from '../../support/cluster';
import { endOf, flowOf, packetOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { homeless } from '../homeless';

/** The verdict on a flow, which has to be that of the definition as well. */
function verdict(snapshot: Snapshot, from: string, target: string, packet = 'TCP:80'): Verdict {
  const flow = { source: endOf(snapshot, from), destination: endOf(snapshot, target), packet: packetOf(packet) };
  const found = verdictOf(analyze(snapshot), flow);
  expect(evaluate(snapshot, flowOf(snapshot, flow)).verdict).toBe(found);
  return found;
}

describe('the verdict on an external address', () => {
  const snapshot = cluster()
    .pod('shop/web')
    .policy('shop/web', {
      ingress: [allow([block('10.1.0.0/16', ['10.1.2.0/24'])]), allow([block('fd00::/16', ['fd00:1::/32'])])],
      egress: [allow([block('255.255.255.255/32')]), allow([block('0.0.0.0/32')]), allow([block('ffff::/16')])],
    })
    .snapshot();

  it.each<[string, Verdict]>([
    ['10.0.255.255', 'denied'],
    ['10.1.0.0', 'allowed'],
    ['10.1.1.255', 'allowed'],
    ['10.1.2.0', 'denied'],
    ['10.1.2.255', 'denied'],
    ['10.1.3.0', 'allowed'],
    ['10.1.255.255', 'allowed'],
    ['10.2.0.0', 'denied'],
    ['fcff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'denied'],
    ['fd00::', 'allowed'],
    ['fd00:0:ffff:ffff:ffff:ffff:ffff:ffff', 'allowed'],
    ['fd00:1::', 'denied'],
    ['fd00:1:ffff:ffff:ffff:ffff:ffff:ffff', 'denied'],
    ['fd00:2::', 'allowed'],
    ['fd01::', 'denied'],
    ['0.0.0.0', 'denied'],
    ['::', 'denied'],
  ])('changes just at the ends of nets and exceptions: from %s', (address, expected) => {
    expect(verdict(snapshot, address, 'shop/web')).toBe(expected);
  });

  it.each<[string, Verdict]>([
    ['0.0.0.0', 'allowed'],
    ['0.0.0.1', 'denied'],
    ['127.255.255.255', 'denied'],
    ['128.0.0.0', 'denied'],
    ['255.255.255.254', 'denied'],
    ['255.255.255.255', 'allowed'],
    ['fffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'denied'],
    ['ffff::', 'allowed'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'allowed'],
  ])('holds to the last address of a family: to %s', (address, expected) => {
    expect(verdict(snapshot, 'shop/web', address)).toBe(expected);
  });

  it('is allowed between two of them, since no policy is theirs', () => {
    expect(verdict(snapshot, '10.0.0.1', 'fd00::1')).toBe('allowed');
  });

  it('is the same however the address is written', () => {
    expect(verdict(snapshot, 'FD00:0000::0', 'shop/web')).toBe('allowed');
    expect(verdict(snapshot, 'fd00:1::10.0.0.1', 'shop/web')).toBe('denied');
  });
});

describe('the verdict on packets', () => {
  const snapshot = cluster()
    .pod('shop/web', {}, { ports: [['http', 'TCP', 8080]] })
    .policy('shop/web', {
      ingress: [
        allow('any', to('TCP', [80, 90], 'http')),
        allow('any', to('UDP')),
        allow('any', to('ICMP')),
        allow('any', to('SCTP', 1, 65_535)),
      ],
    })
    .snapshot();

  it.each<[string, Verdict]>([
    ['TCP:79', 'denied'],
    ['TCP:80', 'allowed'],
    ['TCP:90', 'allowed'],
    ['TCP:91', 'denied'],
    ['TCP:8080', 'allowed'],
    ['TCP:8081', 'denied'],
    ['TCP', 'denied'],
    ['UDP', 'allowed'],
    ['UDP:1', 'allowed'],
    ['UDP:65535', 'allowed'],
    ['UDP:8080', 'allowed'],
    ['SCTP:1', 'allowed'],
    ['SCTP:2', 'denied'],
    ['SCTP:65534', 'denied'],
    ['SCTP:65535', 'allowed'],
    ['ICMP', 'allowed'],
    ['ICMPv6', 'denied'],
    ['other', 'denied'],
  ])('changes just at the ends of ports and protocols: %s', (packet, expected) => {
    expect(verdict(snapshot, '10.0.0.1', 'shop/web', packet)).toBe(expected);
  });

  it('looks at what a packet tells beside its destination port, if some rule does', () => {
    const picky = cluster()
      .pod('shop/web')
      .policy('shop/web', {
        ingress: [
          allow('any', [{ protocol: 'TCP', sourcePorts: [[1000, 2000]] }]),
          allow('any', [{ protocol: 'ICMP', icmp: [{ types: [8, 8], codes: [0, 0] }] }]),
          allow('any', [{ protocol: 'other', numbers: [[47, 47]] }]),
        ],
      })
      .snapshot();
    const analysis = analyze(picky);
    const ask = (packet: IndexedFlow['packet']) => verdictOf(analysis, { source: '10.0.0.1', destination: 0, packet });
    expect(
      [undefined, 999, 1000, 2000, 2001].map((sourcePort) => ask({ protocol: 'TCP', port: 80, ...(sourcePort && { sourcePort }) })),
    ).toEqual(['indeterminate', 'denied', 'allowed', 'allowed', 'denied']);
    expect([
      ask({ protocol: 'ICMP' }),
      ask({ protocol: 'ICMP', icmp: { type: 8, code: 0 } }),
      ask({ protocol: 'ICMP', icmp: { type: 0, code: 0 } }),
    ]).toEqual(['indeterminate', 'allowed', 'denied']);
    expect([ask({ protocol: 'other' }), ask({ protocol: 'other', number: 47 }), ask({ protocol: 'other', number: 50 })]).toEqual([
      'indeterminate',
      'allowed',
      'denied',
    ]);
  });
});

describe('the verdict on two pods', () => {
  const V4 = ['10.0.0.1'];
  const V6 = ['fd00::1'];
  const net = (family: 4 | 6) => block(family === 4 ? '10.0.0.0/8' : 'fd00::/8');

  /** A client and a server that lets one net in. */
  function between(client: readonly string[], server: readonly string[], family: 4 | 6): Verdict {
    const snapshot = cluster()
      .pod('a/client', { app: 'client' }, { addresses: client, addressRanges: [] })
      .pod('b/server', {}, { addresses: server, addressRanges: [] })
      .policy('b/server', { ingress: [allow([net(family)])] })
      .snapshot();
    return verdict(snapshot, 'a/client', 'b/server');
  }

  it.each<[string, readonly string[], readonly string[], 4 | 6, Verdict]>([
    ['of both families, of which one is let in', [...V4, ...V6], [...V4, ...V6], 4, 'allowed'],
    ['of both families, of which the other is let in', [...V4, ...V6], [...V4, ...V6], 6, 'allowed'],
    ['that share IPv4, which is let in', [...V4, ...V6], V4, 4, 'allowed'],
    ['that share IPv4, while IPv6 is let in', [...V4, ...V6], V4, 6, 'denied'],
    ['that share IPv6, which is let in', V6, [...V4, ...V6], 6, 'allowed'],
    ['that share IPv6, while IPv4 is let in', V6, [...V4, ...V6], 4, 'denied'],
    ['that share none: the client is judged by what it has', V4, V6, 4, 'allowed'],
    ['that share none: nothing of the client is let in', V4, V6, 6, 'denied'],
    ['of which one has no address: the other is judged by all of its own', [...V4, ...V6], [], 4, 'indeterminate'],
    ['of which the client has no address', [], V4, 4, 'denied'],
  ])('is by the families that they share: pods %s', (_name, client, server, family, expected) => {
    expect(between(client, server, family)).toBe(expected);
  });

  it.each<[string, EndpointOptions, EndpointOptions, Verdict]>([
    ['on the same node', { node: 'n1' }, { node: 'n1' }, 'allowed'],
    ['on another node', { node: 'n1' }, { node: 'n2' }, 'denied'],
    ['when nobody knows the node of the pod', {}, { node: 'n1' }, 'indeterminate'],
    ['when nobody knows the node of the host', { node: 'n1' }, {}, 'indeterminate'],
  ])('and a host, which a policy denies, is by their place: %s', (_name, pod, host, expected) => {
    const snapshot = cluster()
      .pod('shop/web', {}, pod)
      .pod('shop/agent', {}, { network: 'host', ...host })
      .policy('shop/web', { ingress: [], egress: [] })
      .snapshot();
    expect(verdict(snapshot, 'shop/web', 'shop/agent')).toBe(expected);
    expect(verdict(snapshot, 'shop/agent', 'shop/web')).toBe(expected);
  });

  it('and a host is allowed wherever they are if policies allow it', () => {
    const snapshot = cluster().pod('shop/web').node('n1').snapshot();
    expect(verdict(snapshot, 'shop/web', 'n1')).toBe('allowed');
  });

  it.each<[string, EndpointOptions, Verdict, Verdict]>([
    ['on its own node: only its egress counts', { node: 'n1' }, 'denied', 'allowed'],
    ['on another node: both sides count', { node: 'n2' }, 'denied', 'denied'],
    ['which may be on its own node', {}, 'denied', 'indeterminate'],
  ])('of which a tier guards the pod from its node is what policies say of its egress: a host %s', (_name, host, closed, open) => {
    const snapshot = cluster()
      .tier('admin', 1, 'Pass', { guardsOwnNode: true })
      .pod('shop/web', { app: 'web' }, { node: 'n1' })
      .pod('shop/agent', { app: 'agent' }, { network: 'host', ...host })
      .policy('admin', { tier: 'admin', appliesTo: labels({ app: 'web' }), egress: [allow('any', to('TCP', 80)), deny()] })
      .policy('closed', { appliesTo: { kind: 'all' }, ingress: [] })
      .snapshot();
    expect([verdict(snapshot, 'shop/web', 'shop/agent', 'TCP:81'), verdict(snapshot, 'shop/web', 'shop/agent')]).toEqual([closed, open]);
    // Towards the pod its node is as free as ever.
    const free = host.node === 'n1' ? 'allowed' : host.node === 'n2' ? 'denied' : 'indeterminate';
    expect(verdict(snapshot, 'shop/agent', 'shop/web', 'TCP:81')).toBe(free);
  });

  it('on the same node, neither of which is a host, is what policies say', () => {
    const snapshot = cluster()
      .pod('shop/a', {}, { node: 'n1' })
      .pod('shop/b', {}, { node: 'n1' })
      .policy('shop/b', { ingress: [] })
      .snapshot();
    expect(verdict(snapshot, 'shop/a', 'shop/b')).toBe('denied');
  });

  it('that are one is allowed, but of what stands for several it is what policies say', () => {
    const snapshot = cluster()
      .pod('shop/pod')
      .template('shop/template')
      .newPod('shop')
      .node('n1')
      .policy('all', { appliesTo: { kind: 'all' }, ingress: [], egress: [] })
      .snapshot();
    const self = (name: string) => verdict(snapshot, name, name);
    expect([self('shop/pod'), self('n1'), self('shop/template'), self('shop/new pod')]).toEqual(['allowed', 'allowed', 'denied', 'denied']);
  });

  it('is denied if either side denies, and open if one is open and the other is not', () => {
    const snapshot = cluster()
      .pod('shop/web', { app: 'web' }, { unknownKeys: ['hash'] })
      .pod('shop/db', { app: 'db' })
      .pod('shop/closed', { app: 'closed' })
      .policy('shop/web', { appliesTo: labels({ hash: 'a' }), egress: [] })
      .policy('shop/closed', { appliesTo: labels({ app: 'closed' }), ingress: [] })
      .snapshot();
    expect([
      verdict(snapshot, 'shop/web', 'shop/db'),
      verdict(snapshot, 'shop/web', 'shop/closed'),
      verdict(snapshot, 'shop/db', 'shop/web'),
    ]).toEqual(['indeterminate', 'denied', 'allowed']);
  });
});

describe('the verdict on any flow', () => {
  it('is that of the definition, also where addresses are missing', () => {
    const seen = { allowed: 0, denied: 0, indeterminate: 0 };
    for (let seed = 0; seed < 30; seed++) {
      const random = randomFrom(seedOf(SEED, 900 + seed));
      const generated = generateCluster(random, seed % 2 ? 'everything' : 'networkPolicyLike');
      const snapshot = seed % 3 ? generated : homeless(generated);
      const [analysis, boundaries] = [analyze(snapshot), boundariesOf(snapshot)];
      for (let count = 0; count < 60; count++) {
        const flow = generateFlow(random, snapshot, boundaries);
        const expected = evaluate(snapshot, flowOf(snapshot, flow)).verdict;
        expect([seed, flow, verdictOf(analysis, flow)]).toEqual([seed, flow, expected]);
        seen[expected]++;
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50);
  });
});

describe('the member of an address', () => {
  const { model } = analyze(
    cluster()
      .pod('shop/web')
      .policy('shop/web', { ingress: [allow([block('10.0.0.0/8')])] })
      .snapshot(),
  );
  const member = (text: string) => blockMember(model, text);

  it('is one for all addresses that no rule tells apart', () => {
    expect(member('10.0.0.0')).toBe(member('10.255.255.255'));
    expect(member('9.255.255.255')).toBe(member('11.0.0.0'));
    expect(member('::')).toBe(member('ffff::'));
    expect(new Set([member('10.0.0.0'), member('11.0.0.0'), member('::')]).size).toBe(3);
  });

  it('is behind the faces of classes', () => {
    const members = ['10.0.0.0', '11.0.0.0', '::'].map(member).sort((a, b) => a - b);
    expect(members).toEqual([0, 1, 2].map((offset) => faceCountOf(model) + offset));
  });

  it.each(['', 'web', '10.0.0', '10.0.0.256', '10.0.0.0/8', ':::'])('is none for what is no address: `%s`', (text) => {
    expect(() => member(text)).toThrow('bug: the end of a flow is an endpoint or an address');
    expect(() => verdictOf({ model } as never, { source: text as FlowEnd, destination: 0, packet: { protocol: 'TCP' } })).toThrow('bug');
  });
});

describe('the face for IPv6', () => {
  it('is the second one, where there are several', () => {
    expect([faceV6(7, 1), faceV6(7, 2), faceV6(7, 3)]).toEqual([7, 8, 8]);
  });
});

it('an end that is asked about by one of its addresses is judged by it alone', () => {
  const snapshot = cluster()
    .pod('shop/a', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
    .pod('shop/b', { app: 'b' }, { addresses: ['10.0.0.2', '10.9.0.2', 'fd00::2'] })
    .policy('shop/b', {
      appliesTo: labels({ app: 'b' }),
      ingress: [{ ...allow([block('10.0.0.0/8')]), subject: [block('10.0.0.0/16')] }],
    })
    .snapshot();
  const analysis = analyze(snapshot);
  const verdict = (at: string | 4 | 6, source: AskedEnd = 0) =>
    verdictOf(analysis, { source, destination: { endpoint: 1, at }, packet: { protocol: 'TCP', port: 80 } });

  expect([verdict('10.0.0.2'), verdict('10.9.0.2'), verdict('fd00::2')]).toEqual(['allowed', 'denied', 'denied']);
  expect([verdict(4), verdict(6)]).toEqual(['indeterminate', 'denied']);
  expect([verdict(4, { endpoint: 0, at: 'fd00::1' }), verdict('10.0.0.2', { endpoint: 0, at: 4 })]).toEqual(['denied', 'allowed']);
});
