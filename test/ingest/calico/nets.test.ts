import fc from 'fast-check';
import { formatNets, intersectionOfNets, isStrictlyMasked, netsOf, parseNet } from '../../../src/ingest/calico/nets';
import { formatCidr, parseAddress, rangeHas } from '../../../src/util/ip';

function nets(...texts: readonly string[]) {
  return netsOf(texts.map((text) => parseNet(text)!));
}

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.1.2.3', '10.1.2.3/32'],
  ['fd00::1', 'fd00::1/128'],
  ['FD00::/16', 'fd00::/16'],
])('%s is read as %s', (text, cidr) => {
  expect(formatCidr(parseNet(text)!)).toBe(cidr);
});

test.each([['10.0.0.0/33'], ['10.0.0'], [''], ['nonsense/8'], ['10.0.0.0/8/8']])('%j is no net', (text) => {
  expect(parseNet(text)).toBeUndefined();
});

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1/8', false],
  ['1.2.3.4/32', true],
  ['fd00::/8', true],
  ['fd00::1/8', false],
  ['0.0.0.0/0', true],
])('the address of %s is the first of its block: %s', (text, strict) => {
  expect(isStrictlyMasked(text)).toBe(strict);
});

test('nets are in order, and none lies in another', () => {
  expect(formatNets(nets('fd00::/8', '10.1.0.0/16', '10.0.0.0/8', '10.0.0.0/8', '9.0.0.0/8', 'fd00::1'))).toEqual([
    '9.0.0.0/8',
    '10.0.0.0/8',
    'fd00::/8',
  ]);
});

test.each([
  [['10.0.0.0/8'], ['10.1.0.0/16', '11.0.0.0/8'], ['10.1.0.0/16']],
  [['10.1.0.0/16', '10.2.0.0/16'], ['10.0.0.0/8'], ['10.1.0.0/16', '10.2.0.0/16']],
  [['0.0.0.0/0'], ['fd00::/8'], []],
  [
    ['0.0.0.0/0', '::/0'],
    ['fd00::/8', '1.1.1.1'],
    ['1.1.1.1/32', 'fd00::/8'],
  ],
  [[], ['10.0.0.0/8'], []],
])('%j and %j share %j', (a, b, shared) => {
  expect(formatNets(intersectionOfNets(nets(...a), nets(...b)))).toEqual(shared);
  expect(formatNets(intersectionOfNets(nets(...b), nets(...a)))).toEqual(shared);
});

test('what two lists share has exactly the addresses that are in both', () => {
  const net = fc
    .tuple(fc.integer({ min: 0, max: 15 }), fc.integer({ min: 28, max: 32 }))
    .map(([last, length]) => `10.0.0.${last}/${length}`);
  const list = fc.array(net, { maxLength: 6 }).map((texts) => nets(...texts));
  const has = (ranges: ReturnType<typeof nets>, last: number) => ranges.some((range) => rangeHas(range, parseAddress(`10.0.0.${last}`)!));
  fc.assert(
    fc.property(list, list, (a, b) => {
      const shared = intersectionOfNets(a, b);
      for (let last = 0; last < 16; last++) expect(has(shared, last)).toBe(has(a, last) && has(b, last));
      expect(netsOf(shared)).toEqual(shared);
    }),
  );
});
