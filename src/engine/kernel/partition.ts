import { grown } from './int-list';

/**
 * A partition of 0 … size - 1 into cells, refined set by set: two elements stay in one cell only as long as every set holds both or neither.
 * Costs the size of each set, not of the universe.
 */
export class Partition {
  /** Cell of each element. Cells are not renumbered when one becomes empty. */
  readonly cellOf: Int32Array;
  private count = 1;
  private stamps: Int32Array = new Int32Array(64);
  private children: Int32Array = new Int32Array(64);
  private stamp = 0;

  constructor(size: number) {
    this.cellOf = new Int32Array(size);
  }

  /** Sets the first `count` of `elements` apart from the rest of their cells. */
  refine(elements: Int32Array, count: number): void {
    const stamp = ++this.stamp;
    for (let i = 0; i < count; i++) {
      const element = elements[i]!;
      const cell = this.cellOf[element]!;
      if (this.stamps[cell] !== stamp) {
        this.stamps[cell] = stamp;
        this.children[cell] = this.count++;
        this.stamps = grown(this.stamps, this.count);
        this.children = grown(this.children, this.count);
      }
      this.cellOf[element] = this.children[cell]!;
    }
  }

  /** Cell of each element, with cells numbered from 0 by their first element, and how many there are. */
  dense(): { readonly cellOf: Int32Array; readonly count: number } {
    const numbers: Int32Array = new Int32Array(this.count).fill(-1);
    let count = 0;
    const cellOf = this.cellOf.map((cell) => {
      if (numbers[cell] === -1) numbers[cell] = count++;
      return numbers[cell]!;
    });
    return { cellOf, count };
  }
}
