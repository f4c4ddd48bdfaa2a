import { analyze } from '../../../src/engine/analyze';
import { checkModel } from '../../../src/engine/encode/check-model';
import { directoryText } from '../../../src/engine/encode/encode-directory';
import { modelBytes } from '../../../src/engine/encode/encode-model';
import { COUNTS, COUNTS_AT, SECTIONS, TABLE_AT } from '../../../src/engine/encode/sections';
import { StoredModelError } from '../../../src/engine/encode/stored-model-error';
import { FULL } from '../../../src/engine/kernel/rows';
import type { Model } from '../../../src/engine/model';
import { generateCluster } from '../../support/generate-cluster';
import { randomFrom, seedOf } from '../../support/random';
import { SEED } from '../../support/seed';
import { expectRefusedOrSound, SMALL_SHOP, sealed, wordsIn } from './tamper';

const analysis = analyze(SMALL_SHOP);
const bytes = modelBytes(analysis.model);
const directory = JSON.parse(directoryText(analysis.model, analysis.directory));
const INTEGERS = [-0x80000000, -2, -1, 0, 1, 2, 3, 511, 512, 0x10000, 0x7ffffffe, 0x7fffffff];

/** The bytes with some words changed and the checksum made right again. */
function changed(change: (words: Int32Array) => void): Uint8Array {
  const copy = bytes.slice();
  change(wordsIn(copy));
  return sealed(copy);
}

/** A fault in a model that is otherwise as it was; arrays are copies and may be written to. */
type Fault = (model: Model) => Partial<{ [part in keyof Model]: Partial<Model[part]> }> | undefined;

function withFault(fault: Fault): Model {
  const copy = structuredClone(analysis.model);
  const change = fault(copy) ?? {};
  const parts = Object.entries(copy).map(([name, part]) => [name, { ...part, ...change[name as keyof Model] }]);
  return Object.fromEntries(parts) as unknown as Model;
}

/** Writes one number; a negative place counts from the end. */
function put(array: Int32Array, at: number, value: number): undefined {
  array[at < 0 ? array.length + at : at] = value;
}

const NOWHERE = 'a number of the model points nowhere';
const LENGTHS = 'the sections of the model do not fit each other';
const FLAGS = 'an endpoint of the model is not what its class is';
const BOUNDS = 'a row of the model is out of bounds';
const KNOWN = 'the empty or the full row of the model is not what it is known for';

const FAULTS: readonly (readonly [name: string, message: string, fault: Fault])[] = [
  ['a negative count', 'a count of the model is negative', ({ counts }) => ({ counts: { ...counts, nodes: -1 } })],
  ['an endpoint of no class', NOWHERE, ({ endpoints, classes }) => put(endpoints.classOf, 0, classes.flags.length)],
  ['an endpoint of a negative class', NOWHERE, ({ endpoints }) => put(endpoints.classOf, -1, -1)],
  ['an endpoint of a workload that is not there', NOWHERE, ({ endpoints, counts }) => put(endpoints.workloadOf, 0, counts.workloads)],
  ['an endpoint on a node that is not there', NOWHERE, ({ endpoints, counts }) => put(endpoints.nodeOf, 0, counts.nodes)],
  ['a class of a namespace that is not there', NOWHERE, ({ classes, counts }) => put(classes.namespaces, 0, counts.namespaces)],
  ['endpoints of which some have no node', LENGTHS, ({ endpoints }) => ({ endpoints: { nodeOf: endpoints.nodeOf.subarray(1) } })],
  ['classes of which some have no result', LENGTHS, ({ classes }) => ({ classes: { egress: classes.egress.subarray(1) } })],
  ['a class without a face', LENGTHS, ({ classes }) => put(classes.firstFace, 1, 0)],
  ['a class of four faces', LENGTHS, ({ classes }) => ({ classes: { firstFace: classes.firstFace.map((face) => face * 4) } })],
  ['classes without an end', LENGTHS, ({ classes }) => ({ classes: { firstFace: classes.firstFace.subarray(0, -1) } })],
  [
    'a pod outside all namespaces',
    FLAGS,
    ({ endpoints, classes }) => put(classes.namespaces, endpoints.classOf[podOf(classes, endpoints)]!, -1),
  ],
  ['a pod outside all workloads', FLAGS, ({ endpoints, classes }) => put(endpoints.workloadOf, podOf(classes, endpoints), -1)],
  ['a pod that was placed on no node', FLAGS, ({ endpoints, classes }) => put(endpoints.nodeOf, podOf(classes, endpoints), -1)],
  ['an endpoint on a node without being placed', FLAGS, ({ endpoints }) => put(endpoints.nodeOf, endpoints.nodeOf.indexOf(-1), 0)],
  ['an isolation of no meaning', FLAGS, ({ classes }) => put(classes.flags, 0, classes.flags[0]! | (3 << 6))],
  ['no address blocks', 'the model has no address blocks', ({ classes }) => ({ rows: { size: classes.firstFace.at(-1)! } })],
  ['no results', 'the model has no results', () => ({ results: { starts: Int32Array.of(0) } })],
  ['results without an end', LENGTHS, ({ results }) => ({ results: { starts: results.starts.subarray(0, -1) } })],
  ['a run without a row', LENGTHS, ({ results }) => ({ results: { upper: results.upper.subarray(1) } })],
  ['a run with a row that is not there', NOWHERE, ({ results, rows }) => put(results.lower, -1, rows.first.length)],
  ['a run behind the packet axis', NOWHERE, ({ results }) => put(results.runs, -1, 3 * 65_536 + 3)],
  [
    'a result that begins late',
    'a result of the model does not begin with the first packet',
    ({ results }) => put(results.runs, results.starts[1]!, 1),
  ],
  ['runs out of order', 'the runs of a result of the model are out of order', ({ results }) => put(results.runs, lastOfLong(results), 0)],
  [
    'a first result that denies',
    'the first result of the model is not the one that allows everything',
    ({ results }) => put(results.lower, 0, 0),
  ],
  ['a class with a result that is not there', NOWHERE, ({ classes, results }) => put(classes.ingress, 0, results.starts.length - 1)],
  ['an IPv4 space that begins late', 'the IPv4 intervals of the model are out of order', ({ addresses }) => put(addresses.v4Starts, 0, 1)],
  ['IPv4 intervals out of order', 'the IPv4 intervals of the model are out of order', ({ addresses }) => put(addresses.v4Starts, -1, 0)],
  ['an IPv6 space that begins late', 'the IPv6 intervals of the model are out of order', ({ addresses }) => put(addresses.v6Starts, 3, 1)],
  ['no IPv6 space', 'the IPv6 intervals of the model are out of order', () => ({ addresses: { v6Starts: new Int32Array(0) } })],
  ['an interval without a block', LENGTHS, ({ addresses }) => ({ addresses: { v4Blocks: addresses.v4Blocks.subarray(1) } })],
  ['an interval of a block that is not there', NOWHERE, ({ addresses, rows }) => put(addresses.v6Blocks, 0, rows.size)],
  ['an empty row with members', KNOWN, ({ rows }) => put(rows.starts, 1, 1)],
  ['a full row without its last member', KNOWN, ({ rows }) => put(rows.words, 16 * lastChunkOf(rows) + ((rows.size - 1) >>> 5), 0)],
  ['a universe larger than its full row', KNOWN, ({ rows }) => ({ rows: { size: rows.size + 1 } })],
  ['members outside the universe', BOUNDS, ({ rows }) => put(rows.words, 16 * lastChunkOf(rows) + 15, -1)],
  ['a row that begins before the universe', BOUNDS, ({ rows }) => put(rows.first, FULL, -1)],
  ['a row that ends behind the universe', BOUNDS, ({ rows }) => put(rows.first, FULL, 1)],
  ['an empty chunk with members', 'the empty chunk of the model is not empty', ({ rows }) => put(rows.words, 0, 1)],
  ['a chunk that is not there', NOWHERE, ({ rows }) => put(rows.chunks, 0, rows.words.length / 16)],
  ['a part of a chunk', LENGTHS, ({ rows }) => ({ rows: { words: rows.words.subarray(0, -1) } })],
  ['a list that is not there', NOWHERE, ({ classes, lists }) => put(classes.egressList, 0, lists.starts.length - 1)],
  ['a list with a state that is not there', NOWHERE, ({ lists }) => put(lists.states, 0, lists.parents.length)],
  ['a state of a policy that is not there', NOWHERE, ({ lists, counts }) => put(lists.entries, 0, 2 * counts.policies)],
  ['a state that follows itself', 'the lists of the model are no trie', ({ lists }) => put(lists.parents, 0, 0)],
  ['states that go round in circles', 'the lists of the model are no trie', ({ lists }) => put(lists.parents, 0, lists.parents.length - 1)],
];

/** The first endpoint that is a pod on a node. */
function podOf(classes: Model['classes'], endpoints: Model['endpoints']): number {
  return Array.from(endpoints.classOf).findIndex((owner) => (classes.flags[owner]! & 3) === 0);
}

/** The last run of a result that has several. */
function lastOfLong({ starts }: Model['results']): number {
  return starts[starts.findIndex((start, result) => starts[result + 1]! - start > 1) + 1]! - 1;
}

/** The last chunk of the full row. */
function lastChunkOf({ starts, chunks }: Model['rows']): number {
  return chunks[starts[FULL + 1]! - 1]!;
}

describe('checkModel', () => {
  it('accepts what solving makes', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { model } = analyze(generateCluster(randomFrom(seedOf(SEED, seed)), seed % 2 ? 'everything' : 'networkPolicyLike'));
      expect(() => checkModel(model)).not.toThrow();
    }
    expect(() => checkModel(withFault(() => undefined))).not.toThrow();
  });

  it.each(FAULTS)('refuses %s', (_name, message, fault) => {
    expect(() => checkModel(withFault(fault))).toThrow(new StoredModelError(message));
  });
});

describe('bytes with a checksum that is right and something that is not', () => {
  it('are refused or sound when a section lies where another one does', () => {
    const seen = { refused: 0, sound: 0 };
    for (let index = 0; index < SECTIONS.length; index++)
      for (let other = 0; other < SECTIONS.length; other++)
        seen[
          expectRefusedOrSound(
            changed((words) => words.copyWithin(TABLE_AT + 2 * index, TABLE_AT + 2 * other, TABLE_AT + 2 * other + 2)),
            directory,
          )
        ]++;
    expect(seen.refused).toBeGreaterThan(SECTIONS.length);
    expect(seen.sound).toBeGreaterThanOrEqual(SECTIONS.length);
  });

  it('are refused or sound whatever a count says', () => {
    for (let index = 0; index < COUNTS; index++)
      for (const value of INTEGERS)
        expectRefusedOrSound(
          changed((words) => {
            words[COUNTS_AT + index] = value;
          }),
          directory,
        );
  });

  it('are refused or sound whatever one bit of one byte says', () => {
    const seen = { refused: 0, sound: 0 };
    for (let at = 4 * COUNTS_AT; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 5);
      seen[expectRefusedOrSound(sealed(damaged), directory)]++;
    }
    expect(seen.refused).toBeGreaterThan(bytes.length / 4);
  });

  it('are refused or sound whatever one word says', () => {
    for (let at = COUNTS_AT; at < bytes.length / 4; at++) {
      const value = INTEGERS[at % INTEGERS.length]!;
      expectRefusedOrSound(
        changed((words) => {
          words[at] = value;
        }),
        directory,
      );
    }
  });
});
