import { ON_HOST, PLACED } from '../classes';
import {
  ACROSS_V4_SUBNETS,
  ACROSS_V6_SUBNETS,
  ALWAYS_WRAPPED,
  INSIDE,
  MASKED,
  NEVER_WRAPPED,
  NO_POOL,
  OUTSIDE,
  UNMASKED,
} from '../compile/address-pools';
import type { CompiledCluster, CompiledHosts } from '../compile/compile';
import { NOBODY, OWN, PASSING } from '../compile/host-kinds';
import type { HostPlace } from '../compile/host-places';
import { everyHostRule } from '../compile/host-rules';
import { ANY_PEER } from '../compile/vocabulary';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL } from '../kernel/rows';
import { type ByWay, Crossings, PERHAPS_WRAPPED, PLAIN, WRAPPED } from './crossings';
import { facesWhere } from './face-rows';
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
  const checkpoints = new HostCheckpoints(cluster, hosts, passes, results, algebra);
  // As policies at hosts see what processes of nodes send through tunnels.
  const tunnelled = cluster.throughTunnels ? new HostCheckpoints(cluster.throughTunnels, hosts, passes, results, algebra) : checkpoints;
  const solver = new SideSolver(cluster, hosts, { checkpoints, tunnelled }, results, algebra);
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
  const all = everyHostRule(rules);
  const hasNames = all.some(({ packets }) => packets.some(({ spec }) => specs.hasNames(spec)));
  const peers = new Set(all.flatMap(({ peer, subject }) => [peer, subject]));
  const seen = cluster.throughTunnels?.works.peers;
  const rows = seen ? [...peers].filter((peer) => peer !== ANY_PEER).flatMap((peer) => Object.values(seen.rowsOf(peer))) : [];
  return fixedClasses(cluster, peers, rows, (owner) => [hasNames ? classes.ports[owner]! : 0]);
}

/** Of these, classes that also meet the same host endpoints in the same way. */
function alikeToHosts(cluster: CompiledCluster, { pools }: CompiledHosts, toRules: FixedClasses): FixedClasses {
  const { flags, places } = cluster.classes;
  const codes = [pools.masks, pools.pools].flatMap((codesOf) =>
    [0, 1].map((code) => facesWhere(cluster, (face) => codesOf[face] === code)),
  );
  codes.push(...WAY_BITS.map((bit) => facesWhere(cluster, (face) => (pools.ways[face]! & bit) !== 0)));
  return fixedClasses(cluster, new Set(), codes, (owner) => [flags[owner]! & (ON_HOST | PLACED), places[owner]!, toRules.keyOf[owner]!]);
}

const WAY_BITS = [ALWAYS_WRAPPED, NEVER_WRAPPED, ACROSS_V4_SUBNETS, ACROSS_V6_SUBNETS, NO_POOL];

/** Rows of members by what they are to host endpoints. */
class HostMembers {
  readonly placedPods: number;
  readonly placedProcesses: number;
  readonly unplacedPods: number;
  readonly unplacedProcesses: number;
  readonly blocks: number;
  /** Placed pods by whether they are seen by the address of their node. */
  readonly byMask: readonly number[];
  private readonly cluster: CompiledCluster;
  private facesAt: readonly (readonly number[])[] | undefined;

  constructor(cluster: CompiledCluster, { pools }: CompiledHosts) {
    this.cluster = cluster;
    const { classes, blocks, pool } = cluster;
    const { flags, faceClass, faceCount } = classes;
    const isOf = (face: number, wanted: number) => (flags[faceClass[face]!]! & (ON_HOST | PLACED)) === wanted;
    const facesWith = (wanted: number) => facesWhere(cluster, (face) => isOf(face, wanted));
    this.placedPods = facesWith(PLACED);
    this.placedProcesses = facesWith(PLACED | ON_HOST);
    this.unplacedPods = facesWith(0);
    this.unplacedProcesses = facesWith(ON_HOST);
    pool.drawRange(faceCount, faceCount + blocks.count);
    this.blocks = pool.finish();
    this.byMask = [0, 1, 2].map((code) => facesWhere(cluster, (face) => pools.masks[face] === code && isOf(face, PLACED)));
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
}

type Sides = Readonly<Record<keyof HostSides, number>>;

class SideSolver {
  readonly members: HostMembers;
  private readonly cluster: CompiledCluster;
  private readonly hosts: CompiledHosts;
  private readonly checkpoints: HostCheckpoints;
  private readonly tunnelled: HostCheckpoints;
  private readonly crossings: Crossings;
  private readonly everything: number;
  private readonly algebra: ResultAlgebra;
  private readonly pool: RowPool;
  private readonly masks: NodeMasks;

  constructor(
    cluster: CompiledCluster,
    hosts: CompiledHosts,
    { checkpoints, tunnelled }: { readonly checkpoints: HostCheckpoints; readonly tunnelled: HostCheckpoints },
    results: ResultTable,
    algebra: ResultAlgebra,
  ) {
    this.cluster = cluster;
    this.hosts = hosts;
    this.checkpoints = checkpoints;
    this.tunnelled = tunnelled;
    this.crossings = new Crossings(cluster, cluster.crossings!);
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
      ...this.crossing(this.crossings.fromClass(fixed.owner), otherPods, (isWrapped) =>
        checkpoints.among(isWrapped ? place.tunnel : place.outward, 'source', fixed, 'out', ['forward']),
      ),
      [checkpoints.among(place.outward, 'source', fixed, 'out', ['forward']), outside],
    ]);
    const ingress = this.all([
      ...fixed.faces.flatMap(({ face, row }) =>
        this.arrivingAtFace(fixed, place, face, pool.and(row, otherPods), pool.and(row, placedProcesses)),
      ),
      [checkpoints.among(place.outward, 'destination', fixed, 'in', PASSING), blocks],
      [checkpoints.among([place.inner], 'destination', fixed, 'out', ['forward']), pool.or(placedPods, blocks)],
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
      ...this.crossing(this.crossings.fromClass(fixed.owner), placedPods, (isWrapped, isSeenWrapped) =>
        (isSeenWrapped ? this.tunnelled : checkpoints).among(isWrapped ? place.tunnel : place.outward, 'source', fixed, 'out', [
          'untracked',
          'normal',
        ]),
      ),
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

  /** What comes to one face of a pod from others: by the interface that it comes by, then by the pod's own. */
  private arrivingAtFace(fixed: FixedClass, place: HostPlace, face: number, pods: number, processes: number): readonly Part[] {
    const { checkpoints, tunnelled } = this;
    const byWay = this.crossings.toFace(face, fixed.owner);
    const comes = (by: HostCheckpoints, isWrapped: boolean) =>
      by.among(isWrapped ? place.tunnel : place.outward, 'destination', fixed, 'in', PASSING);
    const enters = (by: HostCheckpoints) => by.among([place.inner], 'destination', fixed, 'out', ['forward']);
    return [
      ...this.crossing(byWay, pods, (isWrapped) => comes(checkpoints, isWrapped)),
      ...this.crossing(byWay, processes, (isWrapped, isSeenWrapped) => comes(isSeenWrapped ? tunnelled : checkpoints, isWrapped)),
      ...this.crossing(byWay, processes, (_, isSeenWrapped) => enters(isSeenWrapped ? tunnelled : checkpoints)),
    ];
  }

  /**
   * What is said of members, by the ways that packets between them and the end at hand may take: of several any may be the one.
   * @param said what is said on one way: whether it leads through the tunnel, and whether a process is seen by the address of that
   */
  private crossing(byWay: ByWay, members: number, said: (isWrapped: boolean, isSeenWrapped: boolean) => number): readonly Part[] {
    return byWay.flatMap(({ ways, row }): readonly Part[] => {
      const at = this.pool.and(row, members);
      if (at === EMPTY) return [];
      const results = [
        ...((ways & WRAPPED) !== 0 ? [said(true, true)] : []),
        ...((ways & PERHAPS_WRAPPED) !== 0 ? [said(true, false)] : []),
        ...((ways & PLAIN) !== 0 ? [said(false, false)] : []),
      ];
      return [[results.reduce((all, result) => this.algebra.either(all, result)), at]];
    });
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
