import { ON_HOST } from '../classes';
import type { CompiledCluster } from '../compile/compile';
import type { CompiledRules } from '../compile/rules';
import { EMPTY, FULL } from '../kernel/rows';
import { Crossings, PLAIN, WRAPPED } from './crossings';
import { facesWhere } from './face-rows';
import { fixedClasses } from './fixed-classes';
import type { ListTrie } from './policy-lists';
import type { ResultAlgebra } from './result-algebra';

/**
 * Results of pods as destinations, where processes of other nodes may come through a tunnel, so that rules see other addresses of them: what is said of
 * those that do, of those that do not, and of those of whom nobody knows.
 * @param seen result of a class for whoever comes through a tunnel; asked for pods alone
 */
export function throughTunnels(
  cluster: CompiledCluster,
  own: Int32Array,
  seen: (owner: number) => number,
  algebra: ResultAlgebra,
): Int32Array {
  const { classes, crossings, pool } = cluster;
  const travels = new Crossings(cluster, crossings!);
  const { flags, faceClass, firstFace, places } = classes;
  const processes = facesWhere(cluster, (face) => (flags[faceClass[face]!]! & ON_HOST) !== 0);
  const others = pool.andNot(FULL, processes);
  const known = new Map<string, number>();
  // Towards whom a pod shows which face is a matter of its families alone.
  const shown = fixedClasses(cluster, new Set(), [], (owner) => [firstFace[owner + 1]! - firstFace[owner]!]);
  const join = (owner: number, asIs: number, wrapped: number): number => {
    const first = firstFace[owner]!;
    const example = shown.classes[shown.keyOf[owner]!]!;
    const base = firstFace[example.owner]!;
    let joined = algebra.within(asIs, others);
    for (const { face, row } of example.faces) {
      const mine = pool.and(row, processes);
      for (const { ways, row: members } of travels.toFace(first + face - base, owner)) {
        const at = pool.and(mine, members);
        if (at === EMPTY) continue;
        const said = (ways & WRAPPED) === 0 ? asIs : (ways & PLAIN) === 0 ? wrapped : algebra.either(asIs, wrapped);
        joined = algebra.both(joined, algebra.within(said, at));
      }
    }
    return joined;
  };
  return own.map((asIs, owner) => {
    if ((flags[owner]! & ON_HOST) !== 0) return asIs;
    const wrapped = seen(owner);
    if (wrapped === asIs) return asIs;
    const ways = Array.from(crossings!.pools.ways.subarray(firstFace[owner]!, firstFace[owner + 1]!));
    const subnets = crossings!.places[places[owner]!]!.subnets;
    const key = `${asIs} ${wrapped} ${shown.keyOf[owner]} ${ways} ${subnets}`;
    let joined = known.get(key);
    if (joined === undefined) {
      joined = join(owner, asIs, wrapped);
      known.set(key, joined);
    }
    return joined;
  });
}

/** Which states of lists have a policy whose rules are others for what comes through tunnels; all states behind one are. */
export function statesSeeingTunnels({ parents, entries }: ListTrie, asIs: CompiledRules, seen: CompiledRules): Uint8Array {
  const differs = Uint8Array.from(asIs.present, (_, policy) => (isSamePolicy(asIs, seen, policy) ? 0 : 1));
  const states = new Uint8Array(parents.length);
  for (let state = 0; state < states.length; state++) {
    const parent = parents.values[state]!;
    states[state] = differs[entries.values[state]! >>> 1]! | (parent < 0 ? 0 : states[parent]!);
  }
  return states;
}

function isSamePolicy(a: CompiledRules, b: CompiledRules, policy: number): boolean {
  const [from, other] = [a.starts[policy]!, b.starts[policy]!];
  const count = a.starts[policy + 1]! - from;
  if (b.starts[policy + 1]! - other !== count) return false;
  for (let rule = 0; rule < count; rule++) {
    for (const column of ['actions', 'specs', 'subjects', 'must', 'may'] as const) {
      if (a[column][from + rule] !== b[column][other + rule]) return false;
    }
  }
  return true;
}
