import type { LabelSet, LabelTest } from '../../model/selector';

/** What is known of one label of one object: one of these, or 4 + the number of its value. */
export const ABSENT = 0;
/** Present with a value that the input does not tell. */
export const UNKNOWN_VALUE = 1;
/** Perhaps absent, perhaps present: the object is not in the input. */
export const UNKNOWN_PRESENCE = 2;
/** Present with a value that no policy can tell from others. */
export const OTHER_VALUE = 3;
export const FIRST_VALUE = 4;

/** A test that looks inside the value. */
export type TextTest = Extract<LabelTest, { readonly text: string }>;

interface LabelKey {
  /** Values that policies name, by text. */
  readonly named: Map<string, number>;
  /** Text of each numbered value: those that are named, then one for each way in which the text tests come out for the others. */
  readonly texts: string[];
  readonly textTests: TextTest[];
  /** Codes of values that are not named, and the values that stand for an outcome of the text tests. */
  readonly others: Map<string, number>;
  readonly outcomes: Map<string, number>;
}

/**
 * The label keys of one kind of owner that policies test. Values that no test tells apart get one code, so that labels such as a version or a hash do not
 * split classes.
 */
export class LabelKeys {
  readonly indexOf = new Map<string, number>();
  private readonly keys: LabelKey[] = [];

  get count(): number {
    return this.keys.length;
  }

  /** Index of a key, which from now on counts. */
  key(key: string): number {
    let index = this.indexOf.get(key);
    if (index === undefined) {
      index = this.keys.length;
      this.indexOf.set(key, index);
      this.keys.push({ named: new Map(), texts: [], textTests: [], others: new Map(), outcomes: new Map() });
    }
    return index;
  }

  /** Number of a value that a policy names. */
  value(key: number, value: string): number {
    const { named, texts } = this.keys[key]!;
    let number = named.get(value);
    if (number === undefined) {
      number = texts.length;
      named.set(value, number);
      texts.push(value);
    }
    return number;
  }

  /** Number of a test that looks inside the value. INVARIANT: all values and tests are made known before the first code is read. */
  textTest(key: number, test: TextTest): number {
    const { textTests } = this.keys[key]!;
    const known = textTests.findIndex(({ operator, text }) => operator === test.operator && text === test.text);
    return known >= 0 ? known : textTests.push(test) - 1;
  }

  /** Codes are below this number. */
  codeCount(key: number): number {
    return FIRST_VALUE + this.keys[key]!.texts.length;
  }

  /** Does the text test hold for this code? It must be one of a known value. */
  holds(key: number, test: number, code: number): boolean {
    const { texts, textTests } = this.keys[key]!;
    return passes(textTests[test]!, texts[code - FIRST_VALUE]!);
  }

  /** Writes the codes of an object's labels, key by key, from `offset` on. */
  read({ values, unknownKeys, complete }: LabelSet, into: Int32Array, offset: number): void {
    const { indexOf } = this;
    into.fill(complete ? ABSENT : UNKNOWN_PRESENCE, offset, offset + this.keys.length);
    for (const key of unknownKeys) {
      const index = indexOf.get(key);
      if (index !== undefined) into[offset + index] = UNKNOWN_VALUE;
    }
    for (const key in values) {
      const index = indexOf.get(key);
      if (index !== undefined && Object.hasOwn(values, key)) into[offset + index] = this.codeOf(this.keys[index]!, values[key]!);
    }
  }

  private codeOf(key: LabelKey, value: string): number {
    const number = key.named.get(value);
    if (number !== undefined) return FIRST_VALUE + number;
    if (key.textTests.length === 0) return OTHER_VALUE;
    let code = key.others.get(value);
    if (code === undefined) {
      const outcome = key.textTests.map((test) => (passes(test, value) ? '1' : '0')).join('');
      code = key.outcomes.get(outcome);
      if (code === undefined) {
        code = FIRST_VALUE + key.texts.push(value) - 1;
        key.outcomes.set(outcome, code);
      }
      key.others.set(value, code);
    }
    return code;
  }
}

function passes({ operator, text }: TextTest, value: string): boolean {
  switch (operator) {
    case 'contains':
      return value.includes(text);
    case 'startsWith':
      return value.startsWith(text);
    case 'endsWith':
      return value.endsWith(text);
  }
}
