import type { Direction, Protocol } from '../../model/policy';
import type { CompiledCluster, CompiledHosts } from '../compile/compile';
import { actsAt, type HostKind, NOBODY, type StageHook } from '../compile/host-kinds';
import type { HostRule, HostRuleTable } from '../compile/host-rules';
import { ALLOW, DENY } from '../compile/policies';
import { type CompiledRules, RuleList } from '../compile/rules';
import { type IntList, intList, pushInt, toInts } from '../kernel/int-list';
import { EMPTY, FULL } from '../kernel/rows';
import { protocolSpan } from '../packet-axis';
import { type FixedClass, narrowed } from './fixed-classes';
import { ListSolver } from './list-solver';
import type { ResultAlgebra } from './result-algebra';
import type { ResultTable } from './result-table';

/**
 * How rules are read: as they are; without what they allow, so that an Allow denies; or those for the way back, said of the flow that is answered.
 */
type Reading = 'as-is' | 'allowing-nothing' | 'answers';

/** Protocols whose answers a node refuses when it has not seen what they answer. Others may be taken for something new. */
const ANSWERS_MUST_BE_TRACKED: readonly Protocol[] = ['TCP', 'SCTP', 'ICMP', 'ICMPv6'];

/** The end of the flow for which a result is worked out; the members of rows are the other end. */
export type FixedEnd = 'source' | 'destination';

/**
 * What host endpoints say of flows from or to one class: a *checkpoint* is one kind of host endpoint, a way (in or out), and the hooks at which policies
 * are asked, in order. Rules of host policies are about both ends of a flow: what they ask of the fixed end is worked out here, once for all classes that
 * are alike, so that rows are left as in all other rules.
 */
export class HostCheckpoints {
  private readonly cluster: CompiledCluster;
  private readonly hosts: CompiledHosts;
  private readonly results: ResultTable;
  private readonly algebra: ResultAlgebra;
  private readonly passes: readonly boolean[];
  private readonly solvers = new Map<string, ListSolver>();
  private readonly known = new Map<string, number>();
  private readonly entries: IntList = intList();
  /** What becomes of answers about which no untracked policy decides. */
  private readonly untold: number;

  constructor(cluster: CompiledCluster, hosts: CompiledHosts, passes: readonly boolean[], results: ResultTable, algebra: ResultAlgebra) {
    this.cluster = cluster;
    this.hosts = hosts;
    this.passes = passes;
    this.results = results;
    this.algebra = algebra;
    const kept = ANSWERS_MUST_BE_TRACKED.map((protocol) => algebra.allBut(Int32Array.of(...protocolSpan(protocol)), false));
    const unrefused = kept.reduce((all, one) => algebra.both(all, one));
    this.untold = algebra.unsure(unrefused, FULL);
  }

  /** What the kinds say, where the input does not tell which of them it is. */
  among(kinds: readonly number[], end: FixedEnd, fixed: FixedClass, way: 'in' | 'out', hooks: readonly StageHook[]): number {
    const [first, ...others] = kinds.map((kind) => this.at(kind, end, fixed, way, hooks));
    return others.reduce((all, result) => this.algebra.either(all, result), first!);
  }

  private at(kind: number, end: FixedEnd, fixed: FixedClass, way: 'in' | 'out', hooks: readonly StageHook[]): number {
    if (kind === NOBODY) return this.results.everything;
    const key = `${kind} ${end} ${fixed.key} ${way} ${hooks.join()}`;
    let result = this.known.get(key);
    if (result === undefined) {
      result = this.solve(this.hosts.kinds.kinds[kind]!, end, fixed, way, hooks);
      this.known.set(key, result);
    }
    return result;
  }

  /** From the last hook backward, since each says either its own or what is behind it. */
  private solve(kind: HostKind, end: FixedEnd, fixed: FixedClass, way: 'in' | 'out', hooks: readonly StageHook[]): number {
    const { results, algebra } = this;
    const isOwn = hooks.at(-1) === 'normal';
    const open = this.failsafes(kind, end, fixed, way);
    let next = results.everything;
    for (const hook of hooks.toReversed()) {
      const tiers = (behind: number, reading: Reading = 'as-is') => this.tiers(kind, end, fixed, way, hook, behind, reading);
      if (hook === 'forward') next = tiers(next);
      else if (hook === 'normal') {
        const profile = kind.profileAction === 'Allow' ? results.everything : algebra.nothing;
        next = algebra.skipping(tiers(profile), results.everything, open);
      } else if (hook === 'preDNAT') next = algebra.skipping(tiers(next), next, open);
      else if (!kind.isWildcard) {
        next = algebra.skipping(isOwn ? this.answered(next, tiers) : tiers(next), next, open);
      }
    }
    return next;
  }

  /**
   * What an untracked policy lets pass to or from a process, it lets pass where an untracked policy lets the answer pass as well: the list as it is where
   * that is allowed, the list without what it allows where it is not. Where nobody knows, the worse and the better of the two.
   */
  private answered(next: number, tiers: (behind: number, reading: Reading) => number): number {
    const [best, worst] = [tiers(next, 'as-is'), tiers(next, 'allowing-nothing')];
    return best === worst ? best : this.algebra.skipping(worst, best, tiers(this.untold, 'answers'));
  }

  private tiers(
    { entries }: HostKind,
    end: FixedEnd,
    fixed: FixedClass,
    way: 'in' | 'out',
    hook: StageHook,
    behind: number,
    reading: Reading,
  ): number {
    const { rules } = this.hosts;
    const direction = way === 'in' ? 'ingress' : 'egress';
    const isEarly = hook === 'untracked' || hook === 'preDNAT';
    const read = this.rulesRead(direction, reading);
    const acting = entries.filter((entry) => actsAt(rules.policies[entry >>> 1]!, hook) && read[entry >>> 1]);
    let result = behind;
    for (let tier = this.passes.length - 1; tier >= 0 && acting.length > 0; tier--) {
      const own = acting.filter((entry) => rules.tiers[entry >>> 1] === tier);
      if (own.length > 0)
        result = this.results.compose(this.list(own, end, fixed, direction, isEarly || this.passes[tier]!, reading), result);
    }
    return result;
  }

  /** What failsafe ports leave open. */
  private failsafes({ failsafeInbound, failsafeOutbound }: HostKind, end: FixedEnd, fixed: FixedClass, way: 'in' | 'out'): number {
    const { firstInbound, firstOutbound } = this.hosts.rules;
    const places =
      way === 'in' ? failsafeInbound.map((place) => firstInbound + place) : failsafeOutbound.map((place) => firstOutbound + place);
    if (places.length === 0) return this.algebra.nothing;
    const entries = places.map((place) => 2 * place);
    return this.results.compose(this.list(entries, end, fixed, way === 'in' ? 'ingress' : 'egress', false, 'as-is'), this.algebra.nothing);
  }

  private rulesRead(direction: Direction, reading: Reading): HostRuleTable[Direction] {
    const { rules } = this.hosts;
    return reading === 'answers' ? rules.answers[direction] : rules[direction];
  }

  private list(
    entries: readonly number[],
    end: FixedEnd,
    fixed: FixedClass,
    direction: Direction,
    passes: boolean,
    reading: Reading,
  ): number {
    const { specs, classes } = this.cluster;
    this.entries.length = 0;
    for (const entry of entries) pushInt(this.entries, entry);
    const portsOf = (pair: number) => classes.portMaps.portsOf(classes.ports[fixed.owner]!, pair);
    const resolve = (spec: number) => {
      if (!specs.hasNames(spec)) return spec;
      return end === 'source' ? specs.atSource(spec, portsOf) : specs.atDestination(spec, portsOf);
    };
    return this.solverOf(end, fixed, direction, reading).solve(this.entries, passes, resolve);
  }

  private solverOf(end: FixedEnd, fixed: FixedClass, direction: Direction, reading: Reading): ListSolver {
    const key = `${end} ${fixed.key} ${direction} ${reading}`;
    let solver = this.solvers.get(key);
    if (!solver) {
      solver = new ListSolver(this.cluster.pool, this.cluster.specs, this.rulesFor(end, fixed, direction, reading), this.results.lists);
      this.solvers.set(key, solver);
    }
    return solver;
  }

  /** Rules as they are for the fixed end. */
  private rulesFor(end: FixedEnd, fixed: FixedClass, direction: Direction, reading: Reading): CompiledRules {
    const policies = this.rulesRead(direction, reading);
    const list = new RuleList(this.cluster.works);
    const starts = new Int32Array(policies.length + 1);
    const present = new Uint8Array(policies.length);
    for (const [policy, rules] of policies.entries()) {
      if (rules) present[policy] = 1;
      for (const rule of rules ?? []) this.addRule(list, rule, end, fixed, direction, reading);
      starts[policy + 1] = list.actions.length;
    }
    return {
      starts,
      present,
      final: new Uint8Array(policies.length),
      actions: toInts(list.actions),
      specs: toInts(list.specs),
      subjects: toInts(list.subjects),
      must: toInts(list.must),
      may: toInts(list.may),
    };
  }

  private addRule(list: RuleList, rule: HostRule, end: FixedEnd, fixed: FixedClass, direction: Direction, reading: Reading): void {
    const sourceEnd = direction === 'ingress' ? rule.peer : rule.subject;
    const destinationEnd = direction === 'ingress' ? rule.subject : rule.peer;
    const [fixedEnd, otherEnd] = end === 'source' ? [sourceEnd, destinationEnd] : [destinationEnd, sourceEnd];
    const { must, may } = narrowed(this.cluster, fixed, fixedEnd, this.cluster.works.peers.rowsOf(otherEnd));
    const action = rule.action === ALLOW && reading === 'allowing-nothing' ? DENY : rule.action;
    for (const { spec, open } of rule.packets) {
      const certain = rule.conditional || open ? EMPTY : must;
      if (end === 'source') list.addTo(action, spec, certain, may);
      else list.addFrom(action, spec, certain, may);
    }
  }
}
