import { assertNever } from '../util/invariant';
import { allOf, anyOf, isTrue, type Match, maybe, NO, not, type Unknown, YES } from './match';

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
  | { readonly operator: 'doesNotExist' }
  /** Present, and the value contains, starts or ends with the text; the empty text is in every value. */
  | { readonly operator: 'contains' | 'startsWith' | 'endsWith'; readonly text: string };

/** Whose labels a selector tests; `automatic` are those that Calico gives each pod, and one for profiles (see `automaticLabels`). */
export type LabelOwner = 'endpoint' | 'namespace' | 'serviceAccount' | 'automatic';

/** Predicate over endpoints: the one selector language that Kubernetes' and Calico's are lowered into. */
export type Selector =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'and'; readonly of: readonly Selector[] }
  | { readonly kind: 'or'; readonly of: readonly Selector[] }
  | { readonly kind: 'not'; readonly of: Selector }
  /** Tests the labels of the endpoint itself, of its namespace or of its service account. An endpoint without one of these has no such labels. */
  | { readonly kind: 'label'; readonly owner: LabelOwner; readonly key: string; readonly test: LabelTest }
  /** The endpoint lives in one of these namespaces. */
  | { readonly kind: 'inNamespace'; readonly names: readonly string[] }
  /** `pod`: has a network namespace of its own. `host`: shares the node's (nodes and hostNetwork pods). */
  | { readonly kind: 'network'; readonly network: 'pod' | 'host' };

/** What a selector looks at. */
export interface SelectorSubject {
  readonly labels: LabelSet;
  readonly network: 'pod' | 'host';
  readonly namespace?: { readonly name: string; readonly labels: LabelSet; readonly profiles?: readonly string[] } | undefined;
  /** Where they are not those of the namespace. */
  readonly profiles?: readonly string[] | undefined;
  readonly serviceAccount?: string | undefined;
  /** Absent where nobody asks for them: an endpoint without a service account, or an input without its object's labels. */
  readonly serviceAccountLabels?: LabelSet | undefined;
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
      const match = matchLabel(selector.key, selector.test, labelsOf(subject, selector.owner));
      if (match !== 'maybe') return isTrue(match);
      return maybe(unknownLabel(selector.owner, selector.key, subject));
    }
    default:
      return assertNever(selector);
  }
}

/** Names of the only namespaces in which the selector can choose anything; undefined when there is no such bound. */
export function namespacesNamedBy(selector: Selector): ReadonlySet<string> | undefined {
  switch (selector.kind) {
    case 'none':
      return new Set();
    case 'inNamespace':
      return new Set(selector.names);
    case 'and': {
      const [first, ...others] = selector.of.map(namespacesNamedBy).filter((names) => names !== undefined);
      return first && new Set([...first].filter((name) => others.every((names) => names.has(name))));
    }
    case 'or': {
      const bounds = selector.of.map(namespacesNamedBy);
      return bounds.includes(undefined) ? undefined : new Set(bounds.flatMap((names) => [...names!]));
    }
    default:
      return undefined;
  }
}

function labelsOf(subject: SelectorSubject, owner: LabelOwner): LabelSet {
  switch (owner) {
    case 'endpoint':
      return subject.labels;
    case 'namespace':
      return subject.namespace?.labels ?? NO_LABELS;
    case 'serviceAccount':
      return subject.serviceAccountLabels ?? NO_LABELS;
    case 'automatic':
      return automaticLabels(subject);
    default:
      return assertNever(owner);
  }
}

/** The label of our own that holds the profiles of an endpoint; nobody's selector can name it. */
export const PROFILES_LABEL = '(profiles)';

/** The value that such a list has there: another one for every other list. */
export function profilesValue(profiles: readonly string[]): string {
  return JSON.stringify(profiles);
}

/**
 * The labels of a pod that Calico makes up itself (libcalico-go/lib/backend/k8s/conversion/workload_endpoint_default.go); hosts have none. Beside them its
 * profiles, and those of a host endpoint, where they do something else than to allow everything.
 */
export function automaticLabels({ network, namespace, serviceAccount, profiles }: SelectorSubject): LabelSet {
  if (network === 'host' || !namespace) {
    return profiles ? { ...NO_LABELS, values: { [PROFILES_LABEL]: profilesValue(profiles) } } : NO_LABELS;
  }
  const named = profiles ?? namespace.profiles;
  const values = {
    'projectcalico.org/namespace': namespace.name,
    'projectcalico.org/orchestrator': 'k8s',
    ...(serviceAccount !== undefined && { 'projectcalico.org/serviceaccount': serviceAccount }),
    ...(named && { [PROFILES_LABEL]: profilesValue(named) }),
  };
  return { values, unknownKeys: [], complete: true };
}

function unknownLabel(owner: LabelOwner, key: string, { namespace, serviceAccount }: SelectorSubject): Unknown {
  switch (owner) {
    case 'namespace':
      return { kind: 'namespace-labels', text: `label \`${key}\` of namespace \`${namespace?.name}\`, which is not in the input` };
    case 'serviceAccount':
      return {
        kind: 'account-labels',
        text: `label \`${key}\` of service account \`${namespace?.name}/${serviceAccount}\`, which is not in the input`,
      };
    default:
      return { kind: 'pod-labels', text: `the value of label \`${key}\`, which a controller sets` };
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
    case 'contains':
      return value?.includes(test.text) === true;
    case 'startsWith':
      return value?.startsWith(test.text) === true;
    case 'endsWith':
      return value?.endsWith(test.text) === true;
    default:
      return assertNever(test);
  }
}
