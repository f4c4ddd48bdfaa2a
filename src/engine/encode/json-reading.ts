import { demand } from './stored-model-error';

/* Readers of parsed JSON that may be anything. */

export type JsonArray = readonly unknown[];

const SHAPE = 'the directory is malformed';

export function readArray(value: unknown): JsonArray {
  demand(Array.isArray(value), SHAPE);
  return value;
}

export function readObject(value: unknown): Readonly<Record<string, unknown>> {
  demand(typeof value === 'object' && value !== null && !Array.isArray(value), SHAPE);
  return value as Readonly<Record<string, unknown>>;
}

export function readText(value: unknown): string {
  demand(typeof value === 'string', SHAPE);
  return value;
}

export function readTexts(value: unknown): readonly string[] {
  const texts = readArray(value);
  demand(
    texts.every((text) => typeof text === 'string'),
    SHAPE,
  );
  return texts as readonly string[];
}

export function readNumber(value: unknown): number {
  demand(typeof value === 'number', SHAPE);
  return value;
}

/** A whole number from `low` to `end` - 1. */
export function readIndex(value: unknown, end: number, low = 0): number {
  demand(Number.isInteger(value) && (value as number) >= low && (value as number) < end, SHAPE);
  return value as number;
}

export function readIndices(value: unknown, end: number, low = 0): readonly number[] {
  const indices = readArray(value);
  for (const index of indices) readIndex(index, end, low);
  return indices as readonly number[];
}

export function readChoice<T>(choices: readonly T[], value: unknown): T {
  return choices[readIndex(value, choices.length)]!;
}

export function requireLength(values: JsonArray | readonly unknown[], length: number): void {
  demand(values.length === length, SHAPE);
}
