import { v4IntervalOf, v6IntervalOf, wordsOf } from '../../../src/engine/address-index';
import { compileAddressBlocks as blocksFor, blocksIn, flagsIn, readNet } from '../../../src/engine/compile/address-blocks';
import type { NetTerm } from '../../../src/engine/compile/vocabulary';
import { type Address, highestAddress, parseAddress } from '../../../src/util/ip';
import { randomFrom } from '../../support/random';

function term(nets: readonly string[] | undefined, notNets: readonly string[] = []): NetTerm {
  return { nets, notNets, seesPods: 0 };
}

function compileAddressBlocks(terms: readonly NetTerm[]) {
  const blocks = blocksFor(terms);
  return { ...blocks, inside: terms.map((_, index) => flagsIn(blocks, index)) };
}

/** Is the address inside the term, by the words of the policy language? */
function isInside({ nets, notNets }: NetTerm, { family, value }: Address): boolean {
  const has = (net: string) => {
    const range = readNet(net);
    return range.family === family && range.low <= value && value <= range.high;
  };
  return (nets === undefined || nets.some(has)) && !notNets.some(has);
}

function blockOf(terms: readonly NetTerm[], address: Address): number {
  const { index } = compileAddressBlocks(terms);
  return address.family === 4
    ? index.v4Blocks[v4IntervalOf(index, Number(address.value))]!
    : index.v6Blocks[v6IntervalOf(index, wordsOf(address.value))]!;
}

describe('address blocks', () => {
  it('without rules are one for each family', () => {
    const blocks = compileAddressBlocks([]);
    expect(blocks).toMatchObject({ count: 2, firstV6: 1, inside: [] });
    expect(blocks.index.v4Starts).toEqual(Int32Array.of(0));
    expect(blocks.index.v6Starts).toEqual(Int32Array.of(0, 0, 0, 0));
  });

  it('join again what no rule tells apart', () => {
    const terms = [term(['10.0.0.0/8', '192.168.0.0/16'])];
    const at = (text: string) => blockOf(terms, parseAddress(text)!);
    expect(compileAddressBlocks(terms).count).toBe(3);
    expect(at('10.1.1.1')).toBe(at('192.168.255.255'));
    expect(at('9.255.255.255')).toBe(at('192.169.0.0'));
    expect(at('10.0.0.0')).not.toBe(at('11.0.0.0'));
  });

  it('leave out what a rule excepts, also where it has no nets of its own', () => {
    const terms = [term(['0.0.0.0/0'], ['10.0.0.0/8', '10.1.0.0/16']), term(undefined, ['::/1'])];
    const { inside, count } = compileAddressBlocks(terms);
    expect(count).toBe(4);
    const flags = (text: string) => inside.map((own) => own[blockOf(terms, parseAddress(text)!)]);
    expect(flags('9.0.0.1')).toEqual([1, 1]);
    expect(flags('10.1.0.1')).toEqual([0, 1]);
    expect(flags('::1')).toEqual([0, 0]);
    expect(flags('8000::1')).toEqual([0, 1]);
  });

  it('agree with every net at every boundary', () => {
    const random = randomFrom(8);
    for (let round = 0; round < 60; round++) {
      const net = () =>
        random.chance(0.7)
          ? `${random.pick([0, 10, 10, 128, 255])}.${random.below(2)}.0.${random.below(256)}/${random.pick([0, 1, 7, 8, 15, 24, 30, 31, 32])}`
          : `${random.pick(['', 'fd00', 'ffff'])}::${random.below(9)}/${random.pick([0, 1, 8, 64, 126, 128])}`;
      const nets = () => random.times(random.below(4), net);
      const terms = random.times(random.below(5), () => term(random.chance(0.2) ? undefined : nets(), nets()));
      const blocks = compileAddressBlocks(terms);
      const ends = terms.flatMap(({ nets: own = [], notNets }) => [...own, ...notNets]).map(readNet);
      const addresses: readonly Address[] = ends.flatMap(({ family, low, high }) =>
        [low - 1n, low, high, high + 1n]
          .filter((value) => value >= 0n && value <= highestAddress(family))
          .map((value) => ({ family, value })),
      );
      for (const address of addresses) {
        const block = blockOf(terms, address);
        expect(block >= blocks.firstV6).toBe(address.family === 6);
        expect(terms.map((_, index) => blocks.inside[index]![block])).toEqual(terms.map((own) => Number(isInside(own, address))));
      }
    }
  });

  it('are as few as the nets allow: no two of a family lie in the same terms', () => {
    const random = randomFrom(9);
    for (let round = 0; round < 60; round++) {
      const net = () =>
        random.chance(0.7)
          ? `10.${random.below(4)}.0.0/${random.pick([14, 15, 16])}`
          : `fd00::${random.below(4)}/${random.pick([126, 127, 128])}`;
      const terms = random.times(random.below(6), () => term(random.times(random.below(5), net), random.times(random.below(2), net)));
      const { count, firstV6, inside } = compileAddressBlocks(terms);
      const signatures = Array.from({ length: count }, (_, block) => `${block >= firstV6} ${inside.map((own) => own[block]).join('')}`);
      expect(new Set(signatures).size).toBe(count);
    }
  });

  it('do not depend on how a set of addresses is written', () => {
    const halves = compileAddressBlocks([term(['10.0.0.128/25', '10.0.0.0/25', '10.0.0.7/32'])]);
    expect(halves).toEqual(compileAddressBlocks([term(['10.0.0.0/24'])]));
    expect(halves).toEqual(compileAddressBlocks([term(['10.0.0.0/23'], ['10.0.1.0/24'])]));
  });

  it('reach to both ends of each address space', () => {
    const terms = [term(['0.0.0.0/32', '::/128']), term(['255.255.255.255/32', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'])];
    const { inside, count } = compileAddressBlocks(terms);
    const flags = (text: string) => inside.map((own) => own[blockOf(terms, parseAddress(text)!)]);
    expect(count).toBe(6);
    expect(['0.0.0.0', '::', '255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'].map(flags)).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 1],
    ]);
    expect(['0.0.0.1', '::1', '255.255.255.254', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe'].map(flags)).toEqual(Array(4).fill([0, 0]));
  });

  it('of a term with an empty list of nets have nothing in it, and of one without a list everything', () => {
    const { inside, count } = compileAddressBlocks([term([]), term(undefined)]);
    expect(count).toBe(2);
    expect(inside.map((own) => [...own])).toEqual([
      [0, 0],
      [1, 1],
    ]);
  });
});

it('blocks of a term are those that have its flag', () => {
  const blocks = blocksFor([term(['10.0.0.0/8', '192.168.0.0/16']), term(['10.1.0.0/16', '::/1'])]);
  for (const index of [0, 1]) {
    const flagged = [...flagsIn(blocks, index).entries()].flatMap(([block, flag]) => (flag === 1 ? [block] : []));
    expect([...new Set(blocksIn(blocks, index))].sort()).toEqual(flagged);
  }
});

describe('readNet', () => {
  it('takes a net that is no CIDR for a fault of ours', () => {
    expect(readNet('10.0.0.0/31')).toEqual({ family: 4, low: 0x0a000000n, high: 0x0a000001n });
    expect(() => readNet('10.0.0.0/33')).toThrow('bug: a net of a rule is a CIDR');
  });
});
