import {
  ABSENT_LABEL,
  exactLabel,
  type LabelDomain,
  OPEN_LABEL,
  PRESENT_LABEL,
  valueIn,
  withTest,
} from '../../../src/engine/query/label-domain';
import { type LabelTest, matchSelector } from '../../../src/model/selector';
import { randomFrom, seedOf } from '../../support/random';

type Step = readonly [LabelTest, boolean];

function after(start: LabelDomain, ...steps: readonly Step[]): LabelDomain | undefined {
  return steps.reduce<LabelDomain | undefined>((domain, [test, wanted]) => domain && withTest(domain, test, wanted), start);
}

const among = (...values: readonly string[]): LabelTest => ({ operator: 'in', values });
const EXISTS: LabelTest = { operator: 'exists' };
const text = (operator: 'contains' | 'startsWith' | 'endsWith', own: string): LabelTest => ({ operator, text: own });

describe('a label that may still be chosen', () => {
  it.each<[string, LabelDomain, readonly Step[], string | undefined]>([
    ['is left out where nothing asks for it', OPEN_LABEL, [], undefined],
    ['is left out where only values are excluded', OPEN_LABEL, [[among('a'), false]], undefined],
    [
      'has the first value that is left',
      OPEN_LABEL,
      [
        [among('a', 'b'), true],
        [among('a'), false],
      ],
      'b',
    ],
    [
      'has a value that nobody named',
      OPEN_LABEL,
      [
        [EXISTS, true],
        [among('any', 'other'), false],
      ],
      'xxxxxx',
    ],
    [
      'holds all texts',
      OPEN_LABEL,
      [
        [text('startsWith', 'web-'), true],
        [text('endsWith', '-1'), true],
        [text('contains', 'x'), true],
      ],
      'web-anyxany-1',
    ],
    [
      'keeps clear of texts',
      PRESENT_LABEL,
      [
        [text('contains', 'a'), false],
        [text('startsWith', 'x'), false],
        [text('contains', 'o'), false],
      ],
      'y',
    ],
    ['has the value that is given', exactLabel('a'), [[among('a', 'b'), true]], 'a'],
  ])('%s', (_case, start, steps, value) => {
    expect(valueIn(after(start, ...steps)!)).toBe(value);
  });

  it.each<[string, LabelDomain, readonly Step[]]>([
    [
      'of two values',
      OPEN_LABEL,
      [
        [among('a'), true],
        [among('b'), true],
      ],
    ],
    [
      'present and absent',
      OPEN_LABEL,
      [
        [EXISTS, true],
        [EXISTS, false],
      ],
    ],
    ['with a value, absent', ABSENT_LABEL, [[among('a'), true]]],
    ['with a text, absent', ABSENT_LABEL, [[text('contains', ''), true]]],
    ['present without the empty text', PRESENT_LABEL, [[text('contains', ''), false]]],
    [
      'with two beginnings',
      OPEN_LABEL,
      [
        [text('startsWith', 'a'), true],
        [text('startsWith', 'b'), true],
      ],
    ],
    [
      'with a text that it must not hold',
      OPEN_LABEL,
      [
        [text('startsWith', 'web'), true],
        [text('contains', 'eb'), false],
      ],
    ],
  ])('cannot be %s', (_case, start, steps) => {
    expect(after(start, ...steps)).toBeUndefined();
  });

  it('satisfies every test that it went through, by the definition', () => {
    let satisfied = 0;
    for (let round = 0; round < 300; round++) {
      const random = randomFrom(seedOf(5, round));
      let domain: LabelDomain = OPEN_LABEL;
      const steps: Step[] = [];
      for (let step = 0; step < 4; step++) {
        const values = random.some(['a', 'ab', 'b', ''], 3);
        const test = random.pick<LabelTest>([
          { operator: 'in', values },
          { operator: 'notIn', values },
          EXISTS,
          { operator: 'doesNotExist' },
          text(random.pick(['contains', 'startsWith', 'endsWith'] as const), random.pick(['a', 'b', 'ab', ''])),
        ]);
        const wanted = random.chance(0.6);
        const next = withTest(domain, test, wanted);
        // One way or the other there is always a label.
        if (!next) expect(withTest(domain, test, !wanted)).toBeDefined();
        if (!next) continue;
        domain = next;
        steps.push([test, wanted]);
      }
      const value = valueIn(domain);
      const labels = { values: value === undefined ? {} : { key: value }, unknownKeys: [], complete: true };
      for (const [test, wanted] of steps) {
        const { truth } = matchSelector({ kind: 'label', owner: 'endpoint', key: 'key', test }, { labels, network: 'pod' });
        expect({ steps, value, truth }).toEqual({ steps, value, truth: wanted ? 'yes' : 'no' });
        satisfied++;
      }
    }
    expect(satisfied).toBeGreaterThan(500);
  });
});
