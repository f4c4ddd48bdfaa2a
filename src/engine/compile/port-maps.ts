import type { DeclaredPort } from '../../model/endpoint';
import { grown } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import { NAMED_PROTOCOLS, type PacketSpecs } from './packet-specs';

/** What the port names that policies mention mean on an endpoint: pairs of a protocol-and-name (see `PacketSpecs`) and a port, flat and ascending. */
export class PortMaps {
  readonly table = new TupleTable();
  private readonly specs: PacketSpecs;
  private pairs: Int32Array = new Int32Array(32);

  constructor(specs: PacketSpecs) {
    this.specs = specs;
  }

  /** Id of the map of an endpoint's declared ports. */
  mapOf(declared: readonly DeclaredPort[]): number {
    let length = 0;
    for (let i = 0; i < declared.length; i++) {
      const { name, protocol, port } = declared[i]!;
      const index = this.specs.names.get(name);
      if (index !== undefined) length = this.insert(length, 3 * index + NAMED_PROTOCOLS.indexOf(protocol), port);
    }
    return this.table.intern(this.pairs, length);
  }

  /** Ports that a pair of protocol and name stands for. */
  portsOf(map: number, pair: number): readonly number[] {
    const entries = this.table.tuple(map);
    const ports: number[] = [];
    for (let i = 0; i < entries.length; i += 2) if (entries[i] === pair) ports.push(entries[i + 1]!);
    return ports;
  }

  /** Keeps the entries sorted and distinct; endpoints declare few ports. */
  private insert(length: number, pair: number, port: number): number {
    this.pairs = grown(this.pairs, length + 2);
    const { pairs } = this;
    let at = length;
    while (at > 0 && (pairs[at - 2]! > pair || (pairs[at - 2] === pair && pairs[at - 1]! > port))) at -= 2;
    if (at > 0 && pairs[at - 2] === pair && pairs[at - 1] === port) return length;
    pairs.copyWithin(at + 2, at, length);
    pairs[at] = pair;
    pairs[at + 1] = port;
    return length + 2;
  }
}
