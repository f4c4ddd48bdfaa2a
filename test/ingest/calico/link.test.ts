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
  const told = async (text: string) => {
    const { diagnostics } = await ingestText(text, { cni: 'calico' });
    return diagnostics.filter(({ code }) => code === 'partly-modelled').map(({ message }) => message);
  };

  test('a workload endpoint belongs to a pod, or is missing', async () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop}\nspec: {containers: []}\n---\n';
    const endpoint = (profiles = 'kns.shop, ksa.shop.default') =>
      `apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: n1-k8s-web--1-eth0, namespace: shop}\nspec: {pod: web-1, profiles: [${profiles}]}\n---\n`;

    expect(await told(pod + endpoint())).toEqual([]);
    expect(await told(endpoint())).toEqual([expect.stringContaining('the input has no pod for this workload endpoint')]);
    expect(await told(pod + endpoint('mine'))).toEqual([expect.stringContaining('are left out, at this workload endpoint')]);
  });

  test('nothing is told where another plugin runs', async () => {
    const endpoint = 'apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: x, namespace: shop}\nspec: {pod: web-1}\n';
    expect((await ingestText(endpoint, { cni: 'cilium' })).diagnostics.filter(({ code }) => code === 'partly-modelled')).toEqual([]);
  });
});
