import { onlyField, unknownField } from '../../../src/ingest/kubernetes/admin-part';
import { readingOf } from '../../../src/ingest/reading';

function choose(node: Readonly<Record<string, unknown>>) {
  const told: string[] = [];
  const failed: string[] = [];
  const document = { file: 'a.yaml', document: 1, line: 1, object: {}, lineOf: () => 1 };
  const fail = (problem: string): undefined => {
    failed.push(problem);
  };
  const reading = readingOf(document, undefined, ({ code }) => told.push(code));
  return { field: onlyField({ reading, fail }, node, ['namespaces', 'pods'], 'from[0]'), failed, told };
}

test('the one field with a value is chosen', () => {
  expect(choose({ namespaces: {} })).toEqual({ field: 'namespaces', failed: [], told: [] });
  expect(choose({ namespaces: null, pods: [] })).toEqual({ field: 'pods', failed: [], told: [] });
});

test('an unknown field beside it is told and has no effect', () => {
  expect(choose({ pods: {}, nodes: {} })).toEqual({ field: 'pods', failed: [], told: ['unknown-field'] });
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ['nothing', {}, '`from[0]` is empty where one of `namespaces`, `pods` is understood'],
  ['an unknown field alone', { nodes: {} }, '`from[0]` has `nodes` where one of `namespaces`, `pods` is understood'],
  ['a known field without a value', { pods: null }, '`from[0]` has `pods` where one of `namespaces`, `pods` is understood'],
  ['both', { namespaces: {}, pods: {} }, '`from[0]` has `namespaces` and `pods`, of which it may have one'],
  ['a name that every object has', { constructor: {} }, '`from[0]` has `constructor` where one of `namespaces`, `pods` is understood'],
])('%s is not understood', (_case, node, problem) => {
  expect(choose(node)).toEqual({ field: undefined, failed: [problem], told: [] });
});

test('an unknown field is found among known ones', () => {
  expect(unknownField({ a: 1, b: 2, c: 3 }, ['a', 'c'])).toBe('b');
  expect(unknownField({ a: 1 }, ['a', 'c'])).toBeUndefined();
});
