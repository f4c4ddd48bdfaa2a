import {
  readArray,
  readChoice,
  readIndex,
  readIndices,
  readNumber,
  readObject,
  readText,
  readTexts,
  requireLength,
} from '../../../src/engine/encode/json-reading';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';

/** One value of each kind that JSON has. */
const VALUES: readonly unknown[] = [null, true, false, 0, 1, -1, 0.5, 1e300, '', '0', [], [1], ['a'], ['a', 1], [0, -1], {}, { a: 1 }];

/** Each reader with the values that it takes, as they are. */
const READERS: readonly (readonly [name: string, read: (value: unknown) => unknown, takes: (value: unknown) => boolean])[] = [
  ['an array', readArray, Array.isArray],
  ['an object', readObject, (value) => typeof value === 'object' && value !== null && !Array.isArray(value)],
  ['a text', readText, (value) => typeof value === 'string'],
  ['texts', readTexts, (value) => Array.isArray(value) && value.every((one) => typeof one === 'string')],
  ['a number', readNumber, (value) => typeof value === 'number'],
  ['an index', (value) => readIndex(value, 2), (value) => value === 0 || value === 1],
  ['an index from -1', (value) => readIndex(value, 1, -1), (value) => value === -1 || value === 0],
  ['indices', (value) => readIndices(value, 2), (value) => Array.isArray(value) && value.every((one) => one === 0 || one === 1)],
];

describe.each(READERS)('a reader of %s', (_name, read, takes) => {
  it.each(VALUES.filter(takes).map((value) => [JSON.stringify(value), value]))('takes %s as it is', (_text, value) => {
    expect(read(value)).toBe(value);
  });

  it.each(VALUES.filter((value) => !takes(value)).map((value) => [JSON.stringify(value), value]))('refuses %s', (_text, value) => {
    expect(() => read(value)).toThrow(new StoredModelError('the directory is malformed'));
  });

  it('refuses what is not there', () => {
    expect(() => read(undefined)).toThrow(StoredModelError);
  });
});

describe('a reader of indices', () => {
  it('looks at each of them, from the first to the last', () => {
    expect(readIndices([-1, 4], 5, -1)).toEqual([-1, 4]);
    for (const wrong of [[-2, 4], [0, 5], [0.5], ['0']]) expect(() => readIndices(wrong, 5, -1)).toThrow(StoredModelError);
  });
});

describe('a reader of choices', () => {
  const choices = ['Allow', 'Deny'] as const;

  it('answers the choice that a number stands for', () => {
    expect([0, 1].map((number) => readChoice(choices, number))).toEqual(choices);
  });

  it('refuses a number without a choice, and names of what every list has', () => {
    for (const wrong of [2, -1, 0.5, '0', 'length', '__proto__', null, [0]])
      expect(() => readChoice(choices, wrong)).toThrow(StoredModelError);
    expect(() => readChoice([], 0)).toThrow(StoredModelError);
  });

  it('answers a choice that is itself empty', () => {
    expect(readChoice([''], 0)).toBe('');
  });
});

describe('requireLength', () => {
  it('refuses any other length', () => {
    expect(() => requireLength([1, 2], 2)).not.toThrow();
    for (const length of [1, 3, 0]) expect(() => requireLength([1, 2], length)).toThrow(StoredModelError);
  });
});
