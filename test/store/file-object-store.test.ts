import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { FileObjectStore } from '../../src/store/file-object-store';
import { describeObjectStore } from './object-store-contract';
import { startPutServer } from './put-server';
import { buildStoreProcess, killed, messageOf, runAll, startStoreProcess, stopStoreProcesses } from './store-process';

const base = mkdtempSync(`${tmpdir()}/leasttrust-store-`);
afterAll(() => rm(base, { recursive: true, force: true }));

let roots = 0;
const newRoot = () => `${base}/root-${++roots}`;
const text = (value: string) => Buffer.from(value);
const lockOf = (root: string, key: string) => `${root}/locks/${createHash('sha256').update(key).digest('hex').slice(0, 2)}`;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

describeObjectStore('files', async () => {
  const server = await startPutServer(async (url, body) => {
    const key = store.keyOfPresignedPut(url);
    return key !== undefined && (await store.putStream(key, body, 1_000_000));
  });
  const store = new FileObjectStore({ root: newRoot(), publicUrl: () => server.url });
  return { store, prefix: 'contract/', close: server.close };
});

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pause = new Promise((resolve) => setTimeout(() => resolve('pending'), 200));
  return (await Promise.race([promise, pause])) === 'pending';
}

describe('several processes on one directory', () => {
  const script = buildStoreProcess(`${base}/process`);
  afterAll(stopStoreProcesses);

  test('have exactly one winner for each new key among 24 racers', async () => {
    const root = newRoot();
    const names = ['a', 'b', 'c', 'd'];
    const children = await Promise.all(names.map((name) => startStoreProcess(script, root, 'race', name)));
    const won = (await runAll(children)) as readonly (readonly number[])[];

    expect(won.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, key) => key));
    const store = new FileObjectStore({ root });
    for (const [i, keys] of won.entries()) {
      for (const key of keys) expect(Buffer.from((await store.get(`race/${key}`))!.bytes).toString()).toBe(names[i]);
    }
  });

  test('lose no step of a counter that they raise together', async () => {
    const root = newRoot();
    const store = new FileObjectStore({ root });
    await store.put('counter', text('0'));
    await runAll(await Promise.all([1, 2, 3].map(() => startStoreProcess(script, root, 'count'))));

    expect(Buffer.from((await store.get('counter'))!.bytes).toString()).toBe('60');
  });

  test('leave whole objects and a store that goes on when they are killed', async () => {
    const root = newRoot();
    const children = await Promise.all(['a', 'b'].map((name) => startStoreProcess(script, root, 'writeForEver', name)));
    const store = new FileObjectStore({ root });
    for (const child of children) child.send('go');
    while ((await store.list('busy/')).length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
    await Promise.all(children.map(killed));

    for (const key of await store.list('busy/')) {
      const { bytes } = (await store.get(key))!;
      expect(bytes.byteLength).toBe(100_000);
      expect(new Set(bytes).size).toBe(1);
      await store.put(key, text('after'));
    }
    expect(await store.list('')).toEqual(['busy/0', 'busy/1', 'busy/2']);
  });

  test('wait for a holder that lives and never for one that is dead', async () => {
    const root = newRoot();
    const child = await startStoreProcess(script, root, 'hang');
    const holding = messageOf(child);
    child.send('go');
    expect(await holding).toBe('holding');

    const store = new FileObjectStore({ root });
    const write = store.put('held', text('written'));
    expect(await isPending(write)).toBe(true);
    await killed(child);
    await write;
    expect(Buffer.from((await store.get('held'))!.bytes).toString()).toBe('written');
    expect(existsSync(lockOf(root, 'held'))).toBe(false);
  });

  test('do not take a process for the holder that had its id before', async () => {
    const root = newRoot();
    const child = await startStoreProcess(script, root, 'hang');
    const holding = messageOf(child);
    child.send('go');
    await holding;
    const [space, , start] = readdirSync(lockOf(root, 'held'))[0]!.split('.');
    await killed(child);

    const other = newRoot();
    mkdirSync(lockOf(other, 'a'), { recursive: true });
    writeFileSync(`${lockOf(other, 'a')}/${space}.${process.pid}.${start}.x`, '');
    await new FileObjectStore({ root: other }).put('a', text('written'));
  });
});

describe('a lock whose holder cannot be asked', () => {
  test('is waited for while it is young, and broken when it is old', async () => {
    const root = newRoot();
    mkdirSync(lockOf(root, 'a'), { recursive: true });
    const holder = `${lockOf(root, 'a')}/elsewhere.1.1.x`;
    writeFileSync(holder, '');

    const write = new FileObjectStore({ root }).put('a', text('written'));
    expect(await isPending(write)).toBe(true);
    utimesSync(holder, minutesAgo(2), minutesAgo(2));
    await write;
  });
});

describe('a directory of objects', () => {
  test('is readable for its owner only', async () => {
    const root = newRoot();
    await new FileObjectStore({ root }).put('a/b', text('x'));
    for (const [path, mode] of [
      [root, 0o700],
      [`${root}/objects/a`, 0o700],
      [`${root}/objects/a/b=`, 0o600],
    ] as const) {
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
  });

  test('holds nothing but objects when all is done', async () => {
    const root = newRoot();
    const store = new FileObjectStore({ root });
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.put(`${i}/a/b`, text('x'))));
    await Promise.all(Array.from({ length: 20 }, (_, i) => store.delete(`${i}/a/b`)));

    for (const part of ['objects', 'temp', 'locks']) expect(readdirSync(`${root}/${part}`)).toEqual([]);
  });

  test('keeps writes and deletions apart that share directories', async () => {
    const store = new FileObjectStore({ root: newRoot() });
    for (let round = 0; round < 20; round++) {
      await store.put('a/b/old', text('x'));
      await Promise.all([store.delete('a/b/old'), store.put('a/b/new', text('x')), store.delete('a/b/c/never')]);
      expect(await store.list('')).toEqual(['a/b/new']);
      await store.delete('a/b/new');
    }
  });

  test('lists no file of somebody else', async () => {
    const root = newRoot();
    const store = new FileObjectStore({ root });
    await store.put('a/b', text('x'));
    for (const name of ['README.md', 'a/.DS_Store', 'a/B=', 'a/%zz=', 'a/%41=x', '%2e%2f=', 'plain'])
      writeFileSync(`${root}/objects/${name}`, 'x');

    expect(await store.list('')).toEqual(['a/b']);
  });

  test('loses what a crash left an hour ago, and nothing younger', async () => {
    const root = newRoot();
    mkdirSync(`${root}/temp/lock-old`, { recursive: true });
    for (const name of ['old', 'young', 'lock-old/x']) writeFileSync(`${root}/temp/${name}`, 'half');
    for (const name of ['old', 'lock-old']) utimesSync(`${root}/temp/${name}`, minutesAgo(61), minutesAgo(61));

    await new FileObjectStore({ root }).put('a', text('x'));
    expect(readdirSync(`${root}/temp`)).toEqual(['young']);
  });

  test('that cannot be made is an error of every write until it can', async () => {
    const root = newRoot();
    writeFileSync(root, 'a file in its place');
    const store = new FileObjectStore({ root });
    await expect(store.put('a', text('x'))).rejects.toThrow();
    expect(await store.get('a')).toBeUndefined();
    await rm(root);
    await store.put('a', text('x'));
  });

  test('expires what was written longer ago, below one prefix', async () => {
    const root = newRoot();
    const store = new FileObjectStore({ root });
    for (const key of ['uploads/t/old', 'uploads/t/young', 't/old']) await store.put(key, text('x'));
    for (const path of ['uploads/t/old=', 't/old=']) utimesSync(`${root}/objects/${path}`, minutesAgo(60), minutesAgo(60));

    await store.expire('uploads/', 30 * 60_000);
    expect(await store.list('')).toEqual(['t/old', 'uploads/t/young']);
  });
});

describe('a body that arrives in parts', () => {
  async function* parts(count: number, failure?: Error): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < count; i++) yield text(`part ${i};`);
    if (failure) throw failure;
  }

  test('is one object, the old one until it is whole', async () => {
    const store = new FileObjectStore({ root: newRoot() });
    await store.put('a', text('old'));
    expect(await store.putStream('a', parts(3), 100)).toBe(true);
    expect(Buffer.from((await store.get('a'))!.bytes).toString()).toBe('part 0;part 1;part 2;');
    expect(await store.putStream('b', [], 0)).toBe(true);
    expect((await store.get('b'))!.bytes.byteLength).toBe(0);
  });

  test('leaves nothing when it is too large or breaks off', async () => {
    const root = newRoot();
    const store = new FileObjectStore({ root });
    expect(await store.putStream('a', parts(3), 20)).toBe(false);
    expect(await store.putStream('a', parts(3), 21)).toBe(true);
    await expect(store.putStream('b', parts(2, new Error('connection lost')), 100)).rejects.toThrow('connection lost');

    expect(await store.list('')).toEqual(['a']);
    expect(readdirSync(`${root}/temp`)).toEqual([]);
  });
});

describe('a presigned URL', () => {
  test('is of the store that made it, unless the secret is shared', async () => {
    const publicUrl = 'http://127.0.0.1:4000/objects';
    const secret = text('a secret of both');
    const [first, second, other] = [{ secret }, { secret }, {}].map(
      (options) => new FileObjectStore({ root: newRoot(), publicUrl, ...options }),
    );
    const { url } = await first!.presignPut('a', 60);

    expect(second!.keyOfPresignedPut(url)).toBe('a');
    expect(other!.keyOfPresignedPut(url)).toBeUndefined();
  });

  test('needs a server', async () => {
    await expect(new FileObjectStore({ root: newRoot() }).presignPut('a', 60)).rejects.toThrow('cannot presign');
  });
});
