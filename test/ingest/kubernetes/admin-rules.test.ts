import { adminNetworkPolicy, clusterNetworkPolicy, diagnosticOf, ingestText, policyOf, problemsOf } from '../../support/ingest-text';

const ANY_POD = { selector: { kind: 'network', network: 'pod' }, netsSeePods: 'no' };

async function lowered(...spec: readonly string[]) {
  const ingested = await ingestText(adminNetworkPolicy(...spec));
  return { ingested, policy: policyOf(ingested.snapshot), problems: problemsOf(ingested) };
}

test('rules keep their order, their lines and their places', async () => {
  const { policy, problems } = await lowered(
    'ingress:',
    '  - name: first',
    '    action: Pass',
    '    from: [{namespaces: {}}]',
    '  - {action: Allow, from: [{namespaces: {}}]}',
    '  - {action: Deny, from: [{namespaces: {}}]}',
  );

  expect(policy.ingress).toEqual(
    [
      { action: 'Pass', line: 8 },
      { action: 'Allow', line: 11 },
      { action: 'Deny', line: 12 },
    ].map(({ action, line }, index) => ({
      action,
      peer: [ANY_POD],
      packets: 'any',
      source: { file: 'all.yaml', document: 1, line },
      index,
    })),
  );
  expect(problems).toEqual([]);
});

test('a rule of which several are made keeps one place', async () => {
  const { policy } = await lowered(
    'egress:',
    '  - {action: Deny, to: [{nodes: {matchLabels: {zone: a}}}]}',
    '  - {action: Allow, to: [{namespaces: {}}, {domainNames: [a.org]}, {domainNames: [b.org]}]}',
  );

  expect(policy.egress!.map(({ index, action, condition }) => [index, action, condition !== undefined])).toEqual([
    [0, 'Deny', false],
    [0, 'Deny', true],
    [1, 'Allow', false],
    [1, 'Allow', true],
    [1, 'Allow', true],
  ]);
});

test.each(['ingress: []', 'ingress:', 'ingress: {}'])('`%s` leaves ingress alone', async (ingress) => {
  const { policy } = await lowered(ingress, 'egress: [{action: Deny, to: [{namespaces: {}}]}]');

  expect(policy).not.toHaveProperty('ingress');
  expect(policy.egress).toHaveLength(1);
});

test('rules that are no list are told', async () => {
  expect((await lowered('ingress: {}', 'egress: [{action: Deny, to: [{namespaces: {}}]}]')).problems).toEqual(['invalid-admin-policy:4']);
});

describe('a rule that the API server refuses matches nothing', () => {
  test.each<[string, string, RegExp]>([
    ['no mapping', 'nonsense', /^`spec.ingress\[0\]` is text where a mapping belongs; the API server refuses the policy/],
    ['null', 'null', /^`spec.ingress\[0\]` is empty/],
    [
      'an unknown action',
      '{action: Log, from: [{namespaces: {}}]}',
      /^`spec.ingress\[0\].action` is `Log`, which is none of Allow, Deny, Pass;/,
    ],
    [
      'an action in lower case',
      '{action: allow, from: [{namespaces: {}}]}',
      /`allow`, which is none of Allow, Deny, Pass; did you mean `Allow`/,
    ],
    ['an action of the other version', '{action: Accept, from: [{namespaces: {}}]}', /`Accept`/],
    ['an action that every object has', '{action: constructor, from: [{namespaces: {}}]}', /`constructor`/],
    ['no action', '{from: [{namespaces: {}}]}', /is empty, which is none of/],
    ['no peers', '{action: Deny}', /^`spec.ingress\[0\].from` is empty where a list of peers belongs/],
    ['an empty list of peers', '{action: Deny, from: []}', /is empty where a list of peers belongs/],
    ['peers that are no list', '{action: Deny, from: {namespaces: {}}}', /is a mapping where a list of peers belongs/],
  ])('%s', async (_case, rule, message) => {
    const { policy, ingested } = await lowered('ingress:', `  - ${rule}`, '  - {action: Deny, from: [{namespaces: {}}]}');

    expect(policy.ingress).toMatchObject([
      { peer: [], packets: [] },
      { action: 'Deny', peer: [ANY_POD], index: 1 },
    ]);
    expect(diagnosticOf(ingested, 'invalid-admin-policy')).toMatchObject({ severity: 'severe', message: expect.stringMatching(message) });
  });
});

describe('a rule that fails closed', () => {
  const strange = (action: string) =>
    lowered('ingress:', `  - {action: ${action}, from: [{namespaces: {}}, {clusters: {}}], ports: [{portNumber: {port: 80}}]}`);

  test('allows nothing at all, not even what it understands', async () => {
    const { policy, ingested } = await strange('Allow');

    expect(policy.ingress).toMatchObject([{ action: 'Allow', peer: [], packets: [] }]);
    expect(diagnosticOf(ingested, 'fails-closed').message).toBe(
      '`spec.ingress[0].from[1]` has `clusters` where one of `namespaces`, `pods` is understood; the rule fails closed: it allows nothing',
    );
  });

  test.each(['Deny', 'Pass'])('with action %s denies every packet to or from anybody', async (action) => {
    const { policy } = await strange(action);

    expect(policy.ingress).toMatchObject([{ action: 'Deny', peer: 'any', packets: 'any', source: { line: 8 } }]);
  });

  test.each(['ports: [{}]', 'ports: [{protocol: TCP, port: 80}]', 'ports: {list: []}', 'ports: [80]'])(
    'does so for `%s` too',
    async (ports) => {
      const { policy, problems } = await lowered('ingress:', '  - action: Deny', '    from: [{namespaces: {}}]', `    ${ports}`);

      expect(policy.ingress).toMatchObject([{ action: 'Deny', peer: 'any', packets: 'any' }]);
      expect(problems.map((problem) => problem.split(':')[0])).toEqual(['fails-closed']);
    },
  );
});

describe('what is beyond the limits of the API is told, and read', () => {
  const peers = (count: number) => `[${Array(count).fill('{namespaces: {}}').join(', ')}]`;
  const rules = (count: number, action: string) => Array<string>(count).fill(`  - {action: ${action}, from: [{namespaces: {}}]}`);

  test('more rules than there may be', async () => {
    const [fits, over] = [await lowered('ingress:', ...rules(100, 'Deny')), await lowered('ingress:', ...rules(101, 'Deny'))];

    expect(fits.problems).toEqual([]);
    expect(over.problems).toEqual(['beyond-limits:7']);
    expect(over.policy.ingress).toHaveLength(101);
  });

  test('the limits of ClusterNetworkPolicy are lower', async () => {
    const [fits, over] = [25, 26].map((count) => ingestText(clusterNetworkPolicy('ingress:', ...rules(count, 'Deny'))));

    expect(problemsOf(await fits!)).toEqual([]);
    expect(problemsOf(await over!)).toEqual(['beyond-limits:8']);
  });

  test('more peers than there may be', async () => {
    expect((await lowered('ingress:', `  - {action: Deny, from: ${peers(101)}}`)).problems).toEqual(['beyond-limits:8']);
  });

  test('an empty list of ports', async () => {
    const { policy, problems } = await lowered('ingress:', '  - {action: Deny, from: [{namespaces: {}}], ports: []}');

    expect(policy.ingress).toMatchObject([{ packets: 'any' }]);
    expect(problems).toEqual(['beyond-limits:8']);
  });

  test.each(['{networks: [10.0.0.0/8]}', '{nodes: {}}', '{domainNames: [a.org]}'])('a port name beside %s', async (peer) => {
    const { policy, problems } = await lowered('egress:', `  - {action: Allow, to: [${peer}], ports: [{namedPort: web}]}`);

    expect(policy.egress!.length).toBeGreaterThan(0);
    expect(problems).toEqual(['beyond-limits:8']);
  });
});

test('fields that the API does not have are told with their lines', async () => {
  const { policy, problems } = await lowered(
    'ingress:',
    '  - action: Deny',
    '    from: [{namespaces: {}}]',
    '    protocols: [{tcp: {}}]',
    '    to: []',
    'pods: {}',
  );

  expect(policy.ingress).toMatchObject([{ packets: 'any' }]);
  expect(problems).toEqual(['unknown-field:4', 'unknown-field:8', 'unknown-field:8']);
});
