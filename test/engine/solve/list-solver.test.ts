import fc from 'fast-check';
import { type PacketPart, PacketSpecs } from '../../../src/engine/compile/packet-specs';
import { ALLOW, DENY, PASS } from '../../../src/engine/compile/policies';
import type { CompiledRules } from '../../../src/engine/compile/rules';
import { ANY_PEER } from '../../../src/engine/compile/vocabulary';
import { intList, pushInt } from '../../../src/engine/kernel/int-list';
import { RowPool } from '../../../src/engine/kernel/row-pool';
import { rowHas } from '../../../src/engine/kernel/rows';
import { TupleTable } from '../../../src/engine/kernel/tuple-table';
import { AXIS_END, positionOfPort, protocolSpan } from '../../../src/engine/packet-axis';
import { ListSolver, RUN_WIDTH } from '../../../src/engine/solve/list-solver';
import { PERHAPS } from '../../../src/engine/solve/policy-lists';
import type { Truth } from '../../../src/model/match';
import type { PacketExpression } from '../../../src/model/policy';
import { to } from '../../support/cluster';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

interface StepRule {
  readonly action: number;
  readonly packets: PacketExpression;
  /** Members that it certainly matches, and further ones that it may match. */
  readonly must: readonly number[];
  readonly perhaps?: readonly number[];
}

interface ListedPolicy {
  readonly selects: 'yes' | 'maybe';
  readonly rules: readonly StepRule[];
}

const MEMBERS = [0, 1, 2];

/** One position in each stretch that the packets below cut the axis into. */
const POSITIONS = [0, 1, 79, 80, 81, 90, 91, 65_535].concat(protocolSpan('UDP')[0], positionOfPort('UDP', 80), AXIS_END - 1);

/** What of a list may come about for one packet and member: it allows, it denies, or it leaves the flow to the tiers behind. */
type Outcomes = ReadonlySet<'allow' | 'deny' | 'behind'>;

/** All ways through a list, forward, one `maybe` after the other: the reference. */
function outcomesOf(
  policies: readonly ListedPolicy[],
  passes: boolean,
  holds: (packets: PacketExpression) => boolean,
  member: number,
): Outcomes {
  const found = new Set<'allow' | 'deny' | 'behind'>();
  const truthOf = ({ packets, must, perhaps = [] }: StepRule): Truth =>
    !holds(packets) ? 'no' : must.includes(member) ? 'yes' : perhaps.includes(member) ? 'maybe' : 'no';
  const decide = (action: number) => found.add(action === ALLOW ? 'allow' : action === DENY ? 'deny' : 'behind');
  const enter = (policy: number, selected: boolean): void => {
    const current = policies[policy];
    if (!current) found.add(!selected || passes ? 'behind' : 'deny');
    else {
      if (current.selects === 'maybe') enter(policy + 1, selected);
      walk(policy, 0);
    }
  };
  const walk = (policy: number, rule: number): void => {
    const step = policies[policy]!.rules[rule];
    if (!step) {
      enter(policy + 1, true);
      return;
    }
    const truth = truthOf(step);
    if (truth !== 'no') decide(step.action);
    if (truth !== 'yes') walk(policy, rule + 1);
  };
  enter(0, false);
  return found;
}

/** A solver with the rules of these policies in its tables. */
function bench(policies: readonly ListedPolicy[]) {
  const pool = new RowPool(MEMBERS.length);
  const specs = new PacketSpecs();
  const row = (members: readonly number[]) => {
    for (const member of members) pool.draw(member);
    return pool.finish();
  };
  const flat = policies.flatMap(({ rules }) => rules);
  const starts = [0];
  for (const { rules } of policies) starts.push(starts.at(-1)! + rules.length);
  const rules: CompiledRules = {
    starts: Int32Array.from(starts),
    present: new Uint8Array(policies.length).fill(1),
    final: new Uint8Array(policies.length),
    actions: Int32Array.from(flat, ({ action }) => action),
    specs: Int32Array.from(flat, ({ packets }) => (specs.parts(packets) as readonly [PacketPart])[0].spec),
    subjects: new Int32Array(flat.length).fill(ANY_PEER),
    must: Int32Array.from(flat, ({ must }) => row(must)),
    may: Int32Array.from(flat, ({ must, perhaps = [] }) => row([...must, ...perhaps])),
  };
  const lists = new TupleTable();
  const solver = new ListSolver(pool, specs, rules, lists);
  const entries = intList();
  policies.forEach(({ selects }, policy) => {
    pushInt(entries, 2 * policy + (selects === 'maybe' ? PERHAPS : 0));
  });
  const solve = (passes: boolean, resolve = (spec: number) => spec) => solver.solve(entries, passes, resolve);
  return { pool, specs, lists, solve, entries, solver };
}

/** Runs of a solved list: where it starts, and its four rows. */
function runsOf(lists: TupleTable, list: number): readonly (readonly [number, number, number, number, number])[] {
  const tuple = [...lists.tuple(list)];
  return Array.from({ length: tuple.length / RUN_WIDTH }, (_, run) => tuple.slice(run * RUN_WIDTH, (run + 1) * RUN_WIDTH) as never);
}

/** What a solved list says of a packet and member when the tiers behind it allow, and when they deny. */
function judge({ pool, lists }: ReturnType<typeof bench>, list: number, position: number, member: number) {
  const [, a1, b1, a2, b2] = runsOf(lists, list).findLast(([start]) => start <= position)!;
  const has = (row: number) => rowHas(pool, row, member);
  return {
    certain: { behindAllows: has(a1) || has(b1), behindDenies: has(a1) },
    possible: { behindAllows: has(a2) || has(b2), behindDenies: has(a2) },
  };
}

function expectedOf(outcomes: Outcomes) {
  const [allow, deny, behind] = (['allow', 'deny', 'behind'] as const).map((outcome) => outcomes.has(outcome));
  return {
    certain: { behindAllows: !deny, behindDenies: !deny && !behind },
    possible: { behindAllows: allow! || behind!, behindDenies: allow! },
  };
}

const PACKETS: readonly PacketExpression[] = ['any', [{ protocol: 'TCP' }], to('TCP', 80), to('TCP', [80, 90]), to('UDP', 80)];
const HOLDS = new Map(
  PACKETS.map((packets) => {
    const specs = new PacketSpecs();
    const spans = specs.spans[specs.parts(packets)[0]!.spec]!;
    return [packets, POSITIONS.filter((position) => spans[0]! <= position && position < spans[1]!)];
  }),
);

const members = fc.subarray(MEMBERS);
const rule: fc.Arbitrary<StepRule> = fc.record({
  action: fc.constantFrom(ALLOW, DENY, PASS),
  packets: fc.constantFrom(...PACKETS),
  must: members,
  perhaps: fc.oneof({ weight: 2, arbitrary: fc.constant<number[]>([]) }, { weight: 1, arbitrary: members }),
});
const policy: fc.Arbitrary<ListedPolicy> = fc.record({
  selects: fc.constantFrom('yes', 'yes', 'maybe'),
  rules: fc.array(rule, { maxLength: 4 }),
});

function expectAgreement(policies: readonly ListedPolicy[], passes: boolean): void {
  const made = bench(policies);
  const list = made.solve(passes);
  const cells = POSITIONS.flatMap((position) => MEMBERS.map((member) => ({ position, member })));
  const holds = (position: number) => (packets: PacketExpression) => HOLDS.get(packets)!.includes(position);
  expect(cells.map(({ position, member }) => judge(made, list, position, member))).toEqual(
    cells.map(({ position, member }) => expectedOf(outcomesOf(policies, passes, holds(position), member))),
  );
}

describe('a solved list', () => {
  it('says what all ways through it say', () => {
    fc.assert(fc.property(fc.array(policy, { maxLength: 4 }), fc.boolean(), expectAgreement), { numRuns: 300 });
  });

  it.each([true, false])('without policies leaves everything to the tiers behind (default passes: %s)', (passes) => {
    const made = bench([]);
    expect(judge(made, made.solve(passes), 80, 0)).toEqual(expectedOf(new Set(['behind'])));
  });

  it.each<[string, readonly ListedPolicy[], boolean, Outcomes]>([
    ['the first match decides', [certainly(on(ALLOW), on(DENY))], false, new Set(['allow'])],
    ['a policy before decides', [certainly(on(DENY)), certainly(on(ALLOW))], false, new Set(['deny'])],
    ['Pass leaves the tier', [certainly(on(PASS), on(DENY)), certainly(on(ALLOW))], false, new Set(['behind'])],
    ['no match is denied by default', [certainly()], false, new Set(['deny'])],
    ['no match passes by default', [certainly()], true, new Set(['behind'])],
    ['a policy that perhaps selects may isolate', [perhaps()], false, new Set(['behind', 'deny'])],
    ['a policy that perhaps selects cannot isolate where the default passes', [perhaps()], true, new Set(['behind'])],
    ['two that perhaps select may both not', [perhaps(on(ALLOW)), perhaps(on(ALLOW))], false, new Set(['behind', 'allow'])],
    ['behind one that perhaps selects, one that does isolates', [perhaps(on(ALLOW)), certainly()], false, new Set(['allow', 'deny'])],
    ['a rule that may match is taken both ways', [certainly(maybeOn(DENY), on(ALLOW))], false, new Set(['allow', 'deny'])],
    ['a Pass that may match is taken both ways', [certainly(maybeOn(PASS), on(ALLOW))], false, new Set(['allow', 'behind'])],
    ['it makes no difference whether a rule matches before its like', [certainly(maybeOn(ALLOW), on(ALLOW))], false, new Set(['allow'])],
  ])('%s', (_, policies, passes, outcomes) => {
    const made = bench(policies);
    expect(outcomesOf(policies, passes, () => true, 0)).toEqual(outcomes);
    expect(judge(made, made.solve(passes), 80, 0)).toEqual(expectedOf(outcomes));
  });

  it('is cut where what it says changes, and nowhere else', () => {
    const made = bench([certainly({ ...on(ALLOW), packets: to('TCP', 80) }, { ...on(ALLOW), packets: to('TCP', [81, 90]) })]);
    expect(runsOf(made.lists, made.solve(false)).map(([start]) => start)).toEqual([0, 80, 91]);
    const everywhere = bench([certainly({ ...on(DENY), packets: to('TCP', 80) })]);
    expect(runsOf(everywhere.lists, everywhere.solve(false)).map(([start]) => start)).toEqual([0]);
  });

  it('has equal bounds, and one id with its like, where nothing is uncertain', () => {
    const policies = [certainly(on(ALLOW)), certainly({ ...on(DENY), packets: to('TCP', 80) }), certainly()];
    const made = bench(policies);
    const list = made.solve(false);
    for (const [, a1, b1, a2, b2] of runsOf(made.lists, list)) expect([a1, b1]).toEqual([a2, b2]);
    expect(made.solve(false)).toBe(list);
    // Member 1, which the first policy does not allow, is what a default that passes changes.
    expect(made.solve(true)).not.toBe(list);
  });

  it('means packets as they are resolved for its endpoints', () => {
    const made = bench([certainly({ ...on(ALLOW), packets: to('TCP', 'http') })]);
    const at = (port: number) => made.solve(false, (spec) => made.specs.atDestination(spec, () => [port]));
    for (const port of [80, 8080]) {
      expect(judge(made, at(port), port, 0).certain.behindDenies).toBe(true);
      expect(judge(made, at(port), port + 1, 0).certain.behindDenies).toBe(false);
    }
  });

  it('may be longer than what the solver made room for', () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      certainly({ ...on(index % 2 ? DENY : ALLOW), packets: to('TCP', 2 * index + 1) }),
    );
    const made = bench(many);
    const list = made.solve(false);
    for (const index of [0, 1, 298, 299]) {
      expect(judge(made, list, 2 * index + 1, 0).certain.behindDenies).toBe(index % 2 === 0);
      expect(judge(made, list, 2 * index + 2, 0).possible.behindAllows).toBe(false);
    }
  });
});

function certainly(...rules: readonly StepRule[]): ListedPolicy {
  return { selects: 'yes', rules };
}

function perhaps(...rules: readonly StepRule[]): ListedPolicy {
  return { selects: 'maybe', rules };
}

/** A rule about every packet of member 0. */
function on(action: number): StepRule {
  return { action, packets: 'any', must: [0] };
}

function maybeOn(action: number): StepRule {
  return { action, packets: 'any', must: [], perhaps: [0] };
}
