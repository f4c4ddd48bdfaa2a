import { compile } from '../../../src/engine/compile/compile';
import { intList, pushInt } from '../../../src/engine/kernel/int-list';
import { EMPTY, FULL } from '../../../src/engine/kernel/rows';
import { TupleTable } from '../../../src/engine/kernel/tuple-table';
import { type Model, UNRESTRICTED } from '../../../src/engine/model';
import { packModel, type Solution } from '../../../src/engine/solve/pack';
import type { ListTrie } from '../../../src/engine/solve/policy-lists';
import { ResultTable } from '../../../src/engine/solve/result-table';
import { allow, block, cluster, labels } from '../../support/cluster';
import { membersIn } from '../compile/works';

const NODES = ['n2', undefined, 'n1', 'n2'] as const;

/** Four classes of one pod each, in many chunks of rows because of many blocks. */
function fourPods() {
  const builder = cluster();
  for (const [index, node] of NODES.entries()) builder.pod(`shop/${index}`, { app: `${index}` }, node === undefined ? {} : { node });
  const nets = Array.from({ length: 1100 }, (_, index) => allow([block(`10.${index >>> 8}.${index & 255}.0/24`, [], 'no')]));
  const tests = NODES.map((_, index) => allow([{ selector: labels({ app: `${index}` }), netsSeePods: 'no' }]));
  const snapshot = builder.policy('shop/p', { ingress: [...nets, ...tests] }).snapshot();
  return { snapshot, compiled: compile(snapshot) };
}

/** A solution made by hand: `bits` say what each of the results allows; the classes use some of them. */
function packed(bits: readonly (readonly number[])[], egress: readonly number[], ingress: readonly number[], trie?: Partial<Lists>) {
  const { snapshot, compiled } = fourPods();
  const { pool, classes } = compiled;
  const results = new ResultTable(pool);
  const ids = bits.map((members) => {
    for (const member of members) pool.draw(member);
    const row = pool.finish();
    return results.tuples.intern(Int32Array.of(0, EMPTY, row, 80, row, row), 6);
  });
  const user = (choice: readonly number[]) => Int32Array.from(choice, (index) => (index < 0 ? results.everything : ids[index]!));
  const lists = { parents: [], entries: [], stacks: [[]], ...trie };
  const solution: Solution = {
    flags: classes.flags,
    egress: user(egress),
    ingress: user(ingress),
    near: user([-1, -1, -1, -1]),
    egressList: Int32Array.of(0, 0, 0, 0),
    ingressList: Int32Array.of(0, 0, 0, 0),
    results,
    ...listsOf(lists),
  };
  return { model: packModel(compiled, snapshot, solution), compiled };
}

interface Lists {
  readonly parents: readonly number[];
  readonly entries: readonly number[];
  readonly stacks: readonly (readonly number[])[];
}

function listsOf({ parents, entries, stacks }: Lists): { readonly trie: ListTrie; readonly stacks: TupleTable } {
  const trie: ListTrie = { parents: intList(), entries: intList() };
  for (const parent of parents) pushInt(trie.parents, parent);
  for (const entry of entries) pushInt(trie.entries, entry);
  const table = new TupleTable();
  for (const stack of stacks) table.intern(Int32Array.from(stack), stack.length);
  return { trie, stacks: table };
}

/** Runs of a result with the members of their rows. */
function runsOf({ results, rows }: Model, result: number) {
  const runs = [];
  for (let run = results.starts[result]!; run < results.starts[result + 1]!; run++)
    runs.push({ start: results.runs[run]!, lower: membersIn(rows, results.lower[run]!), upper: membersIn(rows, results.upper[run]!) });
  return runs;
}

describe('packed results', () => {
  const bits = [[0], [1, 2, 600], [3], [1100]];

  it('are those that some class uses, and say what they said', () => {
    const { model } = packed(bits, [3, -1, 1, 3], [1, 1, -1, -1]);
    expect(model.results.starts).toHaveLength(4);
    const { egress, ingress } = model.classes;
    expect([...egress].map((result) => runsOf(model, result))).toEqual([
      [
        { start: 0, lower: [], upper: [1100] },
        { start: 80, lower: [1100], upper: [1100] },
      ],
      [{ start: 0, lower: membersIn(model.rows, FULL), upper: membersIn(model.rows, FULL) }],
      runsOf(model, ingress[0]!),
      runsOf(model, egress[0]!),
    ]);
    expect(runsOf(model, ingress[0]!)[1]!.lower).toEqual([1, 2, 600]);
  });

  it('keep the number of the one that allows everything, also where nobody uses it', () => {
    const { model } = packed(bits, [0, 0, 0, 0], [1, 1, 1, 1]);
    expect(runsOf(model, UNRESTRICTED)[0]!.lower).toHaveLength(model.rows.size);
    expect([...model.classes.egress, ...model.classes.ingress]).not.toContain(UNRESTRICTED);
    expect([...packed(bits, [-1, -1, -1, -1], [-1, 0, 0, 0]).model.classes.egress]).toEqual([0, 0, 0, 0]);
  });

  it('keep the rows that they use and no others, the empty and the full one first', () => {
    const { model, compiled } = packed(bits, [3, 3, 3, 3], [3, 3, 3, 3]);
    expect(compiled.pool.rowCount).toBeGreaterThan(1000);
    expect(model.rows.first).toHaveLength(3);
    expect(model.rows.starts.at(-1)).toBe(model.rows.chunks.length);
    expect(membersIn(model.rows, EMPTY)).toEqual([]);
    expect(membersIn(model.rows, FULL)).toHaveLength(compiled.pool.size);
    expect(model.rows.size).toBe(compiled.pool.size);
  });
});

describe('packed lists', () => {
  it('keep the states that a list goes through, each behind its parent, and what they add', () => {
    // Two branches; states 1, 3 and 5 are on the way to no list.
    const trie = { parents: [-1, 0, 0, 2, -1, 4, 2], entries: [10, 11, 12, 13, 14, 15, 16], stacks: [[], [6], [2, 4]] };
    const { lists } = packed([], [-1, -1, -1, -1], [-1, -1, -1, -1], trie).model;
    expect([...lists.parents]).toEqual([-1, 0, -1, 1]);
    expect([...lists.entries]).toEqual([10, 12, 14, 16]);
    expect([...lists.starts]).toEqual([0, 0, 1, 3]);
    expect([...lists.states]).toEqual([3, 1, 2]);
  });
});

describe('a packed model', () => {
  it('numbers nodes by first use, and knows of no node what the input does not tell', () => {
    const { model } = packed([], [-1, -1, -1, -1], [-1, -1, -1, -1]);
    expect([...model.endpoints.nodeOf]).toEqual([0, -1, 1, 0]);
    expect([...model.endpoints.workloadOf]).toEqual([0, 1, 2, 3]);
    expect(model.counts).toMatchObject({ namespaces: 1, workloads: 4, policies: 1, nodes: 2, icmp: 0, looksAt: 0 });
  });

  it('has the classes and the addresses that were compiled', () => {
    const { model, compiled } = packed([], [-1, -1, -1, -1], [-1, -1, -1, -1]);
    expect(model.endpoints.classOf).toEqual(compiled.classes.classOf);
    expect(model.classes.firstFace).toEqual(compiled.classes.firstFace);
    expect(model.addresses).toBe(compiled.blocks.index);
  });
});
