import { GUARDED } from '../classes';
import { type Model, UNRESTRICTED } from '../model';
import { checkModel } from './check-model';
import { requireLittleEndian } from './encode-model';
import {
  CHECKSUM_AT,
  COUNTS,
  COUNTS_AT,
  checksumOf,
  MAGIC,
  MODEL_FORMAT_VERSION,
  modelOf,
  SECTION_COUNT_AT,
  SECTIONS,
  SECTIONS_OF_VERSION_1,
  type Sections,
  TABLE_AT,
  VERSION_AT,
} from './sections';
import { demand } from './stored-model-error';

/**
 * A model as views of its stored form: nothing is parsed, everything is checked.
 * @throws StoredModelError
 */
export function decodeModel(bytes: Uint8Array): Model {
  requireLittleEndian();
  const words = wordsOf(bytes);
  demand(words[0] === MAGIC[0] && words[1] === MAGIC[1], 'the bytes are no model');
  const version = words[VERSION_AT];
  demand(version === 1 || version === MODEL_FORMAT_VERSION, `the model has format version ${version}, which this build does not read`);
  demand(words[CHECKSUM_AT] === checksumOf(words.subarray(SECTION_COUNT_AT)), 'the model is damaged: its checksum differs');
  const names = version === 1 ? SECTIONS.slice(0, SECTIONS_OF_VERSION_1) : SECTIONS;
  demand(words[SECTION_COUNT_AT] === names.length, 'the model has another number of sections than its version');
  const stored = Object.fromEntries(names.map((name, index) => [name, sectionAt(words, index, names.length)])) as unknown as Sections;
  const sections = version === 1 ? { ...stored, near: nearOfVersion1(stored) } : stored;
  const model = modelOf(sections, words.subarray(COUNTS_AT, COUNTS_AT + COUNTS));
  checkModel(model);
  return model;
}

/**
 * Checksum of a stored model, by which its directory names it. A model of an older version would have another one if it were stored again.
 * @throws StoredModelError
 */
export function checksumIn(bytes: Uint8Array): number {
  return wordsOf(bytes)[CHECKSUM_AT]!;
}

function wordsOf(bytes: Uint8Array): Int32Array {
  demand(bytes.byteLength >= 4 * TABLE_AT && bytes.byteLength % 4 === 0, 'the model is truncated');
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
}

/** In version 1 what pods open to their own nodes was their egress where a flag said so, and else everything. */
function nearOfVersion1({ flags, egress }: Sections): Int32Array {
  return egress.map((result, owner) => (((flags[owner] ?? 0) & GUARDED) !== 0 ? result : UNRESTRICTED));
}

function sectionAt(words: Int32Array, index: number, count: number): Int32Array {
  const table = TABLE_AT + 2 * index;
  demand(table + 1 < words.length, 'the model is truncated');
  const [offset, length] = [words[table]!, words[table + 1]!];
  demand(offset >= TABLE_AT + 2 * count && length >= 0 && offset + length <= words.length, 'a section of the model is out of bounds');
  return words.subarray(offset, offset + length);
}
