import { grown } from './int-list';
import { CHUNK_BITS, CHUNK_WORDS, EMPTY, FULL, type Rows } from './rows';

/* What a set operation does to one word or chunk; also part of the key of the two caches of results. */
const OR = 0;
const AND = 1;
const AND_NOT = 2;

/** Slots of the lossy caches of results, as powers of two: they grow with the rows and chunks. A lost result is made again, to the same id. */
const SMALLEST_CACHE = 8;
const LARGEST_CACHE = 17;

/** Makes rows: set algebra by id, with equal rows under equal ids. */
export class RowPool implements Rows {
  readonly size: number;
  first: Int32Array = new Int32Array(1024);
  starts: Int32Array = new Int32Array(1024);
  chunks: Int32Array = new Int32Array(4096);
  words: Int32Array = new Int32Array(256 * CHUNK_WORDS);
  rowCount = 0;
  chunkCount = 0;

  private rowHashes: Int32Array = new Int32Array(1024);
  private rowSlots: Int32Array = new Int32Array(2048);
  private chunkHashes: Int32Array = new Int32Array(256);
  private chunkSlots: Int32Array = new Int32Array(512);
  private rowCache: Int32Array = emptyCache(SMALLEST_CACHE);
  private rowCacheBits = SMALLEST_CACHE;
  private chunkCache: Int32Array = emptyCache(SMALLEST_CACHE);
  private chunkCacheBits = SMALLEST_CACHE;
  /** Chunk ids of the row that is being made. */
  private readonly line: Int32Array;
  /** Words of the chunk that is being made. */
  private readonly cell: Int32Array = new Int32Array(CHUNK_WORDS);
  /** Bits of the row that is being drawn, all zero between two rows, and the chunks that it touches. */
  private readonly canvas: Int32Array;
  private lowest = 0x7fffffff;
  private highest = -1;

  constructor(size: number) {
    this.size = size;
    const width = Math.ceil(size / CHUNK_BITS);
    this.line = new Int32Array(width);
    this.canvas = new Int32Array(width * CHUNK_WORDS);
    this.internChunk(this.cell, 0);
    this.cell.fill(-1);
    this.internChunk(this.cell, 0);
    this.internRow(0, 0);
    this.drawRange(0, size);
    this.finish();
  }

  /** Adds a member to the row that `finish` will make. */
  draw(bit: number): void {
    const chunk = bit >>> 9;
    if (chunk < this.lowest) this.lowest = chunk;
    if (chunk > this.highest) this.highest = chunk;
    this.canvas[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Adds the members from `low` to `high` - 1. */
  drawRange(low: number, high: number): void {
    if (low >= high) return;
    this.draw(low);
    this.draw(high - 1);
    const from = low >>> 5;
    const to = (high - 1) >>> 5;
    const head = -1 << (low & 31);
    const tail = -1 >>> (31 - ((high - 1) & 31));
    if (from === to) {
      this.canvas[from]! |= head & tail;
      return;
    }
    this.canvas[from]! |= head;
    this.canvas.fill(-1, from + 1, to);
    this.canvas[to]! |= tail;
  }

  /** Id of the row that was drawn since the last call. */
  finish(): number {
    if (this.highest < 0) return EMPTY;
    const { lowest, highest, canvas } = this;
    for (let chunk = lowest; chunk <= highest; chunk++) this.line[chunk - lowest] = this.internChunk(canvas, chunk << 4);
    canvas.fill(0, lowest << 4, (highest + 1) << 4);
    this.lowest = 0x7fffffff;
    this.highest = -1;
    return this.internRow(lowest, highest - lowest + 1);
  }

  /** Id here of a row of another universe of the same size. `chunks` remembers the chunks that came over before: -1 for none. */
  import(rows: Rows, row: number, chunks: Int32Array): number {
    const start = rows.starts[row]!;
    const length = rows.starts[row + 1]! - start;
    for (let at = 0; at < length; at++) {
      const chunk = rows.chunks[start + at]!;
      if (chunks[chunk] === -1) chunks[chunk] = this.internChunk(rows.words, chunk << 4);
      this.line[at] = chunks[chunk]!;
    }
    return this.internRow(rows.first[row]!, length);
  }

  /** The members of either. Like the two below: costs the chunks of both windows, or one look where it was asked lately. */
  or(a: number, b: number): number {
    if (a === b || b === EMPTY) return a;
    if (a === EMPTY) return b;
    if (a === FULL || b === FULL) return FULL;
    return a < b ? this.combine(OR, a, b) : this.combine(OR, b, a);
  }

  /** The members of both. */
  and(a: number, b: number): number {
    if (a === b || b === FULL) return a;
    if (a === FULL) return b;
    if (a === EMPTY || b === EMPTY) return EMPTY;
    return a < b ? this.combine(AND, a, b) : this.combine(AND, b, a);
  }

  /** The members of `a` that are not in `b`. */
  andNot(a: number, b: number): number {
    if (a === EMPTY || b === EMPTY) return a;
    if (a === b || b === FULL) return EMPTY;
    return this.combine(AND_NOT, a, b);
  }

  private combine(operation: number, a: number, b: number): number {
    const key = b * 4 + operation;
    const slot = ((Math.imul(a, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b)) >>> (32 - this.rowCacheBits)) * 3;
    const cache = this.rowCache;
    if (cache[slot] === a && cache[slot + 1] === key) return cache[slot + 2]!;
    const row = this.combineRows(operation, a, b);
    cache[slot] = a;
    cache[slot + 1] = key;
    cache[slot + 2] = row;
    return row;
  }

  private combineRows(operation: number, a: number, b: number): number {
    const { first, starts, line } = this;
    const [startA, startB] = [starts[a]!, starts[b]!];
    const [lowA, lowB] = [first[a]!, first[b]!];
    const [highA, highB] = [lowA + starts[a + 1]! - startA, lowB + starts[b + 1]! - startB];
    const low = operation === OR ? Math.min(lowA, lowB) : operation === AND ? Math.max(lowA, lowB) : lowA;
    const high = operation === OR ? Math.max(highA, highB) : operation === AND ? Math.min(highA, highB) : highA;
    for (let at = low; at < high; at++) {
      const x = at >= lowA && at < highA ? this.chunks[startA + at - lowA]! : EMPTY;
      const y = at >= lowB && at < highB ? this.chunks[startB + at - lowB]! : EMPTY;
      line[at - low] = this.combineChunks(operation, x, y);
    }
    // Rows that lie apart have no window in common.
    return this.internRow(low, Math.max(0, high - low));
  }

  /** FULL means all 512 bits here: the last chunk of a universe that ends inside it is an ordinary one. */
  private combineChunks(operation: number, x: number, y: number): number {
    if (operation === OR) {
      if (x === y || y === EMPTY || x === FULL) return x;
      if (x === EMPTY || y === FULL) return y;
    } else if (operation === AND) {
      if (x === y || x === EMPTY || y === FULL) return x;
      if (y === EMPTY || x === FULL) return y;
    } else {
      if (x === EMPTY || y === EMPTY) return x;
      if (x === y || y === FULL) return EMPTY;
    }
    const key = y * 4 + operation;
    const slot = ((Math.imul(x, 0x9e3779b1) ^ Math.imul(key, 0x85ebca6b)) >>> (32 - this.chunkCacheBits)) * 3;
    const cache = this.chunkCache;
    if (cache[slot] === x && cache[slot + 1] === key) return cache[slot + 2]!;
    const { words, cell } = this;
    const [u, v] = [x << 4, y << 4];
    if (operation === OR) for (let w = 0; w < CHUNK_WORDS; w++) cell[w] = words[u + w]! | words[v + w]!;
    else if (operation === AND) for (let w = 0; w < CHUNK_WORDS; w++) cell[w] = words[u + w]! & words[v + w]!;
    else for (let w = 0; w < CHUNK_WORDS; w++) cell[w] = words[u + w]! & ~words[v + w]!;
    const chunk = this.internChunk(cell, 0);
    cache[slot] = x;
    cache[slot + 1] = key;
    cache[slot + 2] = chunk;
    return chunk;
  }

  /** Id of the row whose chunks are the first `length` of `line`, seen from chunk `low`. */
  private internRow(low: number, length: number): number {
    const { line } = this;
    let from = 0;
    let to = length;
    while (from < to && line[from] === EMPTY) from++;
    while (to > from && line[to - 1] === EMPTY) to--;
    const start = from === to ? 0 : low + from;
    let hash = start ^ 0x2c1b3c6d;
    for (let i = from; i < to; i++) {
      hash = Math.imul(hash ^ line[i]!, 0x5bd1e995);
      hash ^= hash >>> 15;
    }
    const mask = this.rowSlots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const id = this.rowSlots[slot]! - 1;
      if (id < 0) break;
      if (this.rowHashes[id] === hash && this.first[id] === start && this.rowEquals(id, from, to)) return id;
      slot = (slot + 1) & mask;
    }
    return this.addRow(start, from, to, hash, slot);
  }

  private rowEquals(id: number, from: number, to: number): boolean {
    const start = this.starts[id]!;
    if (this.starts[id + 1]! - start !== to - from) return false;
    for (let i = from; i < to; i++) if (this.chunks[start + i - from] !== this.line[i]) return false;
    return true;
  }

  private addRow(start: number, from: number, to: number, hash: number, slot: number): number {
    const id = this.rowCount++;
    const offset = this.starts[id]!;
    this.first = grown(this.first, id + 1);
    this.starts = grown(this.starts, id + 2);
    this.rowHashes = grown(this.rowHashes, id + 1);
    this.chunks = grown(this.chunks, offset + to - from);
    for (let i = from; i < to; i++) this.chunks[offset + i - from] = this.line[i]!;
    this.first[id] = start;
    this.starts[id + 1] = offset + to - from;
    this.rowHashes[id] = hash;
    this.rowSlots[slot] = id + 1;
    if (this.rowCount * 2 > this.rowSlots.length) {
      this.rowSlots = rehashed(this.rowHashes, this.rowCount, this.rowSlots.length * 2);
    }
    if (this.rowCount >>> this.rowCacheBits !== 0 && this.rowCacheBits < LARGEST_CACHE) {
      this.rowCacheBits++;
      this.rowCache = emptyCache(this.rowCacheBits);
    }
    return id;
  }

  /** Id of the chunk whose words lie in `source` from `offset`. */
  private internChunk(source: Int32Array, offset: number): number {
    let hash = 0x2c1b3c6d;
    for (let w = 0; w < CHUNK_WORDS; w++) {
      hash = Math.imul(hash ^ source[offset + w]!, 0x5bd1e995);
      hash ^= hash >>> 15;
    }
    const mask = this.chunkSlots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const id = this.chunkSlots[slot]! - 1;
      if (id < 0) break;
      if (this.chunkHashes[id] === hash && this.chunkEquals(id, source, offset)) return id;
      slot = (slot + 1) & mask;
    }
    const id = this.chunkCount++;
    this.chunkHashes = grown(this.chunkHashes, id + 1);
    this.words = grown(this.words, (id + 1) * CHUNK_WORDS);
    for (let w = 0; w < CHUNK_WORDS; w++) this.words[(id << 4) + w] = source[offset + w]!;
    this.chunkHashes[id] = hash;
    this.chunkSlots[slot] = id + 1;
    if (this.chunkCount * 2 > this.chunkSlots.length)
      this.chunkSlots = rehashed(this.chunkHashes, this.chunkCount, this.chunkSlots.length * 2);
    if (this.chunkCount >>> this.chunkCacheBits !== 0 && this.chunkCacheBits < LARGEST_CACHE) {
      this.chunkCacheBits++;
      this.chunkCache = emptyCache(this.chunkCacheBits);
    }
    return id;
  }

  private chunkEquals(id: number, source: Int32Array, offset: number): boolean {
    const start = id << 4;
    for (let w = 0; w < CHUNK_WORDS; w++) if (this.words[start + w] !== source[offset + w]) return false;
    return true;
  }
}

/** Slots of three words: the two operands (the second with its operation) and the result. */
function emptyCache(bits: number): Int32Array {
  return new Int32Array(3 << bits).fill(-1);
}

function rehashed(hashes: Int32Array, count: number, length: number): Int32Array {
  const slots = new Int32Array(length);
  const mask = length - 1;
  for (let id = 0; id < count; id++) {
    const hash = hashes[id]!;
    let slot = (hash ^ (hash >>> 13)) & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = id + 1;
  }
  return slots;
}
