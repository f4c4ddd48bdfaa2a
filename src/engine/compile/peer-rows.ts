import type { AddressRange } from '../../util/ip';
import { ON_HOST } from '../classes';
import type { RowPool } from '../kernel/row-pool';
import { FULL } from '../kernel/rows';
import { type AddressBlocks, blocksIn, readNet } from './address-blocks';
import type { EndpointAddresses } from './endpoint-addresses';
import type { EndpointClasses } from './endpoint-classes';
import { type Bounds, NOTHING, type SelectorRows } from './selector-rows';
import { ANY_PEER, type NetTerm, type Vocabulary } from './vocabulary';

const EVERYTHING: Bounds = Object.freeze({ must: FULL, may: FULL });

const NO = 0;
const MAYBE = 1;
const YES = 2;

/** Rows of the peers of rules, each worked out once. */
export class PeerRows {
  private readonly pool: RowPool;
  private readonly classes: EndpointClasses;
  private readonly blocks: AddressBlocks;
  private readonly vocabulary: Vocabulary;
  private readonly selectors: SelectorRows;
  private readonly peers: Bounds[] = [];
  private readonly nets: Bounds[] = [];
  /** Faces with addresses that rules look at, by signature, flat: those of signature `s` begin at `signatureStarts[s]`. */
  private readonly signatureStarts: Int32Array;
  private readonly signatureFaces: Int32Array;
  /** Of each block, whether it is inside the term at hand; zero between calls. */
  private readonly flags: Uint8Array;

  constructor(pool: RowPool, classes: EndpointClasses, blocks: AddressBlocks, vocabulary: Vocabulary, selectors: SelectorRows) {
    this.pool = pool;
    this.classes = classes;
    this.blocks = blocks;
    this.vocabulary = vocabulary;
    this.selectors = selectors;
    const { faceAddresses, addresses } = classes;
    const starts = new Int32Array(addresses.signatures.count + 1);
    for (const signature of faceAddresses) if (signature >= 0) starts[signature + 1]!++;
    for (let i = 1; i < starts.length; i++) starts[i]! += starts[i - 1]!;
    const next = starts.slice();
    const faces = new Int32Array(starts[starts.length - 1]!);
    for (let face = 0; face < faceAddresses.length; face++) {
      const signature = faceAddresses[face]!;
      if (signature >= 0) faces[next[signature]!++] = face;
    }
    this.signatureStarts = starts;
    this.signatureFaces = faces;
    this.flags = new Uint8Array(blocks.count);
  }

  rowsOf(peer: number): Bounds {
    if (peer === ANY_PEER) return EVERYTHING;
    let bounds = this.peers[peer];
    if (!bounds) {
      bounds = NOTHING;
      for (const term of this.vocabulary.peers.tuple(peer)) {
        const [selector, notSelector, net] = this.vocabulary.terms.tuple(term);
        bounds = this.join(bounds, this.termRows(selector!, notSelector!, net!));
      }
      this.peers[peer] = bounds;
    }
    return bounds;
  }

  private join(a: Bounds, b: Bounds): Bounds {
    const must = this.pool.or(a.must, b.must);
    return { must, may: isExact(a) && isExact(b) ? must : this.pool.or(a.may, b.may) };
  }

  /** Members that match every part of a term; -1 for a part that it does not have. */
  private termRows(selector: number, notSelector: number, net: number): Bounds {
    let bounds = selector < 0 ? EVERYTHING : this.selectors.rowsOf(selector);
    if (net >= 0) bounds = this.meet(bounds, this.netRows(net));
    if (notSelector < 0) return bounds;
    const excluded = this.selectors.rowsOf(notSelector);
    return { must: this.pool.andNot(bounds.must, excluded.may), may: this.pool.andNot(bounds.may, excluded.must) };
  }

  private meet(a: Bounds, b: Bounds): Bounds {
    const must = this.pool.and(a.must, b.must);
    return { must, may: isExact(a) && isExact(b) ? must : this.pool.and(a.may, b.may) };
  }

  private netRows(net: number): Bounds {
    let bounds = this.nets[net];
    if (!bounds) {
      const term = this.vocabulary.netTerms[net]!;
      const inside = blocksIn(this.blocks, net);
      for (const block of inside) this.flags[block] = 1;
      const truths = truthsOfSignatures(this.classes.addresses, this.flags, term);
      for (const block of inside) this.flags[block] = 0;
      bounds = { must: this.drawNet(inside, term, truths, YES), may: this.drawNet(inside, term, truths, MAYBE) };
      this.nets[net] = bounds;
    }
    return bounds;
  }

  /** Members whose address is at least this surely inside. */
  private drawNet(inside: Int32Array, { seesPods }: NetTerm, truths: Uint8Array, least: number): number {
    const { pool, classes, signatureStarts, signatureFaces } = this;
    const mostOfPods = seesPods === 0 ? NO : seesPods === 1 ? MAYBE : YES;
    for (let signature = 0; signature < truths.length; signature++) {
      if (truths[signature]! < least) continue;
      for (let at = signatureStarts[signature]!; at < signatureStarts[signature + 1]!; at++) {
        const face = signatureFaces[at]!;
        if (mostOfPods >= least || classes.flags[classes.faceClass[face]!]! & ON_HOST) pool.draw(face);
      }
    }
    for (const block of inside) pool.draw(classes.faceCount + block);
    return pool.finish();
  }
}

/** How surely each address signature is inside the term (`inside`: blocks that are): an endpoint with several places is certain only if they agree. */
export function truthsOfSignatures({ signatures, ranges }: EndpointAddresses, inside: Uint8Array, term: NetTerm): Uint8Array {
  const nets = ranges.length > 0 ? (term.nets?.map(readNet) ?? EVERY_ADDRESS) : [];
  const notNets = ranges.length > 0 ? term.notNets.map(readNet) : [];
  const rangeTruths = ranges.map((range) => Math.min(overlapOf(range, nets), YES - overlapOf(range, notNets)));
  const truths = new Uint8Array(signatures.count);
  for (let signature = 0; signature < truths.length; signature++) {
    const start = signatures.starts[signature]!;
    const end = signatures.starts[signature + 1]!;
    let truth = -1;
    for (let i = start; i < end; i++) {
      const place = signatures.values[i]!;
      const own = place < inside.length ? (inside[place] === 1 ? YES : NO) : rangeTruths[place - inside.length]!;
      truth = truth === -1 || truth === own ? own : MAYBE;
    }
    truths[signature] = truth === -1 ? NO : truth;
  }
  return truths;
}

const EVERY_ADDRESS: readonly AddressRange[] = [readNet('0.0.0.0/0'), readNet('::/0')];

/** Is all, some or none of the range in one of the nets? Nets that hold it only together count as `maybe`, as in the definition. */
function overlapOf(range: AddressRange, nets: readonly AddressRange[]): number {
  let truth = NO;
  for (const net of nets) {
    if (net.family !== range.family || range.high < net.low || net.high < range.low) continue;
    if (net.low <= range.low && range.high <= net.high) return YES;
    truth = MAYBE;
  }
  return truth;
}

function isExact({ must, may }: Bounds): boolean {
  return must === may;
}
