import fc from 'fast-check';
import { faultOf, positionsOf } from '../../src/ingest/json-positions';

const TEXT = `{
  "kind": "NetworkPolicy",
  "spec": {"podSelector": {},
    "ingress": [
      {
        "from": [{"podSelector": {}},
          {"ipBlock": {"cidr": "a,]}\\"\\\\"}}]
      }, {}
    ]
  }
}`;

describe('positions in JSON', () => {
  it.each([
    [[], 1],
    [['spec'], 3],
    [['spec', 'podSelector'], 3],
    [['spec', 'ingress'], 4],
    [['spec', 'ingress', 0], 5],
    [['spec', 'ingress', 0, 'from'], 6],
    [['spec', 'ingress', 0, 'from', 0, 'podSelector'], 6],
    [['spec', 'ingress', 0, 'from', 1], 7],
    [['spec', 'ingress', 0, 'from', 1, 'ipBlock'], 7],
    [['spec', 'ingress', 1], 8],
  ])('%j is on line %d', (path, line) => {
    const value: unknown = JSON.parse(TEXT);
    let node = value;
    for (const key of path) node = (node as Record<string | number, unknown>)[key];
    expect(positionsOf(TEXT, value, 1).lines.get(node as object)).toBe(line);
    expect(positionsOf(TEXT, value, 101).lines.get(node as object)).toBe(line + 100);
  });

  it('tell of keys that are written twice, also in other words', () => {
    const text = '{"a": 1,\n"b": {"c": 1},\n"\\u0061": 2,\n"b": 3}';
    expect(positionsOf(text, JSON.parse(text), 5).duplicateKey).toBe(7);
    expect(positionsOf('{"a": {"a": 1}, "b": {"a": 1}}', {}, 1).duplicateKey).toBeUndefined();
  });

  it('follow keys that every object seems to have', () => {
    const text = '{"constructor": {},\n"__proto__": {\n"a": []}}';
    const value = JSON.parse(text) as Record<string, { readonly a?: object }>;
    const { lines } = positionsOf(text, value, 1);
    expect(lines.get(value.constructor as unknown as object)).toBe(1);
    expect(lines.get(Object.entries(value)[1]![1].a!)).toBe(3);
    expect(lines.size).toBe(4);
  });

  it('are known of every part', () => {
    const count = (value: unknown): number =>
      typeof value === 'object' && value !== null ? Object.values(value).reduce((sum: number, child) => sum + count(child), 1) : 0;
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (written, indent) => {
        const text = JSON.stringify(written, null, indent);
        const value: unknown = JSON.parse(text);
        expect(positionsOf(text, value, 1).lines.size).toBe(count(value));
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('a fault', () => {
  it.each([
    ['{"a": 1\n"b": 2}', 'a comma or `}` is expected', 2],
    ['{"a": 1,\n}', 'a key in double quotes is expected', 2],
    ['{a: 1}', 'a key in double quotes is expected', 1],
    ['{"a"\n1}', 'a colon is expected after a key', 2],
    ['{"a": hunter2}', 'a value is expected', 1],
    ['[1,\n\n2 3]', 'a comma or `]` is expected', 3],
    ['[1,]', 'a value is expected', 1],
    ['["a\nb"]', 'text in quotes has a line break or another control character', 1],
    ['["a\\x"]', 'text in quotes has an unknown escape', 1],
    ['["a\\u12"]', 'text in quotes has an unknown escape', 1],
    ['["a', 'text in quotes is not closed', 1],
    ['{"a": 1} x', 'something follows the value', 1],
    ['[01]', 'a comma or `]` is expected', 1],
    ['[+1]', 'a value is expected', 1],
    ['', 'a value is expected', 1],
  ])('of %j is: %s', (text, reason, line) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(faultOf(text, 1)).toEqual({ reason, line });
    expect(faultOf(text, 11).line).toBe(line + 10);
  });

  it('is found wherever the runtime finds one', () => {
    const broken = fc
      .tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat(), fc.constantFrom('', '"', '{', ']', ',', ':', 'x', '\\', '\n', '1'))
      .map(([value, at, char]) => {
        const text = JSON.stringify(value, null, 1);
        const cut = at % (text.length + 1);
        return text.slice(0, cut) + char + text.slice(cut + 1);
      });
    fc.assert(
      fc.property(broken, (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(faultOf(text, 1).reason === 'its meaning is unclear').toBe(isJson);
      }),
      { seed: 3, numRuns: 1000 },
    );
  });
});
