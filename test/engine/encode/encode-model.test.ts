import { analyze } from '../../../src/engine/analyze';
import { modelBytes, modelChecksum, requireLittleEndian } from '../../../src/engine/encode/encode-model';
import {
  CHECKSUM_AT,
  COUNTS,
  COUNTS_AT,
  checksumOf,
  countsOf,
  MAGIC,
  MODEL_FORMAT_VERSION,
  SECTION_COUNT_AT,
  SECTIONS,
  sectionsOf,
  TABLE_AT,
  VERSION_AT,
} from '../../../src/engine/encode/sections';
import { SMALL_SHOP, wordsIn } from './tamper';

const { model } = analyze(SMALL_SHOP);
const words = wordsIn(modelBytes(model));
const table = SECTIONS.map((name, index) => ({ name, offset: words[TABLE_AT + 2 * index]!, length: words[TABLE_AT + 2 * index + 1]! }));

describe('the stored form of a model', () => {
  it('begins with what it is, in which version, and what is in it', () => {
    expect([words[0], words[1]]).toEqual(MAGIC);
    expect(words[VERSION_AT]).toBe(MODEL_FORMAT_VERSION);
    expect(words[SECTION_COUNT_AT]).toBe(SECTIONS.length);
    expect([...words.subarray(COUNTS_AT, COUNTS_AT + COUNTS)]).toEqual(countsOf(model));
  });

  it('has every section whole, at an even word, behind the table and beside the others', () => {
    let end = TABLE_AT + 2 * SECTIONS.length;
    for (const { name, offset, length } of table) {
      expect(words.subarray(offset, offset + length)).toEqual(sectionsOf(model)[name]);
      expect(offset % 2).toBe(0);
      expect(offset).toBeGreaterThanOrEqual(end);
      end = offset + length;
    }
    expect(words.length - end).toBeLessThan(2);
  });

  it('says the checksum of everything behind it', () => {
    expect(words[CHECKSUM_AT]).toBe(checksumOf(words.subarray(SECTION_COUNT_AT)));
    expect(modelChecksum(model)).toBe(words[CHECKSUM_AT]);
  });

  it('is made once for a model, and is the same bytes for an equal one', () => {
    expect(modelBytes(model)).toBe(modelBytes(model));
    const again = modelBytes(analyze(SMALL_SHOP).model);
    expect(again).not.toBe(modelBytes(model));
    expect(again).toEqual(modelBytes(model));
  });

  it('differs for a cluster of which something else is true', () => {
    const other = analyze({ ...SMALL_SHOP, policies: [] }).model;
    expect(modelChecksum(other)).not.toBe(modelChecksum(model));
  });

  it('is only made on machines that store the lowest byte first', () => {
    expect(requireLittleEndian).not.toThrow();
    expect(modelBytes(model)[0]).toBe('L'.charCodeAt(0));
  });
});
