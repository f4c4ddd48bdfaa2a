import { FAMILY_SHIFT } from '../classes';
import type { CompiledCluster } from '../compile/compile';
import { V4, V6 } from '../compile/endpoint-addresses';
import { EMPTY, FULL, membersOf, rowHas } from '../kernel/rows';
import { ONLY_DEFINED } from '../packet-axis';
import type { ResultAlgebra } from './result-algebra';

/** Bits of the families that two ends share where they share none. */
const NEITHER = 0;

/** Pods behind their nodes: which faces of nodes they show, and those of whom nobody knows. */
interface Disguise {
  /** Faces of pods by the face of the node that is seen in their place. */
  readonly behind: ReadonlyMap<number, readonly number[]>;
  readonly lost: number;
}

/** What is said of pods that are seen by the address of their node (`natOutgoing`): what would be said of the node. */
export class NodeMasks {
  private readonly cluster: CompiledCluster;
  private readonly algebra: ResultAlgebra;
  private readonly disguises = new Map<string, Disguise>();
  private readonly known = new Map<string, number>();

  constructor(cluster: CompiledCluster, algebra: ResultAlgebra) {
    this.cluster = cluster;
    this.algebra = algebra;
  }

  /**
   * What a result says of the nodes of pods, said of the pods; `pods` is their row. `family`: the one that they share with the class whose result it is;
   * absent: what each of them shares with it.
   */
  said(result: number, pods: number, owner: number, family: number | undefined): number {
    if (pods === EMPTY) return result;
    const own = (this.cluster.classes.flags[owner]! >>> FAMILY_SHIFT) & (V4 | V6);
    const disguiseKey = `${pods} ${own} ${family}`;
    const key = `${result} ${disguiseKey}`;
    let said = this.known.get(key);
    if (said === undefined) {
      let disguise = this.disguises.get(disguiseKey);
      if (!disguise) {
        disguise = this.disguise(pods, own, family);
        this.disguises.set(disguiseKey, disguise);
      }
      said = this.translate(result, disguise);
      this.known.set(key, said);
    }
    return said;
  }

  private disguise(pods: number, families: number, family: number | undefined): Disguise {
    const { classes, specs, pool } = this.cluster;
    const { masks, faceClass, flags } = classes;
    const faces = new Int32Array(pool.size);
    const count = membersOf(pool, pods, faces);
    const behind = new Map<number, number[]>();
    const lost: number[] = [];
    for (let i = 0; i < count; i++) {
      const face = faces[i]!;
      const pod = faceClass[face]!;
      const node = masks[pod]!;
      const shown = node < 0 ? -1 : faceOf(node, family ?? (flags[pod]! >>> FAMILY_SHIFT) & families, classes);
      if (shown >= 0) {
        const others = behind.get(shown);
        if (others) others.push(face);
        else behind.set(shown, [face]);
        continue;
      }
      lost.push(face);
      // A node of another family than its pods shows no address at all: only the definition follows that.
      if (node >= 0) specs.looksAt |= ONLY_DEFINED;
    }
    for (const face of lost) pool.draw(face);
    return { behind, lost: pool.finish() };
  }

  /** Of those whose node nobody knows nothing is certain, and everything possible. */
  private translate(result: number, { behind, lost }: Disguise): number {
    const { pool } = this.cluster;
    const said = this.algebra.mapped(result, (row) => {
      for (const [shown, faces] of behind) if (rowHas(pool, row, shown)) for (const face of faces) pool.draw(face);
      return pool.finish();
    });
    return this.algebra.unsure(this.algebra.within(said, pool.andNot(FULL, lost)), lost);
  }
}

/** Face that a node shows in a family, or in all of its families together; -1 where it has none that says it. */
function faceOf(node: number, family: number, { firstFace, flags }: CompiledCluster['classes']): number {
  const first = firstFace[node]!;
  const count = firstFace[node + 1]! - first;
  const families = (flags[node]! >>> FAMILY_SHIFT) & (V4 | V6);
  // A node without any address shows none in every family.
  if (count === 1) return family === NEITHER || families === NEITHER || families === family ? first : -1;
  if (family !== NEITHER) return family === V4 ? first : first + 1;
  return count === 3 ? first + 2 : -1;
}
