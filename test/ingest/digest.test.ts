import { digestOf, fingerprintOf } from '../../src/ingest/digest';

test('a fingerprint does not depend on the order of keys, at any depth', () => {
  expect(fingerprintOf({ a: 1, b: [{ x: 1, y: 'z' }] })).toBe(fingerprintOf({ b: [{ y: 'z', x: 1 }], a: 1 }));
  expect(fingerprintOf({ 10: 'a', 9: 'b' })).toBe(
    fingerprintOf(
      Object.fromEntries([
        ['9', 'b'],
        ['10', 'a'],
      ]),
    ),
  );
});

test.each<[unknown, unknown]>([
  [{ a: 1 }, { a: '1' }],
  [{ a: null }, { a: 'null' }],
  [{ a: null }, {}],
  [{ a: [] }, { a: {} }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: Number.NaN }, { a: null }],
  [{ 'a":1,"b': 1 }, { a: 1, b: 1 }],
  [{ b: Number.POSITIVE_INFINITY }, { b: Number.NEGATIVE_INFINITY }],
])('%j and %j have different fingerprints', (a, b) => {
  expect(fingerprintOf(a)).not.toBe(fingerprintOf(b));
});

test('both ways of writing a value agree: keys in order and not', () => {
  const sorted = { a: 'é"\\\n', b: { c: [1.5, true, null, -0] } };
  const unsorted = { b: { c: [1.5, true, null, -0] }, a: 'é"\\\n' };

  expect(fingerprintOf(sorted)).toBe(fingerprintOf(unsorted));
});

test('a key named __proto__ counts', () => {
  expect(fingerprintOf(JSON.parse('{"__proto__": {"a": 1}}'))).not.toBe(fingerprintOf({}));
});

test('a digest does not depend on the order of documents, but on their number', () => {
  const [a, b] = [fingerprintOf({ a: 1 }), fingerprintOf({ b: 1 })];

  expect(digestOf([a, b])).toBe(digestOf([b, a]));
  expect(digestOf([a, a])).not.toBe(digestOf([a]));
  expect(digestOf([a])).toMatch(/^[0-9a-f]{64}$/);
});
