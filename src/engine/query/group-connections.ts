import { DROPPED } from '../classes';
import { grown } from '../kernel/int-list';
import { type Model, UNRESTRICTED } from '../model';
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
  /** Those of them that have endpoints on a node of the source's, across the network and free to talk. */
  private readonly nearStamps: Int32Array;
  private specials: Int32Array = new Int32Array(64);
  private specialCount = 0;
  private epoch = 0;

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
    this.nearStamps = new Int32Array(destinations.length);
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
      this.betweenEndpoints(this.source!, to, this.nearStamps[place] === this.epoch);
      return;
    }
    this.ask(to.shape);
    this.lower = this.known[2 * to.shape]!;
    this.upper = this.known[2 * to.shape + 1]!;
  }

  private turn(from: PeerGroup): void {
    if (from === this.source) return;
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
      this.addSpecials(endpoint, false);
      const node = nodeOf[endpoint]!;
      if (node < 0) continue;
      const own = flags[classOf[endpoint]!]!;
      for (const neighbour of this.membership.acrossNetwork(node, own)) this.addSpecials(neighbour, this.isFree(classOf[endpoint]!));
    }
  }

  private addSpecials(endpoint: number, isNear: boolean): void {
    const { starts, places } = this.index.byEndpoint;
    for (let at = starts[endpoint]!; at < starts[endpoint + 1]!; at++) {
      const place = places[at]!;
      if (isNear) this.nearStamps[place] = this.epoch;
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
      for (let j = 0; j < targets.length; j++) {
        if (nearness(flags[sources[i]!]!, flags[targets[j]!]!) === 2)
          upper = this.sets.union(upper, this.near(sources[i]!, targets[j]!).upper);
        this.join(i, sources[i]!, targets[j]!, lower, upper);
        lower = this.lower;
        upper = this.upper;
      }
    }
    this.known[2 * shape] = upper === NO_PACKETS ? NO_PACKETS : lower;
    this.known[2 * shape + 1] = upper;
  }

  /** The same with a look at endpoints: a pair of an endpoint with itself does not count, and two on one node are free to talk. */
  private betweenEndpoints(from: PeerGroup, to: PeerGroup, isNear: boolean): void {
    const { flags } = this.model.classes;
    const sources = this.shapes.classesOf(from.shape);
    const targets = isSelf(from, to) ? NONE : this.shapes.classesOf(to.shape);
    let [lower, upper, hasPairs] = [ALL_PACKETS, isNear ? ALL_PACKETS : NO_PACKETS, false];
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i]!;
      for (let j = 0; j < targets.length; j++) {
        const target = targets[j]!;
        if (source === target && this.isSamePod(from, to, source)) continue;
        hasPairs = true;
        const closeness = nearness(flags[source]!, flags[target]!);
        if (closeness === 2) upper = this.sets.union(upper, this.near(source, target).upper);
        if (closeness === 1 && !this.isFree(source) && this.shareNode(from, source, to, target)) {
          const near = (flags[source]! & DROPPED) !== 0 ? NOTHING : this.near(source, target);
          lower = this.sets.intersection(lower, near.lower);
          upper = this.sets.union(upper, near.upper);
          if (this.isOnOneNode(from, source, to, target)) continue;
        }
        if (isNear && closeness === 1 && lower !== NO_PACKETS && this.isOnOneNode(from, source, to, target)) continue;
        this.join(i, source, target, lower, upper);
        lower = this.lower;
        upper = this.upper;
      }
    }
    this.lower = hasPairs && upper !== NO_PACKETS ? lower : NO_PACKETS;
    this.upper = hasPairs ? upper : NO_PACKETS;
  }

  /** Sets `lower` and `upper` to what was so far, joined with what policies say between class number `i` of the source shape and a target. */
  private join(i: number, source: number, target: number, lower: number, upper: number): void {
    const { classes, sets } = this;
    this.lower = lower;
    this.upper = upper;
    if (((this.reached[i]![target >>> 5]! >>> (target & 31)) & 1) === 0) this.lower = NO_PACKETS;
    else if (lower !== NO_PACKETS || upper !== ALL_PACKETS) {
      classes.between(source, target);
      this.lower = sets.intersection(lower, classes.lower);
      this.upper = sets.union(upper, classes.upper);
    }
  }

  /** Do endpoints of the class open everything across the network on their own node? */
  private isFree(owner: number): boolean {
    const { near, flags } = this.model.classes;
    return near[owner] === UNRESTRICTED && (flags[owner]! & DROPPED) === 0;
  }

  /** What an endpoint of one class opens to one of another on its node, if it is not for what the node itself drops. */
  private near(source: number, target: number): { readonly lower: number; readonly upper: number } {
    const near = this.model.classes.near[source]!;
    if (near === UNRESTRICTED) return EVERYTHING;
    this.classes.between(source, target, near, UNRESTRICTED);
    return { lower: this.classes.lower, upper: this.classes.upper };
  }

  /** Is some endpoint of one class here on one node with some endpoint of another there? */
  private shareNode(from: PeerGroup, source: number, to: PeerGroup, target: number): boolean {
    const { classOf, nodeOf } = this.model.endpoints;
    const nodes = new Set<number>();
    for (const endpoint of from.endpoints) if (classOf[endpoint] === source) nodes.add(nodeOf[endpoint]!);
    return to.endpoints.some((endpoint) => classOf[endpoint] === target && nodes.has(nodeOf[endpoint]!));
  }

  /** Is one endpoint all that both groups have of the class? */
  private isSamePod(from: PeerGroup, to: PeerGroup, owner: number): boolean {
    const own = this.onlyOne(from, owner);
    return own >= 0 && own === this.onlyOne(to, owner);
  }

  private onlyOne({ endpoints }: PeerGroup, owner: number): number {
    const { classOf } = this.model.endpoints;
    let found = -1;
    for (let i = 0; i < endpoints.length; i++) {
      if (classOf[endpoints[i]!] !== owner) continue;
      if (found >= 0) return -1;
      found = endpoints[i]!;
    }
    return found;
  }

  /** Are all endpoints of one class here and of another there on a single node? */
  private isOnOneNode(from: PeerGroup, source: number, to: PeerGroup, target: number): boolean {
    const node = this.onlyNode(from, source);
    return node >= 0 && node === this.onlyNode(to, target);
  }

  private onlyNode({ endpoints }: PeerGroup, owner: number): number {
    const { classOf, nodeOf } = this.model.endpoints;
    let node = -1;
    for (let i = 0; i < endpoints.length; i++) {
      const endpoint = endpoints[i]!;
      if (classOf[endpoint] !== owner) continue;
      if (node >= 0 && nodeOf[endpoint] !== node) return -1;
      node = nodeOf[endpoint]!;
    }
    return node;
  }
}

const NONE = new Int32Array(0);
const EVERYTHING = { lower: ALL_PACKETS, upper: ALL_PACKETS } as const;
const NOTHING = { lower: NO_PACKETS, upper: NO_PACKETS } as const;

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
