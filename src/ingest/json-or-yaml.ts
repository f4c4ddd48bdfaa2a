import { type Chunks, chunksOf, open } from './bytes';
import type { Limits } from './document';
import type { Found } from './found';
import { readJson, readJsonBytes } from './json';
import { Refusal } from './limits';
import { readYamlDocument } from './yaml-documents';
import { type RawDocument, splitYamlStream } from './yaml-stream';

/*
 * JSON is YAML as well, but reading it as YAML takes many times as long. A file that begins as JSON does is read as that, one YAML document at a time,
 * and as YAML where it is no JSON: quotes that are missing inside braces, comments, and documents of the usual form after the first.
 */

/** As much of a document as tells how it begins. */
const BEGINNING_BYTES = 4096;
const AS_JSON = /^(?:---[ \t]*(?:\r?\n|$))?\s*[[{]/;

/** Values of a file that begins as JSON does. One too large for a YAML document is read as JSON as it flows: dumps of clusters are nothing else. */
export async function* readJsonOrYaml(chunks: Chunks, limits: Limits): AsyncGenerator<Found> {
  const opened = await open(chunks, limits.objectBytes + 1);
  if (opened.head.length > limits.objectBytes) {
    yield* readJson(opened.chunks, limits);
    return;
  }
  await opened.close();
  let document = 0;
  for await (const raw of splitYamlStream(chunksOf(opened.head), limits.documentBytes)) {
    for (const found of readDocument(raw, document, limits)) {
      document = Math.max(document, found.document);
      yield found;
    }
  }
}

function* readDocument(raw: RawDocument, before: number, limits: Limits): Iterable<Found> {
  const json = AS_JSON.test(raw.bytes.toString('latin1', 0, BEGINNING_BYTES)) ? asJson(raw, before, limits) : undefined;
  if (json && !json.some(isBroken)) {
    yield* json;
    return;
  }
  const yaml = [...readYamlDocument(raw, before + 1, limits)];
  // What is neither is told as the one that it began as.
  yield* json && yaml.some(({ kind }) => kind === 'refused') ? json : yaml;
}

function asJson({ bytes, line }: RawDocument, document: number, limits: Limits): readonly Found[] {
  const found: Found[] = [];
  try {
    for (const value of readJsonBytes(bytes, { line: line - 1, document }, limits)) found.push(value);
  } catch (error) {
    if (!(error instanceof Refusal) || error.ends === 'bundle') throw error;
    const last = found.at(-1)?.document ?? document;
    found.push({ kind: 'refused', document: last + 1, line: (error.line ?? 1) + line - 1, refusal: error, text: bytes.toString() });
  }
  return found;
}

function isBroken(found: Found): boolean {
  return found.kind === 'refused' && found.refusal.code === 'broken-json';
}
