import { nameRanges } from '../../src/api/range-names';
import { DEFAULT_FACTS } from '../../src/model/facts';
import { internetRanges, PRIVATE_RANGES } from '../../src/model/internet';
import { parseRange, rangesWithout } from '../../src/util/address-set';
import type { AddressRange } from '../../src/util/ip';

function ranges(...texts: readonly string[]): readonly AddressRange[] {
  return texts.map((text) => parseRange(text)!);
}

const EVERYTHING = ranges('0.0.0.0/0', '::/0');
const ORGANISATION = { ...DEFAULT_FACTS, organisationRanges: ['10.0.0.0/8', '198.51.100.0/24'] };

describe('nameRanges', () => {
  it.each([
    ['nothing', [], []],
    ['all of both families', ['0.0.0.0/0', '::/0'], ['any address']],
    ['all of one family', ['0.0.0.0/0'], ['any IPv4 address']],
    ['a CIDR, and one address', ['10.0.0.0/8', '10.0.0.1', '192.0.2.7'], ['10.0.0.0/8', '192.0.2.7']],
    ['neighbours as one', ['10.0.0.0/9', '10.128.0.0/9'], ['10.0.0.0/8']],
    ['a range that few CIDRs make', ['10.0.0.0-10.0.2.255'], ['10.0.0.0/23', '10.0.2.0/24']],
    ['a range that many CIDRs make, by its ends', ['10.0.0.1-10.0.2.254'], ['10.0.0.1-10.0.2.254']],
    ['all but a hole', ['0.0.0.0-9.255.255.255', '11.0.0.0-255.255.255.255', '::/0'], ['any address but 10.0.0.0/8']],
    ['all of one family but a hole', ['0.0.0.0-9.255.255.255', '11.0.0.0-255.255.255.255'], ['any IPv4 address but 10.0.0.0/8']],
    ['one family whole beside a part of the other', ['0.0.0.0/0', 'fd00::/8'], ['any IPv4 address', 'fd00::/8']],
  ])('tells %s', (_case, given, expected) => {
    expect(nameRanges(ranges(...given), DEFAULT_FACTS)).toEqual(expected);
  });

  it('has words for the internet, in one family or in both', () => {
    const [four, six] = ([4, 6] as const).map((family) => internetRanges(DEFAULT_FACTS, new Set([family])));
    expect(nameRanges([...four!, ...six!], DEFAULT_FACTS)).toEqual(['the internet']);
    expect(nameRanges(four!, DEFAULT_FACTS)).toEqual(['the internet (IPv4)']);
    expect(nameRanges([...four!, ...ranges('10.0.0.0/8')], DEFAULT_FACTS)).toEqual(['the internet (IPv4)', '10.0.0.0/8']);
    expect(nameRanges(rangesWithout(four!, ranges('8.8.8.8')), DEFAULT_FACTS)).not.toContain('the internet (IPv4)');
  });

  it('has words for private addresses, and for all others', () => {
    expect(nameRanges(PRIVATE_RANGES, DEFAULT_FACTS)).toEqual(['private addresses']);
    expect(nameRanges(rangesWithout(EVERYTHING, PRIVATE_RANGES), DEFAULT_FACTS)).toEqual(['any address but private addresses']);
  });

  it('has words for an organisation of several ranges, which are then not of the internet', () => {
    expect(nameRanges(ranges('10.0.0.0/8', '198.51.100.0/24'), ORGANISATION)).toEqual(['the organisation (IPv4)']);
    expect(nameRanges(ranges('10.0.0.0/8'), { ...DEFAULT_FACTS, organisationRanges: ['10.0.0.0/8'] })).toEqual(['10.0.0.0/8']);
  });
});
