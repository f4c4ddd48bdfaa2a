import { DROPPED, isOfWorkload, ON_HOST } from '../classes';
import { intList, pushInt } from '../kernel/int-list';
import { membersOf } from '../kernel/rows';
import { type Model, UNRESTRICTED } from '../model';
import type { PairJoin, Target } from './pair-join';
import { nearness } from './peer-groups';

/** Above this many namespaces nobody reads a matrix, and it would not fit in memory: it is left empty. */
export const MOST_MATRIX_NAMESPACES = 4096;

/** Whole numbers in floating point, exact up to 2^53. */
export interface PairCount {
  /** Ordered pairs of different endpoints of workloads that have some packet in common. */
  readonly pairs: number;
  /** The same by namespace of source and destination, row by row. */
  readonly matrix: Float64Array;
}

/** Endpoints of each class that belong to workloads. */
export function weightsOf({ endpoints, classes }: Model): Int32Array {
  const weights = new Int32Array(classes.flags.length);
  for (const owner of endpoints.classOf) if (isOfWorkload(classes.flags[owner]!)) weights[owner]!++;
  return weights;
}

/**
 * Counts pairs by what policies say, and then puts right what goes beyond policy: endpoints on one node pair by pair, those of unknown place class by class.
 * @param placed only nodes that the input tells count as shared
 */
export function countPairs(model: Model, join: PairJoin, weights: Int32Array, placed: boolean): PairCount {
  const counter = new PairCounter(model, join, weights);
  counter.countByPolicy();
  counter.leaveOutSelf();
  counter.addSharedNodes();
  if (!placed) counter.addUnknownPlacements();
  return { pairs: counter.pairs, matrix: counter.matrix };
}

/** How many endpoints there are of each namespace, flat: namespace, weight, namespace, weight … */
type Spread = Int32Array;

class PairCounter {
  pairs = 0;
  readonly matrix: Float64Array;
  private readonly model: Model;
  private readonly join: PairJoin;
  private readonly weights: Int32Array;
  private readonly namespaces: number;
  private readonly faceClass: Int32Array;
  private readonly members: Int32Array;
  private readonly spreads = new Map<number, Spread>();
  private readonly targetSpreads = new WeakMap<Int32Array, Spread>();

  constructor(model: Model, join: PairJoin, weights: Int32Array) {
    this.model = model;
    this.join = join;
    this.weights = weights;
    this.namespaces = model.counts.namespaces > MOST_MATRIX_NAMESPACES ? 0 : model.counts.namespaces;
    this.matrix = new Float64Array(this.namespaces * this.namespaces);
    const { firstFace } = model.classes;
    this.faceClass = new Int32Array(firstFace[weights.length]!);
    for (let owner = 0; owner < weights.length; owner++) this.faceClass.fill(owner, firstFace[owner]!, firstFace[owner + 1]!);
    this.members = new Int32Array(model.rows.size);
  }

  countByPolicy(): void {
    const { egress, firstFace } = this.model.classes;
    const classesOf = new Map<number, number[]>();
    for (let owner = 0; owner < this.weights.length; owner++) {
      if (this.weights[owner] === 0) continue;
      const classes = classesOf.get(egress[owner]!);
      if (classes) classes.push(owner);
      else classesOf.set(egress[owner]!, [owner]);
    }
    for (const [result, classes] of classesOf) {
      for (const owner of classes) this.join.pool.draw(firstFace[owner]!);
      const sources = this.join.pool.finish();
      for (const cell of this.join.cellsOf(result)) for (const target of this.join.targetsOf(cell)) this.add(target, sources);
      for (const target of this.join.targetsOfSeveralFaces(result)) this.add(target, sources);
    }
  }

  /** A pair of an endpoint with itself is no pair. */
  leaveOutSelf(): void {
    for (let owner = 0; owner < this.weights.length; owner++) {
      const weight = this.weights[owner]!;
      if (weight > 0 && this.join.joins(owner, owner)) this.addPairs(owner, owner, -weight);
    }
  }

  /** Pods and hosts on one node reach each other, whatever policies say. */
  addSharedNodes(): void {
    const { classOf, nodeOf } = this.model.endpoints;
    const { flags } = this.model.classes;
    const hosts: number[][] = [];
    const pods: number[][] = [];
    for (let endpoint = 0; endpoint < classOf.length; endpoint++) {
      const owner = classOf[endpoint]!;
      const node = nodeOf[endpoint]!;
      if (node < 0 || !isOfWorkload(flags[owner]!)) continue;
      const side = (flags[owner]! & ON_HOST) !== 0 ? hosts : pods;
      side[node] ??= [];
      side[node].push(owner);
    }
    for (const [node, onHost] of hosts.entries()) {
      for (const host of onHost ?? [])
        for (const pod of pods[node] ?? []) {
          this.correct(host, pod, this.isOpen(host, pod), 1);
          this.correct(pod, host, this.isOpen(pod, host) && (flags[pod]! & DROPPED) === 0, 1);
        }
    }
  }

  /** Pods and hosts of which the input does not tell the node may be on one node. */
  addUnknownPlacements(): void {
    const { flags } = this.model.classes;
    const present = intList();
    const hosts = intList();
    for (let owner = 0; owner < this.weights.length; owner++) {
      if (this.weights[owner] === 0) continue;
      pushInt(present, owner);
      if ((flags[owner]! & ON_HOST) !== 0) pushInt(hosts, owner);
    }
    for (let i = 0; i < hosts.length; i++) {
      const host = hosts.values[i]!;
      for (let j = 0; j < present.length; j++) {
        const pod = present.values[j]!;
        if (nearness(flags[host]!, flags[pod]!) !== 2) continue;
        const count = this.weights[host]! * this.weights[pod]!;
        if (this.isOpen(host, pod)) this.correct(host, pod, true, count);
        if (this.isOpen(pod, host)) this.correct(pod, host, true, count);
      }
    }
  }

  /** Counts pairs of the sources with the destinations of a target. */
  private add(target: Target, sources: number): void {
    const from = this.spreadOf(this.join.pool.and(target.sources, sources));
    const to = this.spreadOfTarget(target.classes);
    for (let i = 0; i < from.length; i += 2) {
      for (let j = 0; j < to.length; j += 2) {
        const pairs = from[i + 1]! * to[j + 1]!;
        this.pairs += pairs;
        if (this.namespaces > 0) this.matrix[from[i]! * this.namespaces + to[j]!]! += pairs;
      }
    }
  }

  /** Does one open anything to the other on its node? Ingress is free there. */
  private isOpen(from: number, to: number): boolean {
    const near = this.model.classes.near[from]!;
    return near === UNRESTRICTED || this.join.joins(from, to, near, UNRESTRICTED);
  }

  /** Puts right what was counted by policy for some pairs of two classes. */
  private correct(from: number, to: number, isOpen: boolean, pairs: number): void {
    const wasCounted = this.join.joins(from, to);
    if (isOpen !== wasCounted) this.addPairs(from, to, isOpen ? pairs : -pairs);
  }

  private spreadOfTarget(classes: Int32Array): Spread {
    let spread = this.targetSpreads.get(classes);
    if (!spread) {
      spread = this.spreadOver(classes);
      this.targetSpreads.set(classes, spread);
    }
    return spread;
  }

  private spreadOf(row: number): Spread {
    let spread = this.spreads.get(row);
    if (!spread) {
      const count = membersOf(this.join.pool, row, this.members);
      spread = this.spreadOver(this.members.subarray(0, count).map((face) => this.faceClass[face]!));
      this.spreads.set(row, spread);
    }
    return spread;
  }

  /** Classes come in the order of their namespaces. */
  private spreadOver(classes: Int32Array): Spread {
    const { namespaces } = this.model.classes;
    const flat: number[] = [];
    for (let i = 0; i < classes.length; i++) {
      const owner = classes[i]!;
      if (this.weights[owner] === 0) continue;
      if (flat.length > 0 && flat[flat.length - 2] === namespaces[owner]) flat[flat.length - 1]! += this.weights[owner]!;
      else flat.push(namespaces[owner]!, this.weights[owner]!);
    }
    return Int32Array.from(flat);
  }

  private addPairs(from: number, to: number, pairs: number): void {
    const { namespaces } = this.model.classes;
    this.pairs += pairs;
    if (this.namespaces > 0) this.matrix[namespaces[from]! * this.namespaces + namespaces[to]!]! += pairs;
  }
}
