import { createHash } from 'node:crypto';
import { type ApiError, refusal } from './errors';

/** What a caller asks of a list: at most `limit` items, those after `cursor`. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** One page of a list. Every item has the cursor that continues after it. */
export interface Page<T> {
  readonly items: readonly { readonly value: T; readonly cursor: string }[];
  readonly hasMore: boolean;
  readonly hasPrevious: boolean;
  /** Absent where counting would cost more than answering. */
  readonly total?: number;
}

/** The items of a page without their cursors. */
export function valuesOf<T>(page: Page<T>): readonly T[] {
  return page.items.map((item) => item.value);
}

/** The cursor of the next page; undefined on the last one. */
export function nextCursorOf(page: Page<unknown>): string | undefined {
  return page.hasMore ? page.items.at(-1)?.cursor : undefined;
}

const CURSOR = /^([0-9a-f]{8})\.(.{1,512})$/s;

/**
 * Opaque to callers: where to go on, and a digest of the list it belongs to, so that the cursor of one list, filter or order is refused by another
 * instead of giving a page of nonsense. It carries no authority: a position is only ever looked up inside the caller's own tenant.
 */
export function encodeCursor(scope: readonly unknown[], position: string): string {
  return Buffer.from(`${digestOf(scope)}.${position}`).toString('base64url');
}

/** @throws ApiError `INVALID_REQUEST` for a cursor that this list never gave */
export function decodeCursor(scope: readonly unknown[], cursor: string): string {
  const match = CURSOR.exec(Buffer.from(cursor, 'base64url').toString());
  if (match?.[1] !== digestOf(scope)) throw unknownCursor();
  return match[2]!;
}

/** Reads a cursor whose position is a count of items to skip; no cursor skips none. */
export function decodeOffset(scope: readonly unknown[], cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  const position = decodeCursor(scope, cursor);
  const offset = /^\d{1,15}$/.test(position) ? Number(position) : undefined;
  if (offset === undefined) throw unknownCursor();
  return offset;
}

/** A page of a list that never changes, such as the findings of a finished scan: positions are offsets. */
export function pageOf<T>(scope: readonly unknown[], list: readonly T[], { limit, cursor }: PageRequest): Page<T> {
  const offset = decodeOffset(scope, cursor);
  const page = list.slice(offset, offset + limit);
  return {
    items: page.map((value, index) => ({ value, cursor: encodeCursor(scope, String(offset + index + 1)) })),
    hasMore: offset + limit < list.length,
    hasPrevious: offset > 0,
    total: list.length,
  };
}

/** What whoever sends a cursor of another list, or none of ours, is told. */
export function unknownCursor(): ApiError {
  const message = 'the cursor is not one of this list; start again without it';
  return refusal('cursor', message);
}

function digestOf(scope: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(scope)).digest('hex').slice(0, 8);
}
