import type { OwnerReference } from '../draft';
import { isAbsent, type Mapping, mappingsIn, type Reading, textIn } from '../reading';
import { apiVersionOf, currentGroup } from './controller-kinds';

/**
 * The controller that an object names as its own: the owner reference with `controller: true`. A pod owned by a Node is a static pod, which nothing
 * controls. A reference without `kind` names a group of pods that belong together, and counts as the kind of what it owns.
 */
export function readOwner(reading: Reading, metadata: Mapping | undefined, ownedKind: string): OwnerReference | undefined {
  const references = mappingsIn(reading, metadata, 'ownerReferences', 'metadata');
  const reference = references.find(({ controller }) => controller === true);
  if (!reference) return undefined;
  const name = textIn(reading, reference, 'name', 'metadata.ownerReferences');
  if (name === undefined || name === '') {
    reading.report('bad-owner', 'an owner reference has no name; it is left out', reference);
    return undefined;
  }
  const kind = textIn(reading, reference, 'kind', 'metadata.ownerReferences') ?? ownedKind;
  if (kind === 'Node') return undefined;
  const apiVersion = textIn(reading, reference, 'apiVersion', 'metadata.ownerReferences') ?? apiVersionOf(kind);
  if (isAbsent(reference.kind) || isAbsent(reference.apiVersion)) {
    reading.report('bad-owner', `owner \`${name}\` lacks its kind or API version; it is read as ${kind} of \`${apiVersion}\``, reference);
  }
  return { apiVersion, group: currentGroup(apiVersion, kind), kind, name };
}
