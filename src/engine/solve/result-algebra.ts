import { grown } from '../kernel/int-list';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import { TupleTable } from '../kernel/tuple-table';
import { AXIS_END } from '../packet-axis';
import { RESULT_WIDTH, type ResultTable } from './result-table';

const BOTH = 0;
const EITHER = 1;
const WITHIN = 2;
const UNSURE = 3;
const SKIPPING = 4;

/**
 * What several results say together, run by run and row by row. Each is known by its lower and its upper row; unknowns of different results are
 * independent of each other, so that the bounds of what they say together are made of theirs.
 */
export class ResultAlgebra {
  /** The result that denies everything. */
  readonly nothing: number;
  private readonly table: ResultTable;
  private readonly pool: RowPool;
  private readonly questions = new TupleTable();
  private readonly answers: number[] = [];
  private readonly question = new Int32Array(4);
  private tuple: Int32Array = new Int32Array(64);
  private lower = EMPTY;
  private upper = EMPTY;

  constructor(table: ResultTable, pool: RowPool) {
    this.table = table;
    this.pool = pool;
    this.nothing = table.tuples.intern(Int32Array.of(0, EMPTY, EMPTY), RESULT_WIDTH);
  }

  /** Everything but the packets of spans (start, end, start, end …, ascending and not touching), of which `open` says that nothing is certain. */
  allBut(spans: Int32Array, open: boolean): number {
    this.tuple = grown(this.tuple, RESULT_WIDTH * (spans.length + 1));
    let length = 0;
    const say = (start: number, lower: number, upper: number) => {
      // What begins where the one before it does replaces it.
      if (length > 0 && this.tuple[length - RESULT_WIDTH] === start) length -= RESULT_WIDTH;
      this.lower = lower;
      this.upper = upper;
      length = this.append(this.tuple, length, start);
    };
    say(0, FULL, FULL);
    for (let i = 0; i < spans.length; i += 2) {
      say(spans[i]!, EMPTY, open ? FULL : EMPTY);
      if (spans[i + 1]! < AXIS_END) say(spans[i + 1]!, FULL, FULL);
    }
    return this.table.tuples.intern(this.tuple, length);
  }

  /** Both must allow. */
  both(a: number, b: number): number {
    const { everything } = this.table;
    if (a === b || b === everything) return a;
    if (a === everything) return b;
    return a < b ? this.answer(BOTH, a, b, b) : this.answer(BOTH, b, a, a);
  }

  /** One of them counts, and nobody knows which. */
  either(a: number, b: number): number {
    if (a === b) return a;
    return a < b ? this.answer(EITHER, a, b, b) : this.answer(EITHER, b, a, a);
  }

  /** Counts only for the members of the row; all others are allowed. */
  within(result: number, row: number): number {
    if (row === FULL || result === this.table.everything) return result;
    return row === EMPTY ? this.table.everything : this.answer(WITHIN, result, result, row);
  }

  /** Nothing is certain for the members of the row. */
  unsure(result: number, row: number): number {
    return row === EMPTY ? result : this.answer(UNSURE, result, result, row);
  }

  /** `next` for what `open` allows, else `result`. */
  skipping(result: number, next: number, open: number): number {
    return result === next || open === this.nothing ? result : this.answer(SKIPPING, result, next, open);
  }

  /** The same said of other members: `map` makes a row of each row. */
  mapped(result: number, map: (row: number) => number): number {
    const { tuples } = this.table;
    const tuple = tuples.tuple(result).slice();
    let length = 0;
    for (let at = 0; at < tuple.length; at += RESULT_WIDTH) {
      this.lower = map(tuple[at + 1]!);
      this.upper = map(tuple[at + 2]!);
      length = this.append(tuple, length, tuple[at]!);
    }
    return tuples.intern(tuple, length);
  }

  private answer(operation: number, a: number, b: number, c: number): number {
    this.question[0] = operation;
    this.question[1] = a;
    this.question[2] = b;
    this.question[3] = c;
    const id = this.questions.intern(this.question, 4);
    if (id === this.answers.length)
      this.answers.push(operation === SKIPPING ? this.sweep(operation, a, b, c, c) : this.sweep(operation, a, b, b, c));
    return this.answers[id]!;
  }

  /** Goes along the runs of three results; `row` is the third operand where that is a row. */
  private sweep(operation: number, a: number, b: number, c: number, row: number): number {
    const { starts, values } = this.table.tuples;
    let [i, j, k] = [starts[a]!, starts[b]!, starts[c]!];
    const [endA, endB, endC] = [starts[a + 1]!, starts[b + 1]!, starts[c + 1]!];
    this.tuple = grown(this.tuple, endA - i + endB - j + endC - k);
    let length = 0;
    let start = 0;
    for (;;) {
      this.combine(operation, values[i + 1]!, values[i + 2]!, values[j + 1]!, values[j + 2]!, values[k + 1]!, values[k + 2]!, row);
      length = this.append(this.tuple, length, start);
      const nextA = i + RESULT_WIDTH < endA ? values[i + RESULT_WIDTH]! : Number.POSITIVE_INFINITY;
      const nextB = j + RESULT_WIDTH < endB ? values[j + RESULT_WIDTH]! : Number.POSITIVE_INFINITY;
      const nextC = k + RESULT_WIDTH < endC ? values[k + RESULT_WIDTH]! : Number.POSITIVE_INFINITY;
      start = Math.min(nextA, nextB, nextC);
      if (start === Number.POSITIVE_INFINITY) break;
      if (nextA === start) i += RESULT_WIDTH;
      if (nextB === start) j += RESULT_WIDTH;
      if (nextC === start) k += RESULT_WIDTH;
    }
    return this.table.tuples.intern(this.tuple, length);
  }

  private combine(operation: number, a1: number, a2: number, b1: number, b2: number, c1: number, c2: number, row: number): void {
    const { pool } = this;
    switch (operation) {
      case BOTH:
        this.lower = pool.and(a1, b1);
        this.upper = pool.and(a2, b2);
        return;
      case EITHER:
        this.lower = pool.and(a1, b1);
        this.upper = pool.or(a2, b2);
        return;
      case WITHIN: {
        const others = pool.andNot(FULL, row);
        this.lower = pool.or(a1, others);
        this.upper = pool.or(a2, others);
        return;
      }
      case UNSURE:
        this.lower = pool.andNot(a1, row);
        this.upper = a2;
        return;
      default:
        // Certainly open: b. Certainly not: a. Perhaps: the worse and the better of the two.
        this.lower = pool.and(pool.or(b1, pool.andNot(FULL, c2)), pool.or(a1, c1));
        this.upper = pool.or(pool.and(b2, c2), pool.andNot(a2, c1));
    }
  }

  /** Writes a run, unless it says what the run before it says. It may write into what is read, as it never overtakes it. */
  private append(tuple: Int32Array, length: number, start: number): number {
    if (length > 0 && tuple[length - 2] === this.lower && tuple[length - 1] === this.upper) return length;
    tuple[length] = start;
    tuple[length + 1] = this.lower;
    tuple[length + 2] = this.upper;
    return length + RESULT_WIDTH;
  }
}
