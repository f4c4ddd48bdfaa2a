import { compareText } from '../../util/order';
import { type Comparison, type Expression, negationOf } from './selector-expression';
import { OPERATORS_EXPECTED, type SelectorProblem, type Token, tokensOf } from './selector-tokens';

/*
 * Grammar (libcalico-go/lib/selector/parser/parser.go); `!` binds tighter than `&&`, and that tighter than `||`.
 *
 *   selector   = [ or ]                                              nothing at all: everything
 *   or         = and { "||" and }
 *   and        = operation { "&&" operation }
 *   operation  = { "!" } ( "(" or ")" | "has(" KEY ")" | "all()" | "global()" | KEY comparison TEXT | KEY ("in" | "not in") set )
 *   set        = "{" [ TEXT { "," TEXT } [ "," ] ] "}"
 */

/** What a text means, or where it goes wrong. */
export type ParsedSelector =
  | { readonly kind: 'selector'; readonly expression: Expression }
  | { readonly kind: 'problem'; readonly problem: SelectorProblem };

/** More than 1,024 characters can nest, which is as long as Calico lets a selector be. */
export const DEEPEST_NESTING = 600;

const COMPARISONS: ReadonlySet<string> = new Set<Comparison>(['==', '!=', 'contains', 'starts with', 'ends with']);

/** Leaves the parser; never leaves this file. */
class Unexpected extends Error {
  constructor(readonly problem: SelectorProblem) {
    super(problem.expected);
  }
}

/** Reads a selector. Answers where it goes wrong instead of throwing. */
export function parseSelector(text: string): ParsedSelector {
  const tokens = tokensOf(text);
  if ('expected' in tokens) return { kind: 'problem', problem: tokens };
  if (tokens.length === 1) return { kind: 'selector', expression: { kind: 'all' } };
  try {
    return { kind: 'selector', expression: expressionOf(tokens) };
  } catch (error) {
    if (error instanceof Unexpected) return { kind: 'problem', problem: error.problem };
    throw error;
  }
}

/** `at character 9, … is expected`. */
export function describeProblem({ at, expected }: SelectorProblem): string {
  return `at character ${at + 1}, ${expected} is expected`;
}

function expressionOf(tokens: readonly Token[]): Expression {
  let next = 0;
  let depth = 0;
  const peek = () => tokens[next]!;
  const take = () => tokens[next++]!;
  const fail = (expected: string): never => {
    throw new Unexpected({ at: peek().at, expected });
  };
  const expect = (kind: Token['kind'], expected: string): Token => (peek().kind === kind ? take() : fail(expected));

  const chain = (kind: 'and' | 'or', sign: Token['kind'], part: () => Expression): Expression => {
    const parts = [part()];
    while (peek().kind === sign) {
      next++;
      parts.push(part());
    }
    return parts.length === 1 ? parts[0]! : { kind, of: parts };
  };
  const or = (): Expression => chain('or', '||', and);
  const and = (): Expression => chain('and', '&&', operation);

  const operation = (): Expression => {
    let isNegated = false;
    while (peek().kind === '!') {
      next++;
      isNegated = !isNegated;
    }
    const positive = atom();
    return isNegated ? negationOf(positive) : positive;
  };
  const atom = (): Expression => {
    const { kind, value } = peek();
    switch (kind) {
      case 'has':
        next++;
        return { kind, key: value };
      case 'all':
      case 'global':
        next++;
        return { kind };
      case 'key':
        next++;
        return comparison(value);
      case '(': {
        if (++depth > DEEPEST_NESTING) fail(`a selector with at most ${DEEPEST_NESTING} parentheses inside each other`);
        next++;
        const inner = or();
        expect(')', '`)`, `&&` or `||`');
        depth--;
        return inner;
      }
      default:
        return fail('a label key, `has(…)`, `all()`, `global()`, `!` or `(`');
    }
  };
  const comparison = (key: string): Expression => {
    const { kind } = peek();
    if (kind === 'in' || kind === 'not in') {
      next++;
      return { kind: 'member', key, operator: kind, values: set() };
    }
    if (!COMPARISONS.has(kind)) fail(OPERATORS_EXPECTED);
    next++;
    return { kind: 'compare', key, operator: kind as Comparison, value: expect('text', 'a text in quotes').value };
  };
  const set = (): readonly string[] => {
    expect('{', '`{`');
    const values = new Set<string>();
    while (peek().kind === 'text') {
      values.add(take().value);
      if (peek().kind !== ',') break;
      next++;
    }
    expect('}', peek().kind === 'text' ? '`,` or `}`' : 'a text in quotes or `}`');
    return [...values].sort(compareText);
  };

  const expression = or();
  expect('end', '`&&`, `||` or the end of the selector');
  return expression;
}
