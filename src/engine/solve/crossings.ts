import { ACROSS_V4_SUBNETS, ACROSS_V6_SUBNETS, ALWAYS_WRAPPED, NEVER_WRAPPED, NO_POOL } from '../compile/address-pools';
import type { CompiledCluster, CompiledCrossings } from '../compile/compile';
import { LONE_SUBNET, type SubnetIds, UNTOLD_SUBNET } from '../compile/subnets';
import { EMPTY, FULL } from '../kernel/rows';

/** Ways of packets between nodes, as bits: wrapped, as they are, and wrapped for all that is known, though no pool tells. */
export const WRAPPED = 1;
export const PLAIN = 2;
export const PERHAPS_WRAPPED = 4;

/** Members at the other end, by the ways that packets between them and an end may take. */
export type ByWay = readonly { readonly ways: number; readonly row: number }[];

const FAMILIES = [0, 1] as const;
const ACROSS_BITS = [ACROSS_V4_SUBNETS, ACROSS_V6_SUBNETS] as const;

/** How packets travel between an end at some place and the members of rows. What is said of members on the same node means nothing. */
export class Crossings {
  private readonly cluster: CompiledCluster;
  private readonly crossings: CompiledCrossings;
  private readonly known = new Map<string, ByWay>();
  /** Faces in each subnet of a family, by its number. */
  private readonly inSubnet: readonly [Map<number, number>, Map<number, number>];
  /** Faces by what pools say of their addresses. */
  private readonly byCode: readonly (readonly [code: number, row: number])[];

  constructor(cluster: CompiledCluster, crossings: CompiledCrossings) {
    this.cluster = cluster;
    this.crossings = crossings;
    const { classes, pool } = cluster;
    const rowsBy = (numberOf: (face: number) => number) => {
      const faces = new Map<number, number[]>();
      for (let face = 0; face < classes.faceCount; face++) {
        const number = numberOf(face);
        const own = faces.get(number);
        if (own) own.push(face);
        else faces.set(number, [face]);
      }
      return new Map(
        [...faces].map(([number, own]) => {
          for (const face of own) pool.draw(face);
          return [number, pool.finish()];
        }),
      );
    };
    const subnetIn = (family: 0 | 1) => rowsBy((face) => this.subnetsOf(classes.faceClass[face]!)[family]);
    this.inSubnet = crossings.subnets ? [subnetIn(0), subnetIn(1)] : [new Map(), new Map()];
    this.byCode = [...rowsBy((face) => crossings.pools.ways[face]!)];
  }

  /** To a pod with this face, from whom; `owner` is its class. */
  toFace(face: number, owner: number): ByWay {
    return this.split(this.crossings.pools.ways[face]!, this.subnetsOf(owner));
  }

  /** From ends of a class to whom, which makes sense for pods alone. */
  fromClass(owner: number): ByWay {
    const subnets = this.subnetsOf(owner);
    const key = `from ${subnets}`;
    let found = this.known.get(key);
    if (!found) {
      const { pool } = this.cluster;
      const rows = new Map<number, number>();
      for (const [code, faces] of this.byCode)
        for (const { ways, row } of this.split(code, subnets)) rows.set(ways, pool.or(rows.get(ways) ?? EMPTY, pool.and(row, faces)));
      found = listOf(rows);
      this.known.set(key, found);
    }
    return found;
  }

  private subnetsOf(owner: number): SubnetIds {
    return this.crossings.places[this.cluster.classes.places[owner]!]!.subnets;
  }

  /** Members by their ways to or from an end in some subnets, where pools say this of the pod at one of the ends. */
  private split(code: number, subnets: SubnetIds): ByWay {
    const key = `${code} ${subnets}`;
    let found = this.known.get(key);
    if (!found) {
      found = this.makeSplit(code, subnets);
      this.known.set(key, found);
    }
    return found;
  }

  private makeSplit(code: number, subnets: SubnetIds): ByWay {
    const { pool } = this.cluster;
    let wrapped = (code & ALWAYS_WRAPPED) !== 0 ? FULL : EMPTY;
    let plain = (code & (NEVER_WRAPPED | NO_POOL)) !== 0 ? FULL : EMPTY;
    for (const family of FAMILIES) {
      if ((code & ACROSS_BITS[family]) === 0) continue;
      const { same, open } = this.relation(family, subnets[family]);
      wrapped = pool.or(wrapped, pool.andNot(FULL, same));
      plain = pool.or(plain, pool.or(same, open));
    }
    const more = (code & NO_POOL) !== 0 ? PERHAPS_WRAPPED : 0;
    return listOf(
      new Map([
        [WRAPPED | more, pool.andNot(wrapped, plain)],
        [PLAIN | more, pool.andNot(plain, wrapped)],
        [WRAPPED | PLAIN | more, pool.and(wrapped, plain)],
      ]),
    );
  }

  /** Members of the same subnet, and those of which nobody knows whether they are; all others are in another one. */
  private relation(family: 0 | 1, subnet: number): { readonly same: number; readonly open: number } {
    const { subnets } = this.crossings;
    if (!subnets || subnet === UNTOLD_SUBNET) return { same: EMPTY, open: FULL };
    const { pool } = this.cluster;
    const rowOf = (id: number) => this.inSubnet[family].get(id) ?? EMPTY;
    const open = subnets.near(family, subnet).reduce((row, id) => pool.or(row, rowOf(id)), rowOf(UNTOLD_SUBNET));
    return { same: subnet === LONE_SUBNET ? EMPTY : rowOf(subnet), open };
  }
}

function listOf(rows: ReadonlyMap<number, number>): ByWay {
  return [...rows].flatMap(([ways, row]) => (row === EMPTY ? [] : [{ ways, row }]));
}
