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

describe('objects beside policies', () => {
  const host = (profiles: string) =>
    `apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: n1}\nspec: {node: n1, interfaceName: eth0, profiles: [${profiles}]}\n---\n`;
  const POOL =
    'apiVersion: crd.projectcalico.org/v1\nkind: IPPool\nmetadata: {name: pool}\nspec: {cidr: 10.0.0.0/16, natOutgoing: true}\n---\n';
  const AUTO =
    'apiVersion: projectcalico.org/v3\nkind: KubeControllersConfiguration\nmetadata: {name: default}\nspec: {controllers: {node: {hostEndpoint: {autoCreate: Enabled}}}}\n---\n';
  const told = async (text: string) => {
    const { diagnostics } = await ingestText(text, { cni: 'calico' });
    return diagnostics.filter(({ code }) => code === 'partly-modelled').map(({ message }) => message);
  };

  test('a host endpoint that guards its node is told, one that allows everything is not', async () => {
    expect(await told(CALICO + host(''))).toEqual([expect.stringContaining('what passes at this host endpoint is left out')]);
    expect(await told(CALICO + host('projectcalico-default-allow'))).toEqual([]);
  });

  test('a policy that selects a host endpoint is told', async () => {
    expect(await told(CALICO.replace('namespaceSelector', 'selector') + host('projectcalico-default-allow'))).toEqual([
      expect.stringContaining('the policy also acts on packets at host endpoint `n1`'),
    ]);
  });

  test('settings of host endpoints are told beside host endpoints', async () => {
    expect(await told(POOL)).toEqual([]);
    expect(await told(POOL + host('projectcalico-default-allow'))).toEqual([
      expect.stringContaining('`spec.natOutgoing` changes what host endpoints see'),
    ]);
  });

  test('host endpoints that Calico makes are told where the input has none', async () => {
    expect(await told(AUTO)).toEqual([expect.stringContaining('makes host endpoints of nodes, and the input has none')]);
    expect(await told(AUTO + host('projectcalico-default-allow'))).toEqual([]);
  });

  test('a workload endpoint belongs to a pod, or is missing', async () => {
    const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web-1, namespace: shop}\nspec: {containers: []}\n---\n';
    const endpoint = (profiles = 'kns.shop, ksa.shop.default') =>
      `apiVersion: projectcalico.org/v3\nkind: WorkloadEndpoint\nmetadata: {name: n1-k8s-web--1-eth0, namespace: shop}\nspec: {pod: web-1, profiles: [${profiles}]}\n---\n`;

    expect(await told(pod + endpoint())).toEqual([]);
    expect(await told(endpoint())).toEqual([expect.stringContaining('the input has no pod for this workload endpoint')]);
    expect(await told(pod + endpoint('mine'))).toEqual([expect.stringContaining('are left out, at this workload endpoint')]);
  });

  test('nothing is told where another plugin runs', async () => {
    expect((await ingestText(host(''), { cni: 'cilium' })).diagnostics.filter(({ code }) => code === 'partly-modelled')).toEqual([]);
  });
});
