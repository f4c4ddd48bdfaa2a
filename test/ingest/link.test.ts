import {
  adminNetworkPolicy,
  baselineAdminNetworkPolicy,
  clusterNetworkPolicy,
  deployment,
  ingestText,
  networkPolicy,
} from '../support/ingest-text';

test('the snapshot of nothing is empty, with the tier of NetworkPolicies and default facts', async () => {
  const { snapshot } = await ingestText({});

  expect(snapshot).toMatchObject({
    mode: 'bundle',
    namespaces: [],
    workloads: [],
    endpoints: [],
    services: [],
    tiers: [{ name: 'default' }],
    policies: [],
    facts: { cni: 'unknown', defaultNamespace: 'default' },
  });
});

test('policies go by name, then namespace, as Calico breaks ties', async () => {
  const policy = (name: string, namespace: string) => networkPolicy('podSelector: {}').replace('web', name).replace('shop', namespace);
  const { snapshot } = await ingestText([policy('b', 'a'), policy('a', 'b'), policy('a', 'a')].join('---\n'));

  expect(snapshot.policies.map(({ tieBreak }) => tieBreak)).toEqual([
    'a/a/KubernetesNetworkPolicy',
    'a/b/KubernetesNetworkPolicy',
    'b/a/KubernetesNetworkPolicy',
  ]);
});

test('tiers are there when they have policies, and policies are in the order of their tiers', async () => {
  const baseline = baselineAdminNetworkPolicy('ingress: [{action: Deny, from: [{namespaces: {}}]}]');
  const admin = adminNetworkPolicy('ingress: [{action: Deny, from: [{namespaces: {}}]}]');
  const all = [
    baseline,
    networkPolicy('podSelector: {}'),
    admin.replace('name: p', 'name: q'),
    admin.replace('priority: 5', 'priority: 9'),
  ];

  const [few, many] = [await ingestText(baseline), await ingestText(all.join('---\n'))];

  expect(few.snapshot.tiers.map(({ name }) => name)).toEqual(['default', 'kube-baseline']);
  expect(many.snapshot.tiers.map(({ name }) => name)).toEqual(['kube-admin', 'default', 'kube-baseline']);
  expect(many.snapshot.policies.map(({ tieBreak }) => tieBreak)).toEqual([
    'q//KubernetesAdminNetworkPolicy',
    'p//KubernetesAdminNetworkPolicy',
    'web/shop/KubernetesNetworkPolicy',
    'default//KubernetesBaselineAdminNetworkPolicy',
  ]);
});

test('what is special about a tier stays with it when the input has its object', async () => {
  const tier =
    '{apiVersion: projectcalico.org/v3, kind: Tier, metadata: {name: kube-admin}, spec: {order: 1000, defaultAction: Pass}}\n---\n';
  const policy = clusterNetworkPolicy('egress: [{action: Deny, to: [{namespaces: {}}]}]');

  const { snapshot } = await ingestText(tier + policy, { cni: 'calico' });

  expect(snapshot.tiers[0]).toEqual({ name: 'kube-admin', order: 1000, defaultAction: 'Pass', guardsOwnNode: true });
});

test('objects without a namespace go to that of the fact, wherever it is given', async () => {
  const text = deployment('web').replace(', namespace: shop', '');

  const [file, user] = [
    await ingestText({ 'a.yaml': text, 'leasttrust.yaml': 'facts: {defaultNamespace: prod}' }),
    await ingestText(text, { defaultNamespace: 'prod' }),
  ];

  for (const { snapshot } of [file, user]) {
    expect(snapshot.namespaces.map(({ name }) => name)).toEqual(['prod']);
    expect(snapshot.workloads[0]!.ref.namespace).toBe('prod');
  }
});

test('every index leads where it should', async () => {
  const { snapshot } = await ingestText(
    ['c', 'a', 'b'].map((name) => deployment(name).replace('shop', `ns-${name}`).replace('---', '\n---\n')).join(''),
  );

  expect(snapshot.endpoints.map(({ id }) => id)).toEqual(snapshot.endpoints.map((_, index) => index));
  for (const endpoint of snapshot.endpoints.filter(({ kind }) => kind === 'template')) {
    const workload = snapshot.workloads[endpoint.workload]!;
    expect([workload.ref.namespace, workload.ref.name]).toEqual([snapshot.namespaces[endpoint.namespace]!.name, endpoint.name]);
    expect(workload.endpoints).toEqual([endpoint.id]);
  }
});

test('profiles are the last tier, behind those that are not in the input, and only where they do not allow everything', async () => {
  const endpoint = (name: string, profiles: string) =>
    `{apiVersion: projectcalico.org/v3, kind: WorkloadEndpoint, metadata: {name: ${name}, namespace: shop}, spec: {profiles: [${profiles}]}}\n---\n`;
  const policy =
    '{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: q}, spec: {tier: zz, types: [Ingress]}}\n---\n';
  const tiersOf = async (text: string) => (await ingestText(policy + text)).snapshot.tiers.map(({ name }) => name);

  expect(await tiersOf(endpoint('a', 'kns.shop'))).toEqual(['default', 'zz']);
  expect(await tiersOf(endpoint('a', ''))).toEqual(['default', 'zz', '(profiles)']);
  const { snapshot } = await ingestText(policy + endpoint('a', '') + endpoint('b', 'kns.shop'));
  expect(snapshot.policies.map(({ ref, tier, order }) => [ref.kind, ref.name, tier, order])).toEqual([
    ['GlobalNetworkPolicy', 'q', 'zz', Number.POSITIVE_INFINITY],
    ['Profile', '(none)', '(profiles)', 0],
  ]);
  expect(snapshot.endpoints.map(({ name, profiles }) => [name, profiles])).toEqual([
    ['a', []],
    ['b', undefined],
    ['(new pod)', undefined],
  ]);
});

test.each([
  ['3.31', []],
  ['3.32', ['calico-refused']],
])('selectors are bounded in length since 3.32, and not in %s', async (calicoVersion, codes) => {
  const spec = `{selector: "app == 'x'${' '.repeat(1024)}", types: [Ingress]}`;
  const text = `{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: q}, spec: ${spec}}`;
  const { diagnostics } = await ingestText(text, { cni: 'calico', calicoVersion });

  expect(diagnostics.map(({ code }) => code).filter((code) => code.startsWith('calico'))).toEqual(codes);
});
