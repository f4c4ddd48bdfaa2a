import type { LabelTest } from '../../model/selector';
import { assertNever } from '../../util/invariant';

/**
 * What is settled about one label that may still be chosen: whether it is there, and which values it could have if it is. Immutable.
 * INVARIANT: some label satisfies it, as far as `withTest` could tell.
 */
export interface LabelDomain {
  readonly presence: 'open' | 'present' | 'absent';
  /** The only values left; absent: any text. */
  readonly among?: readonly string[];
  readonly excluded: readonly string[];
  /** What a value must hold, and what it must not. */
  readonly texts: readonly TextTest[];
}

interface TextTest {
  readonly operator: 'contains' | 'startsWith' | 'endsWith';
  readonly text: string;
  readonly wanted: boolean;
}

/** Nothing is settled. */
export const OPEN_LABEL: LabelDomain = Object.freeze({ presence: 'open', excluded: Object.freeze([]), texts: Object.freeze([]) });
/** Certainly not there, so that every test of its value fails and every `notIn` holds. */
export const ABSENT_LABEL: LabelDomain = Object.freeze({ ...OPEN_LABEL, presence: 'absent' });
/** There, with whatever value. */
export const PRESENT_LABEL: LabelDomain = Object.freeze({ ...OPEN_LABEL, presence: 'present' });

/** There, with this value and no other. */
export function exactLabel(value: string): LabelDomain {
  return { ...PRESENT_LABEL, among: [value] };
}

/** The domain in which the test holds, or (`wanted` false) fails; undefined when no label of the domain is left. An absent label has no value to hold a test. */
export function withTest(domain: LabelDomain, test: LabelTest, wanted: boolean): LabelDomain | undefined {
  switch (test.operator) {
    case 'exists':
      return withPresence(domain, wanted);
    case 'doesNotExist':
      return withPresence(domain, !wanted);
    case 'in':
      return wanted ? withValues(domain, test.values) : withoutValues(domain, test.values);
    case 'notIn':
      return wanted ? withoutValues(domain, test.values) : withValues(domain, test.values);
    case 'contains':
    case 'startsWith':
    case 'endsWith': {
      const { operator, text } = test;
      const next = { ...domain, texts: [...domain.texts, { operator, text, wanted }] };
      return settled(wanted ? present(next) : next);
    }
    default:
      return assertNever(test);
  }
}

/** A value that satisfies the domain; undefined where the label is left out. */
export function valueIn(domain: LabelDomain): string | undefined {
  return domain.presence === 'present' ? presentValue(domain) : undefined;
}

function presentValue({ among, excluded, texts }: LabelDomain): string | undefined {
  const fits = (value: string) => !excluded.includes(value) && texts.every((test) => holds(test, value) === test.wanted);
  if (among) return among.find(fits);
  for (const value of inventedValues(texts, excluded)) if (fits(value)) return value;
  return undefined;
}

const LETTERS = 'xyzabcdefghijklmnopqrstuvw0123456789';

/**
 * Values that hold all wanted texts. If some value satisfies a domain, one of these does, unless unwanted texts speak of every letter: what is put
 * between the wanted texts is longer than every excluded value and of one letter alone.
 */
function* inventedValues(texts: readonly TextTest[], excluded: readonly string[]): Generator<string> {
  const wanted = (operator: TextTest['operator']) =>
    texts.filter((test) => test.wanted && test.operator === operator).map(({ text }) => text);
  const longest = (all: readonly string[]) => all.reduce((best, text) => (text.length > best.length ? text : best), '');
  const [start, end, inside] = [longest(wanted('startsWith')), longest(wanted('endsWith')), wanted('contains')];
  const around = (filler: string) => [start, ...inside, end].join(filler);
  yield around('any');
  yield around('other');
  const length = longest(excluded).length + 1;
  for (const letter of LETTERS) yield around(letter.repeat(length));
}

function holds({ operator, text }: TextTest, value: string): boolean {
  return operator === 'contains' ? value.includes(text) : operator === 'startsWith' ? value.startsWith(text) : value.endsWith(text);
}

function withPresence(domain: LabelDomain, isThere: boolean): LabelDomain | undefined {
  if (!isThere) return domain.presence === 'present' ? undefined : ABSENT_LABEL;
  return settled(present(domain));
}

function withValues(domain: LabelDomain, values: readonly string[]): LabelDomain | undefined {
  const { among } = domain;
  return settled(present({ ...domain, among: among ? among.filter((value) => values.includes(value)) : values }));
}

function withoutValues(domain: LabelDomain, values: readonly string[]): LabelDomain | undefined {
  if (domain.presence === 'absent') return domain;
  return settled({ ...domain, excluded: [...domain.excluded, ...values] });
}

function present(domain: LabelDomain): LabelDomain | undefined {
  return domain.presence === 'absent' ? undefined : { ...domain, presence: 'present' };
}

/** Undefined where a label that must be there has no value left. */
function settled(domain: LabelDomain | undefined): LabelDomain | undefined {
  return domain?.presence === 'present' && presentValue(domain) === undefined ? undefined : domain;
}
