import { clusterNetworkPolicy, diagnosticOf, endpointNames, ingestText, networkPolicy, problemsOf } from '../support/ingest-text';

function object(apiVersion: string, kind: string, name = 'x', rest = 'spec: {}'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: shop}, ${rest}}\n---\n`;
}

describe('a kind is its API group and its name', () => {
  test.each(['crd.antrea.io/v1beta1', 'projectcalico.org/v1'])('a NetworkPolicy of %s is not the one of Kubernetes', async (apiVersion) => {
    const ingested = await ingestText(networkPolicy('podSelector: {}').replace('networking.k8s.io/v1', apiVersion));

    expect(ingested.snapshot.policies).toEqual([]);
    expect(diagnosticOf(ingested, 'kind-not-modelled')).toEqual({
      code: 'kind-not-modelled',
      severity: 'severe',
      message: `NetworkPolicy of \`${apiVersion}\` is not understood: it can change who may talk to whom, and the verdicts leave it out`,
      source: { file: 'all.yaml', document: 1, line: 1 },
      resource: 'shop/web[NetworkPolicy]',
    });
    expect(ingested.diagnostics.map(({ code }) => code)).not.toContain('no-policies');
  });

  test.each(['projectcalico.org/v3', 'crd.projectcalico.org/v1'])('a NetworkPolicy of %s is that of Calico', async (apiVersion) => {
    const ingested = await ingestText(networkPolicy('podSelector: {}', 'types: [Egress]').replace('networking.k8s.io/v1', apiVersion));

    expect(ingested.snapshot.policies.map(({ ref, order, egress }) => [ref.apiVersion, order, egress])).toEqual([
      [apiVersion, Number.POSITIVE_INFINITY, []],
    ]);
    expect(diagnosticOf(ingested, 'unknown-field').message).toContain('`spec.podSelector` is unknown');
    expect(problemsOf(ingested)).not.toContain('old-api:1');
  });

  test('each policy that is not understood is told by itself', async () => {
    const text = object('cilium.io/v2', 'CiliumNetworkPolicy', 'a') + object('cilium.io/v2', 'CiliumNetworkPolicy', 'b');

    expect((await ingestText(text)).diagnostics.filter(({ code }) => code === 'kind-not-modelled').map(({ resource }) => resource)).toEqual(
      ['shop/a[CiliumNetworkPolicy]', 'shop/b[CiliumNetworkPolicy]'],
    );
  });
});

describe('a ClusterNetworkPolicy', () => {
  const text = (apiVersion: string) => clusterNetworkPolicy('ingress: []').replace('policy.networking.k8s.io/v1alpha2', apiVersion);

  test.each(['v1alpha2', 'v1beta1'])('is read in %s', async (version) => {
    const ingested = await ingestText(text(`policy.networking.k8s.io/${version}`));

    expect(ingested.snapshot.policies).toHaveLength(1);
    expect(problemsOf(ingested)).toEqual(['policy-without-rules:4']);
  });

  test.each(['crd.antrea.io/v1beta1', 'networking.k8s.aws/v1alpha1'])('of %s is another kind', async (apiVersion) => {
    const ingested = await ingestText(text(apiVersion));

    expect(ingested.snapshot.policies).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['kind-not-modelled:1']);
  });

  test('has no namespace, whatever it says', async () => {
    const ingested = await ingestText(text('policy.networking.k8s.io/v1alpha2').replace('{name: p}', '{name: p, namespace: shop}'));

    expect(ingested.snapshot.policies[0]!.ref).not.toHaveProperty('namespace');
    expect(ingested.snapshot.namespaces).toEqual([]);
  });
});

describe('an API of Kubernetes that does not have the kind', () => {
  test.each([
    ['apps/v1', 'Pod'],
    ['core/v1', 'Pod'],
    ['v2', 'Pod'],
  ])('%s %s is read as what is meant, and told', async (apiVersion, kind) => {
    const ingested = await ingestText(object(apiVersion, kind, 'a', 'spec: {containers: []}'));

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/a']);
    expect(diagnosticOf(ingested, 'wrong-api')).toMatchObject({ severity: 'severe', resource: 'shop/a[Pod]' });
  });

  test('a policy in a version that never was is a policy', async () => {
    const ingested = await ingestText(networkPolicy('podSelector: {}').replace('k8s.io/v1', 'k8s.io/v1beta1'));

    expect(ingested.snapshot.policies).toHaveLength(1);
    expect(problemsOf(ingested)).toEqual(['wrong-api:1']);
  });

  test('in a group of somebody else a kind of the same name is another kind', async () => {
    const ingested = await ingestText(object('cluster.example.com/v1', 'Pod') + object('serving.knative.dev/v1', 'Service'));

    expect(endpointNames(ingested.snapshot)).toEqual([]);
    expect(ingested.snapshot.services).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['kind-unknown:1', 'pods-not-modelled:3']);
  });
});

test('objects of kinds that nobody knows are told once per kind, at the first of them', async () => {
  const ingested = await ingestText({
    'b.yaml': object('example.com/v1', 'Widget', 'a') + object('example.com/v1', 'Widget', 'b'),
    'a.yaml': object('example.com/v1', 'Gadget') + object('example.com/v1', 'Widget', 'c'),
  });

  expect(
    ingested.diagnostics
      .filter(({ code }) => code === 'kind-unknown')
      .map(({ message, source }) => [message, `${source?.file}:${source?.line}`]),
  ).toEqual([
    ['1 object of `example.com/v1 Gadget` left out: nobody knows the kind to matter to reachability', 'a.yaml:1'],
    ['3 objects of `example.com/v1 Widget` left out: nobody knows the kind to matter to reachability', 'a.yaml:3'],
  ]);
});

test('kinds without a part in reachability are left out in silence, and their namespaces exist', async () => {
  const ingested = await ingestText(
    object('v1', 'ConfigMap') + object('rbac.authorization.k8s.io/v1', 'Role') + object('v1', 'ServiceAccount', 'x', 'secrets: []'),
  );

  expect(problemsOf(ingested)).toEqual([]);
  expect(ingested.snapshot.namespaces.map(({ name }) => name)).toEqual(['shop']);
});

describe('kinds that share a name', () => {
  test.each([
    ['networking.k8s.io/v1', 'Ingress', []],
    ['networking.k8s.io/v1beta1', 'Ingress', []],
    ['extensions/v1beta1', 'Ingress', ['old-api:1']],
    ['voyager.appscode.com/v1', 'Ingress', ['kind-not-modelled:1']],
    ['networking.internal.knative.dev/v1alpha1', 'Ingress', ['kind-not-modelled:1']],
    ['route.openshift.io/v1', 'Route', ['bad-entry:1']],
    ['v1', 'Route', ['bad-entry:1', 'old-api:1']],
    ['serving.knative.dev/v1', 'Route', ['kind-not-modelled:1']],
    ['gateway.networking.k8s.io/v1', 'Gateway', []],
    ['gateway.networking.k8s.io/v1alpha2', 'Gateway', []],
    ['networking.istio.io/v1', 'Gateway', ['kind-not-modelled:1']],
    ['networking.x-k8s.io/v1alpha1', 'HTTPRoute', ['kind-not-modelled:1']],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute', ['route-not-attached:1']],
  ])('%s %s', async (apiVersion, kind, expected) => {
    expect([...problemsOf(await ingestText(object(apiVersion, kind)))].sort()).toEqual(expected);
  });
});

test.each(['ReferenceGrant', 'GatewayClass', 'IngressClass'])('a %s is read without a word', async (kind) => {
  const apiVersion = kind === 'IngressClass' ? 'networking.k8s.io/v1' : 'gateway.networking.k8s.io/v1beta1';

  expect(problemsOf(await ingestText(object(apiVersion, kind)))).toEqual([]);
});
