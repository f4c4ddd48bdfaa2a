import {
  HIGHEST_PORT,
  LOWEST_PORT,
  type PacketExpression,
  type PacketTerm,
  type PortRange,
  type Protocol,
  TRANSPORT_PROTOCOLS,
} from '../../model/policy';
import { TupleTable } from '../kernel/tuple-table';
import { AXIS_END, ICMP_TYPE, isTransport, PROTOCOL_NUMBER, positionOfPort, protocolSpan, SOURCE_PORT } from '../packet-axis';

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
 * A packet is in the set if its port is in a span, or has one of the names and lies in no hole, and has none of the `not` names; and if the source has
 * a port with one of the `source` names (where there are any) and none with one of the `noSource` names.
 */
export class PacketSpecs {
  /** Spans of each spec: start, end, start, end … ascending, neither touching nor overlapping. */
  readonly spans: Int32Array[] = [];
  /** Pairs of protocol and name of each spec, ascending. */
  readonly pairs: Int32Array[] = [];
  readonly notPairs: Int32Array[] = [];
  readonly sourcePairs: Int32Array[] = [];
  readonly noSourcePairs: Int32Array[] = [];
  readonly names = new Map<string, number>();
  /** Some rule names ICMP or ICMPv6. */
  tellIcmpApart = false;
  /** Bits of what some rule looks at beside protocol and destination port. */
  looksAt = 0;
  private readonly table = new TupleTable();
  /** Spans of each spec that its names cannot bring back: ports that the rule excludes by number. */
  private readonly holes: Int32Array[] = [];

  constructor() {
    this.intern({ spans: [[0, AXIS_END]] });
  }

  get count(): number {
    return this.spans.length;
  }

  /** The parts of an expression; terms without anything special are one part together. */
  parts(packets: PacketExpression): readonly PacketPart[] {
    if (packets === 'any') return [{ spec: ANY_PACKET, open: false }];
    const plain: { spans: Span[]; pairs: number[] } = { spans: [], pairs: [] };
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
    return this.pairs[spec]!.length + this.notPairs[spec]!.length > 0 || this.asksSource(spec);
  }

  /** The spec for a destination with these ports. */
  atDestination(spec: number, portsOf: PortsOf): number {
    return this.intern({ spans: this.spansFor(spec, portsOf), ...this.askedOfSource(spec) });
  }

  /** The spec for a source with these ports, or for any if none of its ports matter. */
  atSource(spec: number, portsOf: PortsOf): number {
    const has = (pair: number) => portsOf(pair).length > 0;
    const [needed, unwanted] = [this.sourcePairs[spec]!, this.noSourcePairs[spec]!];
    if ((needed.length > 0 && !needed.some(has)) || unwanted.some(has)) return this.intern({ spans: [] });
    return this.withoutSource(spec);
  }

  /** The spec without what it asks of the source's port names. */
  withoutSource(spec: number): number {
    if (!this.asksSource(spec)) return spec;
    const [spans, holes] = [pairwise(this.spans[spec]!), pairwise(this.holes[spec]!)];
    return this.intern({ spans, holes, pairs: [...this.pairs[spec]!], notPairs: [...this.notPairs[spec]!] });
  }

  /** The spec for a destination none of whose ports has a name. */
  numbersOnly(spec: number): number {
    return this.atDestination(spec, NO_PORTS);
  }

  /** Just one port that a name stands for, with what the spec asks of the source. */
  portOf(spec: number, pair: number, port: number): number {
    return this.intern({ spans: outside([spanOfPort(pair, port)], pairwise(this.holes[spec]!)), ...this.askedOfSource(spec) });
  }

  private asksSource(spec: number): boolean {
    return this.sourcePairs[spec]!.length + this.noSourcePairs[spec]!.length > 0;
  }

  private askedOfSource(spec: number): Pick<SpecParts, 'sourcePairs' | 'noSourcePairs'> {
    return { sourcePairs: [...this.sourcePairs[spec]!], noSourcePairs: [...this.noSourcePairs[spec]!] };
  }

  private addSpecial(term: PacketTerm, spans: Span[], pairs: number[], parts: PacketPart[]): void {
    const {
      protocol,
      notPorts = [],
      notPortNames,
      sourcePorts,
      sourcePortNames,
      notSourcePorts = [],
      notSourcePortNames,
      icmp,
      numbers,
    } = term;
    const [looksAtSource, excludesSource] = [sourcePorts !== undefined || sourcePortNames !== undefined, notSourcePorts.length > 0];
    const named = (names: readonly string[] | undefined) => (isTransport(protocol) ? this.pairsOf(protocol, names) : []);
    const sourcePairs = looksAtSource && !sourcePorts?.length ? named(sourcePortNames) : [];
    const unwanted = named(notSourcePortNames);
    this.looksAt |= looksAtSource || excludesSource || unwanted.length > 0 ? SOURCE_PORT : 0;
    this.looksAt |= (icmp ? ICMP_TYPE : 0) | (numbers ? PROTOCOL_NUMBER : 0);
    // A source port that must be one of none cannot be.
    if (looksAtSource && !sourcePorts?.length && sourcePairs.length === 0) return;
    const holes = isTransport(protocol) ? portSpans(protocol, notPorts) : [];
    const own = { spans: outside(spans, holes), holes: pairs.length > 0 ? holes : [], pairs, notPairs: named(notPortNames) };
    const open = looksAtSource || excludesSource || icmp !== undefined || numbers !== undefined;
    parts.push({ spec: this.intern({ ...own, sourcePairs }), open: open || unwanted.length > 0 });
    // A source without any port of the names has none that they exclude, whatever it sends from.
    if (!open && unwanted.length > 0) parts.push({ spec: this.intern({ ...own, noSourcePairs: unwanted }), open: false });
  }

  private spansFor(spec: number, portsOf: PortsOf): Span[] {
    const spansOfPorts = (pairs: Int32Array) => Array.from(pairs).flatMap((pair) => portsOf(pair).map((port) => spanOfPort(pair, port)));
    const named = outside(spansOfPorts(this.pairs[spec]!), pairwise(this.holes[spec]!));
    return outside([...pairwise(this.spans[spec]!), ...named], spansOfPorts(this.notPairs[spec]!));
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

  private intern({
    spans: unsorted,
    holes: unsortedHoles = [],
    pairs = [],
    notPairs = [],
    sourcePairs = [],
    noSourcePairs = [],
  }: SpecParts): number {
    const [spans, holes] = [merged(unsorted), merged(unsortedHoles)];
    const names = [pairs, notPairs, sourcePairs, noSourcePairs].map((all) => [...new Set(all)].sort((a, b) => a - b));
    const lengths = [spans, holes, ...names].map(({ length }) => length);
    const tuple = Int32Array.from([...lengths, ...spans, ...holes, ...names.flat()]);
    const id = this.table.intern(tuple, tuple.length);
    if (id === this.spans.length) {
      this.spans.push(Int32Array.from(spans));
      this.holes.push(Int32Array.from(holes));
      const columns = [this.pairs, this.notPairs, this.sourcePairs, this.noSourcePairs];
      for (const [index, column] of columns.entries()) column.push(Int32Array.from(names[index]!));
    }
    return id;
  }
}

/** Positions of the axis from `start` to `end` - 1. */
type Span = readonly [start: number, end: number];

interface SpecParts {
  readonly spans: readonly Span[];
  readonly holes?: readonly Span[];
  readonly pairs?: readonly number[];
  readonly notPairs?: readonly number[];
  readonly sourcePairs?: readonly number[];
  readonly noSourcePairs?: readonly number[];
}

function isPlain({ protocol: _, ports: __, portNames: ___, ...special }: PacketTerm): boolean {
  return Object.values(special).every((part) => part === undefined);
}

/** Spans of the destination ports that a term numbers. A protocol without ports has no packet that a term with ports could match. */
function spansOf({ protocol, ports, portNames }: PacketTerm): Span[] {
  if (!ports && !portNames) return [[...protocolSpan(protocol)]];
  return isTransport(protocol) ? portSpans(protocol, ports ?? []) : [];
}

/** Spans of port ranges, as far as there are such ports: a packet whose port is not told is in none. */
function portSpans(protocol: Protocol, ranges: readonly PortRange[]): Span[] {
  return ranges
    .map(([low, high]): Span => [Math.max(LOWEST_PORT, low), Math.min(HIGHEST_PORT, high)])
    .filter(([from, to]) => from <= to)
    .map(([from, to]) => [positionOfPort(protocol, from), positionOfPort(protocol, to) + 1]);
}

function spanOfPort(pair: number, port: number): Span {
  const start = positionOfPort(NAMED_PROTOCOLS[pair % 3]!, port);
  return [start, start + 1];
}

/** What the holes leave of the spans, in one sweep over both. */
function outside(spans: readonly Span[], holes: readonly Span[]): Span[] {
  if (holes.length === 0) return [...spans];
  const cuts = pairwise(merged(holes));
  const rest: Span[] = [];
  let first = 0;
  for (const [start, end] of pairwise(merged(spans))) {
    while (first < cuts.length && cuts[first]![1] <= start) first++;
    let next = start;
    for (let at = first; at < cuts.length && cuts[at]![0] < end; at++) {
      if (next < cuts[at]![0]) rest.push([next, cuts[at]![0]]);
      next = cuts[at]![1];
    }
    if (next < end) rest.push([next, end]);
  }
  return rest;
}

function pairwise(spans: ArrayLike<number>): Span[] {
  return Array.from({ length: spans.length / 2 }, (_, index) => [spans[2 * index]!, spans[2 * index + 1]!]);
}

function merged(spans: readonly Span[]): number[] {
  const flat: number[] = [];
  for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
    const last = flat.length - 1;
    if (last > 0 && start <= flat[last]!) flat[last] = Math.max(flat[last]!, end);
    else flat.push(start, end);
  }
  return flat;
}
