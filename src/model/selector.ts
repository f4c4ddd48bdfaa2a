import { assertNever } from '../util/invariant';
import { allOf, anyOf, isTrue, type Match, maybe, NO, not, YES } from './match';

/**
 * Labels of one object as far as the input tells them.
 * INVARIANT: read `values` with `Object.hasOwn` only; keys are the user's and may be `constructor` or `__proto__`.
 */
export interface LabelSet {
  readonly values: Readonly<Record<string, string>>;
  /** Keys that are certainly present, with a value that the input does not tell (such as `pod-template-hash` of a template's pods). */
  readonly unknownKeys: readonly string[];
  /** False when other labels may exist beside these: an object that is named but not in the input. */
  readonly complete: boolean;
}

export type LabelTest =
  | { readonly operator: 'in'; readonly values: readonly string[] }
  | { readonly operator: 'notIn'; readonly values: readonly string[] }
  | { readonly operator: 'exists' }
  | { readonly operator: 'doesNotExist' };

/** Predicate over endpoints: the one selector language that Kubernetes' and Calico's are lowered into. */
export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and'; readonly of: readonly Selector[] }
  | { readonly kind: 'or'; readonly of: readonly Selector[] }
  | { readonly kind: 'not'; readonly of: Selector }
  /** Tests the endpoint's own labels, or those of its namespace. An endpoint without a namespace (a node) has no namespace labels. */
  | { readonly kind: 'label'; readonly owner: 'endpoint' | 'namespace'; readonly key: string; readonly test: LabelTest }
  /** The endpoint lives in one of these namespaces. */
  | { readonly kind: 'inNamespace'; readonly names: readonly string[] }
  /** `pod`: has a network namespace of its own. `host`: shares the node's (nodes and hostNetwork pods). */
  | { readonly kind: 'network'; readonly network: 'pod' | 'host' };

/** What a selector looks at. */
export interface SelectorSubject {
  readonly labels: LabelSet;
  readonly network: 'pod' | 'host';
  readonly namespace?: { readonly name: string; readonly labels: LabelSet };
}

export const NO_LABELS: LabelSet = Object.freeze({ values: Object.freeze({}), unknownKeys: Object.freeze([]), complete: true });

/** Does the selector choose this endpoint? Kubernetes' operators: `notIn` and `doesNotExist` hold for an absent key. */
export function matchSelector(selector: Selector, subject: SelectorSubject): Match {
  switch (selector.kind) {
    case 'all':
      return YES;
    case 'none':
      return NO;
    case 'and':
      return allOf(selector.of.map((part) => matchSelector(part, subject)));
    case 'or':
      return anyOf(selector.of.map((part) => matchSelector(part, subject)));
    case 'not':
      return not(matchSelector(selector.of, subject));
    case 'inNamespace':
      return isTrue(subject.namespace !== undefined && selector.names.includes(subject.namespace.name));
    case 'network':
      return isTrue(selector.network === subject.network);
    case 'label': {
      const labels = selector.owner === 'endpoint' ? subject.labels : (subject.namespace?.labels ?? NO_LABELS);
      const match = matchLabel(selector.key, selector.test, labels);
      if (match !== 'maybe') return isTrue(match);
      return selector.owner === 'namespace'
        ? maybe({ kind: 'namespace-labels', text: `label \`${selector.key}\` of namespace \`${subject.namespace?.name}\`, which is not in the input` })
        : maybe({ kind: 'pod-labels', text: `the value of label \`${selector.key}\`, which a controller sets` });
    }
    default:
      return assertNever(selector);
  }
}

function matchLabel(key: string, test: LabelTest, labels: LabelSet): boolean | 'maybe' {
  const value = Object.hasOwn(labels.values, key) ? labels.values[key] : undefined;
  if (value === undefined) {
    if (labels.unknownKeys.includes(key)) {
      if (test.operator === 'exists') return true;
      return test.operator === 'doesNotExist' ? false : 'maybe';
    }
    if (!labels.complete) return 'maybe';
  }
  switch (test.operator) {
    case 'in':
      return value !== undefined && test.values.includes(value);
    case 'notIn':
      return value === undefined || !test.values.includes(value);
    case 'exists':
      return value !== undefined;
    case 'doesNotExist':
      return value === undefined;
    default:
      return assertNever(test);
  }
}
