import { ApiError } from '../../src/api/errors';
import { formatPacket, packetNotes, readPacket } from '../../src/api/packet';

describe('readPacket', () => {
  it.each([
    [{ port: 80 }, { protocol: 'TCP', port: 80 }],
    [
      { protocol: 'udp', port: 53 },
      { protocol: 'UDP', port: 53 },
    ],
    [
      { protocol: 'SCTP', port: 65_535 },
      { protocol: 'SCTP', port: 65_535 },
    ],
    [{ protocol: 'ICMP' }, { protocol: 'ICMP' }],
    [
      { protocol: '6', port: 80 },
      { protocol: 'TCP', port: 80 },
    ],
    [{ protocol: '58' }, { protocol: 'ICMPv6' }],
    [{ protocol: '253' }, { protocol: 'other', number: 253 }],
    [{ protocol: '0' }, { protocol: 'other', number: 0 }],
    [{ protocol: 'icmpv6' }, { protocol: 'ICMPv6' }],
    [{ icmp: { type: 8, code: 1 } }, { protocol: 'ICMP', icmp: { type: 8, code: 1 } }],
    [{ icmp: { type: 8 } }, { protocol: 'ICMP', icmp: { type: 8, code: 0 } }],
    [
      { port: 80, sourcePort: 40_000 },
      { protocol: 'TCP', port: 80, sourcePort: 40_000 },
    ],
  ])('reads %j', (question, packet) => {
    expect(readPacket(question)).toEqual(packet);
  });

  it.each([
    [{}, 'port'],
    [{ port: 0 }, 'port'],
    [{ port: 65_536 }, 'port'],
    [{ port: 80.5 }, 'port'],
    [{ protocol: 'HTTP', port: 80 }, 'protocol'],
    [{ protocol: 'constructor', port: 80 }, 'protocol'],
    [{ protocol: 'ICMP', port: 80 }, 'port'],
    [{ protocol: '256' }, 'protocol'],
    [{ protocol: '253', port: 80 }, 'port'],
    [{ protocol: '253', icmp: { type: 8 } }, 'icmp'],
    [{ port: 80, sourcePort: 70_000 }, 'sourcePort'],
    [{ protocol: 'TCP', port: 80, icmp: { type: 8 } }, 'icmp'],
    [{ icmp: { type: 256 } }, 'icmp'],
  ])('refuses %j', (question, path) => {
    expect(() => readPacket(question)).toThrow(ApiError);
    try {
      readPacket(question);
    } catch (error) {
      expect((error as ApiError).details[0]!.path).toBe(path);
    }
  });
});

it('readPacket takes the usual port of a peer where the question names none', () => {
  expect(readPacket({}, 6443)).toEqual({ protocol: 'TCP', port: 6443 });
  expect(readPacket({ port: 80 }, 6443)).toEqual({ protocol: 'TCP', port: 80 });
});

it('packetNotes tells what was taken', () => {
  expect(packetNotes({ port: 80, sourcePort: 40_000 })).toEqual([]);
  expect(packetNotes({ icmp: { type: 8, code: 0 } })).toEqual([]);
  expect(packetNotes({ icmp: { type: 8 } })).toEqual(['ICMP code 0 is taken, since none is given']);
});

it('formatPacket is protocol and port', () => {
  expect([formatPacket({ protocol: 'TCP', port: 80 }), formatPacket({ protocol: 'ICMP' })]).toEqual(['TCP 80', 'ICMP']);
  expect(formatPacket({ protocol: 'other', number: 253 })).toBe('protocol 253');
});
