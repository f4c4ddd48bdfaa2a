import { grown } from '../kernel/int-list';
import type { Model } from '../model';
import type { ClassConnections } from './class-connections';
import { ALL_PACKETS, NO_PACKETS, type PacketSets } from './packet-sets';
import { nearness, type PeerGroup, type Shapes } from './peer-groups';

/**
 * What the endpoints of one group may open to those of another: certain on every pair of different endpoints, possible on some.
 * What policies say is a matter of the two shapes and is worked out once for all groups that have them; only groups that share endpoints, or have pods
 * and hosts that may share a node, are looked at one by one.
 */
export class GroupConnections {
  /** The two packet sets of the last question. */
  lower = NO_PACKETS;
  upper = NO_PACKETS;
  private readonly model: Model;
  private readonly sets: PacketSets;
  private readonly classes: ClassConnections;
  private readonly shapes: Shapes;
  private readonly destinations: readonly PeerGroup[];
  /** Destinations by shape, and by key. */
  private readonly byShape = new Map<number, PeerGroup[]>();
  private readonly keys = new Set<string>();
  /** Whether all destinations are of one kind, so that a source of that kind shares endpoints with none but itself. */
  private readonly kind: string | undefined;
  /** For the source shape at hand, by destination shape: lower and upper set, and whether the two may be near each other; -1 where not asked yet. */
  private readonly known: Int32Array;
  private shape = -1;
  private shapeRows = -1;
  /** Endpoints of the source at hand, and its endpoints of one class by node. */
  private readonly isSource: Uint8Array;
  private source: PeerGroup | undefined;
  private byNode: Int32Array = new Int32Array(16);

  constructor(model: Model, sets: PacketSets, classes: ClassConnections, shapes: Shapes, destinations: readonly PeerGroup[]) {
    this.model = model;
    this.sets = sets;
    this.classes = classes;
    this.shapes = shapes;
    this.destinations = destinations;
    this.known = new Int32Array(3 * shapes.count);
    this.isSource = new Uint8Array(model.endpoints.classOf.length);
    for (const group of destinations) {
      const alike = this.byShape.get(group.shape);
      if (alike) alike.push(group);
      else this.byShape.set(group.shape, [group]);
      this.keys.add(`${group.key.kind} ${group.key.index}`);
    }
    const kinds = new Set(destinations.map(({ key }) => key.kind));
    this.kind = kinds.size === 1 ? [...kinds][0] : undefined;
  }

  /** Sets `lower` and `upper` to what `from` may open to `to`. Questions with the same `from` in a row are cheap. */
  between(from: PeerGroup, to: PeerGroup): void {
    if (isSelf(from, to)) {
      this.lower = NO_PACKETS;
      this.upper = NO_PACKETS;
      return;
    }
    this.turnTo(from.shape);
    const slot = this.ask(to.shape);
    if (this.known[slot + 2] === 0 && !this.mayOverlap(from, to)) {
      this.lower = this.known[slot]!;
      this.upper = this.known[slot + 1]!;
      return;
    }
    this.betweenEndpoints(from, to);
  }

  /** Number of destinations to which something from `from` is possible. */
  countFrom(from: PeerGroup): number {
    if (this.kind !== from.key.kind) return this.countEach(from, this.destinations);
    this.turnTo(from.shape);
    if (this.shapeRows < 0) this.shapeRows = this.countByShape();
    let rows = this.shapeRows;
    for (const [shape, groups] of this.byShape) {
      if (this.known[this.ask(shape) + 2] === 1) rows += this.countEach(from, groups);
    }
    // The shapes were counted as if the source were none of the destinations.
    const own = this.keys.has(`${from.key.kind} ${from.key.index}`);
    const slot = this.ask(from.shape);
    if (own && this.known[slot + 2] === 0) {
      if (this.known[slot + 1] !== NO_PACKETS) rows--;
      rows += this.countEach(from, [from]);
    }
    return rows;
  }

  private countEach(from: PeerGroup, destinations: readonly PeerGroup[]): number {
    let rows = 0;
    for (const to of destinations) {
      this.between(from, to);
      if (this.upper !== NO_PACKETS) rows++;
    }
    return rows;
  }

  /** Destinations of the shapes that need no look at endpoints. */
  private countByShape(): number {
    let rows = 0;
    for (const [shape, groups] of this.byShape) {
      const slot = this.ask(shape);
      if (this.known[slot + 2] === 0 && this.known[slot + 1] !== NO_PACKETS) rows += groups.length;
    }
    return rows;
  }

  private turnTo(shape: number): void {
    if (shape === this.shape) return;
    this.shape = shape;
    this.shapeRows = -1;
    this.known.fill(-1);
  }

  /** Slot of what is known about the source shape at hand and another one. */
  private ask(shape: number): number {
    const slot = 3 * shape;
    if (this.known[slot] !== -1) return slot;
    const { flags } = this.model.classes;
    const sources = this.shapes.classesOf(this.shape);
    const targets = this.shapes.classesOf(shape);
    let [lower, upper, near] = [ALL_PACKETS, NO_PACKETS, 0];
    for (let i = 0; i < sources.length; i++) {
      for (let j = 0; j < targets.length; j++) {
        const closeness = nearness(flags[sources[i]!]!, flags[targets[j]!]!);
        if (closeness === 1) near = 1;
        if (closeness === 2) upper = ALL_PACKETS;
        if (lower === NO_PACKETS && upper === ALL_PACKETS) continue;
        this.classes.between(sources[i]!, targets[j]!);
        lower = this.sets.intersection(lower, this.classes.lower);
        upper = this.sets.union(upper, this.classes.upper);
      }
    }
    this.known[slot] = upper === NO_PACKETS ? NO_PACKETS : lower;
    this.known[slot + 1] = upper;
    this.known[slot + 2] = near;
    return slot;
  }

  private mayOverlap(from: PeerGroup, to: PeerGroup): boolean {
    return from.key.kind !== to.key.kind || from.key.index === to.key.index;
  }

  /** The same with a look at endpoints: a pair of an endpoint with itself does not count, and two on one node are free to talk. */
  private betweenEndpoints(from: PeerGroup, to: PeerGroup): void {
    const { flags } = this.model.classes;
    this.mark(from);
    const sources = this.shapes.classesOf(from.shape);
    const targets = this.shapes.classesOf(to.shape);
    let [lower, upper, pairs] = [ALL_PACKETS, NO_PACKETS, 0];
    for (const source of sources) {
      for (const target of targets) {
        const { count, near } = this.pairsOf(source, target, from, to);
        pairs += count;
        if (count === 0) continue;
        if (near > 0 || nearness(flags[source]!, flags[target]!) === 2) upper = ALL_PACKETS;
        if (near === count) continue;
        this.classes.between(source, target);
        lower = this.sets.intersection(lower, this.classes.lower);
        upper = this.sets.union(upper, this.classes.upper);
      }
    }
    this.lower = pairs === 0 || upper === NO_PACKETS ? NO_PACKETS : lower;
    this.upper = pairs === 0 ? NO_PACKETS : upper;
  }

  /** Pairs of different endpoints of two classes, and how many of them share a node across its network. */
  private pairsOf(source: number, target: number, from: PeerGroup, to: PeerGroup): { readonly count: number; readonly near: number } {
    const { classOf, nodeOf } = this.model.endpoints;
    const { flags } = this.model.classes;
    const looksAtNodes = nearness(flags[source]!, flags[target]!) === 1;
    this.byNode = grown(this.byNode, this.model.counts.nodes);
    let sourceCount = 0;
    for (const endpoint of from.endpoints) {
      if (classOf[endpoint] !== source) continue;
      sourceCount++;
      if (looksAtNodes) this.byNode[nodeOf[endpoint]!]!++;
    }
    let [count, near] = [0, 0];
    for (const endpoint of to.endpoints) {
      if (classOf[endpoint] !== target) continue;
      count += source === target ? sourceCount - this.isSource[endpoint]! : sourceCount;
      if (looksAtNodes) near += this.byNode[nodeOf[endpoint]!]!;
    }
    if (looksAtNodes) for (const endpoint of from.endpoints) if (classOf[endpoint] === source) this.byNode[nodeOf[endpoint]!] = 0;
    return { count, near };
  }

  private mark(from: PeerGroup): void {
    if (from === this.source) return;
    if (this.source) for (const endpoint of this.source.endpoints) this.isSource[endpoint] = 0;
    for (const endpoint of from.endpoints) this.isSource[endpoint] = 1;
    this.source = from;
  }
}

function isSelf({ key: from }: PeerGroup, { key: to }: PeerGroup): boolean {
  return from.kind !== 'namespace' && from.kind === to.kind && from.index === to.index;
}
