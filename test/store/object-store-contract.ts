import { randomBytes } from 'node:crypto';
import { type ObjectStore, PreconditionFailed, type WriteCondition } from '../../src/store/object-store';

/** A store under test, and a prefix that is the test's own: other keys may lie in the store. */
export interface StoreUnderTest {
  readonly store: ObjectStore;
  readonly prefix: string;
  close?(): Promise<void>;
}

const RACERS = 24;
const ROUNDS = 5;

const text = (value: string) => new TextEncoder().encode(value);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * What every object store does, as tests: the meaning of the port.
 * @param checksSignatures false for a stand-in of a server that takes any signature: what presigned URLs keep out is then not asked
 */
export function describeObjectStore(name: string, open: () => Promise<StoreUnderTest>, checksSignatures = true): void {
  describe(`object store: ${name}`, () => {
    let opened: StoreUnderTest;
    let store: ObjectStore;
    let counter = 0;
    /** A prefix for one test. */
    let base = '';

    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    beforeEach(() => {
      counter += 1;
      base = `${opened.prefix}${counter}/`;
    });
    afterAll(() => opened?.close?.());

    async function stored(key: string): Promise<Buffer | undefined> {
      const found = await store.get(key);
      return found && Buffer.from(found.bytes);
    }

    async function readAll(key: string): Promise<Buffer | undefined> {
      const chunks = await store.read(key);
      if (chunks === undefined) return undefined;
      const parts: Uint8Array[] = [];
      for await (const chunk of chunks) parts.push(chunk);
      return Buffer.concat(parts);
    }

    async function isRefused(write: Promise<unknown>): Promise<boolean> {
      try {
        await write;
        return false;
      } catch (error) {
        if (error instanceof PreconditionFailed) return true;
        throw error;
      }
    }

    test('what was put is got and read again, with the tag that put answered', async () => {
      const { tag } = await store.put(`${base}a`, text('one'));

      const found = await store.get(`${base}a`);
      expect(Buffer.from(found!.bytes).toString()).toBe('one');
      expect(found!.tag).toBe(tag);
      expect((await readAll(`${base}a`))!.toString()).toBe('one');
    });

    test('a missing key is undefined for get and read', async () => {
      expect(await store.get(`${base}missing`)).toBeUndefined();
      expect(await store.read(`${base}missing`)).toBeUndefined();
    });

    test('a later put replaces the bytes and the tag', async () => {
      const first = await store.put(`${base}a`, text('a longer text'));
      const second = await store.put(`${base}a`, text('b'));

      expect(second.tag).not.toBe(first.tag);
      expect((await stored(`${base}a`))!.toString()).toBe('b');
    });

    test('the bytes that were put may change afterwards without changing the object', async () => {
      const bytes = text('mine');
      await store.put(`${base}a`, bytes);
      bytes.fill(0);

      expect((await stored(`${base}a`))!.toString()).toBe('mine');
    });

    test('every byte value survives, and so does a view into a larger buffer', async () => {
      const all = Uint8Array.from({ length: 1024 }, (_, i) => i);
      await store.put(`${base}all`, all);
      await store.put(`${base}view`, all.subarray(100, 200));

      expect(await stored(`${base}all`)).toEqual(Buffer.from(all));
      expect(await stored(`${base}view`)).toEqual(Buffer.from(all.subarray(100, 200)));
    });

    test('an empty object is an object', async () => {
      await store.put(`${base}empty`, new Uint8Array());

      expect(await stored(`${base}empty`)).toEqual(Buffer.alloc(0));
      expect(await readAll(`${base}empty`)).toEqual(Buffer.alloc(0));
      expect(await store.list(base)).toEqual([`${base}empty`]);
      expect(await isRefused(store.put(`${base}empty`, text('x'), { ifNoneMatch: '*' }))).toBe(true);
    });

    test('an object of 20 MB survives, streamed in parts', async () => {
      const bytes = randomBytes(20_000_000);
      await store.put(`${base}large`, bytes);

      expect((await stored(`${base}large`))!.equals(bytes)).toBe(true);
      expect((await readAll(`${base}large`))!.equals(bytes)).toBe(true);
      let parts = 0;
      for await (const _ of (await store.read(`${base}large`))!) parts += 1;
      expect(parts).toBeGreaterThan(10);
    });

    test('a reader that breaks off leaves the object and the store in order', async () => {
      await store.put(`${base}large`, randomBytes(5_000_000));
      for await (const _ of (await store.read(`${base}large`))!) break;

      expect((await readAll(`${base}large`))!.byteLength).toBe(5_000_000);
    });

    test('a reader sees one version although another is written meanwhile', async () => {
      const old = Buffer.alloc(5_000_000, 'a');
      await store.put(`${base}a`, old);

      const parts: Uint8Array[] = [];
      for await (const chunk of (await store.read(`${base}a`))!) {
        if (parts.length === 0) await store.put(`${base}a`, Buffer.alloc(5_000_000, 'b'));
        parts.push(chunk);
      }
      expect(Buffer.concat(parts).equals(old)).toBe(true);
    });

    test('keys of any script, of odd characters, in either case and normalisation are different keys', async () => {
      const names = [
        'ключ',
        '鍵',
        '🔑',
        'é',
        'e\u0301',
        'a b',
        'a+b',
        'a%2Fb',
        'a%',
        "a'(b)!*",
        'Case',
        'case',
        'a=',
        'a=b',
        'a&b?c#d',
        '~',
        '.a',
        'a.',
        '...',
      ];
      await Promise.all(names.map((key) => store.put(`${base}${key}`, text(key))));

      expect([...(await store.list(base))].sort()).toEqual(names.map((key) => `${base}${key}`).sort());
      for (const key of names) expect((await stored(`${base}${key}`))!.toString()).toBe(key);
    });

    test('a long key and a long segment are kept', async () => {
      const names = [
        's'.repeat(800),
        'S'.repeat(300),
        `${'s'.repeat(200)}-`,
        's'.repeat(200),
        `${'s'.repeat(200)}/t`,
        `${'p/'.repeat(300)}q`,
      ];
      for (const key of names) await store.put(`${base}${key}`, text(key));

      expect(await store.list(base)).toEqual(names.map((key) => `${base}${key}`).sort());
      for (const key of names) expect((await stored(`${base}${key}`))!.toString()).toBe(key);
    });

    test('a key may be the beginning of another, segment by segment', async () => {
      for (const key of ['a', 'a/b', 'a/b/c']) await store.put(`${base}${key}`, text(key));
      await store.delete(`${base}a`);

      expect(await store.list(base)).toEqual([`${base}a/b`, `${base}a/b/c`]);
      expect(await store.get(`${base}a`)).toBeUndefined();
      expect((await stored(`${base}a/b`))!.toString()).toBe('a/b');
    });

    test('a key that could escape is refused by every operation', async () => {
      const wrong = [
        '',
        '/',
        '/a',
        'a/',
        'a//b',
        '.',
        '..',
        '../a',
        'a/../b',
        'a/./b',
        'a/..',
        'a\0b',
        'a\nb',
        'a\u007fb',
        '\ud800',
        'a\uffff',
        'k'.repeat(1001),
      ];
      for (const key of wrong) {
        await expect(store.get(key)).rejects.toThrow('is no object key');
        await expect(store.read(key)).rejects.toThrow('is no object key');
        await expect(store.put(key, text('x'))).rejects.toThrow('is no object key');
        await expect(store.delete(key)).rejects.toThrow('is no object key');
        await expect(store.presignPut(key, 60)).rejects.toThrow('is no object key');
      }
      for (const prefix of ['/', '../', 'a/../', 'a//', './a', 'a\0']) await expect(store.list(prefix)).rejects.toThrow('is no prefix');
    });

    test('deleting deletes, and deleting what is not there is fine', async () => {
      await store.put(`${base}a/b/c`, text('x'));
      await store.delete(`${base}a/b/c`);
      await store.delete(`${base}a/b/c`);
      await store.delete(`${base}never`);

      expect(await store.get(`${base}a/b/c`)).toBeUndefined();
      expect(await store.list(base)).toEqual([]);
      await store.put(`${base}a/b/c`, text('y'), { ifNoneMatch: '*' });
      expect((await stored(`${base}a/b/c`))!.toString()).toBe('y');
    });

    test('a list is in bytewise order of the whole key', async () => {
      // `-` and `.` sort before the slash, `0` after it; a character outside the basic plane sorts last in bytes, not in UTF-16 units.
      const names = ['B', 'a', 'a!', 'a-/z', 'a.', 'a/', 'a//', 'a0', 'aa', 'b', 'é', '～', '😀'].map((key) =>
        key.endsWith('/') ? `${key}x` : key,
      );
      const valid = names.filter((key) => !key.includes('//'));
      const inOrder = [...valid].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const key of [...valid].reverse()) await store.put(`${base}${key}`, text(key));

      expect(await store.list(base)).toEqual(inOrder.map((key) => `${base}${key}`));
    });

    test('a prefix may end anywhere, and another prefix is not listed', async () => {
      for (const key of ['ab/1', 'ab/2', 'abc/1', 'ab', 'b/ab']) await store.put(`${base}${key}`, text(key));

      expect(await store.list(`${base}ab`)).toEqual(['ab', 'ab/1', 'ab/2', 'abc/1'].map((key) => base + key));
      expect(await store.list(`${base}ab/`)).toEqual(['ab/1', 'ab/2'].map((key) => base + key));
      expect(await store.list(`${base}abc/1`)).toEqual([`${base}abc/1`]);
      expect(await store.list(`${base}nothing/`)).toEqual([]);
    });

    test('pages follow each other without gaps or repetitions, from any position', async () => {
      const keys = Array.from({ length: 25 }, (_, i) => `${base}${i % 3}/${String(i).padStart(2, '0')}`).sort();
      await Promise.all(keys.map((key) => store.put(key, text(key))));

      const paged: string[] = [];
      for (let after: string | undefined; ; after = paged.at(-1)) {
        const page = await store.list(base, { after, limit: 7 });
        paged.push(...page);
        if (page.length < 7) break;
      }
      expect(paged).toEqual(keys);
      expect(await store.list(base, { after: `${base}1/`, limit: 1 })).toEqual([keys.find((key) => key > `${base}1/`)]);
      expect(await store.list(base, { after: `${base}1/04~`, limit: 2 })).toEqual(keys.filter((key) => key > `${base}1/04~`).slice(0, 2));
      expect(await store.list(base, { after: `${base}~` })).toEqual([]);
      expect(await store.list(base, { after: 'A' })).toEqual(keys.filter((key) => key > 'A'));
    });

    test('a page has at least one key and at most a thousand', async () => {
      for (const limit of [0, -1, 1001, 1.5, Number.NaN]) await expect(store.list(base, { limit })).rejects.toThrow('a page of');
    });

    test('a list of more than a thousand keys ends at a thousand', async () => {
      const keys = Array.from({ length: 1005 }, (_, i) => `${base}${String(i).padStart(4, '0')}`);
      for (let i = 0; i < keys.length; i += 50) await Promise.all(keys.slice(i, i + 50).map((key) => store.put(key, new Uint8Array())));

      expect(await store.list(base)).toEqual(keys.slice(0, 1000));
      expect(await store.list(base, { after: keys[999] })).toEqual(keys.slice(1000));
    });

    test('ifNoneMatch writes a new key only', async () => {
      await store.put(`${base}a`, text('first'), { ifNoneMatch: '*' });

      expect(await isRefused(store.put(`${base}a`, text('second'), { ifNoneMatch: '*' }))).toBe(true);
      expect((await stored(`${base}a`))!.toString()).toBe('first');
    });

    test('ifMatch writes over that version only', async () => {
      const first = await store.put(`${base}a`, text('first'));
      const second = await store.put(`${base}a`, text('second'), { ifMatch: first.tag });

      expect(await isRefused(store.put(`${base}a`, text('third'), { ifMatch: first.tag }))).toBe(true);
      expect((await stored(`${base}a`))!.toString()).toBe('second');
      await store.put(`${base}a`, text('third'), { ifMatch: second.tag });
      expect((await stored(`${base}a`))!.toString()).toBe('third');
    });

    test('ifMatch never makes an object, also after a deletion', async () => {
      const { tag } = await store.put(`${base}a`, text('first'));
      await store.delete(`${base}a`);

      expect(await isRefused(store.put(`${base}a`, text('second'), { ifMatch: tag }))).toBe(true);
      expect(await isRefused(store.put(`${base}never`, text('second'), { ifMatch: tag }))).toBe(true);
      expect(await store.list(base)).toEqual([]);
    });

    /** All racers at once; answers who won. */
    async function race(key: string, condition: WriteCondition): Promise<readonly number[]> {
      const racers = Array.from({ length: RACERS }, (_, racer) => racer);
      const refusals = await Promise.all(racers.map((racer) => isRefused(store.put(key, text(`racer ${racer}`), condition))));
      return racers.filter((racer) => !refusals[racer]);
    }

    test(`of ${RACERS} writers of a new key exactly one wins`, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        const winners = await race(`${base}${round}`, { ifNoneMatch: '*' });
        expect(winners).toHaveLength(1);
        expect((await stored(`${base}${round}`))!.toString()).toBe(`racer ${winners[0]}`);
      }
    });

    test(`of ${RACERS} writers over one version exactly one wins`, async () => {
      let { tag } = await store.put(`${base}a`, text('start'));
      for (let round = 0; round < ROUNDS; round++) {
        const winners = await race(`${base}a`, { ifMatch: tag });
        expect(winners).toHaveLength(1);
        const found = (await store.get(`${base}a`))!;
        expect(Buffer.from(found.bytes).toString()).toBe(`racer ${winners[0]}`);
        // Another content, so that no later racer writes the bytes that are there.
        tag = (await store.put(`${base}a`, text(`round ${round}`), { ifMatch: found.tag })).tag;
      }
    });

    test('counters that are raised under ifMatch by many lose no step', async () => {
      await store.put(`${base}counter`, text('0'));
      const raise = async (): Promise<void> => {
        for (;;) {
          const { bytes, tag } = (await store.get(`${base}counter`))!;
          const next = Number(Buffer.from(bytes).toString()) + 1;
          if (!(await isRefused(store.put(`${base}counter`, text(String(next)), { ifMatch: tag })))) return;
          await pause(Math.random() * 20);
        }
      };
      await Promise.all(Array.from({ length: 8 }, raise));

      expect((await stored(`${base}counter`))!.toString()).toBe('8');
    });

    test('whoever reads while versions are written sees one of them whole', async () => {
      const version = (n: number) => Buffer.alloc(200_000, `${n}`);
      await store.put(`${base}a`, version(0));
      let isWriting = true;
      const writer = (async () => {
        for (let n = 1; n < 10; n++) await store.put(`${base}a`, version(n));
        isWriting = false;
      })();
      let reads = 0;
      do {
        const found = (await stored(`${base}a`))!;
        expect(found.byteLength).toBe(200_000);
        expect(found.every((byte) => byte === found[0])).toBe(true);
        reads += 1;
      } while (isWriting);
      await writer;
      expect(reads).toBeGreaterThan(1);
    });

    test('a presigned URL takes one PUT of its key from anybody', async () => {
      const key = `${base}uploads/ключ a+b%`;
      const { url, headers, expiresAt } = await store.presignPut(key, 60);
      const bytes = randomBytes(100_000);

      const response = await fetch(url, { method: 'PUT', headers, body: bytes });
      expect(response.status).toBe(200);
      expect((await stored(key))!.equals(bytes)).toBe(true);
      expect(await store.list(base)).toEqual([key]);
      expect(new Date(expiresAt).toISOString()).toBe(expiresAt);
      expect(Math.abs(Date.parse(expiresAt) - Date.now() - 60_000)).toBeLessThan(10_000);
    });

    test('a permission lasts at least a second, in whole ones', async () => {
      for (const seconds of [0, -5, 1.5, Number.NaN]) await expect(store.presignPut(`${base}a`, seconds)).rejects.toThrow('seconds');
    });

    if (!checksSignatures) return;

    test('a presigned URL for another key, with a longer life, or without its signature is refused', async () => {
      const { url, headers } = await store.presignPut(`${base}mine`, 60);
      const forged = [
        url.replace('/mine?', '/other?'),
        url.replace('/mine?', '/mine/../other?'),
        url.replace(/(expires)=(\d+)/i, (_, name: string, seconds: string) => `${name}=${Number(seconds) + 60}`),
        url.replace(/signature=[0-9a-f]/i, (found) => (found.endsWith('0') ? `${found.slice(0, -1)}1` : `${found.slice(0, -1)}0`)),
        url.replace(/\?.*/, ''),
      ];
      for (const wrong of forged) {
        expect(wrong).not.toBe(url);
        const response = await fetch(wrong, { method: 'PUT', headers, body: randomBytes(10) });
        expect([400, 403]).toContain(response.status);
      }
      expect(await store.list(base)).toEqual([]);
    });

    test('an expired URL is refused', async () => {
      const { url, headers } = await store.presignPut(`${base}late`, 1);
      await pause(2_500);

      const response = await fetch(url, { method: 'PUT', headers, body: randomBytes(10) });
      expect(response.status).toBe(403);
      expect(await store.get(`${base}late`)).toBeUndefined();
    });
  });
}
