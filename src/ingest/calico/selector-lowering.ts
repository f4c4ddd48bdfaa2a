import type { LabelOwner, LabelTest, Selector } from '../../model/selector';
import { assertNever } from '../../util/invariant';
import { conjunction } from '../kubernetes/conjunction';
import type { Expression } from './selector-expression';
import { ACCOUNT_LABEL, ACCOUNT_PREFIX, NAME_LABEL, NAMESPACE_LABEL, NAMESPACE_PREFIX, ORCHESTRATOR_LABEL } from './selector-scope';

/*
 * Calico's one flat list of labels, taken apart by owner:
 *
 *   pcns.KEY  ─▶ KEY of the namespace         pcns.projectcalico.org/name ─▶ its name
 *   pcsa.KEY  ─▶ KEY of the service account   pcsa.projectcalico.org/name ─▶ its name
 *   projectcalico.org/namespace | orchestrator | serviceaccount ─▶ what Calico itself says of a pod
 *   any other ─▶ the pod's own
 *
 * A pod's own labels that look like the first four are never looked at, so that it cannot pass for one of another namespace: Calico removes or
 * overwrites them (libcalico-go/lib/backend/syncersv1/updateprocessors/workloadendpointprocessor.go).
 */

const AUTOMATIC: ReadonlySet<string> = new Set([NAMESPACE_LABEL, ORCHESTRATOR_LABEL, ACCOUNT_LABEL]);

/** How the test of one label is said in our own terms. */
type LowerLabel = (key: string, test: LabelTest) => Selector;

/** The selector in our own terms. It chooses among pods as Calico's does; among others only where the input has their labels. */
export function lowerExpression(expression: Expression): Selector {
  return lower(expression, labelSelector);
}

/** The same for host endpoints, which have one flat list of labels and nothing of a namespace or service account. */
export function lowerForHosts(expression: Expression): Selector {
  return lower(expression, (key, test) => ({ kind: 'label', owner: 'endpoint', key, test }));
}

function lower(expression: Expression, label: LowerLabel): Selector {
  switch (expression.kind) {
    case 'all':
    case 'global':
      return { kind: 'all' };
    case 'has':
      return label(expression.key, { operator: 'exists' });
    case 'compare':
      return label(expression.key, comparisonTest(expression));
    case 'member':
      return memberSelector(expression, label);
    case 'not':
      return { kind: 'not', of: lower(expression.of, label) };
    case 'and':
      return conjunction(expression.of.map((part) => lower(part, label)));
    case 'or':
      return { kind: 'or', of: expression.of.map((part) => lower(part, label)) };
    default:
      return assertNever(expression);
  }
}

function comparisonTest({ operator, value }: Extract<Expression, { readonly kind: 'compare' }>): LabelTest {
  switch (operator) {
    case '==':
      return { operator: 'in', values: [value] };
    case '!=':
      return { operator: 'notIn', values: [value] };
    case 'contains':
      return { operator: 'contains', text: value };
    case 'starts with':
      return { operator: 'startsWith', text: value };
    case 'ends with':
      return { operator: 'endsWith', text: value };
    default:
      return assertNever(operator);
  }
}

function memberSelector({ key, operator, values }: Extract<Expression, { readonly kind: 'member' }>, label: LowerLabel): Selector {
  if (values.length === 0) return operator === 'in' ? { kind: 'none' } : { kind: 'all' };
  return label(key, { operator: operator === 'in' ? 'in' : 'notIn', values });
}

function labelSelector(written: string, test: LabelTest): Selector {
  const { owner, key } = ownerOf(written);
  if (owner !== 'automatic' || key !== NAMESPACE_LABEL) return { kind: 'label', owner, key, test };
  // Namespaces by name are what nearly every policy asks for.
  if (test.operator === 'in') return { kind: 'inNamespace', names: test.values };
  if (test.operator === 'notIn') return { kind: 'not', of: { kind: 'inNamespace', names: test.values } };
  return { kind: 'label', owner, key, test };
}

function ownerOf(key: string): { readonly owner: LabelOwner; readonly key: string } {
  if (AUTOMATIC.has(key)) return { owner: 'automatic', key };
  if (key.startsWith(NAMESPACE_PREFIX)) {
    const own = key.slice(NAMESPACE_PREFIX.length);
    return own === NAME_LABEL ? { owner: 'automatic', key: NAMESPACE_LABEL } : { owner: 'namespace', key: own };
  }
  if (key.startsWith(ACCOUNT_PREFIX)) {
    const own = key.slice(ACCOUNT_PREFIX.length);
    return own === NAME_LABEL ? { owner: 'automatic', key: ACCOUNT_LABEL } : { owner: 'serviceAccount', key: own };
  }
  return { owner: 'endpoint', key };
}
