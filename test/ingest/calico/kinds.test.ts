import { CALICO_APIS, CALICO_KINDS } from '../../../src/ingest/calico/kinds';
import { ingestText, problemsOf } from '../../support/ingest-text';

const APIS = Object.entries(CALICO_APIS).flatMap(([group, versions]) => versions.map((version) => `${group}/${version}`));

test.each(APIS.flatMap((apiVersion) => CALICO_KINDS.map(({ kind, scope }) => [apiVersion, kind, scope] as const)))(
  '%s %s is understood',
  async (apiVersion, kind, scope) => {
    const place = scope === 'namespaced' ? ', namespace: shop' : '';
    const text = `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: web${place}}\nspec: {types: [Ingress]}\n`;
    const codes = problemsOf(await ingestText(text, { cni: 'calico' })).map((problem) => problem.split(':')[0]);

    expect(codes).not.toContain('kind-not-modelled');
    expect(codes).not.toContain('old-api');
  },
);

test('a policy as it is served and as it is stored is one, by the name in its annotation', async () => {
  const served = 'apiVersion: projectcalico.org/v3\nkind: GlobalNetworkPolicy\nmetadata: {name: web}\nspec: {order: 1}\n---\n';
  const stored = `apiVersion: crd.projectcalico.org/v1\nkind: GlobalNetworkPolicy\nmetadata: {name: default.web, annotations: {projectcalico.org/metadata: '{}'}}\nspec: {order: 2}\n---\n`;
  const orders = async (text: string) =>
    (await ingestText(text, { cni: 'calico' })).snapshot.policies.map(({ ref, order }) => `${ref.name} ${order}`);

  expect(await orders(served + stored)).toEqual(['web 1']);
  expect(await orders(stored + served)).toEqual(['web 1']);
  expect(await orders(stored)).toEqual(['web 2']);
  expect(await orders(stored.replace(/, annotations: \{.*\}\}/, '}') + served)).toEqual(['web 1', 'default.web 2']);
});
