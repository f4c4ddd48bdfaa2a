import { invariant } from '../util/invariant';
import type { ListOptions } from './object-store';

/** Longest key in bytes of UTF-8; S3 takes 1,024. */
export const MAXIMUM_KEY_BYTES = 1000;
const MAXIMUM_PAGE = 1000;

/**
 * Is this a key that every store can keep? Slash-separated segments, relative, none of them empty, `.` or `..`; well-formed Unicode without control
 * characters and noncharacters (an S3 list is XML 1.0, which cannot write them).
 */
export function isObjectKey(key: string): boolean {
  return (
    isKeyText(key) &&
    Buffer.byteLength(key) <= MAXIMUM_KEY_BYTES &&
    key.split('/').every((segment) => segment !== '' && segment !== '.' && segment !== '..')
  );
}

/** Last line of defence in front of a store: keys made of user text are validated where they are made (`keys.ts`). */
export function checkKey(key: string): void {
  invariant(isObjectKey(key), `${JSON.stringify(key)} is no object key`);
}

/** Checks what `list` was given; a prefix is the beginning of a key, in the middle of a segment too. */
export function checkList(
  prefix: string,
  { after, limit = MAXIMUM_PAGE }: ListOptions,
): { readonly after: string; readonly limit: number } {
  invariant(
    isKeyText(prefix) && !prefix.startsWith('/') && !/(^|\/)\.{0,2}\//.test(prefix),
    `${JSON.stringify(prefix)} is no prefix of an object key`,
  );
  invariant(after === undefined || isKeyText(after), `${JSON.stringify(after)} is no position in a list`);
  invariant(Number.isInteger(limit) && limit >= 1 && limit <= MAXIMUM_PAGE, `a page of ${limit} keys`);
  return { after: after ?? '', limit };
}

/** Order of keys by their UTF-8 bytes, which is S3's and that of code points; JavaScript's own order is that of UTF-16 units. */
export function compareKeys(a: string, b: string): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}

function isKeyText(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u.test(text);
}
