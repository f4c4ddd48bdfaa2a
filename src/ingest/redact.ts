import { isMapping, type Mapping } from './reading';

/** Annotations in which tools keep a copy of the object, with everything that is removed from the object itself. */
const COPIES = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'banzaicloud.com/last-applied',
  'kapp.k14s.io/original',
  'objectset.rio.cattle.io/applied',
]);

/** Payload of Secrets and ConfigMaps; no kind that is read has such a field. */
const PAYLOAD = ['data', 'stringData', 'binaryData'] as const;

/** Also a list of Secrets that is none, as its `items` are no list. */
const SECRET = /^secret(?:list)?$/i;

/**
 * What may be known of an object behind this border. Nothing remains of a Secret but its name; of all objects the values of environment variables
 * are removed, and copies of objects. The object is changed in place, so that its parts stay the ones whose lines are known.
 */
export function redact(object: Mapping): Mapping {
  if (SECRET.test(String(object.kind))) return bareSecret(object);
  const mutable = object as Record<string, unknown>;
  for (const field of PAYLOAD) delete mutable[field];
  strip(mutable);
  return mutable;
}

/** Made anew of plain texts: an alias may have carried the payload anywhere. */
function bareSecret({ apiVersion, kind, metadata }: Mapping): Mapping {
  const { name, namespace } = isMapping(metadata) ? metadata : {};
  return {
    apiVersion,
    kind,
    metadata: { ...(typeof name === 'string' && { name }), ...(typeof namespace === 'string' && { namespace }) },
  };
}

function strip(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  if (Array.isArray(node)) {
    for (const entry of node) strip(entry);
    return;
  }
  const mapping = node as Record<string, unknown>;
  for (const key of Object.keys(mapping)) {
    const child = mapping[key];
    if (typeof child !== 'object' || child === null) continue;
    if (key === 'managedFields' || (key === 'env' && !Array.isArray(child))) {
      delete mapping[key];
      continue;
    }
    if (key === 'env') stripVariables(child as readonly unknown[]);
    else if (key === 'annotations') stripCopies(child as Record<string, unknown>);
    strip(child);
  }
}

function stripVariables(variables: readonly unknown[]): void {
  for (const variable of variables) if (isMapping(variable)) delete (variable as Record<string, unknown>).value;
}

function stripCopies(annotations: Record<string, unknown>): void {
  for (const key of Object.keys(annotations)) if (COPIES.has(key)) delete annotations[key];
}
