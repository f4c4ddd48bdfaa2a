import { HOST_RANGES_V4 } from '../../../src/model/internet';
import { endpointNames, endpointOf, ingestText, problemsOf, workloadOf } from '../../support/ingest-text';

function pod(name: string, rest: { readonly spec?: string; readonly status?: string; readonly metadata?: string } = {}): string {
  const { spec = '{containers: []}', status = '{}', metadata = '' } = rest;
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop${metadata}}, spec: ${spec}, status: ${status}}\n---\n`;
}

describe('addresses', () => {
  test.each<[string, string, readonly string[]]>([
    ['both families', '{podIP: 10.0.0.1, podIPs: [{ip: 10.0.0.1}, {ip: "2001:DB8::0001"}]}', ['10.0.0.1', '2001:db8::1']],
    ['the singular field of old dumps', '{podIP: 10.0.0.1}', ['10.0.0.1']],
    ['an empty field', '{podIP: ""}', []],
    ['none yet', '{phase: Pending}', []],
  ])('%s', async (_case, status, addresses) => {
    const ingested = await ingestText(pod('a', { status }));

    expect(endpointOf(ingested.snapshot, 'shop/a')).toMatchObject({ addresses, addressRanges: addresses.length > 0 ? [] : HOST_RANGES_V4 });
    expect(problemsOf(ingested)).toEqual([]);
  });

  test.each<[string, string, readonly string[]]>([
    [
      'of both families',
      '"cni.projectcalico.org/podIPs": "10.0.0.1/32,2001:db8::1/128", "cni.projectcalico.org/podIP": 10.0.0.1/32',
      ['10.0.0.1', '2001:db8::1'],
    ],
    ['of one', '"cni.projectcalico.org/podIP": 10.0.0.2/32', ['10.0.0.2']],
    ['of the VPC plugin', '"vpc.amazonaws.com/pod-ips": "10.0.0.3"', ['10.0.0.3']],
    ['emptied when the pod goes', '"cni.projectcalico.org/podIP": ""', []],
  ])('in annotations %s, where the status has none', async (_case, annotations, addresses) => {
    const metadata = `, annotations: {${annotations}}`;
    const ingested = await ingestText(pod('a', { metadata }));

    expect(endpointOf(ingested.snapshot, 'shop/a').addresses).toEqual(addresses);
    expect(problemsOf(ingested)).toEqual([]);
    const told = await ingestText(pod('a', { metadata, status: '{podIP: 10.9.9.9}' }));
    expect(endpointOf(told.snapshot, 'shop/a').addresses).toEqual(['10.9.9.9']);
  });

  test('what is no address is told', async () => {
    const ingested = await ingestText(pod('a', { status: '{podIP: 10.0.0.300}' }));

    expect(endpointOf(ingested.snapshot, 'shop/a').addresses).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['bad-address:1']);
  });

  test('unknown ones are somewhere in the pod or node ranges', async () => {
    const facts = { podRanges: '10.244.0.0/16,fd00::/48', nodeRanges: '192.168.0.0/24' };
    const { snapshot } = await ingestText(pod('a') + pod('b', { spec: '{containers: [], hostNetwork: true}' }), facts);

    expect(endpointOf(snapshot, 'shop/a').addressRanges).toEqual(['10.244.0.0/16', 'fd00::/48']);
    expect(endpointOf(snapshot, 'shop/b').addressRanges).toEqual(['192.168.0.0/24']);
  });
});

describe('a hostNetwork pod has the addresses of its node', () => {
  const node = '{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.168.0.9}]}}\n---\n';
  test.each<[string, string, string, readonly string[]]>([
    ['as the pod says', '{containers: [], hostNetwork: true, nodeName: n1}', '{podIP: 192.168.0.1, hostIP: 192.168.0.1}', ['192.168.0.1']],
    ['as hostIP says', '{containers: [], hostNetwork: true, nodeName: n1}', '{hostIPs: [{ip: 192.168.0.2}]}', ['192.168.0.2']],
    ['as the node says', '{containers: [], hostNetwork: true, nodeName: n1}', '{}', ['192.168.0.9']],
    ['not at all', '{containers: [], hostNetwork: true, nodeName: other}', '{}', []],
    ['but no other pod has', '{containers: [], nodeName: n1}', '{hostIP: 192.168.0.1}', []],
  ])('%s', async (_case, spec, status, addresses) => {
    const { snapshot } = await ingestText(node + pod('a', { spec, status }));

    expect(endpointOf(snapshot, 'shop/a').addresses).toEqual(addresses);
  });
});

test('a pod knows its node, if it has one', async () => {
  const { snapshot } = await ingestText(pod('a', { spec: '{nodeName: n1, containers: []}' }) + pod('b'));

  expect(endpointOf(snapshot, 'shop/a').node).toBe('n1');
  expect(endpointOf(snapshot, 'shop/b')).not.toHaveProperty('node');
});

describe('finished pods', () => {
  const both =
    pod('done', { status: '{phase: Succeeded, podIP: 10.0.0.1}' }) +
    pod('failed', { status: '{phase: Failed}' }) +
    pod('up', { status: '{phase: Running}' });

  test('are left out, and told once; their workloads stay', async () => {
    const ingested = await ingestText(both);

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/up']);
    expect(problemsOf(ingested)).toEqual(['finished-pods:1']);
    expect(workloadOf(ingested.snapshot, 'shop/done[Pod]').endpoints).toEqual([]);
  });

  test('are kept by the fact, without the address that is no longer theirs', async () => {
    const ingested = await ingestText(both, { finishedPods: 'keep' });

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/done', 'shop/failed', 'shop/up']);
    expect(endpointOf(ingested.snapshot, 'shop/done').addresses).toEqual([]);
    expect(problemsOf(ingested)).toEqual([]);
  });
});

describe('pods that are being deleted', () => {
  const SINCE = 'deletionTimestamp: 2024-05-01T10:00:00Z';
  const meta = (name: string, ...fields: readonly string[]) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, ${fields.join(', ')}}
`;
  const ADDRESSED = 'status: {phase: Running, podIP: 10.0.0.1}\n---\n';
  const emptied = "annotations: {cni.projectcalico.org/podIP: ''}";
  const spec = (text = '{containers: [], nodeName: n1}') => `spec: ${text}\n${ADDRESSED}`;

  test('are left out once Calico has emptied the annotation of their address, and told apart from those that have ended', async () => {
    const text = meta('gone', SINCE, emptied) + spec() + meta('last', SINCE, emptied) + spec() + pod('done', { status: '{phase: Failed}' });
    const ingested = await ingestText(text);

    expect(endpointNames(ingested.snapshot)).toEqual([]);
    expect(ingested.diagnostics.filter(({ code }) => code === 'finished-pods').map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^2 pods are being deleted, have lost their network \(their annotation `cni.projectcalico.org\/podIP` is empty\) and are left out/,
      ),
      expect.stringMatching(/^1 pod has ended \(Succeeded or Failed\) and is left out/),
    ]);
  });

  test.each([
    ['with the address still in the annotation', meta('up', SINCE, 'annotations: {cni.projectcalico.org/podIP: 10.0.0.1/32}') + spec()],
    ['without the annotation', meta('up', SINCE) + spec()],
    ['that nobody deletes', meta('up', emptied) + spec()],
    ['with an empty time of deletion', meta('up', 'deletionTimestamp: null', emptied) + spec()],
    ['on the network of their node', meta('up', SINCE, emptied) + spec('{containers: [], nodeName: n1, hostNetwork: true}')],
  ])('stay: %s', async (_case, text) => {
    const ingested = await ingestText(text);

    expect(endpointNames(ingested.snapshot)).toEqual(['shop/up']);
    expect(endpointOf(ingested.snapshot, 'shop/up').addresses).toEqual(['10.0.0.1']);
    expect(problemsOf(ingested)).toEqual([]);
  });

  test('are kept by the fact, without the address that is no longer theirs', async () => {
    const { snapshot } = await ingestText(meta('gone', SINCE, emptied) + spec(), { finishedPods: 'keep' });

    expect(endpointOf(snapshot, 'shop/gone').addresses).toEqual([]);
  });
});
