import { type AddressBlocks, compileAddressBlocks } from '../../../src/engine/compile/address-blocks';
import { compileEndpointClasses, type EndpointClasses } from '../../../src/engine/compile/endpoint-classes';
import { PacketSpecs } from '../../../src/engine/compile/packet-specs';
import { PeerRows } from '../../../src/engine/compile/peer-rows';
import { type Bounds, SelectorRows } from '../../../src/engine/compile/selector-rows';
import { Vocabulary } from '../../../src/engine/compile/vocabulary';
import type { Family } from '../../../src/engine/evaluate-match';
import { RowPool } from '../../../src/engine/kernel/row-pool';
import { membersOf, type Rows, rowHas } from '../../../src/engine/kernel/rows';
import type { Truth } from '../../../src/model/match';
import type { Policy, Rule } from '../../../src/model/policy';
import type { Selector, SelectorSubject } from '../../../src/model/selector';
import type { Snapshot } from '../../../src/model/snapshot';
import { type Address, formatAddress, parseCidr } from '../../../src/util/ip';

/* The compiler's pieces up to the rows, made one by one, and the same things in the words of the definition. */

export interface Works {
  readonly vocabulary: Vocabulary;
  readonly specs: PacketSpecs;
  readonly blocks: AddressBlocks;
  readonly classes: EndpointClasses;
  readonly pool: RowPool;
  readonly selectors: SelectorRows;
  readonly peers: PeerRows;
}

/** `mention` says everything that the policies talk about; only that tells endpoints apart. */
export function worksOf(snapshot: Snapshot, mention: (vocabulary: Vocabulary, specs: PacketSpecs) => void = () => {}): Works {
  const vocabulary = new Vocabulary();
  const specs = new PacketSpecs();
  mention(vocabulary, specs);
  const blocks = compileAddressBlocks(vocabulary.netTerms);
  const classes = compileEndpointClasses(snapshot, vocabulary, specs, blocks);
  const pool = new RowPool(classes.faceCount + blocks.count);
  const selectors = new SelectorRows(pool, classes, vocabulary, snapshot);
  const peers = new PeerRows(pool, classes, blocks, vocabulary, selectors);
  return { vocabulary, specs, blocks, classes, pool, selectors, peers };
}

/** What two rows say of a member. */
export function truthIn(rows: Rows, { must, may }: Bounds, member: number): Truth {
  const [certain, possible] = [rowHas(rows, must, member), rowHas(rows, may, member)];
  if (certain && !possible) throw new Error(`member ${member} is certain and yet impossible`);
  return certain ? 'yes' : possible ? 'maybe' : 'no';
}

export function membersIn(rows: Rows, row: number): readonly number[] {
  const target = new Int32Array(rows.size);
  return [...target.subarray(0, membersOf(rows, row, target))];
}

/** An endpoint as a selector looks at it. */
export function subjectOf({ endpoints, namespaces }: Snapshot, id: number): SelectorSubject {
  const { labels, network, namespace, serviceAccount, serviceAccountLabels } = endpoints[id]!;
  const home = namespaces[namespace];
  return {
    labels,
    network,
    ...(home && { namespace: home }),
    ...(serviceAccount !== undefined && { serviceAccount }),
    ...(serviceAccountLabels && { serviceAccountLabels }),
  };
}

/** Faces of an endpoint, each with the family of addresses that it stands for. */
export function facesOf(
  { classOf, firstFace }: EndpointClasses,
  id: number,
): readonly { readonly face: number; readonly family: Family }[] {
  const [first, end] = [firstFace[classOf[id]!]!, firstFace[classOf[id]! + 1]!];
  const families: readonly Family[] = end - first === 1 ? [undefined] : [4, 6, undefined];
  return families.slice(0, end - first).map((family, index) => ({ face: first + index, family }));
}

/** All rules of a policy, of both directions. */
export function allRules({ ingress = [], egress = [] }: Policy): readonly Rule[] {
  return [...ingress, ...egress];
}

/** Every selector that policies use, in subjects and in peers. */
export function selectorsOf({ policies }: Snapshot): readonly Selector[] {
  const terms = policies.flatMap(allRules).flatMap(({ peer }) => (peer === 'any' ? [] : peer));
  const inTerms = terms.flatMap(({ selector, notSelector }) => [selector, notSelector].filter((one) => one !== undefined));
  return [...policies.map(({ appliesTo }) => appliesTo), ...inTerms];
}

/** The ends of each net, and the addresses beside them, as far as there are any. */
export function addressesAround(nets: readonly string[]): readonly Address[] {
  const found = new Map<string, Address>();
  for (const { family, low, high } of nets.map((net) => parseCidr(net)!)) {
    const end = family === 4 ? 1n << 32n : 1n << 128n;
    for (const value of [low - 1n, low, low + 1n, high - 1n, high, high + 1n]) {
      if (value >= 0n && value < end) found.set(`${family} ${value}`, { family, value });
    }
  }
  return [...found.values()];
}

export function textsOf(addresses: readonly Address[]): readonly string[] {
  return addresses.map(formatAddress);
}
