import { Buffer } from 'node:buffer';
import { CARRIAGE_RETURN, LINE_FEED, SPACE } from './bytes';

/** One item of a list with its dash. */
export interface RawItem {
  readonly bytes: Buffer;
  /** Of its dash. */
  readonly line: number;
}

/** A YAML list cut at its items, so that a large one needs no tree of the whole. */
export interface RawList {
  /** The list without `items`. */
  readonly envelope: Buffer;
  readonly items: readonly RawItem[];
}

const HASH = 0x23;
const DASH = 0x2d;

/**
 * Cuts a document that is written as lists are written by `kubectl` and by hand: `items:` alone on a line that is not indented, and its items below,
 * all with their dashes in one column. Undefined for anything else. What stands inside an item is always indented further than its dash, but for
 * sloppy continuation lines of quoted text: then a part does not parse, and the caller must parse the document as a whole.
 */
export function cutList({ bytes, line }: RawItem): RawList | undefined {
  const header = headerOf(bytes);
  if (!header) return undefined;
  const lines = linesOf(bytes, header.end);
  const starts: { offset: number; line: number }[] = [];
  let dashes = -1;
  let end = bytes.length;
  let number = line + countTo(bytes, header.end);
  for (const { start, indent, byte } of lines) {
    if (byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === HASH || byte === undefined) {
      number++;
      continue;
    }
    const isItem = byte === DASH && isBlank(bytes[start + indent + 1]);
    if (dashes < 0 && isItem) dashes = indent;
    if (dashes < 0) return undefined;
    if (indent === dashes && isItem) {
      starts.push({ offset: start, line: number });
    } else if (indent <= dashes) {
      // Keys of the list itself begin in the first column; anything else is no list that this can cut.
      if (indent > 0) return undefined;
      end = start;
      break;
    }
    number++;
  }
  if (starts.length === 0) return undefined;
  return {
    envelope: Buffer.concat([bytes.subarray(0, header.start), bytes.subarray(end)]),
    items: starts.map((item, i) => ({ bytes: bytes.subarray(item.offset, starts[i + 1]?.offset ?? end), line: item.line })),
  };
}

/** The line `items:`, from its beginning to the beginning of the next. */
function headerOf(bytes: Buffer): { readonly start: number; readonly end: number } | undefined {
  for (let at = bytes.indexOf('items:'); at >= 0; at = bytes.indexOf('\nitems:', at)) {
    const start = bytes[at] === LINE_FEED ? at + 1 : at;
    if (start > 0 && bytes[start - 1] !== LINE_FEED) continue;
    const end = bytes.indexOf(LINE_FEED, start);
    const rest = bytes.toString('latin1', start + 'items:'.length, end < 0 ? bytes.length : end);
    return end >= 0 && /^\s*(?:\s#.*)?$/.test(rest) ? { start, end: end + 1 } : undefined;
  }
  return undefined;
}

function* linesOf(
  bytes: Buffer,
  from: number,
): Generator<{ readonly start: number; readonly indent: number; readonly byte: number | undefined }> {
  for (let start = from; start < bytes.length; ) {
    let first = start;
    while (bytes[first] === SPACE) first++;
    yield { start, indent: first - start, byte: bytes[first] };
    const end = bytes.indexOf(LINE_FEED, first);
    start = end < 0 ? bytes.length : end + 1;
  }
}

function countTo(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(LINE_FEED); i >= 0 && i < end; i = bytes.indexOf(LINE_FEED, i + 1)) lines++;
  return lines;
}

function isBlank(byte: number | undefined): boolean {
  return byte === undefined || byte === SPACE || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}
