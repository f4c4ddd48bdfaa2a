import type { ConnectionSet } from '../analysis';
import { grown } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import { AXIS_END, connectionSetOf, ICMP_AT, ICMPV6_AT, type VisibleIcmp, visibleSpans } from '../packet-axis';

/** The set without packets. */
export const NO_PACKETS = 0;
/** Every packet that a connection set can show. */
export const ALL_PACKETS = 1;

const INTERSECTION = 0;
const UNION = 1;
const DIFFERENCE = 2;

/** Sets of packets as spans of the packet axis, hash-consed: equal sets have equal ids, and what was combined once is known. */
export class PacketSets {
  private readonly table = new TupleTable();
  private readonly combined = new Map<number, number>();
  private readonly shown: ConnectionSet[] = [];
  /** The packets of version 4 and of version 6 of IP, between ends that could use either. */
  readonly ofV4: number;
  readonly ofV6: number;
  private buffer: Int32Array = new Int32Array(64);

  /** `icmp`: what of it connection sets show. */
  constructor(icmp: VisibleIcmp) {
    this.table.intern(this.buffer, 0);
    const spans = Int32Array.from(visibleSpans(icmp).flat());
    this.table.intern(spans, spans.length);
    this.ofV4 = this.visible(Int32Array.of(0, ICMPV6_AT, ICMPV6_AT + 1, AXIS_END), 4);
    this.ofV6 = this.visible(Int32Array.of(0, ICMP_AT, ICMP_AT + 1, AXIS_END), 4);
  }

  /** Id of the visible part of a set, given flat as start, end, start, end …, ascending and not touching. */
  visible(spans: Int32Array, length: number): number {
    return length === 0 ? NO_PACKETS : this.intersection(this.table.intern(spans, length), ALL_PACKETS);
  }

  /** Like the two below: worked out once for each pair of sets. */
  intersection(a: number, b: number): number {
    if (a === b) return a;
    if (a === NO_PACKETS || b === NO_PACKETS) return NO_PACKETS;
    return a < b ? this.combine(INTERSECTION, a, b) : this.combine(INTERSECTION, b, a);
  }

  union(a: number, b: number): number {
    if (a === b || b === NO_PACKETS) return a;
    if (a === NO_PACKETS) return b;
    return a < b ? this.combine(UNION, a, b) : this.combine(UNION, b, a);
  }

  /** The packets of `a` that are not in `b`. */
  difference(a: number, b: number): number {
    if (a === b) return NO_PACKETS;
    return b === NO_PACKETS ? a : this.combine(DIFFERENCE, a, b);
  }

  /** The same object for the same set: nobody may change it. */
  connectionSet(set: number): ConnectionSet {
    let shown = this.shown[set];
    if (!shown) {
      shown = connectionSetOf(this.table.tuple(set));
      this.shown[set] = shown;
    }
    return shown;
  }

  private combine(operation: number, a: number, b: number): number {
    const key = (a * 2 ** 24 + b) * 3 + operation;
    let set = this.combined.get(key);
    if (set === undefined) {
      set = this.sweep(operation, a, b);
      this.combined.set(key, set);
    }
    return set;
  }

  /** Goes along the axis from end to end of both sets. */
  private sweep(operation: number, a: number, b: number): number {
    const { values, starts } = this.table;
    let [i, j] = [starts[a]!, starts[b]!];
    const [endA, endB] = [starts[a + 1]!, starts[b + 1]!];
    this.buffer = grown(this.buffer, endA - i + endB - j);
    const { buffer } = this;
    let length = 0;
    let inA = false;
    let inB = false;
    let inside = false;
    while (i < endA || j < endB) {
      const at = Math.min(i < endA ? values[i]! : Number.MAX_SAFE_INTEGER, j < endB ? values[j]! : Number.MAX_SAFE_INTEGER);
      if (i < endA && values[i] === at) {
        inA = !inA;
        i++;
      }
      if (j < endB && values[j] === at) {
        inB = !inB;
        j++;
      }
      const now = operation === INTERSECTION ? inA && inB : operation === UNION ? inA || inB : inA && !inB;
      if (now !== inside) {
        buffer[length++] = at;
        inside = now;
      }
    }
    return this.table.intern(buffer, length);
  }
}
