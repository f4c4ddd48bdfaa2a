import {
  AXIS_END,
  connectionSetOf,
  ICMP_TYPE,
  isTransport,
  PROTOCOL_NUMBER,
  positionOf,
  positionOfPort,
  protocolSpan,
  SOURCE_PORT,
  visibleSpans,
} from '../../src/engine/packet-axis';
import { PROTOCOLS } from '../../src/model/policy';
import type { Packet } from '../../src/model/verdict';

const ALL_PORTS = [[1, 65_535]];
const WHOLE_AXIS = Int32Array.of(0, AXIS_END);

describe('the packet axis', () => {
  it('is the spans of the protocols end to end', () => {
    const spans = PROTOCOLS.map(protocolSpan);
    expect(spans[0]![0]).toBe(0);
    for (let index = 1; index < spans.length; index++) expect(spans[index]![0]).toBe(spans[index - 1]![1]);
    expect(spans.at(-1)![1]).toBe(AXIS_END);
  });

  it('has a place for each port of a protocol with ports, and one place for each other protocol', () => {
    expect(PROTOCOLS.filter(isTransport)).toEqual(['TCP', 'UDP', 'SCTP']);
    for (const protocol of PROTOCOLS) {
      const [start, end] = protocolSpan(protocol);
      expect(end - start).toBe(isTransport(protocol) ? 65_536 : 1);
    }
  });

  it.each([
    [{ protocol: 'TCP', port: 1 }, 1],
    [{ protocol: 'TCP', port: 65_535 }, 65_535],
    [{ protocol: 'UDP', port: 1 }, 65_537],
    [{ protocol: 'UDP', port: 65_535 }, 131_071],
    [{ protocol: 'SCTP', port: 65_535 }, 196_607],
    [{ protocol: 'ICMP' }, 196_608],
    [{ protocol: 'ICMPv6' }, 196_609],
    [{ protocol: 'other' }, 196_610],
  ] as const)('places %j at %i', (packet, position) => {
    expect(positionOf(packet)).toBe(position);
  });

  it.each(['TCP', 'UDP', 'SCTP'] as const)(
    'places a %s packet without a port, or with one that cannot be, before all ports',
    (protocol) => {
      const untold = protocolSpan(protocol)[0];
      const packets: readonly Packet[] = [{ protocol }, { protocol, port: 0 }, { protocol, port: -1 }, { protocol, port: 65_536 }];
      expect(packets.map(positionOf)).toEqual([untold, untold, untold, untold]);
      expect(positionOfPort(protocol, 1)).toBe(untold + 1);
    },
  );

  it('does not look at what a packet tells beside protocol and port', () => {
    expect(positionOf({ protocol: 'TCP', port: 80, sourcePort: 4000 })).toBe(positionOf({ protocol: 'TCP', port: 80 }));
    expect(positionOf({ protocol: 'ICMP', port: 80, icmp: { type: 8, code: 0 } })).toBe(positionOf({ protocol: 'ICMP' }));
    expect(positionOf({ protocol: 'other', number: 47 })).toBe(positionOf({ protocol: 'other' }));
  });

  it('has no place for a protocol that nobody knows', () => {
    expect(() => positionOf({ protocol: 'IGMP' as never, port: 80 })).toThrow('bug: a packet has a known protocol');
  });

  it('has a bit for each thing that it does not show', () => {
    expect(new Set([SOURCE_PORT, ICMP_TYPE, PROTOCOL_NUMBER]).size).toBe(3);
    expect(SOURCE_PORT + ICMP_TYPE + PROTOCOL_NUMBER).toBe(SOURCE_PORT | ICMP_TYPE | PROTOCOL_NUMBER);
  });
});

describe('a connection set', () => {
  it('of the whole axis is every port, and ICMP', () => {
    expect(connectionSetOf(WHOLE_AXIS)).toEqual({ TCP: ALL_PORTS, UDP: ALL_PORTS, SCTP: ALL_PORTS, icmp: true });
  });

  it('of what is visible is every port, and ICMP only where it is told apart', () => {
    const ports = { TCP: ALL_PORTS, UDP: ALL_PORTS, SCTP: ALL_PORTS };
    expect(connectionSetOf(Int32Array.from(visibleSpans(false).flat()))).toEqual(ports);
    expect(connectionSetOf(Int32Array.from(visibleSpans(true).flat()))).toEqual({ ...ports, icmp: true });
  });

  it('is cut at the ends of protocols', () => {
    const spans = Int32Array.of(
      positionOfPort('TCP', 65_000),
      positionOfPort('UDP', 10),
      positionOfPort('SCTP', 5),
      positionOfPort('SCTP', 7),
    );
    expect(connectionSetOf(spans)).toEqual({ TCP: [[65_000, 65_535]], UDP: [[1, 9]], SCTP: [[5, 6]] });
  });

  it.each(['ICMP', 'ICMPv6'] as const)('has ICMP if it has %s', (protocol) => {
    expect(connectionSetOf(Int32Array.from(protocolSpan(protocol)))).toEqual({ icmp: true });
  });

  it('shows neither packets without a port nor other protocols', () => {
    expect(connectionSetOf(Int32Array.of(0, 1, ...protocolSpan('other')))).toEqual({});
    expect(connectionSetOf(new Int32Array(0))).toEqual({});
  });
});
