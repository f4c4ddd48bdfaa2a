import {
  adminNetworkPolicy,
  baselineAdminNetworkPolicy,
  clusterNetworkPolicy,
  diagnosticOf,
  ingestText,
  policyOf,
  problemsOf,
} from '../../support/ingest-text';

const RULE = 'ingress: [{action: Deny, from: [{namespaces: {}}]}]';

test('a policy has its tier, its priority for order, and the place that Calico would break ties by', async () => {
  const { snapshot, diagnostics } = await ingestText(adminNetworkPolicy(RULE));

  expect(policyOf(snapshot)).toMatchObject({
    ref: {
      apiVersion: 'policy.networking.k8s.io/v1alpha1',
      kind: 'AdminNetworkPolicy',
      name: 'p',
      source: { file: 'all.yaml', document: 1, line: 1 },
    },
    tier: 'kube-admin',
    order: 5,
    tieBreak: 'p//KubernetesAdminNetworkPolicy',
    appliesTo: { kind: 'network', network: 'pod' },
    hook: 'normal',
    staged: false,
  });
  expect(policyOf(snapshot).ref).not.toHaveProperty('namespace');
  expect(diagnostics.map(({ code }) => code)).toEqual(['nothing-found', 'enforcement-assumed'].slice(1));
});

test('a policy without rules is there, has no direction, and is told', async () => {
  const ingested = await ingestText(adminNetworkPolicy('ingress: []'));

  expect(policyOf(ingested.snapshot)).not.toHaveProperty('ingress');
  expect(policyOf(ingested.snapshot)).not.toHaveProperty('egress');
  expect(diagnosticOf(ingested, 'policy-without-rules').severity).toBe('warning');
});

test.each(['spec:', 'spec: []', 'spec: text'])('a policy with `%s` is left out', async (spec) => {
  const head = adminNetworkPolicy().split('spec:')[0]!;
  const ingested = await ingestText(head + spec);

  expect(ingested.snapshot.policies).toEqual([]);
  expect(diagnosticOf(ingested, 'invalid-admin-policy').message).toMatch(/^`spec` is .* where a mapping belongs; the policy is left out$/);
});

test('unknown fields are told wherever they are', async () => {
  const text = adminNetworkPolicy(RULE, 'tier: Admin').replace('{name: p}', '{name: p, nmae: p}');

  expect(problemsOf(await ingestText(`${text}rules: []\n`))).toEqual(['unknown-field:1', 'unknown-field:3', 'unknown-field:4']);
});

describe('priority', () => {
  test.each<[string, number, readonly string[]]>([
    ['priority: 0', 0, []],
    ['priority: 1000', 1000, []],
    ['priority: 1001', 1001, ['beyond-limits:4']],
    ['priority: -1', -1, ['beyond-limits:4']],
    ['priority:', 0, ['beyond-limits:4']],
    ['priority: first', 0, ['wrong-type:4']],
    ['priority: 1.5', 0, ['wrong-type:4']],
  ])('`%s` is order %d', async (priority, order, expected) => {
    const ingested = await ingestText(adminNetworkPolicy(RULE).replace('priority: 5', priority));

    expect(policyOf(ingested.snapshot).order).toBe(order);
    expect(problemsOf(ingested)).toEqual(expected);
  });
});

describe('a kind that the plugin does not enforce', () => {
  test.each<[string, string, string]>([
    ['AdminNetworkPolicy', adminNetworkPolicy(RULE), '3.32'],
    ['BaselineAdminNetworkPolicy', baselineAdminNetworkPolicy(RULE), '3.29'],
    ['ClusterNetworkPolicy', clusterNetworkPolicy(RULE), '3.31'],
  ])('%s is left out, and told by itself', async (kind, text, calicoVersion) => {
    const ingested = await ingestText(text, { cni: 'calico', calicoVersion });

    expect(ingested.snapshot.policies).toEqual([]);
    expect(ingested.snapshot.tiers.map(({ name }) => name)).toEqual(['default']);
    expect(diagnosticOf(ingested, 'not-enforced')).toMatchObject({
      severity: 'severe',
      message: `Calico ${calicoVersion} does not enforce ${kind}: the policy has no effect and is left out`,
      source: { line: 1 },
    });
    expect(ingested.diagnostics).toHaveLength(1);
  });
});
