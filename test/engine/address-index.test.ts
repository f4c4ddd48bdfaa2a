import fc from 'fast-check';
import { type AddressIndex, formatBound, intervalStart, v4IntervalOf, v6IntervalOf, wordsOf } from '../../src/engine/address-index';
import { highestAddress, parseAddress, parseV4 } from '../../src/util/ip';
import { SEED } from '../support/seed';

fc.configureGlobal({ seed: SEED });

/** An index whose intervals begin at 0 and at these addresses. */
function indexOf(v4: readonly bigint[], v6: readonly bigint[]): AddressIndex {
  const ends = (list: readonly bigint[]) => [...new Set([0n, ...list])].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [from4, from6] = [ends(v4), ends(v6)];
  return {
    v4Starts: Int32Array.from(from4, (start) => Number(start) | 0),
    v4Blocks: Int32Array.from(from4, (_, block) => block),
    v6Starts: Int32Array.from(from6.flatMap((start) => [...wordsOf(start)])),
    v6Blocks: Int32Array.from(from6, (_, block) => from4.length + block),
  };
}

function addressValue(text: string): bigint {
  return parseAddress(text)!.value;
}

const v4 = fc.oneof(fc.bigInt(0n, highestAddress(4)), fc.constantFrom(1n, 0x7fffffffn, 0x80000000n, highestAddress(4)));
/** Values that differ in one word only, so that each word has to be looked at, and values on both sides of its sign bit. */
const v6 = fc.oneof(
  fc.bigInt(0n, highestAddress(6)),
  fc
    .tuple(fc.constantFrom(0n, 32n, 64n, 96n), fc.constantFrom(1n, 0x7fffffffn, 0x80000000n, 0xffffffffn))
    .map(([shift, word]) => word << shift),
);

describe('the interval of an address', () => {
  it.each([
    ['0.0.0.0', 0],
    ['9.255.255.255', 0],
    ['10.0.0.0', 1],
    ['127.255.255.255', 1],
    ['128.0.0.0', 2],
    ['254.255.255.255', 2],
    ['255.0.0.0', 3],
    ['255.255.255.255', 3],
  ])('is the last one that begins at or before it: %s', (text, interval) => {
    const index = indexOf(['10.0.0.0', '128.0.0.0', '255.0.0.0'].map(addressValue), []);
    expect(v4IntervalOf(index, parseV4(text)!)).toBe(interval);
    expect(v4IntervalOf(index, parseV4(text)! | 0)).toBe(interval);
  });

  it.each([
    ['::', 0],
    ['::7fff:ffff:ffff:ffff', 0],
    ['::8000:0:0:0', 1],
    ['7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 1],
    ['8000::', 2],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe', 2],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 3],
  ])('is found in all of 128 bits: %s', (text, interval) => {
    const index = indexOf([], ['::8000:0:0:0', '8000::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'].map(addressValue));
    expect(v6IntervalOf(index, wordsOf(addressValue(text)))).toBe(interval);
  });

  it('is the only one where nothing cuts the family', () => {
    const index = indexOf([], []);
    expect([v4IntervalOf(index, 0), v4IntervalOf(index, -1)]).toEqual([0, 0]);
    expect([v6IntervalOf(index, wordsOf(0n)), v6IntervalOf(index, wordsOf(highestAddress(6)))]).toEqual([0, 0]);
  });

  it('holds the address, on either side of every start', () => {
    fc.assert(
      fc.property(fc.array(v4, { maxLength: 9 }), fc.array(v6, { maxLength: 9 }), v4, v6, (starts4, starts6, one4, one6) => {
        const index = indexOf(starts4, starts6);
        const near = (starts: readonly bigint[], highest: bigint) =>
          starts.flatMap((start) => [start - 1n, start, start + 1n]).filter((value) => value >= 0n && value <= highest);
        for (const value of [one4, ...near(starts4, highestAddress(4))]) {
          const interval = v4IntervalOf(index, Number(value));
          expect(intervalStart(index, 4, interval) <= value && value < intervalStart(index, 4, interval + 1)).toBe(true);
        }
        for (const value of [one6, ...near(starts6, highestAddress(6))]) {
          const interval = v6IntervalOf(index, wordsOf(value));
          expect(intervalStart(index, 6, interval) <= value && value < intervalStart(index, 6, interval + 1)).toBe(true);
        }
      }),
    );
  });
});

describe('the start of an interval', () => {
  it('is the address at which it was cut, and after the last interval the end of the family', () => {
    const index = indexOf([addressValue('200.0.0.1')], [addressValue('fd00::1')]);
    expect([0, 1, 2].map((interval) => intervalStart(index, 4, interval))).toEqual([0n, addressValue('200.0.0.1'), 1n << 32n]);
    expect([0, 1, 2].map((interval) => intervalStart(index, 6, interval))).toEqual([0n, addressValue('fd00::1'), 1n << 128n]);
  });
});

describe('words and bounds', () => {
  it('of an address are four words of 32 bits, the highest first', () => {
    expect(wordsOf(addressValue('1:2:3:4:5:6:7:8'))).toEqual([0x10002, 0x30004, 0x50006, 0x70008]);
    expect(wordsOf(highestAddress(6))).toEqual([-1, -1, -1, -1]);
  });

  it.each([
    [4, '255.255.255.255'],
    [4, '0.0.0.0'],
    [6, '::'],
    [6, '2001:db8::ff'],
  ] as const)('of family %i are written as canonical addresses: %s', (family, text) => {
    expect(formatBound(family, addressValue(text))).toBe(text);
  });
});
