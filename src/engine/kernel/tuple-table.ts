import { grown } from './int-list';

/**
 * Gives equal tuples of integers equal ids, dense from 0 (hash-consing). Tuples may differ in length.
 * Equality is always compared, never taken from the hash alone.
 */
export class TupleTable {
  count = 0;
  /** Tuple `id` lies in `values` from `starts[id]` to `starts[id + 1]`. */
  starts: Int32Array = new Int32Array(64);
  values: Int32Array = new Int32Array(256);
  private hashes: Int32Array = new Int32Array(64);
  /** Open addressing: id + 1, or 0 for a free slot. */
  private slots: Int32Array = new Int32Array(128);

  /** Id of the first `length` integers of `tuple`. */
  intern(tuple: Int32Array, length: number): number {
    const hash = hashOf(tuple, length);
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const id = this.slots[slot]! - 1;
      if (id < 0) break;
      if (this.hashes[id] === hash && this.equals(id, tuple, length)) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(tuple, length, hash, slot);
  }

  /** How many integers the tuple has. */
  lengthOf(id: number): number {
    return this.starts[id + 1]! - this.starts[id]!;
  }

  /** A view of one tuple, valid until the next `intern`. */
  tuple(id: number): Int32Array {
    return this.values.subarray(this.starts[id]!, this.starts[id + 1]!);
  }

  private equals(id: number, tuple: Int32Array, length: number): boolean {
    const start = this.starts[id]!;
    if (this.starts[id + 1]! - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.values[start + i] !== tuple[i]) return false;
    return true;
  }

  private add(tuple: Int32Array, length: number, hash: number, slot: number): number {
    const id = this.count++;
    const start = this.starts[id]!;
    this.starts = grown(this.starts, id + 2);
    this.hashes = grown(this.hashes, id + 1);
    this.values = grown(this.values, start + length);
    for (let i = 0; i < length; i++) this.values[start + i] = tuple[i]!;
    this.starts[id + 1] = start + length;
    this.hashes[id] = hash;
    this.slots[slot] = id + 1;
    if (this.count * 2 > this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 0; id < this.count; id++) {
      let slot = this.hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.slots = slots;
  }
}

function hashOf(tuple: Int32Array, length: number): number {
  let hash = length ^ 0x2c1b3c6d;
  for (let i = 0; i < length; i++) {
    hash = Math.imul(hash ^ tuple[i]!, 0x5bd1e995);
    hash ^= hash >>> 15;
  }
  return hash ^ (hash >>> 13);
}
