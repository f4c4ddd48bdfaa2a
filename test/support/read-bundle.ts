import { type BundleDocument, type BundleFile, DEFAULT_LIMITS, type Limits } from '../../src/ingest/document';
import { readDocuments } from '../../src/ingest/documents';
import type { Diagnostic } from '../../src/model/diagnostic';

export interface ReadBundle {
  readonly documents: readonly BundleDocument[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a bundle to its end. Texts stand for files with these contents. */
export async function readBundle(
  files: Readonly<Record<string, string | BundleFile['bytes']>>,
  limits: Partial<Limits> = {},
): Promise<ReadBundle> {
  const documents: BundleDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  const listed = Object.entries(files).map(
    ([path, content]): BundleFile => ({ path, bytes: typeof content === 'string' ? Buffer.from(content) : content }),
  );
  for await (const document of readDocuments(listed, { ...DEFAULT_LIMITS, ...limits }, (diagnostic) => diagnostics.push(diagnostic))) {
    documents.push(document);
  }
  return { documents, diagnostics };
}

/** Names of the objects that were read, in order. */
export function namesOf({ documents }: ReadBundle): readonly unknown[] {
  return documents.map(({ object }) => (object.metadata as { readonly name?: unknown } | undefined)?.name);
}

/** `code file:line`, or `code` alone. */
export function problemsOf({ diagnostics }: ReadBundle): readonly string[] {
  return diagnostics.map(({ code, source }) => (source ? `${code} ${source.file}:${source.line}` : code));
}

/** A YAML object of some kind. */
export function yamlObject(name: string, kind = 'Pod'): string {
  return `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;
}

/** A stream of the bytes in chunks of this size. */
export async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
