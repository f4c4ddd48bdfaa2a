import { readEndpointSlice } from '../../../src/ingest/kubernetes/services';
import { originOf, readingOfObject } from '../../support/calico';
import { ingestText, problemsOf } from '../../support/ingest-text';

function object(apiVersion: string, kind: string, rest: string, name = 'web'): string {
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: ${name}, namespace: shop}, ${rest}}\n---\n`;
}

async function service(spec: string, others = '') {
  const ingested = await ingestText(object('v1', 'Service', `spec: ${spec}`) + others);
  return { service: ingested.snapshot.services[0]!, problems: problemsOf(ingested) };
}

test('a Service with its selector and ports', async () => {
  const spec =
    '{type: NodePort, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}, {name: dns, port: 53, protocol: UDP, targetPort: dns}]}';

  expect((await service(spec)).service).toEqual({
    ref: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web', source: { file: 'all.yaml', document: 1, line: 1 } },
    type: 'NodePort',
    headless: false,
    selector: { app: 'web' },
    ports: [
      { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080, nodePort: 30080 },
      { name: 'dns', protocol: 'UDP', port: 53, targetPort: 'dns' },
    ],
    endpointAddresses: [],
  });
});

test.each([
  ['absent', '{port: 80}'],
  ['zero', '{port: 80, targetPort: 0}'],
  ['empty', '{port: 80, targetPort: ""}'],
])('a target port that is %s is the port itself', async (_case, port) => {
  expect((await service(`{ports: [${port}]}`)).service.ports[0]).toMatchObject({ port: 80, targetPort: 80 });
});

test.each([
  ['{clusterIP: None}', true],
  ['{clusterIP: 10.0.0.1}', false],
  ['{}', false],
])('%s is headless: %s', async (spec, headless) => {
  expect((await service(spec)).service.headless).toBe(headless);
});

test.each([
  ['absent', '{}'],
  ['null', '{selector: null}'],
  ['empty', '{selector: {}}'],
])('a selector that is %s is none', async (_case, spec) => {
  expect((await service(spec)).service).not.toHaveProperty('selector');
});

test.each<[string, string, object, readonly string[]]>([
  ['an unknown type', '{type: Internal}', { type: 'ClusterIP' }, ['bad-service:1']],
  ['a number in the selector', '{selector: {version: 2}}', { selector: { version: '2' } }, ['label-not-text:1']],
  ['a list in the selector', '{selector: {app: [a]}}', { type: 'ClusterIP' }, ['label-not-text:1']],
  ['a port that is none', '{ports: [{port: 0}]}', { ports: [] }, ['bad-port:1']],
  ['an unknown protocol', '{ports: [{port: 80, protocol: HTTP}]}', { ports: [] }, ['bad-protocol:1']],
])('%s is told', async (_case, spec, expected, problems) => {
  const read = await service(spec);

  expect(read.service).toMatchObject(expected);
  expect(read.problems).toEqual(problems);
});

describe('addresses behind a Service', () => {
  test('come from Endpoints of its name and EndpointSlices that name it', async () => {
    const endpoints = object('v1', 'Endpoints', 'subsets: [{addresses: [{ip: 10.0.0.2}], notReadyAddresses: [{ip: 10.0.0.1}]}]');
    const slice = `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: web-x, namespace: shop, labels: {kubernetes.io/service-name: web}},
      addressType: IPv6, endpoints: [{addresses: ["FD00::1"]}]}\n---\n`;
    const elsewhere = object('v1', 'Endpoints', 'subsets: [{addresses: [{ip: 10.9.9.9}]}]').replace('namespace: shop', 'namespace: other');

    const read = await service('{}', endpoints + slice + elsewhere);

    expect(read.service.endpointAddresses).toEqual(['10.0.0.1', '10.0.0.2', 'fd00::1']);
    expect(read.problems).toEqual([]);
  });

  test('host names are no addresses, and a slice without a Service is told', async () => {
    const slice = (labels: string, type: string) =>
      `{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s${type}, namespace: shop, labels: ${labels}}, addressType: ${type}, endpoints: [{addresses: [a.example]}]}\n---\n`;

    const read = await service('{}', slice('{kubernetes.io/service-name: web}', 'FQDN') + slice('{}', 'IPv4'));

    expect(read.service.endpointAddresses).toEqual([]);
    expect(read.problems).toEqual(['slice-without-service:5']);
  });
});

test('the ports of an EndpointSlice are those with a number, TCP unless they say so', () => {
  const { reading, problems } = readingOfObject({
    metadata: { labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ port: 8080 }, { port: 53, protocol: 'UDP' }, { name: 'every' }, { port: 0 }, { port: 1, protocol: 'X' }],
  });

  expect(readEndpointSlice(reading, originOf('EndpointSlice', 'web-x', 'shop'))).toMatchObject({
    service: 'web',
    addresses: ['10.0.0.1'],
    slicePorts: [
      { protocol: 'TCP', port: 8080 },
      { protocol: 'UDP', port: 53 },
    ],
  });
  expect(problems).toEqual([expect.stringContaining('bad-protocol')]);
});
