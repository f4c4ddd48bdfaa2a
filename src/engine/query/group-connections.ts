import { grown } from '../kernel/int-list';
import type { Model } from '../model';
import type { ClassConnections } from './class-connections';
import { ALL_PACKETS, NO_PACKETS, type PacketSets } from './packet-sets';
import { type Membership, nearness, type PeerGroup, type Shapes } from './peer-groups';
import type { Reach } from './reach';

/**
 * What the endpoints of one group may open to those of others: certain on every pair of different endpoints, possible on some.
 *
 * What policies say is a matter of the two shapes, and is worked out once for all groups that have them. Only for *special* destinations are endpoints
 * looked at: those that share endpoints with the source, and those that have a pod on the node of a host of the source, or the other way round.
 */
export class GroupConnections {
  /** Destinations to which something is possible from the source at hand, by their places in the list, ascending; special ones may turn out empty. */
  candidates: Int32Array = new Int32Array(64);
  candidateCount = 0;
  /** The two packet sets of the last question. */
  lower = NO_PACKETS;
  upper = NO_PACKETS;
  private readonly model: Model;
  private readonly sets: PacketSets;
  private readonly classes: ClassConnections;
  private readonly shapes: Shapes;
  private readonly reach: Reach;
  private readonly membership: Membership;
  private readonly destinations: readonly PeerGroup[];
  private readonly index: DestinationIndex;
  private source: PeerGroup | undefined;
  private shape = -1;
  /** For the source shape at hand: which classes each of its classes reaches, and which destinations that makes, as bits, and how many. */
  private reached: Int32Array[] = [];
  private readonly marks: Int32Array;
  private markCount = 0;
  /** What is known of the source shape at hand and each other shape, where the stamp says so: lower and upper set. */
  private readonly known: Int32Array;
  private readonly stamps: Int32Array;
  private stamp = 0;
  /** Destinations that are special to the source at hand. */
  private readonly specialStamps: Int32Array;
  private specials: Int32Array = new Int32Array(64);
  private specialCount = 0;
  private epoch = 0;
  private readonly isSource: Uint8Array;
  private byNode: Int32Array = new Int32Array(16);

  constructor(
    model: Model,
    sets: PacketSets,
    classes: ClassConnections,
    shapes: Shapes,
    reach: Reach,
    membership: Membership,
    destinations: readonly PeerGroup[],
  ) {
    this.model = model;
    this.sets = sets;
    this.classes = classes;
    this.shapes = shapes;
    this.reach = reach;
    this.membership = membership;
    this.destinations = destinations;
    this.index = new DestinationIndex(model, shapes, destinations);
    this.marks = new Int32Array((destinations.length + 31) >>> 5);
    this.known = new Int32Array(2 * shapes.count);
    this.stamps = new Int32Array(shapes.count);
    this.specialStamps = new Int32Array(destinations.length);
    this.isSource = new Uint8Array(model.endpoints.classOf.length);
  }

  /** Turns to another source and finds its candidates. */
  turnTo(from: PeerGroup): void {
    this.turn(from);
    const { marks, specials } = this;
    this.candidateCount = 0;
    // Special destinations join for the time of the scan.
    const added: number[] = [];
    for (let i = 0; i < this.specialCount; i++) {
      const place = specials[i]!;
      if (((marks[place >>> 5]! >>> (place & 31)) & 1) !== 0) continue;
      marks[place >>> 5]! |= 1 << (place & 31);
      added.push(place);
    }
    for (let at = 0; at < marks.length; at++) {
      let word = marks[at]!;
      if (word !== 0) this.candidates = grown(this.candidates, this.candidateCount + 32);
      while (word !== 0) {
        const low = word & -word;
        this.candidates[this.candidateCount++] = (at << 5) + 31 - Math.clz32(low);
        word ^= low;
      }
    }
    for (const place of added) marks[place >>> 5]! &= ~(1 << (place & 31));
  }

  /** Number of destinations to which something from `from` is possible. */
  countFrom(from: PeerGroup): number {
    this.turn(from);
    let count = this.markCount;
    for (let i = 0; i < this.specialCount; i++) {
      const place = this.specials[i]!;
      if (((this.marks[place >>> 5]! >>> (place & 31)) & 1) !== 0) count--;
      this.between(place);
      if (this.upper !== NO_PACKETS) count++;
    }
    return count;
  }

  /** Sets `lower` and `upper` to what the source at hand may open to a destination. */
  between(place: number): void {
    const to = this.destinations[place]!;
    if (this.specialStamps[place] === this.epoch) {
      this.betweenEndpoints(this.source!, to);
      return;
    }
    this.ask(to.shape);
    this.lower = this.known[2 * to.shape]!;
    this.upper = this.known[2 * to.shape + 1]!;
  }

  private turn(from: PeerGroup): void {
    if (from === this.source) return;
    if (this.source) for (const endpoint of this.source.endpoints) this.isSource[endpoint] = 0;
    for (const endpoint of from.endpoints) this.isSource[endpoint] = 1;
    this.source = from;
    if (from.shape !== this.shape) this.turnToShape(from.shape);
    this.findSpecials(from);
  }

  private turnToShape(shape: number): void {
    this.shape = shape;
    this.stamp++;
    const owners = this.shapes.classesOf(shape);
    this.reached = Array.from(owners, (owner, place) => this.reach.from(owner, this.reached[place]));
    this.marks.fill(0);
    this.markCount = 0;
    for (const reached of this.reached)
      for (let at = 0; at < reached.length; at++) {
        let word = reached[at]!;
        while (word !== 0) {
          const low = word & -word;
          this.markCount += this.index.mark((at << 5) + 31 - Math.clz32(low), this.marks);
          word ^= low;
        }
      }
  }

  private findSpecials(from: PeerGroup): void {
    this.epoch++;
    this.specialCount = 0;
    const { flags } = this.model.classes;
    const { classOf, nodeOf } = this.model.endpoints;
    for (const endpoint of from.endpoints) {
      this.addSpecials(endpoint);
      const node = nodeOf[endpoint]!;
      if (node < 0) continue;
      for (const neighbour of this.membership.acrossNetwork(node, flags[classOf[endpoint]!]!)) this.addSpecials(neighbour);
    }
  }

  private addSpecials(endpoint: number): void {
    const { starts, places } = this.index.byEndpoint;
    for (let at = starts[endpoint]!; at < starts[endpoint + 1]!; at++) {
      const place = places[at]!;
      if (this.specialStamps[place] === this.epoch) continue;
      this.specialStamps[place] = this.epoch;
      this.specials = grown(this.specials, this.specialCount + 1);
      this.specials[this.specialCount++] = place;
    }
  }

  /** Makes known what policies say between the source shape at hand and another one. */
  private ask(shape: number): void {
    if (this.stamps[shape] === this.stamp) return;
    this.stamps[shape] = this.stamp;
    const { flags } = this.model.classes;
    const sources = this.shapes.classesOf(this.shape);
    const targets = this.shapes.classesOf(shape);
    let [lower, upper] = [ALL_PACKETS, NO_PACKETS];
    for (let i = 0; i < sources.length; i++) {
      const reached = this.reached[i]!;
      for (let j = 0; j < targets.length; j++) {
        const target = targets[j]!;
        if (((reached[target >>> 5]! >>> (target & 31)) & 1) === 0) {
          lower = NO_PACKETS;
          continue;
        }
        if (nearness(flags[sources[i]!]!, flags[target]!) === 2) upper = ALL_PACKETS;
        if (lower === NO_PACKETS && upper === ALL_PACKETS) continue;
        this.classes.between(sources[i]!, target);
        lower = this.sets.intersection(lower, this.classes.lower);
        upper = this.sets.union(upper, this.classes.upper);
      }
    }
    this.known[2 * shape] = upper === NO_PACKETS ? NO_PACKETS : lower;
    this.known[2 * shape + 1] = upper;
  }

  /** The same with a look at endpoints: a pair of an endpoint with itself does not count, and two on one node are free to talk. */
  private betweenEndpoints(from: PeerGroup, to: PeerGroup): void {
    const { flags } = this.model.classes;
    let [lower, upper, pairs] = [ALL_PACKETS, NO_PACKETS, 0];
    for (const source of isSelf(from, to) ? [] : this.shapes.classesOf(from.shape)) {
      for (const target of this.shapes.classesOf(to.shape)) {
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
}

function isSelf({ key: from }: PeerGroup, { key: to }: PeerGroup): boolean {
  return from.kind !== 'namespace' && from.kind === to.kind && from.index === to.index;
}

/** Where the destinations are that have endpoints of a class, or a given endpoint. */
class DestinationIndex {
  readonly byEndpoint: { readonly starts: Int32Array; readonly places: Int32Array };
  private readonly byShape: number[][] = [];
  private readonly shapesOfClass: number[][] = [];

  constructor(model: Model, shapes: Shapes, destinations: readonly PeerGroup[]) {
    const starts = new Int32Array(model.endpoints.classOf.length + 1);
    for (const [place, { endpoints, shape }] of destinations.entries()) {
      for (const endpoint of endpoints) starts[endpoint + 1]!++;
      if (!this.byShape[shape]) {
        this.byShape[shape] = [];
        for (const owner of shapes.classesOf(shape)) {
          this.shapesOfClass[owner] ??= [];
          this.shapesOfClass[owner].push(shape);
        }
      }
      this.byShape[shape].push(place);
    }
    for (let endpoint = 1; endpoint < starts.length; endpoint++) starts[endpoint]! += starts[endpoint - 1]!;
    const next = starts.slice();
    const places = new Int32Array(starts[starts.length - 1]!);
    for (const [place, { endpoints }] of destinations.entries()) for (const endpoint of endpoints) places[next[endpoint]!++] = place;
    this.byEndpoint = { starts, places };
  }

  /** Marks the destinations that have endpoints of a class; answers how many were not marked before. */
  mark(owner: number, marks: Int32Array): number {
    let count = 0;
    for (const shape of this.shapesOfClass[owner] ?? []) {
      const places = this.byShape[shape]!;
      // All places of a shape are marked together.
      const first = places[0]!;
      if (((marks[first >>> 5]! >>> (first & 31)) & 1) !== 0) continue;
      for (const place of places) marks[place >>> 5]! |= 1 << (place & 31);
      count += places.length;
    }
    return count;
  }
}
