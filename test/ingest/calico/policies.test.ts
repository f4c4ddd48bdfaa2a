import { WORKLOADS } from '../../../src/ingest/calico/peer-bounds';
import { diagnosticOf, ingestText, policyOf, problemsOf } from '../../support/ingest-text';

type Facts = Readonly<Record<string, string>>;

function object(kind: string, spec: string, apiVersion = 'projectcalico.org/v3'): string {
  const place = kind.includes('Global') ? '' : ', namespace: shop';
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web${place}}\nspec: ${spec}\n`;
}

async function lower(kind: string, spec: string, apiVersion?: string, facts: Facts = { cni: 'calico' }) {
  const ingested = await ingestText(object(kind, spec, apiVersion), facts);
  return { ...ingested, policy: ingested.snapshot.policies[0], problems: problemsOf(ingested) };
}

const SHOP = { kind: 'inNamespace', names: ['shop'] };
const hasApp = { kind: 'label', owner: 'endpoint', key: 'app', test: { operator: 'exists' } };

test('a policy is in its tier, at its order, and selects pods of its namespace', async () => {
  const { snapshot, problems } = await ingestText(object('NetworkPolicy', '{order: -1.5, selector: has(app)}')).then((ingested) => ({
    ...ingested,
    problems: problemsOf(ingested),
  }));

  expect(policyOf(snapshot)).toEqual({
    ref: {
      apiVersion: 'projectcalico.org/v3',
      kind: 'NetworkPolicy',
      namespace: 'shop',
      name: 'web',
      source: { file: 'all.yaml', document: 1, line: 1 },
    },
    tier: 'default',
    order: -1.5,
    tieBreak: 'web/shop/NetworkPolicy',
    appliesTo: { kind: 'and', of: [WORKLOADS, hasApp, SHOP] },
    hook: 'normal',
    staged: false,
    ingress: [],
  });
  expect(problems).toEqual(['plugin-derived:1']);
});

test('without an order a policy is last', async () => {
  expect((await lower('NetworkPolicy', '{}')).policy!.order).toBe(Number.POSITIVE_INFINITY);
});

test.each([
  ['{}', WORKLOADS],
  ['{selector: has(app)}', { kind: 'and', of: [WORKLOADS, hasApp] }],
  ['{selector: all(), namespaceSelector: all()}', undefined],
  [
    '{namespaceSelector: "zone == \'a\'"}',
    { kind: 'and', of: [WORKLOADS, { kind: 'label', owner: 'namespace', key: 'zone', test: { operator: 'in', values: ['a'] } }] },
  ],
  [
    '{serviceAccountSelector: has(role)}',
    { kind: 'and', of: [WORKLOADS, { kind: 'label', owner: 'serviceAccount', key: 'role', test: { operator: 'exists' } }] },
  ],
])('a global policy with %s applies to these pods', async (spec, appliesTo) => {
  const { policy } = await lower('GlobalNetworkPolicy', spec);
  const everyNamespace = { kind: 'label', owner: 'automatic', key: 'projectcalico.org/namespace', test: { operator: 'exists' } };
  expect(policy!.appliesTo).toEqual(appliesTo ?? { kind: 'and', of: [WORKLOADS, everyNamespace, everyNamespace] });
});

describe('directions', () => {
  const directionsOf = async (spec: string, apiVersion?: string) => {
    const { policy, problems } = await lower('NetworkPolicy', spec, apiVersion);
    return [
      Object.keys(policy ?? {}).filter((key) => key === 'ingress' || key === 'egress'),
      problems.map((problem) => problem.split(':')[0]),
    ];
  };

  test.each([
    ['{}', ['ingress'], []],
    ['{ingress: [{action: Allow}]}', ['ingress'], []],
    ['{egress: [{action: Allow}]}', ['egress'], []],
    ['{ingress: [{action: Allow}], egress: [{action: Allow}]}', ['ingress', 'egress'], []],
    ['{types: [Egress]}', ['egress'], []],
    ['{types: [Egress, Ingress]}', ['ingress', 'egress'], []],
    ['{types: []}', ['ingress'], []],
    ['{egress: []}', ['ingress'], ['types-missing']],
    ['{ingress: [], egress: [{action: Allow}]}', ['egress'], ['types-missing']],
    ['{types: [Ingress], egress: [{action: Allow}]}', ['ingress'], ['rules-without-effect']],
    ['{types: [Ingress, Ingress]}', [], ['calico-refused']],
    ['{types: [ingress]}', [], ['calico-refused']],
  ])('of a served policy with %s are %j', async (spec, directions, codes) => {
    expect(await directionsOf(spec)).toEqual([directions, codes]);
  });

  test.each([
    ['{}', ['ingress', 'egress'], ['types-missing']],
    ['{types: [Ingress]}', ['ingress'], []],
    ['{types: [Ingress, Ingress]}', ['ingress'], ['calico-unchecked']],
    ['{types: [Foo]}', [], ['calico-ignored']],
  ])('of a stored policy with %s are %j', async (spec, directions, codes) => {
    expect(await directionsOf(spec, 'crd.projectcalico.org/v1')).toEqual([directions, codes]);
  });
});

test('a policy without `spec` is told', async () => {
  const ingested = await ingestText('apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\n', {
    cni: 'calico',
  });

  expect(problemsOf(ingested)).toEqual(['no-spec:1']);
  expect(ingested.snapshot.policies).toHaveLength(1);
});

describe('a policy that is refused', () => {
  test.each([
    ['NetworkPolicy', '{selector: nonsense}'],
    ['NetworkPolicy', '{serviceAccountSelector: nonsense}'],
    ['NetworkPolicy', '{selector: global()}'],
    ['NetworkPolicy', '{serviceAccountSelector: "global() && has(a)"}'],
    ['NetworkPolicy', '{order: high}'],
    ['NetworkPolicy', '{tier: 7}'],
    ['NetworkPolicy', '[]'],
    ['GlobalNetworkPolicy', '{namespaceSelector: nonsense}'],
    ['GlobalNetworkPolicy', '{namespaceSelector: global()}'],
    ['GlobalNetworkPolicy', '{preDNAT: true, applyOnForward: true, types: [Ingress, Egress]}'],
    ['GlobalNetworkPolicy', '{preDNAT: true, applyOnForward: true, egress: [{action: Deny}]}'],
    ['GlobalNetworkPolicy', '{preDNAT: true}'],
    ['StagedNetworkPolicy', '{stagedAction: Try}'],
    ['StagedNetworkPolicy', '{stagedAction: Delete, order: 5}'],
  ])('%s with %s is left out, and says so', async (kind, spec) => {
    const { policy, problems, diagnostics } = await lower(kind, spec);

    expect(policy).toBeUndefined();
    expect(problems.map((problem) => problem.split(':')[0])).toEqual(['calico-refused']);
    expect(diagnostics.find(({ code }) => code === 'calico-refused')).toMatchObject({
      severity: 'severe',
      resource: expect.stringContaining(`web[${kind}]`),
    });
  });
});

test('a namespace that cannot be one leaves the policy out', async () => {
  const text = object('NetworkPolicy', '{}').replace('namespace: shop', `namespace: "x' || has(a) || 'y"`);
  expect(problemsOf(await ingestText(text, { cni: 'calico' }))).toEqual(['calico-refused:1']);
});

test('a selector of namespaces that is none widens a stored policy', async () => {
  const { policy, problems } = await lower(
    'GlobalNetworkPolicy',
    '{types: [Ingress], selector: has(app), namespaceSelector: nonsense}',
    'crd.projectcalico.org/v1',
  );

  expect(policy!.appliesTo).toEqual({ kind: 'and', of: [WORKLOADS, hasApp] });
  expect(problems).toEqual(['calico-unchecked:4']);
});

test('selectors that make none together are told', async () => {
  const { policy, diagnostics } = await lower('NetworkPolicy', '{selector: " "}');

  expect(policy).toBeUndefined();
  expect(diagnosticOf({ diagnostics }, 'calico-ignored').message).toContain("`( ) && projectcalico.org/namespace == 'shop'`");
});

test('a staged policy never counts', async () => {
  expect((await lower('StagedNetworkPolicy', '{stagedAction: Set, selector: has(app)}')).policy).toMatchObject({
    staged: true,
    tieBreak: 'web/shop/StagedNetworkPolicy',
  });
  expect((await lower('StagedGlobalNetworkPolicy', '{}')).policy).toMatchObject({ staged: true });
  expect((await lower('NetworkPolicy', '{}')).policy!.stagedAction).toBeUndefined();
});

test.each([
  ['{}', 'Set'],
  ['{stagedAction: ""}', 'Set'],
  ['{stagedAction: Learn}', 'Learn'],
  ['{stagedAction: Ignore}', 'Ignore'],
])('a staged policy with %s keeps what is proposed: %s', async (spec, stagedAction) => {
  expect((await lower('StagedGlobalNetworkPolicy', spec)).policy).toMatchObject({ staged: true, stagedAction, appliesTo: WORKLOADS });
});

test('a staged deletion keeps its place, and selects nothing', async () => {
  const { policy, problems } = await lower('StagedNetworkPolicy', '{stagedAction: Delete, tier: default}');

  expect(policy).toMatchObject({ tier: 'default', appliesTo: { kind: 'none' }, staged: true, stagedAction: 'Delete' });
  expect(Object.keys(policy!)).not.toContain('ingress');
  expect(problems).toEqual([]);
});

test('fields that only global policies have are told in others', async () => {
  expect((await lower('NetworkPolicy', '{types: [Ingress], preDNAT: true}')).problems).toEqual(['unknown-field:4']);
  expect((await lower('NetworkPolicy', '{types: [Ingress], performanceHints: [AssumeNeededOnEveryNode]}')).problems).toEqual([]);
});

test.each([
  ['3.32', 'web/shop/NetworkPolicy'],
  ['3.31', 'shop/default.web'],
])('ties go by the release: %s', async (calicoVersion, tieBreak) => {
  expect((await lower('NetworkPolicy', '{}', undefined, { cni: 'calico', calicoVersion })).policy!.tieBreak).toBe(tieBreak);
});

test('equal selectors are one object, however many policies have them', async () => {
  const policies = ['a', 'b'].map((name) =>
    object('GlobalNetworkPolicy', "{ingress: [{action: Allow, source: {selector: role == 'x'}}]}").replace('name: web', `name: ${name}`),
  );
  const { snapshot } = await ingestText(policies.join('---\n'), { cni: 'calico' });
  const [first, second] = snapshot.policies;

  expect(second!.ingress![0]!.peer).toBe(first!.ingress![0]!.peer);
});

describe('at host endpoints', () => {
  const hasRole = { kind: 'label', owner: 'endpoint', key: 'role', test: { operator: 'exists' } };
  const inNamespace = { kind: 'label', owner: 'endpoint', key: 'projectcalico.org/namespace', test: { operator: 'exists' } };

  test.each([
    ['{}', { kind: 'all' }],
    ['{selector: has(role)}', hasRole],
    ['{selector: all(), namespaceSelector: all()}', { kind: 'and', of: [inNamespace, inNamespace] }],
    [
      '{namespaceSelector: "!has(zone)"}',
      { kind: 'not', of: { kind: 'label', owner: 'endpoint', key: 'pcns.zone', test: { operator: 'exists' } } },
    ],
  ])('a global policy with %s applies to these', async (spec, appliesToHosts) => {
    expect((await lower('GlobalNetworkPolicy', spec)).policy!.appliesToHosts).toEqual(appliesToHosts);
  });

  test('a policy of a namespace never acts', async () => {
    const { policy } = await lower('NetworkPolicy', '{selector: has(role)}');
    expect(Object.keys(policy!)).not.toContain('appliesToHosts');
  });

  test.each([
    ['{applyOnForward: true}', 'normal', true],
    ['{}', 'normal', undefined],
    ['{applyOnForward: true, preDNAT: true, types: [Ingress]}', 'preDNAT', undefined],
    ['{applyOnForward: true, doNotTrack: true}', 'untracked', undefined],
  ])('%s acts at %s, on forward: %s', async (spec, hook, forward) => {
    const { policy } = await lower('GlobalNetworkPolicy', spec);
    expect([policy!.hook, policy!.forward]).toEqual([hook, forward]);
  });
});

describe('a policy that does not track connections', () => {
  const HOST = `---\n${object('HostEndpoint', '{node: n1, interfaceName: eth0, expectedIPs: [10.0.0.1]}')}`;
  const pod = (node: string) => `---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec: {nodeName: ${node}}\n`;

  it.each([
    ['{doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}]}', 'n1', 'partly-modelled'],
    ['{doNotTrack: true, applyOnForward: true, ingress: [{action: Deny}]}', 'n2', 'not-tracked'],
    ['{doNotTrack: true, applyOnForward: true, types: [Ingress]}', 'n1', 'not-tracked'],
    ['{doNotTrack: true, applyOnForward: true, egress: [{action: Deny}]}', 'n1', 'not-tracked'],
  ])('is severe only where it may see packets of pods: %s, with a pod on %s', async (spec, node, code) => {
    const ingested = await ingestText(`${object('GlobalNetworkPolicy', spec)}${HOST}${pod(node)}`, { cni: 'calico' });
    const told = ingested.diagnostics.filter(({ message }) => message.startsWith('the policy does not track connections'));
    expect(told.map((diagnostic) => diagnostic.code)).toEqual([code]);
  });
});
