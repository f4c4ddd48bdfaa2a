import type { Buffer } from 'node:buffer';
import { CARRIAGE_RETURN, type Chunks, countLines, joined, LINE_FEED, SPACE, TAB, wholeLines } from './bytes';
import { tooLarge } from './limits';

/** The bytes of one YAML document, with its `---` and directives, without its `...`. */
export interface RawDocument {
  readonly bytes: Buffer;
  /** Of its first byte. */
  readonly line: number;
}

/**
 * Cuts a YAML stream into its documents as YAML 1.2 does (9.1.4: a line that begins with `---` or `...` and then white space ends any scalar,
 * so no state has to be kept). Such a line inside a block scalar is always indented, and therefore none. A document before the first marker
 * counts only when it has content.
 */
export async function* splitYamlStream(chunks: Chunks, documentBytes: number): AsyncGenerator<RawDocument> {
  let parts: Buffer[] = [];
  let size = 0;
  let line = 1;
  let start = 1;
  let isMarked = false;
  const refuse = (): never => {
    throw tooLarge(documentBytes, start, 'file');
  };
  const append = (bytes: Buffer) => {
    if (bytes.length === 0) return;
    parts.push(bytes);
    size += bytes.length;
    line += countLines(bytes);
    if (size > documentBytes) refuse();
  };
  const finish = (): RawDocument[] => {
    const bytes = joined(parts);
    const documents = isMarked || beginningOf(bytes) === 'content' ? [{ bytes, line: start }] : [];
    parts = [];
    size = 0;
    start = line;
    isMarked = false;
    return documents;
  };
  for await (const block of wholeLines(chunks, documentBytes, refuse)) {
    let from = 0;
    for (const { offset, isEnd } of markersOf(block)) {
      append(block.subarray(from, offset));
      from = offset;
      if (isEnd) {
        yield* finish();
        from = block.indexOf(LINE_FEED, offset) + 1 || block.length;
        line += 1;
        start = line;
      } else if (isMarked || beginningOf(joined(parts)) !== 'directive') {
        yield* finish();
        isMarked = true;
      } else {
        isMarked = true;
      }
    }
    append(block.subarray(from));
  }
  yield* finish();
}

interface Marker {
  readonly offset: number;
  /** `...` rather than `---`. */
  readonly isEnd: boolean;
}

function* markersOf(block: Buffer): Generator<Marker> {
  let start = nextMarker(block, '---', 0);
  let end = nextMarker(block, '...', 0);
  while (Math.min(start, end) < block.length) {
    const offset = Math.min(start, end);
    yield { offset, isEnd: offset === end };
    if (offset === start) start = nextMarker(block, '---', offset + 1);
    else end = nextMarker(block, '...', offset + 1);
  }
}

/** Offset of the next line that begins with `text` and white space, from a line's beginning on; infinite without one. */
function nextMarker(block: Buffer, text: string, from: number): number {
  if (from === 0 && isMarkerAt(block, text, 0)) return 0;
  for (let i = block.indexOf(`\n${text}`, Math.max(0, from - 1)); i >= 0; i = block.indexOf(`\n${text}`, i + 1)) {
    if (isMarkerAt(block, text, i + 1)) return i + 1;
  }
  return Number.POSITIVE_INFINITY;
}

function isMarkerAt(block: Buffer, text: string, offset: number): boolean {
  if (block.toString('latin1', offset, offset + 3) !== text) return false;
  const after = block[offset + 3];
  return after === undefined || after === SPACE || after === TAB || after === LINE_FEED || after === CARRIAGE_RETURN;
}

const HASH = 0x23;
const PERCENT = 0x25;

/** What the first line is that is neither blank nor a comment. */
function beginningOf(bytes: Buffer): 'nothing' | 'directive' | 'content' {
  for (let i = 0; i < bytes.length; i++) {
    const lineStart = i;
    while (bytes[i] === SPACE || bytes[i] === TAB || bytes[i] === CARRIAGE_RETURN) i++;
    const byte = bytes[i];
    if (byte === undefined) break;
    if (byte === PERCENT && i === lineStart) return 'directive';
    if (byte !== HASH && byte !== LINE_FEED) return 'content';
    const end = bytes.indexOf(LINE_FEED, i);
    if (end < 0) break;
    i = end;
  }
  return 'nothing';
}
