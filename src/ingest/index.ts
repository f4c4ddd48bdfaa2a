import type { Diagnostic } from '../model/diagnostic';
import type { Snapshot } from '../model/snapshot';
import { type BundleFile, DEFAULT_LIMITS, type Limits } from './document';
import { readDocuments } from './documents';
import { inFixedOrder } from './fixed-order';
import { snapshotOf } from './snapshot';

export type { BundleFile, Limits } from './document';

/** What may be told beside the files; all of it has defaults. */
export interface IngestOptions {
  /** Facts as given by the user; they win over those of a `leasttrust.yaml` in the bundle. */
  readonly facts?: ReadonlyMap<string, string>;
  readonly limits?: Partial<Limits>;
  /** Called now and then with the counts so far. */
  readonly onProgress?: (progress: { readonly files: number; readonly documents: number; readonly bytes: number }) => void;
}

/** Holds nothing of what Secrets and ConfigMaps hold, and no value of an environment variable (see `redact`). */
export interface IngestResult {
  readonly snapshot: Snapshot;
  /** In a fixed order: by file, document, line, code. */
  readonly diagnostics: readonly Diagnostic[];
  /** Hex SHA-256 over the redacted documents in a canonical order: equal input has equal digest, in whatever files it comes. */
  readonly digest: string;
}

/**
 * Reads a bundle and links what it holds into a snapshot. Bad input never throws: it becomes diagnostics, and the rest goes on.
 * Throws only what reading the given bytes throws.
 *
 *   bundle ─▶ readDocuments ─▶ documents ─▶ snapshotOf ─▶ Snapshot, digest
 *                   └───────── diagnostics ────┘
 */
export async function ingest(files: AsyncIterable<BundleFile> | Iterable<BundleFile>, options: IngestOptions = {}): Promise<IngestResult> {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => {
    diagnostics.push(diagnostic);
  };
  const documents = readDocuments(files, { ...DEFAULT_LIMITS, ...options.limits }, report, options.onProgress);
  const { snapshot, digest } = await snapshotOf(documents, options.facts ?? new Map(), report);
  return { snapshot, diagnostics: inFixedOrder(diagnostics), digest };
}
