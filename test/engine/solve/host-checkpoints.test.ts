import { NOBODY, type StageHook } from '../../../src/engine/compile/host-kinds';
import { checkpointOf, judgeCheckpoint } from '../../../src/engine/evaluate-checkpoint';
import { type Governor, innerGovernor, outwardGovernor } from '../../../src/engine/evaluate-interfaces';
import { familiesOf } from '../../../src/engine/evaluate-match';
import { positionOf } from '../../../src/engine/packet-axis';
import { PROTOCOLS } from '../../../src/model/policy';
import type { Packet, Verdict } from '../../../src/model/verdict';
import { allow, block, type ClusterBuilder, cluster, deny, type PolicyOptions, pass, pods, to } from '../../support/cluster';
import { flowOf } from '../../support/flow';
import { generateCluster } from '../../support/generate-cluster';
import { boundariesOf, generateFlow } from '../../support/generate-flow';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { hostsOf, verdictIn } from './hosts-solved';

const TCP_22: Packet = { protocol: 'TCP', port: 22 };
const OWN: readonly StageHook[] = ['untracked', 'preDNAT', 'normal'];
const PASSING: readonly StageHook[] = ['untracked', 'preDNAT', 'forward'];

function atHosts(options: PolicyOptions): PolicyOptions {
  return { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' }, ...options };
}

/** What the host endpoint `n1/a` says of `client` at `server`, asked for either end. */
function say(builder: ClusterBuilder, hooks: readonly StageHook[], way: 'in' | 'out' = 'in', packet: Packet = TCP_22): readonly Verdict[] {
  const snapshot = builder
    .node('n1', { addresses: ['192.168.0.1'] })
    .pod('shop/client', { app: 'client' }, { node: 'n2' })
    .pod('shop/server', { app: 'server' }, { node: 'n1' })
    .snapshot();
  const { compiled, results, checkpoints, fixedOf } = hostsOf(snapshot);
  const { own, passing } = compiled.hosts!.kinds;
  const kinds = (hooks.includes('normal') ? own : passing).get('n1')!.outward;
  const [client, server] = [1, 2] as const;
  const memberOf = (endpoint: number) => compiled.classes.firstFace[compiled.classes.classOf[endpoint]!]!;
  return [
    verdictIn(compiled, results, checkpoints.among(kinds, 'source', fixedOf(client), way, hooks), positionOf(packet), memberOf(server)),
    verdictIn(
      compiled,
      results,
      checkpoints.among(kinds, 'destination', fixedOf(server), way, hooks),
      positionOf(packet),
      memberOf(client),
    ),
  ];
}

const SPECIFIC = { interfaceName: 'eth0', profileAction: 'Allow' } as const;
const FROM_22 = [{ protocol: 'TCP', sourcePorts: [[22, 22]] }] as const;
const FAILSAFE = { failsafeInbound: [{ protocol: 'TCP', port: [22, 22] }] } as const;

describe('a host endpoint', () => {
  it.each<[string, ClusterBuilder, readonly StageHook[], Verdict]>([
    [
      'denies by a rule',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ ingress: [deny()] })),
      OWN,
      'denied',
    ],
    [
      'denies at the end of a tier',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ ingress: [] })),
      OWN,
      'denied',
    ],
    ['denies by its profile where no policy decides', cluster().host('n1/a', { interfaceName: 'eth0' }), OWN, 'denied'],
    [
      'allows by its profile where all policies pass',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ ingress: [pass()] })),
      OWN,
      'allowed',
    ],
    [
      'leaves failsafe ports open before normal policies',
      cluster()
        .host('n1/a', SPECIFIC)
        .network(FAILSAFE)
        .policy('p', atHosts({ ingress: [deny()] })),
      OWN,
      'allowed',
    ],
    [
      'leaves failsafe ports open before policies before translation',
      cluster()
        .host('n1/a', SPECIFIC)
        .network(FAILSAFE)
        .policy('p', atHosts({ hook: 'preDNAT', ingress: [deny()] })),
      OWN,
      'allowed',
    ],
    [
      'does not leave failsafe ports open before forward policies',
      cluster()
        .host('n1/a', SPECIFIC)
        .network(FAILSAFE)
        .policy('p', atHosts({ forward: true, ingress: [deny()] })),
      PASSING,
      'denied',
    ],
    [
      'allows past its forward policies what is allowed before translation',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'preDNAT', ingress: [allow()] }))
        .policy('q', atHosts({ forward: true, ingress: [deny()] })),
      PASSING,
      'allowed',
    ],
    [
      'goes on behind policies before translation that do not decide',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'preDNAT', ingress: [] }))
        .policy('q', atHosts({ forward: true, ingress: [deny()] })),
      PASSING,
      'denied',
    ],
    [
      'passes on what no forward policy speaks of, whatever its profile',
      cluster()
        .host('n1/a', { interfaceName: 'eth0' })
        .policy('q', atHosts({ ingress: [deny()] })),
      PASSING,
      'allowed',
    ],
    [
      'refuses what an untracked policy allows to a process, and not its answer',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [allow()] })),
      OWN,
      'denied',
    ],
    [
      'allows what an untracked policy allows, and another its answer',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [allow()] }))
        .policy('q', atHosts({ hook: 'untracked', egress: [allow([pods({ app: 'client' })], FROM_22)] })),
      OWN,
      'allowed',
    ],
    [
      'asks the answer for the ends of the flow, the other way round',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [allow()], egress: [allow([pods({ app: 'server' })])] })),
      OWN,
      'denied',
    ],
    [
      'does not know to which port the answer goes',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [allow()], egress: [allow('any', to('TCP', [1024, 65_535]))] })),
      OWN,
      'indeterminate',
    ],
    [
      'asks for no answer where no untracked policy allows',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [pass()] }))
        .policy('q', atHosts({ hook: 'untracked', egress: [deny()] })),
      OWN,
      'allowed',
    ],
    [
      'asks for no answer of what is passed on',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [allow()] })),
      PASSING,
      'allowed',
    ],
    [
      'asks both ends of what is passed on',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy(
          'p',
          atHosts({ forward: true, ingress: [{ ...deny([pods({ app: 'client' })]), subject: [pods({ app: 'server' })] }, allow()] }),
        ),
      PASSING,
      'denied',
    ],
    [
      'spares other ends',
      cluster()
        .host('n1/a', SPECIFIC)
        .policy(
          'p',
          atHosts({ forward: true, ingress: [{ ...deny([pods({ app: 'client' })]), subject: [pods({ app: 'other' })] }, allow()] }),
        ),
      PASSING,
      'allowed',
    ],
  ])('%s', (_, builder, hooks, expected) => {
    expect(say(builder, hooks)).toEqual([expected, expected]);
  });

  it('asks failsafe ports for the source of what comes in, and only on their node', () => {
    const denying = () =>
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ ingress: [deny()] }));
    const port = { protocol: 'TCP', port: [22, 22] } as const;
    expect(say(denying().network({ failsafeInbound: [{ ...port, net: '198.51.100.0/24' }] }), OWN)).toEqual([
      'indeterminate',
      'indeterminate',
    ]);
    expect(say(denying().network({ failsafeInbound: [{ ...port, nodes: ['n2'] }] }), OWN)).toEqual(['denied', 'denied']);
    expect(say(denying().network({ failsafeInbound: [port] }), OWN, 'in', { protocol: 'UDP', port: 22 })).toEqual(['denied', 'denied']);
  });

  it('refuses answers that nobody tracks, but of protocols that have no connections', () => {
    const answered = (...egress: NonNullable<PolicyOptions['egress']>) =>
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', ingress: [allow()], egress }));
    const saidOf = (packet: Packet, builder = answered()) => say(builder, OWN, 'in', packet)[0];
    expect(PROTOCOLS.map((protocol) => [protocol, saidOf({ protocol })])).toEqual([
      ['TCP', 'denied'],
      ['UDP', 'indeterminate'],
      ['SCTP', 'denied'],
      ['ICMP', 'denied'],
      ['ICMPv6', 'denied'],
      ['other', 'indeterminate'],
    ]);
    expect(saidOf({ protocol: 'UDP', port: 53 }, answered(deny('any', [{ protocol: 'UDP', sourcePorts: [[53, 53]] }])))).toBe('denied');
    expect(saidOf({ protocol: 'UDP', port: 54 }, answered(deny('any', [{ protocol: 'UDP', sourcePorts: [[53, 53]] }])))).toBe(
      'indeterminate',
    );
    const echo = allow('any', [{ protocol: 'ICMP', icmp: [{ types: [0, 0], codes: [0, 0] }] }]);
    expect(saidOf({ protocol: 'ICMP' }, answered(echo))).toBe('indeterminate');
  });

  it('asks of the answer to what goes out what comes in', () => {
    const sent = (...ingress: NonNullable<PolicyOptions['ingress']>) =>
      cluster()
        .host('n1/a', SPECIFIC)
        .policy('p', atHosts({ hook: 'untracked', egress: [allow()], ingress }));
    const hooks = ['untracked', 'normal'] as const;
    expect(say(sent(), hooks, 'out')).toEqual(['denied', 'denied']);
    expect(say(sent(allow([pods({ app: 'server' })], FROM_22)), hooks, 'out')).toEqual(['allowed', 'allowed']);
    expect(say(sent(allow([pods({ app: 'client' })], FROM_22)), hooks, 'out')).toEqual(['denied', 'denied']);
    expect(say(sent(allow('any', FROM_22)), hooks, 'out', { protocol: 'TCP', port: 23 })).toEqual(['denied', 'denied']);
  });

  it('that nobody knows says what all that it may be agree in', () => {
    const { checkpoints, fixedOf, results, compiled } = hostsOf(
      cluster()
        .node('n1')
        .host('n1/a', { interfaceName: 'eth0', profileAction: 'Allow' })
        .host('n1/b', { interfaceName: 'eth1', profileAction: 'Deny' })
        .host('n1/all')
        .policy('p', atHosts({ ingress: [deny([block('10.0.0.0/8')], to('TCP', 1))] }))
        .snapshot(),
    );
    const kinds = compiled.hosts!.kinds.own.get('n1')!.outward;
    const result = checkpoints.among(kinds, 'destination', fixedOf(0), 'in', OWN);
    expect(verdictIn(compiled, results, result, 80, 0)).toBe('denied');
    expect(checkpoints.among([NOBODY], 'destination', fixedOf(0), 'in', OWN)).toBe(results.everything);
  });
});

it('says of generated clusters what the definition says, for either end', () => {
  const seen: Record<Verdict, number> = { allowed: 0, denied: 0, indeterminate: 0 };
  for (let part = 0; part < 40; part++) {
    const random = randomFrom(seedOf(SEED, 4_000 + part));
    const snapshot = generateCluster(random, 'withHosts');
    if (snapshot.hostEndpoints.length === 0) continue;
    const { compiled, results, checkpoints, fixedOf } = hostsOf(snapshot);
    const { own, passing } = compiled.hosts!.kinds;
    const boundaries = boundariesOf(snapshot);
    for (let count = 0; count < 60; count++) {
      const indexed = generateFlow(random, snapshot, boundaries);
      const { source, destination, packet } = indexed;
      const flow = flowOf(snapshot, indexed);
      const [family, ...others] = familiesOf(flow);
      const isOpen = packet.sourcePort === undefined && packet.icmp === undefined && packet.number === undefined;
      if (typeof source === 'string' || typeof destination === 'string' || others.length > 0 || !isOpen) continue;
      const node = random.pick(snapshot.hostEndpoints).node;
      const way = random.pick(['in', 'out'] as const);
      const isOwn = random.chance(0.5);
      const hooks = random.pick(isOwn ? [OWN, ['normal'] as const] : [PASSING, ['preDNAT'] as const, ['forward'] as const]);
      const governor: Governor = random.chance(0.5) ? innerGovernor(snapshot, node) : outwardGovernor(snapshot, node);
      const found = (isOwn ? own : passing).get(node)!;
      const kinds =
        governor.hosts.length === 1 && governor.hosts[0] === innerGovernor(snapshot, node).hosts[0] ? [found.inner] : found.outward;
      const expected = judgeCheckpoint(snapshot, checkpointOf('ingress', way, governor, hooks, flow), family).verdict;
      const faceOf = (end: number) => compiled.classes.firstFace[compiled.classes.classOf[end]!]!;
      if (hasFaces(compiled.classes.firstFace, compiled.classes.classOf, [source, destination])) continue;
      const actual = [
        verdictIn(
          compiled,
          results,
          checkpoints.among(kinds, 'source', fixedOf(source), way, hooks),
          positionOf(packet),
          faceOf(destination),
        ),
        verdictIn(
          compiled,
          results,
          checkpoints.among(kinds, 'destination', fixedOf(destination), way, hooks),
          positionOf(packet),
          faceOf(source),
        ),
      ];
      expect({ part, indexed, node, way, hooks, actual }).toEqual({ part, indexed, node, way, hooks, actual: [expected, expected] });
      seen[expected]++;
    }
  }
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(10);
});

/** Faces of several families are the query's business. */
function hasFaces(firstFace: Int32Array, classOf: Int32Array, ends: readonly number[]): boolean {
  return ends.some((end) => firstFace[classOf[end]! + 1]! - firstFace[classOf[end]!]! > 1);
}
