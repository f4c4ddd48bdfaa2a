import { FAMILY_SHIFT } from '../classes';
import { grown } from '../kernel/int-list';
import { rowHas } from '../kernel/rows';
import { type Model, UNRESTRICTED } from '../model';
import { AXIS_END } from '../packet-axis';
import { ALL_PACKETS, NO_PACKETS, type PacketSets } from './packet-sets';
import { faceV6 } from './verdict';

/*
 * What policies let one class open to another, as two packet sets: certain and possible. What goes beyond policy (the same endpoint, the same node)
 * is a matter of endpoints, not of classes, and is added by whoever asks.
 */
export class ClassConnections {
  /** The two packet sets of the last question. */
  lower = NO_PACKETS;
  upper = NO_PACKETS;
  private readonly model: Model;
  private readonly sets: PacketSets;
  /** What the result of the source at hand says of each member, where the stamp says so: lower and upper set. */
  private readonly egress: Int32Array;
  private readonly egressStamps: Int32Array;
  private egressStamp = 0;
  private egressResult = -1;
  /** What each result says of the (at most three) faces of the source at hand, where the stamp says so. */
  private readonly ingress: Int32Array;
  private readonly ingressStamps: Int32Array;
  private ingressStamp = 0;
  private source = -1;
  private lowerSpans: Int32Array = new Int32Array(64);
  private upperSpans: Int32Array = new Int32Array(64);

  constructor(model: Model, sets: PacketSets) {
    this.model = model;
    this.sets = sets;
    const results = model.results.starts.length - 1;
    this.egress = new Int32Array(2 * model.rows.size);
    this.egressStamps = new Int32Array(model.rows.size);
    this.ingress = new Int32Array(6 * results);
    this.ingressStamps = new Int32Array(3 * results);
  }

  /** What class `from` may open to class `to`, by the results `out` and `into`. Questions with the same `from` and `out` in a row are cheap. */
  between(from: number, to: number, out = this.model.classes.egress[from]!, into = this.model.classes.ingress[to]!): void {
    this.turnTo(from, out);
    const { firstFace, flags } = this.model.classes;
    const fromFace = firstFace[from]!;
    const toFace = firstFace[to]!;
    const fromFaces = firstFace[from + 1]! - fromFace;
    const toFaces = firstFace[to + 1]! - toFace;
    if (fromFaces === 1 && toFaces === 1) {
      this.pair(toFace, into, 0);
      return;
    }
    const shared = ((flags[from]! & flags[to]!) >>> FAMILY_SHIFT) & 3;
    if (shared === 0) {
      this.pair(toFace + toFaces - 1, into, fromFaces - 1);
      return;
    }
    const { sets } = this;
    let lower = NO_PACKETS;
    let upper = NO_PACKETS;
    if ((shared & 1) !== 0) {
      this.pair(toFace, into, 0);
      lower = shared === 3 ? sets.intersection(this.lower, sets.ofV4) : this.lower;
      upper = shared === 3 ? sets.intersection(this.upper, sets.ofV4) : this.upper;
    }
    if ((shared & 2) !== 0) {
      this.pair(faceV6(toFace, toFaces), into, faceV6(0, fromFaces));
      lower = sets.union(lower, shared === 3 ? sets.intersection(this.lower, sets.ofV6) : this.lower);
      upper = sets.union(upper, shared === 3 ? sets.intersection(this.upper, sets.ofV6) : this.upper);
    }
    this.lower = lower;
    this.upper = upper;
  }

  /** What a result lets through from or to one member. */
  column(result: number, member: number): void {
    if (result === UNRESTRICTED) {
      this.lower = ALL_PACKETS;
      this.upper = ALL_PACKETS;
      return;
    }
    const { results, rows } = this.model;
    const first = results.starts[result]!;
    const end = results.starts[result + 1]!;
    this.lowerSpans = grown(this.lowerSpans, 2 * (end - first));
    this.upperSpans = grown(this.upperSpans, 2 * (end - first));
    const { lowerSpans, upperSpans } = this;
    let lowerLength = 0;
    let upperLength = 0;
    for (let run = first; run < end; run++) {
      const start = results.runs[run]!;
      const stop = run + 1 < end ? results.runs[run + 1]! : AXIS_END;
      const isCertain = rowHas(rows, results.lower[run]!, member);
      if (isCertain) lowerLength = appendSpan(lowerSpans, lowerLength, start, stop);
      if (isCertain || (results.lower[run] !== results.upper[run] && rowHas(rows, results.upper[run]!, member)))
        upperLength = appendSpan(upperSpans, upperLength, start, stop);
    }
    this.lower = this.sets.visible(lowerSpans, lowerLength);
    this.upper = this.sets.visible(upperSpans, upperLength);
  }

  private turnTo(from: number, out: number): void {
    if (from !== this.source) {
      this.source = from;
      this.ingressStamp++;
    }
    if (out === this.egressResult) return;
    this.egressResult = out;
    this.egressStamp++;
  }

  /** What goes from one face of the source at hand to one face of the destination. */
  private pair(toFace: number, into: number, fromFace: number): void {
    const out = 2 * toFace;
    if (this.egressStamps[toFace] !== this.egressStamp) {
      this.egressStamps[toFace] = this.egressStamp;
      this.column(this.egressResult, toFace);
      this.egress[out] = this.lower;
      this.egress[out + 1] = this.upper;
    }
    if (this.egress[out + 1] === NO_PACKETS) {
      this.lower = NO_PACKETS;
      this.upper = NO_PACKETS;
      return;
    }
    const face = 3 * into + fromFace;
    const slot = 2 * face;
    if (this.ingressStamps[face] !== this.ingressStamp) {
      this.ingressStamps[face] = this.ingressStamp;
      this.column(into, this.model.classes.firstFace[this.source]! + fromFace);
      this.ingress[slot] = this.lower;
      this.ingress[slot + 1] = this.upper;
    }
    this.lower = this.sets.intersection(this.egress[out]!, this.ingress[slot]!);
    this.upper = this.sets.intersection(this.egress[out + 1]!, this.ingress[slot + 1]!);
  }
}

/** Adds a span behind the others, joined to the last one where they touch. */
function appendSpan(spans: Int32Array, length: number, start: number, stop: number): number {
  if (length > 0 && spans[length - 1] === start) {
    spans[length - 1] = stop;
    return length;
  }
  spans[length] = start;
  spans[length + 1] = stop;
  return length + 2;
}
