import { Buffer } from 'node:buffer';

/** A file as it flows: chunks of any size, cut anywhere. */
export type Chunks = AsyncIterable<Uint8Array>;

/** Whole files are handed on in pieces of this many bytes, so that whatever is made of a piece stays small. */
const PIECE_BYTES = 1024 * 1024;

/** Bytes of ASCII: in UTF-8 none of them is part of a longer sequence. */
export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;
export const TAB = 0x09;
export const SPACE = 0x20;

/** Bytes in hand as a flow of chunks. Nothing is copied. */
export async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += PIECE_BYTES) yield bytes.subarray(start, start + PIECE_BYTES);
}

/** The same memory under another face; nothing is copied. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The whole flow in memory, for what can only be read from its end (the directory of a zip archive). Limits bound it from outside. */
export async function collect(chunks: Chunks): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return joined(parts);
}

/** One buffer; a single part is not copied. */
export function joined(parts: readonly Uint8Array[]): Buffer {
  return parts.length === 1 ? asBuffer(parts[0]!) : Buffer.concat(parts);
}

/** Line feeds: the last line counts only once it has ended. */
export function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let i = bytes.indexOf(LINE_FEED); i >= 0; i = bytes.indexOf(LINE_FEED, i + 1)) lines++;
  return lines;
}

/** The beginning of a flow, and the whole flow still to be read. `close` gives it up unread. */
export interface Opened {
  /** At least as many bytes as were asked for, unless the flow ends before. */
  readonly head: Buffer;
  readonly chunks: Chunks;
  close(): Promise<void>;
}

/** Looks at the first bytes of a flow. INVARIANT: `chunks` is read once, or `close` is called. */
export async function open(chunks: Chunks, wanted: number): Promise<Opened> {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  for (let size = 0; size < wanted; ) {
    const next = await iterator.next();
    if (next.done) break;
    parts.push(next.value);
    size += next.value.length;
  }
  const close = async () => {
    await iterator.return?.();
  };
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* parts;
      for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    } finally {
      await close();
    }
  }
  return { head: joined(parts), chunks: all(), close };
}

/** Cuts a flow anew so that every piece but the last ends with a line feed; `tooLong` is told when one line alone passes `limit` bytes. */
export async function* wholeLines(chunks: Chunks, limit: number, tooLong: () => never): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) {
      yield joined([...parts, chunk.subarray(0, end)]);
      parts = [];
      size = 0;
    }
    if (end < chunk.length) {
      parts.push(end === 0 ? chunk : chunk.subarray(end));
      size += chunk.length - end;
      if (size > limit) tooLong();
    }
  }
  if (size > 0) yield joined(parts);
}

/** A flow of text as UTF-8 without byte order mark; text in UTF-16 is known by its mark, as YAML has it. */
export async function utf8Of(chunks: Chunks): Promise<Chunks> {
  const opened = await open(chunks, 3);
  const { head } = opened;
  if (head[0] === 0xff && head[1] === 0xfe) return recoded(opened.chunks, 'utf-16le');
  if (head[0] === 0xfe && head[1] === 0xff) return recoded(opened.chunks, 'utf-16be');
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? without(opened.chunks, 3) : opened.chunks;
}

async function* recoded(chunks: Chunks, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

async function* without(chunks: Chunks, count: number): AsyncGenerator<Uint8Array> {
  let left = count;
  for await (const chunk of chunks) {
    yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}
