import { RowPool } from '../../../src/engine/kernel/row-pool';
import { rowHas } from '../../../src/engine/kernel/rows';
import { ResultAlgebra } from '../../../src/engine/solve/result-algebra';
import { RESULT_WIDTH, ResultTable } from '../../../src/engine/solve/result-table';
import { type Random, randomFrom } from '../../support/random';

/* Small results, taken apart into the two bounds of each member at each packet, and what is said of several of them worked out one by one. */

const MEMBERS = 7;
const STARTS = [0, 3, 80, 81, 4000];
const PROBES = [0, 2, 3, 79, 80, 81, 3999, 4000, 60_000];

function tools() {
  const pool = new RowPool(MEMBERS);
  const table = new ResultTable(pool);
  const row = (random: Random) => {
    for (let member = 0; member < MEMBERS; member++) if (random.chance(0.5)) pool.draw(member);
    return pool.finish();
  };
  const result = (random: Random) => {
    const starts = STARTS.filter((start) => start === 0 || random.chance(0.4));
    const runs = starts.flatMap((start) => {
      const upper = row(random);
      return [start, pool.and(upper, row(random)), upper];
    });
    return table.tuples.intern(Int32Array.from(runs), runs.length);
  };
  return { pool, table, algebra: new ResultAlgebra(table, pool), row, result };
}

type Tools = ReturnType<typeof tools>;

/** Lower and upper bound of each member at each probe. */
function boundsOf({ pool, table }: Tools, result: number): readonly (readonly [boolean, boolean])[] {
  const tuple = table.tuples.tuple(result);
  return PROBES.flatMap((position) => {
    let at = 0;
    while (at + RESULT_WIDTH < tuple.length && tuple[at + RESULT_WIDTH]! <= position) at += RESULT_WIDTH;
    return Array.from(
      { length: MEMBERS },
      (_, member) => [rowHas(pool, tuple[at + 1]!, member), rowHas(pool, tuple[at + 2]!, member)] as const,
    );
  });
}

type Bound = readonly [lower: boolean, upper: boolean];

/** The bounds of all that may come out when each of the values is one or the other. */
function boundsOver(values: readonly Bound[], say: (settled: readonly boolean[]) => boolean): Bound {
  const outcomes = values
    .reduce<readonly (readonly boolean[])[]>(
      (worlds, [lower, upper]) =>
        worlds.flatMap((world) =>
          lower === upper
            ? [[...world, lower]]
            : [
                [...world, true],
                [...world, false],
              ],
        ),
      [[]],
    )
    .map(say);
  return [outcomes.every(Boolean), outcomes.some(Boolean)];
}

const memberAt = (index: number) => index % MEMBERS;

describe('results together', () => {
  const all = tools();
  const { algebra, pool } = all;
  const random = randomFrom(5);
  const triples = Array.from({ length: 60 }, () => [all.result(random), all.result(random), all.result(random), all.row(random)] as const);
  const bounds = (result: number) => boundsOf(all, result);

  it('allow what each of them allows', () => {
    for (const [a, b] of triples)
      expect(bounds(algebra.both(a, b))).toEqual(bounds(a).map((bound, at) => boundsOver([bound, bounds(b)[at]!], ([x, y]) => x! && y!)));
  });

  it('say what either of them says, and are sure where both agree', () => {
    for (const [a, b] of triples)
      expect(bounds(algebra.either(a, b))).toEqual(
        bounds(a).map((bound, at) => boundsOver([bound, bounds(b)[at]!, [false, true]], ([x, y, which]) => (which ? x! : y!))),
      );
  });

  it('count within a row, and leave all others allowed', () => {
    for (const [a, , , row] of triples)
      expect(bounds(algebra.within(a, row))).toEqual(
        bounds(a).map((bound, at) => (rowHas(pool, row, memberAt(at)) ? bound : [true, true])),
      );
  });

  it('are sure of nothing for the members of a row', () => {
    for (const [a, , , row] of triples)
      expect(bounds(algebra.unsure(a, row))).toEqual(
        bounds(a).map(([lower, upper], at) => [lower && !rowHas(pool, row, memberAt(at)), upper]),
      );
  });

  it('are skipped for what another leaves open', () => {
    for (const [a, b, open] of triples)
      expect(bounds(algebra.skipping(a, b, open))).toEqual(
        bounds(a).map((bound, at) => boundsOver([bound, bounds(b)[at]!, bounds(open)[at]!], ([x, y, isOpen]) => (isOpen ? y! : x!))),
      );
  });

  it.each([[[80, 81]], [[0, 3]], [[0, 65_536]], [[3, 80, 4000, 196_611]]])(
    'are everything but the packets of %j, or are not sure of them',
    (spans) => {
      const isIn = (position: number) => spans.some((start, at) => at % 2 === 0 && start <= position && position < spans[at + 1]!);
      const expected = (open: boolean) =>
        bounds(algebra.allBut(Int32Array.from([]), false)).map((_, at) =>
          isIn(PROBES[Math.floor(at / MEMBERS)]!) ? [false, open] : [true, true],
        );
      for (const open of [false, true]) expect(bounds(algebra.allBut(Int32Array.from(spans), open))).toEqual(expected(open));
      expect(algebra.allBut(new Int32Array(0), false)).toBe(all.table.everything);
    },
  );

  it('may be said of other members', () => {
    for (const [a, , , row] of triples)
      expect(bounds(algebra.mapped(a, (own) => pool.and(own, row)))).toEqual(
        bounds(a).map(([lower, upper], at) => [lower && rowHas(pool, row, memberAt(at)), upper && rowHas(pool, row, memberAt(at))]),
      );
  });

  it('are the same result whenever they say the same', () => {
    for (const [a, b, c] of triples) {
      expect(algebra.both(a, algebra.both(b, c))).toBe(algebra.both(algebra.both(c, a), b));
      expect(algebra.both(a, algebra.nothing)).toBe(algebra.nothing);
      expect(algebra.both(a, all.table.everything)).toBe(a);
      expect(algebra.skipping(a, b, all.table.everything)).toBe(b);
    }
  });
});
