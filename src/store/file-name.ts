/*
 * How a key lies in a file system. Names are made of `[a-z0-9._-]` and `%xx`, so that keys which differ only in case or in Unicode normalisation stay
 * apart everywhere. A mark outside that alphabet ends what is no plain directory, so that the keys `a`, `a/b` and `a=/b` do not get in each other's way:
 *
 *   a/b      ─▶ a/b=               `=` an object
 *   a/<long> ─▶ a/<200>+/<rest>=   `+` a name that goes on inside, because file systems stop at 255 bytes
 */
const MARKS = { '=': 'object', '+': 'continued' } as const;
const PIECE = /.{1,200}/g;

/** What one name in a directory of the store stands for. */
export interface FileName {
  readonly kind: 'object' | 'continued' | 'directory';
  /** Without its mark. */
  readonly name: string;
}

/** Path of an object, relative to the root of the objects. */
export function objectPath(key: string): string {
  return `${directoryPath(key)}=`;
}

/** Path of the directory that holds the keys which begin with these segments and a slash. */
export function directoryPath(segments: string): string {
  return segments
    .split('/')
    .map((segment) => (encodeSegment(segment).match(PIECE) ?? []).join('+/'))
    .join('/');
}

/** Goes by the mark alone: whether such a name is one of ours at all, `segmentOf` tells. */
export function readFileName(entry: string): FileName {
  const mark = entry.at(-1);
  return mark === '=' || mark === '+' ? { kind: MARKS[mark], name: entry.slice(0, -1) } : { kind: 'directory', name: entry };
}

/** The segment whose name this is, put together from its pieces; undefined for a file that is none of ours. */
export function segmentOf(name: string): string | undefined {
  const bytes = name.replace(/%([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const segment = Buffer.from(bytes, 'latin1').toString();
  return encodeSegment(segment) === name ? segment : undefined;
}

function encodeSegment(segment: string): string {
  return Buffer.from(segment)
    .toString('latin1')
    .replace(/[^a-z0-9._-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
