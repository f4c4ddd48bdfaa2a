import type { Truth } from '../../src/model/match';
import {
  automaticLabels,
  type LabelOwner,
  type LabelSet,
  type LabelTest,
  matchSelector,
  NO_LABELS,
  namespacesNamedBy,
  type Selector,
  type SelectorSubject,
} from '../../src/model/selector';

function known(values: Readonly<Record<string, string>>): LabelSet {
  return { values, unknownKeys: [], complete: true };
}

function own(labels: LabelSet): SelectorSubject {
  return { labels, network: 'pod' };
}

function label(key: string, test: LabelTest, owner: 'endpoint' | 'namespace' = 'endpoint'): Selector {
  return { kind: 'label', owner, key, test };
}

const IN: LabelTest = { operator: 'in', values: ['a', 'b'] };
const NOT_IN: LabelTest = { operator: 'notIn', values: ['a', 'b'] };
const EXISTS: LabelTest = { operator: 'exists' };
const DOES_NOT_EXIST: LabelTest = { operator: 'doesNotExist' };

const PRESENT = known({ app: 'a' });
const OTHER = known({ app: 'c' });
const EMPTY = known({ app: '' });
const ABSENT = known({});
const VALUE_UNKNOWN: LabelSet = { values: {}, unknownKeys: ['app'], complete: true };
const INCOMPLETE: LabelSet = { values: {}, unknownKeys: [], complete: false };

test.each<[string, LabelTest, LabelSet, Truth]>([
  ['in a value that is listed', IN, PRESENT, 'yes'],
  ['in a value that is not listed', IN, OTHER, 'no'],
  ['in an empty value', IN, EMPTY, 'no'],
  ['in an absent key', IN, ABSENT, 'no'],
  ['in nothing', { operator: 'in', values: [] }, PRESENT, 'no'],
  ['in the empty value', { operator: 'in', values: [''] }, EMPTY, 'yes'],
  ['in the empty value of an absent key', { operator: 'in', values: [''] }, ABSENT, 'no'],
  ['in an unknown value', IN, VALUE_UNKNOWN, 'maybe'],
  ['in labels that may have more keys', IN, INCOMPLETE, 'maybe'],
  ['notIn a value that is listed', NOT_IN, PRESENT, 'no'],
  ['notIn a value that is not listed', NOT_IN, OTHER, 'yes'],
  ['notIn an absent key', NOT_IN, ABSENT, 'yes'],
  ['notIn nothing', { operator: 'notIn', values: [] }, PRESENT, 'yes'],
  ['notIn an unknown value', NOT_IN, VALUE_UNKNOWN, 'maybe'],
  ['notIn labels that may have more keys', NOT_IN, INCOMPLETE, 'maybe'],
  ['exists', EXISTS, PRESENT, 'yes'],
  ['exists with an empty value', EXISTS, EMPTY, 'yes'],
  ['exists of an absent key', EXISTS, ABSENT, 'no'],
  ['exists of an unknown value', EXISTS, VALUE_UNKNOWN, 'yes'],
  ['exists of labels that may have more keys', EXISTS, INCOMPLETE, 'maybe'],
  ['doesNotExist', DOES_NOT_EXIST, PRESENT, 'no'],
  ['doesNotExist of an absent key', DOES_NOT_EXIST, ABSENT, 'yes'],
  ['doesNotExist of an unknown value', DOES_NOT_EXIST, VALUE_UNKNOWN, 'no'],
  ['doesNotExist of labels that may have more keys', DOES_NOT_EXIST, INCOMPLETE, 'maybe'],
])('%s', (_case, operator, labels, truth) => {
  expect(matchSelector(label('app', operator), own(labels)).truth).toBe(truth);
});

test.each<[string, LabelTest, string | undefined, Truth]>([
  ['contains', { operator: 'contains', text: 'ro' }, 'front', 'yes'],
  ['contains', { operator: 'contains', text: 'x' }, 'front', 'no'],
  ['contains nothing in particular', { operator: 'contains', text: '' }, 'front', 'yes'],
  ['contains, absent', { operator: 'contains', text: '' }, undefined, 'no'],
  ['startsWith', { operator: 'startsWith', text: 'fr' }, 'front', 'yes'],
  ['startsWith', { operator: 'startsWith', text: 'ro' }, 'front', 'no'],
  ['startsWith, absent', { operator: 'startsWith', text: '' }, undefined, 'no'],
  ['endsWith', { operator: 'endsWith', text: 'nt' }, 'front', 'yes'],
  ['endsWith', { operator: 'endsWith', text: 'fr' }, 'front', 'no'],
  ['endsWith, absent', { operator: 'endsWith', text: '' }, undefined, 'no'],
])('%s %j of `%s`: %s', (_case, operator, value, truth) => {
  expect(matchSelector(label('tier', operator), own(known(value === undefined ? {} : { tier: value }))).truth).toBe(truth);
});

test('the text of an unknown value is open', () => {
  expect(matchSelector(label('app', { operator: 'contains', text: 'x' }), own(VALUE_UNKNOWN)).truth).toBe('maybe');
  expect(matchSelector(label('app', { operator: 'endsWith', text: 'x' }), own(INCOMPLETE)).truth).toBe('maybe');
});

describe('labels of other owners', () => {
  const of = (owner: LabelOwner, key: string, value: string): Selector => ({
    kind: 'label',
    owner,
    key,
    test: { operator: 'in', values: [value] },
  });
  const subject: SelectorSubject = {
    labels: PRESENT,
    network: 'pod',
    namespace: { name: 'shop', labels: ABSENT },
    serviceAccount: 'robot',
    serviceAccountLabels: known({ role: 'batch' }),
  };

  test('a service account has labels of its own, and an endpoint without one has none', () => {
    expect(matchSelector(of('serviceAccount', 'role', 'batch'), subject).truth).toBe('yes');
    expect(matchSelector(of('serviceAccount', 'app', 'a'), subject).truth).toBe('no');
    expect(matchSelector(of('serviceAccount', 'role', 'batch'), own(PRESENT)).truth).toBe('no');
  });

  test('the labels of a service account that is not in the input are open, and it is named', () => {
    const match = matchSelector(of('serviceAccount', 'role', 'batch'), { ...subject, serviceAccountLabels: INCOMPLETE });

    expect(match).toMatchObject({ truth: 'maybe', unknowns: [{ kind: 'account-labels', text: expect.stringContaining('`shop/robot`') }] });
  });

  test('Calico adds namespace, orchestrator and service account to pods, and nothing to hosts', () => {
    expect(automaticLabels(subject)).toEqual(
      known({
        'projectcalico.org/namespace': 'shop',
        'projectcalico.org/orchestrator': 'k8s',
        'projectcalico.org/serviceaccount': 'robot',
      }),
    );
    expect(automaticLabels({ ...subject, network: 'host' })).toBe(NO_LABELS);
    expect(automaticLabels(own(PRESENT))).toBe(NO_LABELS);
    expect(matchSelector(of('automatic', 'projectcalico.org/namespace', 'shop'), subject).truth).toBe('yes');
    expect(matchSelector(of('endpoint', 'projectcalico.org/namespace', 'shop'), subject).truth).toBe('no');
  });
});

test('a key that is known is decided also when other keys are not', () => {
  expect(matchSelector(label('app', IN), own({ ...INCOMPLETE, values: { app: 'a' } })).truth).toBe('yes');
  expect(matchSelector(label('app', NOT_IN), own({ ...INCOMPLETE, values: { app: 'a' } })).truth).toBe('no');
});

test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('the key %s is a key like any other', (key) => {
  expect(matchSelector(label(key, EXISTS), own(ABSENT)).truth).toBe('no');
  expect(matchSelector(label(key, NOT_IN), own(ABSENT)).truth).toBe('yes');
  expect(matchSelector(label(key, IN), own(known(Object.fromEntries([[key, 'a']])))).truth).toBe('yes');
});

test('namespace labels are those of the endpoint’s namespace, and own labels are not', () => {
  const subject: SelectorSubject = {
    labels: known({ app: 'c' }),
    network: 'pod',
    namespace: { name: 'shop', labels: known({ app: 'a' }) },
  };

  expect(matchSelector(label('app', IN, 'namespace'), subject).truth).toBe('yes');
  expect(matchSelector(label('app', IN, 'endpoint'), subject).truth).toBe('no');
});

test('an endpoint without a namespace has no namespace labels and lives in no namespace', () => {
  const host: SelectorSubject = { labels: known({ app: 'a' }), network: 'host' };

  expect(matchSelector(label('app', EXISTS, 'namespace'), host).truth).toBe('no');
  expect(matchSelector(label('app', NOT_IN, 'namespace'), host).truth).toBe('yes');
  expect(matchSelector({ kind: 'inNamespace', names: ['shop'] }, host).truth).toBe('no');
});

test('inNamespace asks for the name, not for labels', () => {
  const subject: SelectorSubject = { labels: NO_LABELS, network: 'pod', namespace: { name: 'shop', labels: INCOMPLETE } };

  expect(matchSelector({ kind: 'inNamespace', names: ['other', 'shop'] }, subject).truth).toBe('yes');
  expect(matchSelector({ kind: 'inNamespace', names: ['other'] }, subject).truth).toBe('no');
  expect(matchSelector({ kind: 'inNamespace', names: [] }, subject).truth).toBe('no');
});

test.each([
  ['pod', 'pod', 'yes'],
  ['pod', 'host', 'no'],
  ['host', 'pod', 'no'],
  ['host', 'host', 'yes'],
] as const)('network %s against an endpoint on the %s network is %s', (asked, network, truth) => {
  expect(matchSelector({ kind: 'network', network: asked }, { labels: NO_LABELS, network }).truth).toBe(truth);
});

test('all, none, and, or, not combine as their names say', () => {
  const yes = label('app', IN);
  const no = label('app', NOT_IN);
  const truth = (selector: Selector) => matchSelector(selector, own(PRESENT)).truth;

  expect(truth({ kind: 'all' })).toBe('yes');
  expect(truth({ kind: 'none' })).toBe('no');
  expect(truth({ kind: 'and', of: [yes, no] })).toBe('no');
  expect(truth({ kind: 'or', of: [yes, no] })).toBe('yes');
  expect(truth({ kind: 'and', of: [] })).toBe('yes');
  expect(truth({ kind: 'or', of: [] })).toBe('no');
  expect(truth({ kind: 'not', of: { kind: 'or', of: [no, { kind: 'not', of: yes }] } })).toBe('yes');
});

test('what is open says whose label it is', () => {
  const subject: SelectorSubject = { labels: VALUE_UNKNOWN, network: 'pod', namespace: { name: 'shop', labels: INCOMPLETE } };

  expect(matchSelector(label('app', IN), subject).unknowns).toEqual([{ kind: 'pod-labels', text: expect.stringContaining('`app`') }]);
  expect(matchSelector(label('team', IN, 'namespace'), subject).unknowns).toEqual([
    { kind: 'namespace-labels', text: 'label `team` of namespace `shop`, which is not in the input' },
  ]);
});

const HAS_X: Selector = { kind: 'label', owner: 'endpoint', key: 'x', test: { operator: 'in', values: ['1'] } };

describe('the namespaces that a selector names', () => {
  it.each([
    [
      'those of a conjunction that every part has',
      { kind: 'and', of: [{ kind: 'inNamespace', names: ['a', 'b'] }, { kind: 'inNamespace', names: ['b', 'c'] }, HAS_X] },
      ['b'],
    ],
    [
      'those of all alternatives',
      {
        kind: 'or',
        of: [
          { kind: 'inNamespace', names: ['a'] },
          { kind: 'inNamespace', names: ['c'] },
        ],
      },
      ['a', 'c'],
    ],
    ['none for a selector that chooses nothing', { kind: 'none' }, []],
  ] as const)('are %s', (_case, selector, names) => {
    expect([...namespacesNamedBy(selector)!].sort()).toEqual(names);
  });

  it.each([
    [{ kind: 'all' }],
    [{ kind: 'or', of: [{ kind: 'inNamespace', names: ['a'] }, { kind: 'all' }] }],
    [{ kind: 'not', of: { kind: 'inNamespace', names: ['a'] } }],
    [HAS_X],
  ] as const)('are not bounded for %j', (selector) => {
    expect(namespacesNamedBy(selector)).toBeUndefined();
  });
});
