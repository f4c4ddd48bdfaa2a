import { flagIn, integerIn, listIn, mappingIn, mappingsIn, type Reading, readingOf, textIn, typeName } from '../../src/ingest/reading';
import type { Diagnostic } from '../../src/model/diagnostic';

function readingWith(): { readonly reading: Reading; readonly told: Diagnostic[] } {
  const told: Diagnostic[] = [];
  const document = { file: 'a.yaml', document: 2, line: 3, object: {}, lineOf: () => 8 };
  return { reading: readingOf(document, 'shop/web[Pod]', (diagnostic) => told.push(diagnostic)), told };
}

type Read = (reading: Reading, parent: Record<string, unknown>, name: string, path: string) => unknown;

test.each<[string, Read, unknown, unknown, string | undefined]>([
  ['a mapping', mappingIn, { a: 1 }, { a: 1 }, undefined],
  ['a list where a mapping belongs', mappingIn, [], undefined, '`spec.x` is a list where a mapping belongs'],
  ['a list', listIn, [1], [1], undefined],
  ['text where a list belongs', listIn, 'a', undefined, '`spec.x` is text where a list belongs'],
  ['text', textIn, '', '', undefined],
  ['a number where text belongs counts as its text', textIn, 1.5, '1.5', '`spec.x` is a number where text belongs'],
  ['a boolean where text belongs counts as its text', textIn, true, 'true', '`spec.x` is a boolean where text belongs'],
  ['a mapping where text belongs', textIn, {}, undefined, '`spec.x` is a mapping where text belongs'],
  ['an integer', integerIn, 0, 0, undefined],
  ['a fraction where an integer belongs', integerIn, 0.5, undefined, '`spec.x` is a number where an integer belongs'],
  ['a flag', flagIn, false, false, undefined],
  ['text where a flag belongs', flagIn, 'true', undefined, '`spec.x` is text where `true` or `false` belongs'],
])('%s', (_case, read, value, expected, message) => {
  const { reading, told } = readingWith();

  expect(read(reading, { x: value }, 'x', 'spec')).toEqual(expected);
  expect(told.map((diagnostic) => diagnostic.message)).toEqual(message === undefined ? [] : [message]);
});

test.each<[string, Read]>([
  ['mapping', mappingIn],
  ['list', listIn],
  ['text', textIn],
  ['integer', integerIn],
  ['flag', flagIn],
])('a null %s is an absent one', (_type, read) => {
  const { reading, told } = readingWith();

  expect([read(reading, { x: null }, 'x', 'spec'), read(reading, {}, 'x', 'spec')]).toEqual([undefined, undefined]);
  expect(told).toEqual([]);
});

test('entries of a list that are no mappings are told and left out', () => {
  const { reading, told } = readingWith();

  expect(mappingsIn(reading, { x: [{ a: 1 }, null, 'b', []] }, 'x', 'spec')).toEqual([{ a: 1 }]);
  expect(told).toHaveLength(3);
});

test('a problem says whose it is and where: in the node, or in the document', () => {
  const { reading, told } = readingWith();

  reading.report('bad-port', 'no port', {});
  reading.report('bad-port', 'no port');

  expect(told).toEqual([
    {
      code: 'bad-port',
      severity: 'warning',
      message: 'no port',
      source: { file: 'a.yaml', document: 2, line: 8 },
      resource: 'shop/web[Pod]',
    },
    {
      code: 'bad-port',
      severity: 'warning',
      message: 'no port',
      source: { file: 'a.yaml', document: 2, line: 3 },
      resource: 'shop/web[Pod]',
    },
  ]);
});

test('values have names for messages, never their content', () => {
  expect([null, undefined, [], {}, 'secret', 1, true].map(typeName)).toEqual([
    'empty',
    'empty',
    'a list',
    'a mapping',
    'text',
    'a number',
    'a boolean',
  ]);
});
