import { ON_HOST, PLACED } from '../classes';
import { rowHas } from '../kernel/rows';
import { type Model, UNRESTRICTED } from '../model';
import type { PairJoin } from './pair-join';

/** Which classes can possibly be reached from a class, by policies or because nobody knows which node somebody runs on. */
export class Reach {
  private readonly model: Model;
  private readonly join: PairJoin;
  /** Classes by whether they are on the host network and whether their node is known: 2 × the one + the other. */
  private readonly kinds: readonly number[][];

  /** `join` is of what is possible, and of the packets that count. */
  constructor(model: Model, join: PairJoin) {
    this.model = model;
    this.join = join;
    const kinds: number[][] = [[], [], [], []];
    for (const [owner, flags] of model.classes.flags.entries()) kinds[kindOf(flags)]!.push(owner);
    this.kinds = kinds;
  }

  /** Bits of the classes that class `from` reaches; in `into`, if it is given. */
  from(from: number, into?: Int32Array): Int32Array {
    const { egress, firstFace, flags } = this.model.classes;
    const reached = into ? into.fill(0) : new Int32Array((flags.length + 31) >>> 5);
    const result = egress[from]!;
    const face = firstFace[from]!;
    for (const cell of this.join.cellsOf(result))
      for (const { sources, classes } of this.join.targetsOf(cell)) if (rowHas(this.join.pool, sources, face)) setAll(reached, classes);
    for (const { sources, classes } of this.join.targetsOfSeveralFaces(result))
      if (rowHas(this.join.pool, sources, face)) setAll(reached, classes);
    const own = kindOf(flags[from]!);
    const others = own < 2 ? 2 : 0;
    if ((own & 1) === 0) setAll(reached, this.near(from, this.kinds[others + 1]!));
    setAll(reached, this.near(from, this.kinds[others]!));
    return reached;
  }

  /** Those of the classes to which a class can open something on one node, if it is not for what the node itself drops. */
  private near(from: number, others: readonly number[]): readonly number[] {
    const near = this.model.classes.near[from]!;
    return near === UNRESTRICTED ? others : others.filter((owner) => this.join.joins(from, owner, near, UNRESTRICTED));
  }
}

function kindOf(flags: number): number {
  return ((flags & ON_HOST) !== 0 ? 2 : 0) + ((flags & PLACED) !== 0 ? 1 : 0);
}

function setAll(bits: Int32Array, values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) bits[values[i]! >>> 5]! |= 1 << (values[i]! & 31);
}
