import { type Expression, keysOf, negationOf, printExpression, withKeys } from '../../../src/ingest/calico/selector-expression';

const A: Expression = { kind: 'has', key: 'a' };

test('the negation of a negation is what was negated', () => {
  expect(negationOf(A)).toEqual({ kind: 'not', of: A });
  expect(negationOf(negationOf(A))).toBe(A);
});

test('a text is printed in the quotes that it does not hold', () => {
  const print = (value: string) => printExpression({ kind: 'compare', key: 'k', operator: '==', value });

  expect(print(`it's`)).toBe(`k == "it's"`);
  expect(print('say "x"')).toBe(`k == 'say "x"'`);
});

test('keys are renamed wherever they stand, and values are not', () => {
  const all: Expression = {
    kind: 'and',
    of: [
      A,
      { kind: 'not', of: { kind: 'compare', key: 'b', operator: '!=', value: 'a' } },
      { kind: 'or', of: [{ kind: 'member', key: 'c', operator: 'in', values: ['a'] }, { kind: 'all' }, { kind: 'global' }] },
    ],
  };

  expect(printExpression(withKeys(all, (key) => `pcns.${key}`))).toBe(
    '(has(pcns.a) && !pcns.b != "a" && (pcns.c in {"a"} || all() || global()))',
  );
  expect([...keysOf(all)]).toEqual(['a', 'b', 'c']);
});
