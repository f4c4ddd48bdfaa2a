import { grown } from '../kernel/int-list';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import { TupleTable } from '../kernel/tuple-table';
import { RUN_WIDTH } from './list-solver';

/** Columns of a run of a result: its start, lower row, upper row. */
export const RESULT_WIDTH = 3;

/** What all tiers of one direction come to, hash-consed: equal results have equal ids. */
export class ResultTable {
  readonly tuples = new TupleTable();
  /** Solved lists of both directions, as `ListSolver` makes them. */
  readonly lists = new TupleTable();
  /** The result of no tier at all. */
  readonly everything: number;
  private readonly pool: RowPool;
  private readonly composed = new Map<number, number>();
  private tuple: Int32Array = new Int32Array(64);

  constructor(pool: RowPool) {
    this.pool = pool;
    this.everything = this.tuples.intern(Int32Array.of(0, FULL, FULL), RESULT_WIDTH);
  }

  /** Result of a solved list before what the tiers behind it say. */
  compose(list: number, behind: number): number {
    const key = list * 2 ** 26 + behind;
    let result = this.composed.get(key);
    if (result === undefined) {
      result = this.make(list, behind);
      this.composed.set(key, result);
    }
    return result;
  }

  private make(list: number, behind: number): number {
    const { pool, tuples, lists } = this;
    let at = lists.starts[list]!;
    const end = lists.starts[list + 1]!;
    let other = tuples.starts[behind]!;
    const otherEnd = tuples.starts[behind + 1]!;
    this.tuple = grown(this.tuple, end - at + otherEnd - other);
    const { tuple } = this;
    let length = 0;
    let start = 0;
    for (;;) {
      const [a1, b1, a2, b2] = [lists.values[at + 1]!, lists.values[at + 2]!, lists.values[at + 3]!, lists.values[at + 4]!];
      const [p1, p2] = [tuples.values[other + 1]!, tuples.values[other + 2]!];
      const lower = b1 === EMPTY ? a1 : pool.or(a1, pool.and(b1, p1));
      const exact = a1 === a2 && b1 === b2 && (p1 === p2 || b1 === EMPTY);
      const upper = exact ? lower : pool.or(a2, pool.and(b2, p2));
      if (length === 0 || tuple[length - 2] !== lower || tuple[length - 1] !== upper) {
        tuple[length] = start;
        tuple[length + 1] = lower;
        tuple[length + 2] = upper;
        length += RESULT_WIDTH;
      }
      const next = at + RUN_WIDTH < end ? lists.values[at + RUN_WIDTH]! : Number.POSITIVE_INFINITY;
      const otherNext = other + RESULT_WIDTH < otherEnd ? tuples.values[other + RESULT_WIDTH]! : Number.POSITIVE_INFINITY;
      if (next === Number.POSITIVE_INFINITY && otherNext === Number.POSITIVE_INFINITY) break;
      start = Math.min(next, otherNext);
      if (next === start) at += RUN_WIDTH;
      if (otherNext === start) other += RESULT_WIDTH;
    }
    return tuples.intern(tuple, length);
  }
}
