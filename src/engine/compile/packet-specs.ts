import { HIGHEST_PORT, LOWEST_PORT, type PacketExpression, type PacketTerm, type Protocol, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { TupleTable } from '../kernel/tuple-table';
import { AXIS_END, ICMP_TYPE, isTransport, ONLY_DEFINED, PROTOCOL_NUMBER, positionOfPort, protocolSpan, SOURCE_PORT } from '../packet-axis';

/** Protocols in the order of their code in a pair of protocol and port name. */
export const NAMED_PROTOCOLS: readonly Protocol[] = TRANSPORT_PROTOCOLS;

/** Every packet. */
export const ANY_PACKET = 0;

/**
 * A part of a packet expression: a packet matches the expression when it matches one of its parts. `open`: the part also looks at something that has no
 * place on the packet axis (a source port, an ICMP type, a protocol number), so that of a packet on the axis it is never known to match.
 */
export interface PacketPart {
  readonly spec: number;
  readonly open: boolean;
}

/**
 * What ports a name has at one end of a flow. `pair` = 3 × name index + protocol code.
 */
export type PortsOf = (pair: number) => readonly number[];

const NO_PORTS: PortsOf = () => [];

/**
 * Distinct sets of packets as rules have them: spans of the packet axis, and port names, which become ports only once the ends of a flow are known.
 * A packet is in the set if its port is in a span or has one of the names, and has none of the `not` names, and if the source has a port with one of
 * the `source` names (where there are any).
 */
export class PacketSpecs {
  /** Spans of each spec: start, end, start, end … ascending, neither touching nor overlapping. */
  readonly spans: Int32Array[] = [];
  /** Pairs of protocol and name of each spec, ascending. */
  readonly pairs: Int32Array[] = [];
  readonly notPairs: Int32Array[] = [];
  readonly sourcePairs: Int32Array[] = [];
  readonly names = new Map<string, number>();
  /** Some rule names ICMP or ICMPv6. */
  tellIcmpApart = false;
  /** Bits of what some rule looks at beside protocol and destination port. */
  looksAt = 0;
  private readonly table = new TupleTable();

  constructor() {
    this.intern({ spans: [[0, AXIS_END]] });
  }

  get count(): number {
    return this.spans.length;
  }

  /** The parts of an expression; terms without anything special are one part together. */
  parts(packets: PacketExpression): readonly PacketPart[] {
    if (packets === 'any') return [{ spec: ANY_PACKET, open: false }];
    const plain: { spans: [number, number][]; pairs: number[] } = { spans: [], pairs: [] };
    const parts: PacketPart[] = [];
    for (const term of packets) {
      if (term.protocol === 'ICMP' || term.protocol === 'ICMPv6') this.tellIcmpApart = true;
      const spans = spansOf(term);
      const pairs = isTransport(term.protocol) ? this.pairsOf(term.protocol, term.portNames) : [];
      if (isPlain(term)) {
        for (const span of spans) plain.spans.push(span);
        for (const pair of pairs) plain.pairs.push(pair);
      } else this.addSpecial(term, spans, pairs, parts);
    }
    return plain.spans.length + plain.pairs.length > 0 ? [{ spec: this.intern(plain), open: false }, ...parts] : parts;
  }

  /** Keeps the port names of an expression apart without asking for its packets. */
  mention(packets: PacketExpression): void {
    if (packets === 'any') return;
    for (const { portNames = [], notPortNames = [], sourcePortNames = [], notSourcePortNames = [] } of packets)
      for (const name of [...portNames, ...notPortNames, ...sourcePortNames, ...notSourcePortNames]) this.nameIndex(name);
  }

  /** Does the spec depend on the port names of any end? */
  hasNames(spec: number): boolean {
    return this.pairs[spec]!.length + this.notPairs[spec]!.length + this.sourcePairs[spec]!.length > 0;
  }

  /** The spec for a destination with these ports. */
  atDestination(spec: number, portsOf: PortsOf): number {
    const spans = this.spansFor(spec, portsOf);
    return this.intern({ spans, sourcePairs: [...this.sourcePairs[spec]!] });
  }

  /** The spec for a source with these ports, or for any if none of its ports matter. */
  atSource(spec: number, portsOf: PortsOf): number {
    const needed = this.sourcePairs[spec]!;
    if (needed.length > 0 && needed.every((pair) => portsOf(pair).length === 0)) return this.intern({ spans: [] });
    return this.withoutSource(spec);
  }

  /** The spec without what it asks of the source's port names. */
  withoutSource(spec: number): number {
    if (this.sourcePairs[spec]!.length === 0) return spec;
    return this.intern({ spans: pairwise(this.spans[spec]!), pairs: [...this.pairs[spec]!], notPairs: [...this.notPairs[spec]!] });
  }

  /** The spec for a destination none of whose ports has a name. */
  numbersOnly(spec: number): number {
    return this.atDestination(spec, NO_PORTS);
  }

  /** Just one port that a name stands for, with what the spec asks of the source. */
  portOf(spec: number, pair: number, port: number): number {
    return this.intern({ spans: [spanOfPort(pair, port)], sourcePairs: [...this.sourcePairs[spec]!] });
  }

  private addSpecial(term: PacketTerm, spans: [number, number][], pairs: number[], parts: PacketPart[]): void {
    const { protocol, notPorts, notPortNames, sourcePorts, sourcePortNames, notSourcePorts, notSourcePortNames, icmp, numbers } = term;
    const looksAtSource = sourcePorts !== undefined || sourcePortNames !== undefined;
    // Exceptions from what a name means, and source ports that are excluded, depend on both ends at once.
    const isDeep = notPorts !== undefined || notSourcePorts !== undefined || notSourcePortNames !== undefined;
    this.looksAt |= (looksAtSource ? SOURCE_PORT : 0) | (icmp ? ICMP_TYPE : 0) | (numbers ? PROTOCOL_NUMBER : 0);
    if (isDeep) this.looksAt |= ONLY_DEFINED;
    for (const name of notSourcePortNames ?? []) this.nameIndex(name);
    const sourcePairs = looksAtSource && !sourcePorts?.length && isTransport(protocol) ? this.pairsOf(protocol, sourcePortNames) : [];
    // A source port that must be one of none cannot be.
    if (looksAtSource && !sourcePorts?.length && sourcePairs.length === 0) return;
    const notPairs = isTransport(protocol) ? this.pairsOf(protocol, notPortNames) : [];
    parts.push({
      spec: this.intern({ spans, pairs, notPairs, sourcePairs }),
      open: isDeep || looksAtSource || icmp !== undefined || numbers !== undefined,
    });
  }

  private spansFor(spec: number, portsOf: PortsOf): [number, number][] {
    const spans = pairwise(this.spans[spec]!);
    for (const pair of this.pairs[spec]!) for (const port of portsOf(pair)) spans.push(spanOfPort(pair, port));
    const holes = Array.from(this.notPairs[spec]!).flatMap((pair) => portsOf(pair).map((port) => spanOfPort(pair, port)[0]));
    return holes.reduce((rest, position) => rest.flatMap((span) => spansAround(span, position)), spans);
  }

  private pairsOf(protocol: Protocol, names: readonly string[] = []): number[] {
    return names.map((name) => 3 * this.nameIndex(name) + NAMED_PROTOCOLS.indexOf(protocol));
  }

  private nameIndex(name: string): number {
    let index = this.names.get(name);
    if (index === undefined) {
      index = this.names.size;
      this.names.set(name, index);
    }
    return index;
  }

  private intern({ spans: unsorted, pairs = [], notPairs = [], sourcePairs = [] }: SpecParts): number {
    const spans = merged(unsorted);
    const names = [pairs, notPairs, sourcePairs].map((all) => [...new Set(all)].sort((a, b) => a - b));
    const tuple = Int32Array.from([spans.length, names[0]!.length, names[1]!.length, ...spans, ...names.flat()]);
    const id = this.table.intern(tuple, tuple.length);
    if (id === this.spans.length) {
      this.spans.push(Int32Array.from(spans));
      this.pairs.push(Int32Array.from(names[0]!));
      this.notPairs.push(Int32Array.from(names[1]!));
      this.sourcePairs.push(Int32Array.from(names[2]!));
    }
    return id;
  }
}

interface SpecParts {
  readonly spans: [number, number][];
  readonly pairs?: readonly number[];
  readonly notPairs?: readonly number[];
  readonly sourcePairs?: readonly number[];
}

function isPlain({ protocol: _, ports: __, portNames: ___, ...special }: PacketTerm): boolean {
  return Object.values(special).every((part) => part === undefined);
}

/** Spans of the destination ports that a term numbers. A protocol without ports has no packet that a term with ports could match. */
function spansOf({ protocol, ports, portNames }: PacketTerm): [number, number][] {
  if (!ports && !portNames) return [[...protocolSpan(protocol)]];
  if (!isTransport(protocol)) return [];
  return (ports ?? [])
    .map(([low, high]): [number, number] => [Math.max(LOWEST_PORT, low), Math.min(HIGHEST_PORT, high)])
    .filter(([from, to]) => from <= to)
    .map(([from, to]) => [positionOfPort(protocol, from), positionOfPort(protocol, to) + 1]);
}

function spanOfPort(pair: number, port: number): [number, number] {
  const start = positionOfPort(NAMED_PROTOCOLS[pair % 3]!, port);
  return [start, start + 1];
}

/** What one position leaves of a span. */
function spansAround([start, end]: [number, number], position: number): [number, number][] {
  if (position < start || position >= end) return [[start, end]];
  const parts: [number, number][] = [
    [start, position],
    [position + 1, end],
  ];
  return parts.filter(([from, to]) => from < to);
}

function pairwise(spans: Int32Array): [number, number][] {
  return Array.from({ length: spans.length / 2 }, (_, index) => [spans[2 * index]!, spans[2 * index + 1]!]);
}

function merged(spans: readonly [number, number][]): number[] {
  const flat: number[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = flat.length - 1;
    if (last > 0 && start <= flat[last]!) flat[last] = Math.max(flat[last]!, end);
    else flat.push(start, end);
  }
  return flat;
}
