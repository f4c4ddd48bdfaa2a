import type { Buffer } from 'node:buffer';

/** What a file is read as. `lines`: a JSON value on each line · `either`: begins as JSON does, and may be YAML, or become it. */
export type TextFormat = 'yaml' | 'json' | 'lines' | 'either';
/** What is unpacked. `gzip` packs one file, which may be an archive in turn. */
export type ArchiveFormat = 'gzip' | 'tar' | 'zip';

/** What a file is by its name. `other`: no manifest · `unknown`: its content must tell. */
export type NamedFormat = TextFormat | ArchiveFormat | 'other' | 'unknown';

const ENDINGS: readonly (readonly [RegExp, NamedFormat])[] = [
  [/\.ya?ml$/, 'yaml'],
  [/\.json$/, 'json'],
  [/\.(?:ndjson|jsonl)$/, 'lines'],
  [/\.(?:gz|tgz)$/, 'gzip'],
  [/\.tar$/, 'tar'],
  [/\.zip$/, 'zip'],
];

/** Written for other tools, though they end like manifests. */
const FOR_OTHERS =
  /^(?:chart\.ya?ml|values\.ya?ml|values\.schema\.json|kustomization\.ya?ml|docker-compose[^/]*\.ya?ml|compose(?:\.[^/]*)?\.ya?ml|package(?:-lock)?\.json|tsconfig\.json)$/;

/** Folders of version control, editors and systems. Other hidden folders may be where somebody works. */
const FOREIGN_FOLDERS = new Set([
  '.git',
  '.github',
  '.gitlab',
  '.hg',
  '.svn',
  '.idea',
  '.vscode',
  '.terraform',
  '__macosx',
  'node_modules',
]);

/** Case does not matter. Hidden files are `other`, whatever they end with, and so is all in the folders above. */
export function formatByName(path: string): NamedFormat {
  const segments = path.toLowerCase().split('/');
  const name = segments.pop() ?? '';
  if (name.length > 1 && name.startsWith('.')) return 'other';
  if (FOR_OTHERS.test(name) || segments.some((segment) => FOREIGN_FOLDERS.has(segment))) return 'other';
  return ENDINGS.find(([ending]) => ending.test(name))?.[1] ?? 'unknown';
}

/** Instructions to change the files around it. */
export function isKustomization(path: string): boolean {
  return /(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(path);
}

/** Of the last segment. A dot at its beginning hides a file and begins no ending. */
export function hasEnding(path: string): boolean {
  return /[^/]\.[^./]+$/.test(path);
}

/** Standard input and uploads (`bundle`) have no name that says anything: their content tells what they are, and members of theirs go by their own names. */
export function isNameless(path: string): boolean {
  return path === '' || path === '-' || path === 'stdin' || path === 'bundle';
}

/** The name of what a gzip file holds. */
export function unpackedName(path: string): string {
  return path.replace(/\.tgz$/i, '.tar').replace(/\.gz$/i, '');
}

/** As many bytes as tell an archive. */
export const MAGIC_BYTES = 512;
/** As many bytes as tell what a text is, with room for a licence above it. */
export const BEGINNING_BYTES = 4096;
const USTAR_OFFSET = 257;

/** Archives by their magic words. */
export function archiveByMagic(head: Buffer): ArchiveFormat | undefined {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  const word = head.toString('latin1', 0, 4);
  if (word === 'PK\x03\x04' || word === 'PK\x05\x06') return 'zip';
  return head.toString('latin1', USTAR_OFFSET, USTAR_OFFSET + 5) === 'ustar' ? 'tar' : undefined;
}

/** How a text is read: what begins with `{` or `[` as JSON does is JSON, whatever it is called, as it is for `kubectl`; only by its name for certain. */
export function textFormat(named: TextFormat | 'unknown', head: Buffer): TextFormat {
  if (named === 'lines') return named;
  const text = head.toString('latin1');
  if (named === 'json') return /^\s*[[{]/.test(text) ? 'json' : 'yaml';
  return /^\s*(?:\{\s*["}]|\[\s*(?:\{\s*["}]|\]))/.test(text) ? 'either' : 'yaml';
}

/** Whether a file that may be anything begins like a manifest: its first line that is neither blank nor a comment is a key that they begin with. */
export function looksLikeManifest(head: Buffer): boolean {
  const text = head.toString('latin1');
  if (textFormat('unknown', head) === 'either') return true;
  const first = text.split(/\r?\n/).find((line) => !/^\s*(?:#.*)?$|^---(?:\s|$)|^%/.test(line));
  return first !== undefined && /^(?:- )?["']?(?:apiVersion|kind|metadata|items|spec)["']?\s*:/.test(first);
}
