import type { Buffer } from 'node:buffer';
import { asBuffer, joined, LINE_FEED, SPACE } from './bytes';
import type { Limits } from './document';
import { Refusal, tooDeep, tooLarge, tooManyNodes } from './limits';

/** Something complete that a scanner has found. */
export type JsonPart =
  /** A value at the top level that is no list. */
  | { readonly kind: 'value'; readonly bytes: Buffer; readonly line: number }
  /** A list begins; `bytes` are all before its first item. */
  | { readonly kind: 'list'; readonly bytes: Buffer; readonly line: number }
  | { readonly kind: 'item'; readonly bytes: Buffer; readonly line: number }
  /** A list ends; `bytes` are the list without its items. */
  | { readonly kind: 'list-end'; readonly bytes: Buffer; readonly line: number }
  /** One of these in whose place only this can be told. */
  | { readonly kind: 'refused'; readonly of: 'value' | 'item' | 'list-end'; readonly refusal: Refusal; readonly line: number };

/** Finds the values of a JSON stream, and the items of its lists, without parsing them. */
export interface JsonScanner {
  /** @throws Refusal that ends the file, when the stream is no JSON and nothing after it can be trusted */
  push(chunk: Uint8Array): readonly JsonPart[];
  /** To be called once, after the last chunk. @throws Refusal */
  end(): readonly JsonPart[];
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_MAPPING = 0x7b;
const CLOSE_MAPPING = 0x7d;

const ITEMS = 'items';

/** A stretch of bytes that may run over several chunks. */
interface Stretch {
  parts: Buffer[];
  size: number;
  /** Where it runs in the current chunk from; -1 while it does not run. */
  from: number;
  line: number;
  nodes: number;
  refusal: Refusal | undefined;
}

function stretch(): Stretch {
  return { parts: [], size: 0, from: -1, line: 1, nodes: 0, refusal: undefined };
}

/**
 * Values may follow each other with or without white space. A list is an object with an array `items`, or an array itself.
 * Brackets are only counted; what is between them is judged when it is parsed.
 */
export function scanJson(limits: Limits): JsonScanner {
  const whole = stretch();
  const item = stretch();
  let chunk: Buffer;
  let found: JsonPart[] = [];
  let line = 1;
  let depth = 0;
  let inText = false;
  let isEscaped = false;
  /** Depth in which items lie; -1 outside lists. */
  let listDepth = -1;
  let isList = false;
  /** What a list goes on with. */
  let expected: 'first' | 'item' | 'comma' = 'first';
  /** Key of the outermost object that is being read, or whose value is; only as much of it as tells it from `items`. */
  let key = '';
  let inKey = false;
  let awaitsKey = false;

  const broken = (reason: string): never => {
    throw new Refusal('broken-json', `this is not valid JSON: ${reason}`, 'file', line);
  };
  const begin = (part: Stretch, at: number) => {
    part.parts = [];
    part.size = 0;
    part.from = at;
    part.line = line;
    part.nodes = 1;
    part.refusal = undefined;
  };
  const suspend = (part: Stretch, end: number) => {
    if (part.from < 0) return;
    const bytes = chunk.subarray(part.from, end);
    part.from = -1;
    part.size += bytes.length;
    if (part.size > limits.objectBytes) part.refusal ??= tooLarge(limits.objectBytes, part.line, 'document');
    if (part.refusal) part.parts = [];
    else part.parts.push(bytes);
  };
  const keepRunning = (part: Stretch) => {
    if (part.from < 0) return;
    suspend(part, chunk.length);
    part.from = 0;
  };
  const finish = (part: Stretch, end: number, kind: 'value' | 'item' | 'list-end') => {
    suspend(part, end);
    const { refusal, parts, line: first } = part;
    found.push(refusal ? { kind: 'refused', of: kind, refusal, line: refusal.line ?? first } : { kind, bytes: joined(parts), line: first });
    part.parts = [];
  };
  /** At the top level words and numbers have no end of their own. */
  const endWord = (at: number) => {
    if (whole.from >= 0) finish(whole, at, 'value');
  };
  const startValue = (at: number) => {
    if (depth === 0 && whole.from < 0) begin(whole, at);
    else if (depth === listDepth && item.from < 0) {
      if (expected === 'comma') broken('a comma is missing between two items');
      begin(item, at);
    }
  };
  const finishItem = (end: number) => {
    finish(item, end, 'item');
    expected = 'comma';
  };
  const weigh = () => {
    const part = listDepth < 0 ? whole : item;
    if (++part.nodes > limits.nodes) part.refusal ??= tooManyNodes(limits, part.line);
  };
  const openList = (at: number) => {
    suspend(whole, at + 1);
    found.push({ kind: 'list', bytes: joined(whole.parts), line: whole.line });
    listDepth = depth;
    isList = true;
    expected = 'first';
  };
  const opening = (at: number, byte: number) => {
    if (depth === 0) endWord(at);
    startValue(at);
    depth++;
    weigh();
    if (listDepth < 0) {
      if (depth > limits.depth) whole.refusal ??= tooDeep(limits, line);
      if (depth === 1) {
        isList = false;
        awaitsKey = byte === OPEN_MAPPING;
        key = '';
        if (byte === OPEN_LIST) openList(at);
      } else if (depth === 2 && byte === OPEN_LIST && key === ITEMS) {
        if (isList) broken('the key `items` is written twice');
        openList(at);
      }
    } else if (depth - listDepth > limits.depth) {
      item.refusal ??= tooDeep(limits, line);
    }
  };
  const closing = (at: number, byte: number) => {
    if (depth === 0) broken('a closing bracket without an opening one');
    if (depth === listDepth) {
      if (item.from >= 0) finishItem(at);
      if (byte !== CLOSE_LIST || expected === 'item') broken('a list is not closed as it was opened');
      listDepth = -1;
      whole.from = at;
    }
    depth--;
    if (depth === listDepth) finishItem(at + 1);
    else if (depth === 0) finish(whole, at + 1, isList ? 'list-end' : 'value');
  };
  const comma = (at: number) => {
    if (depth === 0) broken('a comma outside of lists and objects');
    if (depth === listDepth) {
      if (item.from >= 0) finishItem(at);
      if (expected !== 'comma') broken('a comma without an item before it');
      expected = 'item';
    } else if (depth === 1 && listDepth < 0) {
      awaitsKey = true;
      key = '';
    }
    weigh();
  };

  /** Goes on inside quotes, to the closing one or the end of the chunk. */
  const skipText = (from: number): number => {
    const bytes = chunk;
    let at = isEscaped ? from + 1 : from;
    isEscaped = false;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) break;
      if (byte === BACKSLASH) at++;
      else if (byte === LINE_FEED) line++;
    }
    if (inKey) key += bytes.toString('latin1', from, Math.min(at, from + ITEMS.length + 1));
    if (at < bytes.length) {
      inText = false;
      inKey = false;
      if (depth === 0) finish(whole, at + 1, 'value');
    } else {
      isEscaped = at > bytes.length;
    }
    return at;
  };
  const read = (byte: number, at: number) => {
    switch (byte) {
      case SPACE:
        if (depth === 0) endWord(at);
        break;
      case LINE_FEED:
        line++;
        if (depth === 0) endWord(at);
        break;
      case QUOTE:
        if (depth === 0) endWord(at);
        startValue(at);
        inText = true;
        inKey = awaitsKey && depth === 1 && listDepth < 0;
        if (inKey) key = '';
        break;
      case OPEN_MAPPING:
      case OPEN_LIST:
        opening(at, byte);
        break;
      case CLOSE_MAPPING:
      case CLOSE_LIST:
        closing(at, byte);
        break;
      case COMMA:
        comma(at);
        break;
      case COLON:
        if (depth === 1) awaitsKey = false;
        weigh();
        break;
      default:
        if (byte > SPACE) startValue(at);
        else if (depth === 0) endWord(at);
    }
  };

  return {
    push: (bytes) => {
      chunk = asBuffer(bytes);
      found = [];
      const { length } = chunk;
      for (let i = 0; i < length; i++) {
        if (inText) i = skipText(i);
        else read(chunk[i]!, i);
      }
      keepRunning(whole);
      keepRunning(item);
      return found;
    },
    end: () => {
      found = [];
      if (depth > 0 || inText)
        throw item.refusal ?? whole.refusal ?? new Refusal('broken-json', 'the file ends inside a value', 'file', whole.line);
      if (whole.from >= 0) {
        chunk = asBuffer(new Uint8Array());
        finish(whole, 0, 'value');
      }
      return found;
    },
  };
}
