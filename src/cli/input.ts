import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { BundleFile } from '../ingest/index';
import type { Diagnostic } from '../model/diagnostic';
import { compareText } from '../util/order';
import { UsageError } from './terminal';

/** Of a folder only these are manifests; a file that is named itself is read whatever it is called. */
const MANIFEST = /\.(ya?ml|json|ndjson|jsonl|tar|tar\.gz|tgz|zip)$/i;
/** Facts that belong to the manifests they lie beside. */
const FACTS_FILE = 'leasttrust.yaml';
/** Larger files are streamed. */
const STREAM_FROM = 8 * 1024 * 1024;

/** Files to read, and what was left alone on the way. */
export interface BundleInput {
  readonly files: AsyncIterable<BundleFile>;
  /** Links that were left alone: filled while `files` is read. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * The files of some paths as one bundle: files, folders with all below them, `-` for standard input; each file once.
 * Links are followed only where a path itself is one; inside a folder a link is read when its target lies in that folder.
 * @throws UsageError, while it is read, for a path that does not exist or cannot be read
 */
export function readPaths(paths: readonly string[], folder: string, input: AsyncIterable<Uint8Array>): BundleInput {
  const diagnostics: Diagnostic[] = [];
  return { files: readAll(paths, folder, input, diagnostics), diagnostics };
}

async function* readAll(
  paths: readonly string[],
  folder: string,
  input: AsyncIterable<Uint8Array>,
  diagnostics: Diagnostic[],
): AsyncGenerator<BundleFile> {
  const visited = new Set<string>();
  let usesInput = false;
  for (const path of paths) {
    if (path === '-') {
      if (usesInput) throw new UsageError('standard input can be read only once');
      usesInput = true;
      yield { path: 'stdin', bytes: input };
      continue;
    }
    const absolute = resolve(folder, path);
    const found = await attempt(path, () => stat(absolute));
    const listed = found.isDirectory()
      ? await walk(absolute, displayName(absolute, folder), diagnostics)
      : [{ absolute, name: displayName(absolute, folder) }, ...(await factsBeside(absolute, folder))];
    for (const file of listed) {
      const real = await attempt(file.name, () => realpath(file.absolute));
      if (visited.has(real)) continue;
      visited.add(real);
      yield { path: file.name, bytes: await readOne(file) };
    }
  }
}

/** A file with the name that answers give it. */
interface ListedFile {
  readonly absolute: string;
  readonly name: string;
}

/** Small files at once, which is faster; large ones and pipes as they come. */
async function readOne({ absolute, name }: ListedFile): Promise<BundleFile['bytes']> {
  const found = await attempt(name, () => stat(absolute));
  if (found.isFile() && found.size < STREAM_FROM) return attempt(name, () => readFile(absolute));
  return streamOf(absolute, name);
}

async function* streamOf(absolute: string, name: string): AsyncGenerator<Uint8Array> {
  try {
    yield* createReadStream(absolute);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** All manifests below a folder in a fixed order; hidden files and folders are left out, as are those of version control. */
async function walk(root: string, name: string, diagnostics: Diagnostic[]): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  const links: ListedFile[] = [];
  const pending: ListedFile[] = [{ absolute: root, name }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const directory = next;
    const entries = await attempt(directory.name, () => readdir(directory.absolute, { withFileTypes: true }));
    entries.sort((a, b) => compareText(b.name, a.name));
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const child = {
        absolute: join(directory.absolute, entry.name),
        name: directory.name === '.' ? entry.name : `${directory.name}/${entry.name}`,
      };
      if (entry.isDirectory()) pending.push(child);
      else if (entry.isSymbolicLink()) links.push(child);
      else if (entry.isFile() && MANIFEST.test(entry.name)) files.push(child);
    }
  }
  const home = await attempt(name, () => realpath(root));
  for (const link of links) if (await isReadableLink(link, home, diagnostics)) files.push(link);
  return files.sort((a, b) => compareText(a.name, b.name));
}

/** A link to a file of the same folder, as mounted config maps have them. Folders behind links are read where they are. */
async function isReadableLink({ absolute, name }: ListedFile, home: string, diagnostics: Diagnostic[]): Promise<boolean> {
  const leave = (message: string) => {
    diagnostics.push({ code: 'link-not-followed', severity: 'warning', message, source: { file: name, document: 1, line: 1 } });
    return false;
  };
  const target = await realpath(absolute).catch(() => undefined);
  if (target === undefined) return leave('the link leads nowhere');
  if (!target.startsWith(home + sep)) return leave('the link leads out of the folder and is not followed');
  return (await lstat(target)).isFile() && MANIFEST.test(name);
}

/** Facts hold for a folder; a file that is named alone must not lose them. */
async function factsBeside(absolute: string, folder: string): Promise<readonly ListedFile[]> {
  const beside = join(dirname(absolute), FACTS_FILE);
  if (
    basename(absolute) === FACTS_FILE ||
    !(await stat(beside).then(
      (found) => found.isFile(),
      () => false,
    ))
  )
    return [];
  return [{ absolute: beside, name: displayName(beside, folder) }];
}

/** The shorter way to the file: from the working folder, or from the root of the file system. */
function displayName(absolute: string, folder: string): string {
  const inside = relative(folder, absolute) || '.';
  const name = inside.length < absolute.length && !isAbsolute(inside) ? inside : absolute;
  return name.split(sep).join('/');
}

/** Turns a failure of the file system into a sentence about the path. */
async function attempt<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw unreadable(name, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its links go in a circle',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of it is no folder',
};

function unreadable(name: string, error: unknown): UsageError {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return new UsageError(`cannot read \`${name}\`: ${REASONS[code] ?? (code || (error instanceof Error ? error.message : String(error)))}`);
}
