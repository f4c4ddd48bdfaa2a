import { ingestText, problemsOf } from '../../support/ingest-text';

function namespace(name: string, labels: string): string {
  return `{apiVersion: v1, kind: Namespace, metadata: {name: ${name}, labels: ${labels}}}\n---\n`;
}

test('a namespace has its labels and its name as a label', async () => {
  const { snapshot } = await ingestText(namespace('shop', '{team: a}'));

  expect(snapshot.namespaces).toEqual([
    {
      name: 'shop',
      labels: { values: { team: 'a', 'kubernetes.io/metadata.name': 'shop' }, unknownKeys: [], complete: true },
      source: { file: 'all.yaml', document: 1, line: 1 },
    },
  ]);
});

test.each([
  ['the same', 'shop', []],
  ['another, which is told', 'prod', ['name-label:1']],
])('the file cannot set the name label, here to %s', async (_case, claimed, problems) => {
  const ingested = await ingestText(namespace('shop', `{kubernetes.io/metadata.name: ${claimed}}`));

  expect(ingested.snapshot.namespaces[0]!.labels.values).toEqual({ 'kubernetes.io/metadata.name': 'shop' });
  expect(problemsOf(ingested)).toEqual(problems);
});
