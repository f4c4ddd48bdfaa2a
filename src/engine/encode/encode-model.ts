import { invariant } from '../../util/invariant';
import type { Model } from '../model';
import {
  CHECKSUM_AT,
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
} from './sections';

const encoded = new WeakMap<Model, Uint8Array>();

/** The stored form of a model; see `sections`. */
export function modelBytes(model: Model): Uint8Array {
  let bytes = encoded.get(model);
  if (!bytes) {
    bytes = layOut(model);
    encoded.set(model, bytes);
  }
  return bytes;
}

/** Checksum of the stored form, by which a directory names its model. */
export function modelChecksum(model: Model): number {
  const bytes = modelBytes(model);
  return new Int32Array(bytes.buffer, bytes.byteOffset, TABLE_AT)[CHECKSUM_AT]!;
}

function layOut(model: Model): Uint8Array {
  requireLittleEndian();
  const sections = sectionsOf(model);
  let length = TABLE_AT + 2 * SECTIONS.length;
  const offsets = SECTIONS.map((name) => {
    const offset = length;
    length += (sections[name].length + 1) & ~1;
    return offset;
  });
  const words = new Int32Array(length);
  words.set(MAGIC);
  words[VERSION_AT] = MODEL_FORMAT_VERSION;
  words[SECTION_COUNT_AT] = SECTIONS.length;
  words.set(countsOf(model), COUNTS_AT);
  for (const [index, name] of SECTIONS.entries()) {
    words[TABLE_AT + 2 * index] = offsets[index]!;
    words[TABLE_AT + 2 * index + 1] = sections[name].length;
    words.set(sections[name], offsets[index]!);
  }
  words[CHECKSUM_AT] = checksumOf(words.subarray(SECTION_COUNT_AT));
  return new Uint8Array(words.buffer);
}

/** Sections are written and read through typed arrays, which have the byte order of the machine. */
export function requireLittleEndian(): void {
  invariant(new Uint8Array(Int32Array.of(1).buffer)[0] === 1, 'models are stored and loaded on little-endian machines only');
}
