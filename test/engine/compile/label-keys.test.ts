import fc from 'fast-check';
import {
  ABSENT,
  FIRST_VALUE,
  LabelKeys,
  OTHER_VALUE,
  type TextTest,
  UNKNOWN_PRESENCE,
  UNKNOWN_VALUE,
} from '../../../src/engine/compile/label-keys';
import type { LabelSet } from '../../../src/model/selector';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

const known = (values: Readonly<Record<string, string>>): LabelSet => ({ values, unknownKeys: [], complete: true });

function codesOf(keys: LabelKeys, labels: LabelSet): readonly number[] {
  const codes = new Int32Array(keys.count).fill(-7);
  keys.read(labels, codes, 0);
  return [...codes];
}

describe('what is known of a label', () => {
  const keys = new LabelKeys();
  const app = keys.key('app');
  const web = FIRST_VALUE + keys.value(app, 'web');
  const empty = FIRST_VALUE + keys.value(app, '');

  it.each<[string, LabelSet, number]>([
    ['a value that a policy names', known({ app: 'web' }), web],
    ['the empty value, where a policy names it', known({ app: '' }), empty],
    ['a value that no policy names', known({ app: 'api' }), OTHER_VALUE],
    ['nothing, where the set is complete', known({ tier: 'web' }), ABSENT],
    ['a value that the input does not tell', { values: {}, unknownKeys: ['app'], complete: true }, UNKNOWN_VALUE],
    ['a value that the input does not tell, of an incomplete set', { values: {}, unknownKeys: ['app'], complete: false }, UNKNOWN_VALUE],
    ['perhaps nothing, where the set is incomplete', { values: {}, unknownKeys: ['tier'], complete: false }, UNKNOWN_PRESENCE],
    ['its value also where the set is incomplete', { values: { app: 'web' }, unknownKeys: [], complete: false }, web],
    ['its value before anything unknown about it', { values: { app: 'web' }, unknownKeys: ['app'], complete: true }, web],
  ])('is %s', (_, labels, code) => {
    expect(codesOf(keys, labels)).toEqual([code]);
  });

  it('has a code of its own for each case', () => {
    expect(new Set([ABSENT, UNKNOWN_VALUE, UNKNOWN_PRESENCE, OTHER_VALUE, web, empty]).size).toBe(6);
    expect(Math.max(ABSENT, UNKNOWN_VALUE, UNKNOWN_PRESENCE, OTHER_VALUE)).toBeLessThan(FIRST_VALUE);
  });
});

describe('label keys', () => {
  it('number keys, and the values of each key, in the order in which they come', () => {
    const keys = new LabelKeys();
    expect([keys.key('app'), keys.key('tier'), keys.key('app')]).toEqual([0, 1, 0]);
    expect([keys.value(0, 'a'), keys.value(0, 'b'), keys.value(0, 'a'), keys.value(1, 'b')]).toEqual([0, 1, 0, 0]);
    expect([keys.count, keys.codeCount(0), keys.codeCount(1)]).toEqual([2, FIRST_VALUE + 2, FIRST_VALUE + 1]);
  });

  it('write their own columns and no other', () => {
    const keys = new LabelKeys();
    keys.value(keys.key('app'), 'a');
    keys.key('tier');
    const columns = new Int32Array(5).fill(-7);
    keys.read(known({ app: 'a', other: 'a' }), columns, 2);
    expect([...columns]).toEqual([-7, -7, FIRST_VALUE, ABSENT, -7]);
  });

  it('take a label for present only where the object itself has it', () => {
    const keys = new LabelKeys();
    for (const key of ['constructor', '__proto__', 'app']) keys.key(key);
    expect(codesOf(keys, known({}))).toEqual([ABSENT, ABSENT, ABSENT]);
    expect(codesOf(keys, known(Object.create({ app: 'inherited' })))).toEqual([ABSENT, ABSENT, ABSENT]);
    expect(codesOf(keys, known(JSON.parse('{"__proto__":"x","constructor":"y"}')))).toEqual([OTHER_VALUE, OTHER_VALUE, ABSENT]);
  });

  it('number equal text tests once, and tell tests apart by operator and by text', () => {
    const keys = new LabelKeys();
    const app = keys.key('app');
    const tests: readonly TextTest[] = [
      { operator: 'contains', text: 'a' },
      { operator: 'startsWith', text: 'a' },
      { operator: 'contains', text: 'b' },
      { operator: 'contains', text: 'a' },
    ];
    expect(tests.map((test) => keys.textTest(app, test))).toEqual([0, 1, 2, 0]);
  });
});

describe('tests inside values', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 });
  const test = fc.record({ operator: fc.constantFrom('contains', 'startsWith', 'endsWith'), text }) as fc.Arbitrary<TextTest>;
  const passes = (one: TextTest, value: string) =>
    one.operator === 'contains'
      ? value.includes(one.text)
      : one.operator === 'startsWith'
        ? value.startsWith(one.text)
        : value.endsWith(one.text);

  it('give two values one code exactly if neither is named and no test tells them apart', () => {
    fc.assert(
      fc.property(fc.array(test, { maxLength: 3 }), fc.array(text, { maxLength: 2 }), text, text, (tests, named, one, other) => {
        const keys = new LabelKeys();
        const app = keys.key('app');
        for (const value of named) keys.value(app, value);
        for (const each of tests) keys.textTest(app, each);
        const [first] = codesOf(keys, known({ app: one }));
        const [second] = codesOf(keys, known({ app: other }));
        const apart = named.includes(one) || named.includes(other) || tests.some((each) => passes(each, one) !== passes(each, other));
        expect(first === second).toBe(one === other || !apart);
        expect(Math.max(first!, second!)).toBeLessThan(keys.codeCount(app));
      }),
    );
  });

  it('hold for a code exactly if they hold for the value that was read', () => {
    fc.assert(
      fc.property(fc.array(test, { minLength: 1, maxLength: 3 }), fc.array(text, { maxLength: 2 }), text, (tests, named, value) => {
        const keys = new LabelKeys();
        const app = keys.key('app');
        for (const each of named) keys.value(app, each);
        const numbers = tests.map((each) => keys.textTest(app, each));
        const [code] = codesOf(keys, known({ app: value }));
        expect(numbers.map((number) => keys.holds(app, number, code!))).toEqual(tests.map((each) => passes(each, value)));
      }),
    );
  });
});
