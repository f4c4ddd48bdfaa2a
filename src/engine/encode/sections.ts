import type { Model } from '../model';

/*
 * The stored form of a model, all in little-endian 32-bit integers:
 *
 *   0  magic, two words       2  format version    3  checksum of everything behind the header    4  number of sections    5  counts, seven words
 *   then for each section its offset and length in words; then the sections, each at an even word
 */

/** 1: without `near`, for which a flag of classes stands. */
export const MODEL_FORMAT_VERSION = 2;
/** `LTMODEL` and a zero byte. */
export const MAGIC: readonly [number, number] = [0x4f4d544c, 0x004c4544];
/** Places of the words of the header, as above. */
export const VERSION_AT = 2;
export const CHECKSUM_AT = 3;
export const SECTION_COUNT_AT = 4;
export const COUNTS_AT = 5;
/** As many as `countsOf` answers. */
export const COUNTS = 7;
export const TABLE_AT = 12;

/** The arrays of a model, in the order in which they are stored. */
export const SECTIONS = [
  'classOf',
  'nodeOf',
  'workloadOf',
  'flags',
  'namespaces',
  'firstFace',
  'egress',
  'ingress',
  'egressList',
  'ingressList',
  'resultStarts',
  'runs',
  'lower',
  'upper',
  'rowFirst',
  'rowStarts',
  'rowChunks',
  'rowWords',
  'v4Starts',
  'v4Blocks',
  'v6Starts',
  'v6Blocks',
  'listStarts',
  'listStates',
  'listParents',
  'listEntries',
  'near',
] as const;
/** How many of them a model of version 1 has. */
export const SECTIONS_OF_VERSION_1 = SECTIONS.indexOf('near');

/** A name in `SECTIONS`; what it holds `Model` tells. */
export type SectionName = (typeof SECTIONS)[number];
/** Every array of a model, by the name under which it is stored. */
export type Sections = Readonly<Record<SectionName, Int32Array>>;

/** The arrays of the model themselves, not copies. */
export function sectionsOf({ endpoints, classes, results, rows, addresses, lists }: Model): Sections {
  return {
    ...endpoints,
    ...classes,
    resultStarts: results.starts,
    runs: results.runs,
    lower: results.lower,
    upper: results.upper,
    rowFirst: rows.first,
    rowStarts: rows.starts,
    rowChunks: rows.chunks,
    rowWords: rows.words,
    ...addresses,
    listStarts: lists.starts,
    listStates: lists.states,
    listParents: lists.parents,
    listEntries: lists.entries,
  };
}

/** Members of the universe, then the counts of a model. */
export function countsOf({ rows, counts }: Model): readonly number[] {
  return [rows.size, counts.namespaces, counts.workloads, counts.policies, counts.nodes, counts.icmp, counts.looksAt];
}

/** Inverse of `sectionsOf` and `countsOf`. Takes the arrays as they are: what they hold `checkModel` has still to look at. */
export function modelOf(sections: Sections, counts: Int32Array): Model {
  const { classOf, nodeOf, workloadOf, flags, namespaces, firstFace, egress, ingress, near, egressList, ingressList } = sections;
  const { v4Starts, v4Blocks, v6Starts, v6Blocks } = sections;
  const [size, ...rest] = counts;
  return {
    endpoints: { classOf, nodeOf, workloadOf },
    classes: { flags, namespaces, firstFace, egress, ingress, near, egressList, ingressList },
    results: { starts: sections.resultStarts, runs: sections.runs, lower: sections.lower, upper: sections.upper },
    rows: { size: size!, first: sections.rowFirst, starts: sections.rowStarts, chunks: sections.rowChunks, words: sections.rowWords },
    addresses: { v4Starts, v4Blocks, v6Starts, v6Blocks },
    lists: { starts: sections.listStarts, states: sections.listStates, parents: sections.listParents, entries: sections.listEntries },
    counts: { namespaces: rest[0]!, workloads: rest[1]!, policies: rest[2]!, nodes: rest[3]!, icmp: rest[4]!, looksAt: rest[5]! },
  };
}

/** Tells damaged bytes from whole ones; no protection against somebody who means to deceive. */
export function checksumOf(words: Int32Array): number {
  let sum = 0x2c1b3c6d;
  for (let i = 0; i < words.length; i++) {
    sum = Math.imul(sum ^ words[i]!, 0x5bd1e995);
    sum ^= sum >>> 15;
  }
  return sum;
}
