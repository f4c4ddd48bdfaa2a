import { ByteCache } from '../../src/store/byte-cache';

/** A loader that counts its calls. */
function loader(value: string, bytes = 10) {
  return jest.fn(async () => ({ value, bytes }));
}

async function isKept(cache: ByteCache<string>, key: string): Promise<boolean> {
  const load = jest.fn(async () => undefined);
  await cache.get(key, load);
  return load.mock.calls.length === 0;
}

test('a value is made once and then kept', async () => {
  const cache = new ByteCache<string>(100);
  const load = loader('a');
  expect(await cache.get('k', load)).toBe('a');
  expect(await cache.get('k', load)).toBe('a');
  expect(load).toHaveBeenCalledTimes(1);
  expect(cache.bytes).toBe(10);
});

test('many who ask at once wait for one making', async () => {
  const cache = new ByteCache<string>(100);
  const load = loader('a');
  expect(await Promise.all([cache.get('k', load), cache.get('k', load), cache.get('k', load)])).toEqual(['a', 'a', 'a']);
  expect(load).toHaveBeenCalledTimes(1);
});

test('the least recently used goes first, and as many as it takes', async () => {
  const cache = new ByteCache<string>(30);
  for (const key of ['a', 'b', 'c']) await cache.get(key, loader(key));
  await cache.get('a', loader('a'));
  await cache.get('d', loader('d', 20));

  expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => isKept(cache, key)))).toEqual([true, false, false, true]);
  expect(cache.bytes).toBe(30);
});

test('what fills the cache exactly is kept, what is larger is answered and not kept, and throws nobody out', async () => {
  const cache = new ByteCache<string>(30);
  await cache.get('small', loader('s'));
  expect(await cache.get('huge', loader('h', 31))).toBe('h');
  expect(await isKept(cache, 'huge')).toBe(false);
  expect(await isKept(cache, 'small')).toBe(true);
  await cache.get('exact', loader('e', 30));
  expect(await isKept(cache, 'exact')).toBe(true);
  expect(cache.bytes).toBe(30);
});

test('a failure reaches all who wait and is tried again by the next', async () => {
  const cache = new ByteCache<string>(100);
  const fail = jest.fn(async () => {
    throw new Error('no');
  });
  const outcomes = await Promise.allSettled([cache.get('k', fail), cache.get('k', fail)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(fail).toHaveBeenCalledTimes(1);
  expect(await cache.get('k', loader('a'))).toBe('a');
});

test('a loader that throws at once is a failure like any other', async () => {
  const cache = new ByteCache<string>(100);
  await expect(
    cache.get('k', () => {
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  expect(await cache.get('k', loader('a'))).toBe('a');
});

test('what does not exist is not kept', async () => {
  const cache = new ByteCache<string>(100);
  expect(await cache.get('k', async () => undefined)).toBeUndefined();
  expect(await cache.get('k', loader('a'))).toBe('a');
});

test('a forgotten value is made again and its bytes are free', async () => {
  const cache = new ByteCache<string>(100);
  await cache.get('k', loader('old'));
  cache.delete('k');
  cache.delete('never');
  expect(cache.bytes).toBe(0);
  expect(await cache.get('k', loader('new'))).toBe('new');
});

test('a value that is forgotten while it is made goes to those who asked before, and is not kept', async () => {
  const cache = new ByteCache<string>(100);
  let finish = (_: { value: string; bytes: number }): void => undefined;
  const before = cache.get(
    'k',
    () =>
      new Promise((resolve) => {
        finish = resolve;
      }),
  );
  await Promise.resolve();
  cache.delete('k');
  const after = cache.get('k', loader('new'));
  finish({ value: 'old', bytes: 10 });

  expect(await before).toBe('old');
  expect(await after).toBe('new');
  expect(await cache.get('k', loader('newer'))).toBe('new');
  expect(cache.bytes).toBe(10);
});
