import { EGRESS_SHIFT, INGRESS_SHIFT, isOfWorkload, KIND_MASK, NODE, PLACED } from '../classes';
import { CHUNK_BITS, CHUNK_WORDS, EMPTY, FULL, type Rows, rowHas } from '../kernel/rows';
import type { Model } from '../model';
import { AXIS_END } from '../packet-axis';
import { demand } from './stored-model-error';

/** Checks that no index of a model points outside what it points into, and that nothing in it goes round in circles. Linear in its size. */
export function checkModel(model: Model): void {
  const { endpoints, classes, results, rows, addresses, lists, counts } = model;
  demand(
    Object.values(counts).every((count) => count >= 0),
    'a count of the model is negative',
  );
  const classCount = classes.flags.length;
  sameLength([endpoints.classOf, endpoints.nodeOf, endpoints.workloadOf]);
  sameLength([classes.flags, classes.namespaces, classes.egress, classes.ingress, classes.near, classes.egressList, classes.ingressList]);
  within(endpoints.classOf, 0, classCount);
  within(endpoints.nodeOf, -1, counts.nodes);
  within(endpoints.workloadOf, -1, counts.workloads);
  within(classes.namespaces, -1, counts.namespaces);
  partition(classes.firstFace, classCount, classes.firstFace[classCount] ?? 0, 1, 3);
  checkFlags(model);
  const faces = classes.firstFace[classCount]!;
  const blocks = rows.size - faces;
  demand(blocks > 0, 'the model has no address blocks');

  checkRows(rows);
  const resultCount = results.starts.length - 1;
  demand(resultCount > 0, 'the model has no results');
  sameLength([results.runs, results.lower, results.upper]);
  partition(results.starts, resultCount, results.runs.length, 1, Number.POSITIVE_INFINITY);
  within(results.lower, 0, rows.first.length);
  within(results.upper, 0, rows.first.length);
  within(results.runs, 0, AXIS_END);
  checkRuns(results);
  within(classes.egress, 0, resultCount);
  within(classes.ingress, 0, resultCount);
  within(classes.near, 0, resultCount);

  demand(addresses.v4Starts[0] === 0 && isAscending(addresses.v4Starts, 1), 'the IPv4 intervals of the model are out of order');
  demand(
    [0, 1, 2, 3].every((word) => addresses.v6Starts[word] === 0) && isAscending(addresses.v6Starts, 4),
    'the IPv6 intervals of the model are out of order',
  );
  demand(addresses.v4Blocks.length === addresses.v4Starts.length && addresses.v6Blocks.length * 4 === addresses.v6Starts.length, LENGTHS);
  within(addresses.v4Blocks, 0, blocks);
  within(addresses.v6Blocks, 0, blocks);

  const listCount = lists.starts.length - 1;
  partition(lists.starts, listCount, lists.states.length, 0, Number.POSITIVE_INFINITY);
  within(classes.egressList, 0, listCount);
  within(classes.ingressList, 0, listCount);
  within(lists.states, 0, lists.parents.length);
  sameLength([lists.parents, lists.entries]);
  within(lists.entries, 0, 2 * counts.policies);
  for (let state = 0; state < lists.parents.length; state++)
    demand(lists.parents[state]! >= -1 && lists.parents[state]! < state, 'the lists of the model are no trie');
}

const LENGTHS = 'the sections of the model do not fit each other';

/** Do the flags of classes say what is true of them, and of their endpoints? */
function checkFlags({ endpoints, classes }: Model): void {
  for (let owner = 0; owner < classes.flags.length; owner++) {
    const flags = classes.flags[owner]!;
    const isIsolation = ((flags >>> EGRESS_SHIFT) & 3) < 3 && ((flags >>> INGRESS_SHIFT) & 3) < 3;
    demand(isIsolation && ((flags & KIND_MASK) === NODE || classes.namespaces[owner]! >= 0), FLAGS);
  }
  for (let endpoint = 0; endpoint < endpoints.classOf.length; endpoint++) {
    const flags = classes.flags[endpoints.classOf[endpoint]!]!;
    demand(((flags & PLACED) !== 0) === endpoints.nodeOf[endpoint]! >= 0, FLAGS);
    demand(!isOfWorkload(flags) || endpoints.workloadOf[endpoint]! >= 0, FLAGS);
  }
}

const FLAGS = 'an endpoint of the model is not what its class is';

function checkRows(rows: Rows): void {
  const { size, first, starts, chunks, words } = rows;
  const rowCount = first.length;
  const chunkCount = words.length / CHUNK_WORDS;
  const width = Math.ceil(size / CHUNK_BITS);
  demand(rowCount > FULL && Number.isInteger(chunkCount) && chunkCount > 0, LENGTHS);
  partition(starts, rowCount, chunks.length, 0, width);
  within(chunks, 0, chunkCount);
  demand(
    words.subarray(0, CHUNK_WORDS).every((word) => word === 0),
    'the empty chunk of the model is not empty',
  );
  const isChecked = new Uint8Array(chunkCount);
  for (let row = 0; row < rowCount; row++) {
    const end = first[row]! + starts[row + 1]! - starts[row]!;
    demand(first[row]! >= 0 && end <= width, 'a row of the model is out of bounds');
    if (end < width || starts[row + 1] === starts[row]) continue;
    const chunk = chunks[starts[row + 1]! - 1]!;
    if (isChecked[chunk] === 0) demand(endsWithin(words, chunk, size - (width - 1) * CHUNK_BITS), 'a row of the model is out of bounds');
    isChecked[chunk] = 1;
  }
  // A full row that is there also keeps the size of the universe within that of the bytes.
  let isKnown = starts[EMPTY + 1] === 0 && starts[FULL + 1] === width;
  for (let bit = 0; bit < size && isKnown; bit++) isKnown = rowHas(rows, FULL, bit);
  demand(isKnown, 'the empty or the full row of the model is not what it is known for');
}

/** Has the chunk no bits from `bits` on? */
function endsWithin(words: Int32Array, chunk: number, bits: number): boolean {
  for (let bit = bits; bit < CHUNK_BITS; bit++) if (((words[chunk * CHUNK_WORDS + (bit >>> 5)]! >>> (bit & 31)) & 1) !== 0) return false;
  return true;
}

function checkRuns({ starts, runs, lower, upper }: Model['results']): void {
  for (let result = 0; result + 1 < starts.length; result++) {
    demand(runs[starts[result]!] === 0, 'a result of the model does not begin with the first packet');
    for (let run = starts[result]! + 1; run < starts[result + 1]!; run++)
      demand(runs[run]! > runs[run - 1]!, 'the runs of a result of the model are out of order');
  }
  demand(starts[1] === 1 && lower[0] === FULL && upper[0] === FULL, 'the first result of the model is not the one that allows everything');
}

function sameLength(sections: readonly Int32Array[]): void {
  demand(
    sections.every(({ length }) => length === sections[0]!.length),
    LENGTHS,
  );
}

function within(section: Int32Array, low: number, end: number): void {
  for (let i = 0; i < section.length; i++) demand(section[i]! >= low && section[i]! < end, 'a number of the model points nowhere');
}

/** `starts` cuts 0 … `end` into `count` parts of bounded size. */
function partition(starts: Int32Array, count: number, end: number, least: number, most: number): void {
  demand(count >= 0 && starts.length === count + 1 && starts[0] === 0 && starts[count] === end, LENGTHS);
  for (let i = 0; i < count; i++) {
    const size = starts[i + 1]! - starts[i]!;
    demand(size >= least && size <= most, LENGTHS);
  }
}

/** Are these unsigned numbers of `width` words strictly ascending? */
function isAscending(starts: Int32Array, width: number): boolean {
  for (let at = width; at + width <= starts.length; at += width) {
    let word = 0;
    while (word < width && starts[at + word] === starts[at - width + word]) word++;
    if (word === width || starts[at + word]! >>> 0 < starts[at - width + word]! >>> 0) return false;
  }
  return true;
}
