import { ingestText } from '../../support/ingest-text';

function object(kind: string, namespace: string, name: string, rest = 'spec: {}'): string {
  return `{apiVersion: v1, kind: ${kind}, metadata: {name: ${name}, namespace: ${namespace}}, ${rest}}\n---\n`;
}

test('Services go by namespace and name', async () => {
  const { snapshot } = await ingestText(object('Service', 'b', 'x') + object('Service', 'a', 'z') + object('Service', 'a', 'X'));

  expect(snapshot.services.map(({ ref }) => `${ref.namespace}/${ref.name}`)).toEqual(['a/X', 'a/z', 'b/x']);
});

test('addresses of one Service are collected, each once, and Endpoints without a Service are no Service', async () => {
  const { snapshot } = await ingestText(
    object('Service', 'a', 'x') +
      object('Endpoints', 'a', 'x', 'subsets: [{addresses: [{ip: 10.0.0.2}]}, {addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.2}]}]') +
      object('Endpoints', 'a', 'alone', 'subsets: [{addresses: [{ip: 10.0.0.3}]}]'),
  );

  expect(snapshot.services.map(({ ref, endpointAddresses }) => [ref.name, endpointAddresses])).toEqual([['x', ['10.0.0.1', '10.0.0.2']]]);
});

test('slices say all that Endpoints say, which count where there are none', async () => {
  const slice =
    '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: x-1, namespace: a, labels: {kubernetes.io/service-name: x}}, addressType: IPv4, endpoints: [{addresses: [10.0.0.1]}], ports: [{name: http, port: 80}]}\n---\n';
  const endpoints = object('Endpoints', 'a', 'x', 'subsets: [{addresses: [{ip: 10.0.0.2}], ports: [{port: 81}]}]');

  const sets = async (text: string) =>
    (await ingestText(object('Service', 'a', 'x') + text)).snapshot.services[0]!.backendSets.map(({ addresses, ports }) => ({
      addresses,
      ports,
    }));

  const bySlice = { addresses: ['10.0.0.1'], ports: [{ name: 'http', protocol: 'TCP', port: 80 }] };
  expect(await sets(endpoints + slice)).toEqual([bySlice]);
  expect(await sets(endpoints)).toEqual([{ addresses: ['10.0.0.2'], ports: [{ name: '', protocol: 'TCP', port: 81 }] }]);
  expect(await sets('')).toEqual([]);
});
