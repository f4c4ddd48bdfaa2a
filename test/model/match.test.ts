import { allOf, anyOf, distinctUnknowns, isTrue, type Match, maybe, NO, not, type Truth, YES } from '../../src/model/match';

const unknown = (text: string) => ({ kind: 'fact', text }) as const;
const MAYBE = maybe(unknown('a'));
const BY_TRUTH: Readonly<Record<Truth, Match>> = { yes: YES, maybe: MAYBE, no: NO };
const TRUTHS: readonly Truth[] = ['yes', 'maybe', 'no'];
const PAIRS = TRUTHS.flatMap((a) => TRUTHS.map((b) => [a, b] as const));

test.each([
  ['yes', 'yes', 'yes', 'yes'],
  ['yes', 'maybe', 'maybe', 'yes'],
  ['yes', 'no', 'no', 'yes'],
  ['maybe', 'maybe', 'maybe', 'maybe'],
  ['maybe', 'no', 'no', 'maybe'],
  ['no', 'no', 'no', 'no'],
] as const)('%s with %s: all of them is %s, any of them is %s, in either order', (a, b, all, any) => {
  expect(allOf([BY_TRUTH[a], BY_TRUTH[b]]).truth).toBe(all);
  expect(allOf([BY_TRUTH[b], BY_TRUTH[a]]).truth).toBe(all);
  expect(anyOf([BY_TRUTH[a], BY_TRUTH[b]]).truth).toBe(any);
  expect(anyOf([BY_TRUTH[b], BY_TRUTH[a]]).truth).toBe(any);
});

test('all of nothing is yes, any of nothing is no', () => {
  expect(allOf([])).toEqual(YES);
  expect(anyOf([])).toEqual(NO);
});

test.each([
  ['yes', 'no'],
  ['no', 'yes'],
  ['maybe', 'maybe'],
] as const)('not %s is %s', (truth, negated) => {
  expect(not(BY_TRUTH[truth]).truth).toBe(negated);
});

test.each(PAIRS)('not all of %s and %s is any of their negations', (a, b) => {
  expect(not(allOf([BY_TRUTH[a], BY_TRUTH[b]])).truth).toBe(anyOf([not(BY_TRUTH[a]), not(BY_TRUTH[b])]).truth);
});

test('a maybe keeps everything that it depends on, in order, also through a negation', () => {
  const both = allOf([MAYBE, YES, maybe(unknown('b'))]);

  expect(both.unknowns.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(anyOf([MAYBE, NO, maybe(unknown('b'))]).unknowns.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(not(both).unknowns).toEqual(both.unknowns);
});

test('what is settled depends on nothing, whatever was open beside it', () => {
  expect(allOf([MAYBE, NO]).unknowns).toEqual([]);
  expect(anyOf([MAYBE, YES]).unknowns).toEqual([]);
});

test('a condition is yes or no', () => {
  expect(isTrue(true)).toBe(YES);
  expect(isTrue(false)).toBe(NO);
});

test('unknowns that say the same are told once, where they came first', () => {
  const [a, b] = [unknown('a'), unknown('b')];
  expect(distinctUnknowns([a, b, unknown('a')])).toEqual([a, b]);
});
