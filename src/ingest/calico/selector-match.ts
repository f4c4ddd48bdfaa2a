import { allOf, anyOf, isTrue, type Match, maybe, not, type Unknown, YES } from '../../model/match';
import { assertNever } from '../../util/invariant';
import type { Expression } from './selector-expression';

/** The labels of one network set or host endpoint, own and inherited, in Calico's one flat list. */
export interface FlatLabels {
  readonly values: ReadonlyMap<string, string>;
  /** Why a key that is not among the values may be there all the same; undefined where it is certainly absent. */
  readonly unknown: (key: string) => Unknown | undefined;
}

/** Does the selector hold for these labels? As libcalico-go/lib/selector/parser/ast.go evaluates it. */
export function matchExpression(expression: Expression, labels: FlatLabels): Match {
  switch (expression.kind) {
    case 'all':
    case 'global':
      return YES;
    case 'has':
    case 'compare':
    case 'member': {
      const value = labels.values.get(expression.key);
      const unknown = value === undefined ? labels.unknown(expression.key) : undefined;
      return unknown ? maybe(unknown) : isTrue(testValue(expression, value));
    }
    case 'not':
      return not(matchExpression(expression.of, labels));
    case 'and':
      return allOf(expression.of.map((part) => matchExpression(part, labels)));
    case 'or':
      return anyOf(expression.of.map((part) => matchExpression(part, labels)));
    default:
      return assertNever(expression);
  }
}

type LabelExpression = Extract<Expression, { readonly kind: 'has' | 'compare' | 'member' }>;

/** Only `!=` and `not in` hold for a label that is not there. */
function testValue(expression: LabelExpression, value: string | undefined): boolean {
  switch (expression.kind) {
    case 'has':
      return value !== undefined;
    case 'member':
      return (value !== undefined && expression.values.includes(value)) === (expression.operator === 'in');
    case 'compare':
      return compareValue(expression, value);
    default:
      return assertNever(expression);
  }
}

function compareValue({ operator, value: text }: Extract<Expression, { readonly kind: 'compare' }>, value: string | undefined): boolean {
  switch (operator) {
    case '==':
      return value === text;
    case '!=':
      return value !== text;
    case 'contains':
      return value?.includes(text) ?? false;
    case 'starts with':
      return value?.startsWith(text) ?? false;
    case 'ends with':
      return value?.endsWith(text) ?? false;
    default:
      return assertNever(operator);
  }
}

/** A label that everything which the selector chooses certainly has, with the values that it may have; undefined where there is none. */
export function requiredLabel(expression: Expression): { readonly key: string; readonly values: readonly string[] } | undefined {
  switch (expression.kind) {
    case 'compare':
      return expression.operator === '==' ? { key: expression.key, values: [expression.value] } : undefined;
    case 'member':
      return expression.operator === 'in' ? expression : undefined;
    case 'and':
      for (const part of expression.of) {
        const required = requiredLabel(part);
        if (required) return required;
      }
      return undefined;
    default:
      return undefined;
  }
}
