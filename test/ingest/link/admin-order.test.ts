import {
  adminNetworkPolicy,
  baselineAdminNetworkPolicy,
  clusterNetworkPolicy,
  diagnosticOf,
  ingestText,
  networkPolicy,
} from '../../support/ingest-text';

const rule = (action: string, direction = 'ingress') =>
  `${direction}: [{action: ${action}, ${direction === 'ingress' ? 'from' : 'to'}: [{namespaces: {}}]}]`;
const named = (policy: string, name: string) => policy.replace('name: p', `name: ${name}`);
const forTeam = (policy: string, team: string) =>
  policy.replace('subject: {namespaces: {}}', `subject: {namespaces: {matchLabels: {team: ${team}}}}`);

async function told(texts: readonly string[], facts: Readonly<Record<string, string>> = {}) {
  const { diagnostics } = await ingestText(texts.join('---\n'), facts);
  return diagnostics.filter(({ code }) => !['no-policies', 'nothing-found'].includes(code)).map(({ code }) => code);
}

describe('enforcement', () => {
  test('is assumed once, however many policies there are', async () => {
    const texts = [named(adminNetworkPolicy(rule('Deny')), 'a'), named(adminNetworkPolicy(rule('Deny')), 'b')];

    expect(await told(texts)).toEqual(['enforcement-assumed']);
    expect(diagnosticOf(await ingestText(texts.join('---\n')), 'enforcement-assumed')).toMatchObject({
      severity: 'notice',
      message: 'the network plugin (fact `cni`) is assumed to enforce AdminNetworkPolicy and its like',
      source: { line: 1 },
    });
  });

  test('of another plugin is assumed too, that of Calico is known', async () => {
    expect(diagnosticOf(await ingestText(clusterNetworkPolicy(rule('Deny')), { cni: 'cilium' }), 'enforcement-assumed').message).toBe(
      '`cilium` is assumed to enforce ClusterNetworkPolicy and its like',
    );
    expect(await told([clusterNetworkPolicy(rule('Deny'))], { cni: 'calico' })).toEqual([]);
  });

  test('of NetworkPolicies is no news', async () => {
    expect(await told([networkPolicy('podSelector: {}')])).toEqual(['namespace-assumed']);
  });
});

describe('generations', () => {
  test('the newer kind beside an older one is told', async () => {
    const ingested = await ingestText([clusterNetworkPolicy(rule('Deny')), baselineAdminNetworkPolicy(rule('Deny'))].join('---\n'));

    expect(diagnosticOf(ingested, 'mixed-generations')).toMatchObject({
      severity: 'warning',
      resource: 'p[ClusterNetworkPolicy]',
      message: expect.stringContaining('`p[ClusterNetworkPolicy]` and `default[BaselineAdminNetworkPolicy]`'),
    });
  });

  test('the two older kinds belong together', async () => {
    expect(await told([adminNetworkPolicy(rule('Deny')), baselineAdminNetworkPolicy(rule('Deny'))])).toEqual(['enforcement-assumed']);
  });
});

describe('one priority', () => {
  const pair = (a: string, b: string) => [named(a, 'a'), named(b, 'b')];

  test('of policies that contradict each other is told, with all of their names', async () => {
    const texts = [
      ...pair(adminNetworkPolicy(rule('Deny')), adminNetworkPolicy(rule('Pass'))),
      named(adminNetworkPolicy(rule('Deny')), 'c'),
    ];

    expect(diagnosticOf(await ingestText(texts.join('---\n')), 'equal-priority')).toMatchObject({
      severity: 'warning',
      message:
        '`a[AdminNetworkPolicy]`, `b[AdminNetworkPolicy]`, `c[AdminNetworkPolicy]` have one priority, 5, and contradict each other: which of them goes first is not defined, and here they are taken by name',
      resource: 'a[AdminNetworkPolicy]',
    });
  });

  test('has an order under Calico', async () => {
    const ingested = await ingestText(pair(clusterNetworkPolicy(rule('Deny')), clusterNetworkPolicy(rule('Accept'))).join('---\n'), {
      cni: 'calico',
    });

    expect(diagnosticOf(ingested, 'equal-priority').message).toMatch(/: Calico takes them by name$/);
  });

  test('of a great many is told with a few names', async () => {
    const texts = Array.from({ length: 300 }, (_, index) =>
      named(adminNetworkPolicy(rule(index % 2 ? 'Deny' : 'Pass')), `p${1000 + index}`),
    );

    expect(diagnosticOf(await ingestText(texts.join('---\n')), 'equal-priority').message).toMatch(
      /^`p1000\[AdminNetworkPolicy\]`.* and 295 more have one priority/,
    );
  });

  test.each<[string, readonly string[]]>([
    ['policies that say the same', pair(adminNetworkPolicy(rule('Deny')), adminNetworkPolicy(rule('Deny')))],
    ['policies of different directions', pair(adminNetworkPolicy(rule('Deny')), adminNetworkPolicy(rule('Allow', 'egress')))],
    ['policies of different priorities', pair(adminNetworkPolicy(rule('Deny')), adminNetworkPolicy(rule('Allow')).replace('5', '6'))],
    [
      'policies of different tiers',
      pair(clusterNetworkPolicy(rule('Deny')), clusterNetworkPolicy(rule('Accept')).replace('Admin', 'Baseline')),
    ],
    [
      'policies for different pods',
      pair(forTeam(adminNetworkPolicy(rule('Deny')), 'blue'), forTeam(adminNetworkPolicy(rule('Allow')), 'green')),
    ],
  ])('of %s is no matter', async (_case, texts) => {
    expect(await told(texts)).toEqual(['enforcement-assumed']);
  });

  test('of policies for pods that may be the same is told', async () => {
    expect(await told(pair(forTeam(adminNetworkPolicy(rule('Deny')), 'blue'), adminNetworkPolicy(rule('Allow'))))).toContain(
      'equal-priority',
    );
  });
});
