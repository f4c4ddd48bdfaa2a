import { readJsonOrYaml } from '../../src/ingest/json-or-yaml';
import { ingestText, problemsOf } from '../support/ingest-text';
import { readFound } from '../support/read-found';

const read = (text: string, limits = {}) => readFound(readJsonOrYaml, text, limits);

test('JSON is read as JSON: one value, or several, with or without lines between them', async () => {
  expect(await read('{"kind":"A"}')).toEqual(['1:1 {"kind":"A"}']);
  expect(await read('{"kind":"A"}\n---\n{"kind":"B"}{"kind":"C"}\n---\n[{"kind":"D"}]')).toEqual([
    '1:1 {"kind":"A"}',
    '2:3 {"kind":"B"}',
    '3:3 {"kind":"C"}',
    '4:5 {"kind":"D"}',
  ]);
});

test('a tab inside braces, which YAML forbids in places, is JSON all the same', async () => {
  expect(await read('{\n\t"kind":\t"A"\n}')).toEqual(['1:1 {"kind":"A"}']);
});

test.each([
  ['words without quotes', '{"kind": A}', ['1:1 {"kind":"A"}']],
  ['keys without quotes after the first', '{"kind": "A", name: b}', ['1:1 {"kind":"A","name":"b"}']],
  ['a comment', '{"kind": "A"} # the first', ['1:1 {"kind":"A"}']],
  ['a comma at the end', '{"kind": "A",}', ['1:1 {"kind":"A"}']],
  ['single quotes with a brace in them', '{"kind": \'}\'}', ['1:1 {"kind":"}"}']],
  ['a list', '[{"kind": A}, {kind: B}]', ['1:1 {"kind":"A"}', '1:1 {"kind":"B"}']],
])('%s make it YAML', async (_case, text, expected) => {
  expect(await read(text)).toEqual(expected);
});

test('documents after the first may be of any form', async () => {
  expect(await read('{"kind": "A"}\n---\nkind: B\n---\n{kind: C}\n---\n# nothing\n---\n{"kind": "D"}\n{"kind": "E"}\n')).toEqual([
    '1:1 {"kind":"A"}',
    '2:3 {"kind":"B"}',
    '3:5 {"kind":"C"}',
    '4 empty',
    '5:9 {"kind":"D"}',
    '6:10 {"kind":"E"}',
  ]);
});

test('what is neither is told as what it began as, and spoils no other document', async () => {
  expect(await read('{"kind": "A"\n---\n{"kind": [}\n---\nkind: C')).toEqual(['1:1 broken-json', '2:3 broken-json', '3:5 {"kind":"C"}']);
  expect(await read('{"kind": "A"}\n{"kind": [}')).toEqual(['1:1 {"kind":"A"}', '2:2 broken-json']);
  expect(await read('{"kind": "A"}\n---\nkind: [')).toEqual(['1:1 {"kind":"A"}', '2:4 broken-yaml']);
});

test('limits are those of either', async () => {
  expect(await read('{"a":[[[1]]]}\n---\na: [[[1]]]', { depth: 3 })).toEqual(['1:1 nested-too-deeply', '2:3 nested-too-deeply']);
});

test('a file that is larger than a document may be is read as JSON as it flows', async () => {
  const items = Array.from({ length: 20 }, (_, index) => `{"kind":"P","apiVersion":"v1","n":${index}}`);

  expect(await read(`{"items":[${items.join(',\n')}]}`, { objectBytes: 100 })).toHaveLength(20);
});

test('objects in braces are objects like others', async () => {
  const pod = (name: string) => `{"apiVersion": v1, "kind": Pod, metadata: {name: ${name}, namespace: shop}, spec: {containers: []}}`;
  const ingested = await ingestText(
    `${pod('a')}\n---\n${pod('b')}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: c, namespace: shop}\nspec: {containers: []}\n`,
  );

  expect(ingested.snapshot.workloads.map(({ ref }) => `${ref.name}:${ref.source.document}:${ref.source.line}`)).toEqual([
    'a:1:1',
    'b:2:3',
    'c:3:5',
  ]);
  expect(problemsOf(ingested)).toEqual([]);
});

test('templates in braces are told as templates', async () => {
  const ingested = await ingestText('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": {{ .Values.name }}}}');

  expect(problemsOf(ingested)).toEqual(['unrendered-template:1']);
});
