import { analyze } from '../../../src/engine/analyze';
import {
  COUNTS,
  COUNTS_AT,
  checksumOf,
  countsOf,
  MAGIC,
  modelOf,
  SECTIONS,
  type Sections,
  sectionsOf,
  TABLE_AT,
} from '../../../src/engine/encode/sections';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { SMALL_SHOP } from './tamper';

/** Just the sections that are stored, in their order. */
function storedSections(all: Sections): Sections {
  return Object.fromEntries(SECTIONS.map((name) => [name, all[name]])) as unknown as Sections;
}

describe('the sections of a model', () => {
  it('are all that a model is, together with its counts', () => {
    for (let seed = 0; seed < 10; seed++) {
      const { model } = analyze(generateCluster(randomFrom(seedOf(SEED, seed)), seed % 2 ? 'everything' : 'networkPolicyLike'));
      expect(modelOf(storedSections(sectionsOf(model)), Int32Array.from(countsOf(model)))).toEqual(model);
    }
  });

  it('are arrays of integers under names that are all different', () => {
    const sections = sectionsOf(analyze(SMALL_SHOP).model);
    expect(new Set(SECTIONS).size).toBe(SECTIONS.length);
    for (const name of SECTIONS) expect(sections[name]).toBeInstanceOf(Int32Array);
    expect(new Set(SECTIONS.map((name) => sections[name])).size).toBe(SECTIONS.length);
  });

  it('have counts that fit the place before their table', () => {
    expect(countsOf(analyze(SMALL_SHOP).model).length).toBe(COUNTS);
    expect(COUNTS_AT + COUNTS).toBeLessThanOrEqual(TABLE_AT);
  });

  it('are announced by a magic that can be read', () => {
    expect(Buffer.from(Int32Array.from(MAGIC).buffer).toString('latin1')).toBe('LTMODEL\0');
  });
});

describe('the checksum', () => {
  const words = Int32Array.from({ length: 60 }, (_, index) => Math.imul(index, 0x9e3779b1) >> (index % 32));

  it('differs after any single bit has changed', () => {
    const whole = checksumOf(words);
    for (let bit = 0; bit < 32 * words.length; bit++) {
      const damaged = words.slice();
      damaged[bit >>> 5]! ^= 1 << (bit & 31);
      expect(checksumOf(damaged)).not.toBe(whole);
    }
  });

  it('differs after the same bit has changed in two words', () => {
    for (const bit of [0, 15, 31]) {
      for (let word = 1; word < words.length; word++) {
        const damaged = words.slice();
        damaged[0]! ^= 1 << bit;
        damaged[word]! ^= 1 << bit;
        expect(checksumOf(damaged)).not.toBe(checksumOf(words));
      }
    }
  });

  it('differs when words change their places, or zeros are added', () => {
    const swapped = words.slice();
    [swapped[3], swapped[4]] = [words[4]!, words[3]!];
    expect(checksumOf(swapped)).not.toBe(checksumOf(words));
    expect(checksumOf(Int32Array.from([...words, 0]))).not.toBe(checksumOf(words));
    expect(checksumOf(Int32Array.of(0))).not.toBe(checksumOf(new Int32Array(0)));
  });

  it('of the same words is always the same', () => {
    expect(checksumOf(words.slice())).toBe(checksumOf(words));
  });
});
