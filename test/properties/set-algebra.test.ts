import fc from 'fast-check';
import {
  differenceOf,
  type Interval,
  type IntervalSet,
  intersectionOf,
  intervalSet,
  intervalsHave,
  unionOf,
} from '../../src/util/interval-set';
import {
  type Address,
  type AddressRange,
  FAMILY_BITS,
  formatAddress,
  formatCidr,
  highestAddress,
  parseAddress,
  parseCidr,
  rangeHas,
} from '../../src/util/ip';
import { SEED } from '../support/seed';

fc.configureGlobal({ seed: SEED });

/** A small universe, so that sets meet, touch and nest. */
const UNIVERSE = Array.from({ length: 24 }, (_, value) => value);
const intervals = fc.array(fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 23 })) as fc.Arbitrary<Interval>, {
  maxLength: 6,
});
const sets: fc.Arbitrary<IntervalSet> = intervals.map(intervalSet);

const family = fc.constantFrom(4, 6);
const addresses: fc.Arbitrary<Address> = family.chain((f) => fc.bigInt(0n, highestAddress(f)).map((value) => ({ family: f, value })));
const cidrs = addresses.chain(({ family: f, value }) =>
  fc.integer({ min: 0, max: FAMILY_BITS[f] }).map((length) => ({ family: f, value, length })),
);

function members(set: IntervalSet): readonly number[] {
  return UNIVERSE.filter((value) => intervalsHave(set, value));
}

function isCanonical(set: IntervalSet): boolean {
  return set.every(([low, high], index) => low <= high && (index === 0 || set[index - 1]![1] + 1 < low));
}

describe('interval sets', () => {
  test('the canonical form holds exactly the integers of its intervals', () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const set = intervalSet(list);
        expect(isCanonical(set)).toBe(true);
        expect(members(set)).toEqual(UNIVERSE.filter((value) => list.some(([low, high]) => low <= value && value <= high)));
      }),
    );
  });

  test('the canonical form is unique: equal members, equal intervals', () => {
    fc.assert(
      fc.property(sets, (set) => {
        const pieces = members(set).map((value): Interval => [value, value]);
        expect(intervalSet(pieces.toReversed())).toEqual(set);
      }),
    );
  });

  test.each([
    ['union', unionOf, (a: boolean, b: boolean) => a || b],
    ['intersection', intersectionOf, (a: boolean, b: boolean) => a && b],
    ['difference', differenceOf, (a: boolean, b: boolean) => a && !b],
  ] as const)('%s does to sets what its name says of members, and stays canonical', (_name, operation, expected) => {
    fc.assert(
      fc.property(sets, sets, (a, b) => {
        const combined = operation(a, b);
        expect(isCanonical(combined)).toBe(true);
        expect(members(combined)).toEqual(UNIVERSE.filter((value) => expected(intervalsHave(a, value), intervalsHave(b, value))));
      }),
    );
  });

  test('the laws of sets hold between the operations', () => {
    fc.assert(
      fc.property(sets, sets, sets, (a, b, c) => {
        expect(unionOf(a, b)).toEqual(unionOf(b, a));
        expect(intersectionOf(a, b)).toEqual(intersectionOf(b, a));
        expect(intersectionOf(a, unionOf(b, c))).toEqual(unionOf(intersectionOf(a, b), intersectionOf(a, c)));
        expect(differenceOf(a, unionOf(b, c))).toEqual(intersectionOf(differenceOf(a, b), differenceOf(a, c)));
        expect(unionOf(differenceOf(a, b), intersectionOf(a, b))).toEqual(a);
        expect(differenceOf(a, a)).toEqual([]);
      }),
    );
  });
});

describe('addresses', () => {
  test('reading what was written gives the same address', () => {
    fc.assert(fc.property(addresses, (address) => expect(parseAddress(formatAddress(address))).toEqual(address)));
  });

  test('every way to write an address is read as the same one, and written in one way', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseAddress(text)!;
        expect(address.family).toBe(6);
        expect(parseAddress(text.toUpperCase())).toEqual(address);
        expect(formatAddress(parseAddress(formatAddress(address))!)).toBe(formatAddress(address));
      }),
    );
    fc.assert(fc.property(fc.ipV4(), (text) => expect(formatAddress(parseAddress(text)!)).toBe(text)));
  });

  test('an address in canonical text has no leading zero, no capital, and at most one gap', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const text = formatAddress(address);
        expect(text).not.toMatch(/(^|[:.])0[0-9a-f]|[A-F]/);
        expect(text.split('::').length).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('any text is an address or none, without a crash', () => {
    const alphabet = fc.string({ unit: fc.constantFrom(...'0123456789abcdefg:./% '), maxLength: 45 });
    fc.assert(
      fc.property(alphabet, (text) => {
        const address = parseAddress(text);
        if (address) expect(parseAddress(formatAddress(address))).toEqual(address);
        const range = parseCidr(text);
        if (range) expect(parseCidr(formatCidr(range))).toEqual(range);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('ranges', () => {
  const rangeOf = ({
    family: f,
    value,
    length,
  }: {
    readonly family: 4 | 6;
    readonly value: bigint;
    readonly length: number;
  }): AddressRange => parseCidr(`${formatAddress({ family: f, value })}/${length}`)!;

  test('a CIDR holds the address it was made of and exactly two to the power of its host bits', () => {
    fc.assert(
      fc.property(cidrs, (cidr) => {
        const range = rangeOf(cidr);
        expect(rangeHas(range, cidr)).toBe(true);
        expect(range.high - range.low + 1n).toBe(1n << BigInt(FAMILY_BITS[cidr.family] - cidr.length));
        expect(range.low % (range.high - range.low + 1n)).toBe(0n);
      }),
    );
  });

  test('reading what was written gives the same range', () => {
    fc.assert(fc.property(cidrs, (cidr) => expect(parseCidr(formatCidr(rangeOf(cidr)))).toEqual(rangeOf(cidr))));
  });

  test('two CIDRs of one family are disjoint or one holds the other', () => {
    fc.assert(
      fc.property(cidrs, cidrs, (x, y) => {
        fc.pre(x.family === y.family);
        const [a, b] = [rangeOf(x), rangeOf(y)];
        const disjoint = a.high < b.low || b.high < a.low;
        const nested = (a.low <= b.low && b.high <= a.high) || (b.low <= a.low && a.high <= b.high);
        expect(disjoint !== nested).toBe(true);
      }),
    );
  });
});
