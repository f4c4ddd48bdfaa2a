import { matchSubject } from '../../src/engine/evaluate-match';
import type { Policy, Rule } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import { compareText, firstDifference } from '../../src/util/order';
import { labelsOfNamespace, policyOf } from '../support/cluster';
import { definitionOf, solver } from '../support/differential';
import { partyOf } from '../support/flow';
import { generateCluster, type Profile } from '../support/generate-cluster';
import { boundariesOf, generateFlow } from '../support/generate-flow';
import { type Random, randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';

/*
 * Changes of a cluster that say the same in other words. None of them may move a verdict, neither by the definition nor by the solver.
 */
type Expander = (snapshot: Snapshot, random: Random) => Snapshot;

function withPolicies(change: (policy: Policy, snapshot: Snapshot) => readonly Policy[]): Expander {
  return (snapshot) => ({ ...snapshot, policies: snapshot.policies.flatMap((policy) => change(policy, snapshot)) });
}

function withRules(change: (rule: Rule) => readonly Rule[]): Expander {
  return withPolicies((policy) => [changeRules(policy, (rules) => rules.flatMap(change))]);
}

function changeRules(policy: Policy, change: (rules: readonly Rule[]) => readonly Rule[]): Policy {
  return { ...policy, ...(policy.ingress && { ingress: change(policy.ingress) }), ...(policy.egress && { egress: change(policy.egress) }) };
}

function withSelectors(rewrite: (selector: Selector) => Selector): Expander {
  const inRule = (rule: Rule): Rule =>
    rule.peer === 'any'
      ? rule
      : { ...rule, peer: rule.peer.map((term) => (term.selector ? { ...term, selector: rewrite(term.selector) } : term)) };
  return withPolicies((policy) => [changeRules({ ...policy, appliesTo: rewrite(policy.appliesTo) }, (rules) => rules.map(inRule))]);
}

/** The same predicate by other operators: De Morgan, double negation, a list of values as alternatives. */
function inOtherWords(selector: Selector): Selector {
  switch (selector.kind) {
    case 'all':
      return { kind: 'and', of: [] };
    case 'none':
      return { kind: 'or', of: [] };
    case 'and':
      return {
        kind: 'not',
        of: { kind: 'or', of: selector.of.toReversed().map((part): Selector => ({ kind: 'not', of: inOtherWords(part) })) },
      };
    case 'or':
      return { kind: 'not', of: { kind: 'and', of: selector.of.map((part): Selector => ({ kind: 'not', of: inOtherWords(part) })) } };
    case 'not':
      return { kind: 'not', of: inOtherWords(selector.of) };
    case 'inNamespace':
      return { kind: 'or', of: selector.names.map((name) => ({ kind: 'inNamespace', names: [name] })) };
    case 'network':
      return { kind: 'not', of: { kind: 'network', network: selector.network === 'pod' ? 'host' : 'pod' } };
    case 'label':
      return labelInOtherWords(selector);
  }
}

function labelInOtherWords(selector: Extract<Selector, { kind: 'label' }>): Selector {
  const { test } = selector;
  const negated = (operator: 'exists' | 'doesNotExist'): Selector => ({ kind: 'not', of: { ...selector, test: { operator } } });
  if (test.operator === 'exists') return negated('doesNotExist');
  if (test.operator === 'doesNotExist') return negated('exists');
  // A test of no value is left: for a value that nobody knows it is open, which no list of alternatives says.
  if (!('values' in test) || test.values.length === 0) return selector;
  const any: Selector = { kind: 'or', of: test.values.map((value) => ({ ...selector, test: { operator: 'in', values: [value] } })) };
  return test.operator === 'in' ? any : { kind: 'not', of: any };
}

/** A policy that may select cannot be taken apart: its parts would select independently of each other. */
function selectsForCertain(policy: Policy, snapshot: Snapshot): boolean {
  return snapshot.endpoints.every(({ id }) => matchSubject(policy, partyOf(snapshot, id)).truth !== 'maybe');
}

function splitInTwo(policy: Policy, snapshot: Snapshot): readonly Policy[] {
  if (!selectsForCertain(policy, snapshot)) return [policy];
  const half = (rules: readonly Rule[]) => Math.ceil(rules.length / 2);
  return [changeRules(policy, (rules) => rules.slice(0, half(rules))), changeRules(policy, (rules) => rules.slice(half(rules)))];
}

/** Other names, in the opposite order, for policies that no tie is broken between. */
function renameUntied(snapshot: Snapshot): Snapshot {
  const isTied = (policy: Policy) =>
    snapshot.policies.filter(({ tier, order }) => tier === policy.tier && order === policy.order).length > 1;
  const tierIndex = new Map(snapshot.tiers.map(({ name }, index) => [name, index]));
  const policies = snapshot.policies.map((policy, index) => {
    if (isTied(policy)) return policy;
    return { ...policy, tieBreak: `renamed-${1000 - index}`, ref: { ...policy.ref, name: `renamed-${1000 - index}` } };
  });
  const sorted = policies.toSorted((a, b) =>
    firstDifference(tierIndex.get(a.tier)! - tierIndex.get(b.tier)!, a.order - b.order, compareText(a.tieBreak, b.tieBreak)),
  );
  return { ...snapshot, policies: sorted };
}

/** A namespace behind all others, with pods and policies that speak of it alone. */
function addUnrelated(snapshot: Snapshot, random: Random): Snapshot {
  const name = 'zzz-unrelated';
  const [pod] = snapshot.endpoints.filter(({ kind }) => kind === 'pod' || kind === 'template');
  if (!pod) return snapshot;
  const first = snapshot.endpoints.length;
  const added = [0, 1].map((index) => ({
    ...pod,
    id: first + index,
    name: `unrelated-${index}`,
    namespace: snapshot.namespaces.length,
    workload: -1,
  }));
  const own = random.times(3, (index) =>
    policyOf(`${name}/policy-${index}`, {
      tier: random.pick(snapshot.tiers).name,
      ingress: [
        { action: random.pick(['Allow', 'Deny', 'Pass'] as const), peer: 'any', packets: [{ protocol: 'TCP', ports: [[79, 80]] }] },
      ],
      egress: [{ action: 'Allow', peer: [{ nets: ['10.0.0.2/31'], netsSeePods: 'yes' }], packets: 'any' }],
    }),
  );
  const tiers = snapshot.tiers.map((tier) => tier.name);
  const policies = tiers.flatMap((tier) => [...own, ...snapshot.policies].filter((policy) => policy.tier === tier));
  const namespaces = [...snapshot.namespaces, { name, labels: labelsOfNamespace(name, { team: 'unrelated' }, true) }];
  return { ...snapshot, namespaces, endpoints: [...snapshot.endpoints, ...added], policies };
}

/** Everything in a policy behind a rule that always decides. */
const dropDead = withPolicies((policy) => [
  changeRules(policy, (rules) => {
    const last = rules.findIndex(
      ({ action, peer, packets, condition }) => action !== 'Log' && peer === 'any' && packets === 'any' && !condition,
    );
    return last < 0 ? rules : rules.slice(0, last + 1);
  }),
]);

function splitPorts(rule: Rule): readonly Rule[] {
  if (rule.packets === 'any') return [rule];
  const packets = rule.packets.map((term) => {
    const ports = term.ports?.flatMap(([low, high]) =>
      low < high
        ? ([
            [low, low],
            [low + 1, high],
          ] as const)
        : ([[low, high]] as const),
    );
    return { ...term, ...(ports && { ports: ports.toReversed() }) };
  });
  return [{ ...rule, packets }];
}

const EXPANDERS: Readonly<Record<string, Expander>> = {
  'selectors in other words': withSelectors(inOtherWords),
  'a policy as two that follow each other': withPolicies(splitInTwo),
  'a policy said twice': withPolicies((policy, snapshot) => (selectsForCertain(policy, snapshot) ? [policy, policy] : [policy])),
  'a rule said twice': withRules((rule) => [rule, rule]),
  'a rule for each of its peers': withRules((rule) =>
    rule.peer === 'any' ? [rule] : rule.peer.map((term) => ({ ...rule, peer: [term] })),
  ),
  'a rule for each of its packets': withRules((rule) =>
    rule.packets === 'any' ? [rule] : rule.packets.map((term) => ({ ...rule, packets: [term] })),
  ),
  'ranges of ports in pieces': withRules(splitPorts),
  'policies that never decide left out': withPolicies((policy) =>
    policy.staged || (policy.hook !== 'normal' && !policy.appliesToHosts) ? [] : [policy],
  ),
  'Log rules left out': withPolicies((policy) => [changeRules(policy, (rules) => rules.filter(({ action }) => action !== 'Log'))]),
  'rules that are never reached left out': dropDead,
  'other names': renameUntied,
  'an unrelated namespace': addUnrelated,
};

/** Kubernetes' policies only allow, so that their order says nothing. */
const UNORDERED: Readonly<Record<string, Expander>> = {
  'policies in the opposite order': (snapshot) => ({ ...snapshot, policies: snapshot.policies.toReversed() }),
  'rules in the opposite order': withPolicies((policy) => [changeRules(policy, (rules) => rules.toReversed())]),
};

const CLUSTERS = 30;
const FLOWS = 60;

function movedVerdicts(expand: Expander, profile: Profile): readonly object[] {
  const moved: object[] = [];
  for (let index = 0; index < CLUSTERS; index++) {
    const random = randomFrom(seedOf(SEED + 7, index));
    const snapshot = generateCluster(random, profile);
    const expanded = expand(snapshot, random);
    const [before, after] = [solver(snapshot), solver(expanded)];
    const boundaries = boundariesOf(snapshot);
    for (let count = 0; count < FLOWS; count++) {
      const flow = generateFlow(random, snapshot, boundaries);
      const verdicts = [definitionOf({ snapshot, flow }), definitionOf({ snapshot: expanded, flow }), before(flow), after(flow)];
      if (new Set(verdicts).size > 1) moved.push({ seed: random.seed, flow, verdicts });
    }
  }
  return moved;
}

test.each(Object.entries({ ...EXPANDERS, ...UNORDERED }))('%s: the same verdicts in clusters of NetworkPolicies', (_name, expand) => {
  expect(movedVerdicts(expand, 'networkPolicyLike')).toEqual([]);
});

test.each(Object.entries(EXPANDERS))('%s: the same verdicts in clusters of everything', (_name, expand) => {
  expect(movedVerdicts(expand, 'everything')).toEqual([]);
});

test('order says something as soon as rules deny, and the comparison notices', () => {
  expect(movedVerdicts(UNORDERED['policies in the opposite order']!, 'everything')).not.toEqual([]);
  expect(movedVerdicts(UNORDERED['rules in the opposite order']!, 'everything')).not.toEqual([]);
});
