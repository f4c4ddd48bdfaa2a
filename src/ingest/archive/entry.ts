import type { Chunks } from '../bytes';
import { Refusal, SourceFailure } from '../limits';

/** A member of an archive. Members are read in order: the bytes of one are gone once the next is asked for. */
export interface ArchiveEntry {
  /** As written in the archive; only to be shown through `printable`. */
  readonly name: string;
  readonly type: 'file' | 'folder' | 'link' | 'special';
  readonly bytes: Chunks;
}

/** Nothing of an archive is ever written to disk, but a name that pretends to lie elsewhere would also mislead whoever reads about it. */
export function isUnsafeName(name: string): boolean {
  return (
    name === '' ||
    hasControls(name) ||
    name.startsWith('/') ||
    name.includes('\\') ||
    /^[A-Za-z]:/.test(name) ||
    name.split('/').includes('..')
  );
}

/** A name without what could confuse a terminal, and not endless. */
export function printable(name: string): string {
  const plain = [...name.slice(0, LONGEST_NAME)].map((char) => (hasControls(char) ? '\uFFFD' : char)).join('');
  return name.length > LONGEST_NAME ? `${plain}…` : plain;
}

const LONGEST_NAME = 512;

/** Controls of ASCII and of Latin-1, line separators, and marks that change the direction of what follows. */
function hasControls(text: string): boolean {
  return /[\p{Cc}\p{Zl}\p{Zp}\u200E\u200F\u202A-\u202E\u2066-\u2069]/u.test(text);
}

/** What went wrong inside an archive library, in our words: its own may quote the archive. */
export function brokenArchive(error: unknown, what: string): Error {
  if (error instanceof Refusal || error instanceof SourceFailure) return error;
  return new Refusal('archive-broken', `the ${what} is truncated or damaged; what follows was not read`, 'file');
}
