import type { ListOptions, ObjectStore, WriteCondition } from '../../src/store/object-store';

/** Stands for the end of a process: nobody catches it but the test. */
export class Crash extends Error {}

type Operation = <T>(operate: () => Promise<T>) => Promise<T>;

/** The same store with something around each operation. */
function around(inner: ObjectStore, operation: Operation): ObjectStore {
  return {
    get: (key: string) => operation(() => inner.get(key)),
    read: (key: string) => operation(() => inner.read(key)),
    put: (key: string, bytes: Uint8Array, condition?: WriteCondition) => operation(() => inner.put(key, bytes, condition)),
    delete: (key: string) => operation(() => inner.delete(key)),
    list: (prefix: string, options?: ListOptions) => operation(() => inner.list(prefix, options)),
    presignPut: (key: string, seconds: number) => operation(() => inner.presignPut(key, seconds)),
  };
}

/** A store as a process sees it that dies at its `n`-th operation, before it or when it is done; nothing it does afterwards has an effect. */
export function crashingAt(n: number, when: 'before' | 'after', inner: ObjectStore): ObjectStore {
  let count = 0;
  return around(inner, async (operate) => {
    count += 1;
    if (count > n || (count === n && when === 'before')) throw new Crash();
    const outcome = await operate();
    if (count >= n) throw new Crash();
    return outcome;
  });
}

/** A store whose operations take a random while, before and after their effect: the same seed gives the same interleaving. */
export function unsteady(seed: number, inner: ObjectStore): ObjectStore {
  let state = seed + 1;
  const random = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  const wait = async () => {
    for (let turns = Math.floor(random() * 4); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  };
  return around(inner, async (operate) => {
    await wait();
    const outcome = await operate();
    await wait();
    return outcome;
  });
}
