import type { PacketSpecs } from '../compile/packet-specs';
import { ALLOW, DENY } from '../compile/policies';
import type { CompiledRules } from '../compile/rules';
import type { Bounds } from '../compile/selector-rows';
import { ANY_PEER } from '../compile/vocabulary';
import { grown, type IntList, intList, pushInt } from '../kernel/int-list';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import type { TupleTable } from '../kernel/tuple-table';
import { AXIS_END } from '../packet-axis';
import { PERHAPS } from './policy-lists';

/*
 * What one list of one tier says, as a function of P, which is what the tiers behind it say. Of each packet and member it is A | (B & P):
 * A holds the members that the list allows, B those that it leaves to P, and it denies the rest.
 *
 * Where the input does not tell, the value lies between two bounds. Every `maybe` is free to go either way by itself, so the bounds are found by taking
 * at each step the worst and the best of its ways. A list is solved from its end backward, since each step says either its own or what is behind it:
 *
 *   behind the last policy  if none selected: P · if one did: the tier's default, Deny: 0, Pass: P
 *   Allow                   lower: must | rest                            upper: may | rest
 *   Deny                    lower: rest & ~may                            upper: rest & ~must
 *   Pass                    lower: P on must, min(P, rest) on may only    upper: P on must, max(P, rest) on may only
 *   policy that perhaps     lower: min(its rules, rest)                   upper: max(its rules, rest)
 *   selects
 *
 * Rules of the same action in a row commute, so that those about the same packets are joined first.
 */

/** Columns of a run of packets in a solved list: its start, then A and B of the lower and of the upper bound. */
export const RUN_WIDTH = 5;

interface Side {
  a: Int32Array;
  b: Int32Array;
}

export class ListSolver {
  /** Solved lists: runs in the order of the packet axis. */
  private readonly solved: TupleTable;
  private readonly pool: RowPool;
  private readonly specs: PacketSpecs;
  private readonly rules: CompiledRules;
  /** The rules of the list at hand, in order, with their names resolved. */
  private readonly steps = intList();
  private readonly stepSpecs = intList();
  private readonly stepMust = intList();
  private readonly stepMay = intList();
  /** For each part of the list: where its steps end, and whether its policy selects only perhaps. Policies that certainly select are one part. */
  private readonly partEnds = intList();
  private readonly partPerhaps = intList();
  /** Starts of the runs into which the rules of the list cut the packet axis. */
  private grid: Int32Array = new Int32Array(64);
  private runs = 0;
  private readonly selected: Side = side();
  private readonly unselected: Side = side();
  private readonly walked: Side = side();
  private readonly lower: Side = side();
  private tuple: Int32Array = new Int32Array(64);
  private specStamps: Int32Array = new Int32Array(64);
  private specMust: Int32Array = new Int32Array(64);
  private specMay: Int32Array = new Int32Array(64);
  private readonly batchSpecs = intList();
  private stamp = 0;

  constructor(pool: RowPool, specs: PacketSpecs, rules: CompiledRules, solved: TupleTable) {
    this.solved = solved;
    this.pool = pool;
    this.specs = specs;
    this.rules = rules;
  }

  /**
   * Id in `solved` of a list of entries in order. `resolve` tells what a packet spec means for the endpoints whose list it is, `narrow` what is left of a
   * rule that asks something of them.
   */
  solve(entries: IntList, passes: boolean, resolve: (spec: number) => number, narrow?: (rule: number) => Bounds): number {
    const exact = this.read(entries, resolve, narrow);
    this.cut();
    this.bound(false, passes);
    if (exact) return this.close(this.unselected, this.unselected);
    copy(this.unselected, this.lower, this.runs);
    this.bound(true, passes);
    return this.close(this.lower, this.unselected);
  }

  /** Lays out the steps; answers whether nothing about the list is uncertain. */
  private read(entries: IntList, resolve: (spec: number) => number, narrow: ((rule: number) => Bounds) | undefined): boolean {
    const { rules, steps, stepSpecs, stepMust, stepMay, partEnds, partPerhaps } = this;
    steps.length = 0;
    stepSpecs.length = 0;
    stepMust.length = 0;
    stepMay.length = 0;
    partEnds.length = 0;
    partPerhaps.length = 0;
    let exact = true;
    for (let i = 0; i < entries.length; i++) {
      const entry = entries.values[i]!;
      const policy = entry >>> 1;
      const perhaps = entry & PERHAPS;
      for (let rule = rules.starts[policy]!; rule < rules.starts[policy + 1]!; rule++) {
        let must = rules.must[rule]!;
        let may = rules.may[rule]!;
        if (narrow && rules.subjects[rule] !== ANY_PEER) ({ must, may } = narrow(rule));
        if (may === EMPTY) continue;
        pushInt(steps, rule);
        pushInt(stepSpecs, resolve(rules.specs[rule]!));
        pushInt(stepMust, must);
        pushInt(stepMay, may);
        if (must !== may) exact = false;
      }
      const last = partEnds.length - 1;
      if (perhaps === 0 && last >= 0 && partPerhaps.values[last] === 0) partEnds.values[last] = steps.length;
      else {
        pushInt(partEnds, steps.length);
        pushInt(partPerhaps, perhaps);
      }
      if (perhaps !== 0) exact = false;
    }
    return exact;
  }

  /** Cuts the packet axis at every end of every spec. */
  private cut(): void {
    this.growSpecs();
    const stamp = ++this.stamp;
    let count = 1;
    this.grid[0] = 0;
    for (let i = 0; i < this.stepSpecs.length; i++) {
      const spec = this.stepSpecs.values[i]!;
      if (this.specStamps[spec] === stamp) continue;
      this.specStamps[spec] = stamp;
      const spans = this.specs.spans[spec]!;
      this.grid = grown(this.grid, count + spans.length);
      for (let j = 0; j < spans.length; j++) if (spans[j]! < AXIS_END) this.grid[count++] = spans[j]!;
    }
    const { grid } = this;
    if (count > 1) grid.subarray(0, count).sort();
    let runs = 1;
    for (let i = 1; i < count; i++) if (grid[i] !== grid[runs - 1]) grid[runs++] = grid[i]!;
    this.runs = runs;
  }

  private bound(upper: boolean, passes: boolean): void {
    const { selected, unselected, walked, runs, partEnds, partPerhaps } = this;
    reset(selected, runs, passes ? FULL : EMPTY);
    reset(unselected, runs, FULL);
    for (let part = partEnds.length - 1; part >= 0; part--) {
      const from = part === 0 ? 0 : partEnds.values[part - 1]!;
      const to = partEnds.values[part]!;
      if (partPerhaps.values[part] === 0) {
        this.walk(selected, from, to, upper);
        copy(selected, unselected, runs);
      } else {
        copy(selected, walked, runs);
        this.walk(walked, from, to, upper);
        this.mix(unselected, walked, upper);
        this.mix(selected, walked, upper);
      }
    }
  }

  /** The worst (best) of two ways, into the first. */
  private mix(into: Side, other: Side, upper: boolean): void {
    const { pool } = this;
    for (let run = 0; run < this.runs; run++) {
      const [a1, b1, a2, b2] = [into.a[run]!, into.b[run]!, other.a[run]!, other.b[run]!];
      into.a[run] = upper ? pool.or(a1, a2) : pool.and(a1, a2);
      into.b[run] = upper ? pool.or(b1, b2) : pool.and(pool.or(a1, b1), pool.or(a2, b2));
    }
  }

  /** Puts the steps from `from` to `to` - 1 before what `rest` says. */
  private walk(rest: Side, from: number, to: number, upper: boolean): void {
    const { actions } = this.rules;
    let end = to;
    while (end > from) {
      const action = actions[this.steps.values[end - 1]!]!;
      let start = end - 1;
      while (start > from && actions[this.steps.values[start - 1]!] === action) start--;
      this.join(start, end);
      for (let i = 0; i < this.batchSpecs.length; i++) this.apply(rest, action, this.batchSpecs.values[i]!, upper);
      end = start;
    }
  }

  /** Joins steps of one action by packet spec. In list order: lists with a common beginning then share the joins. */
  private join(start: number, end: number): void {
    const { pool, batchSpecs, specStamps, specMust, specMay } = this;
    const stamp = ++this.stamp;
    batchSpecs.length = 0;
    for (let i = start; i < end; i++) {
      const must = this.stepMust.values[i]!;
      const may = this.stepMay.values[i]!;
      const spec = this.stepSpecs.values[i]!;
      if (specStamps[spec] !== stamp) {
        specStamps[spec] = stamp;
        specMust[spec] = EMPTY;
        specMay[spec] = EMPTY;
        pushInt(batchSpecs, spec);
      }
      const exact = specMust[spec] === specMay[spec] && must === may;
      specMust[spec] = pool.or(specMust[spec]!, must);
      specMay[spec] = exact ? specMust[spec]! : pool.or(specMay[spec]!, may);
    }
  }

  private apply(rest: Side, action: number, spec: number, upper: boolean): void {
    const spans = this.specs.spans[spec]!;
    const must = this.specMust[spec]!;
    const may = this.specMay[spec]!;
    for (let i = 0; i < spans.length; i += 2) {
      const from = this.runAt(spans[i]!);
      const to = spans[i + 1] === AXIS_END ? this.runs : this.runAt(spans[i + 1]!);
      if (action === ALLOW) this.allow(rest, from, to, upper ? may : must);
      else if (action === DENY) this.deny(rest, from, to, upper ? must : may);
      else this.pass(rest, from, to, must, may, upper);
    }
  }

  private allow({ a }: Side, from: number, to: number, row: number): void {
    for (let run = from; run < to; run++) a[run] = this.pool.or(a[run]!, row);
  }

  private deny({ a, b }: Side, from: number, to: number, row: number): void {
    const { pool } = this;
    for (let run = from; run < to; run++) {
      a[run] = pool.andNot(a[run]!, row);
      b[run] = pool.andNot(b[run]!, row);
    }
  }

  private pass({ a, b }: Side, from: number, to: number, must: number, may: number, upper: boolean): void {
    const { pool } = this;
    const open = pool.andNot(may, must);
    for (let run = from; run < to; run++) {
      const [a1, b1] = [a[run]!, b[run]!];
      if (upper) {
        a[run] = pool.andNot(a1, must);
        b[run] = pool.or(b1, may);
      } else {
        a[run] = pool.andNot(a1, may);
        b[run] = pool.or(pool.or(must, pool.andNot(b1, may)), pool.and(pool.or(a1, b1), open));
      }
    }
  }

  /** Run that begins at a position of the grid. */
  private runAt(position: number): number {
    const { grid } = this;
    let low = 0;
    let high = this.runs - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (grid[middle]! < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private close(lower: Side, upper: Side): number {
    this.tuple = grown(this.tuple, this.runs * RUN_WIDTH);
    const { tuple } = this;
    let length = 0;
    for (let run = 0; run < this.runs; run++) {
      const before = length - RUN_WIDTH;
      const [a1, b1, a2, b2] = [lower.a[run]!, lower.b[run]!, upper.a[run]!, upper.b[run]!];
      if (before >= 0 && tuple[before + 1] === a1 && tuple[before + 2] === b1 && tuple[before + 3] === a2 && tuple[before + 4] === b2)
        continue;
      tuple[length] = this.grid[run]!;
      tuple[length + 1] = a1;
      tuple[length + 2] = b1;
      tuple[length + 3] = a2;
      tuple[length + 4] = b2;
      length += RUN_WIDTH;
    }
    return this.solved.intern(tuple, length);
  }

  private growSpecs(): void {
    this.specStamps = grown(this.specStamps, this.specs.count);
    this.specMust = grown(this.specMust, this.specs.count);
    this.specMay = grown(this.specMay, this.specs.count);
  }
}

function side(): Side {
  return { a: new Int32Array(64), b: new Int32Array(64) };
}

/** Nothing allowed, and `b` left to the tiers behind. */
function reset(into: Side, runs: number, b: number): void {
  into.a = grown(into.a, runs).fill(EMPTY, 0, runs);
  into.b = grown(into.b, runs).fill(b, 0, runs);
}

function copy(from: Side, into: Side, runs: number): void {
  into.a = grown(into.a, runs);
  into.b = grown(into.b, runs);
  into.a.set(from.a.subarray(0, runs));
  into.b.set(from.b.subarray(0, runs));
}
