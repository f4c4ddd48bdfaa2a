import { ingestText, networkPolicy } from '../support/ingest-text';

const POD = '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "namespace": "shop"}, "spec": {"containers": []}}';
const NODE = '{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}}';
const NAMESPACE = '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}';
const CODES = ['nothing-found', 'no-policies', 'policies-unknown'];

async function told(files: Readonly<Record<string, string>>) {
  const { diagnostics } = await ingestText(files);
  return diagnostics
    .filter(({ code }) => CODES.includes(code))
    .map(({ code, severity, source }) => `${severity} ${code}${source ? ` ${source.file}` : ''}`);
}

test.each<[string, Record<string, string>, readonly string[]]>([
  ['nothing at all', {}, ['warning nothing-found']],
  [
    'only what has no part in reachability',
    { 'a.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}' },
    ['warning nothing-found'],
  ],
  ['pods without policies', { 'a.json': POD }, ['notice no-policies']],
  [
    'pods and a host endpoint',
    {
      'a.json': POD,
      'h.yaml': '{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: h}, spec: {node: n1, interfaceName: eth0}}',
    },
    [],
  ],
  ['pods and a policy', { 'a.json': POD, 'b.yaml': networkPolicy('podSelector: {}') }, []],
  ['a policy alone', { 'b.yaml': networkPolicy('podSelector: {}') }, []],
  [
    'a policy that is not understood',
    { 'a.yaml': '{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}}' },
    [],
  ],
  ['the layout of cluster-info dump', { 'nodes.json': NODE, 'shop/pods.json': POD }, ['severe policies-unknown nodes.json']],
  ['that layout in a folder', { 'dump/nodes.json': NODE, 'dump/shop/pods.json': POD }, ['severe policies-unknown dump/nodes.json']],
  ['that layout with policies beside it', { 'nodes.json': NODE, 'shop/pods.json': POD, 'p.yaml': networkPolicy('podSelector: {}') }, []],
  [
    'that layout with namespaces, so from elsewhere',
    { 'nodes.json': NODE, 'shop/pods.json': POD, 'n.json': NAMESPACE },
    ['notice no-policies'],
  ],
  ['pods and nodes in other places', { 'a/nodes.json': NODE, 'b/shop/pods.json': POD }, ['notice no-policies']],
])('%s', async (_case, files, expected) => {
  expect(await told(files)).toEqual(expected);
});
