import { type PacketMatch, packetsOf, type SidePorts } from '../../../src/ingest/calico/packets';
import type { ProtocolPart } from '../../../src/ingest/calico/protocols';

const ALL: readonly ProtocolPart[] = (['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'other'] as const).map((protocol) => ({ protocol }));
const TCP: readonly ProtocolPart[] = [{ protocol: 'TCP' }];

function packets(protocols: readonly ProtocolPart[], destination: SidePorts = {}, source: SidePorts = {}, more: Partial<PacketMatch> = {}) {
  const sides = { source: () => source, destination: () => destination };
  return packetsOf({ protocols, namesProtocol: protocols !== ALL, icmp: undefined, ...sides, ...more });
}

const list = (ranges: readonly [number, number][], names: readonly string[] = []) => ({ ranges, names });

test('every protocol without more is any packet', () => {
  expect(packets(ALL)).toBe('any');
  expect(packets(TCP)).toEqual([{ protocol: 'TCP' }]);
  expect(packets([])).toEqual([]);
});

test('excluded numbers are taken out of those that are left', () => {
  expect(packets(TCP, { ports: list([[1, 100]]), notPorts: list([[22, 22]]) })).toEqual([
    {
      protocol: 'TCP',
      ports: [
        [1, 21],
        [23, 100],
      ],
    },
  ]);
  expect(packets(TCP, { notPorts: list([[22, 22]]) })).toEqual([
    {
      protocol: 'TCP',
      ports: [
        [1, 21],
        [23, 65535],
      ],
    },
  ]);
  expect(packets(TCP, { ports: list([[22, 22]]), notPorts: list([[1, 100]]) })).toEqual([]);
});

test('names stay names, with what is excluded beside them', () => {
  expect(packets(TCP, { ports: list([[80, 90]], ['http']), notPorts: list([[85, 85]], ['metrics']) })).toEqual([
    {
      protocol: 'TCP',
      ports: [
        [80, 84],
        [86, 90],
      ],
      portNames: ['http'],
      notPorts: [[85, 85]],
      notPortNames: ['metrics'],
    },
  ]);
  expect(packets(TCP, { ports: list([], ['http']) })).toEqual([{ protocol: 'TCP', portNames: ['http'] }]);
  expect(packets(TCP, { notPorts: list([], ['http']) })).toEqual([{ protocol: 'TCP', notPortNames: ['http'] }]);
});

test('ports of the source are kept apart', () => {
  expect(packets(TCP, { ports: list([[80, 80]]) }, { ports: list([[1, 1023]], ['x']), notPorts: list([[22, 22]], ['y']) })).toEqual([
    {
      protocol: 'TCP',
      ports: [[80, 80]],
      sourcePorts: [
        [1, 21],
        [23, 1023],
      ],
      sourcePortNames: ['x'],
      notSourcePorts: [[22, 22]],
      notSourcePortNames: ['y'],
    },
  ]);
});

test('without a protocol, port names are of TCP alone, and excluding one leaves every other packet', () => {
  expect(packets(ALL, { ports: list([], ['http']) })).toEqual([{ protocol: 'TCP', portNames: ['http'] }]);
  expect(packets(ALL, {}, { ports: list([], ['http']) })).toEqual([{ protocol: 'TCP', sourcePortNames: ['http'] }]);
  expect(packets(ALL, { notPorts: list([], ['http']) })).toEqual([
    { protocol: 'TCP', notPortNames: ['http'] },
    { protocol: 'UDP' },
    { protocol: 'SCTP' },
    { protocol: 'ICMP' },
    { protocol: 'ICMPv6' },
    { protocol: 'other' },
  ]);
});

test('ICMP types are of both ICMPs, and of nothing else', () => {
  const icmp = [{ types: [8, 8], codes: [0, 255] }] as const;

  expect(packets([{ protocol: 'ICMP' }], {}, {}, { icmp })).toEqual([{ protocol: 'ICMP', icmp }]);
  expect(packets([{ protocol: 'TCP' }, { protocol: 'ICMPv6' }], {}, {}, { icmp })).toEqual([
    { protocol: 'TCP' },
    { protocol: 'ICMPv6', icmp },
  ]);
  expect(packets([{ protocol: 'ICMP' }], {}, {}, { icmp: [] })).toEqual([]);
});

test('other protocols keep their numbers', () => {
  expect(packets([{ protocol: 'other', numbers: [[47, 47]] }])).toEqual([{ protocol: 'other', numbers: [[47, 47]] }]);
});

test('ports may differ by protocol', () => {
  const destination = (protocol: string) => ({ ports: list(protocol === 'TCP' ? [[80, 80]] : []) });

  expect(packets(ALL, {}, {}, { destination })).toEqual([{ protocol: 'TCP', ports: [[80, 80]] }]);
});
