import type { Chunks } from '../../src/ingest/bytes';
import { DEFAULT_LIMITS, type Limits } from '../../src/ingest/document';
import type { Found } from '../../src/ingest/found';
import { inChunks } from './read-bundle';

/** What a reader finds in a text: `document:line value`, with the type its list gives it, or `document:line code`. */
export async function readFound(
  reader: (chunks: Chunks, limits: Limits) => AsyncIterable<Found>,
  text: string,
  limits: Partial<Limits> = {},
  chunkBytes = 1000,
): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const each of reader(inChunks(Buffer.from(text), chunkBytes), { ...DEFAULT_LIMITS, ...limits })) {
    switch (each.kind) {
      case 'empty':
        found.push(`${each.document} empty`);
        break;
      case 'refused':
        found.push(`${each.document}:${each.line} ${each.refusal.code}`);
        break;
      case 'value': {
        const { line, value, type } = each.found;
        const listed = type.kind === undefined ? '' : ` in a list of ${type.apiVersion} ${type.kind}`;
        found.push(`${each.document}:${line} ${JSON.stringify(value)}${listed}`);
      }
    }
  }
  return found;
}
