import { CHUNK_BITS, CHUNK_WORDS, EMPTY, FULL, membersOf, type Rows, rowHas } from '../../../src/engine/kernel/rows';

/*
 * Rows laid out by hand, so that reading is checked without what makes rows. Chunks: 0 empty · 1 full · 2 the bits 0, 31, 32 and 511 · 3 the bit 5.
 */
const SIZE = 3 * CHUNK_BITS + 10;

function chunkWith(...bits: readonly number[]): readonly number[] {
  const words = new Array<number>(CHUNK_WORDS).fill(0);
  for (const bit of bits) words[bit >>> 5]! |= 1 << (bit & 31);
  return words;
}

const ROWS: Rows = {
  size: SIZE,
  // EMPTY, FULL, a window from chunk 1 with a hole, one last chunk
  first: Int32Array.of(0, 0, 1, 3),
  starts: Int32Array.of(0, 0, 4, 7, 8),
  chunks: Int32Array.of(1, 1, 1, 4, 2, 0, 3, 3),
  words: Int32Array.from([
    ...chunkWith(),
    ...new Array<number>(CHUNK_WORDS).fill(-1),
    ...chunkWith(0, 31, 32, 511),
    ...chunkWith(5),
    ...chunkWith(0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
  ]),
};
const WINDOW = 2;
const LAST = 3;

const EXPECTED: readonly (readonly [name: string, row: number, members: readonly number[]])[] = [
  ['the empty row', EMPTY, []],
  ['the full row', FULL, Array.from({ length: SIZE }, (_, bit) => bit)],
  ['a window with a hole', WINDOW, [512, 543, 544, 1023, 1541]],
  ['a row of the last chunk', LAST, [1541]],
];

describe('a row', () => {
  it.each(EXPECTED)('has its members and no others: %s', (_name, row, members) => {
    const found = Array.from({ length: SIZE }, (_, bit) => bit).filter((bit) => rowHas(ROWS, row, bit));
    expect(found).toEqual(members);
  });

  it.each(EXPECTED)('lists its members in ascending order: %s', (_name, row, members) => {
    const target = new Int32Array(SIZE).fill(-7);
    expect(membersOf(ROWS, row, target)).toBe(members.length);
    expect([...target.subarray(0, members.length)]).toEqual(members);
    expect(target.subarray(members.length).every((value) => value === -7)).toBe(true);
  });

  it('has nothing outside its window', () => {
    for (const bit of [0, 31, 511, 1024, 1535, 1540, 1542]) expect(rowHas(ROWS, WINDOW, bit)).toBe(false);
    expect(rowHas(ROWS, LAST, 5)).toBe(false);
    expect(rowHas(ROWS, LAST, SIZE + CHUNK_BITS)).toBe(false);
  });

  it('has chunks of as many bits as their words have', () => {
    expect(CHUNK_BITS).toBe(32 * CHUNK_WORDS);
  });
});
