import { checkKey, checkList, compareKeys, isObjectKey, MAXIMUM_KEY_BYTES } from '../../src/store/object-key';

test.each([
  'a',
  'a/b',
  'a/b.c',
  '.a',
  'a..b',
  '...',
  'a b',
  'ключ',
  '🔑/é',
  'k'.repeat(MAXIMUM_KEY_BYTES),
  'é'.repeat(MAXIMUM_KEY_BYTES / 2),
])('`%s` is a key', (key) => {
  expect(isObjectKey(key)).toBe(true);
  expect(() => checkKey(key)).not.toThrow();
});

test.each([
  '',
  '/',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  'a/.',
  '../a',
  'a/../b',
  'a\0',
  'a\tb',
  'a\u0085',
  '\ud800',
  'a\udc00b',
  '\uffff',
  '\u{1fffe}',
  'k'.repeat(MAXIMUM_KEY_BYTES + 1),
  'é'.repeat(MAXIMUM_KEY_BYTES / 2 + 1),
])('%j is no key', (key) => {
  expect(isObjectKey(key)).toBe(false);
  expect(() => checkKey(key)).toThrow('is no object key');
});

test('a prefix may be empty, end in a slash or in the middle of a segment', () => {
  for (const prefix of ['', 'a', 'a/', 'a/b', 'a/.', 'a/..', '.', '..']) expect(() => checkList(prefix, {})).not.toThrow();
  for (const prefix of ['/', '/a', 'a//', './', '../', 'a/../', 'a/./b', 'a\0'])
    expect(() => checkList(prefix, {})).toThrow('is no prefix');
  expect(() => checkList('', { after: '\0' })).toThrow('is no position');
});

test('a list begins at the beginning and has a thousand keys unless told otherwise', () => {
  expect(checkList('a', {})).toEqual({ after: '', limit: 1000 });
  expect(checkList('a', { after: 'b', limit: 1 })).toEqual({ after: 'b', limit: 1 });
});

test('keys are in the order of their bytes', () => {
  const keys = ['', 'a', 'A', 'ab', 'a/', 'a-', 'a0', 'é', 'z', '\ue000', '～', '😀', '😁', '🀀', 'a😀', 'a～'];
  for (const a of keys) {
    for (const b of keys) expect(Math.sign(compareKeys(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
  }
});
