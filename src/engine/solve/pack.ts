import type { Snapshot } from '../../model/snapshot';
import type { CompiledCluster } from '../compile/compile';
import { intList, pushInt, toInts } from '../kernel/int-list';
import type { RowPool } from '../kernel/row-pool';
import { CHUNK_WORDS, EMPTY, FULL, type Rows } from '../kernel/rows';
import type { TupleTable } from '../kernel/tuple-table';
import type { Model } from '../model';
import type { ListTrie } from './policy-lists';
import { RESULT_WIDTH, type ResultTable } from './result-table';

/** What solving found out, by class, in terms of the tables it was made in. */
export interface Solution {
  readonly flags: Int32Array;
  readonly egress: Int32Array;
  readonly ingress: Int32Array;
  readonly near: Int32Array;
  readonly egressList: Int32Array;
  readonly ingressList: Int32Array;
  readonly results: ResultTable;
  readonly stacks: TupleTable;
  readonly trie: ListTrie;
}

/** Keeps of a solution only what can be asked for: rows that some result uses, states that some list goes through. */
export function packModel({ classes, blocks, pool, specs }: CompiledCluster, snapshot: Snapshot, solution: Solution): Model {
  const { egress, ingress, near, stacks, trie } = solution;
  const results = packResults(solution.results.tuples, [egress, ingress, near]);
  const rows = packRows(pool, [results.lower, results.upper]);
  const nodes = new Map<string, number>();
  const nodeOf = Int32Array.from(snapshot.endpoints, ({ node }) => (node === undefined ? -1 : numberOf(nodes, node)));
  return {
    endpoints: { classOf: classes.classOf, nodeOf, workloadOf: Int32Array.from(snapshot.endpoints, ({ workload }) => workload) },
    classes: {
      flags: solution.flags,
      namespaces: classes.namespaces,
      firstFace: classes.firstFace,
      egress: results.renumber(egress),
      ingress: results.renumber(ingress),
      near: results.renumber(near),
      egressList: solution.egressList,
      ingressList: solution.ingressList,
    },
    results: {
      starts: results.starts,
      runs: results.runs,
      lower: rows.renumber(results.lower),
      upper: rows.renumber(results.upper),
    },
    rows: rows.rows,
    addresses: blocks.index,
    lists: packLists(stacks, trie),
    counts: {
      namespaces: snapshot.namespaces.length,
      workloads: snapshot.workloads.length,
      policies: snapshot.policies.length,
      nodes: nodes.size,
      icmp: specs.tellIcmpApart ? 1 : 0,
      looksAt: specs.looksAt,
    },
  };
}

function numberOf(numbers: Map<string, number>, name: string): number {
  let number = numbers.get(name);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(name, number);
  }
  return number;
}

/** Results that are used, numbered by first use behind the one that allows everything. */
function packResults(tuples: TupleTable, users: readonly Int32Array[]) {
  const numbers = new Int32Array(tuples.count).fill(-1);
  const used = intList();
  const take = (result: number) => {
    if (numbers[result] !== -1) return;
    numbers[result] = used.length;
    pushInt(used, result);
  };
  take(0);
  for (const user of users) for (const result of user) take(result);
  const starts = new Int32Array(used.length + 1);
  const [runs, lower, upper] = [intList(), intList(), intList()];
  for (let i = 0; i < used.length; i++) {
    const tuple = tuples.tuple(used.values[i]!);
    for (let at = 0; at < tuple.length; at += RESULT_WIDTH) {
      pushInt(runs, tuple[at]!);
      pushInt(lower, tuple[at + 1]!);
      pushInt(upper, tuple[at + 2]!);
    }
    starts[i + 1] = runs.length;
  }
  return {
    starts,
    runs: toInts(runs),
    lower: toInts(lower),
    upper: toInts(upper),
    renumber: (user: Int32Array) => user.map((result) => numbers[result]!),
  };
}

/** Rows and chunks that are used; the empty and the full one keep their numbers. */
function packRows(
  pool: RowPool,
  users: readonly Int32Array[],
): { readonly rows: Rows; readonly renumber: (user: Int32Array) => Int32Array } {
  const rowNumbers = new Int32Array(pool.rowCount).fill(-1);
  const chunkNumbers = new Int32Array(pool.chunkCount).fill(-1);
  const [first, starts, chunks, usedChunks] = [intList(), intList(), intList(), intList()];
  let count = 0;
  const takeChunk = (chunk: number) => {
    if (chunkNumbers[chunk] === -1) {
      chunkNumbers[chunk] = usedChunks.length;
      pushInt(usedChunks, chunk);
    }
    return chunkNumbers[chunk]!;
  };
  const takeRow = (row: number) => {
    if (rowNumbers[row] !== -1) return;
    rowNumbers[row] = count++;
    pushInt(first, pool.first[row]!);
    pushInt(starts, chunks.length);
    for (let at = pool.starts[row]!; at < pool.starts[row + 1]!; at++) pushInt(chunks, takeChunk(pool.chunks[at]!));
  };
  takeChunk(EMPTY);
  takeChunk(FULL);
  takeRow(EMPTY);
  takeRow(FULL);
  for (const user of users) for (const row of user) takeRow(row);
  pushInt(starts, chunks.length);
  const words = new Int32Array(usedChunks.length * CHUNK_WORDS);
  for (let i = 0; i < usedChunks.length; i++) {
    const chunk = usedChunks.values[i]! * CHUNK_WORDS;
    words.set(pool.words.subarray(chunk, chunk + CHUNK_WORDS), i * CHUNK_WORDS);
  }
  return {
    rows: { size: pool.size, first: toInts(first), starts: toInts(starts), chunks: toInts(chunks), words },
    renumber: (user) => user.map((row) => rowNumbers[row]!),
  };
}

/** Trie states that some list goes through, still each behind its parent. */
function packLists(stacks: TupleTable, { parents, entries }: ListTrie): Model['lists'] {
  const isUsed = new Uint8Array(parents.length);
  const states = stacks.values.slice(0, stacks.starts[stacks.count]!);
  for (const state of states) for (let at = state; at >= 0 && isUsed[at] === 0; at = parents.values[at]!) isUsed[at] = 1;
  const numbers = new Int32Array(parents.length).fill(-1);
  const [keptParents, keptEntries] = [intList(), intList()];
  for (let state = 0; state < parents.length; state++) {
    if (isUsed[state] === 0) continue;
    numbers[state] = keptParents.length;
    const parent = parents.values[state]!;
    pushInt(keptParents, parent < 0 ? -1 : numbers[parent]!);
    pushInt(keptEntries, entries.values[state]!);
  }
  return {
    starts: stacks.starts.slice(0, stacks.count + 1),
    states: states.map((state) => numbers[state]!),
    parents: toInts(keptParents),
    entries: toInts(keptEntries),
  };
}
