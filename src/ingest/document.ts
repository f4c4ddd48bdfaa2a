import type { Diagnostic } from '../model/diagnostic';

/** One file of a bundle as it was submitted. `path` is relative with forward slashes; archives are unpacked by `ingest`, not by the caller. */
export interface BundleFile {
  readonly path: string;
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
}

/** One object of a bundle: a YAML document, a JSON value, or an item of a list, with its position. */
export interface BundleDocument {
  readonly file: string;
  /** Counted from 1 in its file; the items of a list share the number of their list. */
  readonly document: number;
  /** First line of the object, from 1. */
  readonly line: number;
  readonly object: Readonly<Record<string, unknown>>;
  /** Line of a mapping or sequence inside `object`, by identity; the document's own line for anything unknown. */
  lineOf(node: unknown): number;
}

/** Collects problems of the input while it is read. */
export type Report = (diagnostic: Diagnostic) => void;

/** Bounds on what one bundle may cost. Crossing one is a fatal diagnostic that names the limit, and ends that file or the bundle. */
export interface Limits {
  /** Bytes as submitted, all files together. */
  readonly bytes: number;
  /** Bytes that come out of archives, all of them together. */
  readonly unpackedBytes: number;
  /** Unpacked bytes per packed byte of one archive. */
  readonly ratio: number;
  readonly files: number;
  readonly documents: number;
  /** Nesting of mappings and sequences in one document. */
  readonly depth: number;
  /** Nodes of one document after its aliases are followed. */
  readonly nodes: number;
  /** Bytes of one YAML document, or of the part of a JSON list that must be kept until its end. */
  readonly documentBytes: number;
  /** Bytes that are parsed at once: a document that is no list, or one item of a list. Parsing may take forty times as many. */
  readonly objectBytes: number;
}

/** Hold where a caller sets no others; each may be set for itself. */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  bytes: 512 * 1024 * 1024,
  unpackedBytes: 2 * 1024 * 1024 * 1024,
  ratio: 200,
  files: 100_000,
  documents: 1_000_000,
  depth: 100,
  nodes: 1_000_000,
  documentBytes: 512 * 1024 * 1024,
  objectBytes: 16 * 1024 * 1024,
});
