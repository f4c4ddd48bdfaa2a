import fc from 'fast-check';
import { type Expression, printExpression } from '../../../src/ingest/calico/selector-expression';
import { describeProblem, parseSelector } from '../../../src/ingest/calico/selector-parser';

function parsed(text: string): Expression {
  const answer = parseSelector(text);
  if (answer.kind === 'problem') throw new Error(describeProblem(answer.problem));
  return answer.expression;
}

function problemOf(text: string): string {
  const answer = parseSelector(text);
  return answer.kind === 'problem' ? describeProblem(answer.problem) : 'none';
}

/** Canonical texts as Calico's own parser tests have them. */
test.each([
  ['', 'all()'],
  [' all() ', 'all()'],
  [' (all() )', 'all()'],
  ['! (has( b)||! has(a ))', '!(has(b) || !has(a))'],
  ['! (a == "b"&&! c != "d")', '!(a == "b" && !c != "d")'],
  [`a == "'"`, `a == "'"`],
  [`a == '"'`, `a == '"'`],
  [`a startswith '"'`, `a starts with '"'`],
  [`a endswith "'"`, `a ends with "'"`],
  [`a in {"z", "z", "x", "y", "x", "a"}`, `a in {"a", "x", "y", "z"}`],
  ["a notin {'b',}", 'a not in {"b"}'],
  ['a in {}', 'a in {}'],
  ['!!has(a)', 'has(a)'],
  ['!!! has(a)', '!has(a)'],
  ['!(!has(a))', 'has(a)'],
  ["!(k == 'v')", '!k == "v"'],
  ["a == '1' && b == '2' || c == '3' && d == '4'", '((a == "1" && b == "2") || (c == "3" && d == "4"))'],
  ["(a == '1' || b == '2') && c == '3'", '((a == "1" || b == "2") && c == "3")'],
  ["a == '1' && (b == '2' && c == '3')", '(a == "1" && (b == "2" && c == "3"))'],
  ['global()', 'global()'],
])('%j is printed as %s', (text, canonical) => {
  expect(printExpression(parsed(text))).toBe(canonical);
  expect(printExpression(parsed(canonical))).toBe(canonical);
});

test.each([
  ['b == b', 'at character 6, a text in quotes is expected'],
  ['b contains b', 'at character 12, a text in quotes is expected'],
  ["'b1' == b", 'at character 1, a label key, `has(…)`, `all()`, `global()`, `!` or `(` is expected'],
  ['b', 'at character 2, an operator (`==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with`) is expected'],
  ['a &&', 'at character 3, an operator'],
  ['!', 'at character 2, a label key'],
  ['foo != ||', 'at character 8, a text in quotes'],
  ['foo in {"", ||', 'at character 13, a text in quotes or `}`'],
  ['foo in {"" ""}', 'at character 12, `,` or `}`'],
  ['foo in {,}', 'at character 9, a text in quotes or `}`'],
  ['foo in ""', 'at character 8, `{`'],
  ['(', 'at character 2, a label key'],
  ['(a == "foo"', 'at character 12, `)`, `&&` or `||`'],
  [')', 'at character 1, a label key'],
  ['()', 'at character 2, a label key'],
  ['has(foo) &&', 'at character 12, a label key'],
  ['has(a) has(b)', 'at character 8, `&&`, `||` or the end of the selector'],
  ['a in "x"', 'at character 6, `{`'],
])('%j is refused: %s', (text, problem) => {
  expect(problemOf(text)).toContain(problem);
});

const key = fc.stringMatching(/^[a-zA-Z0-9_./-]{1,20}$/);
const value = fc.stringMatching(/^[a-z"\n ()&|!{},=]{0,10}$/);
const expression: fc.Arbitrary<Expression> = fc.letrec<{ readonly any: Expression; readonly positive: Expression }>((tie) => ({
  any: fc.oneof({ depthSize: 'small' }, tie('positive'), fc.record({ kind: fc.constant('not' as const), of: tie('positive') })),
  positive: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ kind: fc.constantFrom('all' as const, 'global' as const) }),
    fc.record({ kind: fc.constant('has' as const), key }),
    fc.record({
      kind: fc.constant('compare' as const),
      key,
      operator: fc.constantFrom('==' as const, '!=' as const, 'contains' as const, 'starts with' as const, 'ends with' as const),
      value,
    }),
    fc.record({
      kind: fc.constant('member' as const),
      key,
      operator: fc.constantFrom('in' as const, 'not in' as const),
      values: fc.uniqueArray(value, { maxLength: 4 }).map((values) => values.sort()),
    }),
    fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), of: fc.array(tie('any'), { minLength: 2, maxLength: 4 }) }),
  ),
})).any;

test('what is printed reads back as it was', () => {
  fc.assert(
    fc.property(expression, (written) => {
      expect(parsed(printExpression(written))).toEqual(written);
    }),
  );
});

test('any text is a selector or a problem inside it, and never an exception', () => {
  const words = fc.constantFrom(
    'a',
    'has(',
    'all()',
    'global()',
    ' ',
    '\t',
    '\n',
    '!',
    '==',
    '!=',
    '=',
    '&&',
    '&',
    '||',
    '(',
    ')',
    '{',
    '}',
    ',',
    "'x'",
    '"',
    "'",
    'in',
    'not',
    'contains',
    'starts',
    'with',
    'é',
    '\u0000',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const answer = parseSelector(text);
      if (answer.kind === 'problem') {
        expect(answer.problem.at).toBeGreaterThanOrEqual(0);
        expect(answer.problem.at).toBeLessThanOrEqual(text.length);
        expect(answer.problem.expected).not.toBe('');
      } else {
        expect(parsed(printExpression(answer.expression))).toEqual(answer.expression);
      }
    }),
    { numRuns: 2000 },
  );
});

describe('however long and deep', () => {
  test.each([
    ['500 parentheses', `${'('.repeat(500)}has(a)${')'.repeat(500)}`, 'has(a)'],
    ['340 negations', `${'!('.repeat(340)}has(a)${')'.repeat(340)}`, 'has(a)'],
    ['a thousand exclamation marks', `${'!'.repeat(1001)}has(a)`, '!has(a)'],
  ])('%s are read', (_case, text, canonical) => {
    expect(printExpression(parsed(text))).toBe(canonical);
  });

  test('more nesting than a selector of Calico can hold is refused, and not at the cost of the stack', () => {
    expect(problemOf('('.repeat(100_000))).toBe('at character 601, a selector with at most 600 parentheses inside each other is expected');
  });

  test('a million characters are read', () => {
    const text = Array.from({ length: 100_000 }, (_, index) => `k${index % 10} == 'v'`).join(' || ');
    expect(parsed(text)).toMatchObject({ kind: 'or', of: { length: 100_000 } });
  });
});
