import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OBJECTS_PATH, uploadApp } from '../../src/local/uploads';
import { FileObjectStore } from '../../src/store/file-object-store';

let root: string;
let store: FileObjectStore;
const arrived = jest.fn(async (_key: string) => {});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'uploads-'));
  arrived.mockClear();
  store = new FileObjectStore({ root, publicUrl: `http://127.0.0.1:4000${OBJECTS_PATH}` });
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

describe('uploadApp', () => {
  it('stores the body of a presigned PUT', async () => {
    const { url } = await store.presignPut('uploads/local/a', 60);
    const response = await uploadApp(store, arrived).request(url, { method: 'PUT', body: 'kind: Pod' });
    expect(response.status).toBe(200);
    expect(Buffer.from((await store.get('uploads/local/a'))!.bytes).toString()).toBe('kind: Pod');
    expect(arrived.mock.calls).toEqual([['uploads/local/a']]);
  });

  it('stores an empty body as such', async () => {
    const { url } = await store.presignPut('uploads/local/a', 60);
    expect((await uploadApp(store, arrived).request(url, { method: 'PUT' })).status).toBe(200);
    expect((await store.get('uploads/local/a'))!.bytes).toHaveLength(0);
  });

  it('refuses a URL for another key', async () => {
    const { url } = await store.presignPut('uploads/local/a', 60);
    const response = await uploadApp(store, arrived).request(url.replace('local/a', 'local/b'), { method: 'PUT', body: 'x' });
    expect(response.status).toBe(403);
    expect(await store.get('uploads/local/b')).toBeUndefined();
  });

  it('refuses a body that is too large and keeps nothing of it', async () => {
    const { url } = await store.presignPut('uploads/local/a', 60);
    const response = await uploadApp(store, arrived, 10).request(url, { method: 'PUT', body: 'x'.repeat(11) });
    expect(response.status).toBe(413);
    expect(arrived).not.toHaveBeenCalled();
    expect(await store.get('uploads/local/a')).toBeUndefined();
  });
});
