import { diagnosticOf, ingestText } from '../../support/ingest-text';

const IN_SHOP = '{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {}}\n---\n';

test('a namespace that something is in exists, of its labels only the name is known', async () => {
  const ingested = await ingestText(IN_SHOP);

  expect(ingested.snapshot.namespaces).toEqual([
    { name: 'shop', labels: { values: { 'kubernetes.io/metadata.name': 'shop' }, unknownKeys: [], complete: false } },
  ]);
  expect(diagnosticOf(ingested, 'namespace-assumed')).toMatchObject({ severity: 'notice', source: { file: 'all.yaml', line: 1 } });
});

test('with its object its labels are complete, and nothing is assumed', async () => {
  const ingested = await ingestText(`${IN_SHOP}{apiVersion: v1, kind: Namespace, metadata: {name: shop}}`);

  expect(ingested.snapshot.namespaces).toMatchObject([{ labels: { complete: true } }]);
  expect(ingested.diagnostics.map(({ code }) => code)).not.toContain('namespace-assumed');
});

test('namespaces are sorted by name, and told of once each', async () => {
  const ingested = await ingestText(
    ['shop', 'Back', 'a', 'shop'].map((name, i) => IN_SHOP.replace('shop', name).replace('web', `s${i}`)).join(''),
  );

  expect(ingested.snapshot.namespaces.map(({ name }) => name)).toEqual(['Back', 'a', 'shop']);
  expect(ingested.diagnostics.filter(({ code }) => code === 'namespace-assumed')).toHaveLength(3);
});
