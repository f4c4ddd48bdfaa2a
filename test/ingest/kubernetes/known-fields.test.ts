import { checkFields, checkObjectFields } from '../../../src/ingest/kubernetes/known-fields';
import { readingOf } from '../../../src/ingest/reading';

function messages(node: Readonly<Record<string, unknown>>, path: string): readonly string[] {
  const told: string[] = [];
  const document = { file: 'a.yaml', document: 1, line: 1, object: {}, lineOf: () => 1 };
  checkFields(
    readingOf(document, undefined, ({ message }) => told.push(message)),
    node,
    ['from', 'ports'],
    path,
  );
  return told;
}

test('known fields are no news, whatever their value', () => {
  expect(messages({ from: null, ports: [] }, 'spec')).toEqual([]);
});

test('an unknown field is told with its path and what may be meant', () => {
  expect(messages({ port: [], destinations: [] }, 'spec.ingress[0]')).toEqual([
    'field `spec.ingress[0].port` is unknown and has no effect; did you mean `ports`',
    'field `spec.ingress[0].destinations` is unknown and has no effect',
  ]);
  expect(messages({ x: null }, '')).toEqual(['field `x` is unknown and has no effect']);
});

test('around the spec of an object everything is known that any version has', () => {
  const told: string[] = [];
  const metadata = { name: 'a', uid: '1', managedFields: [], nmae: 'a' };
  const object = { apiVersion: 'v1', kind: 'X', metadata, spec: {}, status: {}, sepc: {} };
  const document = { file: 'a.yaml', document: 1, line: 1, object, lineOf: () => 1 };

  checkObjectFields(
    readingOf(document, undefined, ({ message }) => told.push(message)),
    object,
  );

  expect(told).toEqual([
    'field `sepc` is unknown and has no effect; did you mean `spec`',
    'field `metadata.nmae` is unknown and has no effect; did you mean `name`',
  ]);
});
