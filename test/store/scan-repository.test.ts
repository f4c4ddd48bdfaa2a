import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { StoredFormatError } from '../../src/store/codec';
import { FileObjectStore } from '../../src/store/file-object-store';
import { clusterNamesPrefix, positionsPrefix, resultsKey, resultsPrefix, scanKey } from '../../src/store/keys';
import type { Scan } from '../../src/store/scan';
import { ScanRepository } from '../../src/store/scan-repository';
import { MemoryObjectStore } from '../support/memory-object-store';
import { Crash, crashingAt, unsteady } from './faulty-object-stores';
import { artefactsOf, finishedScan, queuedScan } from './sample-scan';

const minutesLater = (minutes: number) => new Date(Date.parse(queuedScan().createdAt) + minutes * 60_000).toISOString();
const scanOf = (id: string, minutes: number, cluster = 'prod-eu') => queuedScan({ id, createdAt: minutesLater(minutes), cluster });
const ids = (scans: readonly Scan[]) => scans.map(({ id }) => id);

let objects: MemoryObjectStore;
let repository: ScanRepository;
beforeEach(() => {
  objects = new MemoryObjectStore();
  repository = new ScanRepository(objects);
});

/** What a service and a worker do with one scan, from its creation on. */
async function runScan(run: ScanRepository, scan: Scan, name = 'run'): Promise<void> {
  await run.create(scan);
  await run.transition(scan.tenant, scan.id, (current) => (current.status === 'QUEUED' ? { ...current, status: 'RUNNING' } : undefined));
  await run.saveResults(scan.tenant, scan.id, artefactsOf(name));
  await run.transition(scan.tenant, scan.id, (current) => (current.status === 'RUNNING' ? finishedScan(current) : undefined));
}

describe('a scan', () => {
  test('that was created is got as it was, and only under its tenant and id', async () => {
    expect(await repository.create(queuedScan())).toBe(true);

    expect(await repository.get('acme', 'scan-1')).toEqual(queuedScan());
    expect(await repository.get('other', 'scan-1')).toBeUndefined();
    expect(await repository.get('acme', 'scan-2')).toBeUndefined();
  });

  test('is created once: a second one with its id changes nothing and is listed nowhere', async () => {
    await repository.create(queuedScan());
    const before = new Map(objects.objects);

    expect(await repository.create(queuedScan())).toBe(false);
    expect(await repository.create(scanOf('scan-1', 5))).toBe(false);
    expect(await repository.create(scanOf('scan-1', 0, 'other-cluster'))).toBe(false);
    expect(objects.objects).toEqual(before);
  });

  test('of ids, tenants and positions that cannot exist is not there', async () => {
    await repository.create(queuedScan());
    for (const wrong of ['', '..', '../acme', 'a/b', 'scan-1/scan', 'x'.repeat(65), 'a\0', '%2e%2e', 'é']) {
      expect(await repository.get('acme', wrong)).toBeUndefined();
      expect(await repository.get(wrong, 'scan-1')).toBeUndefined();
      expect(await repository.model('acme', wrong)).toBeUndefined();
      expect(await repository.findings(wrong, 'scan-1')).toBeUndefined();
      expect(await repository.transition('acme', wrong, (scan) => scan)).toBeUndefined();
      expect(await repository.delete(wrong, 'scan-1')).toBe(false);
      expect(await repository.list(wrong, { limit: 10 })).toEqual({ scans: [] });
      expect(await repository.list('acme', { after: wrong || '-', limit: 10 })).toEqual({ scans: [] });
      expect(await repository.clusters(wrong, { limit: 10 })).toEqual({ clusters: [] });
      expect(await repository.hasUpload('acme', wrong)).toBe(false);
      expect(await repository.getUpload(wrong, 'upload-1')).toBeUndefined();
      await repository.deleteUpload('acme', wrong);
    }
    expect(await repository.list('acme', { cluster: '', limit: 10 })).toEqual({ scans: [] });
    expect(await repository.clusters('acme', { after: '\n', limit: 10 })).toEqual({ clusters: [] });
  });

  test('with a part that cannot be in a key is a bug of the caller', async () => {
    await expect(repository.create(queuedScan({ id: '../x' }))).rejects.toThrow('bug');
    await expect(repository.create(queuedScan({ tenant: 'a/b' }))).rejects.toThrow('bug');
    await expect(repository.create(queuedScan({ cluster: '\0' }))).rejects.toThrow('bug');
    await expect(repository.create(queuedScan({ createdAt: 'yesterday' }))).rejects.toThrow('bug');
    expect(objects.objects.size).toBe(0);
  });

  test('from a newer version is told apart from a missing one', async () => {
    await objects.put(scanKey('acme', 'scan-1'), Buffer.from(JSON.stringify({ formatVersion: 2 })));
    await expect(repository.get('acme', 'scan-1')).rejects.toThrow(StoredFormatError);
  });
});

describe('a transition', () => {
  beforeEach(() => repository.create(queuedScan()));

  test('answers and stores the changed scan', async () => {
    const changed = await repository.transition('acme', 'scan-1', (scan) => ({ ...scan, status: 'RUNNING', startedAt: minutesLater(1) }));

    expect(changed).toEqual({ ...queuedScan(), status: 'RUNNING', startedAt: minutesLater(1) });
    expect(await repository.get('acme', 'scan-1')).toEqual(changed);
  });

  test('that leaves the scan answers it as it stands and writes nothing', async () => {
    const { tag } = (await objects.get(scanKey('acme', 'scan-1')))!;
    expect(await repository.transition('acme', 'scan-1', () => undefined)).toEqual(queuedScan());
    expect((await objects.get(scanKey('acme', 'scan-1')))!.tag).toBe(tag);
  });

  test('of a missing scan is not asked what to change', async () => {
    const change = jest.fn();
    expect(await repository.transition('acme', 'scan-2', change)).toBeUndefined();
    expect(change).not.toHaveBeenCalled();
  });

  test('that loses against another sees what the other wrote', async () => {
    const seen: string[] = [];
    const changed = await repository.transition('acme', 'scan-1', (scan) => {
      seen.push(scan.status);
      if (seen.length === 1)
        void objects.put(scanKey('acme', 'scan-1'), Buffer.from(JSON.stringify({ formatVersion: 1, ...scan, status: 'RUNNING' })));
      return { ...scan, failure: 'changed' };
    });
    expect(seen).toEqual(['QUEUED', 'RUNNING']);
    expect(changed).toMatchObject({ status: 'RUNNING', failure: 'changed' });
  });

  test('of many at once: none is lost', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, seed) =>
        new ScanRepository(unsteady(seed, objects)).transition('acme', 'scan-1', (scan) => ({
          ...scan,
          failure: `${scan.failure ?? ''}x`,
        })),
      ),
    );
    expect((await repository.get('acme', 'scan-1'))!.failure).toBe('x'.repeat(10));
  });

  test('cannot change what the scan is found by', async () => {
    for (const change of [
      { id: 'scan-2' },
      { tenant: 'other' },
      { createdAt: minutesLater(1) },
      { request: queuedScan({ cluster: 'other' }).request },
    ]) {
      await expect(repository.transition('acme', 'scan-1', (scan) => ({ ...scan, ...change }))).rejects.toThrow('bug');
    }
  });
});

describe('results', () => {
  beforeEach(() => repository.create(queuedScan()));

  test('come back as they were saved', async () => {
    expect(await repository.model('acme', 'scan-1')).toBeUndefined();
    expect(await repository.findings('acme', 'scan-1')).toBeUndefined();
    await repository.saveResults('acme', 'scan-1', artefactsOf('a'));

    const { model, directory, findings } = artefactsOf('a');
    const stored = (await repository.model('acme', 'scan-1'))!;
    expect(Buffer.from(stored.model)).toEqual(Buffer.from(model));
    expect(Buffer.from(stored.directory)).toEqual(Buffer.from(directory));
    expect(await repository.findings('acme', 'scan-1')).toEqual(findings);
  });

  test('that were saved first stay, whole', async () => {
    await repository.saveResults('acme', 'scan-1', artefactsOf('first'));
    await repository.saveResults('acme', 'scan-1', artefactsOf('second'));

    expect(await repository.findings('acme', 'scan-1')).toEqual(artefactsOf('first').findings);
    expect(Buffer.from((await repository.model('acme', 'scan-1'))!.model).toString()).toBe('model of first');
  });

  test('of a run that broke off are never mixed with those of another', async () => {
    for (let n = 1; n <= 5; n++) {
      objects = new MemoryObjectStore();
      repository = new ScanRepository(objects);
      await repository.create(queuedScan());
      await expect(
        new ScanRepository(crashingAt(n, 'after', objects)).saveResults('acme', 'scan-1', artefactsOf('broken')),
      ).rejects.toThrow(Crash);
      await repository.saveResults('acme', 'scan-1', artefactsOf('whole'));

      const { model, directory } = (await repository.model('acme', 'scan-1'))!;
      const [run] = /(broken|whole)/.exec(Buffer.from(model).toString())!;
      expect(Buffer.from(directory).toString()).toBe(`directory of ${run}`);
      expect(await repository.findings('acme', 'scan-1')).toEqual(artefactsOf(run!).findings);
    }
  });

  test('that differ only in where the model ends are different results', async () => {
    const bytes = (value: string) => new TextEncoder().encode(value);
    const cuts = [
      { model: bytes('ab'), directory: bytes('c'), findings: [] },
      { model: bytes('a'), directory: bytes('bc'), findings: [] },
    ];
    for (let n = 1; n <= 5; n++) {
      objects = new MemoryObjectStore();
      repository = new ScanRepository(objects);
      await repository.create(queuedScan());
      await expect(new ScanRepository(crashingAt(n, 'after', objects)).saveResults('acme', 'scan-1', cuts[0]!)).rejects.toThrow(Crash);
      await repository.saveResults('acme', 'scan-1', cuts[1]!);
      const { model, directory } = (await repository.model('acme', 'scan-1'))!;
      expect(Buffer.concat([model, directory]).toString()).toBe('abc');
    }
  });

  test('of a deleted scan do not stay', async () => {
    await repository.delete('acme', 'scan-1');
    await repository.saveResults('acme', 'scan-1', artefactsOf('late'));
    expect(objects.objects.size).toBe(0);
  });

  test('of a deleted scan never become those of a later scan of its id', async () => {
    await repository.delete('acme', 'scan-1');
    await repository.create(scanOf('scan-1', 1));
    const before = new Map(objects.objects);

    await repository.saveResults('acme', 'scan-1', artefactsOf('late'), queuedScan().createdAt);
    expect(objects.objects).toEqual(before);
    await repository.saveResults('acme', 'scan-1', artefactsOf('right'), minutesLater(1));
    expect(await repository.findings('acme', 'scan-1')).toEqual(artefactsOf('right').findings);
  });

  test('that are damaged are an error, not a missing result', async () => {
    await repository.saveResults('acme', 'scan-1', artefactsOf('a'));
    for (const [key, bytes] of objects.objects) if (key.endsWith('/model')) bytes[60]! ^= 1;

    await expect(repository.model('acme', 'scan-1')).rejects.toThrow('stored model: damaged');
    expect(await repository.findings('acme', 'scan-1')).toHaveLength(1);
  });
});

describe('a list', () => {
  test('is newest first, of a tenant or of one of its clusters, in pages without gaps', async () => {
    const scans = Array.from({ length: 130 }, (_, i) => scanOf(`scan-${(i * 37) % 130}`, i, i % 3 === 0 ? 'a' : 'b'));
    for (const scan of scans) await repository.create(scan);
    await repository.create({ ...scanOf('foreign', 1000), tenant: 'other' });
    const newestFirst = [...scans].reverse();

    for (const cluster of [undefined, 'a', 'b', 'c']) {
      const expected = ids(newestFirst.filter((scan) => cluster === undefined || scan.request.cluster === cluster));
      const listed: string[] = [];
      let after: string | undefined;
      do {
        const page = await repository.list('acme', { cluster, after, limit: 7 });
        expect(page.scans.length).toBeLessThanOrEqual(7);
        listed.push(...ids(page.scans));
        after = page.next;
      } while (after !== undefined);
      expect(listed).toEqual(expected);
      expect(ids((await repository.list('acme', { cluster, limit: 500 })).scans)).toEqual(expected);
    }
  });

  test('has no next page when the last one is exactly full', async () => {
    for (const n of [1, 2, 3]) await repository.create(scanOf(`scan-${n}`, n));
    expect(await repository.list('acme', { limit: 3 })).not.toHaveProperty('next');
    expect(await repository.list('acme', { limit: 2 })).toHaveProperty('next');
  });

  test('goes on behind a scan that was deleted in between', async () => {
    for (const n of [1, 2, 3, 4]) await repository.create(scanOf(`scan-${n}`, n));
    const { next } = await repository.list('acme', { limit: 2 });
    await repository.delete('acme', 'scan-3');

    expect(ids((await repository.list('acme', { after: next, limit: 2 })).scans)).toEqual(['scan-2', 'scan-1']);
  });

  test('skips positions whose scan is missing, elsewhere or being deleted, however many there are', async () => {
    await repository.create(scanOf('real', 0));
    const { key, bytes } = { key: scanKey('acme', 'leaving'), bytes: { formatVersion: 1, ...scanOf('leaving', 3), deleting: true } };
    await repository.create(scanOf('leaving', 3));
    await objects.put(key, Buffer.from(JSON.stringify(bytes)));
    for (let i = 0; i < 120; i++) {
      for (const prefix of [positionsPrefix('acme'), positionsPrefix('acme', 'prod-eu')]) {
        await objects.put(`${prefix}${String(i).padStart(13, '0')}-${i % 2 === 0 ? 'missing' : 'real'}`, new Uint8Array());
      }
    }
    expect(await repository.list('acme', { limit: 5 })).toEqual({ scans: [scanOf('real', 0)] });
    expect(await repository.list('acme', { cluster: 'prod-eu', limit: 1 })).toEqual({ scans: [scanOf('real', 0)] });
    expect(await repository.clusters('acme', { limit: 5 })).toEqual({ clusters: [{ name: 'prod-eu', latestScanId: 'real' }] });
  });

  test('has pages of 1 to 500', async () => {
    for (const limit of [0, 501, 1.5]) {
      await expect(repository.list('acme', { limit })).rejects.toThrow('a page of');
      await expect(repository.clusters('acme', { limit })).rejects.toThrow('a page of');
    }
  });
});

describe('clusters', () => {
  test('are listed in pages, each with its newest scan and when that one finished', async () => {
    await repository.create(scanOf('a-1', 1, 'a'));
    await repository.create(finishedScan(scanOf('a-2', 2, 'a')));
    await repository.create(scanOf('b-1', 3, 'b'));
    await repository.create(scanOf('c-1', 4, 'arn:aws:eks:eu-west-1:111122223333:cluster/c'));
    await repository.create({ ...scanOf('foreign', 5, 'd'), tenant: 'other' });

    const first = await repository.clusters('acme', { limit: 2 });
    expect(first).toEqual({
      clusters: [
        { name: 'a', latestScanId: 'a-2', latestFinishedAt: finishedScan().finishedAt },
        { name: 'arn:aws:eks:eu-west-1:111122223333:cluster/c', latestScanId: 'c-1' },
      ],
      next: 'arn:aws:eks:eu-west-1:111122223333:cluster/c',
    });
    expect(await repository.clusters('acme', { after: first.next, limit: 2 })).toEqual({ clusters: [{ name: 'b', latestScanId: 'b-1' }] });
  });

  test('move on to the scan before when the latest is deleted, and go with the last', async () => {
    await repository.create(scanOf('old', 1));
    await repository.create(scanOf('new', 2));

    await repository.delete('acme', 'new');
    expect((await repository.clusters('acme', { limit: 5 })).clusters).toEqual([{ name: 'prod-eu', latestScanId: 'old' }]);
    await repository.delete('acme', 'old');
    expect((await repository.clusters('acme', { limit: 5 })).clusters).toEqual([]);
    expect(objects.objects.size).toBe(0);
  });

  test('with names that begin alike, differ in case or look like paths are different ones', async () => {
    const names = ['prod', 'prod-eu', 'Prod', '..', '.', 'a/b', 'a', '!2e', 'ключ', 'prod/clusters/x', ' '];
    for (const [i, name] of names.entries()) await repository.create(scanOf(`scan-${i}`, i, name));

    const { clusters } = await repository.clusters('acme', { limit: 100 });
    expect(new Map(clusters.map(({ name, latestScanId }) => [name, latestScanId]))).toEqual(
      new Map(names.map((name, i) => [name, `scan-${i}`])),
    );
    for (const [i, cluster] of names.entries()) {
      expect(ids((await repository.list('acme', { cluster, limit: 100 })).scans)).toEqual([`scan-${i}`]);
    }
  });
});

describe('a deletion', () => {
  test('deletes everything of the scan and nothing else', async () => {
    await runScan(repository, scanOf('other', 1));
    const before = new Map(objects.objects);
    await runScan(repository, scanOf('mine', 2));

    expect(await repository.delete('acme', 'mine')).toBe(true);
    expect(objects.objects).toEqual(before);
    expect(await repository.delete('acme', 'mine')).toBe(false);
  });

  test('that broke off lets nobody change the scan any more, and may be taken up again', async () => {
    await repository.create(queuedScan());
    await expect(new ScanRepository(crashingAt(2, 'after', objects)).delete('acme', 'scan-1')).rejects.toThrow(Crash);
    const change = jest.fn((scan: Scan) => ({ ...scan, status: 'RUNNING' as const }));

    expect(await repository.transition('acme', 'scan-1', change)).toBeUndefined();
    expect(change).not.toHaveBeenCalled();
    expect(await repository.create(scanOf('scan-1', 1))).toBe(false);
    expect(await repository.delete('acme', 'scan-1')).toBe(true);
    expect(objects.objects.size).toBe(0);
  });

  test('of the last scan keeps the cluster of a scan that is created at the last moment', async () => {
    await repository.create(scanOf('old', 1));
    const remove = objects.delete.bind(objects);
    jest.spyOn(objects, 'delete').mockImplementation(async (key) => {
      if (key.startsWith(clusterNamesPrefix('acme'))) await repository.create(scanOf('new', 2));
      await remove(key);
    });
    await repository.delete('acme', 'old');

    expect((await repository.clusters('acme', { limit: 5 })).clusters).toEqual([{ name: 'prod-eu', latestScanId: 'new' }]);
  });

  test('makes the id free again', async () => {
    await repository.create(queuedScan());
    await repository.delete('acme', 'scan-1');
    expect(await repository.create(scanOf('scan-1', 9))).toBe(true);
  });

  test('deletes what several runs left, however much that is', async () => {
    await repository.create(queuedScan());
    for (let run = 0; run < 40; run++) await repository.saveResults('acme', 'scan-1', artefactsOf(`run-${run}`));
    expect(objects.objects.size).toBeGreaterThan(120);

    await repository.delete('acme', 'scan-1');
    expect(objects.objects.size).toBe(0);
  });
});

describe('uploads', () => {
  test('are put, seen, streamed and deleted under their tenant', async () => {
    await repository.putUpload('acme', 'upload-1', Buffer.from('bundle'));
    await repository.putUpload('acme', 'upload-11', Buffer.from('another'));

    expect(await repository.hasUpload('acme', 'upload-1')).toBe(true);
    expect(await repository.hasUpload('acme', 'upload')).toBe(false);
    expect(await repository.hasUpload('other', 'upload-1')).toBe(false);
    const parts: Uint8Array[] = [];
    for await (const part of (await repository.getUpload('acme', 'upload-1'))!) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('bundle');
    await repository.deleteUpload('acme', 'upload-1');
    expect(await repository.hasUpload('acme', 'upload-1')).toBe(false);
    expect(await repository.getUpload('acme', 'upload-1')).toBeUndefined();
    expect([...objects.objects.keys()]).toEqual([repository.uploadKey('acme', 'upload-11')]);
  });

  test('are opened to whoever has the URL', async () => {
    const { url } = await repository.presignUpload('acme', 'upload-1', 60);
    expect(objects.keyOfPresignedPut(url)).toBe(repository.uploadKey('acme', 'upload-1'));
  });
});

describe('a process that dies at any operation', () => {
  const whens = ['before', 'after'] as const;

  /** Runs an action that dies at its n-th operation for every n, twice in a row, until it gets through. */
  async function forEveryCrash(
    prepare: () => Promise<void>,
    act: (run: ScanRepository) => Promise<unknown>,
    check: (crashes: string) => Promise<void>,
  ) {
    const dies = (n: number, when: 'before' | 'after') =>
      act(new ScanRepository(crashingAt(n, when, objects))).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Crash) return true;
          throw error;
        },
      );
    let longest = 0;
    for (const when of whens) {
      for (let n = 1; ; n++) {
        let didCrash = false;
        for (let m = 1; ; m++) {
          objects = new MemoryObjectStore();
          repository = new ScanRepository(objects);
          await prepare();
          didCrash = await dies(n, when);
          const again = didCrash && (await dies(m, when));
          await check(`${when} ${n}, ${m}`);
          if (!again) break;
        }
        longest = Math.max(longest, n);
        if (!didCrash) break;
      }
    }
    return longest;
  }

  test('leaves a scan that a second run brings to the same stored bytes', async () => {
    await runScan(repository, queuedScan());
    const whole = objects.objects;

    const operations = await forEveryCrash(
      async () => undefined,
      (run) => runScan(run, queuedScan()),
      async () => {
        const { scans } = await repository.list('acme', { limit: 10 });
        if (scans.length > 0) {
          // What says that it succeeded has its results; what is listed under the tenant can be got.
          expect(scans).toEqual([await repository.get('acme', 'scan-1')]);
          if (scans[0]!.status === 'SUCCEEDED') expect(await repository.model('acme', 'scan-1')).toBeDefined();
        }
        await runScan(repository, queuedScan());
        expect(objects.objects).toEqual(whole);
      },
    );
    expect(operations).toBeGreaterThan(10);
  });

  test('leaves one list entry although the second run began later', async () => {
    await forEveryCrash(
      async () => undefined,
      (run) => run.create(queuedScan()),
      async () => {
        await repository.create(scanOf('scan-1', 1));
        const { scans } = await repository.list('acme', { limit: 10 });
        expect(scans).toEqual([await repository.get('acme', 'scan-1')]);
        expect((await repository.list('acme', { cluster: 'prod-eu', limit: 10 })).scans).toEqual(scans);
        expect((await repository.clusters('acme', { limit: 10 })).clusters).toHaveLength(1);
      },
    );
  });

  test('leaves a scan that is wholly there or not at all when it was deleting, and a second run deletes the rest', async () => {
    await forEveryCrash(
      () => runScan(repository, queuedScan()),
      (run) => run.delete('acme', 'scan-1'),
      async () => {
        const scan = await repository.get('acme', 'scan-1');
        expect(ids((await repository.list('acme', { limit: 10 })).scans)).toEqual(scan ? ['scan-1'] : []);
        if (scan) {
          expect(await repository.model('acme', 'scan-1')).toBeDefined();
          expect(await repository.findings('acme', 'scan-1')).toBeDefined();
        }
        await repository.delete('acme', 'scan-1');
        expect([...objects.objects.keys()]).toEqual([]);
      },
    );
  });
});

describe('processes at once, in many interleavings', () => {
  const SEEDS = 60;

  async function forEverySeed(check: (open: (process: number) => ScanRepository) => Promise<void>) {
    for (let seed = 0; seed < SEEDS; seed++) {
      objects = new MemoryObjectStore();
      repository = new ScanRepository(objects);
      await check((process) => new ScanRepository(unsteady(seed * 10 + process, objects)));
    }
  }

  test('that run the same scan store what one would', async () => {
    await runScan(repository, queuedScan());
    const whole = objects.objects;
    await forEverySeed(async (open) => {
      await Promise.all([0, 1, 2].map((process) => runScan(open(process), queuedScan())));
      expect(objects.objects).toEqual(whole);
    });
  });

  test('that come to different results leave those of one', async () => {
    const seen = new Set<string>();
    await forEverySeed(async (open) => {
      await Promise.all([0, 1].map((process) => runScan(open(process), queuedScan(), `run-${process}`)));
      const { model, directory } = (await repository.model('acme', 'scan-1'))!;
      const run = Buffer.from(model).toString().slice('model of '.length);
      expect(Buffer.from(directory).toString()).toBe(`directory of ${run}`);
      expect(await repository.findings('acme', 'scan-1')).toEqual(artefactsOf(run).findings);
      seen.add(run);
    });
    expect(seen.size).toBe(2);
  });

  test('that create one id leave one scan, listed once', async () => {
    await forEverySeed(async (open) => {
      const created = await Promise.all(
        [0, 1, 2].map((process) => open(process).create(scanOf('scan-1', process % 2, `cluster-${process}`))),
      );
      expect(created.filter(Boolean)).toHaveLength(1);
      const { scans } = await repository.list('acme', { limit: 10 });
      expect(scans).toEqual([scanOf('scan-1', created.indexOf(true) % 2, `cluster-${created.indexOf(true)}`)]);
      expect((await repository.clusters('acme', { limit: 10 })).clusters).toEqual([
        { name: `cluster-${created.indexOf(true)}`, latestScanId: 'scan-1' },
      ]);
      expect(objects.objects.size).toBe(4);
    });
  });

  test('that run and delete a scan leave nothing of it', async () => {
    await forEverySeed(async (open) => {
      await repository.create(queuedScan());
      await Promise.all([
        open(0).transition('acme', 'scan-1', (scan) => ({ ...scan, status: 'RUNNING' })),
        open(1).saveResults('acme', 'scan-1', artefactsOf('a')),
        open(2).delete('acme', 'scan-1'),
      ]);
      expect([...objects.objects.keys()]).toEqual([]);
    });
  });

  test('that run a scan, delete it and run another under its id leave the results of the other', async () => {
    await forEverySeed(async (open) => {
      await repository.create(queuedScan());
      const later = scanOf('scan-1', 1);
      const replace = async () => {
        await open(1).delete('acme', 'scan-1');
        await open(1).create(later);
        await open(1).saveResults('acme', 'scan-1', artefactsOf('later'), later.createdAt);
      };
      await Promise.all([open(0).saveResults('acme', 'scan-1', artefactsOf('earlier'), queuedScan().createdAt), replace()]);

      expect(await repository.findings('acme', 'scan-1')).toEqual(artefactsOf('later').findings);
      expect(objects.objects.size).toBe(8);
    });
  });

  test('that delete the last scan of a cluster and create the next keep the cluster', async () => {
    await forEverySeed(async (open) => {
      await repository.create(scanOf('old', 1));
      await Promise.all([open(0).delete('acme', 'old'), open(1).create(scanOf('new', 2))]);
      expect((await repository.clusters('acme', { limit: 10 })).clusters).toEqual([{ name: 'prod-eu', latestScanId: 'new' }]);
      expect(ids((await repository.list('acme', { limit: 10 })).scans)).toEqual(['new']);
    });
  });
});

test('the file store keeps scans across processes as the memory store does', async () => {
  const root = mkdtempSync(`${tmpdir()}/leasttrust-repository-`);
  await runScan(new ScanRepository(new FileObjectStore({ root })), queuedScan());
  const later = new ScanRepository(new FileObjectStore({ root }));

  expect((await later.list('acme', { limit: 5 })).scans).toEqual([finishedScan()]);
  expect(await later.findings('acme', 'scan-1')).toEqual(artefactsOf('run').findings);
  expect(await later.delete('acme', 'scan-1')).toBe(true);
  expect(await new FileObjectStore({ root }).list('')).toEqual([]);
  await rm(root, { recursive: true });
});

test('an upload, a record, its results and its lists lie where the key scheme says', async () => {
  await repository.putUpload('acme', 'upload-1', new Uint8Array());
  await runScan(repository, queuedScan());

  const keys = await objects.list('');
  expect(keys).toHaveLength(9);
  expect(keys).toContain(scanKey('acme', 'scan-1'));
  expect(keys).toContain(resultsKey(queuedScan()));
  expect(keys.filter((key) => key.startsWith(resultsPrefix(queuedScan())))).toHaveLength(4);
  expect(keys.filter((key) => key.startsWith(clusterNamesPrefix('acme')))).toHaveLength(1);
});
