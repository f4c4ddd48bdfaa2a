import {
  AXIS_END,
  connectionSetOf,
  intervalsOf,
  isTransport,
  positionOf,
  positionOfPort,
  protocolSpan,
  visibleSpans,
} from '../../src/engine/packet-axis';
import { PROTOCOLS, TRANSPORT_PROTOCOLS } from '../../src/model/policy';

describe('the packet axis', () => {
  it('gives each protocol its own span, one behind the other', () => {
    const spans = PROTOCOLS.map(protocolSpan);
    expect(spans[0]![0]).toBe(0);
    for (let index = 1; index < spans.length; index++) expect(spans[index]![0]).toBe(spans[index - 1]![1]);
    expect(spans.at(-1)![1]).toBe(AXIS_END);
    expect(PROTOCOLS.filter(isTransport)).toEqual(TRANSPORT_PROTOCOLS);
  });

  it('gives each packet its own place in the span of its protocol', () => {
    const packets = TRANSPORT_PROTOCOLS.flatMap((protocol) => [1, 2, 65_535].map((port) => ({ protocol, port })));
    const places = [...packets, ...PROTOCOLS.map((protocol) => ({ protocol }))].map(positionOf);
    expect(new Set(places).size).toBe(places.length);
    for (const { protocol, port } of packets) {
      const [start, end] = protocolSpan(protocol);
      expect(positionOf({ protocol, port })).toBe(positionOfPort(protocol, port));
      expect(positionOf({ protocol, port })).toBeGreaterThan(start);
      expect(positionOf({ protocol, port })).toBeLessThan(end);
    }
  });

  it('takes a port that is none for one that is not told', () => {
    for (const port of [0, -1, 65_536]) expect(positionOf({ protocol: 'UDP', port })).toBe(positionOf({ protocol: 'UDP' }));
    expect(positionOf({ protocol: 'ICMP', port: 80 })).toBe(positionOf({ protocol: 'ICMP' }));
  });

  it('has packets of a protocol in its whole span, and those of port ranges at their ports', () => {
    for (const protocol of PROTOCOLS) {
      const [start, end] = protocolSpan(protocol);
      expect(intervalsOf(protocol)).toEqual([[start, end - 1]]);
    }
    const ranges = [
      [22, 23],
      [80, 80],
    ] as const;
    expect(intervalsOf('UDP', ranges)).toEqual(ranges.map((range) => range.map((port) => positionOf({ protocol: 'UDP', port }))));
    expect(intervalsOf('UDP', [])).toEqual([]);
  });

  it('has no place for a protocol that nobody knows', () => {
    expect(() => positionOf({ protocol: 'IGMP' as never, port: 80 })).toThrow('bug: a packet has a known protocol');
  });

  it('has visible spans that do not touch, so that a set of packets has one form', () => {
    for (const icmp of ['none', 'v4', 'both'] as const)
      for (const [index, [start, end]] of visibleSpans(icmp).entries()) {
        expect(start).toBeLessThan(end);
        if (index > 0) expect(start).toBeGreaterThan(visibleSpans(icmp)[index - 1]![1]);
      }
  });

  it('shows neither packets without a port nor other protocols', () => {
    expect(connectionSetOf(Int32Array.of(0, 1, ...protocolSpan('other')))).toEqual({});
  });

  it('shows ports, and ICMP only where it is told apart', () => {
    expect(connectionSetOf(Int32Array.from(visibleSpans('none').flat()))).toEqual({
      TCP: [[1, 65_535]],
      UDP: [[1, 65_535]],
      SCTP: [[1, 65_535]],
    });
    expect(connectionSetOf(Int32Array.from(visibleSpans('both').flat()))).toMatchObject({ UDP: [[1, 65_535]], icmp: true });
    expect(connectionSetOf(Int32Array.of())).toEqual({});
  });

  it('reads spans that run across protocols', () => {
    const spans = Int32Array.of(
      positionOfPort('TCP', 65_534),
      positionOfPort('UDP', 3),
      positionOfPort('SCTP', 7),
      positionOfPort('SCTP', 8),
    );
    expect(connectionSetOf(spans)).toEqual({ TCP: [[65_534, 65_535]], UDP: [[1, 2]], SCTP: [[7, 7]] });
    const [icmp] = protocolSpan('ICMPv6');
    expect(connectionSetOf(Int32Array.of(icmp, icmp + 1))).toEqual({ icmp: true });
  });
});
