import { analyze, evaluate, type IndexedFlow, verdictOf } from '../../src/engine/index';
import { DEFAULT_FACTS } from '../../src/model/facts';
import type { Truth } from '../../src/model/match';
import type { Action, Policy, Tier } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import type { Verdict } from '../../src/model/verdict';
import { AT_RUN_TIME, assemble, type EndpointParts, labels, policyOf, type RuleParts } from '../support/cluster';
import { flowOf } from '../support/flow';
import { randomFrom } from '../support/random';
import { SEED } from '../support/seed';

/*
 * How rules, policies and tiers combine, apart from what they match. The alphabet: a rule is an action with a match of `yes`, `no` or `maybe`;
 * a policy selects with `yes`, `no` or `maybe`; a tier has a default action. Two tiers of two policies of two rules are 2.8 thousand million
 * shapes, so that each face of that cube is enumerated whole and its inside is sampled:
 *
 *   one tier of two policies of two rules                     53,138 shapes, all
 *   two tiers of one policy of two rules                     106,276 shapes, all
 *   two tiers of two policies of one rule, Log left out      202,500 shapes, every fourth (Log goes on, as the first two show in full)
 *   two tiers of two policies of two rules                    20,000 shapes, drawn
 *
 * A rule that does not match stands once for all actions, and a policy that does not select once for all rules.
 * Solver and definition are compared with a third formulation: all worlds in which every `maybe` is settled one way or the other.
 */

interface Rule {
  readonly action: Action;
  readonly match: Truth;
}

interface PolicyShape {
  readonly selects: Truth;
  readonly rules: readonly Rule[];
}

interface TierShape {
  readonly defaultAction: Tier['defaultAction'];
  readonly policies: readonly PolicyShape[];
}

type Shape = readonly TierShape[];

const NO_MATCH: Rule = { action: 'Deny', match: 'no' };
const DECIDING_RULES: readonly Rule[] = [NO_MATCH, ...matching('Allow'), ...matching('Deny'), ...matching('Pass')];
const ALL_RULES: readonly Rule[] = [...DECIDING_RULES, ...matching('Log')];

function matching(action: Action): readonly Rule[] {
  return [
    { action, match: 'yes' },
    { action, match: 'maybe' },
  ];
}

function product<A, B, C>(as: readonly A[], bs: readonly B[], combine: (a: A, b: B) => C): readonly C[] {
  return as.flatMap((a) => bs.map((b) => combine(a, b)));
}

/** Every policy of these lists of rules. */
function policiesOf(lists: readonly (readonly Rule[])[]): readonly PolicyShape[] {
  const selecting = product(['yes', 'maybe'] as const, lists, (selects, rules) => ({ selects, rules }));
  return [{ selects: 'no', rules: [{ action: 'Deny', match: 'yes' }] }, ...selecting];
}

function tiersOf(policies: readonly (readonly PolicyShape[])[]): readonly TierShape[] {
  return product(['Deny', 'Pass'] as const, policies, (defaultAction, list) => ({ defaultAction, policies: list }));
}

const POLICIES_OF_ONE = policiesOf(DECIDING_RULES.map((rule) => [rule]));
const POLICIES_OF_TWO = policiesOf(product(ALL_RULES, ALL_RULES, (a, b) => [a, b]));

/** All worlds: each gives a coin to every `maybe` on the way, and is walked with plain booleans. */
function verdictByWorlds(shape: Shape): Verdict {
  const open = shape.flatMap(({ policies }) => policies.flatMap(({ selects, rules }) => [selects, ...rules.map(({ match }) => match)]));
  const worlds = 2 ** open.filter((truth) => truth === 'maybe').length;
  let allows = 0;
  for (let world = 0; world < worlds; world++) if (allowsInWorld(shape, world)) allows++;
  return allows === worlds ? 'allowed' : allows === 0 ? 'denied' : 'indeterminate';
}

function allowsInWorld(shape: Shape, world: number): boolean {
  let coins = world;
  const holds = (truth: Truth) => {
    if (truth !== 'maybe') return truth === 'yes';
    const coin = coins % 2 === 1;
    coins = Math.floor(coins / 2);
    return coin;
  };
  for (const { defaultAction, policies } of shape) {
    let takesPart = false;
    let decided: Action | undefined;
    for (const { selects, rules } of policies) {
      if (decided || !holds(selects)) continue;
      takesPart = true;
      for (const { action, match } of rules) if (!decided && action !== 'Log' && holds(match)) decided = action;
    }
    const action = takesPart ? (decided ?? defaultAction) : 'Pass';
    if (action !== 'Pass') return action === 'Allow';
  }
  return true;
}

/** Many shapes in one cluster: each has a pod of its own, which only its policies can select. */
function clusterOf(shapes: readonly Shape[]) {
  const tiers = product(
    [1, 2],
    ['Deny', 'Pass'] as const,
    (order, defaultAction): Tier => ({ name: `${order}-${defaultAction}`, order, defaultAction }),
  );
  const own = shapes.map((shape, index) => shape.flatMap((tier, position) => policiesIn(tier, position, index)));
  const endpoints = shapes.map(
    (_, index): EndpointParts => ({
      kind: 'pod',
      name: `pod-${String(index).padStart(4, '0')}`,
      namespaceName: 'shop',
      workloadName: undefined,
      labels: { values: { shape: String(index) }, unknownKeys: ['revision'], complete: true },
      network: 'pod',
      addresses: ['10.0.0.1'],
      addressRanges: [],
      ports: [],
      source: { file: 'pods.yaml', document: index + 1, line: 1 },
    }),
  );
  const namespaces = [{ name: 'shop', labels: { values: {}, unknownKeys: [], complete: true } }];
  return { snapshot: assemble({ facts: DEFAULT_FACTS, namespaces, endpoints, tiers, policies: own.flat() }), own, tiers };
}

function policiesIn({ defaultAction, policies }: TierShape, position: number, index: number): readonly Policy[] {
  const mine = labels({ shape: String(index) });
  const perhaps: Selector = { kind: 'and', of: [mine, labels({ revision: 'x' })] };
  const selectors: Readonly<Record<Truth, Selector>> = { yes: mine, maybe: perhaps, no: { kind: 'none' } };
  return policies.map(({ selects, rules }, order) => {
    const lowered = rules.map(lowerRule);
    return policyOf(`shop/${index}-${position}-${order}`, {
      tier: `${position + 1}-${defaultAction}`,
      order,
      appliesTo: selectors[selects],
      ...(index % 2 === 0 ? { ingress: lowered } : { egress: lowered }),
    });
  });
}

function lowerRule({ action, match }: Rule): RuleParts {
  return { action, peer: match === 'no' ? [] : 'any', packets: 'any', ...(match === 'maybe' && { condition: AT_RUN_TIME }) };
}

/** Even pods are asked as destinations, odd ones as sources; the other end is an address, which has no policies. */
function flowTo(index: number): IndexedFlow {
  const packet = { protocol: 'TCP', port: 80 } as const;
  return index % 2 === 0 ? { source: '203.0.113.1', destination: index, packet } : { source: index, destination: '203.0.113.1', packet };
}

const BATCH = 500;

/** Shapes for which the three formulations do not agree. */
function disagreements(shapes: readonly Shape[], third = verdictByWorlds): readonly object[] {
  const wrong: object[] = [];
  for (let start = 0; start < shapes.length; start += BATCH) {
    const batch = shapes.slice(start, start + BATCH);
    const { snapshot, own, tiers } = clusterOf(batch);
    const analysis = analyze(snapshot);
    for (const [index, shape] of batch.entries()) {
      const flow = flowTo(index);
      const defined = evaluate({ tiers, policies: own[index]! }, flowOf(snapshot, flow)).verdict;
      const solved = verdictOf(analysis, flow);
      const byWorlds = third(shape);
      if (defined !== solved || defined !== byWorlds) wrong.push({ shape: JSON.stringify(shape), defined, solved, byWorlds });
    }
  }
  return wrong;
}

test('one tier of two policies of two rules, all shapes', () => {
  const shapes = tiersOf(product(POLICIES_OF_TWO, POLICIES_OF_TWO, (a, b) => [a, b])).map((tier) => [tier]);

  expect(shapes).toHaveLength(53_138);
  expect(disagreements(shapes)).toEqual([]);
});

test('two tiers of one policy of two rules, all shapes', () => {
  const tiers = tiersOf(POLICIES_OF_TWO.map((policy) => [policy]));
  const shapes = product(tiers, tiers, (first, second) => [first, second]);

  expect(shapes).toHaveLength(106_276);
  expect(disagreements(shapes)).toEqual([]);
});

test('two tiers of two policies of one rule, every fourth shape without Log', () => {
  const tiers = tiersOf(product(POLICIES_OF_ONE, POLICIES_OF_ONE, (a, b) => [a, b]));
  const shapes = product(tiers, tiers, (first, second) => [first, second]);

  expect(shapes).toHaveLength(202_500);
  // The seed turns which fourth it is; 450 second tiers to each first one are no multiple of four, so that all kinds meet.
  expect(disagreements(shapes.filter((_, index) => index % 4 === SEED % 4))).toEqual([]);
});

test('two tiers of two policies of two rules, shapes drawn at random', () => {
  const random = randomFrom(SEED);
  const drawTier = (): TierShape => ({
    defaultAction: random.pick(['Deny', 'Pass'] as const),
    policies: random.times(2, () => random.pick(POLICIES_OF_TWO)),
  });

  expect(disagreements(random.times(20_000, () => [drawTier(), drawTier()]))).toEqual([]);
});

test.each<[string, (tier: TierShape) => TierShape]>([
  ['a Pass that leaves only its policy', (tier) => withRules(tier, (rules) => rules.filter(({ action }) => action !== 'Pass'))],
  [
    'a Log that decides',
    (tier) => withRules(tier, (rules) => rules.map((rule) => (rule.action === 'Log' ? { ...rule, action: 'Deny' } : rule))),
  ],
  ['a policy without a match that does not isolate', (tier) => ({ ...tier, defaultAction: 'Pass' })],
  ['policies in the wrong order', (tier) => ({ ...tier, policies: tier.policies.toReversed() })],
  ['an open match that is taken as none', (tier) => withRules(tier, (rules) => rules.filter(({ match }) => match !== 'maybe'))],
])('the comparison notices %s', (_fault, wrong) => {
  const random = randomFrom(SEED);
  const shapes = random.times(500, () => [
    { defaultAction: 'Deny' as const, policies: random.times(2, () => random.pick(POLICIES_OF_TWO)) },
  ]);

  expect(disagreements(shapes, (shape) => verdictByWorlds(shape.map(wrong)))).not.toEqual([]);
});

function withRules(tier: TierShape, change: (rules: readonly Rule[]) => readonly Rule[]): TierShape {
  return { ...tier, policies: tier.policies.map(({ selects, rules }) => ({ selects, rules: change(rules) })) };
}
