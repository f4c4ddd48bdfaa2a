import type { Diagnostic } from '../model/diagnostic';
import type { Snapshot } from '../model/snapshot';
import type { BundleFile, Limits } from './document';

export type { BundleFile, Limits } from './document';

export interface IngestOptions {
  /** Facts as given by the user; they win over those of a `leasttrust.yaml` in the bundle. */
  readonly facts?: ReadonlyMap<string, string>;
  readonly limits?: Partial<Limits>;
  /** Called now and then with the counts so far. */
  readonly onProgress?: (progress: { readonly files: number; readonly documents: number; readonly bytes: number }) => void;
}

export interface IngestResult {
  readonly snapshot: Snapshot;
  /** In a fixed order: by file, document, line, code. */
  readonly diagnostics: readonly Diagnostic[];
  /** Hex SHA-256 over the redacted documents in a canonical order: equal input has equal digest, in whatever files it comes. */
  readonly digest: string;
}

export type Ingest = (files: AsyncIterable<BundleFile> | Iterable<BundleFile>, options?: IngestOptions) => Promise<IngestResult>;
