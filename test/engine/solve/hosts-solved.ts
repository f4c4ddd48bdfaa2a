import { type CompiledCluster, compile } from '../../../src/engine/compile/compile';
import { rowHas } from '../../../src/engine/kernel/rows';
import { fixedClasses } from '../../../src/engine/solve/fixed-classes';
import { HostCheckpoints } from '../../../src/engine/solve/host-checkpoints';
import { ResultAlgebra } from '../../../src/engine/solve/result-algebra';
import { RESULT_WIDTH, ResultTable } from '../../../src/engine/solve/result-table';
import type { Snapshot } from '../../../src/model/snapshot';
import type { Verdict } from '../../../src/model/verdict';

/** A cluster with host endpoints, compiled, with what solves them, and every class apart from all others. */
export function hostsOf(snapshot: Snapshot) {
  const compiled = compile(snapshot);
  const results = new ResultTable(compiled.pool);
  const algebra = new ResultAlgebra(results, compiled.pool);
  const passes = snapshot.tiers.map(({ defaultAction }) => defaultAction === 'Pass');
  const checkpoints = new HostCheckpoints(compiled, compiled.hosts!, passes, results, algebra);
  const classes = fixedClasses(compiled, new Set(), [], (owner) => [owner]).classes;
  return {
    snapshot,
    compiled,
    results,
    algebra,
    passes,
    checkpoints,
    fixedOf: (endpoint: number) => classes[compiled.classes.classOf[endpoint]!]!,
  };
}

/** What a result says of a packet and a member. */
export function verdictIn({ pool }: CompiledCluster, { tuples }: ResultTable, result: number, position: number, member: number): Verdict {
  const tuple = tuples.tuple(result);
  let at = 0;
  while (at + RESULT_WIDTH < tuple.length && tuple[at + RESULT_WIDTH]! <= position) at += RESULT_WIDTH;
  if (rowHas(pool, tuple[at + 1]!, member)) return 'allowed';
  return rowHas(pool, tuple[at + 2]!, member) ? 'indeterminate' : 'denied';
}
