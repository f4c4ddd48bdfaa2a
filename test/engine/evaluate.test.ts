import { evaluate } from '../../src/engine/evaluate';
import type { Explanation, PolicyHit, Verdict } from '../../src/model/verdict';
import { AT_RUN_TIME, allow, block, type ClusterBuilder, chosen, cluster, deny, labels, log, pass, pods, to } from '../support/cluster';
import { ask, endOf, flowOf, packetOf } from '../support/flow';

/** Two pods whose addresses are known, in a namespace whose labels are known. */
function shop(): ClusterBuilder {
  return cluster()
    .namespace('shop', { team: 'a' })
    .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.2'] })
    .pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1'] });
}

const SELECTS_DB = labels({ app: 'db' });
const WEB = pods({ app: 'web' });
const HTTP = to('TCP', 80);

function verdictFor(builder: ClusterBuilder, packet = 'TCP:80'): Verdict {
  return ask(builder.snapshot(), 'shop/web', 'shop/db', packet).verdict;
}

/** The ingress policies on the database, each in the default tier, in the order given. */
function onDb(...policies: readonly Parameters<ClusterBuilder['policy']>[1][]): ClusterBuilder {
  return policies.reduce<ClusterBuilder>(
    (builder, options, index) => builder.policy(`shop/p${index}`, { appliesTo: SELECTS_DB, order: index, ...options }),
    shop().tier('first', 100, 'Deny').tier('second', 200, 'Deny'),
  );
}

function steps({ trace }: Explanation): readonly string[] {
  return trace.map(
    ({ direction, trigger, action, certainty, tier, policy, rule }: PolicyHit) =>
      `${direction} ${trigger} ${action}${certainty === 'maybe' ? '?' : ''}${tier ? ` ${tier}` : ''}${policy ? ` ${policy.name}#${rule}` : ''}`,
  );
}

describe('selection and isolation', () => {
  test('an endpoint that no policy selects is allowed both ways', () => {
    const explanation = ask(shop().snapshot(), 'shop/web', 'shop/db');

    expect(explanation).toMatchObject({ verdict: 'allowed', egress: 'allowed', ingress: 'allowed', dependsOn: [] });
    expect(steps(explanation)).toEqual(['egress not-selected Allow', 'ingress not-selected Allow']);
  });

  test('a policy with no rule isolates the endpoints that it selects', () => {
    expect(verdictFor(onDb({ ingress: [] }))).toBe('denied');
  });

  test('a policy that selects other endpoints isolates nothing', () => {
    expect(verdictFor(onDb({ ingress: [], appliesTo: labels({ app: 'cache' }) }))).toBe('allowed');
  });

  test('isolation is per direction: an egress policy on the destination does not isolate its ingress', () => {
    expect(verdictFor(onDb({ egress: [] }))).toBe('allowed');
    expect(ask(onDb({ egress: [] }).snapshot(), 'shop/db', 'shop/web').verdict).toBe('denied');
  });

  test('egress is judged at the source and ingress at the destination, each alone, and both must allow', () => {
    const closed = shop().policy('shop/all', { ingress: [], egress: [allow()] });
    const explanation = ask(closed.snapshot(), 'shop/web', 'shop/db');

    expect(explanation).toMatchObject({ verdict: 'denied', egress: 'allowed', ingress: 'denied' });
    expect(steps(explanation)).toEqual(['egress rule Allow default all#0', 'ingress end-of-tier Deny default']);
  });

  test('a flow that both ends deny is explained at both ends', () => {
    const explanation = ask(shop().policy('shop/all', { ingress: [], egress: [] }).snapshot(), 'shop/web', 'shop/db');

    expect(explanation).toMatchObject({ verdict: 'denied', egress: 'denied', ingress: 'denied' });
    expect(steps(explanation)).toEqual(['egress end-of-tier Deny default', 'ingress end-of-tier Deny default']);
  });

  test('a staged policy never isolates and never decides', () => {
    expect(verdictFor(onDb({ ingress: [], staged: true }))).toBe('allowed');
    expect(verdictFor(onDb({ ingress: [deny()], staged: true }, { ingress: [allow()] }))).toBe('allowed');
  });

  test.each(['preDNAT', 'untracked'] as const)('a policy of the hook %s never isolates and never decides', (hook) => {
    expect(verdictFor(onDb({ ingress: [], hook }))).toBe('allowed');
    expect(verdictFor(onDb({ ingress: [allow()], hook }, { ingress: [] }))).toBe('denied');
  });
});

describe('rules', () => {
  test('what any of the policies allows is allowed: policies that only allow form a union', () => {
    const union = onDb({ ingress: [allow('any', to('TCP', 80))] }, { ingress: [allow('any', to('TCP', 81))] });

    expect(verdictFor(union, 'TCP:80')).toBe('allowed');
    expect(verdictFor(union, 'TCP:81')).toBe('allowed');
    expect(verdictFor(union, 'TCP:82')).toBe('denied');
  });

  test('the first rule that matches decides', () => {
    expect(verdictFor(onDb({ ingress: [deny([WEB]), allow()] }))).toBe('denied');
    expect(verdictFor(onDb({ ingress: [allow([WEB]), deny()] }))).toBe('allowed');
  });

  test('a policy of lower order goes first', () => {
    expect(verdictFor(onDb({ ingress: [deny()], order: 2 }, { ingress: [allow()], order: 1 }))).toBe('allowed');
    expect(verdictFor(onDb({ ingress: [deny()], order: 1 }, { ingress: [allow()], order: 2 }))).toBe('denied');
  });

  test('equal orders go by tie break', () => {
    expect(verdictFor(onDb({ ingress: [deny()], order: 1, tieBreak: 'b' }, { ingress: [allow()], order: 1, tieBreak: 'a' }))).toBe(
      'allowed',
    );
    expect(verdictFor(onDb({ ingress: [deny()], order: 1, tieBreak: 'a' }, { ingress: [allow()], order: 1, tieBreak: 'b' }))).toBe(
      'denied',
    );
  });

  test('a rule of another protocol or port does not match', () => {
    const tcp80 = onDb({ ingress: [allow('any', HTTP)] });

    expect(verdictFor(tcp80, 'TCP:80')).toBe('allowed');
    expect(verdictFor(tcp80, 'UDP:80')).toBe('denied');
    expect(verdictFor(tcp80, 'SCTP:80')).toBe('denied');
    expect(verdictFor(tcp80, 'TCP:79')).toBe('denied');
    expect(verdictFor(tcp80, 'ICMP')).toBe('denied');
  });

  test('a rule whose list of peers or of packets is empty matches nothing', () => {
    expect(verdictFor(onDb({ ingress: [allow([])] }))).toBe('denied');
    expect(verdictFor(onDb({ ingress: [allow('any', [])] }))).toBe('denied');
  });

  test('Log decides nothing and is told', () => {
    const explanation = ask(onDb({ ingress: [log(), allow()] }).snapshot(), 'shop/web', 'shop/db');

    expect(explanation.verdict).toBe('allowed');
    expect(steps(explanation)).toEqual(['egress not-selected Allow', 'ingress rule Log default p0#0', 'ingress rule Allow default p0#1']);
  });

  test('a policy of Log rules alone isolates', () => {
    expect(verdictFor(onDb({ ingress: [log()] }))).toBe('denied');
  });
});

describe('tiers', () => {
  const first = { tier: 'first' };

  test('a tier of lower order goes first, whatever the order of its policies', () => {
    expect(verdictFor(onDb({ ingress: [allow()], order: 1, tier: 'second' }, { ingress: [deny()], order: 9, ...first }))).toBe('denied');
  });

  test('Allow and Deny are final: later tiers are not asked', () => {
    expect(verdictFor(onDb({ ingress: [allow()], ...first }, { ingress: [deny()] }))).toBe('allowed');
    expect(verdictFor(onDb({ ingress: [deny()], ...first }, { ingress: [allow()] }))).toBe('denied');
  });

  test('Pass leaves the whole tier, not only the policy', () => {
    const passed = onDb({ ingress: [pass()], ...first }, { ingress: [deny()], ...first }, { ingress: [allow()] });

    expect(verdictFor(passed)).toBe('allowed');
    expect(steps(ask(passed.snapshot(), 'shop/web', 'shop/db')).slice(1)).toEqual([
      'ingress rule Pass first p0#0',
      'ingress rule Allow default p2#0',
    ]);
  });

  test('a Pass rule in the last tier that selects falls to the default, which allows', () => {
    expect(verdictFor(onDb({ ingress: [pass()] }))).toBe('allowed');
  });

  test('a tier that selects and decides nothing ends with its default action', () => {
    const both = (defaultAction: 'Deny' | 'Pass') =>
      shop()
        .tier('first', 100, defaultAction)
        .policy('admin', { tier: 'first', appliesTo: SELECTS_DB, ingress: [allow('any', to('TCP', 22))] });

    expect(verdictFor(both('Deny'))).toBe('denied');
    expect(verdictFor(both('Pass'))).toBe('allowed');
    expect(verdictFor(both('Pass').policy('shop/none', { ingress: [] }))).toBe('denied');
  });

  test('a tier takes part per direction', () => {
    expect(verdictFor(onDb({ egress: [], ...first }, { ingress: [allow()] }))).toBe('allowed');
  });

  test('a tier of staged policies alone takes no part', () => {
    expect(verdictFor(onDb({ ingress: [], staged: true, ...first }, { ingress: [allow()] }))).toBe('allowed');
  });
});

describe('what the input does not tell', () => {
  const maybeAllow = allow('any', 'any', AT_RUN_TIME);
  const maybeDeny = deny('any', 'any', AT_RUN_TIME);

  test('a rule that may match makes a verdict indeterminate, and what it depends on is named', () => {
    const explanation = ask(onDb({ ingress: [maybeAllow] }).snapshot(), 'shop/web', 'shop/db');

    expect(explanation).toMatchObject({ verdict: 'indeterminate', egress: 'allowed', ingress: 'indeterminate', dependsOn: [AT_RUN_TIME] });
    expect(steps(explanation).slice(1)).toEqual(['ingress rule Allow? default p0#0', 'ingress end-of-tier Deny default']);
  });

  test('allowed on both branches is allowed, denied on both is denied', () => {
    expect(verdictFor(onDb({ ingress: [maybeAllow, allow()] }))).toBe('allowed');
    expect(verdictFor(onDb({ ingress: [maybeDeny, deny()] }))).toBe('denied');
    expect(verdictFor(onDb({ ingress: [maybeDeny] }))).toBe('denied');
    expect(verdictFor(onDb({ ingress: [maybeDeny, allow()] }))).toBe('indeterminate');
  });

  test('a certain deny at one end wins over an open question at the other', () => {
    const explanation = ask(
      onDb({ ingress: [] }, { egress: [maybeAllow], appliesTo: labels({ app: 'web' }) }).snapshot(),
      'shop/web',
      'shop/db',
    );

    expect(explanation).toMatchObject({ verdict: 'denied', egress: 'indeterminate', ingress: 'denied', dependsOn: [] });
  });

  test('only the direction that is open says what a verdict depends on', () => {
    const other = { ...AT_RUN_TIME, text: 'something else' };
    const policies = onDb({ ingress: [maybeAllow] }, { egress: [allow('any', 'any', other), allow()], appliesTo: labels({ app: 'web' }) });

    expect(ask(policies.snapshot(), 'shop/web', 'shop/db').dependsOn).toEqual([AT_RUN_TIME]);
  });

  test('a Log rule that may match settles nothing', () => {
    const logged = onDb({ ingress: [log('any', 'any', { ...AT_RUN_TIME, text: 'of no consequence' }), maybeAllow] });

    expect(ask(logged.snapshot(), 'shop/web', 'shop/db').dependsOn).toEqual([AT_RUN_TIME]);
  });

  test('different open questions are independent: two rules that may match leave both outcomes possible', () => {
    expect(verdictFor(onDb({ ingress: [maybeDeny, maybeAllow] }))).toBe('indeterminate');
    expect(verdictFor(onDb({ ingress: [maybeAllow, maybeDeny, allow()] }))).toBe('indeterminate');
  });

  test('a Pass that may match goes on and stays', () => {
    const maybePass = pass('any', 'any', AT_RUN_TIME);

    expect(verdictFor(onDb({ ingress: [maybePass, deny()], tier: 'first' }, { ingress: [allow()] }))).toBe('indeterminate');
    expect(verdictFor(onDb({ ingress: [maybePass, deny()], tier: 'first' }, { ingress: [deny()] }))).toBe('denied');
    expect(verdictFor(onDb({ ingress: [maybePass, allow()], tier: 'first' }, { ingress: [deny()] }))).toBe('indeterminate');
    expect(verdictFor(onDb({ ingress: [maybePass, allow()], tier: 'first' }, { ingress: [allow()] }))).toBe('allowed');
  });

  const perhapsSelected = (options: Parameters<ClusterBuilder['policy']>[1]) =>
    cluster()
      .namespace('shop')
      .pod('shop/web', { app: 'web' }, { addresses: ['10.0.0.1'] })
      .template('shop/db', { app: 'db' }, { unknownKeys: ['pod-template-hash'] })
      .tier('first', 100, 'Deny')
      .policy('shop/perhaps', { appliesTo: labels({ 'pod-template-hash': 'x' }), ...options });

  test('a policy that may select may isolate', () => {
    const explanation = ask(perhapsSelected({ ingress: [] }).snapshot(), 'shop/web', 'shop/db');

    expect(explanation.verdict).toBe('indeterminate');
    expect(explanation.dependsOn.map(({ kind }) => kind)).toEqual(['pod-labels']);
    expect(steps(explanation).slice(1)).toEqual(['ingress end-of-tier Deny? default', 'ingress not-selected Allow']);
  });

  test('a policy that may select and allows is no question when the default allows as well', () => {
    expect(verdictFor(perhapsSelected({ ingress: [allow()] }))).toBe('allowed');
    expect(verdictFor(perhapsSelected({ ingress: [allow('any', to('TCP', 22))] }))).toBe('indeterminate');
  });

  test('a tier that a policy may make take part is followed both ways', () => {
    const rest = { ingress: [allow()] };

    expect(verdictFor(perhapsSelected({ tier: 'first', ingress: [] }).policy('shop/rest', rest))).toBe('indeterminate');
    expect(verdictFor(perhapsSelected({ tier: 'first', ingress: [allow()] }).policy('shop/rest', rest))).toBe('allowed');
    expect(verdictFor(perhapsSelected({ tier: 'first', ingress: [] }).policy('shop/rest', { ingress: [] }))).toBe('denied');
  });

  test('a policy that may select, after one that selects, cannot take isolation away', () => {
    expect(verdictFor(perhapsSelected({ ingress: [] }).policy('shop/certain', { ingress: [], order: 1 }))).toBe('denied');
    expect(verdictFor(perhapsSelected({ ingress: [allow()] }).policy('shop/certain', { ingress: [], order: 1 }))).toBe('indeterminate');
    expect(verdictFor(perhapsSelected({ ingress: [deny()], order: 9 }).policy('shop/certain', { ingress: [allow()], order: 1 }))).toBe(
      'allowed',
    );
  });

  test('the labels of a namespace that is not in the input are open, but for its name', () => {
    const stranger = (key: string, value: string) =>
      shop()
        .pod('elsewhere/client', {}, { addresses: ['10.0.0.9'] })
        .policy('shop/db', { appliesTo: SELECTS_DB, ingress: [allow([chosen(labels({ [key]: value }, 'namespace'))])] });
    const from = (builder: ClusterBuilder) => ask(builder.snapshot(), 'elsewhere/client', 'shop/db');

    expect(from(stranger('team', 'a'))).toMatchObject({ verdict: 'indeterminate', dependsOn: [{ kind: 'namespace-labels' }] });
    expect(from(stranger('kubernetes.io/metadata.name', 'elsewhere')).verdict).toBe('allowed');
    expect(from(stranger('kubernetes.io/metadata.name', 'shop')).verdict).toBe('denied');
  });
});

describe('flows beyond policy', () => {
  const closed = { ingress: [], egress: [] };

  test('a pod always reaches itself', () => {
    const explanation = ask(shop().policy('shop/all', closed).snapshot(), 'shop/db', 'shop/db');

    expect(explanation.verdict).toBe('allowed');
    expect(steps(explanation)).toEqual(['egress same-endpoint Allow', 'ingress same-endpoint Allow']);
  });

  test('pods of one template are different pods: policy decides between them', () => {
    const replicas = cluster().namespace('shop').template('shop/web', { app: 'web' });

    expect(ask(replicas.snapshot(), 'shop/web', 'shop/web').verdict).toBe('allowed');
    expect(ask(replicas.policy('shop/all', closed).snapshot(), 'shop/web', 'shop/web').verdict).toBe('denied');
  });

  const onNodes = (node: string | undefined) =>
    cluster()
      .namespace('shop')
      .node('n1', { addresses: ['192.168.0.1'] })
      .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.2'], ...(node !== undefined && { node }) })
      .pod('shop/agent', { app: 'agent' }, { network: 'host', addresses: ['192.168.0.1'], node: 'n1' })
      .policy('shop/all', closed)
      .snapshot();

  test.each([
    ['n1', 'shop/db'],
    ['shop/db', 'n1'],
    ['shop/agent', 'shop/db'],
    ['shop/db', 'shop/agent'],
  ])('a node and the pods that it runs reach each other: %s to %s', (from, destination) => {
    const explanation = ask(onNodes('n1'), from, destination);

    expect(explanation.verdict).toBe('allowed');
    expect(steps(explanation)).toEqual(['egress local-node Allow', 'ingress local-node Allow']);
  });

  test('the pods of other nodes are judged by policy', () => {
    expect(ask(onNodes('n2'), 'n1', 'shop/db').verdict).toBe('denied');
    expect(ask(onNodes('n2'), 'shop/db', 'n1').verdict).toBe('denied');
  });

  test('where a pod runs decides when the input does not tell it and policy denies', () => {
    expect(ask(onNodes(undefined), 'n1', 'shop/db')).toMatchObject({
      verdict: 'indeterminate',
      egress: 'allowed',
      ingress: 'indeterminate',
      dependsOn: [{ kind: 'placement', text: 'whether `n1` and `db` share a node' }],
    });
  });

  test('where a pod runs is no question when policy allows', () => {
    const open = cluster().node('n1').pod('shop/db').snapshot();

    expect(ask(open, 'n1', 'shop/db')).toMatchObject({ verdict: 'allowed', dependsOn: [] });
  });

  describe('a tier that guards the own node of a pod from it', () => {
    const guarding = (options: Parameters<ClusterBuilder['policy']>[1], node: string | undefined = 'n1') =>
      cluster()
        .namespace('shop')
        .node('n1', { addresses: ['192.168.0.1'] })
        .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.2'], ...(node !== '' && { node }) })
        .tier('admin', 1, 'Pass', { guardsOwnNode: true })
        .policy('guard', { tier: 'admin', ...options });
    const nodes = block('192.168.0.1/32');

    test('can deny what the pod opens to it, and pass it on to any policy', () => {
      expect(steps(ask(guarding({ egress: [deny([nodes])] }).snapshot(), 'shop/db', 'n1'))).toEqual([
        'egress rule Deny admin guard#0',
        'ingress local-node Allow',
      ]);
      expect(ask(guarding({ egress: [deny([nodes], HTTP)] }).snapshot(), 'shop/db', 'n1', 'TCP:81').verdict).toBe('allowed');
      expect(
        ask(
          guarding({ egress: [pass([nodes])] })
            .policy('shop/all', closed)
            .snapshot(),
          'shop/db',
          'n1',
        ).verdict,
      ).toBe('denied');
    });

    test('leaves alone what the node opens to the pod', () => {
      const explanation = ask(guarding({ ingress: [deny()], egress: [deny()] }).snapshot(), 'n1', 'shop/db');

      expect(steps(explanation)).toEqual(['egress local-node Allow', 'ingress local-node Allow']);
    });

    test.each<[string, Parameters<ClusterBuilder['policy']>[1]]>([
      ['selects another pod', { appliesTo: labels({ app: 'web' }), egress: [deny()] }],
      ['is about ingress', { ingress: [deny()] }],
      ['is staged', { egress: [deny()], staged: true }],
      ['is in another tier', { tier: 'default', egress: [] }],
    ])('leaves the pod alone if its policy %s', (_case, options) => {
      expect(steps(ask(guarding(options).policy('shop/all', closed).snapshot(), 'shop/db', 'n1'))[0]).toBe('egress local-node Allow');
    });

    test('decides wherever the pod runs', () => {
      expect(ask(guarding({ egress: [deny([nodes])] }, '').snapshot(), 'shop/db', 'n1')).toMatchObject({
        verdict: 'denied',
        dependsOn: [],
      });
    });
  });

  test('no policy of pods applies to a hostNetwork pod or a node', () => {
    const hosts = cluster().node('n1').pod('shop/agent', {}, { network: 'host', node: 'n2' }).policy('shop/all', closed);
    const explanation = ask(hosts.snapshot(), 'n1', 'shop/agent');

    expect(explanation.verdict).toBe('allowed');
    expect(steps(explanation)).toEqual(['egress host-network Allow', 'ingress host-network Allow']);
  });

  test('a policy that selects hosts applies to them', () => {
    const hosts = cluster()
      .node('n1')
      .node('n2')
      .policy('hosts', { appliesTo: { kind: 'network', network: 'host' }, ingress: [pass('any', HTTP)] });

    expect(steps(ask(hosts.snapshot(), 'n1', 'n2', 'TCP:80'))).toEqual([
      'egress host-network Allow',
      'ingress rule Pass default hosts#0',
      'ingress not-selected Allow',
    ]);
    expect(ask(hosts.snapshot(), 'n1', 'n2', 'TCP:81').verdict).toBe('denied');
  });

  test('an external address has no policies of its own, and the other end still has', () => {
    const explanation = ask(onDb({ ingress: [] }).snapshot(), '203.0.113.9', 'shop/db');

    expect(explanation.verdict).toBe('denied');
    expect(steps(explanation)).toEqual(['egress external Allow', 'ingress end-of-tier Deny default']);
    expect(ask(onDb({ ingress: [] }).snapshot(), 'shop/db', '203.0.113.9').verdict).toBe('allowed');
    expect(ask(shop().snapshot(), '203.0.113.9', '198.51.100.1').verdict).toBe('allowed');
  });
});

describe('addresses of two families', () => {
  const dual = (...ingress: readonly ReturnType<typeof allow>[]) =>
    cluster()
      .pod('shop/web', {}, { addresses: ['10.0.0.1', 'fd00::1'] })
      .pod('shop/db', { app: 'db' }, { addresses: ['10.0.0.2', 'fd00::2'] })
      .pod('shop/old', {}, { addresses: ['10.0.0.3'] })
      .policy('shop/db', { appliesTo: SELECTS_DB, ingress })
      .snapshot();

  test('a flow is allowed when one of the families that both ends have is', () => {
    expect(ask(dual(allow([block('fd00::/8')])), 'shop/web', 'shop/db').verdict).toBe('allowed');
    expect(ask(dual(allow([block('10.0.0.0/8')])), 'shop/web', 'shop/db').verdict).toBe('allowed');
    expect(ask(dual(deny([block('fd00::/8')]), allow()), 'shop/web', 'shop/db').verdict).toBe('allowed');
    expect(ask(dual(deny([block('fd00::/8'), block('10.0.0.0/8')]), allow()), 'shop/web', 'shop/db').verdict).toBe('denied');
  });

  test('ICMP uses the fourth version of IP and ICMPv6 the sixth, where both ends have both', () => {
    const onlyV6 = dual(allow([block('fd00::/8')]));
    const onlyV4 = dual(allow([block('10.0.0.0/8')]));

    expect(ask(onlyV6, 'shop/web', 'shop/db', 'ICMP').verdict).toBe('denied');
    expect(ask(onlyV6, 'shop/web', 'shop/db', 'ICMPv6').verdict).toBe('allowed');
    expect(ask(onlyV4, 'shop/web', 'shop/db', 'ICMP').verdict).toBe('allowed');
    expect(ask(onlyV4, 'shop/web', 'shop/db', 'ICMPv6').verdict).toBe('denied');
    expect(ask(onlyV4, 'shop/old', 'shop/db', 'ICMPv6').verdict).toBe('allowed');
  });

  test('a family that only one end has does not count', () => {
    expect(ask(dual(allow([block('fd00::/8')])), 'shop/old', 'shop/db').verdict).toBe('denied');
  });

  test('an open question in one family stands if the other denies', () => {
    const explanation = ask(dual(allow([block('fd00::/8')], 'any', AT_RUN_TIME)), 'shop/web', 'shop/db');

    expect(explanation).toMatchObject({ verdict: 'indeterminate', dependsOn: [AT_RUN_TIME] });
  });
});

describe('the trace', () => {
  test('names policy, rule, file and line of what matched', () => {
    const { trace } = ask(onDb({ ingress: [allow([pods({ app: 'shop' })]), allow([WEB], HTTP)] }).snapshot(), 'shop/web', 'shop/db');

    expect(trace[1]).toEqual({
      direction: 'ingress',
      trigger: 'rule',
      action: 'Allow',
      certainty: 'yes',
      unknowns: [],
      tier: 'default',
      policy: expect.objectContaining({ kind: 'NetworkPolicy', namespace: 'shop', name: 'p0' }),
      rule: 1,
      source: { file: 'shop/p0.yaml', document: 1, line: 11 },
    });
  });

  test('a rule that was made from another one is told by the place of that one', () => {
    const { trace } = ask(
      onDb({
        ingress: [
          { ...deny([]), index: 4 },
          { ...allow(), index: 4 },
        ],
      }).snapshot(),
      'shop/web',
      'shop/db',
    );

    expect(trace[1]).toMatchObject({ rule: 4, action: 'Allow' });
  });

  test('names every policy that isolates, and no other', () => {
    const policies = onDb({ ingress: [] }, { ingress: [allow('any', to('UDP', 53))] }, { egress: [] }, { ingress: [], staged: true });
    const { trace } = ask(policies.snapshot(), 'shop/web', 'shop/db');

    expect(trace[1]!.isolatedBy!.map(({ name }) => name)).toEqual(['p0', 'p1']);
  });

  test('a policy that selects neither end may be left out without a change', () => {
    const all = onDb({ ingress: [allow([WEB])] }, { ingress: [], appliesTo: labels({ app: 'cache' }) }).snapshot();
    const flow = flowOf(all, { source: endOf(all, 'shop/web'), destination: endOf(all, 'shop/db'), packet: packetOf('TCP:80') });

    expect(evaluate({ tiers: all.tiers, policies: all.policies.slice(0, 1) }, flow)).toEqual(evaluate(all, flow));
  });
});
