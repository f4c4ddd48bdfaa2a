import type { Snapshot } from '../model/snapshot';
import { isOfWorkload } from './classes';
import { type CompiledCluster, compile } from './compile/compile';
import { type Directory, directoryOf } from './directory';
import { membersOf } from './kernel/rows';
import type { Model } from './model';
import { solve } from './solve/solve';

/** A solved cluster with its names: what all questions are put to. Opaque outside the engine. */
export interface Analysis {
  readonly model: Model;
  readonly directory: Directory;
}

/** Compiles and solves the cluster once, for any number of questions. Equal snapshots give equal analyses: nothing depends on time or chance. */
export function analyze(snapshot: Snapshot): Analysis {
  const cluster = compile(snapshot);
  const model = solve(cluster, snapshot);
  return { model, directory: directoryOf(snapshot, countSelected(cluster)) };
}

/** Endpoints of workloads that each policy certainly selects. */
function countSelected({ subjects, pool, classes }: CompiledCluster): Int32Array {
  const weights = new Int32Array(classes.faceCount);
  for (const owner of classes.classOf) if (isOfWorkload(classes.flags[owner]!)) weights[classes.firstFace[owner]!]!++;
  const members = new Int32Array(pool.size);
  const known = new Map<number, number>();
  return Int32Array.from(subjects, ({ must }) => {
    let selected = known.get(must);
    if (selected === undefined) {
      selected = 0;
      const count = membersOf(pool, must, members);
      for (let i = 0; i < count; i++) selected += weights[members[i]!]!;
      known.set(must, selected);
    }
    return selected;
  });
}
