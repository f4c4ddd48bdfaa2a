import { type Buffer, isUtf8 } from 'node:buffer';
import { LINE_FEED } from './bytes';
import type { DiagnosticCode } from './codes';
import type { Limits } from './document';

/** What a refusal puts an end to: everything around it is read on. */
export type Extent = 'document' | 'file' | 'bundle';

/**
 * Thrown inside `ingest` to leave a document, a file or the bundle. `readDocuments` makes a diagnostic of it: it never passes the door.
 * Like every message it quotes nothing of the content.
 */
export class Refusal extends Error {
  constructor(
    readonly code: DiagnosticCode,
    message: string,
    readonly ends: Extent,
    /** Line of the file, where one can be told. */
    readonly line?: number,
  ) {
    super(message);
    this.name = 'Refusal';
  }
}

/** Carries an error of whoever hands us the bytes through all wrappings: it is theirs, not the input's. */
export class SourceFailure extends Error {
  constructor(override readonly cause: unknown) {
    super('the bytes of a file could not be had');
    this.name = 'SourceFailure';
  }
}

/** Archives this small may be as dense as they like. */
const FREE_UNPACKED_BYTES = 16 * 1024 * 1024;

/** Counts what one archive costs against what it weighs. Once it has refused, it refuses the same way whatever follows. */
export interface Meter {
  packed(bytes: number): void;
  unpacked(bytes: number): void;
}

/** What a bundle has cost so far. Each of its steps refuses as soon as its limit is crossed. */
export interface Budget {
  readonly spent: { readonly files: number; readonly documents: number; readonly bytes: number };
  file(): void;
  document(): void;
  submitted(bytes: number): void;
  meter(): Meter;
}

/** With nothing spent. Its steps and meters throw a `Refusal`; what was spent stays so, also by what was refused. */
export function budgetOf(limits: Limits): Budget {
  const spent = { files: 0, documents: 0, bytes: 0 };
  let allUnpacked = 0;
  const unpacked = (bytes: number) => {
    allUnpacked += bytes;
    if (allUnpacked > limits.unpackedBytes)
      throw new Refusal('unpacked-too-large', `the bundle unpacks to more than ${inWords(limits.unpackedBytes)}`, 'bundle');
  };
  return {
    spent,
    file: () => {
      if (++spent.files > limits.files) throw new Refusal('too-many-files', `the bundle has more than ${limits.files} files`, 'bundle');
    },
    document: () => {
      if (++spent.documents > limits.documents)
        throw new Refusal('too-many-documents', `the bundle has more than ${limits.documents} documents`, 'bundle');
    },
    submitted: (bytes) => {
      spent.bytes += bytes;
      if (spent.bytes > limits.bytes) throw new Refusal('bundle-too-large', `the bundle is larger than ${inWords(limits.bytes)}`, 'bundle');
    },
    meter: () => {
      const weight = { packed: 0, unpacked: 0 };
      let refusal: Refusal | undefined;
      return {
        packed: (bytes) => {
          weight.packed += bytes;
        },
        unpacked: (bytes) => {
          if (refusal) throw refusal;
          weight.unpacked += bytes;
          unpacked(bytes);
          if (weight.unpacked <= Math.max(FREE_UNPACKED_BYTES, weight.packed * limits.ratio)) return;
          refusal = new Refusal('packed-too-densely', `the archive unpacks to more than ${limits.ratio} times its size`, 'file');
          throw refusal;
        },
      };
    },
  };
}

/** @param line where what is too large begins @param ends the document where its end is known all the same, else the file */
export function tooLarge(limit: number, line: number, ends: Extent): Refusal {
  return new Refusal('document-too-large', `the document is larger than ${inWords(limit)}`, ends, line);
}

/** Levels are those of mappings and sequences; an item of a list counts by itself. */
export function tooDeep(limits: Limits, line?: number): Refusal {
  return new Refusal('nested-too-deeply', `the document is nested more than ${limits.depth} levels deep`, 'document', line);
}

/** Aliases count as often as they are followed, since a few lines of them can stand for billions of nodes. */
export function tooManyNodes(limits: Limits, line?: number): Refusal {
  return new Refusal('too-many-nodes', `the document has more than ${limits.nodes} nodes, its aliases followed`, 'document', line);
}

/** The text of a document. `line` is the line of its first byte. */
export function textOf(bytes: Buffer, line: number, limits: Limits): string {
  if (bytes.length > limits.objectBytes) throw tooLarge(limits.objectBytes, line, 'document');
  const nul = bytes.indexOf(0);
  if (nul >= 0) throw new Refusal('not-text', 'the document holds NUL bytes', 'document', lineAt(bytes, nul, line));
  if (!isUtf8(bytes))
    throw new Refusal('invalid-utf8', 'the document is not valid UTF-8', 'document', lineAt(bytes, firstInvalid(bytes), line));
  return bytes.toString('utf8');
}

/** Start of the first line that is not UTF-8: a line feed is never part of a longer sequence. */
function firstInvalid(bytes: Buffer): number {
  let start = 0;
  for (let end = bytes.indexOf(LINE_FEED); end >= 0 && isUtf8(bytes.subarray(start, end)); end = bytes.indexOf(LINE_FEED, start))
    start = end + 1;
  return start;
}

function lineAt(bytes: Buffer, offset: number, first: number): number {
  let line = first;
  for (let i = bytes.indexOf(LINE_FEED); i >= 0 && i < offset; i = bytes.indexOf(LINE_FEED, i + 1)) line++;
  return line;
}

function inWords(bytes: number): string {
  return bytes >= 1024 * 1024 ? `${Math.floor(bytes / 1024 / 1024)} MiB` : `${bytes} bytes`;
}
