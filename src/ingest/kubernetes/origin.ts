import type { BundleDocument } from '../document';
import type { Origin } from '../draft';
import { isMapping, type Reading, sourceOf, textIn } from '../reading';

/** What the registry knows of an object before it is read. */
export interface ObjectType {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly scope: 'namespaced' | 'cluster';
}

/** Characters that no name of any kind may hold (k8s.io/apimachinery/pkg/api/validation/path, and control characters). */
const FORBIDDEN = /[\p{Cc}/]/u;
const LONGEST_NAME = 253;

/** Whether anything can have this name. */
export function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && !FORBIDDEN.test(text);
}

/**
 * Who the object is. Without a name it cannot be told from others, and is left out; one with only `generateName` gets the name that the API server
 * would make, with a part of its hash where that puts five random letters.
 */
export function readOrigin(
  reading: Reading,
  document: BundleDocument,
  type: ObjectType,
  place: { readonly sequence: number; readonly fingerprint: string },
): Origin | undefined {
  const { metadata } = document.object;
  if (!isMapping(metadata)) {
    reading.report('no-name', `a ${type.kind} without \`metadata\` is left out`);
    return undefined;
  }
  let name = textIn(reading, metadata, 'name', 'metadata');
  if (name === undefined || name === '') {
    const prefix = textIn(reading, metadata, 'generateName', 'metadata');
    if (prefix === undefined || prefix === '') {
      reading.report('no-name', `a ${type.kind} without \`metadata.name\` is left out`, metadata);
      return undefined;
    }
    name = prefix + place.fingerprint.slice(0, 5);
  }
  const namespace = type.scope === 'namespaced' ? textIn(reading, metadata, 'namespace', 'metadata') : undefined;
  if (!isName(name) || (namespace !== undefined && !isName(namespace))) {
    const message = `\`metadata\` of this ${type.kind} has a name or namespace that is too long or holds \`/\` or a control character; the object is left out`;
    reading.report('bad-name', message, metadata);
    return undefined;
  }
  const { uid, resourceVersion } = metadata;
  // One form for every origin, with its absent parts: there are as many of them as pods.
  return {
    apiVersion: type.apiVersion,
    group: type.group,
    kind: type.kind,
    scope: type.scope,
    namespace: namespace === '' ? undefined : namespace,
    name,
    revision: typeof uid === 'string' && typeof resourceVersion === 'string' ? `${uid} ${resourceVersion}` : undefined,
    source: sourceOf(document),
    sequence: place.sequence,
    fingerprint: place.fingerprint,
  };
}
