import { readEndpointSlice, readEndpoints } from '../../../src/ingest/kubernetes/backends';
import { originOf, readingOfObject } from '../../support/calico';
import { ingestText, problemsOf } from '../../support/ingest-text';

const SERVICE = '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {}}\n---\n';

function endpoints(namespace: string, subsets: string): string {
  return `{apiVersion: v1, kind: Endpoints, metadata: {name: web, namespace: ${namespace}}, subsets: ${subsets}}\n---\n`;
}

function slice(name: string, labels: string, rest: string): string {
  return `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: ${name}, namespace: shop, labels: ${labels}}, ${rest}}\n---\n`;
}

async function read(...others: readonly string[]) {
  const ingested = await ingestText(SERVICE + others.join(''));
  return { service: ingested.snapshot.services[0]!, problems: problemsOf(ingested) };
}

test('come from Endpoints of its name and EndpointSlices that name it', async () => {
  const { service, problems } = await read(
    endpoints('shop', '[{addresses: [{ip: 10.0.0.2}], notReadyAddresses: [{ip: 10.0.0.1}]}]'),
    slice('web-x', '{kubernetes.io/service-name: web}', 'addressType: IPv6, endpoints: [{addresses: ["FD00::1"]}]'),
    endpoints('other', '[{addresses: [{ip: 10.9.9.9}]}]'),
  );

  expect(service.endpointAddresses).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::1']);
  expect(problems).toEqual([]);
});

test('host names are no addresses, and a slice without a Service is told', async () => {
  const names = 'addressType: FQDN, endpoints: [{addresses: [a.example]}]';

  const { service, problems } = await read(
    slice('s1', '{kubernetes.io/service-name: web}', names),
    slice('s2', '{}', 'addressType: IPv4, endpoints: []'),
  );

  expect(service).toMatchObject({ endpointAddresses: [], backendSets: [] });
  expect(problems).toEqual(['partly-modelled:3', 'slice-without-service:5']);
});

test('each subset of Endpoints has ports of its own', () => {
  const { reading, problems } = readingOfObject({
    subsets: [
      {
        addresses: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }],
        ports: [
          { name: 'http', port: 8080 },
          { name: 'dns', port: 53, protocol: 'UDP' },
        ],
      },
      { notReadyAddresses: [{ ip: '10.0.0.2' }] },
      { ports: [{ port: 1 }] },
    ],
  });
  const source = { file: 'all.yaml', document: 1, line: 1 };

  expect(readEndpoints(reading, originOf('Endpoints', 'web', 'shop'))).toMatchObject({
    service: 'web',
    addresses: ['10.0.0.1', '10.0.0.2'],
    sets: [
      {
        addresses: ['10.0.0.1', '10.0.0.2'],
        ports: [
          { name: 'http', protocol: 'TCP', port: 8080 },
          { name: 'dns', protocol: 'UDP', port: 53 },
        ],
        source,
      },
      { addresses: ['10.0.0.2'], ports: [], source },
    ],
  });
  expect(problems).toEqual([]);
});

test('ports of an EndpointSlice are TCP unless they say so, and one without a number is every port', () => {
  const { reading, problems } = readingOfObject({
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ port: 8080 }, { port: 53, protocol: 'UDP' }, { name: 'every', port: null }, { port: 0 }, { port: 1, protocol: 'X' }],
  });

  expect(readEndpointSlice(reading, originOf('EndpointSlice', 'web-x', 'shop'))).toMatchObject({
    service: 'web',
    addresses: ['10.0.0.1'],
    sets: [
      {
        ports: [
          { name: '', protocol: 'TCP', port: 8080 },
          { name: '', protocol: 'UDP', port: 53 },
          { name: 'every', protocol: 'TCP' },
        ],
      },
    ],
    slicePorts: [
      { protocol: 'TCP', port: 8080 },
      { protocol: 'UDP', port: 53 },
    ],
  });
  expect(problems).toEqual([expect.stringContaining('bad-port'), expect.stringContaining('bad-protocol')]);
});

test('a slice with lists where mappings belong has nothing', () => {
  const labels = { 'kubernetes.io/service-name': 'web' };
  const { reading, problems } = readingOfObject({
    metadata: { labels },
    endpoints: [['10.0.0.1'], { addresses: '10.0.0.1' }],
    ports: { port: 1 },
  });

  expect(readEndpointSlice(reading, originOf('EndpointSlice', 'web-x', 'shop'))).toMatchObject({ addresses: [], sets: [] });
  expect(problems).toEqual([expect.stringContaining('`ports`'), expect.stringContaining('`endpoints`')]);
});
