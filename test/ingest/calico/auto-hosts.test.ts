import { readKubeControllersConfiguration } from '../../../src/ingest/calico/auto-hosts';
import { originOf, readingOfObject } from '../../support/calico';
import { diagnosticOf, ingestText, problemsOf } from '../../support/ingest-text';

function read(hostEndpoint: unknown) {
  const { reading, problems } = readingOfObject({ spec: { controllers: { node: { hostEndpoint } } } });
  const draft = readKubeControllersConfiguration(reading, originOf('KubeControllersConfiguration', 'default'));
  return { ...draft, origin: undefined, codes: problems.map((problem) => problem.split(' ')[0]) };
}

const TEMPLATE = { name: 'web', labels: [['role', 'x']], nodeSelector: 'has(zone)', hasPattern: false };

test.each([
  [{ autoCreate: 'Enabled' }, { makesDefault: true, templates: [] }],
  [
    {
      autoCreate: 'Enabled',
      createDefaultHostEndpoint: 'Disabled',
      templates: [{ generateName: 'web', interfaceCIDRs: ['10.0.0.0/8'], labels: { role: 'x' }, nodeSelector: 'has(zone)' }],
    },
    { makesDefault: false, templates: [{ ...TEMPLATE, nets: [{ family: 4, low: 0x0a000000n, high: 0x0affffffn }] }] },
  ],
  [
    { autoCreate: 'Enabled', templates: [{ generateName: 'all', interfacePattern: 'eth.*' }] },
    { makesDefault: true, templates: [{ name: 'all', labels: [], nodeSelector: '', nets: [], hasPattern: true }] },
  ],
])('%j makes host endpoints', (hostEndpoint, parts) => {
  expect(read(hostEndpoint)).toEqual({ kind: 'autoHosts', origin: undefined, ...parts, codes: [] });
});

test.each([[{ autoCreate: 'Enabled', createDefaultHostEndpoint: 'Disabled' }], [{ autoCreate: 'Disabled' }], [{}], [undefined]])(
  '%j makes none',
  (hostEndpoint) => {
    expect(read(hostEndpoint)).toMatchObject({ kind: 'mention', codes: [] });
  },
);

test.each([
  [{ autoCreate: true }],
  [{ autoCreate: 'Enabled', templates: [{ nodeSelector: 'a = b' }] }],
  [{ autoCreate: 'Enabled', templates: [{ interfaceCIDRs: ['here'] }] }],
  [{ autoCreate: 'Enabled', templates: [{ labels: { a: 1 } }] }],
])('%j is refused', (hostEndpoint) => {
  expect(read(hostEndpoint)).toMatchObject({ kind: 'mention', codes: ['calico-refused'] });
});

describe('in an input without host endpoints', () => {
  const auto = (more = '') =>
    `apiVersion: projectcalico.org/v3\nkind: KubeControllersConfiguration\nmetadata: {name: default}\nspec: {controllers: {node: {hostEndpoint: {autoCreate: Enabled${more}}}}}\n---\n`;
  const NODE = `apiVersion: v1
kind: Node
metadata:
  name: n1
  labels: {zone: a}
  annotations:
    projectcalico.org/IPv4Address: 10.0.0.1/24
    projectcalico.org/IPv4VXLANTunnelAddr: 10.244.1.1
status: {addresses: [{type: InternalIP, address: 10.0.0.1}, {type: InternalIP, address: "fd00::1"}, {type: ExternalIP, address: 203.0.113.1}]}
---
`;
  const HOST = 'apiVersion: projectcalico.org/v3\nkind: HostEndpoint\nmetadata: {name: mine}\nspec: {node: n2, interfaceName: eth0}\n---\n';
  const madeOf = async (text: string, facts = { cni: 'calico' }) => {
    const ingested = await ingestText(text, facts);
    return { ...ingested, hosts: ingested.snapshot.hostEndpoints };
  };

  test('every node gets the one that Calico makes', async () => {
    const ingested = await madeOf(auto() + NODE);

    expect(ingested.hosts).toEqual([
      {
        ref: {
          apiVersion: 'projectcalico.org/v3',
          kind: 'HostEndpoint',
          name: 'n1-auto-hep',
          source: { file: 'all.yaml', document: 2, line: 6 },
        },
        node: 'n1',
        interfaceName: '*',
        addresses: ['10.0.0.1', '10.244.1.1', 'fd00::1'],
        labels: { values: { zone: 'a', 'projectcalico.org/created-by': 'calico-kube-controllers' }, unknownKeys: [], complete: true },
        ports: [],
        profileAction: 'Allow',
      },
    ]);
    expect(diagnosticOf(ingested, 'host-endpoints-made').message).toContain('1 host endpoint of its nodes');
  });

  test('templates make more, on nodes that they choose and that have such an address', async () => {
    const template = (more: string) =>
      `, createDefaultHostEndpoint: Disabled, templates: [{generateName: t, labels: {zone: b, side: left}, ${more}}]`;
    const hosts = async (more: string) => (await madeOf(auto(template(more)) + NODE)).hosts;

    expect(await hosts('interfaceCIDRs: [10.0.0.0/24, "fd00::/8"], nodeSelector: has(zone)')).toMatchObject([
      {
        ref: { name: 'n1-t-auto-hep' },
        interfaceName: '',
        addresses: ['10.0.0.1', 'fd00::1'],
        labels: { values: { zone: 'b', side: 'left' } },
        profileAction: 'Allow',
      },
    ]);
    expect(await hosts('interfaceCIDRs: [10.9.0.0/24]')).toEqual([]);
    expect(await hosts('interfaceCIDRs: [10.0.0.0/24], nodeSelector: "!has(zone)"')).toEqual([]);
  });

  test('interfaces by a pattern of names are told, as they are unknown', async () => {
    const { diagnostics, hosts } = await madeOf(auto(', templates: [{generateName: t, interfacePattern: "eth.*"}]') + NODE);

    expect(diagnosticOf({ diagnostics }, 'partly-modelled').message).toContain('which interfaces nodes have is unknown');
    expect(hosts).toHaveLength(1);
  });

  test('without nodes there is nothing to make them of, which is told', async () => {
    const ingested = await madeOf(auto());

    expect(ingested.hosts).toEqual([]);
    expect(problemsOf(ingested)).toEqual(['partly-modelled:1']);
  });

  test('where the input has one, or another plugin runs, none is made', async () => {
    expect((await madeOf(auto() + NODE + HOST)).hosts.map(({ ref }) => ref.name)).toEqual(['mine']);
    expect((await madeOf(auto() + NODE + HOST.replace(', interfaceName: eth0', ''))).hosts).toEqual([]);
    expect((await madeOf(auto() + NODE, { cni: 'cilium' })).hosts).toEqual([]);
  });
});
