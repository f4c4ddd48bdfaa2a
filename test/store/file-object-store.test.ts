import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { FileObjectStore } from '../../src/store/file-object-store';
import { describeObjectStore } from './object-store-contract';
import { startPutServer } from './put-server';

const temporaryRoot = () => mkdtempSync(`${tmpdir()}/leasttrust-store-`);

describeObjectStore('files', async () => {
  const root = temporaryRoot();
  const server = await startPutServer(async (url, body) => {
    const key = store.keyOfPresignedPut(url);
    return key !== undefined && (await store.putStream(key, body, 1_000_000));
  });
  const store = new FileObjectStore({ root, publicUrl: server.url });
  return {
    store,
    prefix: 'contract/',
    close: async () => {
      await server.close();
      await rm(root, { recursive: true });
    },
  };
});
