import type { Rule } from '../../../src/model/policy';
import { clusterNetworkPolicy, diagnosticOf, ingestText, policyOf, problemsOf } from '../../support/ingest-text';

const POD = { kind: 'network', network: 'pod' };
const HOST = { kind: 'network', network: 'host' };
const label = (owner: string, key: string, value: string) => ({ kind: 'label', owner, key, test: { operator: 'in', values: [value] } });
const hasNamespace = (operator: string) => ({ kind: 'label', owner: 'namespace', key: 'kubernetes.io/metadata.name', test: { operator } });

/** Rules that one peer of an accepting egress rule becomes, without what every rule has. */
async function lowered(peer: string, { action = 'Accept', facts = {}, nodes = '' }: Partial<Case> = {}) {
  const ingested = await ingestText(`${clusterNetworkPolicy('egress:', `  - {action: ${action}, to: [${peer}]}`)}---\n${nodes}`, facts);
  const rules = policyOf(ingested.snapshot).egress!;
  return {
    ingested,
    rules: rules.map(({ peer, condition }) => ({ peer, ...(condition && { condition: condition.text }) })),
    problems: problemsOf(ingested),
  };
}

interface Case {
  readonly action: string;
  readonly facts: Readonly<Record<string, string>>;
  readonly nodes: string;
}

const NOTHING = [{ peer: [] }];
const EVERYTHING = [{ peer: 'any' }];

describe('pods', () => {
  test.each<[string, string, unknown]>([
    [
      'namespaces: all pods of those',
      '{namespaces: {matchLabels: {team: a}}}',
      { kind: 'and', of: [label('namespace', 'team', 'a'), POD] },
    ],
    ['the empty selector of namespaces: every pod', '{namespaces: {}}', POD],
    [
      'pods: both selectors must hold',
      '{pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: db}}}}',
      { kind: 'and', of: [label('namespace', 'team', 'a'), POD, label('endpoint', 'app', 'db')] },
    ],
    ['pods with empty selectors: every pod', '{pods: {namespaceSelector: {}, podSelector: {}}}', POD],
    [
      'pods without a namespace selector: of every namespace',
      '{pods: {podSelector: {matchLabels: {app: db}}}}',
      { kind: 'and', of: [POD, label('endpoint', 'app', 'db')] },
    ],
  ])('%s', async (_case, peer, selector) => {
    const { rules, problems } = await lowered(peer);

    expect(rules).toEqual([{ peer: [{ selector, netsSeePods: 'no' }] }]);
    expect(problems).toEqual([]);
  });

  test('pods without a pod selector are every pod, and told', async () => {
    const { rules, problems } = await lowered('{pods: {namespaceSelector: {matchLabels: {team: a}}}}');

    expect(rules).toEqual([{ peer: [{ selector: { kind: 'and', of: [label('namespace', 'team', 'a'), POD] }, netsSeePods: 'no' }] }]);
    expect(problems).toEqual(['beyond-limits:9']);
  });
});

describe('nodes', () => {
  const node = (name: string, zone: string, ...addresses: readonly string[]) =>
    `{apiVersion: v1, kind: Node, metadata: {name: ${name}, labels: {zone: ${zone}}}, status: {addresses: [${addresses
      .map((address) => `{type: InternalIP, address: "${address}"}`)
      .join(', ')}]}}\n---\n`;
  const nodes = node('n1', 'a', '192.168.0.1', 'fd00::1') + node('n2', 'b', '192.168.0.2') + node('n3', 'a');
  const ZONE = { kind: 'and', of: [HOST, hasNamespace('doesNotExist'), label('endpoint', 'zone', 'a')] };
  const PODS_ON_HOSTS = { kind: 'and', of: [HOST, hasNamespace('exists')] };
  const UNKNOWN = 'the labels of nodes that the input does not tell';

  test('are chosen by label and by address; pods elsewhere on the host network depend on their nodes', async () => {
    const { rules, problems } = await lowered('{nodes: {matchLabels: {zone: a}}}', { nodes });

    expect(rules).toEqual([
      {
        peer: [
          { selector: ZONE, netsSeePods: 'no' },
          { nets: ['192.168.0.1/32', 'fd00::1/128'], netsSeePods: 'no' },
        ],
      },
      {
        peer: [{ selector: PODS_ON_HOSTS, notNets: ['192.168.0.1/32', 'fd00::1/128', '192.168.0.2/32'], netsSeePods: 'no' }],
        condition: UNKNOWN,
      },
    ]);
    expect(problems).toEqual([]);
  });

  test('all of them are everything on a host network, whether the input has it or not', async () => {
    expect((await lowered('{nodes: {}}')).rules).toEqual([{ peer: [{ selector: HOST, netsSeePods: 'no' }] }]);
    expect((await lowered('{nodes: {}}', { nodes })).rules[0]!.peer).toHaveLength(2);
  });

  test('none of them is told', async () => {
    const { rules, problems } = await lowered('{nodes: {matchLabels: {zone: c}}}', { nodes });

    expect(problems).toEqual(['no-such-node:9']);
    expect(rules[0]!.peer).toHaveLength(1);
  });

  test('addresses that the facts give to nodes may be of such nodes', async () => {
    const { rules } = await lowered('{nodes: {matchLabels: {zone: b}}}', { nodes, facts: { nodeRanges: '192.168.0.0/24' } });

    expect(rules[1]!.peer).toContainEqual({
      nets: ['192.168.0.0/24'],
      notNets: ['192.168.0.1/32', 'fd00::1/128', '192.168.0.2/32'],
      netsSeePods: 'no',
    });
  });
});

describe('networks', () => {
  test('see pods, each network once and in canonical form', async () => {
    const { rules, problems } = await lowered('{networks: [10.0.0.0/8, "FD00::/8", 10.0.0.0/8]}');

    expect(rules).toEqual([{ peer: [{ nets: ['10.0.0.0/8', 'fd00::/8'], netsSeePods: 'yes' }] }]);
    expect(problems).toEqual([]);
  });

  test.each<[Readonly<Record<string, string>>, string]>([
    [{ ipBlockMatchesPods: 'no' }, 'no'],
    [{ ipBlockMatchesPods: 'unknown' }, 'yes'],
    [{ ipBlockMatchesPods: 'yes' }, 'yes'],
    [{ cni: 'cilium' }, 'yes'],
    [{ cni: 'calico' }, 'yes'],
  ])('with facts %j they see pods: %s', async (facts, netsSeePods) => {
    expect((await lowered('{networks: [10.0.0.0/8]}', { facts })).rules).toEqual([{ peer: [{ nets: ['10.0.0.0/8'], netsSeePods }] }]);
  });

  test('with host bits are read as their block, and told', async () => {
    const { rules, problems } = await lowered('{networks: [10.1.2.3/8]}');

    expect(rules).toEqual([{ peer: [{ nets: ['10.0.0.0/8'], netsSeePods: 'yes' }] }]);
    expect(problems).toEqual(['host-bits:9']);
  });
});

describe('domain names', () => {
  const EVERYWHERE = ['0.0.0.0/0', '::/0'];

  test('are addresses outside that depend on DNS', async () => {
    const { rules, problems } = await lowered('{domainNames: [example.org, "*.example.com.", a.b, c.d]}');

    expect(rules).toEqual([
      {
        peer: [{ nets: EVERYWHERE, netsSeePods: 'no' }],
        condition: 'the addresses that DNS gives for `example.org`, `*.example.com.`, `a.b` and 1 more',
      },
    ]);
    expect(problems).toEqual([]);
  });

  test.each(['db.shop.svc.cluster.local', '10-0-0-1.shop.pod.cluster.local', 'db.shop.svc'])(
    'of the cluster may be pods: %s',
    async (name) => {
      expect((await lowered(`{domainNames: [${name}]}`)).rules[0]!.peer).toEqual([{ nets: EVERYWHERE, netsSeePods: 'yes' }]);
    },
  );

  test.each(['Deny', 'Pass'])('can only allow: a rule with action %s fails closed', async (action) => {
    const { rules, problems } = await lowered('{domainNames: [example.org]}', { action });

    expect(rules).toEqual(EVERYTHING);
    expect(problems).toEqual(['fails-closed:9']);
  });
});

describe('what is not understood fails closed', () => {
  test.each<[string, string]>([
    ['a peer of an unknown kind', '{clusters: {}}'],
    ['the empty peer', '{}'],
    ['a peer that is null', '{namespaces: null}'],
    ['a peer that is no mapping', 'everybody'],
    ['two peers in one entry', '{namespaces: {}, networks: [10.0.0.0/8]}'],
    ['labels that namespaces share', '{namespaces: {sameLabels: [team]}}'],
    ['labels that namespaces do not share', '{namespaces: {notSameLabels: [team]}}'],
    ['a selector in a selector', '{namespaces: {namespaceSelector: {}}}'],
    ['namespaces among pods', '{pods: {namespaces: {}, podSelector: {}}}'],
    ['pods that are no mapping', '{pods: [a]}'],
    ['a selector that is not valid', '{namespaces: {matchExpressions: [{key: team, operator: in, values: [a]}]}}'],
    ['a selector of nodes with an unknown field', '{nodes: {labels: {}}}'],
    ['an empty list of networks', '{networks: []}'],
    ['a network that is none', '{networks: [10.0.0.0/8, 10.0.0.0]}'],
    ['networks that are no list', '{networks: 10.0.0.0/8}'],
    ['an empty list of domain names', '{domainNames: []}'],
    ['a domain name with a star inside', '{domainNames: [a.*.org]}'],
    ['a domain name of one part', '{domainNames: [localhost]}'],
    ['a domain name that is no text', '{domainNames: [1.5]}'],
    ['a domain name without end', `{domainNames: [${'a'.repeat(300)}.org]}`],
  ])('%s', async (_case, peer) => {
    const [accept, deny] = [await lowered(peer), await lowered(peer, { action: 'Deny' })];

    expect(accept.rules).toEqual(NOTHING);
    expect(deny.rules).toEqual(EVERYTHING);
    for (const { ingested } of [accept, deny])
      expect(diagnosticOf(ingested, 'fails-closed')).toMatchObject({ severity: 'severe', source: { line: 9 } });
  });

  test.each(['{nodes: {}}', '{domainNames: [example.org]}'])('under Calico %s, which it does not know', async (peer) => {
    const { rules, ingested } = await lowered(peer, { facts: { cni: 'calico' } });

    expect(rules).toEqual(NOTHING);
    expect(diagnosticOf(ingested, 'fails-closed').message).toMatch(
      /where one of `namespaces`, `pods`, `networks` is understood; the rule fails closed: it allows nothing$/,
    );
  });

  test.each(['{nodes: {}}', '{networks: [10.0.0.0/8]}', '{domainNames: [example.org]}'])('an ingress peer that is %s', async (peer) => {
    const ingested = await ingestText(clusterNetworkPolicy('ingress:', `  - {action: Accept, from: [${peer}]}`));

    expect(policyOf(ingested.snapshot).ingress).toMatchObject([{ peer: [] } satisfies Partial<Rule>]);
    expect(problemsOf(ingested)).toEqual(['fails-closed:9']);
  });
});

describe('the subject', () => {
  const lineOfSubject = 'subject: {namespaces: {}}';
  const withSubject = (subject: string) =>
    ingestText(clusterNetworkPolicy('ingress: [{action: Deny, from: [{namespaces: {}}]}]').replace(lineOfSubject, subject));

  test('is pods by namespace or by both labels', async () => {
    const pods = 'subject: {pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {matchLabels: {app: db}}}}';

    expect(policyOf((await withSubject(lineOfSubject)).snapshot).appliesTo).toEqual(POD);
    expect(policyOf((await withSubject(pods)).snapshot).appliesTo).toEqual({
      kind: 'and',
      of: [label('namespace', 'team', 'a'), POD, label('endpoint', 'app', 'db')],
    });
  });

  test.each([
    'subject: {}',
    'subject:',
    'subject: everybody',
    'subject: {nodes: {}}',
    'subject: {namespaces: {}, pods: {podSelector: {}}}',
    'subject: {namespaces: {sameLabels: [a]}}',
    'subject: {namespaceSelector: {}}',
  ])('that is `%s` leaves the policy out', async (subject) => {
    const ingested = await withSubject(subject);

    expect(ingested.snapshot.policies).toEqual([]);
    expect(diagnosticOf(ingested, 'invalid-admin-policy')).toMatchObject({
      severity: 'severe',
      message: expect.stringMatching(/; the policy is left out$/),
    });
  });
});

describe('network sets of Calico', () => {
  const set = (namespace: string, net: string) =>
    `apiVersion: projectcalico.org/v3\nkind: NetworkSet\nmetadata: {name: s, namespace: ${namespace}}\nspec: {nets: [${net}]}\n---\n`;
  const shop = 'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: a}}\n---\n';
  const sets = shop + set('shop', '11.0.0.0/8') + set('gone', '12.0.0.0/8');
  const pods = { selector: { kind: 'and', of: [label('namespace', 'team', 'a'), POD] }, netsSeePods: 'no' };

  test('are in their namespaces, where Calico runs', async () => {
    const { rules } = await lowered('{namespaces: {matchLabels: {team: a}}}', { facts: { cni: 'calico' }, nodes: sets });

    expect(rules).toEqual([
      { peer: [pods, { nets: ['11.0.0.0/8'], netsSeePods: 'yes' }] },
      { peer: [{ nets: ['12.0.0.0/8'], netsSeePods: 'yes' }], condition: 'label `team` of namespace `gone`, which is not in the input' },
    ]);
  });

  test('are no pods, and nothing to other plugins', async () => {
    const byPods = '{pods: {namespaceSelector: {matchLabels: {team: a}}, podSelector: {}}}';

    expect((await lowered(byPods, { facts: { cni: 'calico' }, nodes: sets })).rules).toEqual([{ peer: [pods] }]);
    expect((await lowered('{namespaces: {matchLabels: {team: a}}}', { facts: { cni: 'antrea' }, nodes: sets })).rules).toEqual([
      { peer: [pods] },
    ]);
  });
});
