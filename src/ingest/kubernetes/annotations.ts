import { isAbsent, isMapping, type Reading, typeName } from '../reading';

/** Text of an annotation by its name; undefined where the object has none. */
export type Annotations = (name: string) => string | undefined;

/**
 * Annotations of an object. Only those that are asked for are looked at: a number or a boolean there, which the API server refuses, is told and
 * read as its text.
 */
export function annotationsOf(reading: Reading): Annotations {
  const { metadata } = reading.document.object;
  return annotationsIn(reading, isMapping(metadata) ? metadata.annotations : undefined, 'metadata.annotations');
}

/** Annotations in a mapping that holds them. */
export function annotationsIn(reading: Reading, annotations: unknown, path: string): Annotations {
  const told = new Set<string>();
  return (name) => {
    if (!isMapping(annotations) || !Object.hasOwn(annotations, name)) return undefined;
    const value = annotations[name];
    if (isAbsent(value)) return undefined;
    if (typeof value === 'string') return value;
    if (!told.has(name)) {
      told.add(name);
      reading.report('wrong-type', `annotation \`${name}\` of \`${path}\` is ${typeName(value)} where text belongs`, annotations);
    }
    return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
  };
}

/** The value of an annotation that holds JSON; undefined where it does not. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
