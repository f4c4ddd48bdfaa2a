import {
  ACROSS_V4_SUBNETS,
  ACROSS_V6_SUBNETS,
  ALWAYS_WRAPPED,
  INSIDE,
  MASKED,
  NEVER_WRAPPED,
  NO_POOL,
  OUTSIDE,
  UNKNOWN_MASK,
  UNKNOWN_POOL,
  UNMASKED,
} from '../../../src/engine/compile/address-pools';
import { compile } from '../../../src/engine/compile/compile';
import type { AddressPool } from '../../../src/model/host-endpoint';
import { cluster, type EndpointOptions } from '../../support/cluster';

const POOLS: readonly AddressPool[] = [
  { net: '10.0.0.0/24', encapsulation: 'always', natOutgoing: true },
  { net: '10.0.0.0/16', encapsulation: 'never', natOutgoing: false },
  { net: '10.9.0.0/16', encapsulation: 'acrossSubnets', natOutgoing: true },
  { net: 'fd00::/8', encapsulation: 'acrossSubnets', natOutgoing: false },
];

function codesOf(options: EndpointOptions, pools = POOLS): readonly number[] {
  const snapshot = cluster().node('n1').host('n1/a').network({ pools }).pod('shop/web', {}, options).snapshot();
  const { hosts, classes } = compile(snapshot);
  const face = classes.firstFace[classes.classOf[1]!]!;
  return [hosts!.pools.ways[face]!, hosts!.pools.masks[face]!, hosts!.pools.pools[face]!];
}

describe('what pools make of an address', () => {
  it.each<[string, EndpointOptions, readonly number[]]>([
    ['the first pool that holds it', { addresses: ['10.0.0.1'] }, [ALWAYS_WRAPPED, MASKED, INSIDE]],
    ['another pool where the first does not hold it', { addresses: ['10.0.1.1'] }, [NEVER_WRAPPED, UNMASKED, INSIDE]],
    ['a matter of the subnets of nodes', { addresses: ['10.9.0.1'] }, [ACROSS_V4_SUBNETS, MASKED, INSIDE]],
    ['a matter of the subnets of either family', { addresses: ['fd00::1'] }, [ACROSS_V6_SUBNETS, UNMASKED, INSIDE]],
    ['unknown where no pool holds it', { addresses: ['10.10.0.1'] }, [NO_POOL, UNKNOWN_MASK, OUTSIDE]],
    [
      'what the pools of two addresses say',
      { addresses: ['10.0.0.1', '10.0.1.1'] },
      [ALWAYS_WRAPPED | NEVER_WRAPPED, UNKNOWN_MASK, INSIDE],
    ],
    ['what all addresses agree in', { addresses: ['10.0.0.1', '10.9.0.1'] }, [ALWAYS_WRAPPED | ACROSS_V4_SUBNETS, MASKED, INSIDE]],
    ['that of a pool and of none', { addresses: ['10.0.0.1', '10.10.0.1'] }, [ALWAYS_WRAPPED | NO_POOL, UNKNOWN_MASK, UNKNOWN_POOL]],
    ['that of a range that lies in one pool', { addressRanges: ['10.0.0.0/30'] }, [ALWAYS_WRAPPED, MASKED, INSIDE]],
    ['that of the pool that holds all of a range', { addressRanges: ['10.0.0.0/20'] }, [NEVER_WRAPPED, UNMASKED, INSIDE]],
    [
      'that of all pools that a range touches',
      { addressRanges: ['10.0.0.0/8'] },
      [ALWAYS_WRAPPED | NEVER_WRAPPED | ACROSS_V4_SUBNETS, UNKNOWN_MASK, UNKNOWN_POOL],
    ],
    ['unknown for a range that touches none', { addressRanges: ['11.0.0.0/8'] }, [NO_POOL, UNKNOWN_MASK, OUTSIDE]],
    [
      'unknown for a range of one address in no pool',
      { addressRanges: ['11.0.0.1/32', '10.0.0.0/30'] },
      [ALWAYS_WRAPPED | NO_POOL, UNKNOWN_MASK, UNKNOWN_POOL],
    ],
    ['unknown without any address', { addressRanges: [] }, [NO_POOL, UNKNOWN_MASK, INSIDE]],
  ])('is %s', (_, options, expected) => {
    expect(codesOf(options)).toEqual(expected);
  });

  it('is unknown where no pool is told', () => {
    expect(codesOf({ addresses: ['10.0.0.1'] }, []).slice(0, 2)).toEqual([NO_POOL, UNKNOWN_MASK]);
  });
});
