import type { Snapshot } from '../../model/snapshot';
import { intList, pushInt, toInts } from '../kernel/int-list';
import { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import { type AddressBlocks, compileAddressBlocks } from './address-blocks';
import { compileEndpointClasses, type EndpointClasses } from './endpoint-classes';
import { ANY_PACKET, PacketSpecs } from './packet-specs';
import { PeerRows } from './peer-rows';
import { type PolicyTable, type RuleTable, readPolicies } from './policies';
import { type Bounds, SelectorRows } from './selector-rows';
import { Vocabulary } from './vocabulary';

/**
 * The rules of one direction, ready to be solved: peers are rows, and each packet spec of an egress rule is numbers only. Rules that can match
 * nothing are gone, and so are those behind a rule of the same policy that matches everything.
 */
export interface CompiledRules {
  /** Rules of policy `p` are `starts[p]` to `starts[p + 1]` - 1. */
  readonly starts: Int32Array;
  readonly present: Uint8Array;
  /** 1 where the policy decides about every flow of what it selects, so that no policy after it in the tier matters. */
  readonly final: Uint8Array;
  readonly actions: Int32Array;
  readonly specs: Int32Array;
  /** Rows of peers that the rule certainly (possibly) matches. */
  readonly must: Int32Array;
  readonly may: Int32Array;
}

/** The snapshot as bits: what endpoints and addresses there are to tell apart, and what each policy says about them. */
export interface CompiledCluster {
  readonly pool: RowPool;
  readonly classes: EndpointClasses;
  readonly blocks: AddressBlocks;
  readonly specs: PacketSpecs;
  /** What each policy selects. */
  readonly subjects: readonly Bounds[];
  readonly egress: CompiledRules;
  readonly ingress: CompiledRules;
  /** Policies of each tier, in order. */
  readonly tiers: readonly (readonly number[])[];
}

export function compile(snapshot: Snapshot): CompiledCluster {
  const vocabulary = new Vocabulary();
  const specs = new PacketSpecs();
  const policies = readPolicies(snapshot, vocabulary, specs);
  const blocks = compileAddressBlocks(vocabulary.netTerms);
  const classes = compileEndpointClasses(snapshot, vocabulary, specs, blocks);
  const pool = new RowPool(classes.faceCount + blocks.count);
  const selectors = new SelectorRows(pool, classes, vocabulary, snapshot);
  const peers = new PeerRows(pool, classes, blocks, vocabulary, selectors);
  return {
    pool,
    classes,
    blocks,
    specs,
    subjects: Array.from(policies.subjects, (selector) => selectors.rowsOf(selector)),
    egress: compileRules(policies, policies.egress, peers, specs, new NamedPorts(pool, classes)),
    ingress: compileRules(policies, policies.ingress, peers, specs, undefined),
    tiers: policies.tiers,
  };
}

/** Destinations by what a port name means on them. */
class NamedPorts {
  /** Rows of members that give a pair of protocol and name the port, by pair. */
  readonly byPair = new Map<number, { readonly port: number; readonly row: number }[]>();

  constructor(pool: RowPool, { portMaps, ports, faceClass }: EndpointClasses) {
    const facesOf = new Map<number, number[]>();
    for (let face = 0; face < faceClass.length; face++) {
      const map = ports[faceClass[face]!]!;
      const faces = facesOf.get(map);
      if (faces) faces.push(face);
      else facesOf.set(map, [face]);
    }
    const found = new Map<number, Map<number, number[]>>();
    for (const [map, faces] of facesOf) {
      const entries = portMaps.table.tuple(map);
      for (let i = 0; i < entries.length; i += 2) {
        const [pair, port] = [entries[i]!, entries[i + 1]!];
        const byPort = found.get(pair) ?? new Map<number, number[]>();
        found.set(pair, byPort);
        const all = byPort.get(port);
        if (all) for (const face of faces) all.push(face);
        else byPort.set(port, [...faces]);
      }
    }
    for (const [pair, byPort] of found) {
      const rows = [...byPort].map(([port, faces]) => {
        for (const face of faces) pool.draw(face);
        return { port, row: pool.finish() };
      });
      this.byPair.set(pair, rows);
    }
  }
}

/** `named`: names are ports of the peer, so that a rule with names becomes one rule for each meaning. Without it they stay, for the subject. */
function compileRules(
  { count }: PolicyTable,
  table: RuleTable,
  peers: PeerRows,
  specs: PacketSpecs,
  named: NamedPorts | undefined,
): CompiledRules {
  const starts = new Int32Array(count + 1);
  const final = new Uint8Array(count);
  const [actions, ruleSpecs, musts, mays] = [intList(), intList(), intList(), intList()];
  const add = (action: number, spec: number, must: number, may: number) => {
    if (may === EMPTY || (specs.spans[spec]!.length === 0 && specs.pairs[spec]!.length === 0)) return;
    pushInt(actions, action);
    pushInt(ruleSpecs, spec);
    pushInt(musts, must);
    pushInt(mays, may);
  };
  for (let policy = 0; policy < count; policy++) {
    for (let rule = table.starts[policy]!; rule < table.starts[policy + 1]! && final[policy] === 0; rule++) {
      const action = table.actions.values[rule]!;
      const spec = table.specs.values[rule]!;
      const bounds = peers.rowsOf(table.peers.values[rule]!);
      const must = table.conditional.values[rule] === 1 ? EMPTY : bounds.must;
      if (named && specs.pairs[spec]!.length > 0) {
        add(action, specs.numbersOnly(spec), must, bounds.may);
        for (const pair of specs.pairs[spec]!) {
          for (const { port, row } of named.byPair.get(pair) ?? [])
            add(action, specs.portOf(pair, port), peers.within(must, row), peers.within(bounds.may, row));
        }
      } else add(action, spec, must, bounds.may);
      if (spec === ANY_PACKET && must === FULL) final[policy] = 1;
    }
    starts[policy + 1] = actions.length;
  }
  return {
    starts,
    present: table.present,
    final,
    actions: toInts(actions),
    specs: toInts(ruleSpecs),
    must: toInts(musts),
    may: toInts(mays),
  };
}
