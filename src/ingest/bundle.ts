import { type ArchiveEntry, isUnsafeName, printable } from './archive/entry';
import { gunzip } from './archive/gzip';
import { tarEntries } from './archive/tar';
import { zipEntries } from './archive/zip';
import { type Chunks, chunksOf, collect, open, utf8Of } from './bytes';
import { type DiagnosticCode, diagnose } from './codes';
import type { BundleFile, Report } from './document';
import {
  type ArchiveFormat,
  archiveByMagic,
  BEGINNING_BYTES,
  formatByName,
  hasEnding,
  isKustomization,
  isNameless,
  looksLikeManifest,
  MAGIC_BYTES,
  type TextFormat,
  textFormat,
  unpackedName,
} from './file-format';
import { type Budget, SourceFailure } from './limits';

/** A file of text, out of all wrappings. */
export interface TextFile {
  /** For a member of an archive, behind the path of the archive. */
  readonly path: string;
  readonly format: TextFormat;
  /** In UTF-8, as far as it is text at all. */
  readonly chunks: Chunks;
}

/** What is left out silently file by file, and told once for the whole bundle. */
export interface Omissions {
  skip(path: string): void;
  nest(path: string): void;
  kustomize(path: string): void;
  tell(report: Report): void;
}

/** What opening the files of one bundle shares. */
export interface Unpacking {
  readonly budget: Budget;
  readonly omissions: Omissions;
  readonly report: Report;
  /** Tells of a refusal once, however far it spreads; passes on one that ends the bundle. */
  readonly tell: (error: unknown, path: string) => void;
}

/** A file on its way out of its wrappings. */
interface Wrapped {
  readonly path: string;
  /** What its format is judged by: less and less of its path. */
  readonly name: string;
  readonly chunks: Chunks;
  readonly isMember: boolean;
  readonly isGunzipped: boolean;
}

/**
 * The texts in a submitted file: itself, or the members of an archive. Archives in archives are not opened, and nothing is packed twice.
 * INVARIANT: a text is read before the next one is asked for.
 */
export async function* textFilesOf(file: BundleFile, unpacking: Unpacking): AsyncGenerator<TextFile> {
  unpacking.budget.file();
  const chunks = submitted(file.bytes, unpacking.budget);
  const path = printable(file.path);
  yield* unwrap({ path: path === '' || path === '-' ? 'stdin' : path, name: path, chunks, isMember: false, isGunzipped: false }, unpacking);
}

async function* submitted(bytes: BundleFile['bytes'], budget: Budget): AsyncGenerator<Uint8Array> {
  const chunks = bytes instanceof Uint8Array ? chunksOf(bytes) : sourced(bytes);
  for await (const chunk of chunks) {
    budget.submitted(chunk.length);
    yield chunk;
  }
}

async function* sourced(chunks: Chunks): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks;
  } catch (error) {
    throw new SourceFailure(error);
  }
}

async function* unwrap(file: Wrapped, unpacking: Unpacking): AsyncGenerator<TextFile> {
  const { omissions } = unpacking;
  if (isKustomization(file.name)) {
    omissions.kustomize(file.path);
    return;
  }
  const named = isNameless(file.name) ? 'unknown' : formatByName(file.name);
  if (named === 'other' || (named === 'unknown' && file.isMember && hasEnding(file.name))) {
    omissions.skip(file.path);
    return;
  }
  const opened = await open(file.chunks, MAGIC_BYTES);
  const format = archiveByMagic(opened.head) ?? named;
  if (isArchive(format)) {
    if (format === 'gzip' ? file.isGunzipped : file.isMember) {
      omissions.nest(file.path);
      await opened.close();
    } else {
      yield* unpack(format, { ...file, chunks: opened.chunks }, unpacking);
    }
    return;
  }
  const text = await open(await utf8Of(opened.chunks), BEGINNING_BYTES);
  if (format === 'unknown' && !isNameless(file.name) && !looksLikeManifest(text.head)) {
    omissions.skip(file.path);
    await text.close();
    return;
  }
  yield { path: file.path, format: textFormat(format as TextFormat | 'unknown', text.head), chunks: text.chunks };
}

async function* unpack(format: ArchiveFormat, file: Wrapped, unpacking: Unpacking): AsyncGenerator<TextFile> {
  const meter = unpacking.budget.meter();
  switch (format) {
    case 'gzip':
      yield* unwrap({ ...file, name: unpackedName(file.name), chunks: gunzip(file.chunks, meter), isGunzipped: true }, unpacking);
      return;
    case 'tar':
      yield* members(tarEntries(file.chunks), file, unpacking);
      return;
    case 'zip':
      yield* members(zipEntries(await collect(file.chunks), meter), file, unpacking);
  }
}

async function* members(entries: AsyncIterable<ArchiveEntry>, archive: Wrapped, unpacking: Unpacking): AsyncGenerator<TextFile> {
  const names = new Set<string>();
  for await (const entry of entries) {
    unpacking.budget.file();
    if (entry.type === 'folder') continue;
    const complain = (code: DiagnosticCode, message: string) =>
      unpacking.report(diagnose(code, `${message}: \`${printable(entry.name)}\``, { file: archive.path, document: 1, line: 1 }));
    if (isUnsafeName(entry.name)) {
      complain('archive-entry-unsafe', 'a name in the archive leads out of it, and the file was not read');
      continue;
    }
    if (entry.type !== 'file') {
      complain('archive-entry-not-a-file', `a ${entry.type === 'link' ? 'link' : 'device or pipe'} in the archive was not followed`);
      continue;
    }
    const name = entry.name.replace(/^(?:\.\/)+/, '');
    if (names.has(name)) complain('duplicate-path', 'the archive has several files of this name; all of them were read');
    names.add(name);
    const path = isNameless(archive.path) ? name : `${archive.path}/${name}`;
    try {
      yield* unwrap({ path, name, chunks: entry.bytes, isMember: true, isGunzipped: false }, unpacking);
    } catch (error) {
      unpacking.tell(error, path);
    }
  }
}

function isArchive(format: string): format is ArchiveFormat {
  return format === 'gzip' || format === 'tar' || format === 'zip';
}

/** How many names are given as examples of what was left out. */
const EXAMPLES = 3;

/** Counts what is left out, to be told once at the end: a diagnostic for each reason, with a few names, however many files there are. */
export function noOmissions(): Omissions {
  const skipped: Tally = { count: 0, examples: [] };
  const nested: Tally = { count: 0, examples: [] };
  const kustomized: Tally = { count: 0, examples: [] };
  return {
    skip: (path) => add(skipped, path),
    nest: (path) => add(nested, path),
    kustomize: (path) => add(kustomized, path),
    tell: (report) => {
      if (skipped.count > 0) report(diagnose('files-skipped', `left out, as by their names they are no manifests: ${inWords(skipped)}`));
      if (kustomized.count > 0) {
        const message = `kustomizations are not applied, the files beside them were read as they are: ${inWords(kustomized)}; render them first`;
        report(diagnose('kustomization-not-applied', message));
      }
      if (nested.count > 0) report(diagnose('nested-archive', `not opened, as they lie in an archive themselves: ${inWords(nested)}`));
    },
  };
}

interface Tally {
  count: number;
  readonly examples: string[];
}

function add(tally: Tally, path: string): void {
  tally.count++;
  if (tally.examples.length < EXAMPLES) tally.examples.push(path);
}

function inWords({ count, examples }: Tally): string {
  const named = examples.map((path) => `\`${path}\``).join(', ');
  return count > examples.length ? `${named} and ${count - examples.length} more` : named;
}
