import {
  INSIDE,
  MASKED,
  OUTSIDE,
  PLAIN,
  UNKNOWN_MASK,
  UNKNOWN_POOL,
  UNKNOWN_WAY,
  UNMASKED,
  WRAPPED,
} from '../../../src/engine/compile/address-pools';
import { compile } from '../../../src/engine/compile/compile';
import type { AddressPool } from '../../../src/model/host-endpoint';
import { cluster, type EndpointOptions } from '../../support/cluster';

const POOLS: readonly AddressPool[] = [
  { net: '10.0.0.0/24', encapsulation: 'always', natOutgoing: true },
  { net: '10.0.0.0/16', encapsulation: 'never', natOutgoing: false },
  { net: '10.9.0.0/16', encapsulation: 'acrossSubnets', natOutgoing: true },
];

function codesOf(options: EndpointOptions, pools = POOLS): readonly number[] {
  const snapshot = cluster().node('n1').host('n1/a').network({ pools }).pod('shop/web', {}, options).snapshot();
  const { hosts, classes } = compile(snapshot);
  const face = classes.firstFace[classes.classOf[1]!]!;
  return [hosts!.pools.ways[face]!, hosts!.pools.masks[face]!, hosts!.pools.pools[face]!];
}

describe('what pools make of an address', () => {
  it.each<[string, EndpointOptions, readonly number[]]>([
    ['the first pool that holds it', { addresses: ['10.0.0.1'] }, [WRAPPED, MASKED, INSIDE]],
    ['another pool where the first does not hold it', { addresses: ['10.0.1.1'] }, [PLAIN, UNMASKED, INSIDE]],
    ['unknown where it depends on the subnets of nodes', { addresses: ['10.9.0.1'] }, [UNKNOWN_WAY, MASKED, INSIDE]],
    ['unknown where no pool holds it', { addresses: ['10.10.0.1'] }, [UNKNOWN_WAY, UNKNOWN_MASK, OUTSIDE]],
    ['unknown where two addresses differ', { addresses: ['10.0.0.1', '10.0.1.1'] }, [UNKNOWN_WAY, UNKNOWN_MASK, INSIDE]],
    ['what all addresses agree in, be they of several pools', { addresses: ['10.0.0.1', '10.9.0.1'] }, [UNKNOWN_WAY, MASKED, INSIDE]],
    ['that of a range that lies in one pool', { addressRanges: ['10.0.0.0/30'] }, [WRAPPED, MASKED, INSIDE]],
    ['that of the pool that holds all of a range', { addressRanges: ['10.0.0.0/20'] }, [PLAIN, UNMASKED, INSIDE]],
    ['unknown for a range that only touches pools', { addressRanges: ['10.0.0.0/8'] }, [UNKNOWN_WAY, UNKNOWN_MASK, UNKNOWN_POOL]],
    ['unknown without any address', { addressRanges: [] }, [UNKNOWN_WAY, UNKNOWN_MASK, INSIDE]],
  ])('is %s', (_, options, expected) => {
    expect(codesOf(options)).toEqual(expected);
  });

  it('is unknown where no pool is told', () => {
    expect(codesOf({ addresses: ['10.0.0.1'] }, []).slice(0, 2)).toEqual([UNKNOWN_WAY, UNKNOWN_MASK]);
  });
});
