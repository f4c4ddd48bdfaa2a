import { gzipSync } from 'node:zlib';
import { runScan } from '../../src/api/scan-worker';
import type { ObjectStore } from '../../src/store/object-store';
import { ScanRepository } from '../../src/store/scan-repository';
import { apiService } from '../support/api-service';
import type { MemoryObjectStore } from '../support/memory-object-store';
import { PLANTED_SECRETS, SHOP_BUNDLE } from '../support/shop-bundle';

const MESSAGE = { tenant: 'acme', scanId: 'id-1' };

async function started(
  bundle: string | Uint8Array = SHOP_BUNDLE,
  options: Parameters<typeof apiService>[0] = {},
  facts: Record<string, string> = {},
) {
  const service = apiService(options);
  const bytes = typeof bundle === 'string' ? new TextEncoder().encode(bundle) : bundle;
  await service.operations.startScan('acme', { bundle: { bytes }, cluster: 'shop-eu', facts, stage: 'production' });
  return service;
}

/** A store that fails the nth call of a method. */
function failing(method: keyof ObjectStore, nth: number): (memory: MemoryObjectStore) => ObjectStore {
  let calls = 0;
  return (memory) =>
    new Proxy(memory, {
      get(target, name) {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === method && ++calls === nth) throw new Error('the store is away');
          return value.apply(target, args) as unknown;
        };
      },
    });
}

const uploads = (memory: MemoryObjectStore) => [...memory.objects.keys()].filter((key) => key.startsWith('uploads/'));

test('a scan succeeds: results stored, counts told, upload gone', async () => {
  const { worker, repository, memory } = await started();

  expect(await runScan(worker, MESSAGE)).toBe('succeeded');

  const scan = await repository.get('acme', 'id-1');
  expect(scan).toMatchObject({
    status: 'SUCCEEDED',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    facts: { cni: 'unknown' },
    factOrigins: { cni: 'assumed' },
  });
  expect(scan!.summary).toMatchObject({
    mode: 'bundle',
    namespaces: 3,
    workloads: 4,
    endpoints: 4,
    policies: 2,
    pairs: 12,
    isolatedIngress: 2,
    isolatedEgress: 1,
  });
  expect(Object.values(scan!.summary!.findings).reduce((sum, count) => sum + count)).toBe(
    (await repository.findings('acme', 'id-1'))!.length,
  );
  expect(Date.parse(scan!.startedAt!)).toBeLessThan(Date.parse(scan!.finishedAt!));
  expect(await repository.model('acme', 'id-1')).toBeDefined();
  expect(uploads(memory)).toEqual([]);
});

test('no byte of a secret is stored', async () => {
  const { worker, memory } = await started();
  await runScan(worker, MESSAGE);

  const { model, directory } = (await new ScanRepository(memory).model('acme', 'id-1'))!;
  const stored = [...memory.objects.values(), model, directory].map((bytes) => Buffer.from(bytes).toString('latin1'));

  for (const secret of PLANTED_SECRETS) expect(stored.filter((text) => text.includes(secret))).toEqual([]);
});

test('facts of the request reach the analysis', async () => {
  const { worker, repository } = await started(SHOP_BUNDLE, {}, { cni: 'calico' });
  await runScan(worker, MESSAGE);

  expect(await repository.get('acme', 'id-1')).toMatchObject({
    facts: { cni: 'calico', ipBlockMatchesPods: 'yes' },
    factOrigins: { cni: 'given', ipBlockMatchesPods: 'derived' },
  });
});

test('an archive is a bundle', async () => {
  const { worker } = await started(gzipSync(SHOP_BUNDLE));

  expect(await runScan(worker, MESSAGE)).toBe('succeeded');
});

test('a finished scan that is delivered again stays as it is', async () => {
  const { worker, memory } = await started();
  await runScan(worker, MESSAGE);
  const before = new Map(memory.objects);

  expect(await runScan(worker, MESSAGE)).toBe('none');
  expect(new Map(memory.objects)).toEqual(before);
});

test('two workers at once give one result', async () => {
  const { worker, repository } = await started();

  const outcomes = await Promise.all([runScan(worker, MESSAGE), runScan(worker, MESSAGE)]);

  expect(outcomes.filter((outcome) => outcome === 'succeeded')).toHaveLength(1);
  expect((await repository.get('acme', 'id-1'))!.status).toBe('SUCCEEDED');
});

test.each([
  ['put', 8],
  ['get', 8],
  ['read', 2],
  ['delete', 2],
] as const)('a scan that breaks off at any %s to the store is taken up by the next delivery', async (method, most) => {
  const whole = await started();
  await runScan(whole.worker, MESSAGE);
  const { startedAt: _, finishedAt: __, ...expected } = (await whole.repository.get('acme', 'id-1'))!;
  let broken = 0;
  for (let nth = 1; nth <= most; nth++) {
    const { memory } = await started();
    const service = apiService({ objects: () => failing(method, nth)(memory) });
    while ((await runScan(service.worker, MESSAGE).catch(() => 'broken')) === 'broken') broken++;
    await runScan(service.worker, MESSAGE).catch(() => broken++);

    const { startedAt, finishedAt, ...scan } = (await new ScanRepository(memory).get('acme', 'id-1'))!;
    expect(scan).toEqual(expected);
    expect(uploads(memory)).toEqual([]);
  }
  expect(broken).toBeGreaterThan(0);
});

test('a stream of the store that breaks off is no broken bundle: the scan is delivered again', async () => {
  let breaks = true;
  const { worker, repository } = await started(SHOP_BUNDLE, {
    objects: (memory) =>
      Object.assign(Object.create(memory) as MemoryObjectStore, {
        async read(key: string) {
          const stream = (await memory.read(key))!;
          return (async function* () {
            for await (const chunk of stream) {
              yield chunk.subarray(0, 100);
              if (breaks) throw new Error('connection reset');
              yield chunk.subarray(100);
            }
          })();
        },
      }),
  });

  await expect(runScan(worker, MESSAGE)).rejects.toThrow('connection reset');
  expect((await repository.get('acme', 'id-1'))!.status).toBe('RUNNING');

  breaks = false;
  expect(await runScan(worker, MESSAGE, 2)).toBe('succeeded');
});

test.each([
  ['no object at all', '# nothing\n'],
  ['objects that have no part in it', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { password: hunter2-planted }\n'],
  ['no YAML', '{{{{ [[[['],
  ['a hundred thousand brackets', '['.repeat(100_000)],
  ['bytes that are no text', new Uint8Array(2_000).fill(0)],
  ['a truncated archive', gzipSync(SHOP_BUNDLE.repeat(20)).subarray(0, 600)],
])('%s fails the scan with a reason, and nothing is half-stored', async (_, bundle) => {
  const { worker, repository, memory } = await started(bundle);

  expect(await runScan(worker, MESSAGE)).toBe('failed');

  const scan = (await repository.get('acme', 'id-1'))!;
  expect(scan.status).toBe('FAILED');
  expect(scan.failure).toMatch(/^the bundle .*[^.]$/);
  expect(scan.diagnostics!.length).toBeGreaterThan(0);
  expect(scan.summary).toBeUndefined();
  expect(JSON.stringify(scan)).not.toContain('hunter2');
  expect([...memory.objects.keys()].filter((key) => /model|directory|findings|results/.test(key))).toEqual([]);
  expect(uploads(memory)).toEqual([]);
});

test.each([{ documents: 3 }, { bytes: 1_000 }, { documentBytes: 100 }])(
  'the limit %j cuts the bundle off, which fails the scan',
  async (limits) => {
    const { worker, repository } = await started();

    expect(await runScan({ ...worker, limits }, MESSAGE)).toBe('failed');
    expect((await repository.get('acme', 'id-1'))!.failure).toContain('not read to its end');
  },
);

test('a broken document among good ones does not fail the scan', async () => {
  const { worker, repository } = await started(`${SHOP_BUNDLE}---\nkind: [broken\n`);

  expect(await runScan(worker, MESSAGE)).toBe('succeeded');
  const scan = (await repository.get('acme', 'id-1'))!;
  expect(scan.summary!.diagnostics.fatal).toBe(1);
  expect(scan.diagnostics![0]).toMatchObject({ severity: 'fatal', source: { file: 'bundle' } });
});

test('an upload that never came fails the scan', async () => {
  const { worker, repository, memory } = await started();
  for (const key of uploads(memory)) memory.objects.delete(key);

  expect(await runScan(worker, MESSAGE)).toBe('failed');
  expect((await repository.get('acme', 'id-1'))!.failure).toContain('the upload is not there');
});

test('a scan that brings down its worker again and again is given up', async () => {
  const { worker, repository } = await started();

  expect(await runScan(worker, MESSAGE, 4)).toBe('failed');
  expect((await repository.get('acme', 'id-1'))!.failure).toContain('broke off 3 times');
});

test('a scan that was deleted is not run', async () => {
  const { worker, operations, memory } = await started();
  await operations.deleteScan('acme', 'id-1');

  expect(await runScan(worker, MESSAGE)).toBe('none');
  expect([...memory.objects.keys()]).toEqual([]);
});

test('a scan that is deleted while it runs leaves nothing', async () => {
  const { worker, operations, memory } = await started();

  await Promise.all([runScan(worker, MESSAGE), operations.deleteScan('acme', 'id-1')]);

  expect([...memory.objects.keys()]).toEqual([]);
});

test('a worker whose scan was deleted meanwhile leaves a later scan of the same id alone', async () => {
  let whenRead: (() => Promise<unknown>) | undefined;
  const service = await started(SHOP_BUNDLE, {
    objects: (memory) =>
      Object.assign(Object.create(memory) as MemoryObjectStore, {
        async read(key: string) {
          const bytes = await memory.read(key);
          await whenRead?.();
          return bytes;
        },
      }),
  });
  const { operations, repository, worker } = service;
  const scan = (await repository.get('acme', 'id-1'))!;
  whenRead = async () => {
    whenRead = undefined;
    await operations.deleteScan('acme', 'id-1');
    await repository.create({ ...scan, createdAt: '2030-01-01T00:00:00.000Z' });
  };

  expect(await runScan(worker, MESSAGE)).toBe('none');
  expect(await repository.get('acme', 'id-1')).toMatchObject({ status: 'QUEUED', createdAt: '2030-01-01T00:00:00.000Z' });
  expect(await repository.model('acme', 'id-1')).toBeUndefined();
});

test('nothing of a bundle is logged', async () => {
  const { worker, entries } = await started();
  await runScan(worker, MESSAGE);

  expect(entries).toEqual([{ level: 'info', message: 'scan finished', fields: { tenant: 'acme', scanId: 'id-1', status: 'SUCCEEDED' } }]);
});
