import { RowPool } from '../../../src/engine/kernel/row-pool';
import { EMPTY, FULL, membersOf } from '../../../src/engine/kernel/rows';
import { type Random, randomFrom } from '../../support/random';

function read(pool: RowPool, row: number): readonly number[] {
  const target = new Int32Array(pool.size);
  return Array.from(target.slice(0, membersOf(pool, row, target)));
}

function draw(pool: RowPool, bits: Iterable<number>): number {
  for (const bit of bits) pool.draw(bit);
  return pool.finish();
}

/** Sets as they come in clusters: a few members, an interval, or scattered over everything; often far apart from each other. */
function randomSet(random: Random, size: number): ReadonlySet<number> {
  const start = random.below(size);
  if (random.chance(0.3)) return new Set(random.times(random.below(4), () => random.below(size)));
  if (random.chance(0.6)) return new Set(random.times(Math.min(random.below(700), size - start), (index) => start + index));
  return new Set(random.times(random.below(size), () => random.below(size)));
}

describe.each([1, 31, 32, 511, 512, 513, 2100])('a row pool of %i members', (size) => {
  it('knows the empty and the full row', () => {
    const pool = new RowPool(size);
    expect(read(pool, EMPTY)).toEqual([]);
    expect(read(pool, FULL)).toEqual(Array.from({ length: size }, (_, bit) => bit));
    expect(pool.finish()).toBe(EMPTY);
    pool.drawRange(0, size);
    expect(pool.finish()).toBe(FULL);
  });

  it('does set algebra, with equal sets under equal ids', () => {
    const pool = new RowPool(size);
    const random = randomFrom(size);
    const rows: { readonly row: number; readonly set: ReadonlySet<number> }[] = [
      { row: EMPTY, set: new Set() },
      { row: FULL, set: new Set(Array.from({ length: size }, (_, bit) => bit)) },
    ];
    const ids = new Map<string, number>();
    for (let round = 0; round < 120; round++) {
      const made = randomSet(random, size);
      const [a, b] = [random.pick(rows), round % 2 === 0 ? { row: draw(pool, made), set: made } : random.pick(rows)];
      rows.push(
        b,
        { row: pool.or(a.row, b.row), set: new Set([...a.set, ...b.set]) },
        { row: pool.and(a.row, b.row), set: new Set([...a.set].filter((bit) => b.set.has(bit))) },
        { row: pool.andNot(a.row, b.row), set: new Set([...a.set].filter((bit) => !b.set.has(bit))) },
      );
      if (rows.length > 60) rows.splice(2, 30);
      for (const { row, set } of rows.slice(-4)) {
        const members = [...set].sort((x, y) => x - y);
        expect(read(pool, row)).toEqual(members);
        const key = members.join();
        expect(row).toBe(ids.get(key) ?? row);
        ids.set(key, row);
      }
    }
    expect(new Set(ids.values()).size).toBe(ids.size);
    expect(read(pool, FULL)).toHaveLength(size);
  });

  it('draws ranges', () => {
    const pool = new RowPool(size);
    const random = randomFrom(size + 1);
    for (let round = 0; round < 40; round++) {
      const low = random.below(size);
      const high = random.between(low, size);
      pool.drawRange(low, high);
      expect(read(pool, pool.finish())).toEqual(Array.from({ length: high - low }, (_, index) => low + index));
    }
  });
});

describe('a row pool', () => {
  it('finds nothing in common to rows that lie far apart', () => {
    const pool = new RowPool(5000);
    const [low, high] = [draw(pool, [3]), draw(pool, [4990])];
    expect(pool.and(low, high)).toBe(EMPTY);
    expect(pool.andNot(low, high)).toBe(low);
    expect(read(pool, pool.or(low, high))).toEqual([3, 4990]);
    expect(read(pool, draw(pool, [17]))).toEqual([17]);
  });

  it('takes rows over from another pool', () => {
    const [from, into] = [new RowPool(2000), new RowPool(2000)];
    draw(into, [5]);
    const chunks = new Int32Array(from.words.length >>> 4).fill(-1);
    for (const bits of [[], [1], [1, 700, 1999], [700]]) {
      const row = draw(from, bits);
      expect(read(into, into.import(from, row, chunks))).toEqual(bits);
    }
    expect(into.import(from, FULL, chunks)).toBe(FULL);
    expect(into.import(from, EMPTY, chunks)).toBe(EMPTY);
  });

  it('stays right when its caches have to forget', () => {
    const pool = new RowPool(3000);
    const random = randomFrom(5);
    const singles = Array.from({ length: 3000 }, (_, bit) => draw(pool, [bit]));
    for (let round = 0; round < 20_000; round++) pool.or(random.pick(singles), random.pick(singles));
    for (let round = 0; round < 300; round++) {
      const [a, b] = [random.below(3000), random.below(3000)];
      expect(read(pool, pool.or(singles[a]!, singles[b]!))).toEqual([...new Set([a, b])].sort((x, y) => x - y));
    }
  });

  it('combines all pairs of all sets without ever taking one operation or operand for another', () => {
    // Many more results than the caches hold, of few enough rows that the caches stay small. Members lie in different chunks.
    const bits = [0, 31, 32, 511, 512, 1023, 1024, 1030];
    const pool = new RowPool(1031);
    const rows = Array.from({ length: 256 }, (_, mask) =>
      draw(
        pool,
        bits.filter((_, place) => (mask >>> place) & 1),
      ),
    );
    const masks = new Map(rows.map((row, mask) => [row, mask]));
    expect(masks.size).toBe(256);
    const wrong: string[] = [];
    for (let a = 0; a < 256; a++)
      for (let b = 0; b < 256; b++) {
        const [x, y] = [rows[a]!, rows[b]!];
        const found = [pool.or(x, y), pool.andNot(x, y), pool.and(x, y)].map((row) => masks.get(row));
        if (found[0] !== (a | b) || found[1] !== (a & ~b) || found[2] !== (a & b)) wrong.push(`${a} ${b}`);
      }
    expect(wrong).toEqual([]);
  });

  it('keeps the laws that a set has with the full one', () => {
    const pool = new RowPool(1031);
    const random = randomFrom(6);
    for (let round = 0; round < 200; round++) {
      const [a, b] = [draw(pool, randomSet(random, 1031)), draw(pool, randomSet(random, 1031))];
      const not = (row: number) => pool.andNot(FULL, row);
      expect(not(not(a))).toBe(a);
      expect(not(pool.or(a, b))).toBe(pool.and(not(a), not(b)));
      expect(pool.andNot(a, b)).toBe(pool.and(a, not(b)));
      expect([pool.or(a, not(a)), pool.and(a, not(a)), pool.or(a, FULL), pool.and(a, FULL)]).toEqual([FULL, EMPTY, FULL, a]);
    }
  });

  it('stores the chunks that rows share once', () => {
    const pool = new RowPool(4096);
    draw(pool, [5, 1500, 2500, 3500]);
    const before = pool.chunkCount;
    draw(pool, [5, 6, 1500, 2500, 3500]);
    expect(pool.chunkCount).toBe(before + 1);
  });

  it('tells rows apart that have the same chunks in other places', () => {
    const pool = new RowPool(2048);
    expect(new Set([7, 519, 1031, 1543].map((bit) => draw(pool, [bit]))).size).toBe(4);
  });
});
