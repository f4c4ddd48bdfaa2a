import type { AddressPool } from '../../model/host-endpoint';
import type { AddressBlocks } from './address-blocks';
import { readNet } from './address-blocks';
import type { EndpointClasses } from './endpoint-classes';

/** How packets to pods travel between nodes: by the tunnel, by the outward interface, or the input does not tell. */
export const WRAPPED = 0;
export const PLAIN = 1;
export const UNKNOWN_WAY = 2;

/** Do packets take the node's address when they leave all pools: those of pods whose pools say so, those of none, or the input does not tell. */
export const MASKED = 0;
export const UNMASKED = 1;
export const UNKNOWN_MASK = 2;

/** Do the addresses lie in some pool? */
export const INSIDE = 0;
export const OUTSIDE = 1;
export const UNKNOWN_POOL = 2;

/** What pools of addresses make of each face: codes as above. */
export interface PoolCodes {
  readonly ways: Uint8Array;
  readonly masks: Uint8Array;
  readonly pools: Uint8Array;
}

/** `nets`: the net term of each pool in the vocabulary. */
export function compilePoolCodes(
  pools: readonly AddressPool[],
  nets: readonly number[],
  { faceCount, faceAddresses, addresses }: EndpointClasses,
  blocks: AddressBlocks,
): PoolCodes {
  const { signatures, ranges } = addresses;
  const poolRanges = pools.map(({ net }) => readNet(net));
  // Of each place: the first pool that holds all of it, or -1; and how surely it lies in any.
  const places = blocks.count + ranges.length;
  const poolOf = new Int32Array(places).fill(-1);
  const inside = new Uint8Array(places).fill(OUTSIDE);
  for (let place = 0; place < places; place++) {
    const range = place < blocks.count ? undefined : ranges[place - blocks.count]!;
    for (let pool = 0; pool < pools.length; pool++) {
      const net = poolRanges[pool]!;
      const touches = range
        ? range.family === net.family && range.low <= net.high && net.low <= range.high
        : blocks.inside[nets[pool]!]![place] === 1;
      if (!touches) continue;
      if (range && !(net.low <= range.low && range.high <= net.high)) {
        if (inside[place] === OUTSIDE) inside[place] = UNKNOWN_POOL;
        continue;
      }
      inside[place] = INSIDE;
      if (poolOf[place] === -1) poolOf[place] = pool;
    }
  }
  const codes = { ways: new Uint8Array(faceCount), masks: new Uint8Array(faceCount), pools: new Uint8Array(faceCount) };
  for (let face = 0; face < faceCount; face++) {
    const signature = faceAddresses[face]!;
    const own = signature < 0 ? [] : Array.from(signatures.tuple(signature));
    const known = own.length > 0 ? own.map((place) => pools[poolOf[place]!]) : [undefined];
    const every = (isSo: (pool: AddressPool) => boolean) => known.every((pool) => pool !== undefined && isSo(pool));
    codes.ways[face] = every(({ encapsulation }) => encapsulation === 'always')
      ? WRAPPED
      : every(({ encapsulation }) => encapsulation === 'never')
        ? PLAIN
        : UNKNOWN_WAY;
    codes.masks[face] = every(({ natOutgoing }) => !natOutgoing)
      ? UNMASKED
      : every(({ natOutgoing }) => natOutgoing)
        ? MASKED
        : UNKNOWN_MASK;
    codes.pools[face] = own.every((place) => inside[place] === INSIDE)
      ? INSIDE
      : own.every((place) => inside[place] === OUTSIDE)
        ? OUTSIDE
        : UNKNOWN_POOL;
  }
  return codes;
}
