import { exposedRanges, internetOf, readRange } from '../../../src/engine/doors/ranges';
import type { DoorExplanation, ExposedRange } from '../../../src/model/door';
import { DEFAULT_FACTS } from '../../../src/model/facts';
import type { Verdict } from '../../../src/model/verdict';
import { formatRange, parseRange } from '../../../src/util/address-set';
import { formatAddress } from '../../../src/util/ip';

const parts = (...texts: readonly string[]) => texts.map((text) => parseRange(text)!);

function ranges(verdicts: Readonly<Record<string, Verdict>>) {
  return exposedRanges(parts(...Object.keys(verdicts)), ({ family, value }) => {
    const client = formatAddress({ family, value });
    const [, verdict] = Object.entries(verdicts).find(([text]) => text.startsWith(client))!;
    const way = { text: '', verdict, steps: [], dependsOn: [] };
    const answer = { door: 'd', client, backend: { port: 80, certainty: 'yes', unknowns: [] }, verdict, shown: way, ways: [way] } as const;
    return { ...answer, dependsOn: [{ kind: 'fact', text: client }], assumptions: [`of ${client}`] } satisfies DoorExplanation;
  });
}

it('neighbours that get the same are one range, in both families', () => {
  const { ranges: own } = ranges({
    '10.0.0.0-10.0.0.9': 'allowed',
    '10.0.0.10-10.0.0.20': 'allowed',
    '10.0.0.21-10.0.0.30': 'denied',
    '10.0.0.40-10.0.0.50': 'denied',
    '2001::-2001::5': 'denied',
  });

  expect(own.map((range) => `${range.low}-${range.high} ${range.verdict}`)).toEqual([
    '10.0.0.0-10.0.0.20 allowed',
    '10.0.0.21-10.0.0.30 denied',
    '10.0.0.40-10.0.0.50 denied',
    '2001::-2001::5 denied',
  ]);
});

it('what is open says on what, and assumptions are those of what may get through', () => {
  const { ranges: own, assumptions } = ranges({ '10.0.0.0': 'allowed', '10.0.0.1': 'indeterminate', '10.0.0.2': 'denied' });

  expect(own.map(({ dependsOn }) => dependsOn.map(({ text }) => text))).toEqual([[], ['10.0.0.1'], []]);
  expect(assumptions).toEqual(['of 10.0.0.0', 'of 10.0.0.1']);
});

it('the internet is what of the ranges is public', () => {
  const range = (text: string, verdict: Verdict): ExposedRange => {
    const [low, high] = text.split('-') as [string, string];
    return { low, high, verdict, decidedBy: [], dependsOn: [] };
  };
  const internet = (...own: readonly ExposedRange[]) => internetOf(DEFAULT_FACTS, own);

  expect(internet(range('0.0.0.0-255.255.255.255', 'allowed'))).toBe('all');
  expect(internet(range('8.0.0.0-8.0.0.255', 'allowed'), range('9.0.0.0-9.0.0.255', 'denied'))).toBe('some');
  expect(internet(range('8.0.0.0-8.0.0.255', 'indeterminate'), range('10.0.0.0-10.0.0.255', 'allowed'))).toBe('perhaps');
  expect(internet(range('8.0.0.0-8.0.0.255', 'denied'), range('10.0.0.0-10.0.0.255', 'allowed'))).toBe('none');
});

it('ranges are read as they are written', () => {
  expect(formatRange(readRange({ low: '10.0.0.0', high: '10.0.0.9' }))).toBe('10.0.0.0-10.0.0.9');
});
