import { ingestText } from '../../support/ingest-text';

function policy(name: string, action: string, more = '', namespace?: string): string {
  const kind = namespace === undefined ? 'GlobalNetworkPolicy' : 'NetworkPolicy';
  const place = namespace === undefined ? '' : `, namespace: ${namespace}`;
  return `apiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {name: ${name}${place}}\nspec: {${more}ingress: [{action: ${action}}]}\n---\n`;
}

const KUBERNETES =
  'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: web, namespace: shop}\nspec: {podSelector: {}, ingress: [{}]}\n---\n';

async function ties(text: string, facts: Readonly<Record<string, string>> = {}) {
  const { diagnostics } = await ingestText(text, facts);
  return diagnostics
    .filter(({ code }) => code === 'order-tie')
    .map(({ resource, message }) => `${resource} ${/`[^`]+`/.exec(message)![0]}`);
}

test.each([
  [
    'names that a slash puts in another order',
    policy('allow', 'Deny') + policy('allow-all', 'Allow'),
    ['allow-all[GlobalNetworkPolicy] `allow[GlobalNetworkPolicy]`'],
  ],
  ['names in one order either way', policy('a', 'Deny') + policy('b', 'Allow'), []],
  ['policies that say the same', policy('allow', 'Allow') + policy('allow-all', 'Allow'), []],
  ['different orders', policy('allow', 'Deny', 'order: 1, ') + policy('allow-all', 'Allow', 'order: 2, '), []],
  ['different namespaces', policy('allow', 'Deny', '', 'a') + policy('allow-all', 'Allow', '', 'b'), []],
  [
    'one of a namespace and a global one',
    policy('b', 'Deny', '', 'shop') + policy('a', 'Allow') + policy('c', 'Deny'),
    ['b' + '/'].map(() => 'shop/b[NetworkPolicy] `c[GlobalNetworkPolicy]`'),
  ],
  [
    'a policy of Kubernetes',
    policy('x', 'Deny', 'order: 1000, ', 'shop') + KUBERNETES,
    ['shop/web[NetworkPolicy] `shop/x[NetworkPolicy]`'],
  ],
])('%s', async (_case, text, expected) => {
  expect(await ties(text)).toEqual(expected);
});

test('policies that act at different places never meet, and staged ones do not count', async () => {
  const hook = 'preDNAT: true, applyOnForward: true, ';

  expect(await ties(policy('allow', 'Deny', hook) + policy('allow-all', 'Allow'))).toEqual([]);
  expect(await ties(policy('allow', 'Deny', hook) + policy('allow-all', 'Allow', hook))).toEqual([
    'allow-all[GlobalNetworkPolicy] `allow[GlobalNetworkPolicy]`',
  ]);
  expect(await ties(policy('allow', 'Deny').replace('kind: Global', 'kind: StagedGlobal') + policy('allow-all', 'Allow'))).toEqual([]);
});

test('with the release given there is nothing to tell', async () => {
  expect(await ties(policy('allow', 'Deny') + policy('allow-all', 'Allow'), { calicoVersion: '3.32' })).toEqual([]);
});
