import { RowPool } from '../../../src/engine/kernel/row-pool';
import { EMPTY, FULL, membersOf, type Rows, rowHas } from '../../../src/engine/kernel/rows';

/** Two rows by hand over 1,100 members: nothing, everything, and {511, 512, 1,099}. */
const ROWS: Rows = {
  size: 1100,
  first: Int32Array.of(0, 0, 0),
  starts: Int32Array.of(0, 0, 3, 6),
  chunks: Int32Array.of(1, 1, 2, 3, 4, 5),
  words: Int32Array.from([
    ...new Array<number>(16).fill(0),
    ...new Array<number>(16).fill(-1),
    ...[-1, -1, 0xfff, ...new Array<number>(13).fill(0)],
    ...[...new Array<number>(15).fill(0), 1 << 31],
    ...[1, ...new Array<number>(15).fill(0)],
    ...[0, 0, 1 << 11, ...new Array<number>(13).fill(0)],
  ]),
};

describe('rows', () => {
  it('have the members of their chunks', () => {
    const members = [511, 512, 1099];
    for (let bit = 0; bit < ROWS.size; bit++) {
      expect(rowHas(ROWS, 2, bit)).toBe(members.includes(bit));
      expect(rowHas(ROWS, FULL, bit)).toBe(true);
      expect(rowHas(ROWS, EMPTY, bit)).toBe(false);
    }
  });

  it('list their members in ascending order', () => {
    const target = new Int32Array(ROWS.size);
    expect(target.slice(0, membersOf(ROWS, 2, target))).toEqual(Int32Array.of(511, 512, 1099));
    expect(membersOf(ROWS, FULL, target)).toBe(1100);
    expect(target).toEqual(Int32Array.from({ length: 1100 }, (_, bit) => bit));
    expect(membersOf(ROWS, EMPTY, target)).toBe(0);
  });

  it('may have chunks without members inside their window', () => {
    const gap: Rows = { ...ROWS, first: Int32Array.of(0, 0, 0), chunks: Int32Array.of(1, 1, 2, 3, 0, 5) };
    const target = new Int32Array(gap.size);
    expect(target.slice(0, membersOf(gap, 2, target))).toEqual(Int32Array.of(511, 1099));
    expect([511, 512, 1023, 1099].map((bit) => rowHas(gap, 2, bit))).toEqual([true, false, false, true]);
  });

  it('have no members outside their window', () => {
    const pool = new RowPool(3000);
    pool.draw(1500);
    const row = pool.finish();
    expect([0, 988, 1500, 1501, 2012, 2999].map((bit) => rowHas(pool, row, bit))).toEqual([false, false, true, false, false, false]);
  });
});
