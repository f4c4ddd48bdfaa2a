import { FAMILY_SHIFT } from '../classes';
import { grown, intList, pushInt } from '../kernel/int-list';
import { RowPool } from '../kernel/row-pool';
import { EMPTY, FULL, membersOf, rowHas } from '../kernel/rows';
import { TupleTable } from '../kernel/tuple-table';
import { faceCountOf, type Model } from '../model';
import { AXIS_END, ICMP_AT, ICMPV6_AT } from '../packet-axis';

/** Destinations that one egress result treats alike: it lets the packets of `packets` through to each face of `faces`, and no others. */
export interface Cell {
  readonly packets: number;
  readonly faces: number;
}

/** Destinations of one cell that the same sources reach, in the order of the classes. */
export interface Target {
  readonly sources: number;
  readonly classes: Int32Array;
}

/**
 * Joins the two sides of the model for the question whether a pair of classes has any packet at all in common, without going through pairs:
 * an egress result cuts the destinations into few cells, and what sources an ingress result lets in on the packets of a cell is one row.
 *
 * Rows here are of *sources*, each class by its first face. Where some classes have several faces, a row of faces is first turned into one of sources:
 * which face counts is a matter of the families that the two ends share.
 */
export class PairJoin {
  readonly pool: RowPool;
  private readonly model: Model;
  private readonly rowOf: Int32Array;
  /** Rows of the model in the pool here, -1 for those not yet needed. */
  private readonly imported: Int32Array;
  private readonly importedChunks: Int32Array;
  private readonly packets = new TupleTable();
  private readonly cells = new Map<number, readonly Cell[]>();
  private readonly targets = new Map<number, readonly Target[]>();
  private readonly severalTargets = new Map<number, readonly Target[]>();
  private readonly ingressRows = new Map<number, number>();
  private readonly projections = new Map<number, number>();
  private readonly faces: number;
  /** First faces of classes with one face, by the families of the class, and faces of all others. */
  private readonly single: readonly number[];
  private readonly hasSeveralFaces: boolean;
  /** Scratch for cutting faces into cells: cell of each face, 0 for those that no row touched. */
  private readonly cellOf: Int32Array;
  private readonly touched = intList();
  private stamps: Int32Array = new Int32Array(64);
  private children: Int32Array = new Int32Array(64);
  private stamp = 0;
  private readonly members: Int32Array;
  private spans: Int32Array = new Int32Array(64);

  /** Packets that count: start, end, start, end … */
  private readonly counted: Int32Array;
  private readonly faceClass: Int32Array;

  /** `bound`: the rows of results that count, those of what is certain or those of what is possible. `counted`: spans of the packets that count. */
  constructor(model: Model, bound: 'lower' | 'upper', counted: Int32Array = Int32Array.of(0, AXIS_END)) {
    this.model = model;
    this.counted = counted;
    this.rowOf = model.results[bound];
    this.pool = new RowPool(model.rows.size);
    this.imported = new Int32Array(model.rows.starts.length - 1).fill(-1);
    this.importedChunks = new Int32Array(model.rows.words.length >>> 4).fill(-1);
    this.members = new Int32Array(model.rows.size);
    this.cellOf = new Int32Array(faceCountOf(model));
    const { flags, firstFace } = model.classes;
    this.single = [0, 1, 2, 3].map((families) => {
      for (let owner = 0; owner < flags.length; owner++)
        if (firstFace[owner + 1]! - firstFace[owner]! === 1 && ((flags[owner]! >>> FAMILY_SHIFT) & 3) === families)
          this.pool.draw(firstFace[owner]!);
      return this.pool.finish();
    });
    this.pool.drawRange(0, faceCountOf(model));
    this.faces = this.pool.finish();
    this.hasSeveralFaces = faceCountOf(model) > flags.length;
    this.faceClass = new Int32Array(faceCountOf(model));
    for (let owner = 0; owner < flags.length; owner++) this.faceClass.fill(owner, firstFace[owner]!, firstFace[owner + 1]!);
  }

  /** Cells of an egress result that let anything through, in a fixed order. */
  cellsOf(result: number): readonly Cell[] {
    let cells = this.cells.get(result);
    if (!cells) {
      cells = this.cut(result);
      this.cells.set(result, cells);
    }
    return cells;
  }

  /** Destinations of a cell that have one face, by the sources that reach them. */
  targetsOf({ packets, faces }: Cell): readonly Target[] {
    const key = packets * 2 ** 26 + faces;
    let targets = this.targets.get(key);
    if (!targets) {
      const { firstFace, ingress, flags } = this.model.classes;
      const members = this.members.slice(0, membersOf(this.pool, faces, this.members));
      const owners = members.map((face) => this.faceClass[face]!).filter((owner) => firstFace[owner + 1]! - firstFace[owner]! === 1);
      targets = this.group(owners, (owner) => this.sources(ingress[owner]!, packets, (flags[owner]! >>> FAMILY_SHIFT) & 3));
      this.targets.set(key, targets);
    }
    return targets;
  }

  /** Destinations of an egress result that have several faces, by the sources that reach them. */
  targetsOfSeveralFaces(result: number): readonly Target[] {
    if (!this.hasSeveralFaces) return [];
    let targets = this.severalTargets.get(result);
    if (!targets) {
      const { firstFace, flags } = this.model.classes;
      const owners = Int32Array.from(flags.keys()).filter((owner) => firstFace[owner + 1]! - firstFace[owner]! > 1);
      targets = this.group(owners, (owner) => this.sourcesOfClass(result, owner));
      this.severalTargets.set(result, targets);
    }
    return targets;
  }

  private group(owners: Int32Array, sourcesOf: (owner: number) => number): readonly Target[] {
    const bySources = new Map<number, number[]>();
    for (const owner of owners) {
      const sources = sourcesOf(owner);
      if (sources === EMPTY) continue;
      const classes = bySources.get(sources);
      if (classes) classes.push(owner);
      else bySources.set(sources, [owner]);
    }
    return [...bySources].map(([sources, classes]) => ({ sources, classes: Int32Array.from(classes) }));
  }

  /** Sources from which a destination with one face, with this ingress result and these families, can be reached on any of the packets. */
  sources(result: number, packets: number, families: number): number {
    const row = this.ingressRow(result, packets);
    if (!this.hasSeveralFaces) return row;
    const { pool } = this;
    let sources = pool.and(row, this.singles);
    // Classes with several faces have both families, as such a destination may.
    if (families === 0) sources = pool.or(sources, this.project(row, 2));
    if (families === 1) sources = pool.or(sources, this.project(row, 0));
    if (families === 2) sources = pool.or(sources, this.project(row, 1));
    if (families === 3) {
      sources = pool.or(sources, this.project(this.ingressRow(result, this.without(packets, ICMPV6_AT)), 0));
      sources = pool.or(sources, this.project(this.ingressRow(result, this.without(packets, ICMP_AT)), 1));
    }
    return sources;
  }

  /** The same for a destination with several faces; `packets` are those that its faces are let through, in the order of the faces, -1 for none. */
  sourcesOfFaces(result: number, packets: readonly number[]): number {
    const { pool, single } = this;
    const rowOf = (set = -1) => (set < 0 ? EMPTY : this.ingressRow(result, set));
    const [v4, v6, both] = packets;
    // Between ends that share both families, each version of ICMP is of one of them.
    const v4Only = rowOf(v4 === undefined ? v4 : this.without(v4, ICMPV6_AT));
    const v6Only = rowOf(v6 === undefined ? v6 : this.without(v6, ICMP_AT));
    const viaV4 = pool.or(pool.and(rowOf(v4), single[1]!), pool.or(pool.and(v4Only, single[3]!), this.project(v4Only, 0)));
    const viaV6 = pool.or(pool.and(rowOf(v6), single[2]!), pool.or(pool.and(v6Only, single[3]!), this.project(v6Only, 1)));
    return pool.or(pool.or(viaV4, viaV6), pool.and(rowOf(both), single[0]!));
  }

  /** Does a pair of classes have any packet in common, by the results `out` and `into`? */
  joins(from: number, to: number, out = this.model.classes.egress[from]!, into = this.model.classes.ingress[to]!): boolean {
    return rowHas(this.pool, this.sourcesOfClass(out, to, into), this.model.classes.firstFace[from]!);
  }

  /** Sources with this egress result from which a class can be reached, by the ingress result `into`. */
  sourcesOfClass(egressResult: number, to: number, into = this.model.classes.ingress[to]!): number {
    const { firstFace, flags } = this.model.classes;
    const first = firstFace[to]!;
    const cells = this.cellsOf(egressResult);
    const packetsAt = (face: number) => cells.find((cell) => rowHas(this.pool, cell.faces, face))?.packets ?? -1;
    if (firstFace[to + 1]! - first === 1) {
      const packets = packetsAt(first);
      return packets < 0 ? EMPTY : this.sources(into, packets, (flags[to]! >>> FAMILY_SHIFT) & 3);
    }
    const faces = Array.from({ length: firstFace[to + 1]! - first }, (_, face) => packetsAt(first + face));
    return this.sourcesOfFaces(into, faces);
  }

  /** Id of the packets without the one at a position; -1 for none. */
  private without(packets: number, position: number): number {
    if (packets < 0) return packets;
    const { starts, values } = this.packets;
    const [start, end] = [starts[packets]!, starts[packets + 1]!];
    this.spans = grown(this.spans, end - start + 2);
    let length = 0;
    for (let at = start; at < end; at += 2) {
      const [from, to] = [values[at]!, values[at + 1]!];
      if (from < position) length = this.appendSpan(length, from, Math.min(to, position));
      if (to > position + 1) length = this.appendSpan(length, Math.max(from, position + 1), to);
    }
    return length === 0 ? -1 : this.packets.intern(this.spans, length);
  }

  private get singles(): number {
    const { pool, single } = this;
    return pool.or(pool.or(single[0]!, single[1]!), pool.or(single[2]!, single[3]!));
  }

  /** Members that an ingress result lets in on any of the packets. */
  private ingressRow(result: number, packets: number): number {
    if (packets < 0) return EMPTY;
    const key = packets * (this.model.results.starts.length - 1) + result;
    let row = this.ingressRows.get(key);
    if (row === undefined) {
      row = EMPTY;
      const { starts, runs } = this.model.results;
      const end = starts[result + 1]!;
      let at = this.packets.starts[packets]!;
      const last = this.packets.starts[packets + 1]!;
      for (let run = starts[result]!; run < end && at < last; run++) {
        const stop = run + 1 < end ? runs[run + 1]! : AXIS_END;
        while (at < last && this.packets.values[at + 1]! <= runs[run]!) at += 2;
        if (at < last && this.packets.values[at]! < stop) row = this.pool.or(row, this.take(this.rowOf[run]!));
      }
      this.ingressRows.set(key, row);
    }
    return row;
  }

  private take(row: number): number {
    if (this.imported[row] === -1) this.imported[row] = this.pool.import(this.model.rows, row, this.importedChunks);
    return this.imported[row]!;
  }

  /** Classes with several faces of which the row has face number `face`, by their first face. */
  private project(row: number, face: number): number {
    const key = row * 3 + face;
    let projected = this.projections.get(key);
    if (projected === undefined) {
      const { firstFace } = this.model.classes;
      for (let owner = 0; owner + 1 < firstFace.length; owner++) {
        const first = firstFace[owner]!;
        if (firstFace[owner + 1]! - first > Math.max(1, face) && rowHas(this.pool, row, first + face)) this.pool.draw(first);
      }
      projected = this.pool.finish();
      this.projections.set(key, projected);
    }
    return projected;
  }

  private cut(result: number): readonly Cell[] {
    const { starts } = this.model.results;
    const rows = new Set<number>();
    for (let run = starts[result]!; run < starts[result + 1]!; run++) rows.add(this.rowOf[run]!);
    this.touched.length = 0;
    let cells = 1;
    for (const row of rows) if (row !== EMPTY && row !== FULL) cells = this.split(row, cells);
    const found = this.gather(result, cells);
    const { pool } = this;
    if (rows.has(FULL)) {
      const rest = found.reduce((row, cell) => pool.andNot(row, cell.faces), this.faces);
      if (rest !== EMPTY) {
        membersOf(pool, rest, this.members);
        found.push({ faces: rest, packets: this.packetsAt(result, this.members[0]!) });
      }
    }
    return found.filter(({ packets }) => packets >= 0);
  }

  /** The cells from 1 to `end` - 1 as they are now; forgets which face is in which. */
  private gather(result: number, end: number): Cell[] {
    const { cellOf, touched, pool } = this;
    const starts = new Int32Array(end + 1);
    for (let i = 0; i < touched.length; i++) starts[cellOf[touched.values[i]!]! + 1]!++;
    for (let cell = 0; cell < end; cell++) starts[cell + 1]! += starts[cell]!;
    const next = starts.slice();
    const faces = new Int32Array(touched.length);
    for (let i = 0; i < touched.length; i++) {
      const face = touched.values[i]!;
      faces[next[cellOf[face]!]!++] = face;
      cellOf[face] = 0;
    }
    const cells: Cell[] = [];
    for (let cell = 1; cell < end; cell++) {
      const [from, to] = [starts[cell]!, starts[cell + 1]!];
      if (from === to) continue;
      const packets = this.packetsAt(result, faces[from]!);
      for (let i = from; i < to; i++) pool.draw(faces[i]!);
      cells.push({ faces: pool.finish(), packets });
    }
    return cells;
  }

  /** Sets the faces of a row apart from the rest of their cells; answers the next free cell. */
  private split(row: number, cells: number): number {
    const stamp = ++this.stamp;
    const { cellOf, members } = this;
    const count = membersOf(this.model.rows, row, members);
    let next = cells;
    for (let i = 0; i < count && members[i]! < cellOf.length; i++) {
      const face = members[i]!;
      const cell = cellOf[face]!;
      if (cell === 0) pushInt(this.touched, face);
      if (this.stamps[cell] !== stamp) {
        this.stamps[cell] = stamp;
        this.children[cell] = next++;
        this.stamps = grown(this.stamps, next);
        this.children = grown(this.children, next);
      }
      cellOf[face] = this.children[cell]!;
    }
    return next;
  }

  /** Id of the packets, of those that count, that an egress result lets through to a face; -1 for none. */
  private packetsAt(result: number, face: number): number {
    const { starts, runs } = this.model.results;
    const { counted } = this;
    const end = starts[result + 1]!;
    this.spans = grown(this.spans, 2 * (end - starts[result]!) + counted.length);
    let length = 0;
    let at = 0;
    for (let run = starts[result]!; run < end; run++) {
      if (!rowHas(this.model.rows, this.rowOf[run]!, face)) continue;
      const stop = run + 1 < end ? runs[run + 1]! : AXIS_END;
      while (at < counted.length && counted[at + 1]! <= runs[run]!) at += 2;
      for (let i = at; i < counted.length && counted[i]! < stop; i += 2)
        length = this.appendSpan(length, Math.max(counted[i]!, runs[run]!), Math.min(counted[i + 1]!, stop));
    }
    return length === 0 ? -1 : this.packets.intern(this.spans, length);
  }

  private appendSpan(length: number, start: number, stop: number): number {
    if (length > 0 && this.spans[length - 1] === start) {
      this.spans[length - 1] = stop;
      return length;
    }
    this.spans[length] = start;
    this.spans[length + 1] = stop;
    return length + 2;
  }
}
