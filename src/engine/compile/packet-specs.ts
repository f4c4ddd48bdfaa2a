import { HIGHEST_PORT, LOWEST_PORT, type PacketExpression, type Protocol, TRANSPORT_PROTOCOLS } from '../../model/policy';
import { TupleTable } from '../kernel/tuple-table';
import { AXIS_END, isTransport, positionOfPort, protocolSpan } from '../packet-axis';

/** Protocols in the order of their code in a pair of protocol and port name. */
export const NAMED_PROTOCOLS: readonly Protocol[] = TRANSPORT_PROTOCOLS;

/** Every packet. */
export const ANY_PACKET = 0;

/**
 * Distinct packet expressions. A spec is a set of spans of the packet axis, and of pairs of protocol and port name that become ports only
 * once the destination is known. `pair` = 3 × name index + protocol code.
 */
export class PacketSpecs {
  /** Spans of a spec: start, end, start, end … ascending, neither touching nor overlapping. */
  readonly spans: Int32Array[] = [];
  /** Pairs of a spec, ascending. */
  readonly pairs: Int32Array[] = [];
  readonly names = new Map<string, number>();
  /** Some rule names ICMP or ICMPv6. */
  tellIcmpApart = false;
  private readonly table = new TupleTable();

  constructor() {
    this.intern([[0, AXIS_END]], []);
  }

  get count(): number {
    return this.spans.length;
  }

  spec(packets: PacketExpression): number {
    if (packets === 'any') return ANY_PACKET;
    const spans: [number, number][] = [];
    const pairs: number[] = [];
    for (const { protocol, ports, portNames } of packets) {
      if (!ports && !portNames) spans.push([...protocolSpan(protocol)]);
      if (protocol === 'ICMP' || protocol === 'ICMPv6') this.tellIcmpApart = true;
      // Protocols without ports have no packet that a rule with ports could match.
      if (!isTransport(protocol)) continue;
      for (const [low, high] of ports ?? []) {
        const [from, to] = [Math.max(LOWEST_PORT, low), Math.min(HIGHEST_PORT, high)];
        if (from <= to) spans.push([positionOfPort(protocol, from), positionOfPort(protocol, to) + 1]);
      }
      for (const name of portNames ?? []) pairs.push(3 * this.nameIndex(name) + NAMED_PROTOCOLS.indexOf(protocol));
    }
    return this.intern(spans, pairs);
  }

  /** The spec with its names resolved to ports; equal to the spec when it has no names. */
  resolved(spec: number, portsOf: (pair: number) => readonly number[]): number {
    const pairs = this.pairs[spec]!;
    if (pairs.length === 0) return spec;
    const spans = pairsOf(this.spans[spec]!);
    for (const pair of pairs) for (const port of portsOf(pair)) spans.push(this.spanOfPort(pair, port));
    return this.intern(spans, []);
  }

  /** The spec without its names. */
  numbersOnly(spec: number): number {
    return this.resolved(spec, () => []);
  }

  /** Just the one port that a name stands for. */
  portOf(pair: number, port: number): number {
    return this.intern([this.spanOfPort(pair, port)], []);
  }

  private spanOfPort(pair: number, port: number): [number, number] {
    const start = positionOfPort(NAMED_PROTOCOLS[pair % 3]!, port);
    return [start, start + 1];
  }

  private nameIndex(name: string): number {
    let index = this.names.get(name);
    if (index === undefined) {
      index = this.names.size;
      this.names.set(name, index);
    }
    return index;
  }

  private intern(unsorted: [number, number][], pairs: number[]): number {
    const spans = merged(unsorted);
    const names = [...new Set(pairs)].sort((a, b) => a - b);
    const tuple = Int32Array.from([spans.length, ...spans, ...names]);
    const id = this.table.intern(tuple, tuple.length);
    if (id === this.spans.length) {
      this.spans.push(Int32Array.from(spans));
      this.pairs.push(Int32Array.from(names));
    }
    return id;
  }
}

function pairsOf(spans: Int32Array): [number, number][] {
  return Array.from({ length: spans.length / 2 }, (_, index) => [spans[2 * index]!, spans[2 * index + 1]!]);
}

function merged(spans: [number, number][]): number[] {
  const flat: number[] = [];
  for (const [start, end] of spans.sort((a, b) => a[0] - b[0])) {
    const last = flat.length - 1;
    if (last > 0 && start <= flat[last]!) flat[last] = Math.max(flat[last]!, end);
    else flat.push(start, end);
  }
  return flat;
}
