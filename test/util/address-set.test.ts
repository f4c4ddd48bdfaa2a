import {
  cidrsOf,
  formatRange,
  intersectionOfRanges,
  parseRange,
  rangesHave,
  rangesWithout,
  unionOfRanges,
} from '../../src/util/address-set';
import { type AddressRange, formatCidr } from '../../src/util/ip';

function ranges(...texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => parseRange(text)!);
}

describe('rangesWithout', () => {
  it.each([
    ['a hole in the middle', ['10.0.0.0/24'], ['10.0.0.16-10.0.0.31'], ['10.0.0.0-10.0.0.15', '10.0.0.32-10.0.0.255']],
    ['holes at both ends, in any order', ['10.0.0.0/24'], ['10.0.0.255', '10.0.0.0'], ['10.0.0.1-10.0.0.254']],
    ['overlapping holes', ['10.0.0.0/24'], ['10.0.0.0/25', '10.0.0.64-10.0.0.200'], ['10.0.0.201-10.0.0.255']],
    [
      'a hole that contains another',
      ['10.0.0.0/24'],
      ['10.0.0.10-10.0.0.90', '10.0.0.20-10.0.0.30'],
      ['10.0.0.0-10.0.0.9', '10.0.0.91-10.0.0.255'],
    ],
    ['a hole over everything', ['10.0.0.0/24'], ['0.0.0.0/0'], []],
    ['a hole of the other family', ['10.0.0.0/24'], ['::/0'], ['10.0.0.0-10.0.0.255']],
    ['several ranges', ['10.0.0.0/30', 'fd00::/126'], ['10.0.0.1', 'fd00::3'], ['10.0.0.0', '10.0.0.2-10.0.0.3', 'fd00::-fd00::2']],
  ])('cuts %s', (_case, from, holes, expected) => {
    expect(rangesWithout(ranges(...from), ranges(...holes)).map(formatRange)).toEqual(expected);
  });
});

describe('unionOfRanges', () => {
  it.each([
    ['nothing', [], []],
    ['neighbours and overlaps as one, in any order', ['10.0.1.0/24', '10.0.0.128-10.0.1.7', '10.0.0.0/25'], ['10.0.0.0-10.0.1.255']],
    ['what lies apart as it is', ['10.0.2.0/24', '10.0.0.0/24'], ['10.0.0.0-10.0.0.255', '10.0.2.0-10.0.2.255']],
    ['a range inside another', ['10.0.0.0/8', '10.1.0.0/16'], ['10.0.0.0-10.255.255.255']],
    ['the end of one family beside the start of the other', ['::/128', '255.255.255.255'], ['255.255.255.255', '::']],
  ])('tells %s', (_case, given, expected) => {
    expect(unionOfRanges(ranges(...given)).map(formatRange)).toEqual(expected);
  });
});

describe('cidrsOf', () => {
  it.each([
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['0.0.0.0/0', ['0.0.0.0/0']],
    ['::/0', ['::/0']],
    ['10.0.0.1-10.0.0.4', ['10.0.0.1/32', '10.0.0.2/31', '10.0.0.4/32']],
    ['0.0.0.0-0.0.0.2', ['0.0.0.0/31', '0.0.0.2/32']],
    ['fd00::1-fd00::1', ['fd00::1/128']],
  ])('makes the fewest blocks of %s', (given, expected) => {
    expect(cidrsOf(ranges(given)[0]!).map(formatCidr)).toEqual(expected);
  });
});

describe('intersectionOfRanges', () => {
  it('is what both hold, and nothing between families or neighbours', () => {
    const [a, b, c, d] = ranges('10.0.0.0/24', '10.0.0.128-10.0.1.7', '10.0.1.0/24', '::/0');
    expect(formatRange(intersectionOfRanges(a!, b!)!)).toBe('10.0.0.128-10.0.0.255');
    expect(intersectionOfRanges(a!, c!)).toBeUndefined();
    expect(intersectionOfRanges(a!, d!)).toBeUndefined();
  });
});

describe('parseRange', () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['10.1.2.3/24', '10.1.2.0-10.1.2.255'],
    ['10.0.0.1-10.0.0.1', '10.0.0.1'],
    ['fd00::1-fd00::f', 'fd00::1-fd00::f'],
  ])('reads `%s`', (text, expected) => {
    expect(formatRange(parseRange(text)!)).toBe(expected);
  });

  it.each(['', 'web', '10.0.0.9-10.0.0.1', '10.0.0.1-fd00::1', '10.0.0.0/33', '10.0.0.1-', '10.0.0.1-10.0.0.2-10.0.0.3'])(
    'refuses `%s`',
    (text) => {
      expect(parseRange(text)).toBeUndefined();
    },
  );
});

describe('rangesHave', () => {
  it('knows an address of either family, and takes no text for one', () => {
    const own = ranges('10.0.0.0/8', 'fd00::/8');
    expect(['10.255.0.1', 'fd12::1', '11.0.0.0', 'web'].map((text) => rangesHave(own, text))).toEqual([true, true, false, false]);
  });
});
