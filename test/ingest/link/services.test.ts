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
