import { annotationsIn, annotationsOf, parsedJson } from '../../../src/ingest/kubernetes/annotations';
import { readingOfObject } from '../../support/calico';

function annotations(metadata: unknown) {
  const { reading, problems } = readingOfObject({ metadata });
  return { read: annotationsOf(reading), problems };
}

test('an annotation is its text', () => {
  const { read, problems } = annotations({ annotations: { a: 'x', b: '' } });

  expect(['a', 'b', 'c'].map(read)).toEqual(['x', '', undefined]);
  expect(problems).toEqual([]);
});

test.each([
  ['a boolean', true, 'true'],
  ['a number', 0, '0'],
  ['a list', ['x'], undefined],
])('%s is told, once, when it is asked for', (_case, value, text) => {
  const { read, problems } = annotations({ annotations: { a: value, other: 1 } });

  expect([read('a'), read('a')]).toEqual([text, text]);
  expect(problems).toEqual([expect.stringContaining('wrong-type annotation `a`')]);
});

test.each([
  ['no metadata', undefined],
  ['a list of annotations', { annotations: ['a'] }],
  ['an empty annotation', { annotations: { a: null } }],
])('%s has none', (_case, metadata) => {
  const { read, problems } = annotations(metadata);

  expect([read('a'), read('0'), read('length')]).toEqual([undefined, undefined, undefined]);
  expect(problems).toEqual([]);
});

test('what every object inherits is no annotation, and a key may be called like it', () => {
  const { reading } = readingOfObject({});
  const own = JSON.parse('{"__proto__": "x"}') as unknown;

  expect(annotationsIn(reading, {}, 'metadata.annotations')('constructor')).toBeUndefined();
  expect(annotationsIn(reading, own, 'metadata.annotations')('__proto__')).toBe('x');
});

test('JSON in an annotation is its value, and anything else is nothing', () => {
  expect(parsedJson('[{"HTTPS": 443}]')).toEqual([{ HTTPS: 443 }]);
  expect([parsedJson('{'), parsedJson('')]).toEqual([undefined, undefined]);
});
