import { assertNever } from '../../util/invariant';

/** A Calico selector as its grammar sees it: labels are one flat list, whoever they come from. */
export type Expression =
  | { readonly kind: 'all' | 'global' }
  | { readonly kind: 'has'; readonly key: string }
  | { readonly kind: 'compare'; readonly key: string; readonly operator: Comparison; readonly value: string }
  /** Values are distinct and in order; an empty list is in no set, hence `in` it holds for nothing. */
  | { readonly kind: 'member'; readonly key: string; readonly operator: 'in' | 'not in'; readonly values: readonly string[] }
  /** INVARIANT: never of a `not`, which would say nothing. */
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Expression[] };

/** How a label is compared with one text. */
export type Comparison = '==' | '!=' | 'contains' | 'starts with' | 'ends with';

/** What holds exactly where the other does not. */
export function negationOf(expression: Expression): Expression {
  return expression.kind === 'not' ? expression.of : { kind: 'not', of: expression };
}

/** The one text of a selector, however it was written; reading it gives the same expression. As Calico prints it (libcalico-go/lib/selector/parser/ast.go). */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'all':
    case 'global':
      return `${expression.kind}()`;
    case 'has':
      return `has(${expression.key})`;
    case 'compare':
      return `${expression.key} ${expression.operator} ${quoted(expression.value)}`;
    case 'member':
      return `${expression.key} ${expression.operator} {${expression.values.map(quoted).join(', ')}}`;
    case 'not':
      return `!${printExpression(expression.of)}`;
    case 'and':
    case 'or':
      return `(${expression.of.map(printExpression).join(expression.kind === 'and' ? ' && ' : ' || ')})`;
    default:
      return assertNever(expression);
  }
}

/** No text holds both quotes: it ends at the next one like its first. */
function quoted(text: string): string {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

/** The same selector over other labels. */
export function withKeys(expression: Expression, rename: (key: string) => string): Expression {
  switch (expression.kind) {
    case 'all':
    case 'global':
      return expression;
    case 'has':
    case 'compare':
    case 'member':
      return { ...expression, key: rename(expression.key) };
    case 'not':
      return { kind: 'not', of: withKeys(expression.of, rename) };
    case 'and':
    case 'or':
      return { kind: expression.kind, of: expression.of.map((part) => withKeys(part, rename)) };
    default:
      return assertNever(expression);
  }
}

/** The labels that a selector looks at. */
export function keysOf(expression: Expression): ReadonlySet<string> {
  const keys = new Set<string>();
  withKeys(expression, (key) => {
    keys.add(key);
    return key;
  });
  return keys;
}
