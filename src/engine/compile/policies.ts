import type { Action, Direction, Policy, Rule } from '../../model/policy';
import { rulesOf } from '../../model/policy';
import type { Snapshot } from '../../model/snapshot';
import { type IntList, intList, pushInt } from '../kernel/int-list';
import type { PacketPart, PacketSpecs } from './packet-specs';
import { ANY_PEER, type Vocabulary } from './vocabulary';

/** Actions by number, as rule tables hold them. Log has none, since it decides nothing. */
export const ALLOW = 0;
export const DENY = 1;
export const PASS = 2;
/** Codes of the actions that decide. */
export const DECIDING: Readonly<Record<Exclude<Action, 'Log'>, number>> = { Allow: ALLOW, Deny: DENY, Pass: PASS };

/** Rules of one direction of all policies, in columns. Rules that decide nothing (Log) are left out. */
export interface RuleTable {
  /** Rules of policy `p` are `starts[p]` to `starts[p + 1]` - 1. */
  readonly starts: Int32Array;
  /** Policies that have this direction and take part: 1. */
  readonly present: Uint8Array;
  readonly actions: IntList;
  /** Ids of peers in the vocabulary. */
  readonly peers: IntList;
  /** Ids of peers: what the rule asks of the endpoint that its policy selects; mostly `ANY_PEER`. */
  readonly subjects: IntList;
  readonly packets: (readonly PacketPart[])[];
  /** 1 where the rule has a condition: it never matches for certain. */
  readonly conditional: IntList;
}

/** The policies in terms of ids. */
export interface PolicyTable {
  readonly count: number;
  /** Selector of each policy. */
  readonly subjects: Int32Array;
  readonly egress: RuleTable;
  readonly ingress: RuleTable;
  /** Policies of each tier, in order. */
  readonly tiers: readonly (readonly number[])[];
  /** Some rule asks something of the endpoint that its policy selects. */
  readonly askSubjects: boolean;
}

/** Fills the vocabulary and the packet specs. Policies that are staged, or act at host endpoints alone, keep their numbers and have no rules here. */
export function readPolicies({ tiers, policies }: Snapshot, vocabulary: Vocabulary, specs: PacketSpecs): PolicyTable {
  const byTier = new Map(tiers.map(({ name }) => [name, [] as number[]]));
  for (const [index, { tier }] of policies.entries()) byTier.get(tier)?.push(index);
  const isActive = ({ hook, staged, tier }: Policy) => hook === 'normal' && !staged && byTier.has(tier);
  const read = (direction: Direction) => readRules(policies, direction, isActive, vocabulary, specs);
  const [egress, ingress] = [read('egress'), read('ingress')];
  const asksSubjects = ({ subjects }: RuleTable) => subjects.values.subarray(0, subjects.length).some((subject) => subject !== ANY_PEER);
  return {
    count: policies.length,
    subjects: Int32Array.from(policies, ({ appliesTo }) => vocabulary.selector(appliesTo)),
    egress,
    ingress,
    askSubjects: asksSubjects(egress) || asksSubjects(ingress),
    tiers: tiers.map(({ name }) => byTier.get(name)!),
  };
}

function readRules(
  policies: readonly Policy[],
  direction: Direction,
  isActive: (policy: Policy) => boolean,
  vocabulary: Vocabulary,
  specs: PacketSpecs,
): RuleTable {
  const table: RuleTable = {
    starts: new Int32Array(policies.length + 1),
    present: new Uint8Array(policies.length),
    actions: intList(),
    peers: intList(),
    subjects: intList(),
    packets: [],
    conditional: intList(),
  };
  policies.forEach((policy, index) => {
    const rules = isActive(policy) ? rulesOf(policy, direction) : undefined;
    if (rules) {
      table.present[index] = 1;
      for (const rule of rules) readRule(table, rule, vocabulary, specs);
    }
    table.starts[index + 1] = table.actions.length;
  });
  return table;
}

function readRule(
  table: RuleTable,
  { action, subject = 'any', peer, packets, condition }: Rule,
  vocabulary: Vocabulary,
  specs: PacketSpecs,
): void {
  const subjectId = vocabulary.peer(subject);
  if (action === 'Log') {
    // It decides nothing, but an explanation tells it: endpoints that it tells apart must stay apart.
    vocabulary.peer(peer);
    specs.mention(packets);
    return;
  }
  pushInt(table.actions, DECIDING[action]);
  pushInt(table.peers, vocabulary.peer(peer));
  pushInt(table.subjects, subjectId);
  table.packets.push(specs.parts(packets));
  pushInt(table.conditional, condition ? 1 : 0);
}
