import { isAbsent, type Mapping, type Reading } from '../reading';
import { checkFields } from './known-fields';

/** A part of a cluster-wide policy while it is read. What is not understood is undefined; what becomes of the whole then is for `fail` to say. */
export interface PartReading {
  readonly reading: Reading;
  /** Tells of a part that is not understood. */
  readonly fail: (problem: string, node: unknown) => undefined;
}

/**
 * The one field of these that has a value, as the API's unions have it. An unknown field beside it has no effect; alone it is what the author speaks of, so
 * that the whole is not understood.
 */
export function onlyField<Field extends string>(
  part: PartReading,
  node: Mapping,
  fields: readonly Field[],
  path: string,
): Field | undefined {
  const present = fields.filter((field) => !isAbsent(node[field]));
  const [field] = present;
  if (field === undefined) {
    const [other] = Object.keys(node);
    const what = other === undefined ? 'is empty' : `has \`${other}\``;
    return part.fail(`\`${path}\` ${what} where one of ${quoted(fields, ', ')} is understood`, node);
  }
  if (present.length > 1) return part.fail(`\`${path}\` has ${quoted(present, ' and ')}, of which it may have one`, node);
  checkFields(part.reading, node, fields, path);
  return field;
}

/** The first field that is none of the known ones. */
export function unknownField(node: Mapping, known: readonly string[]): string | undefined {
  return Object.keys(node).find((field) => !known.includes(field));
}

function quoted(names: readonly string[], separator: string): string {
  return names.map((name) => `\`${name}\``).join(separator);
}
