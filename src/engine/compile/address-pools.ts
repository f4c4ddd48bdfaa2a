import type { AddressPool } from '../../model/host-endpoint';
import { type AddressBlocks, flagsIn, readNet } from './address-blocks';
import type { EndpointClasses } from './endpoint-classes';

/**
 * How packets to pods travel between nodes, as bits, for what each address of a pod (or each pool that it may be in) says of it: wrapped, as they are,
 * wrapped across subnets of a family, or there is no pool that tells.
 */
export const ALWAYS_WRAPPED = 1;
export const NEVER_WRAPPED = 2;
export const ACROSS_V4_SUBNETS = 4;
export const ACROSS_V6_SUBNETS = 8;
export const NO_POOL = 16;

/** Do packets take the node's address when they leave all pools: those of pods whose pools say so, those of none, or the input does not tell. */
export const MASKED = 0;
export const UNMASKED = 1;
export const UNKNOWN_MASK = 2;

/** Do the addresses lie in some pool? */
export const INSIDE = 0;
export const OUTSIDE = 1;
export const UNKNOWN_POOL = 2;

/** What pools of addresses make of each face: bits of its ways, and codes, as above. */
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
  // Of each place: bits of the pool that holds it; of a range that none holds, of those that it touches.
  const waysOf = new Uint8Array(places);
  const rangeAt = (place: number) => (place < blocks.count ? undefined : ranges[place - blocks.count]!);
  for (const [pool, net] of poolRanges.entries()) {
    const held = flagsIn(blocks, nets[pool]!);
    for (let place = 0; place < places; place++) {
      const range = rangeAt(place);
      const touches = range ? range.family === net.family && range.low <= net.high && net.low <= range.high : held[place] === 1;
      if (!touches) continue;
      if (range && !(net.low <= range.low && range.high <= net.high)) {
        if (inside[place] === OUTSIDE) inside[place] = UNKNOWN_POOL;
        if (poolOf[place] === -1) waysOf[place]! |= wayOf(pools[pool]!);
        continue;
      }
      inside[place] = INSIDE;
      if (poolOf[place] !== -1) continue;
      poolOf[place] = pool;
      waysOf[place] = wayOf(pools[pool]!);
    }
  }
  for (let place = 0; place < places; place++) {
    const range = rangeAt(place);
    if (poolOf[place] === -1 && (!range || range.low === range.high)) waysOf[place] = NO_POOL;
  }
  const codes = { ways: new Uint8Array(faceCount), masks: new Uint8Array(faceCount), pools: new Uint8Array(faceCount) };
  for (let face = 0; face < faceCount; face++) {
    const signature = faceAddresses[face]!;
    const own = signature < 0 ? [] : Array.from(signatures.tuple(signature));
    const known = own.length > 0 ? own.map((place) => pools[poolOf[place]!]) : [undefined];
    const every = (isSo: (pool: AddressPool) => boolean) => known.every((pool) => pool !== undefined && isSo(pool));
    codes.ways[face] = own.reduce((ways, place) => ways | waysOf[place]!, 0) || NO_POOL;
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

function wayOf({ encapsulation, net }: AddressPool): number {
  if (encapsulation === 'acrossSubnets') return net.includes(':') ? ACROSS_V6_SUBNETS : ACROSS_V4_SUBNETS;
  return encapsulation === 'always' ? ALWAYS_WRAPPED : NEVER_WRAPPED;
}
