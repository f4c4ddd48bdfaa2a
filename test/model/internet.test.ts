import { DEFAULT_FACTS } from '../../src/model/facts';
import { HOST_RANGES_V4, internetRanges, isPrivateAddress, rangesOfFamily, rangesOfNodes, rangesOfPods } from '../../src/model/internet';
import { rangesHave } from '../../src/util/address-set';
import { parseCidr } from '../../src/util/ip';

const both = new Set([4, 6] as const);

describe('internetRanges', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.63.255.255', '223.255.255.255', '2606:4700::1111'])('holds `%s`', (address) => {
    expect(rangesHave(internetRanges(DEFAULT_FACTS, both), address)).toBe(true);
  });

  it.each([
    '0.0.0.0',
    '10.0.0.1',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    'fd00::1',
    'fe80::1',
    '2001:db8::1',
  ])('does not hold `%s`, which is not public', (address) => {
    expect(rangesHave(internetRanges(DEFAULT_FACTS, both), address)).toBe(false);
  });

  it('leaves out what the facts give to the cluster or its organisation', () => {
    const facts = { ...DEFAULT_FACTS, podRanges: ['20.0.0.0/16'], organisationRanges: ['30.0.0.0/8'] };
    const internet = internetRanges(facts, both);
    expect(['20.0.1.2', '30.9.9.9', '20.1.0.0', '31.0.0.0'].map((address) => rangesHave(internet, address))).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('has only the families that are asked for', () => {
    expect(new Set(internetRanges(DEFAULT_FACTS, new Set([4])).map(({ family }) => family))).toEqual(new Set([4]));
    expect(new Set(internetRanges(DEFAULT_FACTS, new Set([6])).map(({ family }) => family))).toEqual(new Set([6]));
  });
});

describe('isPrivateAddress', () => {
  it.each([
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.31.0.1',
    '192.168.0.1',
    '198.19.0.1',
    '::1',
    'fd00::1',
    'FE80::1',
  ])('is so of `%s`', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });

  it.each(['8.8.8.8', '172.32.0.1', '192.0.2.1', '203.0.113.5', '2001:db8::1', '2606:4700::1111', '::2', 'no address'])(
    'is not so of `%s`',
    (address) => {
      expect(isPrivateAddress(address)).toBe(false);
    },
  );
});

test('hosts have addresses of every kind but those that no host has for itself', () => {
  const has = (address: string) =>
    rangesHave(
      HOST_RANGES_V4.map((text) => parseCidr(text)!),
      address,
    );

  expect(['1.0.0.0', '10.0.0.1', '126.255.255.255', '128.0.0.1', '169.253.255.255', '169.255.0.0', '223.255.255.255'].map(has)).toEqual(
    Array(7).fill(true),
  );
  expect(['0.0.0.1', '127.0.0.1', '169.254.169.254', '224.0.0.1', '255.255.255.255'].map(has)).toEqual(Array(5).fill(false));
});

test('pods and nodes of unknown address are in the ranges of the facts, else anywhere', () => {
  expect(rangesOfPods({ podRanges: ['10.1.0.0/16'] })).toEqual(['10.1.0.0/16']);
  expect(rangesOfNodes({ nodeRanges: ['10.2.0.0/16'] })).toEqual(['10.2.0.0/16']);
  expect([rangesOfPods({ podRanges: [] }), rangesOfNodes({ nodeRanges: [] })]).toEqual([HOST_RANGES_V4, HOST_RANGES_V4]);
});

test('whoever is met in a family is in the ranges of it, else anywhere in it', () => {
  expect(rangesOfFamily(['10.1.0.0/16', 'fd00::/8'], 6)).toEqual(['fd00::/8']);
  expect(rangesOfFamily(['10.1.0.0/16'], 6)).toEqual(['::/0']);
  expect(rangesOfFamily(['fd00::/8'], 4)).toEqual(HOST_RANGES_V4);
});
