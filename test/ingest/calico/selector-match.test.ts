import type { Expression } from '../../../src/ingest/calico/selector-expression';
import { type FlatLabels, matchExpression, requiredLabel } from '../../../src/ingest/calico/selector-match';
import { parseSelector } from '../../../src/ingest/calico/selector-parser';

function expressionOf(text: string): Expression {
  const parsed = parseSelector(text);
  if (parsed.kind === 'problem') throw new Error(parsed.problem.expected);
  return parsed.expression;
}

function flat(values: Readonly<Record<string, string>>, unknownKeys: readonly string[] = []): FlatLabels {
  return {
    values: new Map(Object.entries(values)),
    unknown: (key) => (unknownKeys.includes(key) ? { kind: 'namespace-labels', text: `label ${key}` } : undefined),
  };
}

/** Rows as in Calico's own parser tests: a selector, labels that fit, labels that do not. */
test.each([
  ['a == "b"', { a: 'b', c: 'd' }, { a: 'c' }],
  ['a == "b"', { a: 'b' }, {}],
  ['a != "b"', {}, { a: 'b' }],
  ['a in {"b", "c"}', { a: 'c' }, {}],
  ['a in {}', undefined, { a: '' }],
  ['a not in {"b"}', {}, { a: 'b' }],
  ['a not in {}', { a: 'x' }, undefined],
  ['has(a)', { a: '' }, { b: 'a' }],
  ['a contains "b"', { a: 'abc' }, {}],
  ['a contains ""', { a: '' }, {}],
  ['a starts with "a"', { a: 'abb' }, { a: 'baa' }],
  ['a ends with "a"', { a: 'bba' }, { a: 'aab' }],
  ['all()', {}, undefined],
  ['global()', { a: 'b' }, undefined],
  ['!(has(b) || !has(a))', { a: 'a' }, { a: 'a', b: 'b' }],
  ['a == "1" && b != "2"', { a: '1' }, { a: '1', b: '2' }],
])('%s', (text, fits, misses) => {
  if (fits) expect(matchExpression(expressionOf(text), flat(fits)).truth).toBe('yes');
  if (misses) expect(matchExpression(expressionOf(text), flat(misses)).truth).toBe('no');
});

test('a label that the input does not tell leaves it open, and says why', () => {
  const match = matchExpression(expressionOf('pcns.zone == "x" && has(a)'), flat({ a: '1' }, ['pcns.zone']));

  expect(match).toEqual({ truth: 'maybe', unknowns: [{ kind: 'namespace-labels', text: 'label pcns.zone' }] });
  expect(matchExpression(expressionOf('pcns.zone == "x" && has(b)'), flat({ a: '1' }, ['pcns.zone'])).truth).toBe('no');
});

test.each([
  ['a == "b"', { key: 'a', values: ['b'] }],
  ['a in {"b", "c"}', { key: 'a', values: ['b', 'c'] }],
  ['has(x) && a == "b" && c == "d"', { key: 'a', values: ['b'] }],
  ['has(x) && (has(y) && a == "b")', { key: 'a', values: ['b'] }],
  ['a != "b"', undefined],
  ['a == "b" || c == "d"', undefined],
  ['!a == "b"', undefined],
  ['has(a)', undefined],
  ['all()', undefined],
])('%s requires %j', (text, required) => {
  const found = requiredLabel(expressionOf(text));
  expect(found && { key: found.key, values: found.values }).toEqual(required);
});
