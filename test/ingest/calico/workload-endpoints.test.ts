import { readWorkloadEndpoint } from '../../../src/ingest/calico/workload-endpoints';
import type { WorkloadEndpointDraft } from '../../../src/ingest/draft';
import { originOf, readingOfObject } from '../../support/calico';

const ORIGIN = originOf('WorkloadEndpoint', 'n1-k8s-web--1-eth0', 'shop');

function read(
  spec: unknown,
  labels: Readonly<Record<string, string>> = {},
): { readonly draft: WorkloadEndpointDraft; readonly problems: string[] } {
  const { reading, problems } = readingOfObject({ metadata: { labels }, ...(spec !== undefined && { spec }) });
  return { draft: readWorkloadEndpoint(reading, ORIGIN), problems };
}

const NOTHING = {
  kind: 'workloadEndpoint',
  origin: ORIGIN,
  pod: undefined,
  workload: undefined,
  node: undefined,
  serviceAccount: undefined,
  labels: [],
  addresses: [],
  profiles: [],
  ports: [],
  hostPorts: [],
  isLeftOut: false,
};

test('a workload endpoint is read whole', () => {
  const { draft, problems } = read(
    {
      orchestrator: 'k8s',
      node: 'n1',
      pod: 'web-1',
      serviceAccountName: 'robot',
      ipNetworks: ['10.1.0.1/32', '10.1.0.2', 'fd00::1/128'],
      profiles: ['kns.shop', 7],
      ports: [
        { name: 'http', protocol: 'tcp', port: 80 },
        { protocol: 'UDP', port: 53, hostPort: 5353, hostIP: '10.0.0.1' },
        { protocol: 'SCTP', port: 9, hostPort: 90 },
      ],
    },
    { app: 'web' },
  );

  expect(draft).toEqual({
    ...NOTHING,
    pod: 'web-1',
    node: 'n1',
    serviceAccount: 'robot',
    labels: [['app', 'web']],
    addresses: ['10.1.0.1', '10.1.0.2', 'fd00::1'],
    profiles: ['kns.shop'],
    ports: [
      { name: 'http', protocol: 'TCP', port: 80 },
      { name: '', protocol: 'UDP', port: 53 },
      { name: '', protocol: 'SCTP', port: 9 },
    ],
    hostPorts: [
      { protocol: 'UDP', hostPort: 5353, containerPort: 53, hostAddress: '10.0.0.1' },
      { protocol: 'SCTP', hostPort: 90, containerPort: 9 },
    ],
  });
  expect(problems).toEqual([]);
});

test.each([[undefined], [{}], [{ pod: '', node: '', ports: null }]])('%j tells nothing', (spec) => {
  expect(read(spec)).toEqual({ draft: NOTHING, problems: [] });
});

test.each([
  [{ ipNetworks: ['10.1.0.0/24'] }, 'bad-address `spec.ipNetworks` holds `10.1.0.0/24`, which is not the network of one address'],
  [{ ipNetworks: ['web'] }, 'bad-address `spec.ipNetworks` holds `web`'],
  [{ ports: [{ name: 'http', protocol: 'TCP', port: 0 }] }, 'bad-port'],
  [{ ports: [{ name: 'http', protocol: 'ICMP', port: 80 }] }, 'bad-port'],
  [{ ports: [{ name: 'http', port: 80 }] }, 'bad-port'],
])('%j is told, and left out', (spec, problem) => {
  const { draft, problems } = read(spec);
  expect(draft).toEqual(NOTHING);
  expect(problems).toEqual([expect.stringContaining(problem)]);
});

test('a host port that is none is no reason to leave out the port', () => {
  expect(read({ ports: [{ name: 'http', protocol: 'TCP', port: 80, hostPort: 70_000 }] }).draft).toMatchObject({
    ports: [{ name: 'http', protocol: 'TCP', port: 80 }],
    hostPorts: [],
  });
});

test('a profile that cannot be called so leaves it out', () => {
  expect(read({ profiles: ['kns.shop', '.fun'] })).toMatchObject({
    draft: { isLeftOut: true },
    problems: [expect.stringMatching(/^calico-refused /)],
  });
});
