import { type IntList, intList, pushInt, toInts } from '../kernel/int-list';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import type { NamedMembers } from './named-members';
import { ANY_PACKET, type PacketSpecs } from './packet-specs';
import type { PeerRows } from './peer-rows';
import type { RuleTable } from './policies';
import type { PortMaps } from './port-maps';
import { ANY_PEER } from './vocabulary';

/**
 * The rules of one direction, ready to be solved: peers are rows, and packets depend at most on the port names of the endpoint that the policy selects.
 * Rules that can match nothing are gone, and so are those behind a rule of the same policy that matches everything. One rule may have become several of
 * the same action in a row, which is the same.
 */
export interface CompiledRules {
  /** Rules of policy `p` are `starts[p]` to `starts[p + 1]` - 1. */
  readonly starts: Int32Array;
  readonly present: Uint8Array;
  /** 1 where the policy decides about every flow of what it selects, so that no policy after it in the tier matters. */
  readonly final: Uint8Array;
  readonly actions: Int32Array;
  readonly specs: Int32Array;
  /** Peers that the endpoint itself must be, mostly `ANY_PEER`; rows are of those for whom it is. */
  readonly subjects: Int32Array;
  /** Rows of peers that the rule certainly (possibly) matches. */
  readonly must: Int32Array;
  readonly may: Int32Array;
}

/** What rules are compiled with. */
export interface RuleWorks {
  readonly pool: RowPool;
  readonly peers: PeerRows;
  readonly specs: PacketSpecs;
  readonly named: NamedMembers;
  readonly portMaps: PortMaps;
}

/** `direction` tells which end the peer is: of egress the destination, of ingress the source. */
export function compileRules(table: RuleTable, direction: 'egress' | 'ingress', works: RuleWorks): CompiledRules {
  const count = table.present.length;
  const starts = new Int32Array(count + 1);
  const final = new Uint8Array(count);
  const rules = new RuleList(works);
  for (let policy = 0; policy < count; policy++) {
    for (let rule = table.starts[policy]!; rule < table.starts[policy + 1]! && final[policy] === 0; rule++) {
      const action = table.actions.values[rule]!;
      const { must, may } = works.peers.rowsOf(table.peers.values[rule]!);
      const conditional = table.conditional.values[rule] === 1;
      rules.subject = table.subjects.values[rule]!;
      for (const { spec, open } of table.packets[rule]!) {
        const certain = conditional || open ? EMPTY : must;
        if (direction === 'egress') rules.addTo(action, spec, certain, may);
        else rules.addFrom(action, spec, certain, may);
        if (spec === ANY_PACKET && certain === FULL && rules.subject === ANY_PEER) final[policy] = 1;
      }
    }
    starts[policy + 1] = rules.actions.length;
  }
  return {
    starts,
    present: table.present,
    final,
    actions: toInts(rules.actions),
    specs: toInts(rules.specs),
    subjects: toInts(rules.subjects),
    must: toInts(rules.must),
    may: toInts(rules.may),
  };
}

/** Collects compiled rules. */
export class RuleList {
  readonly actions: IntList = intList();
  readonly specs: IntList = intList();
  readonly must: IntList = intList();
  readonly may: IntList = intList();
  readonly subjects: IntList = intList();
  /** What the rules that are added ask of the endpoint itself. */
  subject = ANY_PEER;
  private readonly works: RuleWorks;

  constructor(works: RuleWorks) {
    this.works = works;
  }

  /** A rule whose peers are sources: they must have a port with one of the names that the rule asks of the source, or none with any. */
  addFrom(action: number, spec: number, must: number, may: number): void {
    const { pool, specs, named } = this.works;
    const [needed, unwanted] = [specs.sourcePairs[spec]!, specs.noSourcePairs[spec]!];
    const own = specs.withoutSource(spec);
    if (needed.length > 0) this.add(action, own, must, pool.and(may, named.withAny(needed)));
    else if (unwanted.length > 0) {
      const holders = named.withAny(unwanted);
      this.add(action, own, pool.andNot(must, holders), pool.andNot(may, holders));
    } else this.add(action, own, must, may);
  }

  /** A rule whose peers are destinations: port names become ports, one rule for each thing that they mean. */
  addTo(action: number, spec: number, must: number, may: number): void {
    const { pool, specs, named } = this.works;
    if (specs.notPairs[spec]!.length > 0) {
      this.addByMap(action, spec, must, may);
      return;
    }
    if (specs.pairs[spec]!.length === 0) {
      this.add(action, spec, must, may);
      return;
    }
    this.add(action, specs.numbersOnly(spec), must, may);
    for (const pair of specs.pairs[spec]!)
      for (const { port, row } of named.meanings(pair))
        this.add(action, specs.portOf(spec, pair, port), pool.and(must, row), pool.and(may, row));
  }

  /** Names that exclude ports can be told only from all names of a destination together. */
  private addByMap(action: number, spec: number, must: number, may: number): void {
    const { pool, specs, named, portMaps } = this.works;
    let [restMust, restMay] = [must, may];
    for (const { map, row } of named.byMap) {
      const own = specs.atDestination(spec, (pair) => portMaps.portsOf(map, pair));
      this.add(action, own, pool.and(must, row), pool.and(may, row));
      restMust = pool.andNot(restMust, row);
      restMay = pool.andNot(restMay, row);
    }
    this.add(action, specs.numbersOnly(spec), restMust, restMay);
  }

  private add(action: number, spec: number, must: number, may: number): void {
    const { specs } = this.works;
    if (may === EMPTY || (specs.spans[spec]!.length === 0 && specs.pairs[spec]!.length === 0)) return;
    pushInt(this.actions, action);
    pushInt(this.specs, spec);
    pushInt(this.must, must);
    pushInt(this.may, may);
    pushInt(this.subjects, this.subject);
  }
}
