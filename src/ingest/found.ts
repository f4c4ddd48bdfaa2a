import type { Refusal } from './limits';
import { isMapping, type Mapping } from './reading';

/** What a list says of items that do not say it themselves: `PodList` of `v1` holds objects of kind `Pod` and `v1`. */
export interface ItemType {
  readonly apiVersion?: string;
  readonly kind?: string;
}

/** Lines of the mappings and sequences of a value, and what was noticed while they were looked for. */
export interface Positions {
  readonly lines: ReadonlyMap<object, number>;
  /** Line of the first key that is written twice in one mapping. */
  readonly duplicateKey?: number;
}

/** A value that may be an object, as it was found in a file: neither checked nor redacted. */
export interface FoundValue {
  readonly value: unknown;
  /** Its first line. */
  readonly line: number;
  readonly type: ItemType;
  /** Text that it was read from, at least. */
  readonly text: string;
  /** Its positions, where they are worth looking for in an object of this kind. */
  positions(kind: string): Positions;
}

/** The type that a list gives to its items; a plain `List` gives none. */
export function itemTypeOf(list: Mapping): ItemType {
  const { apiVersion, kind } = list;
  if (typeof kind !== 'string' || kind === 'List' || !kind.endsWith('List')) return {};
  return { kind: kind.slice(0, -'List'.length), ...(typeof apiVersion === 'string' && { apiVersion }) };
}

/** What a file holds, one after the other: a value, or what is told in the place of one. */
export type Found =
  | { readonly kind: 'value'; readonly document: number; readonly found: FoundValue }
  | { readonly kind: 'empty'; readonly document: number }
  | { readonly kind: 'refused'; readonly document: number; readonly line: number; readonly refusal: Refusal; readonly text: string };

/**
 * The objects that a value holds: its items when it is a list, however deeply lists are nested, else itself.
 * As for `kubectl`, whatever has an array of `items` is a list; so is a bare sequence.
 */
export function* objectsIn(found: FoundValue): Generator<FoundValue> {
  const { value } = found;
  if (Array.isArray(value)) {
    yield* itemsOf(found, value, found.type);
  } else if (isMapping(value) && Object.hasOwn(value, 'items') && Array.isArray(value.items)) {
    yield* itemsOf(found, value.items, itemTypeOf(withType(value, found.type)));
  } else if (!isEmptyList(value)) {
    yield found;
  }
}

function* itemsOf(list: FoundValue, items: readonly unknown[], type: ItemType): Generator<FoundValue> {
  const { lines } = list.positions(`${type.kind ?? ''}List`);
  for (const item of items) {
    const line = (typeof item === 'object' && item !== null ? lines.get(item) : undefined) ?? list.line;
    yield* objectsIn({ ...list, value: item, line, type });
  }
}

function isEmptyList(value: unknown): boolean {
  return isMapping(value) && value.items === null && typeof value.kind === 'string' && value.kind.endsWith('List');
}

/** A mapping with what its list says of it, where it does not say it itself. */
export function withType(value: Mapping, type: ItemType): Mapping {
  return { ...type, ...value };
}
