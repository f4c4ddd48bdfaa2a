import { PreconditionFailed } from '../../src/store/object-store';
import { MemoryObjectStore } from '../support/memory-object-store';
import { describeObjectStore } from './object-store-contract';
import { startPutServer } from './put-server';

describeObjectStore('memory', async () => {
  const server = await startPutServer(async (url, body) => {
    const key = store.keyOfPresignedPut(url);
    if (key === undefined) return false;
    const parts: Uint8Array[] = [];
    for await (const part of body) parts.push(part);
    await store.put(key, Buffer.concat(parts));
    return true;
  });
  const store = new MemoryObjectStore(server.url);
  return { store, prefix: 'contract/', close: server.close };
});

test('a failed precondition names the key', () => {
  const failure = new PreconditionFailed('t/acme/scans/1/scan');
  expect(failure).toBeInstanceOf(Error);
  expect(failure.message).toContain('t/acme/scans/1/scan');
});
