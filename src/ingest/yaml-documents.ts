import type { Chunks } from './bytes';
import type { Limits } from './document';
import { type Found, type FoundValue, type ItemType, itemTypeOf, objectsIn, type Positions } from './found';
import { Refusal, textOf } from './limits';
import { isMapping } from './reading';
import { parseYaml } from './yaml';
import { cutList, type RawItem, type RawList } from './yaml-list';
import { type RawDocument, splitYamlStream } from './yaml-stream';

/** Values of a YAML stream. A broken document, or a broken item of a list, spoils no other. */
export async function* readYaml(chunks: Chunks, limits: Limits): AsyncGenerator<Found> {
  let document = 0;
  for await (const raw of splitYamlStream(chunks, limits.documentBytes)) yield* readYamlDocument(raw, ++document, limits);
}

/** Values of one YAML document; `document` is its number in its file. */
export function* readYamlDocument(raw: RawDocument, document: number, limits: Limits): Generator<Found> {
  const list = cutList(raw);
  const type = list && typeOf(list, raw.line, limits);
  if (list && type) {
    yield* readItems(raw, list, type, document, limits);
    return;
  }
  const parsed = parse(raw, document, limits);
  if (parsed.kind !== 'value') yield parsed;
  else yield* objects(parsed.found, document);
}

/** What a cut list says of its items; undefined when it was not cut right. */
function typeOf({ envelope }: RawList, line: number, limits: Limits): ItemType | undefined {
  const parsed = parse({ bytes: envelope, line }, 0, limits);
  if (parsed.kind === 'empty') return {};
  if (parsed.kind === 'refused') return undefined;
  const { value } = parsed.found;
  return isMapping(value) && !Object.hasOwn(value, 'items') ? itemTypeOf(value) : undefined;
}

/** Reads a list item by item. An item may need what stands before it (an anchor): the first that fails is tried with the whole list around it. */
function* readItems(raw: RawDocument, { items }: RawList, type: ItemType, document: number, limits: Limits): Generator<Found> {
  let hasTriedAll = false;
  for (const [index, item] of items.entries()) {
    const parsed = parseItem(item, document, limits);
    if (parsed.kind === 'value') {
      yield* objects({ ...parsed.found, type }, document);
      continue;
    }
    if (!hasTriedAll) {
      hasTriedAll = true;
      const rest = restOf(parse(raw, document, limits), index);
      if (rest) {
        yield* objects({ ...rest, type }, document);
        return;
      }
    }
    yield parsed;
  }
}

function parseItem(item: RawItem, document: number, limits: Limits): Found {
  const parsed = parse(item, document, limits);
  if (parsed.kind !== 'value') return parsed;
  const { value, positions } = parsed.found;
  if (Array.isArray(value) && value.length === 1) {
    const [object] = value as readonly unknown[];
    return { ...parsed, found: { ...parsed.found, value: object, line: lineOf(object, positions('').lines, item.line) } };
  }
  const refusal = new Refusal('broken-yaml', 'the document is not valid YAML: a list item is expected', 'document', item.line);
  return { kind: 'refused', document, line: item.line, refusal, text: parsed.found.text };
}

function restOf(list: Found, from: number): FoundValue | undefined {
  if (list.kind !== 'value' || !isMapping(list.found.value)) return undefined;
  const { items } = list.found.value;
  return Array.isArray(items) ? { ...list.found, value: items.slice(from) } : undefined;
}

function* objects(list: FoundValue, document: number): Generator<Found> {
  for (const found of objectsIn(list)) yield { kind: 'value', document, found };
}

function parse({ bytes, line }: RawDocument, document: number, limits: Limits): Found {
  let text = '';
  try {
    text = textOf(bytes, line, limits);
    const parsed = parseYaml(text, line, limits);
    if (parsed.value === null || parsed.value === undefined) return { kind: 'empty', document };
    const { value, lines } = parsed;
    return { kind: 'value', document, found: { value, line: lineOf(value, lines, line), type: {}, text, positions: () => parsed } };
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', document, line: error.line ?? line, refusal: error, text };
    throw error;
  }
}

function lineOf(value: unknown, lines: Positions['lines'], otherwise: number): number {
  return (typeof value === 'object' && value !== null ? lines.get(value) : undefined) ?? otherwise;
}
