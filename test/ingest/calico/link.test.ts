import { diagnosticOf, ingestText, problemsOf } from '../../support/ingest-text';

const CALICO =
  'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: web}\nspec: {namespaceSelector: all()}\n---\n';
const KUBERNETES =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {}}\n---\n';

describe('the network plugin', () => {
  test('is Calico where the input has its policies', async () => {
    const ingested = await ingestText(KUBERNETES + CALICO);

    expect(ingested.snapshot).toMatchObject({
      facts: { cni: 'calico', ipBlockMatchesPods: 'yes' },
      origins: { cni: 'derived', ipBlockMatchesPods: 'derived' },
    });
    expect(diagnosticOf(ingested, 'plugin-derived')).toMatchObject({ severity: 'notice', resource: 'web[GlobalNetworkPolicy]' });
  });

  test.each([
    ['pools of addresses', 'kind: IPPool\nmetadata: {name: pods}\nspec: {cidr: 10.1.0.0/16}'],
    ['configuration', 'kind: FelixConfiguration\nmetadata: {name: default}\nspec: {}'],
  ])('is also told by %s', async (what, object) => {
    const ingested = await ingestText(`apiVersion: projectcalico.org/v3\n${object}\n`);

    expect(ingested.snapshot.facts.cni).toBe('calico');
    expect(diagnosticOf(ingested, 'plugin-derived').message).toContain(`the input has ${what} of Calico`);
  });

  test('stays what it is without them', async () => {
    expect((await ingestText(KUBERNETES)).snapshot).toMatchObject({ facts: { cni: 'unknown', ipBlockMatchesPods: 'unknown' } });
  });

  test('leaves a given fact alone', async () => {
    expect((await ingestText(CALICO, { ipBlockMatchesPods: 'no' })).snapshot).toMatchObject({
      facts: { cni: 'calico', ipBlockMatchesPods: 'no' },
      origins: { cni: 'derived', ipBlockMatchesPods: 'given' },
    });
  });

  test('that is another one enforces none of them', async () => {
    const ingested = await ingestText(KUBERNETES + CALICO + CALICO.replace('name: web', 'name: api'), { cni: 'cilium' });

    expect(ingested.snapshot.policies.map(({ ref }) => ref.apiVersion)).toEqual(['networking.k8s.io/v1']);
    expect(diagnosticOf(ingested, 'not-enforced')).toMatchObject({
      severity: 'severe',
      message: expect.stringContaining('this and 1 more policies of Calico'),
    });
  });

  test('that is Calico needs no notice', async () => {
    expect(problemsOf(await ingestText(CALICO, { cni: 'calico' }))).toEqual([]);
  });
});

describe('host endpoints', () => {
  const HOST = 'apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: n1}\nspec: {node: n1, interfaceName: eth0}\n---\n';

  test('are of Calico, so that is the plugin', async () => {
    const ingested = await ingestText(HOST);

    expect(ingested.snapshot.facts.cni).toBe('calico');
    expect(ingested.snapshot.hostEndpoints).toHaveLength(1);
    expect(diagnosticOf(ingested, 'plugin-derived').message).toContain('the input has host endpoints of Calico');
  });

  test('have no effect with another plugin, which is told', async () => {
    const ingested = await ingestText(HOST + HOST.replace('name: n1', 'name: n2'), { cni: 'cilium' });

    expect(ingested.snapshot.hostEndpoints).toEqual([]);
    expect(diagnosticOf(ingested, 'not-enforced').message).toContain('this and 1 more host endpoints of Calico have no effect');
  });
});

describe('workload endpoints', () => {
  const ENDPOINT =
    'apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: n1-k8s-web--1-eth0, namespace: shop}\nspec: {pod: web-1, profiles: [kns.shop]}\n';
  const podsIn = ({ snapshot }: Awaited<ReturnType<typeof ingestText>>) =>
    snapshot.endpoints.filter(({ kind }) => kind === 'pod').map(({ name }) => name);

  test('are of Calico, so that is the plugin, and pods are made of them', async () => {
    const ingested = await ingestText(ENDPOINT);

    expect(diagnosticOf(ingested, 'plugin-derived').message).toContain('the input has workload endpoints of Calico');
    expect(podsIn(ingested)).toEqual(['web-1']);
  });

  test('are no pods where another plugin runs', async () => {
    const ingested = await ingestText(ENDPOINT, { cni: 'cilium' });

    expect(podsIn(ingested)).toEqual([]);
    expect(problemsOf(ingested).filter((problem) => problem.includes('workload endpoint'))).toEqual([]);
  });
});
