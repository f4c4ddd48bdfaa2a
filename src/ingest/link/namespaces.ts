import type { Namespace } from '../../model/endpoint';
import type { Source } from '../../model/source';
import { compareText } from '../../util/order';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { NamespaceDraft } from '../draft';
import { NAMESPACE_NAME_LABEL } from '../kubernetes/labels';

/** A namespace and where it is first spoken of. */
export interface LinkedNamespace {
  readonly namespace: Namespace;
  readonly source: Source;
}

/**
 * Namespaces of the input, by name: those that have an object, and those that other objects are in. Of the latter only the name label is known,
 * whatever else they have.
 */
export function linkNamespaces(
  objects: readonly NamespaceDraft[],
  mentions: ReadonlyMap<string, Source>,
  report: Report,
): readonly LinkedNamespace[] {
  const linked = new Map<string, LinkedNamespace>();
  for (const { origin, labels } of objects) {
    linked.set(origin.name, { namespace: { name: origin.name, labels, source: origin.source }, source: origin.source });
  }
  for (const [name, source] of mentions) {
    if (linked.has(name)) continue;
    const labels = { values: { [NAMESPACE_NAME_LABEL]: name }, unknownKeys: [], complete: false };
    linked.set(name, { namespace: { name, labels }, source });
    const message = `namespace \`${name}\` is not in the input: of its labels only \`${NAMESPACE_NAME_LABEL}\` is known`;
    report(diagnose('namespace-assumed', message, source));
  }
  return [...linked.values()].sort((a, b) => compareText(a.namespace.name, b.namespace.name));
}
