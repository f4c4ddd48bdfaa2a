import type { RowPool } from '../kernel/row-pool';
import type { EndpointClasses } from './endpoint-classes';

/** Members by what port names mean on them. External addresses have no port names. */
export class NamedMembers {
  /** Rows of faces that give a pair of protocol and name a port, by pair. */
  private readonly byPair = new Map<number, readonly { readonly port: number; readonly row: number }[]>();
  /** Rows of faces by their map of port names; empty maps are left out. */
  readonly byMap: readonly { readonly map: number; readonly row: number }[];
  private readonly pool: RowPool;

  constructor(pool: RowPool, { portMaps, ports, faceClass }: EndpointClasses) {
    this.pool = pool;
    const faces: number[][] = [];
    for (let face = 0; face < faceClass.length; face++) {
      const map = ports[faceClass[face]!]!;
      faces[map] ??= [];
      faces[map].push(face);
    }
    this.byMap = [...faces.entries()].flatMap(([map, members]) => {
      if (!members || portMaps.table.lengthOf(map) === 0) return [];
      for (const face of members) pool.draw(face);
      return [{ map, row: pool.finish() }];
    });
    const found = new Map<number, Map<number, number>>();
    for (const { map, row } of this.byMap) {
      const entries = portMaps.table.tuple(map);
      for (let i = 0; i < entries.length; i += 2) {
        const byPort = found.get(entries[i]!) ?? new Map<number, number>();
        found.set(entries[i]!, byPort);
        byPort.set(entries[i + 1]!, pool.or(byPort.get(entries[i + 1]!) ?? 0, row));
      }
    }
    for (const [pair, byPort] of found)
      this.byPair.set(
        pair,
        [...byPort].map(([port, row]) => ({ port, row })),
      );
  }

  /** What the pair means, and on which members. */
  meanings(pair: number): readonly { readonly port: number; readonly row: number }[] {
    return this.byPair.get(pair) ?? [];
  }

  /** Members that have a port for one of the pairs. */
  withAny(pairs: Int32Array): number {
    let row = 0;
    for (const pair of pairs) for (const meaning of this.meanings(pair)) row = this.pool.or(row, meaning.row);
    return row;
  }
}
