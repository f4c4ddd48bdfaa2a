import { isName } from '../../../src/ingest/kubernetes/origin';
import { endpointNames, ingestText, problemsOf } from '../../support/ingest-text';

function pod(metadata: string): string {
  return `{apiVersion: v1, kind: Pod, metadata: ${metadata}, spec: {containers: []}}\n---\n`;
}

test.each([
  ['no metadata', 'null', ['no-name:1']],
  ['metadata that is text', 'web', ['no-name:1']],
  ['no name', '{namespace: shop}', ['no-name:1']],
  ['the empty name', '{name: ""}', ['no-name:1']],
  ['a name with a slash', '{name: a/b}', ['bad-name:1']],
  ['a name with a line break', '{name: "a\\nb"}', ['bad-name:1']],
  ['a name without end', `{name: ${'a'.repeat(300)}}`, ['bad-name:1']],
  ['a namespace with a slash', '{name: a, namespace: b/c}', ['bad-name:1']],
  ['a name that is a list', '{name: [a]}', ['no-name:1', 'wrong-type:1']],
])('%s leaves the object out', async (_case, metadata, problems) => {
  const ingested = await ingestText(pod(metadata) + pod('{name: other}'));

  expect(endpointNames(ingested.snapshot)).toEqual(['default/other']);
  expect(problemsOf(ingested)).toEqual(problems);
});

test('a number as name is told and read as its text', async () => {
  const ingested = await ingestText(pod('{name: 123}'));

  expect(endpointNames(ingested.snapshot)).toEqual(['default/123']);
  expect(problemsOf(ingested)).toEqual(['wrong-type:1']);
});

test('names that the API server would refuse, but that are unmistakable, are fine', () => {
  expect(['Pod1', 'use_underscores', 'system:admin', 'ä'].map(isName)).toEqual([true, true, true, true]);
  expect(['a/b', 'a\u0000b', 'a\u007f'].map(isName)).toEqual([false, false, false]);
});

test('objects with generateName have names of their own, the same each time', async () => {
  const job = (image: string) =>
    `{apiVersion: batch/v1, kind: Job, metadata: {generateName: load-, namespace: shop}, spec: {template: {spec: {containers: [{image: ${image}}]}}}}\n---\n`;

  const [first, again] = [await ingestText(job('a') + job('b')), await ingestText({ '1.yaml': job('b'), '2.yaml': job('a') })];

  const names = endpointNames(first.snapshot);
  expect(names).toHaveLength(2);
  expect(names).toEqual(names.map(() => expect.stringMatching(/^shop\/load-[0-9a-f]{5} \(template\)$/)));
  expect(endpointNames(again.snapshot)).toEqual(names);
});

test('the empty namespace is none', async () => {
  expect(endpointNames((await ingestText(pod('{name: a, namespace: ""}'))).snapshot)).toEqual(['default/a']);
});
