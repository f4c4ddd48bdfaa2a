import fc from 'fast-check';
import { RowPool } from '../../../src/engine/kernel/row-pool';
import { EMPTY, FULL, rowHas } from '../../../src/engine/kernel/rows';
import { UNRESTRICTED } from '../../../src/engine/model';
import { RESULT_WIDTH, ResultTable } from '../../../src/engine/solve/result-table';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

const SIZE = 3;
const POSITIONS = [0, 1, 2, 3, 4, 5];

/** A run with sets of members as bits: A and B of the lower bound, and what the upper bound has beyond them. */
interface ListRun {
  readonly start: number;
  readonly a: number;
  readonly b: number;
  readonly moreA: number;
  readonly moreB: number;
}

function table() {
  const pool = new RowPool(SIZE);
  const results = new ResultTable(pool);
  const row = (bits: number) => {
    for (let member = 0; member < SIZE; member++) if ((bits >>> member) & 1) pool.draw(member);
    return pool.finish();
  };
  const list = (runs: readonly ListRun[]) => {
    const tuple = runs.flatMap(({ start, a, b, moreA, moreB }) => [start, row(a), row(b), row(a | moreA), row(b | moreB)]);
    return results.lists.intern(Int32Array.from(tuple), tuple.length);
  };
  const runsOf = (result: number) => {
    const tuple = [...results.tuples.tuple(result)];
    return Array.from({ length: tuple.length / RESULT_WIDTH }, (_, run) => tuple.slice(run * RESULT_WIDTH, (run + 1) * RESULT_WIDTH));
  };
  /** Lower and upper set of a result at a position, as bits. */
  const at = (result: number, position: number) => {
    const [, lower, upper] = runsOf(result).findLast(([start]) => start! <= position)!;
    const bits = (id: number) => [...Array(SIZE).keys()].reduce((sum, member) => sum | (rowHas(pool, id, member) ? 1 << member : 0), 0);
    return [bits(lower!), bits(upper!)];
  };
  return { pool, results, row, list, runsOf, at };
}

const bits = fc.integer({ min: 0, max: 2 ** SIZE - 1 });
const extra = fc.oneof(fc.constant(0), bits);
const runs = fc
  .tuple(
    fc.subarray(POSITIONS.slice(1)),
    fc.array(fc.record({ a: bits, b: bits, moreA: extra, moreB: extra }), { minLength: POSITIONS.length, maxLength: POSITIONS.length }),
  )
  .map(([starts, parts]) => [0, ...starts].map((start, index): ListRun => ({ start, ...parts[index]! })));
const exactRuns = runs.map((list) => list.map((run) => ({ ...run, moreA: 0, moreB: 0 })));

const runAt = (list: readonly ListRun[], position: number) => list.findLast(({ start }) => start <= position)!;

describe('a result', () => {
  it('of no tier is that everything is allowed, under the number that the model gives it', () => {
    const { results, runsOf } = table();
    expect(results.everything).toBe(UNRESTRICTED);
    expect(runsOf(results.everything)).toEqual([[0, FULL, FULL]]);
  });

  it('of tiers is what the first one allows and what it leaves to a tier behind that allows it', () => {
    fc.assert(
      fc.property(fc.array(runs, { maxLength: 3 }), (tiers) => {
        const { results, list, at } = table();
        const result = tiers.reduceRight((behind, tier) => results.compose(list(tier), behind), results.everything);
        const expected = (position: number) =>
          tiers.reduceRight(
            ([lower, upper], tier) => {
              const { a, b, moreA, moreB } = runAt(tier, position);
              return [a | (b & lower!), a | moreA | ((b | moreB) & upper!)];
            },
            [7, 7],
          );
        for (const position of POSITIONS) expect({ position, is: at(result, position) }).toEqual({ position, is: expected(position) });
      }),
      { numRuns: 300 },
    );
  });

  it('begins at 0, and has no two runs in a row that say the same', () => {
    fc.assert(
      fc.property(runs, runs, (first, second) => {
        const { results, list, runsOf } = table();
        const result = runsOf(results.compose(list(first), results.compose(list(second), results.everything)));
        expect(result[0]![0]).toBe(0);
        for (let index = 1; index < result.length; index++) {
          expect(result[index]![0]).toBeGreaterThan(result[index - 1]![0]!);
          expect(result[index]!.slice(1)).not.toEqual(result[index - 1]!.slice(1));
        }
      }),
    );
  });

  it('has one row for both bounds where no tier is uncertain', () => {
    fc.assert(
      fc.property(exactRuns, exactRuns, (first, second) => {
        const { results, list, runsOf } = table();
        for (const [, lower, upper] of runsOf(results.compose(list(first), results.compose(list(second), results.everything))))
          expect(upper).toBe(lower);
      }),
    );
  });

  it('is the same under one id, whichever tiers it came from', () => {
    const { results, list } = table();
    const allows = (a: number, b = 0): ListRun => ({ start: 0, a, b, moreA: 0, moreB: 0 });
    const [direct, throughPass] = [list([allows(0b011)]), list([allows(0b001, 0b010)])];
    expect(results.compose(throughPass, results.everything)).toBe(results.compose(direct, results.everything));
    expect(results.compose(list([allows(0b010)]), results.everything)).not.toBe(results.compose(direct, results.everything));
    expect(results.compose(list([allows(0, 0b111)]), results.everything)).toBe(results.everything);
    expect(results.compose(list([{ ...allows(0b111), start: 0 }]), results.compose(direct, results.everything))).toBe(results.everything);
  });

  it('does not depend on what is behind a tier that leaves nothing', () => {
    const { results, list, at } = table();
    const uncertain = results.compose(list([{ start: 0, a: 0, b: 0, moreA: 7, moreB: 0 }]), results.everything);
    expect(at(uncertain, 0)).toEqual([EMPTY, 7]);
    const closed = list([{ start: 0, a: 1, b: 0, moreA: 0, moreB: 0 }]);
    expect(results.compose(closed, uncertain)).toBe(results.compose(closed, results.everything));
  });
});
