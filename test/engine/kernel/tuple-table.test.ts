import { TupleTable } from '../../../src/engine/kernel/tuple-table';
import { randomFrom } from '../../support/random';

describe('a tuple table', () => {
  it('gives equal tuples one id and different tuples different ids, dense from 0', () => {
    const table = new TupleTable();
    const random = randomFrom(1);
    const ids = new Map<string, number>();
    for (let round = 0; round < 5000; round++) {
      const tuple = Int32Array.from(random.times(random.below(4), () => random.below(9) - 4));
      const id = table.intern(tuple, tuple.length);
      const key = tuple.join();
      if (!ids.has(key)) expect(id).toBe(ids.size);
      expect(id).toBe(ids.get(key) ?? id);
      ids.set(key, id);
    }
    expect(table.count).toBe(ids.size);
    for (const [key, id] of ids) {
      expect(table.tuple(id).join()).toBe(key);
      expect(table.lengthOf(id)).toBe(key === '' ? 0 : key.split(',').length);
    }
  });

  it('reads only as much of the tuple as it is told to', () => {
    const table = new TupleTable();
    expect(table.intern(Int32Array.of(1, 2, 3), 2)).toBe(table.intern(Int32Array.of(1, 2, 9), 2));
    expect(table.intern(Int32Array.of(1, 2), 1)).not.toBe(table.intern(Int32Array.of(1, 2), 2));
  });

  it('tells a tuple from the beginning of a longer one, also of zeros', () => {
    const table = new TupleTable();
    const zeros = new Int32Array(5);
    expect(new Set([0, 1, 2, 3, 4, 5].map((length) => table.intern(zeros, length))).size).toBe(6);
  });

  it('tells tuples apart whose hashes are equal', () => {
    // Of so many random tuples a handful have the same hash of 32 bits, whatever the hash.
    const random = randomFrom(2);
    const values = Int32Array.from({ length: 200_000 }, () => random.below(2 ** 32));
    const table = new TupleTable();
    const pair = new Int32Array(2);
    const firstWrong = () =>
      values.findIndex((value, index) => {
        pair[0] = value;
        pair[1] = index;
        return table.intern(pair, 2) !== index;
      });
    expect([firstWrong(), firstWrong(), table.count]).toEqual([-1, -1, values.length]);
  });
});
