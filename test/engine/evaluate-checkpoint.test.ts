import { actsOn, checkpointOf, judgeCheckpoint, type Passage, selectsHost } from '../../src/engine/evaluate-checkpoint';
import type { FailsafePort, Hook } from '../../src/model/host-endpoint';
import type { Packet, PolicyHit, Verdict } from '../../src/model/verdict';
import {
  AT_RUN_TIME,
  allow,
  block,
  type ClusterBuilder,
  chosen,
  cluster,
  deny,
  hostOf,
  labels,
  log,
  type PolicyOptions,
  pass,
  policyOf,
  to,
} from '../support/cluster';
import { endOf, flowOf, packetOf } from '../support/flow';

const CLIENT = '198.51.100.7';
const NOBODY = { appliesTo: { kind: 'none' }, appliesToHosts: { kind: 'all' } } as const;

/** A node with a pod; `client` is outside. */
function scene(): ClusterBuilder {
  return cluster()
    .tier('first', 100, 'Deny')
    .tier('soft', 200, 'Pass')
    .node('n', { addresses: ['192.168.0.1'] })
    .pod('shop/web', { app: 'web' }, { node: 'n', addresses: ['10.0.0.1'] });
}

function withPolicies(...policies: readonly PolicyOptions[]): ClusterBuilder {
  return policies.reduce<ClusterBuilder>(
    (builder, options, index) => builder.policy(`p${index}`, { ...NOBODY, order: index, ...options }),
    scene(),
  );
}

interface Question {
  readonly hooks: readonly Hook[];
  readonly way?: 'in' | 'out';
  readonly from?: string;
  readonly to?: string;
  readonly packet?: string;
  readonly host?: Parameters<typeof hostOf>[1];
  readonly details?: Partial<Packet>;
}

const ETH0 = { interfaceName: 'eth0', labels: { role: 'edge' } };

function judge(builder: ClusterBuilder, question: Question) {
  const snapshot = builder.snapshot();
  const { hooks, way = 'in', from = CLIENT, to: target = 'n', packet = 'TCP:80', host = ETH0, details } = question;
  const flow = flowOf(snapshot, {
    source: endOf(snapshot, from),
    destination: endOf(snapshot, target),
    packet: { ...packetOf(packet), ...details },
  });
  const governor = { hosts: [hostOf('n/edge', host)], unknowns: [] };
  return judgeCheckpoint(snapshot, checkpointOf('ingress', way, governor, hooks, flow), 4);
}

function verdict(builder: ClusterBuilder, question: Question): Verdict {
  return judge(builder, question).verdict;
}

function steps(trace: readonly PolicyHit[]): readonly string[] {
  return trace.map(
    ({ host, trigger, action, certainty, policy }) =>
      `${host!.hook} ${host!.way} ${trigger} ${action}${certainty === 'maybe' ? '?' : ''}${policy ? ` ${policy.name}` : ''}`,
  );
}

const OWN: Question = { hooks: ['untracked', 'preDNAT', 'normal'] };
const FORWARDED: Question = { hooks: ['untracked', 'preDNAT', 'forward'], to: 'shop/web' };
const SENT: Question = { hooks: ['untracked', 'normal'], way: 'out', from: 'n', to: CLIENT };

describe('nobody', () => {
  test('polices nothing and says nothing', () => {
    const flow = {
      source: { kind: 'address', address: CLIENT },
      destination: { kind: 'address', address: CLIENT },
      packet: packetOf('TCP:80'),
    } as const;
    const checkpoint = checkpointOf('ingress', 'in', { hosts: [undefined], unknowns: [] }, ['normal'], flow);

    expect(judgeCheckpoint(withPolicies({ ingress: [deny()] }).snapshot(), checkpoint, 4)).toEqual({ verdict: 'allowed', trace: [] });
  });
});

describe("the node's own traffic", () => {
  test('is what the profiles say where no policy decides', () => {
    expect(judge(scene(), OWN)).toMatchObject({ verdict: 'denied', trace: [{ trigger: 'profile', action: 'Deny' }] });
    const open = judge(scene(), { ...OWN, host: { profileAction: 'Allow' } });
    expect(open).toMatchObject({
      verdict: 'allowed',
      trace: [{ trigger: 'profile', action: 'Allow', host: { name: 'edge', node: 'n', hook: 'normal', way: 'in' } }],
    });
  });

  test('is what normal policies say, of tier after tier with its default action', () => {
    const open = { ...OWN, host: { profileAction: 'Allow' } } as const;

    expect(verdict(withPolicies({ ingress: [allow()] }), OWN)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [deny()] }), open)).toBe('denied');
    expect(verdict(withPolicies({ ingress: [] }), open)).toBe('denied');
    expect(verdict(withPolicies({ ingress: [], tier: 'soft' }), open)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [], tier: 'soft' }), OWN)).toBe('denied');
    expect(verdict(withPolicies({ ingress: [pass()], tier: 'first' }), open)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [pass()], tier: 'first' }, { ingress: [deny()] }), open)).toBe('denied');
    expect(verdict(withPolicies({ ingress: [], tier: 'first' }, { ingress: [allow()] }), open)).toBe('denied');
  });

  test('obeys ingress rules where it arrives and egress rules where it leaves', () => {
    const open = { profileAction: 'Allow' } as const;

    expect(verdict(withPolicies({ egress: [] }), { ...OWN, host: open })).toBe('allowed');
    expect(verdict(withPolicies({ egress: [] }), { ...SENT, host: open })).toBe('denied');
    expect(verdict(withPolicies({ ingress: [] }), { ...SENT, host: open })).toBe('allowed');
  });

  test('is matched by what it is: its peer is the other end', () => {
    const fromClient = withPolicies({
      ingress: [allow([block(`${CLIENT}/32`)])],
      egress: [allow([block(`${CLIENT}/32`)], to('TCP', 443))],
    });

    expect(verdict(fromClient, OWN)).toBe('allowed');
    expect(verdict(fromClient, { ...OWN, from: '198.51.100.8' })).toBe('denied');
    expect(verdict(fromClient, { ...SENT, packet: 'TCP:443' })).toBe('allowed');
    expect(verdict(fromClient, { ...SENT, packet: 'TCP:80' })).toBe('denied');
  });

  test('knows no policies that select pods and nodes, staged ones, or those of other hosts', () => {
    for (const options of [
      { appliesTo: { kind: 'all' }, appliesToHosts: { kind: 'none' } },
      { staged: true },
      { appliesToHosts: labels({ role: 'other' }) },
      { hook: 'preDNAT', appliesToHosts: labels({ role: 'other' }) },
    ] as const) {
      expect(verdict(withPolicies({ ...options, ingress: [allow()] }), OWN)).toBe('denied');
    }
    expect(verdict(scene().policy('pods', { appliesTo: { kind: 'all' }, ingress: [allow()] }), OWN)).toBe('denied');
    expect(verdict(withPolicies({ appliesToHosts: labels({ role: 'edge' }), ingress: [allow()] }), OWN)).toBe('allowed');
  });

  test('is what the profiles say where policies may decide', () => {
    const perhaps = withPolicies({ tier: 'soft', ingress: [allow('any', 'any', AT_RUN_TIME)] });

    expect(verdict(perhaps, OWN)).toBe('indeterminate');
    expect(verdict(perhaps, { ...OWN, host: { profileAction: 'Allow' } })).toBe('allowed');
  });

  test('is open where a selector or a condition is', () => {
    const unsure = { ...hostOf('n/edge', ETH0), labels: { values: {}, unknownKeys: ['role'], complete: true } };
    const policy = policyOf('p', { ...NOBODY, appliesToHosts: labels({ role: 'edge' }), ingress: [allow()] });

    expect(selectsHost(policy, 'normal', unsure).truth).toBe('maybe');
    expect(verdict(withPolicies({ ingress: [allow('any', 'any', AT_RUN_TIME)] }), OWN)).toBe('indeterminate');
  });
});

describe('what the node passes on', () => {
  const forward = { forward: true } as const;

  test('is allowed where no policy applies on forward, and nothing is told of it', () => {
    expect(judge(withPolicies({ ingress: [] }, { egress: [], ...forward }), FORWARDED)).toEqual({ verdict: 'allowed', trace: [] });
  });

  test('is what policies that apply on forward say, of tier after tier with its default action', () => {
    expect(verdict(withPolicies({ ingress: [], ...forward }), FORWARDED)).toBe('denied');
    expect(verdict(withPolicies({ ingress: [allow()], ...forward }), FORWARDED)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [deny()], ...forward }), FORWARDED)).toBe('denied');
    expect(verdict(withPolicies({ egress: [], ...forward }), { ...FORWARDED, way: 'out', hooks: ['forward'] })).toBe('denied');
  });

  test('is allowed where all tiers pass it on, whatever the profiles say', () => {
    const passed = judge(withPolicies({ ingress: [pass()], ...forward }), FORWARDED);

    expect(passed.verdict).toBe('allowed');
    expect(steps(passed.trace)).toEqual(['forward in rule Pass p0', 'forward in not-selected Allow']);
    expect(verdict(withPolicies({ ingress: [], tier: 'soft', ...forward }), FORWARDED)).toBe('allowed');
  });

  test('obeys a rule about its own destination, which is the pod', () => {
    const rule = { action: 'Deny', subject: [chosen(labels({ app: 'web' }))], peer: 'any', packets: 'any' } as const;

    expect(verdict(withPolicies({ ingress: [rule, allow()], ...forward }), FORWARDED)).toBe('denied');
    expect(
      verdict(withPolicies({ ingress: [{ ...rule, subject: [chosen(labels({ app: 'db' }))] }, allow()], ...forward }), FORWARDED),
    ).toBe('allowed');
  });

  test('a policy that applies on forward is a normal one as well', () => {
    expect(verdict(withPolicies({ ingress: [allow()], ...forward }), OWN)).toBe('allowed');
    expect(
      selectsHost(policyOf('p', { ...NOBODY, hook: 'preDNAT', forward: true, ingress: [] }), 'forward', hostOf('n/e', ETH0)).truth,
    ).toBe('no');
  });
});

describe.each(['preDNAT', 'untracked'] as const)('the hook %s', (hook) => {
  const early = { hook } as const;

  test('denies what it denies, passed on or not', () => {
    expect(verdict(withPolicies({ ingress: [deny()], ...early }, { ingress: [allow()] }), OWN)).toBe('denied');
    expect(verdict(withPolicies({ ingress: [deny()], ...early }), FORWARDED)).toBe('denied');
  });

  test('skips later stages with what it allows', () => {
    const blocked = { ingress: [deny()], forward: true } as const;

    expect(verdict(withPolicies({ ingress: [allow()], egress: [allow()], ...early }, blocked), OWN)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [allow()], ...early }, blocked), FORWARDED)).toBe('allowed');
  });

  test('leaves the rest to later stages: every tier ends with Pass', () => {
    const other = { ingress: [allow('any', to('TCP', 81))], tier: 'first', ...early };

    expect(verdict(withPolicies(other, { ingress: [allow()] }), OWN)).toBe('allowed');
    expect(verdict(withPolicies(other), OWN)).toBe('denied');
    expect(steps(judge(withPolicies(other), OWN).trace)).toEqual([`${hook} in end-of-tier Pass`, 'normal in profile Deny']);
    expect(verdict(withPolicies(other), FORWARDED)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [pass(), deny()], ...early }), FORWARDED)).toBe('allowed');
  });

  test('goes before the other hooks whatever the order of tiers and policies', () => {
    const late = { ...early, order: 999 };

    expect(verdict(withPolicies({ ingress: [allow()], tier: 'first', order: 1 }, { ingress: [deny()], ...late }), OWN)).toBe('denied');
  });

  test('skips its own stage where a failsafe port is open', () => {
    const open = { failsafeInbound: [{ protocol: 'TCP', port: [80, 80] }] } as const;

    expect(verdict(withPolicies({ ingress: [deny()], ...early }).network(open), FORWARDED)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [deny()], ...early }).network(open), OWN)).toBe('allowed');
    expect(verdict(withPolicies({ ingress: [deny()], ...early }).network(open), { ...OWN, packet: 'TCP:81' })).toBe('denied');
  });
});

test('only what is told to act at a host endpoint is asked there, if that is told', () => {
  const policies = withPolicies({ hook: 'untracked', ingress: [allow()] }, { ingress: [deny()] }).snapshot();
  const flow = flowOf(policies, { source: CLIENT, destination: endOf(policies, 'n'), packet: packetOf('TCP:80') });
  const host = hostOf('n/eth0', { ...ETH0, profileAction: 'Allow' });
  const asked: string[] = [];
  const judgeWith = (acting: readonly Hook[]) =>
    judgeCheckpoint(
      {
        tiers: policies.tiers,
        policies: [],
        actingAt: (at, hook) => {
          asked.push(`${at.ref.name} ${hook}`);
          return acting.includes(hook) ? policies : { tiers: [], policies: [] };
        },
      },
      checkpointOf('ingress', 'in', { hosts: [host], unknowns: [] }, ['untracked', 'preDNAT', 'normal'], flow),
      4,
    );

  expect(judgeWith([]).verdict).toBe('allowed');
  expect(asked).toEqual(['eth0 untracked', 'eth0 preDNAT', 'eth0 normal']);
  expect(judgeWith(['normal']).verdict).toBe('denied');
  expect(steps(judgeWith(['untracked']).trace)).toEqual(['untracked in rule Allow p0', 'untracked out reply Deny']);
});

test('untracked policies come before those of before translation', () => {
  expect(verdict(withPolicies({ hook: 'untracked', ingress: [allow()] }, { hook: 'preDNAT', ingress: [deny()] }), FORWARDED)).toBe(
    'allowed',
  );
  expect(verdict(withPolicies({ hook: 'untracked', ingress: [deny()] }, { hook: 'preDNAT', ingress: [allow()] }), FORWARDED)).toBe(
    'denied',
  );
});

test('untracked policies do not act at all interfaces', () => {
  const all = { interfaceName: '*' };

  expect(actsOn('untracked', hostOf('n/all', all))).toBe(false);
  expect(actsOn('preDNAT', hostOf('n/all', all))).toBe(true);
  expect(verdict(withPolicies({ hook: 'untracked', ingress: [deny()] }), { ...FORWARDED, host: all })).toBe('allowed');
  expect(verdict(withPolicies({ hook: 'preDNAT', ingress: [deny()] }), { ...FORWARDED, host: all })).toBe('denied');
});

describe('a failsafe port', () => {
  const ssh = { protocol: 'TCP', port: [22, 23] } as const;
  const closed = (...ports: readonly FailsafePort[]) =>
    withPolicies({ ingress: [deny()], egress: [deny()], forward: true }).network({ failsafeInbound: ports, failsafeOutbound: [] });
  const at = (packet: string): Question => ({ ...OWN, packet });

  test('stays open for own traffic whatever policies and profiles say', () => {
    expect(judge(closed(ssh), at('TCP:22'))).toMatchObject({ verdict: 'allowed', trace: [{ trigger: 'failsafe', action: 'Allow' }] });
    expect(verdict(closed(ssh), at('TCP:23'))).toBe('allowed');
    for (const packet of ['TCP:21', 'TCP:24', 'UDP:22', 'ICMP']) expect(verdict(closed(ssh), at(packet))).toBe('denied');
  });

  test('is of no use to what the node passes on', () => {
    expect(verdict(closed(ssh), { ...FORWARDED, packet: 'TCP:22' })).toBe('denied');
  });

  test('asks what arrives for its source, what leaves for its destination, each by its own list', () => {
    const net = '198.51.100.0/24';
    const inbound = closed({ ...ssh, net });
    const outbound = withPolicies({ egress: [deny()] }).network({ failsafeOutbound: [{ ...ssh, net }] });

    expect(verdict(inbound, at('TCP:22'))).toBe('allowed');
    expect(verdict(inbound, { ...at('TCP:22'), from: '203.0.113.7' })).toBe('denied');
    expect(verdict(inbound, { ...SENT, packet: 'TCP:22' })).toBe('denied');
    expect(verdict(outbound, { ...SENT, packet: 'TCP:22' })).toBe('allowed');
    expect(verdict(outbound, { ...SENT, to: '203.0.113.7', packet: 'TCP:22' })).toBe('denied');
    expect(verdict(outbound, at('TCP:22'))).toBe('denied');
  });

  test('is open on the nodes that it is open on', () => {
    expect(verdict(closed({ ...ssh, nodes: ['n'] }), at('TCP:22'))).toBe('allowed');
    expect(verdict(closed({ ...ssh, nodes: ['m'] }), at('TCP:22'))).toBe('denied');
  });

  test('may be open where the source is not known', () => {
    const unsure = closed({ ...ssh, net: '10.0.0.0/16' }).pod('shop/lost', {}, { node: 'm', addressRanges: ['10.0.0.0/8'] });
    const judged = judge(unsure, { ...at('TCP:22'), from: 'shop/lost' });

    expect(judged.verdict).toBe('indeterminate');
    expect(steps(judged.trace)).toEqual(['normal in failsafe Allow?', 'normal in rule Deny? p0']);
    const early = scene()
      .policy('early', { ...NOBODY, hook: 'preDNAT', ingress: [deny()] })
      .network({ failsafeInbound: [{ ...ssh, net: '10.0.0.0/16' }] })
      .pod('shop/lost', {}, { node: 'm', addressRanges: ['10.0.0.0/8'] });
    const passed = judge(early, { ...FORWARDED, from: 'shop/lost', packet: 'TCP:22' });
    expect(passed.verdict).toBe('indeterminate');
    expect(steps(passed.trace)).toEqual(['preDNAT in rule Deny? early']);
  });
});

describe('the answer to what an untracked policy lets pass', () => {
  const untracked = { hook: 'untracked' } as const;
  const inAnd = (egress?: PolicyOptions['egress']) => withPolicies({ ...untracked, ingress: [allow()], ...(egress && { egress }) });
  const fromPort = (port: number) => [{ protocol: 'TCP', sourcePorts: [[port, port]] }] as const;

  test('needs an untracked rule of its own', () => {
    const judged = judge(inAnd(), OWN);

    expect(judged.verdict).toBe('denied');
    expect(steps(judged.trace)).toEqual(['untracked in rule Allow p0', 'untracked out reply Deny']);
    expect(verdict(inAnd([allow()]), OWN)).toBe('allowed');
    expect(verdict(inAnd([deny()]), OWN)).toBe('denied');
  });

  test('is no matter of normal policies', () => {
    expect(
      verdict(withPolicies({ ...untracked, ingress: [allow()] }, { egress: [allow()] }), {
        ...OWN,
        host: { ...ETH0, profileAction: 'Allow' },
      }),
    ).toBe('denied');
  });

  test('comes from the port and goes to the peer that it answers', () => {
    expect(verdict(inAnd([allow([block(`${CLIENT}/32`)], fromPort(80))]), OWN)).toBe('allowed');
    expect(verdict(inAnd([allow([block('203.0.113.0/24')], fromPort(80))]), OWN)).toBe('denied');
    expect(verdict(inAnd([allow('any', fromPort(81))]), OWN)).toBe('denied');
  });

  test('goes to the source port, which may be open', () => {
    const toHigh = inAnd([allow('any', to('TCP', [1024, 65_535]))]);

    expect(verdict(toHigh, OWN)).toBe('indeterminate');
    expect(verdict(toHigh, { ...OWN, details: { sourcePort: 40_000 } })).toBe('allowed');
    expect(verdict(toHigh, { ...OWN, details: { sourcePort: 53 } })).toBe('denied');
    const notLow = inAnd([allow('any', [{ protocol: 'TCP', notPorts: [[1, 1023]], notSourcePorts: [[81, 81]] }])]);
    expect(verdict(notLow, { ...OWN, details: { sourcePort: 40_000 } })).toBe('allowed');
    expect(verdict(notLow, { ...OWN, packet: 'TCP:81', details: { sourcePort: 40_000 } })).toBe('denied');
  });

  test('of another type than what it answers leaves ICMP rules open', () => {
    const echo = inAnd([allow('any', [{ protocol: 'ICMP', icmp: [{ types: [0, 0], codes: [0, 255] }] }])]);

    expect(verdict(echo, { ...OWN, packet: 'ICMP', details: { icmp: { type: 8, code: 0 } } })).toBe('indeterminate');
  });

  test('of a port name is resolved where it is declared', () => {
    const named = cluster()
      .node('n', { addresses: ['192.168.0.1'], ports: [['api', 'TCP', 80]] })
      .policy('p', {
        ...NOBODY,
        ...untracked,
        ingress: [allow()],
        egress: [allow('any', [{ protocol: 'TCP', sourcePortNames: ['api'] }])],
      });

    expect(verdict(named, OWN)).toBe('allowed');
    expect(verdict(named, { ...OWN, packet: 'TCP:81' })).toBe('denied');
  });

  test('of UDP may be taken for something new', () => {
    expect(judge(inAnd(), { ...OWN, packet: 'UDP:53' })).toMatchObject({
      verdict: 'indeterminate',
      trace: [{ trigger: 'rule' }, { trigger: 'reply', action: 'Deny', certainty: 'maybe', unknowns: [{ kind: 'condition' }] }],
    });
    for (const packet of ['SCTP:80', 'ICMP', 'ICMPv6']) expect(verdict(inAnd(), { ...OWN, packet })).toBe('denied');
  });

  test('to what the node sends obeys ingress rules', () => {
    const sent = (ingress?: PolicyOptions['ingress']) => withPolicies({ ...untracked, egress: [allow()], ...(ingress && { ingress }) });

    expect(verdict(sent(), SENT)).toBe('denied');
    expect(verdict(sent([allow([block(`${CLIENT}/32`)], fromPort(80))]), SENT)).toBe('allowed');
    expect(verdict(sent([allow('any', fromPort(81))]), SENT)).toBe('denied');
  });

  test('is not asked of a pod, whose answers no untracked policy sees', () => {
    expect(verdict(inAnd(), FORWARDED)).toBe('allowed');
  });

  test('is not asked where the untracked policy does not decide, or denies', () => {
    expect(verdict(withPolicies({ ...untracked, ingress: [pass()] }, { ingress: [allow()] }), OWN)).toBe('allowed');
    expect(steps(judge(withPolicies({ ...untracked, ingress: [deny()] }), OWN).trace)).toEqual(['untracked in rule Deny p0']);
  });

  test('is not denied by the end of a tier', () => {
    const other = inAnd([allow('any', fromPort(1))]);

    expect(steps(judge(other, OWN).trace)).toEqual([
      'untracked in rule Allow p0',
      'untracked out end-of-tier Pass',
      'untracked out reply Deny',
    ]);
    expect(verdict(other, { ...OWN, packet: 'UDP:53' })).toBe('indeterminate');
  });

  test('leaves open what the untracked policy leaves open', () => {
    const perhaps = withPolicies({ ...untracked, ingress: [allow('any', 'any', AT_RUN_TIME)] }, { ingress: [allow()] });

    expect(verdict(perhaps, OWN)).toBe('indeterminate');
  });
});

test('Log decides nothing at any hook', () => {
  expect(verdict(withPolicies({ hook: 'preDNAT', ingress: [log()] }, { ingress: [log(), allow()] }), OWN)).toBe('allowed');
});

describe('alternatives', () => {
  const open = hostOf('n/open', { profileAction: 'Allow' });
  const shut = hostOf('n/shut', { profileAction: 'Deny' });
  const unknown = { kind: 'interface', text: 'which one' } as const;
  const flow = () => {
    const snapshot = scene().snapshot();
    return flowOf(snapshot, { source: CLIENT, destination: endOf(snapshot, 'n'), packet: packetOf('TCP:80') });
  };
  const among = (...hosts: readonly Passage['host'][]) =>
    judgeCheckpoint(scene().snapshot(), checkpointOf('ingress', 'in', { hosts, unknowns: [unknown] }, ['normal'], flow()), 4);

  test('that agree are certain', () => {
    expect(among(open, undefined)).toMatchObject({ verdict: 'allowed', trace: [{ trigger: 'profile', certainty: 'yes' }] });
    expect(among(shut, { ...shut })).toMatchObject({ verdict: 'denied', trace: [{ trigger: 'profile', certainty: 'yes' }] });
  });

  test('that differ leave it open, and each step depends on which it is', () => {
    expect(among(open, shut)).toMatchObject({
      verdict: 'indeterminate',
      trace: [
        { host: { name: 'open' }, action: 'Allow', certainty: 'maybe', unknowns: [unknown] },
        { host: { name: 'shut' }, action: 'Deny', certainty: 'maybe', unknowns: [unknown] },
      ],
    });
    expect(among(undefined, shut)).toMatchObject({ verdict: 'indeterminate', trace: [{ action: 'Deny', certainty: 'maybe' }] });
  });

  test('one that sees what nobody knows leaves it open', () => {
    const alternatives: readonly Passage[] = [{ host: shut, stages: 'unknown' }];
    const checkpoint = { direction: 'ingress', way: 'in', alternatives, unknowns: [unknown] } as const;

    expect(judgeCheckpoint(scene().snapshot(), checkpoint, 4)).toMatchObject({
      verdict: 'indeterminate',
      trace: [{ trigger: 'host-unknown', certainty: 'maybe', unknowns: [unknown] }],
    });
  });

  test('stages may see different flows, as addresses are translated between them', () => {
    const snapshot = withPolicies(
      { hook: 'preDNAT', ingress: [deny('any', to('TCP', 80))] },
      { forward: true, ingress: [deny('any', to('TCP', 31_000)), allow()] },
    ).snapshot();
    const end = (target: string, packet: string) =>
      flowOf(snapshot, { source: CLIENT, destination: endOf(snapshot, target), packet: packetOf(packet) });
    const through = (before: string, after: string) => {
      const stages = [
        { hook: 'preDNAT', flow: end('n', before) },
        { hook: 'forward', flow: end('shop/web', after) },
      ] as const;
      const alternatives = [{ host: hostOf('n/edge', ETH0), stages }];
      return judgeCheckpoint(snapshot, { direction: 'ingress', way: 'in', alternatives, unknowns: [] }, 4).verdict;
    };

    expect(through('TCP:31000', 'TCP:80')).toBe('allowed');
    expect(through('TCP:80', 'TCP:80')).toBe('denied');
    expect(through('TCP:31000', 'TCP:31000')).toBe('denied');
  });
});
