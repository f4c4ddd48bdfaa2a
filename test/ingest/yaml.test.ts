import { DEFAULT_LIMITS, type Limits } from '../../src/ingest/document';
import { Refusal } from '../../src/ingest/limits';
import { parseYaml } from '../../src/ingest/yaml';

function refusalOf(text: string, limits: Partial<Limits> = {}, line = 1): Refusal {
  try {
    parseYaml(text, line, { ...DEFAULT_LIMITS, ...limits });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

/** Line of the node that a path of keys leads to. */
function lineAt(text: string, path: readonly (string | number)[], line = 1): number | undefined {
  const { value, lines } = parseYaml(text, line, DEFAULT_LIMITS);
  let node: unknown = value;
  for (const key of path) node = (node as Record<string | number, unknown>)[key];
  return lines.get(node as object);
}

const POLICY = `# Source: shop/policy.yaml
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
spec:
  podSelector:
    matchLabels: {app: db}
  ingress:
  - from:
    - podSelector: {}

    - ipBlock:
        cidr: 10.0.0.0/8
    ports:
    - {port: 1, protocol: TCP}
  -
    from:
      - namespaceSelector:
          matchExpressions: [
            {key: a, operator: Exists},
            {key: b, operator: Exists}]
  - {}
`;

describe('lines', () => {
  it.each([
    [[], 3],
    [['spec'], 5],
    [['spec', 'podSelector'], 6],
    [['spec', 'podSelector', 'matchLabels'], 7],
    [['spec', 'ingress'], 8],
    [['spec', 'ingress', 0], 9],
    [['spec', 'ingress', 0, 'from'], 9],
    [['spec', 'ingress', 0, 'from', 0], 10],
    [['spec', 'ingress', 0, 'from', 0, 'podSelector'], 10],
    [['spec', 'ingress', 0, 'from', 1], 12],
    [['spec', 'ingress', 0, 'ports'], 14],
    [['spec', 'ingress', 0, 'ports', 0], 15],
    [['spec', 'ingress', 1], 17],
    [['spec', 'ingress', 1, 'from', 0], 18],
    [['spec', 'ingress', 1, 'from', 0, 'namespaceSelector', 'matchExpressions'], 19],
    [['spec', 'ingress', 1, 'from', 0, 'namespaceSelector', 'matchExpressions', 0], 20],
    [['spec', 'ingress', 1, 'from', 0, 'namespaceSelector', 'matchExpressions', 1], 21],
    [['spec', 'ingress', 2], 22],
  ])('of %j is %d', (path, line) => {
    expect(lineAt(POLICY, path)).toBe(line);
    expect(lineAt(POLICY.replaceAll('\n', '\r\n'), path, 101)).toBe(line + 100);
  });

  it('of an aliased node is where it was written', () => {
    const text = 'a: &x\n  b: 1\nc: 2\nd: *x\ne:\n- *x\n- &y [1]\n- *y';
    expect(lineAt(text, ['d'])).toBe(1);
    expect(lineAt(text, ['e', 0])).toBe(1);
    expect(lineAt(text, ['e', 2])).toBe(7);
  });
});

describe('a key that is written twice', () => {
  it('counts as it was written last, and its line is known', () => {
    const parsed = parseYaml('a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\na: 4', 10, DEFAULT_LIMITS);
    expect(parsed.value).toEqual({ a: 4, b: { c: 3, d: 2 } });
    expect(parsed.duplicateKey).toBe(14);
  });

  it('is none when it is written in two mappings', () => {
    expect(parseYaml('a: {b: 1}\nc: {b: 1}', 1, DEFAULT_LIMITS).duplicateKey).toBeUndefined();
  });
});

describe('a broken document', () => {
  it.each([
    ['a: b: c', 1],
    ['a: 1\n  b: 2', 2],
    ['a:\n\t- b', 2],
    ['a: "open', 2],
    ["a: 'open\nb: 1", 3],
    ['a: [1, 2\nb: 3', 2],
    ['a: *nowhere', 1],
    ['x: 1\n%FOO\ny', 2],
    ['a: "\\q"', 1],
    ['x:\n  <<: 1', 1],
  ])('%j is refused near line %d', (text, line) => {
    const refusal = refusalOf(text, {}, 1);
    expect(refusal).toMatchObject({ code: 'broken-yaml', ends: 'document' });
    expect(Math.abs(refusal.line! - line)).toBeLessThanOrEqual(1);
    expect(refusalOf(text, {}, 101).line).toBe(refusal.line! + 100);
  });

  it.each([
    'password: *hunter2',
    'password: "hunter2',
    'password: hunter2: x',
    '%TAG !hunter2! %zz\n--- a',
    'password: !hunter2! x',
    'password: !<hunter2',
    'password: !!int hunter2',
    'password: !%zz%hunter2 x',
    '- hunter2\npassword',
    'password: &a &hunter2 x',
    'password: {hunter2',
    'password: >9hunter2\n x',
  ])('is never quoted: %j', (text) => {
    expect(refusalOf(text).message).toMatch(/^the document is not valid YAML: [^`"]+$/);
    expect(refusalOf(text).message).not.toContain('hunter2');
  });
});

describe('limits of a document', () => {
  it('depth counts mappings and sequences', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;
    expect(() => parseYaml(nested(5), 1, { ...DEFAULT_LIMITS, depth: 5 })).not.toThrow();
    expect(refusalOf(nested(6), { depth: 5 })).toMatchObject({
      code: 'nested-too-deeply',
      message: 'the document is nested more than 5 levels deep',
    });
    const block = (levels: number) => Array.from({ length: levels }, (_, i) => `${' '.repeat(i)}a:`).join('\n');
    expect(() => parseYaml(block(5), 1, { ...DEFAULT_LIMITS, depth: 5 })).not.toThrow();
    expect(refusalOf(block(6), { depth: 5 }).code).toBe('nested-too-deeply');
    expect(refusalOf(nested(100_000)).code).toBe('nested-too-deeply');
  });

  it('depth is counted through aliases', () => {
    const text = 'a: &a [[[1]]]\nb: &b [[[*a]]]\nc: [[[*b]]]';
    expect(() => parseYaml(text, 1, { ...DEFAULT_LIMITS, depth: 10 })).not.toThrow();
    expect(refusalOf(text, { depth: 9 })).toMatchObject({ code: 'nested-too-deeply', line: 1 });
  });

  it('nodes are keys and values', () => {
    expect(() => parseYaml('a: [1, 2, 3]', 1, { ...DEFAULT_LIMITS, nodes: 6 })).not.toThrow();
    expect(refusalOf('a: [1, 2, 3, 4]', { nodes: 6 }).code).toBe('too-many-nodes');
    expect(refusalOf('a: [1, 2, 3]\nb: 1', { nodes: 6 })).toMatchObject({ code: 'too-many-nodes', line: 2 });
  });

  it('nodes are counted as often as aliases repeat them', () => {
    const text = 'a: &a [1, 2, 3]\nb: [*a, *a, *a]';
    expect(() => parseYaml(text, 1, { ...DEFAULT_LIMITS, nodes: 20 })).not.toThrow();
    expect(refusalOf(text, { nodes: 15 }).code).toBe('too-many-nodes');
  });

  it('long text weighs, since aliases repeat it too', () => {
    const text = `a: &a ${'x'.repeat(10 * 1024)}\nb: [${'*a, '.repeat(20)}]`;
    expect(refusalOf(text, { nodes: 200 }).code).toBe('too-many-nodes');
  });

  it.each(['a: &x\n  b: *x', 'a: &x [1, *x]', '&x\na: {b: [*x]}', 'a: &x {<<: *x}', '- &x\n  - - *x'])(
    'a node may not hold itself: %j',
    (text) => {
      expect(refusalOf(text)).toMatchObject({ code: 'cyclic-alias', ends: 'document' });
    },
  );

  it('an alias may be used again under the same name', () => {
    expect(parseYaml('a: &x {}\nb: *x\nc: &x [1]\nd: *x', 1, DEFAULT_LIMITS).value).toEqual({ a: {}, b: {}, c: [1], d: [1] });
  });
});
