import type { Buffer } from 'node:buffer';
import type { Chunks } from './bytes';
import { LINE_FEED, wholeLines } from './bytes';
import type { Limits } from './document';
import { type Found, type FoundValue, type ItemType, itemTypeOf, objectsIn, type Positions } from './found';
import { faultOf, positionsOf } from './json-positions';
import { type JsonPart, scanJson } from './json-scanner';
import { Refusal, textOf, tooLarge } from './limits';
import { isMapping } from './reading';

/**
 * Kinds of which a cluster has very many, and which controllers write rather than people: looking for the positions of their parts costs as much as parsing
 * them, so that they are pointed at as a whole, and keys that stand twice in them are not told.
 */
const NOT_POINTED_AT = /^(?:Pod|ReplicaSet|Node|Endpoints|EndpointSlice|WorkloadEndpoint|Secret|ConfigMap|Event|Lease)(?:List)?$/;
const NO_POSITIONS: Positions = { lines: new Map() };

/** Values of a JSON stream: one, several after each other (also with `---` between them), or one a line. */
export async function* readJson(chunks: Chunks, limits: Limits): AsyncGenerator<Found> {
  const reader = jsonReader(limits);
  const scanner = scanJson(limits);
  for await (const chunk of chunks) yield* reader(scanner.push(chunk));
  yield* reader(scanner.end());
}

/** Values in bytes at hand, which stand after so many lines and documents of their file. @throws Refusal that ends the file */
export function* readJsonBytes(bytes: Buffer, before: Before, limits: Limits): Generator<Found> {
  const reader = jsonReader(limits, before);
  const scanner = scanJson(limits);
  yield* reader(scanner.push(bytes));
  yield* reader(scanner.end());
}

/** Values of a file that has one on each line; a broken line spoils no other. */
export async function* readJsonLines(chunks: Chunks, limits: Limits): AsyncGenerator<Found> {
  let line = 1;
  let document = 0;
  const refuse = (): never => {
    throw tooLarge(limits.objectBytes, line, 'file');
  };
  for await (const block of wholeLines(chunks, limits.objectBytes, refuse)) {
    for (const bytes of linesOf(block)) {
      const first = line;
      line++;
      if (isBlank(bytes)) continue;
      document++;
      try {
        yield* readJsonBytes(bytes, { line: first - 1, document: document - 1 }, limits);
      } catch (error) {
        if (!(error instanceof Refusal) || error.ends === 'bundle') throw error;
        yield { kind: 'refused', document, line: first, refusal: error, text: '' };
      }
    }
  }
}

/** What stands before a part of a file. */
export interface Before {
  readonly line: number;
  readonly document: number;
}

/** Makes values of parts. It remembers the list that it is in. */
function jsonReader(limits: Limits, before: Before = { line: 0, document: 0 }): (parts: readonly JsonPart[]) => Generator<Found> {
  let document = before.document;
  /** Undefined: what the list says of its items is not known before its end. */
  let type: ItemType | undefined;
  let waiting: FoundValue[] = [];
  let waitingBytes = 0;

  function* read(part: JsonPart): Generator<Found> {
    const line = before.line + part.line;
    switch (part.kind) {
      case 'refused':
        if (part.of === 'value') document++;
        yield refused(part.refusal, line);
        if (part.of === 'list-end') yield* waited({});
        return;
      case 'value':
        if (isSeparator(part.bytes)) return;
        document++;
        yield* values(part, line, {});
        return;
      case 'list':
        document++;
        type = typeBefore(part.bytes, limits);
        return;
      case 'item':
        yield* values(part, line, type);
        return;
      case 'list-end': {
        const list = parse(part, line);
        if (list.kind !== 'value') yield list;
        yield* waited(list.kind === 'value' && isMapping(list.found.value) ? itemTypeOf(list.found.value) : {});
      }
    }
  }
  function* waited(listed: ItemType): Generator<Found> {
    for (const found of waiting) yield* objects({ ...found, type: listed });
    waiting = [];
    waitingBytes = 0;
  }
  function* values(part: { readonly bytes: Buffer }, line: number, itemType: ItemType | undefined): Generator<Found> {
    const parsed = parse(part, line);
    if (parsed.kind !== 'value') {
      yield parsed;
    } else if (itemType === undefined && lacksType(parsed.found.value)) {
      waiting.push(parsed.found);
      waitingBytes += part.bytes.length;
      if (waitingBytes > limits.documentBytes) throw tooLarge(limits.documentBytes, line, 'file');
    } else {
      yield* objects({ ...parsed.found, type: itemType ?? {} });
    }
  }
  function* objects(list: FoundValue): Generator<Found> {
    for (const found of objectsIn(list)) yield { kind: 'value', document, found };
  }
  function parse({ bytes }: { readonly bytes: Buffer }, line: number): Found {
    let text = '';
    try {
      text = textOf(bytes, line, limits);
      const value: unknown = JSON.parse(text);
      const positions = (kind: string) => (NOT_POINTED_AT.test(kind) ? NO_POSITIONS : positionsOf(text, value, line));
      return { kind: 'value', document, found: { value, line, type: {}, text, positions } };
    } catch (error) {
      if (error instanceof Refusal) return refused(error, error.line ?? line, text);
      if (!(error instanceof SyntaxError)) throw error;
      const fault = faultOf(text, line);
      // After a stray word nothing tells where the next value begins.
      const ends = /^[[{"]/.test(text) ? 'document' : 'file';
      const refusal = new Refusal('broken-json', `this is not valid JSON: ${fault.reason}`, ends, fault.line);
      if (ends === 'file') throw refusal;
      return refused(refusal, fault.line, text);
    }
  }
  function refused(refusal: Refusal, line: number, text = ''): Found {
    return { kind: 'refused', document, line, refusal, text };
  }
  return function* (parts) {
    for (const part of parts) yield* read(part);
  };
}

/** What the keys before `items` say; undefined when that is not enough. API servers write `kind` first, but not everybody does. */
function typeBefore(head: Buffer, limits: Limits): ItemType | undefined {
  try {
    const list: unknown = JSON.parse(`${textOf(head, 1, limits)}]${head[0] === 0x7b ? '}' : ''}`);
    if (Array.isArray(list)) return {};
    return isMapping(list) && typeof list.kind === 'string' && typeof list.apiVersion === 'string' ? itemTypeOf(list) : undefined;
  } catch {
    // Broken: told when the list ends.
    return undefined;
  }
}

function lacksType(value: unknown): boolean {
  return isMapping(value) && !('kind' in value && 'apiVersion' in value);
}

function isSeparator(bytes: Buffer): boolean {
  return bytes.length === 3 && bytes.toString('latin1') === '---';
}

function* linesOf(block: Buffer): Generator<Buffer> {
  for (let start = 0; start < block.length; ) {
    const end = block.indexOf(LINE_FEED, start);
    const next = end < 0 ? block.length : end + 1;
    yield block.subarray(start, next);
    start = next;
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.every((byte) => byte <= 0x20);
}
