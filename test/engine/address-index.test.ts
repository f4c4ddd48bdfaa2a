import { type AddressIndex, formatBound, intervalStart, v4IntervalOf, v6IntervalOf, wordsOf } from '../../src/engine/address-index';
import { parseAddress } from '../../src/util/ip';

const STARTS_V4 = ['0.0.0.0', '10.0.0.0', '128.0.0.0', '255.255.255.255'];
const STARTS_V6 = ['::', '::1', '8000::', 'fd00::1:0:0'];

const INDEX: AddressIndex = {
  v4Starts: Int32Array.from(STARTS_V4, (text) => Number(parseAddress(text)!.value) | 0),
  v4Blocks: Int32Array.of(0, 1, 0, 2),
  v6Starts: Int32Array.from(STARTS_V6.flatMap((text) => [...wordsOf(parseAddress(text)!.value)])),
  v6Blocks: Int32Array.of(3, 4, 3, 5),
};

describe('the address index', () => {
  it.each([
    ['0.0.0.0', 0],
    ['9.255.255.255', 0],
    ['10.0.0.0', 1],
    ['127.255.255.255', 1],
    ['128.0.0.0', 2],
    ['255.255.255.254', 2],
    ['255.255.255.255', 3],
  ])('finds the interval of %s', (text, interval) => {
    expect(v4IntervalOf(INDEX, Number(parseAddress(text)!.value))).toBe(interval);
  });

  it.each([
    ['::', 0],
    ['::1', 1],
    ['7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 1],
    ['8000::', 2],
    ['fd00::ffff:ffff', 2],
    ['fd00::1:0:0', 3],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 3],
  ])('finds the interval of %s', (text, interval) => {
    expect(v6IntervalOf(INDEX, wordsOf(parseAddress(text)!.value))).toBe(interval);
  });

  it('knows where intervals begin, and where the last one ends', () => {
    expect(STARTS_V4.map((_, interval) => formatBound(4, intervalStart(INDEX, 4, interval)))).toEqual(STARTS_V4);
    expect(STARTS_V6.map((_, interval) => formatBound(6, intervalStart(INDEX, 6, interval)))).toEqual(STARTS_V6);
    expect(intervalStart(INDEX, 4, 4)).toBe(1n << 32n);
    expect(intervalStart(INDEX, 6, 4)).toBe(1n << 128n);
  });
});
