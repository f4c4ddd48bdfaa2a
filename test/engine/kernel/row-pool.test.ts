import fc from 'fast-check';
import { RowPool } from '../../../src/engine/kernel/row-pool';
import { CHUNK_BITS, EMPTY, FULL, membersOf, rowHas } from '../../../src/engine/kernel/rows';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

/** Sizes around the ends of words and chunks. */
const SIZES = [1, 31, 32, 33, 511, 512, 513, 1600];

function rowOf(pool: RowPool, members: Iterable<number>): number {
  for (const member of members) pool.draw(member);
  return pool.finish();
}

function membersIn(pool: RowPool, row: number): readonly number[] {
  const target = new Int32Array(pool.size);
  return [...target.subarray(0, membersOf(pool, row, target))];
}

function sorted(members: Iterable<number>): readonly number[] {
  return [...members].sort((a, b) => a - b);
}

/** Sets as rows have them: stretches and single members, dense, sparse, empty and full. */
function setsIn(size: number): fc.Arbitrary<ReadonlySet<number>> {
  const bit = fc.integer({ min: 0, max: size - 1 });
  const stretch = fc.tuple(bit, bit).map(([a, b]) => Array.from({ length: Math.abs(a - b) + 1 }, (_, at) => Math.min(a, b) + at));
  return fc.oneof(
    {
      weight: 6,
      arbitrary: fc
        .array(
          fc.oneof(
            stretch,
            bit.map((one) => [one]),
          ),
          { maxLength: 4 },
        )
        .map((parts) => new Set(parts.flat())),
    },
    { weight: 1, arbitrary: fc.constant(new Set<number>()) },
    { weight: 1, arbitrary: fc.constant(new Set(Array.from({ length: size }, (_, member) => member))) },
  );
}

describe.each(SIZES)('a pool of rows over a universe of %i', (size) => {
  const all = Array.from({ length: size }, (_, member) => member);

  it('gives a row exactly the members that were drawn', () => {
    const pool = new RowPool(size);
    fc.assert(
      fc.property(setsIn(size), (set) => {
        const row = rowOf(pool, set);
        expect(membersIn(pool, row)).toEqual(sorted(set));
        expect(all.filter((bit) => rowHas(pool, row, bit))).toEqual(sorted(set));
      }),
      { numRuns: 40 },
    );
  });

  it('does to rows what set algebra does to sets', () => {
    const pool = new RowPool(size);
    fc.assert(
      fc.property(setsIn(size), setsIn(size), (x, y) => {
        const [a, b] = [rowOf(pool, x), rowOf(pool, y)];
        expect(membersIn(pool, pool.or(a, b))).toEqual(sorted(new Set([...x, ...y])));
        expect(membersIn(pool, pool.and(a, b))).toEqual(sorted(x).filter((member) => y.has(member)));
        expect(membersIn(pool, pool.andNot(a, b))).toEqual(sorted(x).filter((member) => !y.has(member)));
      }),
      { numRuns: 60 },
    );
  });

  it('keeps the laws of sets by id alone', () => {
    const pool = new RowPool(size);
    fc.assert(
      fc.property(setsIn(size), setsIn(size), setsIn(size), (x, y, z) => {
        const [a, b, c] = [rowOf(pool, x), rowOf(pool, y), rowOf(pool, z)];
        expect(pool.or(b, a)).toBe(pool.or(a, b));
        expect(pool.and(b, a)).toBe(pool.and(a, b));
        expect(pool.or(pool.or(a, b), c)).toBe(pool.or(a, pool.or(b, c)));
        expect(pool.and(a, pool.or(b, c))).toBe(pool.or(pool.and(a, b), pool.and(a, c)));
        expect(pool.or(a, pool.and(b, c))).toBe(pool.and(pool.or(a, b), pool.or(a, c)));
        expect(pool.andNot(a, b)).toBe(pool.and(a, pool.andNot(FULL, b)));
        expect(pool.andNot(FULL, pool.andNot(FULL, a))).toBe(a);
        expect(pool.or(pool.andNot(a, b), pool.and(a, b))).toBe(a);
      }),
      { numRuns: 60 },
    );
  });

  it('knows the empty and the full row by their ids, however they were made', () => {
    const pool = new RowPool(size);
    fc.assert(
      fc.property(setsIn(size), (set) => {
        const row = rowOf(pool, set);
        expect(row === EMPTY).toBe(set.size === 0);
        expect(row === FULL).toBe(set.size === size);
        expect(pool.andNot(row, row)).toBe(EMPTY);
        expect(pool.andNot(row, EMPTY)).toBe(row);
        expect(pool.and(row, pool.andNot(FULL, row))).toBe(EMPTY);
        expect(pool.or(row, pool.andNot(FULL, row))).toBe(FULL);
        expect([pool.or(row, EMPTY), pool.and(row, FULL), pool.or(row, FULL), pool.and(row, EMPTY)]).toEqual([row, row, FULL, EMPTY]);
      }),
      { numRuns: 40 },
    );
  });

  it('draws a range as it draws each of its members', () => {
    const pool = new RowPool(size);
    const bound = fc.integer({ min: 0, max: size });
    fc.assert(
      fc.property(bound, bound, bound, bound, (a, b, c, d) => {
        pool.drawRange(a, b);
        pool.drawRange(c, d);
        const members = all.filter((member) => (a <= member && member < b) || (c <= member && member < d));
        expect(pool.finish()).toBe(rowOf(pool, members));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a pool of rows', () => {
  it('keeps no trace of one drawing in the next', () => {
    const pool = new RowPool(4 * CHUNK_BITS);
    rowOf(pool, [3, 600, 2047]);
    const row = rowOf(pool, [1100]);
    expect(membersIn(pool, row)).toEqual([1100]);
    expect(pool.finish()).toBe(EMPTY);
  });

  it('finds rows that lie apart to have nothing in common, and keeps nothing of the gap between them', () => {
    const pool = new RowPool(10 * CHUNK_BITS);
    const [low, high] = [rowOf(pool, [1]), rowOf(pool, [9 * CHUNK_BITS])];
    expect(pool.and(low, high)).toBe(EMPTY);
    expect(pool.andNot(low, high)).toBe(low);
    expect(pool.andNot(high, low)).toBe(high);
    const both = pool.or(low, high);
    expect(pool.andNot(both, high)).toBe(low);
    expect(pool.andNot(both, low)).toBe(high);
    expect(membersIn(pool, both)).toEqual([1, 9 * CHUNK_BITS]);
  });

  it('tells rows apart that have the same chunks in other places', () => {
    const pool = new RowPool(4 * CHUNK_BITS);
    const rows = [0, 1, 2, 3].map((chunk) => rowOf(pool, [chunk * CHUNK_BITS + 7]));
    expect(new Set(rows).size).toBe(4);
  });

  it('stores the chunks that rows share once', () => {
    const pool = new RowPool(8 * CHUNK_BITS);
    const many = [5, 1500, 2500, 3500];
    rowOf(pool, many);
    const before = pool.chunkCount;
    rowOf(pool, [...many, 6]);
    expect(pool.chunkCount).toBe(before + 1);
  });

  it('leaves the order of the operands of a difference alone', () => {
    const pool = new RowPool(64);
    const [a, b] = [rowOf(pool, [1, 2]), rowOf(pool, [2, 3])];
    for (let turn = 0; turn < 2; turn++) {
      expect(membersIn(pool, pool.andNot(a, b))).toEqual([1]);
      expect(membersIn(pool, pool.andNot(b, a))).toEqual([3]);
    }
  });

  it('gives the same results when its caches have long forgotten them, and never one operation for another', () => {
    // All pairs of these rows are many times what the caches hold.
    const size = 2 * CHUNK_BITS + 100;
    const pool = new RowPool(size);
    const random = randomFrom(seedOf(SEED, 1));
    const sets = random.times(120, () => new Set(random.times(random.between(1, 5), () => random.below(size))));
    const rows = sets.map((set) => rowOf(pool, set));
    const results = () => rows.flatMap((a) => rows.flatMap((b) => [pool.or(a, b), pool.and(a, b), pool.andNot(a, b)]));
    const first = results();
    expect(results()).toEqual(first);
    let at = 0;
    for (const x of sets)
      for (const y of sets) {
        const expected = [new Set([...x, ...y]), [...x].filter((member) => y.has(member)), [...x].filter((member) => !y.has(member))];
        for (const members of expected) {
          const row = first[at++]!;
          for (const member of members) if (!rowHas(pool, row, member)) throw new Error(`row ${row} lacks ${member}`);
          if (membersIn(pool, row).length !== new Set(members).size) throw new Error(`row ${row} has too many members`);
        }
      }
  });

  it('keeps ids, members and sharing while it outgrows its tables many times', () => {
    const size = 40 * CHUNK_BITS;
    const pool = new RowPool(size);
    const membersOfRow = (index: number) => [index, (index * 7) % size, (index * 13) % size];
    const rows = Array.from({ length: 6000 }, (_, index) => rowOf(pool, membersOfRow(index)));
    expect(new Set(rows).size).toBe(6000);
    for (let index = 0; index < 6000; index += 7) {
      expect(rowOf(pool, membersOfRow(index))).toBe(rows[index]);
      expect(membersIn(pool, rows[index]!)).toEqual(sorted(new Set(membersOfRow(index))));
    }
  });
});

describe('rows of another pool', () => {
  it('come over with the same members, the empty and the full one under their own ids', () => {
    const size = 3 * CHUNK_BITS + 9;
    const [source, target] = [new RowPool(size), new RowPool(size)];
    rowOf(target, [17, 900]);
    const random = randomFrom(seedOf(SEED, 2));
    const sets = random.times(60, () => new Set(random.times(random.below(6), () => random.below(size))));
    const rows = sets.map((set) => rowOf(source, set));
    const chunks = new Int32Array(source.chunkCount).fill(-1);
    for (const [index, row] of rows.entries()) {
      const imported = target.import(source, row, chunks);
      expect(imported).toBe(rowOf(target, sets[index]!));
      expect(target.import(source, row, chunks)).toBe(imported);
    }
    expect(target.import(source, EMPTY, chunks)).toBe(EMPTY);
    expect(target.import(source, FULL, chunks)).toBe(FULL);
  });
});
