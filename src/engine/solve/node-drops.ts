import type { PacketExpression } from '../../model/policy';
import { ON_HOST, PLACED } from '../classes';
import { INSIDE, MASKED, OUTSIDE, type PoolCodes, UNKNOWN_MASK, UNMASKED } from '../compile/address-pools';
import type { CompiledCluster, CompiledDrops } from '../compile/compile';
import type { Bounds } from '../compile/selector-rows';
import { EMPTY, FULL, rowHas } from '../kernel/rows';
import { facesWhere } from './face-rows';
import { type FixedClass, fixedClasses } from './fixed-classes';
import type { HostSides } from './host-sides';
import type { ResultAlgebra } from './result-algebra';

/**
 * What processes of nodes do not get, whatever policies say (see `droppedAtNode` in `evaluate-path`). Of whom it is said depends on the process only by
 * whether its address lies in a pool (towards others, pods may be seen by the address of their node, from where it is let in) and whether its node is known.
 */
export class NodeDrops {
  private readonly cluster: CompiledCluster;
  private readonly algebra: ResultAlgebra;
  private readonly compiled: CompiledDrops;
  /** Faces of whom the node is known. */
  private readonly placed: number;
  /** Pods that are seen by the address of their node outside pools, or perhaps so, and who has an address inside; undefined where that does not matter. */
  private readonly seen: ReturnType<typeof facesByPools> | undefined;

  constructor(cluster: CompiledCluster, compiled: CompiledDrops, algebra: ResultAlgebra) {
    this.cluster = cluster;
    this.compiled = compiled;
    this.algebra = algebra;
    this.placed = facesWhere(cluster, (face) => this.isPlaced(cluster.classes.faceClass[face]!));
    this.seen = compiled.pools && facesByPools(cluster, compiled.pools);
  }

  without({ egress, ingress, near }: HostSides): HostSides {
    const { algebra } = this;
    const atProcesses = this.byClass(true);
    // On their own nodes pods are seen as they are.
    const ofPods = this.compiled.pools ? this.byClass(false) : undefined;
    return {
      egress,
      ingress: ingress.map((result, owner) => (this.isProcess(owner) ? algebra.both(result, atProcesses(owner)) : result)),
      near: ofPods ? near.map((result, owner) => (this.isProcess(owner) ? result : algebra.both(result, ofPods(owner)))) : near,
    };
  }

  private isProcess(owner: number): boolean {
    return (this.cluster.classes.flags[owner]! & ON_HOST) !== 0;
  }

  /** What processes get of others, or pods get to processes of their own nodes: worked out once for all classes that are alike. */
  private byClass(ofProcesses: boolean): (owner: number) => number {
    const { pools, drops } = this.compiled;
    const codes = pools && (ofProcesses ? pools.pools : pools.masks);
    // Of three codes two tell them all apart.
    const rows = codes ? [0, 1].map((code) => facesWhere(this.cluster, (face) => codes[face] === code)) : [];
    const peers = ofProcesses ? [] : drops.map(({ peer }) => peer);
    const alike = fixedClasses(this.cluster, new Set(peers), rows, (owner) => [this.cluster.classes.flags[owner]! & PLACED]);
    const known = new Map<number, number>();
    return (owner) => {
      const fixed = alike.classes[alike.keyOf[owner]!]!;
      let result = known.get(fixed.key);
      if (result === undefined) {
        const said = drops.map(({ packets, peer }) =>
          this.allBut([packets], ofProcesses ? this.sendersTo(fixed, peer) : this.receiversOf(fixed, peer)),
        );
        result = said.reduce((all, one) => this.algebra.both(all, one));
        known.set(fixed.key, result);
      }
      return result;
    };
  }

  private allBut(packets: PacketExpression, { must, may }: Bounds): number {
    const { specs, pool } = this.cluster;
    const { algebra } = this;
    const perhaps = pool.andNot(may, must);
    return specs
      .parts(packets)
      .map(({ spec, open }) => {
        const spans = specs.spans[spec]!;
        return algebra.both(algebra.within(algebra.allBut(spans, open), must), algebra.within(algebra.allBut(spans, true), perhaps));
      })
      .reduce((all, part) => algebra.both(all, part));
  }

  /** Whose packets a process does not get, on another node or nobody knows which. */
  private sendersTo({ faces, owner }: FixedClass, peer: number): Bounds {
    const { pool, works } = this.cluster;
    const { pools } = this.compiled;
    const asTheyAre = works.peers.rowsOf(peer);
    if (!pools) return asTheyAre;
    const { masked, perhapsMasked } = this.seen!;
    const elsewhere = this.isPlaced(owner) ? this.placed : EMPTY;
    let [must, may] = [EMPTY, EMPTY];
    for (const { face, row } of faces) {
      const hidden = pools.pools[face] === OUTSIDE ? pool.and(masked, elsewhere) : EMPTY;
      const perhapsHidden = pools.pools[face] === INSIDE ? perhapsMasked : pool.or(perhapsMasked, masked);
      must = pool.or(must, pool.and(row, pool.andNot(asTheyAre.must, perhapsHidden)));
      may = pool.or(may, pool.and(row, pool.andNot(asTheyAre.may, hidden)));
    }
    return { must, may };
  }

  /** Which processes do not get the packets of a pod, if they are on its node: those of whom nobody knows only perhaps, unless it is the same elsewhere. */
  private receiversOf({ faces, owner }: FixedClass, peer: number): Bounds {
    const { pool, works } = this.cluster;
    const pools = this.compiled.pools!;
    const asked = works.peers.rowsOf(peer);
    const open = this.isPlaced(owner) ? pool.andNot(FULL, this.placed) : FULL;
    let [must, may] = [EMPTY, EMPTY];
    for (const { face, row } of faces) {
      if (!rowHas(pool, asked.may, face)) continue;
      may = pool.or(may, row);
      if (!rowHas(pool, asked.must, face)) continue;
      const code = pools.masks[face];
      const hidesFrom = code === UNMASKED ? EMPTY : code === MASKED ? pool.andNot(FULL, this.seen!.inside) : FULL;
      must = pool.or(must, pool.andNot(row, pool.and(open, hidesFrom)));
    }
    return { must, may };
  }

  private isPlaced(owner: number): boolean {
    return (this.cluster.classes.flags[owner]! & PLACED) !== 0;
  }
}

function facesByPools(cluster: CompiledCluster, { masks, pools }: PoolCodes) {
  return {
    masked: facesWhere(cluster, (face) => masks[face] === MASKED),
    perhapsMasked: facesWhere(cluster, (face) => masks[face] === UNKNOWN_MASK),
    inside: facesWhere(cluster, (face) => pools[face] === INSIDE),
  };
}
