import type { CompiledCluster } from '../compile/compile';
import type { EndpointClasses } from '../compile/endpoint-classes';
import type { CompiledRules } from '../compile/rules';
import { grown, type IntList, intList, pushInt } from '../kernel/int-list';
import { Partition } from '../kernel/partition';
import type { RowPool } from '../kernel/row-pool';
import { membersOf } from '../kernel/rows';

/*
 * Which policies apply to which endpoints, in order. Classes that the same policies select are one *group*. A *list* is what a tier makes of a group
 * in one direction: its policies in order, each with whether it selects certainly or only perhaps. Lists are kept as a trie, so that groups with the
 * same list meet in the same state and the list is solved once.
 */

/** State of the trie that stands for no policy at all. */
export const NO_LIST = -1;
/** Added to twice the policy in an entry of a list: it selects only perhaps. */
export const PERHAPS = 1;

/** The trie of all lists; a state's list is that of its parent, then its own entry. */
export interface ListTrie {
  readonly parents: IntList;
  /** Twice the policy, plus `PERHAPS`. */
  readonly entries: IntList;
}

export interface DirectionLists {
  /** For each tier the state of each group. */
  readonly states: readonly Int32Array[];
  /** How surely some policy of a tier that denies the rest selects each group: 0 not, 1 maybe, 2 certainly. */
  readonly isolation: Uint8Array;
}

export interface PolicyLists {
  readonly groupOf: Int32Array;
  readonly groupCount: number;
  readonly trie: ListTrie;
  readonly egress: DirectionLists;
  readonly ingress: DirectionLists;
}

/** `passes`: whether each tier passes on what its policies leave undecided, so that they isolate nobody. */
export function listPolicies(cluster: CompiledCluster, passes: readonly boolean[]): PolicyLists {
  const rows = new Set<number>();
  for (const [policy, { must, may }] of cluster.subjects.entries())
    if (cluster.egress.present[policy] === 1 || cluster.ingress.present[policy] === 1) rows.add(must).add(may);
  const classesOf = classReader(cluster.pool, cluster.classes);
  const partition = new Partition(cluster.classes.count);
  for (const row of rows) {
    const classes = classesOf(row);
    partition.refine(classes, classes.length);
  }
  const { cellOf, count } = partition.dense();
  const groupsOf = groupReader(classesOf, cellOf, count);
  const trie: ListTrie = { parents: intList(), entries: intList() };
  return {
    groupOf: cellOf,
    groupCount: count,
    trie,
    egress: listDirection(cluster, cluster.egress, groupsOf, count, trie, passes),
    ingress: listDirection(cluster, cluster.ingress, groupsOf, count, trie, passes),
  };
}

/** Answers the classes of a row of selected endpoints; the answer is valid until the next call. */
function classReader(pool: RowPool, { faceCount, faceClass, firstFace }: EndpointClasses): (row: number) => Int32Array {
  const buffer = new Int32Array(pool.size);
  return (row) => {
    const members = membersOf(pool, row, buffer);
    let count = 0;
    for (let i = 0; i < members && buffer[i]! < faceCount; i++) {
      const face = buffer[i]!;
      const owner = faceClass[face]!;
      if (firstFace[owner] === face) buffer[count++] = owner;
    }
    return buffer.subarray(0, count);
  };
}

function groupReader(classesOf: (row: number) => Int32Array, groupOf: Int32Array, groupCount: number): (row: number) => Int32Array {
  const known = new Map<number, Int32Array>();
  const seen = new Int32Array(groupCount).fill(-1);
  return (row) => {
    let groups = known.get(row);
    if (!groups) {
      const found = intList();
      for (const owner of classesOf(row)) {
        const group = groupOf[owner]!;
        if (seen[group] === row) continue;
        seen[group] = row;
        pushInt(found, group);
      }
      groups = found.values.subarray(0, found.length);
      known.set(row, groups);
    }
    return groups;
  };
}

function listDirection(
  { subjects, pool, tiers }: CompiledCluster,
  rules: CompiledRules,
  groupsOf: (row: number) => Int32Array,
  groupCount: number,
  trie: ListTrie,
  passes: readonly boolean[],
): DirectionLists {
  const isolation = new Uint8Array(groupCount);
  const ignored = new Uint8Array(groupCount);
  const walker = new TrieWalker(trie);
  const states = tiers.map((policies, tier) => {
    const isolated = passes[tier] ? ignored : isolation;
    const state = new Int32Array(groupCount).fill(NO_LIST);
    for (const policy of policies) {
      if (rules.present[policy] === 0) continue;
      const { must, may } = subjects[policy]!;
      walker.step(state, groupsOf(must), 2 * policy, rules.final[policy] === 1, isolated, 2);
      if (must !== may) walker.step(state, groupsOf(pool.andNot(may, must)), 2 * policy + PERHAPS, false, isolated, 1);
    }
    return state;
  });
  return { states, isolation };
}

/** Moves groups through the trie. States are counted on over all tiers and directions. */
class TrieWalker {
  private readonly trie: ListTrie;
  /** By state + 1, so that the root has a slot. */
  private stamps: Int32Array = new Int32Array(64);
  private children: Int32Array = new Int32Array(64);
  /** States behind which nothing of the tier can matter. */
  private closed: Int32Array = new Int32Array(64);
  private stamp = 0;

  constructor(trie: ListTrie) {
    this.trie = trie;
  }

  step(state: Int32Array, groups: Int32Array, entry: number, final: boolean, isolation: Uint8Array, certainty: number): void {
    const { trie } = this;
    const stamp = ++this.stamp;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i]!;
      if (isolation[group]! < certainty) isolation[group] = certainty;
      const slot = state[group]! + 1;
      if (slot > 0 && this.closed[slot] === 1) continue;
      if (this.stamps[slot] !== stamp) {
        this.stamps[slot] = stamp;
        const child = trie.parents.length;
        this.children[slot] = child;
        pushInt(trie.parents, slot - 1);
        pushInt(trie.entries, entry);
        this.stamps = grown(this.stamps, child + 2);
        this.children = grown(this.children, child + 2);
        this.closed = grown(this.closed, child + 2);
        this.closed[child + 1] = final ? 1 : 0;
      }
      state[group] = this.children[slot]!;
    }
  }
}
