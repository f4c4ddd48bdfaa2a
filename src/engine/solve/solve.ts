import type { Snapshot } from '../../model/snapshot';
import { DROPPED, EGRESS_SHIFT, INGRESS_SHIFT, ON_HOST } from '../classes';
import type { CompiledCluster } from '../compile/compile';
import type { CompiledRules } from '../compile/rules';
import { ANY_PEER } from '../compile/vocabulary';
import { type IntList, intList, pushInt } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import type { Model } from '../model';
import { type FixedClass, type FixedClasses, fixedClasses, narrowed } from './fixed-classes';
import { ListSolver } from './list-solver';
import { OnNodes } from './on-nodes';
import { packModel } from './pack';
import { type DirectionLists, type ListTrie, listPolicies, NO_LIST, type PolicyLists } from './policy-lists';
import { ResultAlgebra } from './result-algebra';
import { ResultTable } from './result-table';
import { statesSeeingTunnels, throughTunnels } from './through-tunnels';

/** Works out every list once, joins the tiers, and keeps what queries need. */
export function solve(cluster: CompiledCluster, snapshot: Snapshot): Model {
  const { classes } = cluster;
  const passes = snapshot.tiers.map(({ defaultAction }) => defaultAction === 'Pass');
  const lists = listPolicies(cluster, passes);
  const results = new ResultTable(cluster.pool);
  const stacks = new TupleTable();
  const solver = (direction: 'egress' | 'ingress') =>
    new DirectionSolver(cluster, passes, direction, lists[direction], lists.trie, results, stacks);
  const [egress, ingress] = [solver('egress'), solver('ingress')];
  const own = {
    egress: lists.groupOf.map((group, owner) => egress.resultOf(group, owner)),
    ingress: seenByPods(
      cluster,
      lists,
      lists.groupOf.map((group, owner) => ingress.resultOf(group, owner)),
      (seen) => new DirectionSolver(seen, passes, 'ingress', lists.ingress, lists.trie, results, stacks),
      results,
    ),
  };
  const isPod = (owner: number) => (classes.flags[owner]! & ON_HOST) === 0;
  const guards = lists.egress.states.filter((_, tier) => snapshot.tiers[tier]!.guardsOwnNode);
  const isGuarded = (owner: number) => isPod(owner) && guards.some((states) => states[lists.groupOf[owner]!] !== NO_LIST);
  const near = own.egress.map((result, owner) => (isGuarded(owner) ? result : results.everything));
  const onNodes = new OnNodes(cluster, snapshot, passes, results);
  return packModel(cluster, snapshot, {
    flags: classes.flags.map((flags, owner) => {
      const group = lists.groupOf[owner]!;
      const isolation = (lists.egress.isolation[group]! << EGRESS_SHIFT) | (lists.ingress.isolation[group]! << INGRESS_SHIFT);
      return flags | isolation | (onNodes.drops && isPod(owner) ? DROPPED : 0);
    }),
    ...onNodes.complete({ ...own, near }),
    egressList: lists.groupOf.map((group) => egress.stackOf(group)),
    ingressList: lists.groupOf.map((group) => ingress.stackOf(group)),
    results,
    stacks,
    trie: lists.trie,
  });
}

/** Results of ingress, where pods see what comes through tunnels as it comes. */
function seenByPods(
  cluster: CompiledCluster,
  { groupOf, trie, ingress }: PolicyLists,
  own: Int32Array,
  solverOf: (seen: CompiledCluster) => DirectionSolver,
  results: ResultTable,
): Int32Array {
  const { throughTunnels: seen, pool } = cluster;
  if (!seen) return own;
  const sees = statesSeeingTunnels(trie, cluster.ingress, seen.ingress);
  const solver = solverOf(seen);
  const isOther = (group: number) => ingress.states.some((states) => states[group] !== NO_LIST && sees[states[group]!] === 1);
  const resultOf = (owner: number) => (isOther(groupOf[owner]!) ? solver.resultOf(groupOf[owner]!, owner) : own[owner]!);
  return throughTunnels(cluster, own, resultOf, new ResultAlgebra(results, pool));
}

/** Results of the groups of classes in one direction. */
class DirectionSolver {
  private readonly cluster: CompiledCluster;
  private readonly lists: DirectionLists;
  private readonly trie: ListTrie;
  private readonly results: ResultTable;
  private readonly stacks: TupleTable;
  private readonly solver: ListSolver;
  /** Whether each tier passes on what its policies do not decide. */
  private readonly passes: readonly boolean[];
  private readonly direction: 'egress' | 'ingress';
  /** Whether some rule has port names of the subject, so that a list may mean something else for subjects with other ports. */
  private readonly ownPorts: boolean;
  /** Where some rule asks something of its subject: which classes are alike to all such rules. */
  private readonly alike: FixedClasses | undefined;
  private readonly resultKeys = new Map<number, number>();
  private readonly solvedKeys = new Map<number, number>();
  private readonly resolved = new Map<number, number>();
  private readonly entries: IntList = intList();
  private readonly stack = intList();

  constructor(
    cluster: CompiledCluster,
    passes: readonly boolean[],
    direction: 'egress' | 'ingress',
    lists: DirectionLists,
    trie: ListTrie,
    results: ResultTable,
    stacks: TupleTable,
  ) {
    this.cluster = cluster;
    this.lists = lists;
    this.trie = trie;
    this.results = results;
    this.stacks = stacks;
    this.solver = new ListSolver(cluster.pool, cluster.specs, cluster[direction], results.lists);
    this.passes = passes;
    this.direction = direction;
    this.ownPorts = cluster[direction].specs.some((spec) => cluster.specs.hasNames(spec));
    const asked = new Set(cluster[direction].subjects);
    asked.delete(ANY_PEER);
    this.alike = asked.size > 0 ? fixedClasses(cluster, asked, [], () => []) : undefined;
  }

  /** Result of a class of a group. */
  resultOf(group: number, owner: number): number {
    const { portMaps, ports: portsOf } = this.cluster.classes;
    const ports = portsOf[owner]!;
    const fixed = this.alike?.classes[this.alike.keyOf[owner]!];
    const key =
      (group * (this.alike?.classes.length ?? 1) + (fixed?.key ?? 0)) * (this.ownPorts ? portMaps.table.count : 1) +
      (this.ownPorts ? ports : 0);
    let result = this.resultKeys.get(key);
    if (result === undefined) {
      result = this.results.everything;
      for (let tier = this.passes.length - 1; tier >= 0; tier--) {
        const state = this.lists.states[tier]![group]!;
        if (state !== NO_LIST) result = this.results.compose(this.solvedList(state, tier, ports, fixed), result);
      }
      this.resultKeys.set(key, result);
    }
    return result;
  }

  /** Id of the states that a group is in, over all tiers. */
  stackOf(group: number): number {
    this.stack.length = 0;
    for (const states of this.lists.states) if (states[group] !== NO_LIST) pushInt(this.stack, states[group]!);
    return this.stacks.intern(this.stack.values, this.stack.length);
  }

  private solvedList(state: number, tier: number, ports: number, fixed: FixedClass | undefined): number {
    this.readEntries(state);
    const named = this.ownPorts && this.someRule((rules, rule) => this.cluster.specs.hasNames(rules.specs[rule]!));
    const asking = fixed && this.someRule((rules, rule) => rules.subjects[rule] !== ANY_PEER) ? fixed : undefined;
    const key =
      (state * ((this.alike?.classes.length ?? 0) + 1) + (asking ? asking.key + 1 : 0)) * (this.cluster.classes.portMaps.table.count + 1) +
      (named ? ports + 1 : 0);
    let solved = this.solvedKeys.get(key);
    if (solved === undefined) {
      const rules = this.cluster[this.direction];
      const narrow = (rule: number) =>
        narrowed(this.cluster, asking!, rules.subjects[rule]!, { must: rules.must[rule]!, may: rules.may[rule]! });
      const resolve = (spec: number) => (named ? this.resolve(spec, ports) : spec);
      solved = this.solver.solve(this.entries, this.passes[tier]!, resolve, asking && narrow);
      this.solvedKeys.set(key, solved);
    }
    return solved;
  }

  /** Lays out the entries of a state's list. */
  private readEntries(state: number): void {
    const { entries, trie } = this;
    entries.length = 0;
    for (let at = state; at !== NO_LIST; at = trie.parents.values[at]!) pushInt(entries, trie.entries.values[at]!);
    entries.values.subarray(0, entries.length).reverse();
  }

  /** Is it so for some rule of the list that was laid out? */
  private someRule(isSo: (rules: CompiledRules, rule: number) => boolean): boolean {
    const rules = this.cluster[this.direction];
    for (let i = 0; i < this.entries.length; i++) {
      const policy = this.entries.values[i]! >>> 1;
      for (let rule = rules.starts[policy]!; rule < rules.starts[policy + 1]!; rule++) if (isSo(rules, rule)) return true;
    }
    return false;
  }

  private resolve(spec: number, ports: number): number {
    const { specs, classes } = this.cluster;
    if (!specs.hasNames(spec)) return spec;
    const key = spec * classes.portMaps.table.count + ports;
    let resolved = this.resolved.get(key);
    if (resolved === undefined) {
      const portsOf = (pair: number) => classes.portMaps.portsOf(ports, pair);
      resolved = this.direction === 'egress' ? specs.atSource(spec, portsOf) : specs.atDestination(spec, portsOf);
      this.resolved.set(key, resolved);
    }
    return resolved;
  }
}
