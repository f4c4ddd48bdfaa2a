import fc from 'fast-check';
import { TupleTable } from '../../../src/engine/kernel/tuple-table';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

/** Few values, so that tuples repeat. */
const tuples = fc.array(fc.array(fc.constantFrom(0, 1, -1, 0x7fffffff), { maxLength: 4 }), { maxLength: 60 });

function intern(table: TupleTable, tuple: readonly number[]): number {
  return table.intern(Int32Array.from(tuple), tuple.length);
}

describe('a tuple table', () => {
  it('gives equal tuples equal ids and different ones different ids, numbered as they come', () => {
    fc.assert(
      fc.property(tuples, (list) => {
        const table = new TupleTable();
        const known = new Map<string, number>();
        for (const tuple of list) {
          const text = tuple.join(' ');
          const expected = known.get(text) ?? known.size;
          known.set(text, expected);
          expect(intern(table, tuple)).toBe(expected);
        }
        expect(table.count).toBe(known.size);
      }),
    );
  });

  it('gives back every tuple as it was', () => {
    fc.assert(
      fc.property(tuples, (list) => {
        const table = new TupleTable();
        const ids = list.map((tuple) => intern(table, tuple));
        for (const [index, id] of ids.entries()) {
          expect([...table.tuple(id)]).toEqual(list[index]);
          expect(table.lengthOf(id)).toBe(list[index]!.length);
        }
      }),
    );
  });

  it('tells tuples apart that begin alike or differ in zeros only', () => {
    const table = new TupleTable();
    const ids = [[], [0], [0, 0], [0, 0, 0], [1, 0], [0, 1]].map((tuple) => intern(table, tuple));
    expect(ids).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('reads only as much of an array as it is told to, and keeps a copy', () => {
    const table = new TupleTable();
    const scratch = Int32Array.of(7, 8, 9);
    const id = table.intern(scratch, 2);
    scratch.fill(0);
    expect([...table.tuple(id)]).toEqual([7, 8]);
    expect(table.intern(Int32Array.of(7, 8, 1), 2)).toBe(id);
  });

  it('keeps the ids of so many tuples that slots and whole hashes collide', () => {
    // Of 200,000 hashes of 32 bits a handful are equal.
    const table = new TupleTable();
    const pair = new Int32Array(2);
    const count = 200_000;
    const turn = () => {
      let wrong = 0;
      for (let index = 0; index < count; index++) {
        pair[0] = index % 1000;
        pair[1] = (index - pair[0]) * 1000;
        if (table.intern(pair, 2) !== index) wrong++;
      }
      return wrong;
    };
    expect(turn()).toBe(0);
    expect(turn()).toBe(0);
    expect(table.count).toBe(count);
  });
});
