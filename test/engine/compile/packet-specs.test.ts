import { ANY_PACKET, type PacketPart, PacketSpecs } from '../../../src/engine/compile/packet-specs';
import { AXIS_END, ICMP_TYPE, PROTOCOL_NUMBER, positionOf, protocolSpan, SOURCE_PORT } from '../../../src/engine/packet-axis';
import type { PacketExpression, PacketTerm } from '../../../src/model/policy';
import { to } from '../../support/cluster';

/** Does the spec hold a packet, as far as numbers go? */
function holds(specs: PacketSpecs, spec: number, packet: Parameters<typeof positionOf>[0]): boolean {
  const position = positionOf(packet);
  const spans = specs.spans[spec]!;
  for (let i = 0; i < spans.length; i += 2) if (spans[i]! <= position && position < spans[i + 1]!) return true;
  return false;
}

function only(specs: PacketSpecs, packets: PacketExpression): number {
  const parts = specs.parts(packets);
  expect(parts).toHaveLength(1);
  return parts[0]!.spec;
}

describe('packet specs', () => {
  it('of every packet are one, however they are written', () => {
    const specs = new PacketSpecs();
    expect(specs.spans[ANY_PACKET]).toEqual(Int32Array.of(0, AXIS_END));
    expect(only(specs, 'any')).toBe(ANY_PACKET);
    const all = (['TCP', 'UDP', 'SCTP', 'ICMP', 'ICMPv6', 'other'] as const).map((protocol) => ({ protocol }));
    expect(only(specs, all)).toBe(ANY_PACKET);
  });

  it('have the ports of their ranges, both ends included, and no others', () => {
    const specs = new PacketSpecs();
    const spec = only(specs, to('TCP', [80, 82], 82, 90));
    const inside = Array.from({ length: 100 }, (_, port) => port).filter((port) => holds(specs, spec, { protocol: 'TCP', port }));
    expect(inside).toEqual([80, 81, 82, 90]);
    expect(holds(specs, spec, { protocol: 'UDP', port: 80 })).toBe(false);
    expect(holds(specs, spec, { protocol: 'TCP' })).toBe(false);
    expect(only(specs, to('TCP', 81, [80, 82], 90))).toBe(spec);
  });

  it('without ports have every packet of the protocol, also one whose port is not told', () => {
    const specs = new PacketSpecs();
    const spec = only(specs, [{ protocol: 'UDP' }]);
    expect([1, 53, 65_535, undefined].map((port) => holds(specs, spec, { protocol: 'UDP', ...(port !== undefined && { port }) }))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(specs.spans[spec]).toEqual(Int32Array.from(protocolSpan('UDP')));
  });

  it('that can match nothing have no part', () => {
    const specs = new PacketSpecs();
    expect(specs.parts([])).toEqual([]);
    expect(specs.parts([{ protocol: 'TCP', ports: [] }])).toEqual([]);
    expect(specs.parts([{ protocol: 'ICMP', ports: [[1, 65_535]] }])).toEqual([]);
    expect(specs.parts([{ protocol: 'TCP', sourcePorts: [] }])).toEqual([]);
    expect(specs.parts([{ protocol: 'ICMP', sourcePortNames: ['http'] }])).toEqual([]);
  });

  it('resolve names on the destination, by protocol', () => {
    const specs = new PacketSpecs();
    const spec = only(specs, [
      { protocol: 'TCP', ports: [[443, 443]], portNames: ['http'] },
      { protocol: 'UDP', portNames: ['http'] },
    ]);
    expect(specs.hasNames(spec)).toBe(true);
    const own = specs.atDestination(spec, (pair) => (pair % 3 === 0 ? [80, 8080] : []));
    expect([80, 443, 8080, 81].map((port) => holds(specs, own, { protocol: 'TCP', port }))).toEqual([true, true, true, false]);
    expect(holds(specs, own, { protocol: 'UDP', port: 80 })).toBe(false);
    expect(specs.hasNames(own)).toBe(false);
    expect(specs.numbersOnly(spec)).toBe(only(specs, to('TCP', 443)));
    expect(specs.portOf(spec, specs.pairs[spec]![0]!, 80)).toBe(only(specs, to('TCP', 80)));
  });

  it('leave out the ports of names that exclude', () => {
    const specs = new PacketSpecs();
    const [{ spec, open }] = specs.parts([{ protocol: 'TCP', ports: [[79, 82]], notPortNames: ['http'] }]) as [
      { spec: number; open: boolean },
    ];
    expect(open).toBe(false);
    const own = specs.atDestination(spec, () => [80, 82, 9999]);
    expect([78, 79, 80, 81, 82].map((port) => holds(specs, own, { protocol: 'TCP', port }))).toEqual([false, true, false, true, false]);
    expect(specs.numbersOnly(spec)).toBe(only(specs, to('TCP', [79, 82])));
  });

  it('ask of a source that it has a port of the name', () => {
    const specs = new PacketSpecs();
    const [{ spec, open }] = specs.parts([{ protocol: 'TCP', sourcePortNames: ['http'] }]) as [{ spec: number; open: boolean }];
    expect(open).toBe(true);
    expect(specs.spans[specs.atSource(spec, () => [])]).toHaveLength(0);
    expect(specs.atSource(spec, () => [80])).toBe(only(specs, [{ protocol: 'TCP' }]));
    expect(specs.withoutSource(spec)).toBe(only(specs, [{ protocol: 'TCP' }]));
  });

  it('ask of a source for one of several names, not for all', () => {
    const specs = new PacketSpecs();
    const [{ spec }] = specs.parts([{ protocol: 'TCP', sourcePortNames: ['http', 'dns'] }]) as [PacketPart];
    const [http, dns] = specs.sourcePairs[spec]!;
    const withOnly = (wanted: number) => specs.atSource(spec, (pair) => (pair === wanted ? [80] : []));
    expect([withOnly(http!), withOnly(dns!)]).toEqual([specs.withoutSource(spec), specs.withoutSource(spec)]);
    expect(specs.spans[withOnly(999)]).toHaveLength(0);
  });

  it('leave out excluded ports, also where a name means one of them', () => {
    const specs = new PacketSpecs();
    const [{ spec, open }] = specs.parts([
      {
        protocol: 'TCP',
        ports: [[79, 82]],
        portNames: ['http'],
        notPorts: [
          [80, 81],
          [8080, 8080],
        ],
      },
    ]) as [PacketPart];
    expect(open).toBe(false);
    expect(specs.numbersOnly(spec)).toBe(only(specs, to('TCP', 79, 82)));
    expect(specs.atDestination(spec, () => [81, 8080, 8081])).toBe(only(specs, to('TCP', 79, 82, 8081)));
    const [pair] = specs.pairs[spec]!;
    expect(specs.portOf(spec, pair!, 8081)).toBe(only(specs, to('TCP', 8081)));
    expect(specs.spans[specs.portOf(spec, pair!, 8080)]).toHaveLength(0);
  });

  it('without any port but excluded ones have also a packet whose port is not told', () => {
    const specs = new PacketSpecs();
    const spec = only(specs, [
      {
        protocol: 'UDP',
        notPorts: [
          [54, 65_535],
          [1, 52],
        ],
      },
    ]);
    expect([undefined, 52, 53, 54].map((port) => holds(specs, spec, { protocol: 'UDP', ...(port !== undefined && { port }) }))).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(only(specs, [{ protocol: 'ICMP', notPorts: [[1, 65_535]] }])).toBe(only(specs, [{ protocol: 'ICMP' }]));
    expect(only(specs, [{ protocol: 'UDP', notPorts: [] }])).toBe(only(specs, [{ protocol: 'UDP' }]));
  });

  it('that exclude ports of the source are open for a source that has some, and certain for any other', () => {
    const specs = new PacketSpecs();
    const parts = specs.parts([{ protocol: 'TCP', notSourcePortNames: ['http'] }]);
    expect(parts.map(({ open }) => open)).toEqual([true, false]);
    const certain = parts[1]!.spec;
    expect(specs.hasNames(certain)).toBe(true);
    expect(specs.atSource(certain, () => [])).toBe(only(specs, [{ protocol: 'TCP' }]));
    expect(specs.spans[specs.atSource(certain, () => [80])]).toHaveLength(0);
    expect(specs.atSource(specs.numbersOnly(certain), () => [])).toBe(only(specs, [{ protocol: 'TCP' }]));
    const openParts = (term: Partial<PacketTerm>) => specs.parts([{ protocol: 'TCP', ...term }]).map(({ open }) => open);
    expect(openParts({ notSourcePorts: [[1, 1]] })).toEqual([true]);
    expect(openParts({ notSourcePorts: [] })).toEqual([false]);
    expect(openParts({ notSourcePorts: [[1, 1]], notSourcePortNames: ['http'] })).toEqual([true]);
    expect(openParts({ sourcePortNames: ['http'], notSourcePortNames: ['dns'] })).toEqual([true]);
    expect(specs.looksAt).toBe(SOURCE_PORT);
  });

  it('know what lies outside the axis, and are open there', () => {
    const specs = new PacketSpecs();
    expect(specs.looksAt).toBe(0);
    expect(specs.parts([{ protocol: 'TCP', sourcePorts: [[1, 2]] }, { protocol: 'UDP' }]).map(({ open }) => open)).toEqual([false, true]);
    expect(specs.looksAt).toBe(SOURCE_PORT);
    expect(specs.tellIcmpApart).toBe(false);
    specs.parts([{ protocol: 'ICMP', icmp: [{ types: [8, 8], codes: [0, 0] }] }]);
    specs.parts([{ protocol: 'other', numbers: [[47, 47]] }]);
    expect(specs.looksAt).toBe(SOURCE_PORT | ICMP_TYPE | PROTOCOL_NUMBER);
    expect(specs.tellIcmpApart).toBe(true);
  });

  it('keep of ranges what ports there can be', () => {
    const specs = new PacketSpecs();
    const every = only(specs, to('SCTP', [1, 65_535]));
    expect(only(specs, to('SCTP', [-5, 70_000]))).toBe(every);
    expect(only(specs, to('SCTP', [0, 1], [2, 65_535]))).toBe(every);
    expect(holds(specs, every, { protocol: 'SCTP' })).toBe(false);
    expect(specs.parts(to('TCP', 0, [65_536, 70_000]))).toEqual([]);
    expect(specs.parts(to('TCP', [90, 80]))).toEqual([]);
  });

  it('know port names as soon as a rule mentions them, and no others', () => {
    const specs = new PacketSpecs();
    specs.mention('any');
    specs.mention([{ protocol: 'TCP', portNames: ['a'], notPortNames: ['b'], sourcePortNames: ['c'] }]);
    specs.parts(to('UDP', 'd', 'a'));
    expect([...specs.names.keys()].sort()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('tell protocols of one name apart', () => {
    const specs = new PacketSpecs();
    const specOf = (protocol: 'TCP' | 'UDP' | 'SCTP') => only(specs, to(protocol, 'http'));
    const pairs = (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => specs.pairs[specOf(protocol)]![0]!);
    expect(new Set(pairs).size).toBe(3);
    expect(
      pairs.map((pair, index) => specs.portOf(specOf('TCP'), pair, 80) === only(specs, to((['TCP', 'UDP', 'SCTP'] as const)[index]!, 80))),
    ).toEqual([true, true, true]);
  });
});
