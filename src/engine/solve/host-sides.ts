import { ON_HOST, PLACED } from '../classes';
import { INSIDE, MASKED, OUTSIDE, PLAIN, UNMASKED, WRAPPED } from '../compile/address-pools';
import type { CompiledCluster, CompiledHosts } from '../compile/compile';
import { NOBODY, OWN, PASSING } from '../compile/host-kinds';
import type { HostPlace } from '../compile/host-places';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import { type FixedClass, type FixedClasses, fixedClasses } from './fixed-classes';
import { HostCheckpoints } from './host-checkpoints';
import { NodeMasks } from './node-masks';
import type { ResultAlgebra } from './result-algebra';
import type { ResultTable } from './result-table';

/** What all host endpoints on the way say of flows from a class, to it, and from it across the network of its own node. */
export interface HostSides {
  readonly egress: Int32Array;
  readonly ingress: Int32Array;
  readonly near: Int32Array;
}

/** See `evaluate-path` for what meets what. Every element of a path must allow, so that a side is the conjunction of its elements, each where it counts. */
export function solveHostSides(
  cluster: CompiledCluster,
  hosts: CompiledHosts,
  passes: readonly boolean[],
  results: ResultTable,
  algebra: ResultAlgebra,
): HostSides {
  const { classes } = cluster;
  const toRules = alikeToRules(cluster, hosts);
  const toHosts = alikeToHosts(cluster, hosts, toRules);
  const solver = new SideSolver(cluster, hosts, new HostCheckpoints(cluster, hosts, passes, results, algebra), results, algebra);
  const known = toHosts.classes.map((met) => {
    const place = hosts.places[classes.places[met.owner]!]!;
    // What rules say is the same wherever it is asked.
    const fixed = { ...met, key: toRules.keyOf[met.owner]! };
    return (classes.flags[met.owner]! & ON_HOST) !== 0 ? solver.ofProcess(fixed, place) : solver.ofPod(fixed, place);
  });
  const byClass = (side: keyof HostSides) => toHosts.keyOf.map((key) => known[key]![side]);
  return { egress: byClass('egress'), ingress: byClass('ingress'), near: byClass('near') };
}

/** Classes that no rule at a host endpoint tells apart. */
function alikeToRules(cluster: CompiledCluster, { rules }: CompiledHosts): FixedClasses {
  const { specs, classes } = cluster;
  const all = [...rules.ingress, ...rules.egress].flatMap((own) => own ?? []);
  const hasNames = all.some(({ packets }) => packets.some(({ spec }) => specs.hasNames(spec)));
  const peers = new Set(all.flatMap(({ peer, subject }) => [peer, subject]));
  return fixedClasses(cluster, peers, [], (owner) => [hasNames ? classes.ports[owner]! : 0]);
}

/** Of these, classes that also meet the same host endpoints in the same way. */
function alikeToHosts(cluster: CompiledCluster, { pools }: CompiledHosts, toRules: FixedClasses): FixedClasses {
  const { classes, pool } = cluster;
  const { faceCount, flags, places } = classes;
  const codes = [pools.ways, pools.masks, pools.pools].flatMap((codesOf) =>
    [0, 1].map((code) => {
      for (let face = 0; face < faceCount; face++) if (codesOf[face] === code) pool.draw(face);
      return pool.finish();
    }),
  );
  return fixedClasses(cluster, new Set(), codes, (owner) => [flags[owner]! & (ON_HOST | PLACED), places[owner]!, toRules.keyOf[owner]!]);
}

/** Rows of members by what they are to host endpoints. */
class HostMembers {
  readonly placedPods: number;
  readonly placedProcesses: number;
  readonly unplacedPods: number;
  readonly unplacedProcesses: number;
  readonly blocks: number;
  /** Placed pods by how packets to them travel, and by whether they are seen by the address of their node. */
  readonly byWay: readonly number[];
  readonly byMask: readonly number[];
  private readonly cluster: CompiledCluster;
  private facesAt: readonly (readonly number[])[] | undefined;

  constructor(cluster: CompiledCluster, { pools }: CompiledHosts) {
    this.cluster = cluster;
    const { classes, blocks, pool } = cluster;
    const { flags, faceClass, faceCount } = classes;
    const facesWith = (wanted: number) => this.draw((owner) => (flags[owner]! & (ON_HOST | PLACED)) === wanted);
    this.placedPods = facesWith(PLACED);
    this.placedProcesses = facesWith(PLACED | ON_HOST);
    this.unplacedPods = facesWith(0);
    this.unplacedProcesses = facesWith(ON_HOST);
    pool.drawRange(faceCount, faceCount + blocks.count);
    this.blocks = pool.finish();
    const byCode = (codes: Uint8Array) =>
      [0, 1, 2].map((code) => {
        for (let face = 0; face < faceCount; face++)
          if (codes[face] === code && (flags[faceClass[face]!]! & (ON_HOST | PLACED)) === PLACED) pool.draw(face);
        return pool.finish();
      });
    this.byWay = byCode(pools.ways);
    this.byMask = byCode(pools.masks);
  }

  /** What runs on the same node, where a place is one node; nothing elsewhere. */
  sameNode(owner: number, { isOne }: HostPlace): number {
    if (!isOne) return EMPTY;
    this.facesAt ??= this.sortFaces();
    const { pool, classes } = this.cluster;
    for (const face of this.facesAt[classes.places[owner]!]!) pool.draw(face);
    return pool.finish();
  }

  /** Faces of each place. */
  private sortFaces(): readonly (readonly number[])[] {
    const { places, faceClass, faceCount } = this.cluster.classes;
    const faces: number[][] = [];
    for (let face = 0; face < faceCount; face++) {
      const place = places[faceClass[face]!]!;
      faces[place] ??= [];
      faces[place].push(face);
    }
    return faces;
  }

  private draw(isMember: (owner: number) => boolean): number {
    const { classes, pool } = this.cluster;
    for (let face = 0; face < classes.faceCount; face++) if (isMember(classes.faceClass[face]!)) pool.draw(face);
    return pool.finish();
  }
}

type Sides = Readonly<Record<keyof HostSides, number>>;

class SideSolver {
  readonly members: HostMembers;
  private readonly cluster: CompiledCluster;
  private readonly hosts: CompiledHosts;
  private readonly checkpoints: HostCheckpoints;
  private readonly everything: number;
  private readonly algebra: ResultAlgebra;
  private readonly pool: RowPool;
  private readonly masks: NodeMasks;

  constructor(cluster: CompiledCluster, hosts: CompiledHosts, checkpoints: HostCheckpoints, results: ResultTable, algebra: ResultAlgebra) {
    this.cluster = cluster;
    this.hosts = hosts;
    this.checkpoints = checkpoints;
    this.everything = results.everything;
    this.algebra = algebra;
    this.pool = cluster.pool;
    this.members = new HostMembers(cluster, hosts);
    this.masks = new NodeMasks(cluster, algebra);
  }

  ofPod(fixed: FixedClass, place: HostPlace): Sides {
    const { algebra, checkpoints, members, pool } = this;
    const { policesForwarded, policesOwn } = this.hosts.kinds;
    const { blocks, placedPods, placedProcesses, unplacedPods, unplacedProcesses } = members;
    if (!this.isPlaced(fixed)) {
      // Nobody knows what it meets.
      const pods = policesForwarded ? pool.or(pool.or(placedPods, unplacedPods), blocks) : EMPTY;
      const unknown = algebra.unsure(this.everything, pool.or(pods, policesOwn ? pool.or(placedProcesses, unplacedProcesses) : EMPTY));
      return { egress: unknown, ingress: unknown, near: this.everything };
    }
    const known = pool.or(pool.or(placedPods, placedProcesses), blocks);
    const otherPods = pool.andNot(placedPods, members.sameNode(fixed.owner, place));
    const outside = pool.or(placedProcesses, blocks);
    const egress = this.all([
      [checkpoints.among([place.inner], 'source', fixed, 'in', ['preDNAT', 'forward']), known],
      ...this.towardsPods(fixed, place, otherPods, ['forward']),
      [checkpoints.among(place.outward, 'source', fixed, 'out', ['forward']), outside],
    ]);
    const ingress = this.all([
      ...fixed.faces.map(({ face, row }): Part => {
        const kinds = transitKinds(place, this.hosts.pools.ways[face]!);
        const rows = pool.and(row, pool.or(otherPods, placedProcesses));
        return [checkpoints.among(kinds, 'destination', fixed, 'in', PASSING), rows];
      }),
      [checkpoints.among(place.outward, 'destination', fixed, 'in', PASSING), blocks],
      [checkpoints.among([place.inner], 'destination', fixed, 'out', ['forward']), known],
    ]);
    const unsure = pool.or(policesForwarded ? unplacedPods : EMPTY, policesOwn ? unplacedProcesses : EMPTY);
    const near = algebra.within(checkpoints.among([place.inner], 'source', fixed, 'in', ['preDNAT']), placedProcesses);
    return { egress: algebra.unsure(egress, unsure), ingress: algebra.unsure(ingress, unsure), near };
  }

  ofProcess(fixed: FixedClass, place: HostPlace): Sides {
    const { algebra, checkpoints, members, pool } = this;
    const { blocks, placedPods, placedProcesses, unplacedPods, unplacedProcesses } = members;
    if (!this.hosts.kinds.policesOwn) return { egress: this.everything, ingress: this.everything, near: this.everything };
    if (!this.isPlaced(fixed)) {
      const unknown = algebra.unsure(this.everything, FULL);
      return { egress: unknown, ingress: unknown, near: this.everything };
    }
    const same = pool.and(members.sameNode(fixed.owner, place), placedProcesses);
    const elsewhere = pool.or(pool.andNot(placedProcesses, same), blocks);
    const egress = this.all([
      ...this.towardsPods(fixed, place, placedPods, ['untracked', 'normal']),
      [checkpoints.among([place.loopback], 'source', fixed, 'out', ['normal']), same],
      [checkpoints.among(place.outward, 'source', fixed, 'out', ['untracked', 'normal']), elsewhere],
    ]);
    const arriving = checkpoints.among(place.outward, 'destination', fixed, 'in', OWN);
    const ingress = this.all([
      [arriving, elsewhere],
      [checkpoints.among([place.loopback], 'destination', fixed, 'in', ['normal']), same],
      ...this.seenFromAfar(fixed, place, arriving),
    ]);
    const unsure = pool.or(unplacedPods, unplacedProcesses);
    return { egress: algebra.unsure(egress, unsure), ingress: algebra.unsure(ingress, unsure), near: this.everything };
  }

  private isPlaced({ owner }: FixedClass): boolean {
    return (this.cluster.classes.flags[owner]! & PLACED) !== 0;
  }

  private all(parts: readonly Part[]): number {
    return parts.reduce((all, [result, row]) => this.algebra.both(all, this.algebra.within(result, row)), this.everything);
  }

  /** What leaves the node for pods of others, by how packets to them travel. */
  private towardsPods(fixed: FixedClass, place: HostPlace, pods: number, hooks: typeof OWN): readonly Part[] {
    return this.members.byWay.map((row, way) => [
      this.checkpoints.among(transitKinds(place, way), 'source', fixed, 'out', hooks),
      this.pool.and(row, pods),
    ]);
  }

  /** Pods of other nodes at a process: as they are, or as their nodes, as pools of addresses have it. `arriving`: what is said of them as they are. */
  private seenFromAfar(fixed: FixedClass, { outward }: HostPlace, arriving: number): readonly Part[] {
    const { pool, algebra, members, hosts } = this;
    const { placedPods, byMask } = members;
    if (outward.every((kind) => kind === NOBODY)) return [];
    return fixed.faces.flatMap(({ face, row, family }): readonly Part[] => {
      const pods = pool.and(placedPods, row);
      const isInside = hosts.pools.pools[face]!;
      const asTheyAre = pool.and(pods, isInside === INSIDE ? pool.or(byMask[UNMASKED]!, byMask[MASKED]!) : byMask[UNMASKED]!);
      const asNodes = isInside === OUTSIDE ? pool.and(pods, byMask[MASKED]!) : EMPTY;
      const unknown = pool.andNot(pods, pool.or(asTheyAre, asNodes));
      const hidden = pool.andNot(pods, asTheyAre);
      const masked = this.masks.said(arriving, hidden, fixed.owner, family);
      return [
        [arriving, asTheyAre],
        [masked, asNodes],
        [algebra.either(arriving, masked), unknown],
      ];
    });
  }
}

/** A result, and the members for whom it counts. */
type Part = readonly [result: number, row: number];

/** Kinds on the way to or from a pod of another node. */
function transitKinds({ tunnel, outward }: HostPlace, way: number): readonly number[] {
  if (way === WRAPPED) return tunnel;
  return way === PLAIN ? outward : [...new Set([...tunnel, ...outward])];
}
