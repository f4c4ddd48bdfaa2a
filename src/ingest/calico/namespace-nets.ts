import type { Unknown } from '../../model/match';
import type { Selector } from '../../model/selector';
import { invariant } from '../../util/invariant';
import type { LabelledIndex, LabelledMatch } from './labelled-nets';
import { formatNets, netsOf } from './nets';
import type { Expression } from './selector-expression';
import { NAMESPACE_LABEL, NAMESPACE_PREFIX } from './selector-scope';

/*
 * Cluster-wide policies of Kubernetes choose peers by labels of their namespaces. Calico makes a selector of namespaces of that, which chooses network sets
 * as well as pods (libcalico-go/lib/backend/k8s/conversion/clusternetworkpolicy.go): those of such namespaces, and where it asks for the absence of a label,
 * whatever has no namespace.
 */

/** Nets that a selector over labels of namespaces chooses, certainly or perhaps. */
export interface NamespaceNets {
  readonly certain: readonly string[];
  readonly perhaps: readonly string[];
  /** What the latter depend on. */
  readonly unknowns: readonly Unknown[];
}

/** Those of network sets and host endpoints. */
export function namespaceNets(namespaces: Selector, labelled: LabelledIndex): NamespaceNets {
  const matches = labelled(namespaces.kind === 'all' ? { kind: 'has', key: NAMESPACE_LABEL } : expressionOf(namespaces));
  const netsWhere = (fits: (match: LabelledMatch) => boolean) =>
    formatNets(netsOf(matches.filter(fits).flatMap((match) => match.labelled.nets)));
  const isCertain = ({ unknowns }: LabelledMatch) => unknowns.length === 0;
  return {
    certain: netsWhere(isCertain),
    perhaps: netsWhere((match) => !isCertain(match)),
    unknowns: matches.flatMap(({ unknowns }) => unknowns),
  };
}

/** INVARIANT: only of what a label selector of Kubernetes is lowered into. */
function expressionOf(selector: Selector): Expression {
  switch (selector.kind) {
    case 'all':
      return { kind: 'all' };
    case 'and':
      return { kind: 'and', of: selector.of.map(expressionOf) };
    case 'label': {
      const key = NAMESPACE_PREFIX + selector.key;
      const { test } = selector;
      if (test.operator === 'in' || test.operator === 'notIn') {
        return { kind: 'member', key, operator: test.operator === 'in' ? 'in' : 'not in', values: test.values };
      }
      return test.operator === 'exists' ? { kind: 'has', key } : { kind: 'not', of: { kind: 'has', key } };
    }
    default:
      invariant(false, 'a selector of labels is made of tests of labels');
  }
}
