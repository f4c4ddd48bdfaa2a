import { NO_LABELS } from '../../../src/model/selector';
import { deployment, endpointName, endpointOf, ingestText } from '../../support/ingest-text';

const POD = '{apiVersion: v1, kind: Pod, metadata: {name: z, namespace: shop}, spec: {containers: []}, status: {podIP: 10.0.0.1}}\n---\n';
const NODE = '{apiVersion: v1, kind: Node, metadata: {name: n1}}\n---\n';
const BACK = '{apiVersion: v1, kind: Namespace, metadata: {name: back}}\n---\n';

test('endpoints go by namespace, kind and name, the hypothetical pod last; ids are their places', async () => {
  const { snapshot } = await ingestText(deployment('web').replace('---', '\n---\n') + POD + BACK + NODE);

  expect(snapshot.endpoints.map((endpoint) => endpointName(snapshot, endpoint))).toEqual([
    'n1 (node)',
    'back/(new pod) (newPod)',
    'shop/z',
    'shop/web (template)',
    'shop/(new pod) (newPod)',
  ]);
  expect(snapshot.endpoints.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4]);
  for (const [index, { endpoints }] of snapshot.workloads.entries())
    for (const id of endpoints) expect(snapshot.endpoints[id]!.workload).toBe(index);
});

test('every namespace has the pod that somebody could create there', async () => {
  const { snapshot } = await ingestText(BACK, { podRanges: '10.244.0.0/16' });

  expect(snapshot.endpoints).toEqual([
    {
      id: 0,
      kind: 'newPod',
      name: '(new pod)',
      namespace: 0,
      workload: -1,
      labels: NO_LABELS,
      network: 'pod',
      addresses: [],
      addressRanges: ['10.244.0.0/16'],
      ports: [],
      source: { file: 'all.yaml', document: 1, line: 1 },
    },
  ]);
});

test('the hypothetical pod of a namespace without object is where the namespace is first spoken of', async () => {
  const { snapshot } = await ingestText({ 'b.yaml': POD, 'a.yaml': deployment('web').replace('---', '') });

  expect(endpointOf(snapshot, 'shop/(new pod) (newPod)').source).toEqual({ file: 'a.yaml', document: 1, line: 2 });
});

test('templates of equal names and different kinds are in a fixed order', async () => {
  const other = deployment('web').replace('kind: Deployment', 'kind: StatefulSet');
  const texts = [deployment('web'), other].map((text) => text.replace('---', '\n---\n'));

  const [one, two] = [await ingestText(texts.join('')), await ingestText([...texts].reverse().join(''))];

  for (const { snapshot } of [one, two]) {
    expect(snapshot.workloads.map(({ ref, endpoints }) => [ref.kind, endpoints])).toEqual([
      ['Deployment', [0]],
      ['StatefulSet', [1]],
    ]);
  }
});

describe('a node has the port names of host endpoints', () => {
  const host = (name: string, spec: string) =>
    `{apiVersion: projectcalico.org/v3, kind: HostEndpoint, metadata: {name: ${name}}, spec: {node: n1, interfaceName: ${name}, ports: [{name: http, protocol: TCP, port: 80}], ${spec}}}\n---\n`;
  const node = '{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}}\n---\n';
  const ports = async (text: string, facts = {}) => endpointOf((await ingestText(node + text, facts)).snapshot, 'n1 (node)').ports;

  test.each([
    ['with an address of it', 'expectedIPs: [10.0.0.9, 10.0.0.1]', 1],
    ['with another address', 'expectedIPs: [10.0.0.9]', 0],
    ['without one', 'profiles: []', 0],
  ])('%s', async (_case, spec, count) => {
    expect(await ports(host('eth0', spec))).toHaveLength(count);
  });

  test('of each of them, and of none where another plugin runs', async () => {
    const two = host('eth0', 'expectedIPs: [10.0.0.1]') + host('eth1', 'expectedIPs: [10.0.0.1]').replace('port: 80', 'port: 81');

    expect((await ports(two)).map(({ port }) => port)).toEqual([80, 81]);
    expect(await ports(two, { cni: 'cilium' })).toEqual([]);
  });
});
