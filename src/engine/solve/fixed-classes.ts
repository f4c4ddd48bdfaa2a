import { FAMILY_SHIFT } from '../classes';
import type { CompiledCluster } from '../compile/compile';
import { V4, V6 } from '../compile/endpoint-addresses';
import type { Bounds } from '../compile/selector-rows';
import { ANY_PEER } from '../compile/vocabulary';
import { Partition } from '../kernel/partition';
import { EMPTY, FULL, membersOf, rowHas } from '../kernel/rows';
import { TupleTable } from '../kernel/tuple-table';

/*
 * A result is worked out for one end of a flow, the *fixed* end, and its rows are of the other end. What a rule asks of the fixed end is yes, no or maybe
 * for each class; classes that agree in this, and in what else matters, are alike and have one result.
 */
export interface FixedClass {
  /** Number of the classes that are alike. */
  readonly key: number;
  /** One of them. */
  readonly owner: number;
  /**
   * Which of its faces counts is a matter of the other end: the members towards which it shows a face are `row`. Families of addresses as bits, 0 for
   * neither; undefined where it has one face for all.
   */
  readonly faces: readonly { readonly face: number; readonly row: number; readonly family: number | undefined }[];
}

export interface FixedClasses {
  readonly keyOf: Int32Array;
  readonly classes: readonly FixedClass[];
}

/**
 * Classes that the peers cannot tell apart at the fixed end, nor the rows of faces, nor `features`, which are any numbers of a class.
 */
export function fixedClasses(
  cluster: CompiledCluster,
  peers: ReadonlySet<number>,
  rows: readonly number[],
  features: (owner: number) => readonly number[],
): FixedClasses {
  const { pool, works, classes } = cluster;
  const { faceCount, firstFace, flags } = classes;
  const partition = new Partition(faceCount);
  const members = new Int32Array(pool.size);
  const refine = (row: number) => {
    let count = membersOf(pool, row, members);
    while (count > 0 && members[count - 1]! >= faceCount) count--;
    partition.refine(members, count);
  };
  for (const row of rows) refine(row);
  for (const peer of peers) {
    if (peer === ANY_PEER) continue;
    const { must, may } = works.peers.rowsOf(peer);
    refine(must);
    if (may !== must) refine(may);
  }
  const { cellOf } = partition.dense();
  const table = new TupleTable();
  const found: FixedClass[] = [];
  const towards = new Towards(cluster);
  const keyOf = flags.map((own, owner) => {
    const cells = Array.from({ length: firstFace[owner + 1]! - firstFace[owner]! }, (_, face) => cellOf[firstFace[owner]! + face]!);
    const tuple = Int32Array.of(own & (3 << FAMILY_SHIFT), ...features(owner), ...cells);
    const key = table.intern(tuple, tuple.length);
    if (key === found.length) found.push({ key, owner, faces: towards.facesOf(owner) });
    return key;
  });
  return { keyOf, classes: found };
}

/** Of `rows`, what is left where the fixed end must match a peer. */
export function narrowed({ pool, works }: CompiledCluster, { faces }: FixedClass, peer: number, rows: Bounds): Bounds {
  if (peer === ANY_PEER) return rows;
  const asked = works.peers.rowsOf(peer);
  let [must, may] = [EMPTY, EMPTY];
  for (const { face, row } of faces) {
    if (!rowHas(pool, asked.may, face)) continue;
    may = pool.or(may, pool.and(rows.may, row));
    if (rowHas(pool, asked.must, face)) must = pool.or(must, pool.and(rows.must, row));
  }
  return { must, may };
}

/** Towards whom a class shows which face: that of the family which both ends have, the last one where they share none. */
class Towards {
  private readonly cluster: CompiledCluster;
  private known: readonly [v4: number, v6: number] | undefined;

  constructor(cluster: CompiledCluster) {
    this.cluster = cluster;
  }

  facesOf(owner: number): FixedClass['faces'] {
    const { pool, classes } = this.cluster;
    const first = classes.firstFace[owner]!;
    const count = classes.firstFace[owner + 1]! - first;
    if (count === 1) return [{ face: first, row: FULL, family: undefined }];
    // It has both families, so that only what has none at all shares none with it.
    this.known ??= [this.membersOf(V4), this.membersOf(V6)];
    const [v4, v6] = this.known;
    const shared = [
      { face: first, row: v4, family: V4 },
      { face: first + 1, row: v6, family: V6 },
    ];
    return count === 2 ? shared : [...shared, { face: first + 2, row: pool.andNot(FULL, pool.or(v4, v6)), family: 0 }];
  }

  private membersOf(family: number): number {
    const { pool, classes, blocks } = this.cluster;
    const { firstFace, flags, faceCount } = classes;
    for (let owner = 0; owner < flags.length; owner++) {
      const first = firstFace[owner]!;
      if (firstFace[owner + 1]! - first > 1) pool.draw(family === V4 ? first : first + 1);
      else if (((flags[owner]! >>> FAMILY_SHIFT) & family) !== 0) pool.draw(first);
    }
    if (family === V4) pool.drawRange(faceCount, faceCount + blocks.firstV6);
    else pool.drawRange(faceCount + blocks.firstV6, faceCount + blocks.count);
    return pool.finish();
  }
}
