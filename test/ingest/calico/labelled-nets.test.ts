import fc from 'fast-check';
import { type LabelledNets, labelledIndex } from '../../../src/ingest/calico/labelled-nets';
import type { Expression } from '../../../src/ingest/calico/selector-expression';
import { matchExpression } from '../../../src/ingest/calico/selector-match';
import { parseSelector } from '../../../src/ingest/calico/selector-parser';

function labelled(name: string, labels: Readonly<Record<string, string>>, unknownKeys: readonly string[] = []): LabelledNets {
  const unknown = (key: string) => (unknownKeys.includes(key) ? ({ kind: 'namespace-labels', text: key } as const) : undefined);
  return { name, labels: { values: new Map(Object.entries(labels)), unknown }, isComplete: unknownKeys.length === 0, nets: [], ports: [] };
}

function expressionOf(text: string): Expression {
  const parsed = parseSelector(text);
  if (parsed.kind === 'problem') throw new Error(text);
  return parsed.expression;
}

const SETS = [
  labelled('a', { role: 'x' }),
  labelled('b', { role: 'y', zone: '1' }),
  labelled('c', {}),
  labelled('d', { role: 'x' }, ['zone']),
];

test.each([
  ["role == 'x'", ['a', 'd']],
  ["role in {'y', 'x'}", ['a', 'b', 'd']],
  ["role != 'x'", ['b', 'c']],
  ["role == 'x' && zone == '1'", ['d?']],
  ["zone == '1'", ['b', 'd?']],
  ['all()', ['a', 'b', 'c', 'd']],
  ["role == 'z'", []],
])('%s chooses %j', (text, names) => {
  const found = labelledIndex(SETS)(expressionOf(text)).map(({ labelled: { name }, unknowns }) => name + (unknowns.length > 0 ? '?' : ''));
  expect(found).toEqual(names);
});

test('the index finds what a look at each of them finds', () => {
  const value = fc.constantFrom('1', '2');
  const set = fc
    .tuple(fc.dictionary(fc.constantFrom('a', 'b'), value), fc.subarray(['c']))
    .map(([labels, unknown]) => labelled('', labels, unknown));
  const term = fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('==', '!='), value)
    .map(([key, operator, text]) => `${key} ${operator} '${text}'`);
  const text = fc
    .array(term, { minLength: 1, maxLength: 3 })
    .chain((terms) => fc.constantFrom(terms.join(' && '), terms.join(' || '), `!(${terms.join(' && ')})`));
  fc.assert(
    fc.property(fc.array(set, { maxLength: 6 }), text, (sets, written) => {
      const expression = expressionOf(written);
      const expected = sets.filter(({ labels }) => matchExpression(expression, labels).truth !== 'no');
      expect(labelledIndex(sets)(expression).map((match) => match.labelled)).toEqual(expected);
    }),
  );
});
