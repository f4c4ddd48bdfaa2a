import { analyze } from '../../../src/engine/analyze';
import { decodeModel } from '../../../src/engine/encode/decode-model';
import { modelBytes } from '../../../src/engine/encode/encode-model';
import { MODEL_FORMAT_VERSION, SECTION_COUNT_AT, SECTIONS, TABLE_AT, VERSION_AT } from '../../../src/engine/encode/sections';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { SMALL_SHOP, sealed, wordsIn } from './tamper';

const analysis = analyze(SMALL_SHOP);
const bytes = modelBytes(analysis.model);

/** The bytes with some words changed and the checksum made right again. */
function changed(change: (words: Int32Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(wordsIn(copy));
  return sealed(copy);
}

function errorOf(work: () => unknown): unknown {
  try {
    work();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('a decoded model', () => {
  it('is the model that was encoded', () => {
    for (let seed = 0; seed < 15; seed++) {
      const { model } = analyze(generateCluster(randomFrom(seedOf(SEED, seed)), seed % 2 ? 'everything' : 'networkPolicyLike'));
      expect(decodeModel(modelBytes(model))).toEqual(model);
    }
  });

  it('is views of the bytes, and copies them only where they lie between words', () => {
    const own = bytes.slice();
    expect(decodeModel(own).rows.words.buffer).toBe(own.buffer);
    const between = new Uint8Array(bytes.length + 3);
    between.set(bytes, 3);
    expect(decodeModel(between.subarray(3))).toEqual(analysis.model);
    const shifted = new Uint8Array(bytes.length + 4);
    shifted.set(bytes, 4);
    expect(decodeModel(shifted.subarray(4)).rows.words.buffer).toBe(shifted.buffer);
  });
});

describe('bytes that are no model', () => {
  it('are refused wherever they were cut off', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(errorOf(() => decodeModel(bytes.slice(0, length)))).toBeInstanceOf(StoredModelError);
  });

  it('are refused wherever they were cut off, even with a checksum that is right', () => {
    const last = TABLE_AT + 2 * (SECTIONS.length - 1);
    const [offset, length] = [wordsIn(bytes)[last]!, wordsIn(bytes)[last + 1]!];
    for (let words = TABLE_AT; words < offset + length; words++)
      expect(errorOf(() => decodeModel(sealed(bytes.slice(0, 4 * words))))).toBeInstanceOf(StoredModelError);
  });

  it('are refused after any byte of them changed', () => {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at & 7);
      expect(errorOf(() => decodeModel(damaged))).toBeInstanceOf(StoredModelError);
    }
  });

  it.each([
    ['nothing', new Uint8Array(0), 'the model is truncated'],
    ['text', new TextEncoder().encode('{"formatVersion":1}'.repeat(10).slice(0, 96)), 'the bytes are no model'],
    ['zeros', new Uint8Array(400), 'the bytes are no model'],
    ['a part of a word too much', Uint8Array.of(...bytes, 0), 'the model is truncated'],
    ['a word too much', Uint8Array.of(...bytes, 0, 0, 0, 0), 'the model is damaged: its checksum differs'],
  ])('are refused with a reason: %s', (_name, candidate, message) => {
    expect(errorOf(() => decodeModel(candidate))).toEqual(new StoredModelError(message));
  });

  it.each([MODEL_FORMAT_VERSION + 1, 0, -1])('are refused if their version is %i, by the version itself', (version) => {
    const other = changed((words) => {
      words[VERSION_AT] = version;
    });
    expect(errorOf(() => decodeModel(other))).toEqual(
      new StoredModelError(`the model has format version ${version}, which this build does not read`),
    );
  });

  it('are refused with more or fewer sections than their version has', () => {
    for (const count of [0, SECTIONS.length - 1, SECTIONS.length + 1, 0x7fffffff, -1]) {
      const other = changed((words) => {
        words[SECTION_COUNT_AT] = count;
      });
      expect(errorOf(() => decodeModel(other))).toEqual(new StoredModelError('the model has another number of sections than its version'));
    }
  });
});

describe('bytes with a checksum that is right and something that is not', () => {
  it('are refused when a section lies in the header or ends outside, also by a sum that overflows', () => {
    const end = bytes.length / 4;
    for (let index = 0; index < SECTIONS.length; index++) {
      for (const [offset, length] of [
        [0, 1],
        [TABLE_AT, 2],
        [end, 1],
        [end - 1, 2],
        [-1, 1],
        [end - 1, -1],
        [end, 0x7fffffff],
        [0x7fffffff, 0x7fffffff],
        [-0x80000000, 0x7fffffff],
      ] as const) {
        const other = changed((words) => words.set([offset, length], TABLE_AT + 2 * index));
        expect(errorOf(() => decodeModel(other))).toEqual(new StoredModelError('a section of the model is out of bounds'));
      }
    }
  });
});
