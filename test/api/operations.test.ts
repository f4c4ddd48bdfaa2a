import type { ScanStart } from '../../src/api/operations';
import { nextCursorOf, valuesOf } from '../../src/api/paging';
import { apiService } from '../support/api-service';
import { SHOP_BUNDLE } from '../support/shop-bundle';

const BYTES = new TextEncoder().encode(SHOP_BUNDLE);
const START: ScanStart = { bundle: { bytes: BYTES }, cluster: 'shop-eu', facts: {}, stage: 'production' };

function keysOf({ memory }: ReturnType<typeof apiService>, part: string) {
  return [...memory.objects.keys()].filter((key) => key.includes(part));
}

test('an upload is a signed place in the tenant of whoever asked', async () => {
  const { operations, memory } = apiService();

  const upload = await operations.createUpload('acme');

  expect(memory.keyOfPresignedPut(upload.url)).toBe(`uploads/acme/${upload.uploadId}`);
  expect(Date.parse(upload.expiresAt)).toBeGreaterThan(0);
});

test('an upload that is opened with its scan has a scan that waits under the same id, and no message yet', async () => {
  const { operations, repository, messages } = apiService();

  const upload = await operations.createUpload('acme', { cluster: 'shop-eu', facts: { cni: 'calico' }, stage: 'beta' });

  expect(upload.scanId).toBe(upload.uploadId);
  expect(await repository.get('acme', upload.scanId!)).toMatchObject({
    status: 'QUEUED',
    request: { uploadId: upload.uploadId, cluster: 'shop-eu', facts: { cni: 'calico' }, stage: 'beta' },
  });
  expect(messages).toEqual([]);
});

test('an upload is not opened with a scan that could not be asked for', async () => {
  const { operations, memory } = apiService();

  await expect(operations.createUpload('acme', { cluster: '', facts: { cni: '' }, stage: 'beta' })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    details: [{ path: 'facts' }, { path: 'cluster' }],
  });
  expect([...memory.objects.keys()]).toEqual([]);
});

test('a scan of an upload is stored and queued', async () => {
  const { operations, repository, messages } = apiService();
  await repository.putUpload('acme', 'up-1', BYTES);

  const scan = await operations.startScan('acme', { ...START, bundle: { uploadId: 'up-1' } });

  expect(scan).toMatchObject({
    tenant: 'acme',
    status: 'QUEUED',
    request: { uploadId: 'up-1', cluster: 'shop-eu', facts: {}, stage: 'production' },
  });
  expect(await repository.get('acme', scan.id)).toEqual(scan);
  expect(messages).toEqual([{ tenant: 'acme', scanId: scan.id }]);
});

test("another tenant's upload is not found", async () => {
  const { operations, repository, messages } = apiService();
  await repository.putUpload('acme', 'up-1', BYTES);

  await expect(operations.startScan('evil', { ...START, bundle: { uploadId: 'up-1' } })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(messages).toEqual([]);
});

test('without a key every call is a scan of its own', async () => {
  const service = apiService();

  const [a, b] = [await service.operations.startScan('acme', START), await service.operations.startScan('acme', START)];

  expect(a.id).not.toBe(b.id);
  expect(service.messages).toHaveLength(2);
});

test('a scan that could not be queued is not left waiting for ever, and its upload is kept for another try', async () => {
  const service = apiService({ queueFails: (nth) => nth === 1 });
  await service.repository.putUpload('acme', 'up-1', BYTES);
  const start: ScanStart = { ...START, bundle: { uploadId: 'up-1' } };

  await expect(service.operations.startScan('acme', start)).rejects.toThrow('the queue is away');
  expect((await service.operations.listScans('acme', undefined, { limit: 9 })).items).toEqual([]);

  await service.operations.startScan('acme', start);
  expect(await service.work()).toEqual(['succeeded']);
});

describe('the same idempotency key', () => {
  const KEYED: ScanStart = { ...START, idempotencyKey: 'night-1' };

  test('gives the same scan, and one that still waits is queued again', async () => {
    const service = apiService();

    const first = await service.operations.startScan('acme', KEYED);
    const second = await service.operations.startScan('acme', KEYED);

    expect(second).toEqual(first);
    expect(service.messages).toEqual([
      { tenant: 'acme', scanId: first.id },
      { tenant: 'acme', scanId: first.id },
    ]);
    expect(await service.work()).toEqual(['succeeded', 'none']);
    expect(await service.operations.startScan('acme', KEYED)).toMatchObject({ id: first.id, status: 'SUCCEEDED' });
    expect(service.messages).toEqual([]);
    expect(keysOf(service, 'uploads/')).toEqual([]);
  });

  test.each([
    ['other bytes', { bundle: { bytes: new TextEncoder().encode('kind: Namespace') } }],
    ['another cluster', { cluster: 'shop-us' }],
    ['other facts', { facts: { cni: 'calico' } }],
    ['another stage', { stage: 'lab' }],
  ] as const)('with %s is a conflict', async (_, change) => {
    const service = apiService();
    await service.operations.startScan('acme', KEYED);

    await expect(service.operations.startScan('acme', { ...KEYED, ...change })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_CONFLICT',
      status: 409,
    });
    expect(keysOf(service, '/scan')).toHaveLength(1);
    expect(keysOf(service, 'uploads/')).toHaveLength(1);
  });

  test('queues the scan that a failure of the queue has left waiting', async () => {
    const service = apiService({ queueFails: (nth) => nth === 1 });

    await expect(service.operations.startScan('acme', KEYED)).rejects.toThrow('the queue is away');
    await service.operations.startScan('acme', KEYED);

    expect(await service.work()).toEqual(['succeeded']);
  });

  test('of another tenant is another key', async () => {
    const { operations, repository } = apiService();

    const ours = await operations.startScan('acme', KEYED);
    const theirs = await operations.startScan('evil', { ...KEYED, cluster: 'other' });

    expect(await repository.get('acme', ours.id)).toMatchObject({ request: { cluster: 'shop-eu' } });
    expect(await repository.get('evil', theirs.id)).toMatchObject({ request: { cluster: 'other' } });
  });

  test('by many at once makes one scan', async () => {
    const service = apiService();

    const scans = await Promise.all(Array.from({ length: 8 }, () => service.operations.startScan('acme', KEYED)));

    expect(new Set(scans.map(({ id }) => id)).size).toBe(1);
    expect(keysOf(service, '/scan')).toHaveLength(1);
    expect((await service.work()).filter((outcome) => outcome === 'succeeded')).toHaveLength(1);
  });

  test('makes a new scan once the old one was deleted, and answers are those of the new one', async () => {
    const { operations, work } = apiService();
    const old = await operations.startScan('acme', KEYED);
    await work();
    const opened = await operations.openScan('acme', old.id);
    expect((await opened.workloads({}, { limit: 9 })).total).toBe(4);
    await operations.deleteScan('acme', old.id);

    const bundle = {
      bytes: new TextEncoder().encode(
        SHOP_BUNDLE.replace(/---\napiVersion: apps\/v1\nkind: Deployment\nmetadata: { name: toy[\s\S]*?---/, '---'),
      ),
    };
    const again = await operations.startScan('acme', { ...KEYED, bundle });
    await work();

    expect(again.id).toBe(old.id);
    expect((await (await operations.openScan('acme', again.id)).workloads({}, { limit: 9 })).total).toBe(3);
  });
});

test.each([
  [{ cluster: '' }, 'cluster'],
  [{ cluster: 'x'.repeat(201) }, 'cluster'],
  [{ cluster: 'a\nb' }, 'cluster'],
  [{ facts: { color: 'red' } }, 'facts'],
  [{ facts: { ipBlockMatchesPods: 'perhaps' } }, 'facts'],
  [{ facts: { podRanges: '10.0.0.0/99' } }, 'facts'],
  [{ facts: JSON.parse('{"__proto__":"x"}') as Record<string, string> }, 'facts'],
  [{ bundle: { uploadId: '../../t/evil/scans/x' } }, 'uploadId'],
  [{ bundle: { bytes: new Uint8Array() } }, 'body'],
  [{ idempotencyKey: '' }, 'idempotencyKey'],
  [{ idempotencyKey: 'x'.repeat(256) }, 'idempotencyKey'],
  [{ idempotencyKey: 'a\u0000' }, 'idempotencyKey'],
])('%j is refused and names %s, and nothing is stored', async (change, path) => {
  const service = apiService();

  await expect(service.operations.startScan('acme', { ...START, ...change })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    details: [expect.objectContaining({ path })],
  });
  expect([...service.memory.objects.keys()]).toEqual([]);
});

test('everything that is wrong is told at once', async () => {
  const { operations } = apiService();

  await expect(
    operations.startScan('acme', { ...START, cluster: '', facts: { a: 'b', c: 'd' }, idempotencyKey: '' }),
  ).rejects.toMatchObject({
    details: [{ path: 'facts' }, { path: 'facts' }, { path: 'cluster' }, { path: 'idempotencyKey' }],
  });
});

test.each(['none', '../x', '', '__proto__', 'very long'])('a scan whose id is `%s` is not found', async (name) => {
  const { operations } = apiService();
  const id = name === 'very long' ? 'x'.repeat(10_000) : name;

  await expect(operations.openScan('acme', id)).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringMatching(/^.{1,140}$/) });
  await expect(operations.deleteScan('acme', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

test("another tenant's scan is neither opened, listed nor deleted", async () => {
  const { operations } = apiService();
  const { id } = await operations.startScan('acme', START);

  await expect(operations.openScan('evil', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(operations.deleteScan('evil', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect((await operations.listScans('evil', undefined, { limit: 9 })).items).toEqual([]);
  expect((await operations.listScans('evil', 'shop-eu', { limit: 9 })).items).toEqual([]);
  expect((await operations.listClusters('evil', { limit: 9 })).items).toEqual([]);
  expect((await operations.openScan('acme', id)).scan.id).toBe(id);
});

test('scans are listed newest first, page after page, of one cluster or of all', async () => {
  const { operations } = apiService();
  const ids: string[] = [];
  for (const cluster of ['a', 'b', 'a', 'b', 'a']) ids.unshift((await operations.startScan('acme', { ...START, cluster })).id);

  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await operations.listScans('acme', undefined, { limit: 2, cursor });
    expect(page.hasPrevious).toBe(cursor !== undefined);
    seen.push(...valuesOf(page).map(({ scan }) => scan.id));
    cursor = nextCursorOf(page);
  } while (cursor !== undefined);

  expect(seen).toEqual(ids);
  expect(valuesOf(await operations.listScans('acme', 'b', { limit: 9 })).map(({ scan }) => scan.id)).toEqual([ids[1], ids[3]]);
});

test('the cursor of any scan goes on after it, in its own list alone', async () => {
  const { operations } = apiService();
  for (const cluster of ['a', 'a', 'a']) await operations.startScan('acme', { ...START, cluster });
  const { items } = await operations.listScans('acme', 'a', { limit: 3 });

  expect(valuesOf(await operations.listScans('acme', 'a', { limit: 3, cursor: items[1]!.cursor }))).toHaveLength(1);
  await expect(operations.listScans('acme', undefined, { limit: 3, cursor: items[1]!.cursor })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
  });
  await expect(operations.listClusters('acme', { limit: 3, cursor: items[1]!.cursor })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});

test('clusters are listed by name, each with its newest scan', async () => {
  const { operations } = apiService();
  for (const cluster of ['b', 'a', 'b', 'c']) await operations.startScan('acme', { ...START, cluster });

  const first = await operations.listClusters('acme', { limit: 2 });
  const second = await operations.listClusters('acme', { limit: 2, cursor: nextCursorOf(first) });

  expect(valuesOf(first).map(({ name }) => name)).toEqual(['a', 'b']);
  expect(valuesOf(second).map(({ name }) => name)).toEqual(['c']);
  const [newest] = valuesOf(await operations.listScans('acme', 'b', { limit: 1 }));
  expect(valuesOf(first)[1]!.latestScanId).toBe(newest!.scan.id);
});

test('a deleted scan is gone, with its results, its upload and its place in lists', async () => {
  const service = apiService();
  const { id } = await service.operations.startScan('acme', START);
  await service.operations.startScan('acme', START);
  await service.work();
  const waiting = await service.operations.startScan('acme', START);

  await service.operations.deleteScan('acme', id);
  await service.operations.deleteScan('acme', waiting.id);

  await expect(service.operations.openScan('acme', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(keysOf(service, id)).toEqual([]);
  expect(keysOf(service, 'uploads/')).toEqual([]);
  expect((await service.operations.listScans('acme', undefined, { limit: 9 })).items).toHaveLength(1);
  await expect(service.operations.deleteScan('acme', id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
