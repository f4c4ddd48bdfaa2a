import { type CompiledCluster, compile } from '../../src/engine/compile/compile';
import { membersOf } from '../../src/engine/kernel/rows';
import type { Snapshot } from '../../src/model/snapshot';

/** Members of a row in words: names of the endpoints whose class has a face in it, and `block N` for external blocks. */
export function namesIn(snapshot: Snapshot, { classes, pool }: CompiledCluster, row: number): readonly string[] {
  const target = new Int32Array(pool.size);
  const members = target.slice(0, membersOf(pool, row, target));
  const names = new Set<string>();
  for (const member of members) {
    if (member >= classes.faceCount) names.add(`block ${member - classes.faceCount}`);
    else
      for (const endpoint of snapshot.endpoints) if (classes.classOf[endpoint.id] === classes.faceClass[member]) names.add(endpoint.name);
  }
  return [...names].sort();
}

/** A compiled cluster with a reader of its rows. */
export function compiled(snapshot: Snapshot) {
  const result = compile(snapshot);
  return { ...result, names: (row: number) => namesIn(snapshot, result, row) };
}
