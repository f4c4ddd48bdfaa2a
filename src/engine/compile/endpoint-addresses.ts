import { type Endpoint, whereabouts } from '../../model/endpoint';
import { invariant } from '../../util/invariant';
import { type AddressRange, parseAddress, parseCidr, parseV4 } from '../../util/ip';
import { v4IntervalOf, v6IntervalOf, wordsOf } from '../address-index';
import { intList, pushInt } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import type { AddressBlocks } from './address-blocks';

/** Where something is: addresses, or ranges that hold its address. */
export type Texts = Pick<Endpoint, 'addresses' | 'addressRanges'>;

/** Families of addresses as bits. */
export const V4 = 1;
export const V6 = 2;

/**
 * Where the addresses of endpoints lie, as far as rules tell addresses apart. A *place* is a block (a known address), or a range that holds an
 * unknown address (`blocks.count` + its index in `ranges`). A *signature* is the set of places of an endpoint.
 */
export class EndpointAddresses {
  readonly signatures = new TupleTable();
  readonly ranges: AddressRange[] = [];
  private readonly rangeIds = new Map<string, number>();
  private readonly blocks: AddressBlocks;
  private readonly v4 = intList();
  private readonly v6 = intList();

  constructor(blocks: AddressBlocks) {
    this.blocks = blocks;
    this.signatures.intern(new Int32Array(0), 0);
  }

  /** Families in which the endpoint has addresses, or ranges that hold its address. */
  familiesOf(endpoint: Texts): number {
    let families = 0;
    for (const text of whereabouts(endpoint)) families |= text.includes(':') ? V6 : V4;
    return families;
  }

  /** Signature of the endpoint's addresses in these families. */
  signatureOf(endpoint: Texts, families: number): number {
    const { v4, v6 } = this;
    v4.length = 0;
    v6.length = 0;
    for (const text of whereabouts(endpoint)) {
      if (text.includes(':')) pushInt(v6, this.placeOf(text));
      else pushInt(v4, this.placeOf(text));
    }
    if ((families & V4) === 0) v4.length = 0;
    if ((families & V6) !== 0) for (let i = 0; i < v6.length; i++) pushInt(v4, v6.values[i]!);
    if (v4.length > 1) v4.length = sortUnique(v4.values, v4.length);
    return this.signatures.intern(v4.values, v4.length);
  }

  private placeOf(text: string): number {
    const quad = parseV4(text);
    const { index } = this.blocks;
    if (quad !== undefined) return index.v4Blocks[v4IntervalOf(index, quad)]!;
    const address = parseAddress(text);
    if (address) return index.v6Blocks[v6IntervalOf(index, wordsOf(address.value))]!;
    let id = this.rangeIds.get(text);
    if (id === undefined) {
      const range = parseCidr(text);
      invariant(range, 'an address range of an endpoint is a CIDR');
      id = this.ranges.length;
      this.ranges.push(range);
      this.rangeIds.set(text, id);
    }
    return this.blocks.count + id;
  }
}

function sortUnique(values: Int32Array, length: number): number {
  values.subarray(0, length).sort();
  let kept = 1;
  for (let i = 1; i < length; i++) if (values[i] !== values[kept - 1]) values[kept++] = values[i]!;
  return kept;
}
