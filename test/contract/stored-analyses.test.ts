import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeAnalysis, encodeDirectory, encodeModel, explain, verdictOf } from '../../src/engine/index';
import type { Packet, Verdict } from '../../src/model/verdict';

/*
 * Analyses as builds of each format version stored them, with verdicts on random flows that the definition gave then. A version that was written once is
 * read for ever; what it did not know yet has its default.
 */
const STORED = join(__dirname, 'stored');
const SAMPLES = readdirSync(STORED).filter((name) => name.startsWith('engine-'));

type Expected = readonly [source: number | string, destination: number | string, packet: Packet, verdict: Verdict];

test('there is a sample of each version', () => {
  expect(SAMPLES.toSorted()).toEqual(['engine-v1', 'engine-v2']);
});

describe.each(SAMPLES)('%s', (name) => {
  const file = (part: string) => readFileSync(join(STORED, name, part));
  const expected: readonly Expected[] = JSON.parse(file('expected.json').toString());
  const analysis = decodeAnalysis(file('model.bin'), file('directory.json'));

  it('gives the verdicts that it gave when it was stored', () => {
    const found = expected.map(([source, destination, packet]) => verdictOf(analysis, { source, destination, packet }));
    expect(found).toEqual(expected.map(([, , , verdict]) => verdict));
    expect(new Set(found).size).toBe(3);
  });

  it('explains each verdict', () => {
    for (const [source, destination, packet, verdict] of expected)
      expect(explain(analysis, { source, destination, packet }).verdict).toBe(verdict);
  });

  it('can be stored again, in the format of today', () => {
    const again = decodeAnalysis(encodeModel(analysis), encodeDirectory(analysis));
    for (const [source, destination, packet, verdict] of expected) expect(verdictOf(again, { source, destination, packet })).toBe(verdict);
  });
});
