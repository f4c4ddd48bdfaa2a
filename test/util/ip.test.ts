import { formatAddress, formatCidr, highestAddress, parseAddress, parseCidr, rangeHas } from '../../src/util/ip';

test.each([
  ['0.0.0.0', 0n],
  ['10.0.0.1', 0x0a000001n],
  ['255.255.255.255', 0xffffffffn],
])('%s is an IPv4 address', (text, value) => {
  expect(parseAddress(text)).toEqual({ family: 4, value });
});

test.each([
  ['::', 0n],
  ['::1', 1n],
  ['1::', 1n << 112n],
  ['2001:db8::8a2e:370:7334', 0x20010db80000000000008a2e03707334n],
  ['2001:DB8:0:0:0:0:0:1', 0x20010db8000000000000000000000001n],
  ['1:2:3:4:5:6:7::', 0x00010002000300040005000600070000n],
  ['::ffff:10.0.0.1', 0xffff0a000001n],
])('%s is an IPv6 address', (text, value) => {
  expect(parseAddress(text)).toEqual({ family: 6, value });
});

test.each([
  '',
  '1',
  '1.2.3',
  '1.2.3.4.5',
  '256.0.0.1',
  '01.2.3.4',
  '1.2.3.-4',
  ' 1.2.3.4',
  '1.2.3.4 ',
  '1..2.3',
  '0x1.2.3.4',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:8::',
  '12345::',
  'g::',
  '::1.2.3.256',
  '::1.2.3.4:5',
  '1.2.3.4::',
  'fe80::1%eth0',
  '10.0.0.0/8',
])('`%s` is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test.each([
  ['10.1.2.3/8', '10.0.0.0/8', 0x0a000000n, 0x0affffffn],
  ['0.0.0.0/0', '0.0.0.0/0', 0n, 0xffffffffn],
  ['1.2.3.4/32', '1.2.3.4/32', 0x01020304n, 0x01020304n],
  ['fd00::1/8', 'fd00::/8', 0xfdn << 120n, (0xfen << 120n) - 1n],
  ['::/0', '::/0', 0n, (1n << 128n) - 1n],
])('%s is the range %s: host bits are masked away', (text, canonical, low, high) => {
  const range = parseCidr(text)!;

  expect(range).toMatchObject({ low, high });
  expect(formatCidr(range)).toBe(canonical);
});

test.each([
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/-1',
  '10.0.0.0/08',
  '10.0.0.0/8/8',
  '::/129',
  'x/8',
  '/8',
  '10.0.0.0/ 8',
  '10.0.0.0/8.0',
])('`%s` is no CIDR', (text) => {
  expect(parseCidr(text)).toBeUndefined();
});

test.each([
  ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:0:2:0:0:3:4', '1::2:0:0:3:4'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['0:0:1:2:3:4:5:6', '::1:2:3:4:5:6'],
  ['1:2:3:4:5:6:0:0', '1:2:3:4:5:6::'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
])('%s is written %s', (text, canonical) => {
  expect(formatAddress(parseAddress(text)!)).toBe(canonical);
});

test('a range has its ends and no address of the other family', () => {
  const range = parseCidr('10.0.0.0/30')!;

  expect(rangeHas(range, parseAddress('10.0.0.0')!)).toBe(true);
  expect(rangeHas(range, parseAddress('10.0.0.3')!)).toBe(true);
  expect(rangeHas(range, parseAddress('10.0.0.4')!)).toBe(false);
  expect(rangeHas(range, parseAddress('9.255.255.255')!)).toBe(false);
  expect(rangeHas(range, { family: 6, value: range.low })).toBe(false);
});

test('the highest address is all ones', () => {
  expect(formatAddress({ family: 4, value: highestAddress(4) })).toBe('255.255.255.255');
  expect(formatAddress({ family: 6, value: highestAddress(6) })).toBe('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff');
});
