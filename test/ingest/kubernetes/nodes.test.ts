import { subnetsOf, withoutPrefix } from '../../../src/ingest/kubernetes/nodes';
import { endpointOf, ingestText, problemsOf } from '../../support/ingest-text';

const STATUS =
  '{addresses: [{type: Hostname, address: n1}, {type: InternalIP, address: 10.0.0.1}, {type: ExternalIP, address: 203.0.113.1}]}';

test('a node is an endpoint of no namespace, with the addresses of its packets', async () => {
  const ingested = await ingestText(`{apiVersion: v1, kind: Node, metadata: {name: n1, labels: {zone: a}}, status: ${STATUS}}`);

  expect(endpointOf(ingested.snapshot, 'n1 (node)')).toEqual({
    id: 0,
    kind: 'node',
    name: 'n1',
    namespace: -1,
    workload: -1,
    labels: { values: { zone: 'a' }, unknownKeys: [], complete: true },
    network: 'host',
    addresses: ['10.0.0.1', '203.0.113.1'],
    addressRanges: [],
    node: 'n1',
    ports: [],
    source: { file: 'all.yaml', document: 1, line: 1 },
  });
  expect(problemsOf(ingested)).toEqual([]);
});

test('without addresses it is somewhere in the node ranges', async () => {
  const { snapshot } = await ingestText('{apiVersion: v1, kind: Node, metadata: {name: n1}}', { nodeRanges: '10.0.0.0/24' });

  expect(endpointOf(snapshot, 'n1 (node)')).toMatchObject({ addresses: [], addressRanges: ['10.0.0.0/24'] });
});

test.each([
  ['aws:///eu-west-1a/i-0abc', 'aws', 'derived'],
  ['gce://project/zone/name', 'gcp', 'derived'],
  ['azure:///subscriptions/x', 'azure', 'derived'],
  ['openstack:///x', 'openstack', 'derived'],
  ['ocid1.instance.oc1.x', 'oracle', 'derived'],
  ['kind://docker/kind/n1', 'unknown', 'assumed'],
  ['nonsense', 'unknown', 'assumed'],
])('provider id %s is platform %s', async (providerID, platform, origin) => {
  const { snapshot } = await ingestText(`{apiVersion: v1, kind: Node, metadata: {name: n1}, spec: {providerID: "${providerID}"}}`);

  expect([snapshot.facts.platform, snapshot.origins.platform]).toEqual([platform, origin]);
});

describe('what Calico knows of a node', () => {
  const annotated = (annotations: string, status = STATUS) =>
    ingestText(`{apiVersion: v1, kind: Node, metadata: {name: n1, annotations: {${annotations}}}, status: ${status}}`);
  const addresses = async (...parts: Parameters<typeof annotated>) =>
    endpointOf((await annotated(...parts)).snapshot, 'n1 (node)').addresses;

  test('is an address of its own, with or without the length of a prefix', async () => {
    expect(await addresses('projectcalico.org/IPv4Address: 10.0.0.1/24')).toEqual(['10.0.0.1', '203.0.113.1']);
    expect(await addresses('projectcalico.org/IPv4Address: 10.9.0.1/24, projectcalico.org/IPv6Address: "fd00::1"')).toEqual([
      '10.0.0.1',
      '203.0.113.1',
      '10.9.0.1',
      'fd00::1',
    ]);
    expect(await addresses('projectcalico.org/IPv4Address: 10.9.0.1/24', '{}')).toEqual(['10.9.0.1']);
  });

  test('are addresses of its tunnels, which are none of its own', async () => {
    expect(await addresses('projectcalico.org/IPv4VXLANTunnelAddr: 10.244.0.1', '{}')).toEqual([]);
  });

  test('is told where it is no address', async () => {
    expect(problemsOf(await annotated('projectcalico.org/IPv4Address: here'))).toEqual(['bad-address:1']);
    expect(problemsOf(await annotated('projectcalico.org/ASNumber: "64512"'))).toEqual([]);
  });
});

test.each<[readonly string[], readonly string[]]>([
  [['10.0.0.1/24'], ['10.0.0.0/24']],
  [
    ['10.0.0.1/24', 'fd00::1/64', '10.1.0.1/24'],
    ['10.0.0.0/24', 'fd00::/64'],
  ],
  [['10.0.0.1', 'fd00::1/128'], ['fd00::1/128']],
  [['here/24', '10.0.0.1/33', ''], []],
])('addresses %j are in the networks %j', (texts, subnets) => {
  expect(subnetsOf(texts)).toEqual(subnets);
});

test('an address is what comes before the length of its prefix', () => {
  expect(['10.0.0.1/24', '10.0.0.1', '', '/24'].map(withoutPrefix)).toEqual(['10.0.0.1', '10.0.0.1', '', '']);
});
