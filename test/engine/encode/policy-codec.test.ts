import {
  emptyTables,
  type Json,
  type ReadTables,
  readPolicy,
  readRef,
  readSource,
  readTables,
  readTier,
  Table,
  type Tables,
  writePolicy,
  writeRef,
  writeSource,
  writeTier,
} from '../../../src/engine/encode/policy-codec';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';
import type { Action, Condition, PacketTerm, PeerTerm, Policy, Rule, StagedAction, Tier } from '../../../src/model/policy';
import { PROTOCOLS } from '../../../src/model/policy';
import type { LabelOwner, LabelTest, Selector } from '../../../src/model/selector';
import type { ResourceRef, Source } from '../../../src/model/source';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';

const SOURCE: Source = { file: 'all.yaml', document: 2, line: 30 };
const REF: ResourceRef = { apiVersion: 'v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'web', source: SOURCE };
const PLAIN: Policy = {
  ref: REF,
  tier: 'default',
  order: 1000,
  tieBreak: 'web',
  appliesTo: { kind: 'all' },
  hook: 'normal',
  staged: false,
};

/** Through JSON, as it is stored. */
function throughJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function readBack({ texts, selectors, peers, packets }: Tables): ReadTables {
  const [a, b, c, d] = throughJson([texts.entries, selectors.entries, peers.entries, packets.entries]);
  return readTables(a, b, c, d);
}

function storedAndLoaded(policies: readonly Policy[]): readonly Policy[] {
  const tables = emptyTables();
  const written = throughJson(policies.map((policy) => writePolicy(tables, policy)));
  const read = readBack(tables);
  return written.map((policy) => readPolicy(read, policy));
}

function withRule(rule: Partial<Rule>): Policy {
  return { ...PLAIN, ingress: [{ action: 'Allow', peer: 'any', packets: 'any', source: SOURCE, ...rule }] };
}

/** A value for every part; a part that is added to the policy language has to be added here. */
const PACKETS: Required<PacketTerm> = {
  protocol: 'TCP',
  ports: [[1, 2]],
  portNames: ['http'],
  notPorts: [[3, 3]],
  notPortNames: ['dns'],
  sourcePorts: [[4, 65_535]],
  sourcePortNames: ['client'],
  notSourcePorts: [[5, 6]],
  notSourcePortNames: ['bad'],
  icmp: [{ types: [8, 8], codes: [0, 255] }],
  numbers: [[47, 50]],
};
const TERM: Required<PeerTerm> = {
  selector: { kind: 'all' },
  notSelector: { kind: 'network', network: 'host' },
  nets: ['10.0.0.0/8', 'fd00::/8'],
  notNets: ['10.1.0.0/16'],
  netsSeePods: 'unknown',
};
const RULE: Required<Rule> = {
  action: 'Pass',
  subject: [TERM],
  peer: [TERM, { selector: { kind: 'none' }, netsSeePods: 'no' }],
  packets: [PACKETS, { protocol: 'ICMPv6' }],
  condition: { kind: 'fact', text: 'the fact `cni`' },
  source: SOURCE,
  index: 7,
};
const POLICY: Required<Policy> = {
  ref: REF,
  tier: 'security',
  order: Number.POSITIVE_INFINITY,
  tieBreak: 'z',
  appliesTo: { kind: 'none' },
  appliesToHosts: { kind: 'network', network: 'host' },
  hook: 'preDNAT',
  forward: true,
  staged: true,
  stagedAction: 'Delete',
  ingress: [RULE],
  egress: [],
};
const STAGED_ACTIONS: { readonly [action in StagedAction]: true } = { Set: true, Delete: true, Learn: true, Ignore: true };
const OWNERS: Readonly<Record<LabelOwner, true>> = { endpoint: true, namespace: true, serviceAccount: true, automatic: true };
const TESTS: { readonly [operator in LabelTest['operator']]: LabelTest } = {
  in: { operator: 'in', values: ['a', ''] },
  notIn: { operator: 'notIn', values: [] },
  exists: { operator: 'exists' },
  doesNotExist: { operator: 'doesNotExist' },
  contains: { operator: 'contains', text: '' },
  startsWith: { operator: 'startsWith', text: 'a' },
  endsWith: { operator: 'endsWith', text: '__proto__' },
};
const SELECTORS: { readonly [kind in Selector['kind']]: Selector } = {
  all: { kind: 'all' },
  none: { kind: 'none' },
  and: { kind: 'and', of: [] },
  or: { kind: 'or', of: [{ kind: 'and', of: [{ kind: 'all' }] }, { kind: 'none' }] },
  not: { kind: 'not', of: { kind: 'not', of: { kind: 'none' } } },
  inNamespace: { kind: 'inNamespace', names: ['shop', ''] },
  network: { kind: 'network', network: 'pod' },
  label: { kind: 'label', owner: 'endpoint', key: '__proto__', test: { operator: 'exists' } },
};
const CONDITIONS: { readonly [kind in Condition['kind']]: true } = {
  fact: true,
  protocol: true,
  condition: true,
  'namespace-labels': true,
};
const ACTIONS: { readonly [action in Action]: true } = { Allow: true, Deny: true, Pass: true, Log: true };
const HOOKS: { readonly [hook in Policy['hook']]: true } = { normal: true, preDNAT: true, untracked: true };

function keysOf<T extends string>(record: Readonly<Record<T, unknown>>): readonly T[] {
  return Object.keys(record) as T[];
}

describe('a stored policy', () => {
  it('is what it was, for every policy of generated clusters', () => {
    for (let seed = 0; seed < 40; seed++) {
      const { policies } = generateCluster(randomFrom(seedOf(SEED, seed)), seed % 2 ? 'everything' : 'networkPolicyLike');
      expect(storedAndLoaded(policies)).toEqual(policies);
    }
  });

  it.each(keysOf(RULE))('keeps the part `%s` of its rules, also where the others are missing', (part) => {
    const policy = withRule({ [part]: RULE[part] });
    expect(storedAndLoaded([policy])).toEqual([policy]);
  });

  it.each(keysOf(PACKETS))('keeps the part `%s` of packets, also where the others are missing', (part) => {
    const policy = withRule({ packets: [{ protocol: 'TCP', [part]: PACKETS[part] }] });
    expect(storedAndLoaded([policy])).toEqual([policy]);
  });

  it.each(keysOf(TERM))('keeps the part `%s` of peers, also where the others are missing', (part) => {
    const policy = withRule({ peer: [{ netsSeePods: 'yes', [part]: TERM[part] }] });
    expect(storedAndLoaded([policy])).toEqual([policy]);
  });

  it.each(keysOf(POLICY))('keeps its part `%s`, also where the others are missing', (part) => {
    const policy = { ...PLAIN, [part]: POLICY[part] };
    expect(storedAndLoaded([policy, PLAIN, POLICY])).toEqual([policy, PLAIN, POLICY]);
  });

  it.each(keysOf(STAGED_ACTIONS))('keeps that it proposes to `%s`', (stagedAction) => {
    const policy: Policy = { ...PLAIN, staged: true, stagedAction };
    expect(storedAndLoaded([policy])).toEqual([policy]);
  });

  it('keeps all parts of rules, packets and peers together, in their places', () => {
    const policy: Policy = { ...PLAIN, ingress: [RULE], egress: [{ ...RULE, action: 'Log', packets: 'any' }, RULE] };
    expect(storedAndLoaded([policy])).toEqual([policy]);
  });

  it('tells what is empty from what is absent', () => {
    const policies: readonly Policy[] = [
      PLAIN,
      { ...PLAIN, ingress: [] },
      { ...PLAIN, egress: [] },
      withRule({ peer: [] }),
      withRule({ packets: [] }),
      withRule({ packets: [{ protocol: 'TCP', ports: [], portNames: [] }] }),
      withRule({ packets: [{ protocol: 'TCP' }] }),
      withRule({ peer: [{ nets: [], notNets: [], netsSeePods: 'yes' }] }),
      withRule({ index: 0 }),
    ];
    expect(storedAndLoaded(policies)).toEqual(policies);
  });

  it.each(keysOf(SELECTORS))('keeps selectors of kind `%s`', (kind) => {
    const policies = [{ ...PLAIN, appliesTo: SELECTORS[kind] }, withRule({ peer: [{ selector: SELECTORS[kind], netsSeePods: 'no' }] })];
    expect(storedAndLoaded(policies)).toEqual(policies);
  });

  it.each(keysOf(TESTS))('keeps tests of labels with the operator `%s`, whosever labels', (operator) => {
    const policies = keysOf(OWNERS).map(
      (owner): Policy => ({ ...PLAIN, appliesTo: { kind: 'label', owner, key: 'constructor', test: TESTS[operator] } }),
    );
    expect(storedAndLoaded(policies)).toEqual(policies);
  });

  it.each([0, -5, 0.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE])('keeps the order %d', (order) => {
    expect(storedAndLoaded([{ ...PLAIN, order }])).toEqual([{ ...PLAIN, order }]);
  });

  it('keeps actions, protocols, conditions, hooks and whether it is staged', () => {
    const policies = [
      ...keysOf(ACTIONS).map((action) => withRule({ action })),
      ...PROTOCOLS.map((protocol) => withRule({ packets: [{ protocol }] })),
      ...keysOf(CONDITIONS).map((kind) => withRule({ condition: { kind, text: `an ${kind}` } })),
      ...keysOf(HOOKS).map((hook) => ({ ...PLAIN, hook })),
      { ...PLAIN, staged: true },
    ];
    expect(storedAndLoaded(policies)).toEqual(policies);
  });

  it.each(['Deny', 'Pass'] as const)('has a tier whose default action is %s', (defaultAction) => {
    for (const order of [100, Number.POSITIVE_INFINITY]) {
      const tier: Required<Tier> = { name: 'security', order, defaultAction, guardsOwnNode: true };
      const { guardsOwnNode: _, ...plain } = tier;
      for (const one of [tier, plain]) expect(readTier(throughJson(writeTier(one)))).toEqual(one);
    }
  });
});

describe('references and sources', () => {
  it('are what they were, with and without a namespace', () => {
    const { namespace: _, ...clusterWide } = REF;
    const tables = emptyTables();
    const written = throughJson([writeRef(tables, REF), writeRef(tables, clusterWide), writeSource(tables, SOURCE)]);
    const read = readBack(tables);
    expect(readRef(read, written[0])).toEqual(REF);
    expect(readRef(read, written[1])).toEqual(clusterWide);
    expect(Object.keys(readRef(read, written[1]))).not.toContain('namespace');
    expect(readSource(read, written[2]!)).toEqual(SOURCE);
  });
});

describe('a table', () => {
  it('writes equal values once, also when they are different objects', () => {
    const written: string[] = [];
    const table = new Table<{ readonly text: string }>(({ text }) => {
      written.push(text);
      return [text];
    });
    const [one, other] = [{ text: 'a' }, { text: 'b' }];
    expect([one, other, { text: 'a' }, one, other].map((value) => table.numberOf(value))).toEqual([0, 1, 0, 0, 1]);
    expect(table.entries).toEqual([['a'], ['b']]);
    expect(written).toEqual(['a', 'b', 'a']);
  });

  it('tells apart texts that are names of what every object has', () => {
    const { texts } = emptyTables();
    const names = ['__proto__', 'constructor', 'toString', ''];
    expect(names.map((name) => texts.numberOf(name))).toEqual([0, 1, 2, 3]);
    expect(texts.entries).toEqual(names);
  });

  it('holds a peer that many rules share once', () => {
    const tables = emptyTables();
    for (const name of ['a', 'b', 'c']) writePolicy(tables, { ...withRule(RULE), ref: { ...REF, name } });
    expect(tables.packets.entries.length).toBe(1);
    expect(tables.selectors.entries.length).toBe(1);
    expect(tables.texts.entries).toEqual(expect.arrayContaining(['all.yaml', 'shop', 'NetworkPolicy']));
    expect(new Set(tables.texts.entries).size).toBe(tables.texts.entries.length);
  });
});

describe('what is no policy', () => {
  const tables = emptyTables();
  const written = throughJson(writePolicy(tables, withRule({ peer: [TERM], packets: [{ protocol: 'TCP', ports: [[1, 2]] }] })));
  const read = readBack(tables);

  it.each([
    ['a selector that is nested too deeply', () => readTables([], [nested(513)], [], [])],
    ['a selector of an unknown kind', () => readTables([], [[99]], [], [])],
    ['a selector that is no array', () => readTables([], ['all'], [], [])],
    ['a test with an unknown operator', () => readTables([], [[7, 0, 'app', 99]], [], [])],
    ['a test without a key', () => readTables([], [[7, 0]], [], [])],
    ['a test of nobody’s labels', () => readTables([], [[7, 9, 'app', 2]], [], [])],
    ['a test whose values are no texts', () => readTables([], [[7, 0, 'app', 0, 1]], [], [])],
    ['a net that is no CIDR', () => readTables([], [], [[[0, 0, ['10.0.0.0'], 0, 0]]], [])],
    ['a net that is no text', () => readTables([], [], [[[0, 0, [10], 0, 0]]], [])],
    ['a peer that is text', () => readTables([], [], ['any'], [])],
    ['packets of an unknown protocol', () => readTables([], [], [], [[[6]]])],
    ['packets with ports that are no ranges', () => readTables([], [], [], [[[0, [1, 2]]]])],
    ['packets with ports that are texts', () => readTables([], [], [], [[[0, [['1', '2']]]]])],
    ['texts that are numbers', () => readTables([1], [], [], [])],
    ['a tier without an order', () => readTier(['security'])],
    ['a tier whose order is text', () => readTier(['security', 'first', 0])],
    ['a tier with an unknown default action', () => readTier(['security', 1, 2])],
    ['a reference to a text that is not there', () => readRef(read, [999, 0, 0, 'web', 0, 1, 1])],
    ['a reference to a namespace that is not there', () => readRef(read, [0, 0, -2, 'web', 0, 1, 1])],
    ['a reference without a name', () => readRef(read, [0, 0, 0])],
    ['a source without a line', () => readSource(read, [0, 1])],
    ['nothing', () => readPolicy(read, undefined)],
    ['an object', () => readPolicy(read, {})],
  ])('is refused: %s', (_name, decode) => {
    expect(decode).toThrow(StoredModelError);
  });

  it('is refused whatever part of a policy is something else', () => {
    expect(readPolicy(read, written)).toMatchObject({ tier: 'default' });
    for (const [path, wrong] of wrongParts(written)) {
      let error: unknown;
      try {
        readPolicy(read, wrong);
      } catch (thrown) {
        error = thrown;
      }
      expect([path, error]).toEqual([path, expect.any(StoredModelError)]);
    }
  });

  it('is a policy as long as its selector is not too deep', () => {
    expect(() => readTables([], [nested(512)], [], [])).not.toThrow();
  });
});

/** A selector of so many levels, as it is stored. */
function nested(levels: number): Json {
  let selector: Json = [0];
  for (let level = 1; level < levels; level++) selector = [4, selector];
  return selector;
}

/** Each part of a stored policy replaced by an object, which it never is. */
function* wrongParts(value: unknown, path = ''): Generator<readonly [path: string, value: unknown]> {
  yield [path, {}];
  if (!Array.isArray(value)) return;
  for (const index of value.keys())
    for (const [inner, wrong] of wrongParts(value[index], `${path}/${index}`)) yield [inner, value.with(index, wrong)];
}
