import { Hono } from 'hono';
import type { FileObjectStore } from '../store/file-object-store';

/** Path below which the file store's presigned URLs are taken. */
export const OBJECTS_PATH = '/objects';

/** As much as reading a bundle takes at most. */
export const MOST_UPLOAD_BYTES = 512 * 1024 * 1024;

/**
 * Takes the body of a presigned PUT, as S3 would.
 * @param arrived is told the key of what was stored, as S3's notices do
 */
export function uploadApp(
  store: Pick<FileObjectStore, 'keyOfPresignedPut' | 'putStream'>,
  arrived: (key: string) => Promise<void>,
  limit: number = MOST_UPLOAD_BYTES,
): Hono {
  const app = new Hono();
  app.put(`${OBJECTS_PATH}/*`, async (context) => {
    const { pathname, search } = new URL(context.req.url);
    const key = store.keyOfPresignedPut(pathname + search);
    if (key === undefined) return context.text('the address is not signed by this service, or its time is over\n', 403);
    const isStored = await store.putStream(key, chunksOf(context.req.raw.body), limit);
    if (!isStored) return context.text(`the body is larger than ${limit} bytes\n`, 413);
    await arrived(key);
    return context.body(null, 200);
  });
  return app;
}

async function* chunksOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  if (!body) return;
  const reader = body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
  } finally {
    reader.releaseLock();
  }
}
