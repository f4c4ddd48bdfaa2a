/*
 * A *row* is a set of members (bits 0 … size - 1). Rows are cut into *chunks* of 512 bits and both are stored once: equal rows have equal ids, and rows
 * that are alike share their chunks. A row keeps only the window from its first chunk that is not empty to its last one.
 */

/** Size of a chunk, in words of 32 bits and in bits. Shifts by 4 and 9 mean the same wherever rows are read. */
export const CHUNK_WORDS = 16;
export const CHUNK_BITS = 512;
/** The row without members. */
export const EMPTY = 0;
/** The row of all members. */
export const FULL = 1;

/** Rows that no longer change. Row `id` begins at chunk `first[id]` and has the chunks `chunks[starts[id]] … chunks[starts[id + 1] - 1]`. */
export interface Rows {
  readonly size: number;
  readonly first: Int32Array;
  readonly starts: Int32Array;
  readonly chunks: Int32Array;
  /** Chunk `c` is the 16 words from `16 * c`. */
  readonly words: Int32Array;
}

/** O(1): the window of the row, then one bit. Every verdict is made of these. */
export function rowHas(rows: Rows, row: number, bit: number): boolean {
  const start = rows.starts[row]!;
  const at = (bit >>> 9) - rows.first[row]!;
  if (at < 0 || at >= rows.starts[row + 1]! - start) return false;
  return ((rows.words[(rows.chunks[start + at]! << 4) + ((bit >>> 5) & 15)]! >>> (bit & 31)) & 1) !== 0;
}

/** Writes the members of a row into `target`, ascending, and answers how many. */
export function membersOf(rows: Rows, row: number, target: Int32Array): number {
  let count = 0;
  const start = rows.starts[row]!;
  const end = rows.starts[row + 1]!;
  let base = rows.first[row]! * CHUNK_BITS;
  for (let at = start; at < end; at++, base += CHUNK_BITS) {
    const chunk = rows.chunks[at]!;
    if (chunk === EMPTY) continue;
    const offset = chunk << 4;
    for (let w = 0; w < CHUNK_WORDS; w++) {
      let word = rows.words[offset + w]!;
      while (word !== 0) {
        const low = word & -word;
        target[count++] = base + (w << 5) + (31 - Math.clz32(low));
        word ^= low;
      }
    }
  }
  return count;
}
