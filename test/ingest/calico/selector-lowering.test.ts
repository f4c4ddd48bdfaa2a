import { lowerExpression, lowerForHosts } from '../../../src/ingest/calico/selector-lowering';
import { parseSelector } from '../../../src/ingest/calico/selector-parser';
import { type LabelSet, matchSelector, type Selector } from '../../../src/model/selector';

function lower(text: string): Selector {
  const parsed = parseSelector(text);
  if (parsed.kind === 'problem') throw new Error(parsed.problem.expected);
  return lowerExpression(parsed.expression);
}

function labels(values: Readonly<Record<string, string>>): LabelSet {
  return { values, unknownKeys: [], complete: true };
}

const POD = {
  network: 'pod',
  labels: labels({ app: 'web', 'pcns.zone': 'west', 'pcsa.role': 'admin', 'projectcalico.org/orchestrator': 'mine' }),
  namespace: {
    name: 'shop',
    labels: labels({ zone: 'east', 'kubernetes.io/metadata.name': 'shop', 'projectcalico.org/namespace': 'odd' }),
  },
  serviceAccount: 'runner',
  serviceAccountLabels: labels({ role: 'plain' }),
} as const;

test.each([
  ["app == 'web'", 'yes'],
  ["app == 'db'", 'no'],
  ["tier == 'x'", 'no'],
  ["app != 'db'", 'yes'],
  ["tier != 'x'", 'yes'],
  ["app != 'web'", 'no'],
  ["app in {'web', 'db'}", 'yes'],
  ["tier in {'web'}", 'no'],
  ['app in {}', 'no'],
  ["app not in {'web'}", 'no'],
  ["tier not in {'web'}", 'yes'],
  ['app not in {}', 'yes'],
  ['has(app)', 'yes'],
  ['has(tier)', 'no'],
  ["app contains 'e'", 'yes'],
  ["app contains ''", 'yes'],
  ["tier contains ''", 'no'],
  ["app starts with 'we'", 'yes'],
  ["app starts with 'eb'", 'no'],
  ["app ends with 'eb'", 'yes'],
  ["app ends with 'we'", 'no'],
  ['all()', 'yes'],
  ['global()', 'yes'],
  ["!app == 'web'", 'no'],
  ["app == 'web' && !has(tier)", 'yes'],
  ["app == 'db' || has(app)", 'yes'],
])('a pod with `app: web` fits %s: %s', (text, truth) => {
  expect(matchSelector(lower(text), POD).truth).toBe(truth);
});

test.each([
  ["projectcalico.org/namespace == 'shop'", 'yes'],
  ["projectcalico.org/namespace != 'shop'", 'no'],
  ["projectcalico.org/namespace in {'a', 'shop'}", 'yes'],
  ["projectcalico.org/namespace not in {'a'}", 'yes'],
  ["projectcalico.org/namespace starts with 'sh'", 'yes'],
  ['has(projectcalico.org/namespace)', 'yes'],
  ["projectcalico.org/orchestrator == 'k8s'", 'yes'],
  ["projectcalico.org/orchestrator == 'mine'", 'no'],
  ["projectcalico.org/serviceaccount == 'runner'", 'yes'],
  ["pcns.projectcalico.org/name == 'shop'", 'yes'],
  ["pcsa.projectcalico.org/name == 'runner'", 'yes'],
  ["pcsa.projectcalico.org/name == 'other'", 'no'],
  ['has(projectcalico.org/name)', 'no'],
])('what Calico says of a pod itself fits %s: %s', (text, truth) => {
  expect(matchSelector(lower(text), POD).truth).toBe(truth);
});

test.each([
  ["pcns.zone == 'east'", 'yes'],
  ["pcns.zone == 'west'", 'no'],
  ["pcsa.role == 'plain'", 'yes'],
  ["pcsa.role == 'admin'", 'no'],
  ["pcns.kubernetes.io/metadata.name == 'shop'", 'yes'],
])('labels of the namespace and the account, and not those that a pod puts on like them, fit %s: %s', (text, truth) => {
  expect(matchSelector(lower(text), POD).truth).toBe(truth);
});

test('a host has nothing of what pods have', () => {
  const host = { network: 'host', labels: labels({ role: 'node' }) } as const;
  const truthOf = (text: string) => matchSelector(lower(text), host).truth;

  expect(truthOf("role == 'node'")).toBe('yes');
  expect(truthOf('has(projectcalico.org/namespace)')).toBe('no');
  expect(truthOf('!has(pcns.zone)')).toBe('yes');
});

test('namespaces by name become what is quickest to look up', () => {
  expect(lower("(has(a)) && projectcalico.org/namespace == 'shop'")).toEqual({
    kind: 'and',
    of: [
      { kind: 'label', owner: 'endpoint', key: 'a', test: { operator: 'exists' } },
      { kind: 'inNamespace', names: ['shop'] },
    ],
  });
});

describe('for host endpoints', () => {
  const host = {
    network: 'host',
    labels: labels({ role: 'node', 'pcns.zone': 'east', constructor: 'x' }),
  } as const;
  const choose = (text: string) => {
    const parsed = parseSelector(text);
    if (parsed.kind === 'problem') throw new Error(parsed.problem.expected);
    return matchSelector(lowerForHosts(parsed.expression), host).truth;
  };

  test.each([
    ["role == 'node'", 'yes'],
    ["role != 'node'", 'no'],
    ['all()', 'yes'],
    ['global()', 'yes'],
    ["role in {'node'} && !has(app)", 'yes'],
    ['role in {}', 'no'],
    ["role starts with 'no' || has(app)", 'yes'],
    // All their labels are in one list: what looks like a label of a namespace is one of their own, where they have it.
    ["pcns.zone == 'east'", 'yes'],
    ['has(pcns.tier)', 'no'],
    ['!has(pcns.tier)', 'yes'],
    ['has(projectcalico.org/namespace)', 'no'],
    ["projectcalico.org/namespace == 'shop'", 'no'],
    ["projectcalico.org/namespace != 'shop'", 'yes'],
    ['has(pcsa.role)', 'no'],
    ['has(constructor)', 'yes'],
    ['has(toString)', 'no'],
  ])('%s chooses one with its own labels: %s', (text, truth) => {
    expect(choose(text)).toBe(truth);
  });
});
