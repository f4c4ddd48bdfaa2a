import type { Model } from '../model';
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
  demand(bytes.byteLength >= 4 * TABLE_AT && bytes.byteLength % 4 === 0, 'the model is truncated');
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const words = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4);
  demand(words[0] === MAGIC[0] && words[1] === MAGIC[1], 'the bytes are no model');
  const version = words[VERSION_AT];
  demand(version === MODEL_FORMAT_VERSION, `the model has format version ${version}, which this build does not read`);
  demand(words[CHECKSUM_AT] === checksumOf(words.subarray(SECTION_COUNT_AT)), 'the model is damaged: its checksum differs');
  demand(words[SECTION_COUNT_AT] === SECTIONS.length, 'the model has another number of sections than its version');
  const sections = SECTIONS.map((name, index) => [name, sectionAt(words, index)] as const);
  const model = modelOf(Object.fromEntries(sections) as unknown as Sections, words.subarray(COUNTS_AT, COUNTS_AT + COUNTS));
  checkModel(model);
  return model;
}

function sectionAt(words: Int32Array, index: number): Int32Array {
  const table = TABLE_AT + 2 * index;
  demand(table + 1 < words.length, 'the model is truncated');
  const [offset, length] = [words[table]!, words[table + 1]!];
  demand(
    offset >= TABLE_AT + 2 * SECTIONS.length && length >= 0 && offset + length <= words.length,
    'a section of the model is out of bounds',
  );
  return words.subarray(offset, offset + length);
}
