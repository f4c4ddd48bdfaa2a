import { demand } from './stored-model-error';

/*
 * Readers of parsed JSON that may be anything. Each throws a `StoredModelError` where the value is of another shape, and quotes nothing of it.
 */

/** A list of which the entries have not been looked at. */
export type JsonArray = readonly unknown[];

const SHAPE = 'the directory is malformed';

/** Its entries and its length are still to be read. */
export function readArray(value: unknown): JsonArray {
  demand(Array.isArray(value), SHAPE);
  return value;
}

/** Its fields are still to be read. Keys may be names of what every object inherits. */
export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), SHAPE);
  return value as Readonly<Record<string, unknown>>;
}

/** Also the empty text. */
export function readText(value: unknown): string {
  demand(typeof value === 'string', SHAPE);
  return value;
}

/** The list itself, not a copy. */
export function readTexts(value: unknown): readonly string[] {
  const texts = readArray(value);
  demand(
    texts.every((text) => typeof text === 'string'),
    SHAPE,
  );
  return texts as readonly string[];
}

/** Any number that JSON can hold; for what counts or points see `readIndex`. */
export function readNumber(value: unknown): number {
  demand(typeof value === 'number', SHAPE);
  return value;
}

/** A whole number from `low` to `end` - 1. */
export function readIndex(value: unknown, end: number, low = 0): number {
  demand(Number.isInteger(value) && (value as number) >= low && (value as number) < end, SHAPE);
  return value as number;
}

/** Each a whole number from `low` to `end` - 1; in any order, and they may repeat. */
export function readIndices(value: unknown, end: number, low = 0): readonly number[] {
  const indices = readArray(value);
  for (const index of indices) readIndex(index, end, low);
  return indices as readonly number[];
}

/** What a stored index stands for. Where the list is a constant, its order is part of the format. */
export function readChoice<T>(choices: readonly T[], value: unknown): T {
  return choices[readIndex(value, choices.length)]!;
}

/** For lists that one index goes through together. */
export function requireLength(values: JsonArray | readonly unknown[], length: number): void {
  demand(values.length === length, SHAPE);
}
