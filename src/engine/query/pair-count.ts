import { FAMILY_SHIFT, isOfWorkload, ON_HOST } from '../classes';
import { grown, intList, pushInt } from '../kernel/int-list';
import { EMPTY, membersOf } from '../kernel/rows';
import type { Model } from '../model';
import type { Cell, PairJoin } from './pair-join';
import { nearness } from './peer-groups';

/** Above this many namespaces nobody reads a matrix, and it would not fit in memory: it is left empty. */
export const MOST_MATRIX_NAMESPACES = 4096;

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

/** Counts pairs by what policies say, and then puts right what goes beyond policy. `placed`: only nodes that the input tells count as shared. */
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

/** Destinations of one cell that the same sources reach. */
interface Target {
  readonly sources: number;
  readonly spread: Spread;
}

class PairCounter {
  pairs = 0;
  readonly matrix: Float64Array;
  private readonly model: Model;
  private readonly join: PairJoin;
  private readonly weights: Int32Array;
  private readonly namespaces: number;
  private readonly faceClass: Int32Array;
  private readonly members: Int32Array;
  private readonly targets = new Map<number, readonly Target[]>();
  private readonly spreads = new Map<number, Spread>();
  /** Scratch of `targetsOf`: slot of each row of sources. */
  private slots: Int32Array = new Int32Array(1024);
  private stamps: Int32Array = new Int32Array(1024);
  private stamp = 0;

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
      for (const cell of this.join.cellsOf(result))
        for (const target of this.targetsOf(cell)) this.add(target.sources, sources, target.spread);
      this.addSeveralFaces(result, sources);
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
          if (!this.join.joins(host, pod)) this.addPairs(host, pod, 1);
          if (!this.join.joins(pod, host)) this.addPairs(pod, host, 1);
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
        if (!this.join.joins(host, pod)) this.addPairs(host, pod, count);
        if (!this.join.joins(pod, host)) this.addPairs(pod, host, count);
      }
    }
  }

  /** Destinations of a cell, those with one face, by the sources that reach them. */
  private targetsOf({ packets, faces }: Cell): readonly Target[] {
    const key = packets * 2 ** 26 + faces;
    let targets = this.targets.get(key);
    if (!targets) {
      targets = this.makeTargets(packets, faces);
      this.targets.set(key, targets);
    }
    return targets;
  }

  private makeTargets(packets: number, faces: number): readonly Target[] {
    const { firstFace, ingress, flags, namespaces } = this.model.classes;
    const count = membersOf(this.join.pool, faces, this.members);
    const stamp = ++this.stamp;
    const rows: number[] = [];
    const spreads: number[][] = [];
    for (let i = 0; i < count; i++) {
      const owner = this.faceClass[this.members[i]!]!;
      const weight = this.weights[owner]!;
      if (weight === 0 || firstFace[owner + 1]! - firstFace[owner]! > 1) continue;
      const row = this.join.sources(ingress[owner]!, packets, (flags[owner]! >>> FAMILY_SHIFT) & 3);
      if (row === EMPTY) continue;
      if (row >= this.slots.length) {
        this.slots = grown(this.slots, row + 1);
        this.stamps = grown(this.stamps, row + 1);
      }
      if (this.stamps[row] !== stamp) {
        this.stamps[row] = stamp;
        this.slots[row] = rows.length;
        rows.push(row);
        spreads.push([]);
      }
      // Members come in the order of their namespaces.
      addToSpread(spreads[this.slots[row]!]!, namespaces[owner]!, weight);
    }
    return rows.map((sources, slot) => ({ sources, spread: Int32Array.from(spreads[slot]!) }));
  }

  private addSeveralFaces(result: number, sources: number): void {
    const { firstFace, flags, namespaces } = this.model.classes;
    if (firstFace[flags.length] === flags.length) return;
    for (let owner = 0; owner < this.weights.length; owner++) {
      if (this.weights[owner] === 0 || firstFace[owner + 1]! - firstFace[owner]! === 1) continue;
      this.add(this.join.sourcesOfClass(result, owner), sources, Int32Array.of(namespaces[owner]!, this.weights[owner]!));
    }
  }

  /** Counts pairs of the sources that are in both rows with the destinations of a spread. */
  private add(row: number, sources: number, spread: Spread): void {
    const from = this.spreadOf(this.join.pool.and(row, sources));
    for (let i = 0; i < from.length; i += 2) {
      for (let j = 0; j < spread.length; j += 2) {
        const pairs = from[i + 1]! * spread[j + 1]!;
        this.pairs += pairs;
        if (this.namespaces > 0) this.matrix[from[i]! * this.namespaces + spread[j]!]! += pairs;
      }
    }
  }

  private spreadOf(row: number): Spread {
    let spread = this.spreads.get(row);
    if (!spread) {
      const flat: number[] = [];
      const count = membersOf(this.join.pool, row, this.members);
      for (let i = 0; i < count; i++) {
        const owner = this.faceClass[this.members[i]!]!;
        addToSpread(flat, this.model.classes.namespaces[owner]!, this.weights[owner]!);
      }
      spread = Int32Array.from(flat);
      this.spreads.set(row, spread);
    }
    return spread;
  }

  private addPairs(from: number, to: number, pairs: number): void {
    const { namespaces } = this.model.classes;
    this.pairs += pairs;
    if (this.namespaces > 0) this.matrix[namespaces[from]! * this.namespaces + namespaces[to]!]! += pairs;
  }
}

function addToSpread(flat: number[], namespace: number, weight: number): void {
  if (flat.length > 0 && flat[flat.length - 2] === namespace) flat[flat.length - 1]! += weight;
  else flat.push(namespace, weight);
}
