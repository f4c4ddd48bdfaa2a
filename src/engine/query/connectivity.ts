import type { ConnectivityOptions, ConnectivityRow, PeerKey } from '../analysis';
import type { Analysis } from '../analyze';
import { icmpOf, type Model } from '../model';
import { visibleSpans } from '../packet-axis';
import { ClassConnections } from './class-connections';
import { boundsOf, EVERYWHERE, type ExternalRange, externalRanges } from './external-ranges';
import { GroupConnections } from './group-connections';
import { ALL_PACKETS, NO_PACKETS, PacketSets } from './packet-sets';
import { PairJoin } from './pair-join';
import { Membership, type PeerGroup, Shapes } from './peer-groups';
import { Reach } from './reach';

/**
 * Who may open what to whom, in a fixed order: for each source its rows to destinations and then to external ranges; at last, for each destination, its
 * rows from external ranges. A row of a peer with itself is left out, except of a namespace, where it is about the namespace's different endpoints.
 * Adjacent blocks of which the same is true are one range.
 */
export function* connectivity({ model }: Analysis, options: ConnectivityOptions): Generator<ConnectivityRow> {
  const listing = new Listing(model, options);
  let skip = options.offset ?? 0;
  for (const from of listing.sources) {
    const rows = skip > 0 ? listing.countFrom(from) : 0;
    if (rows > 0 && rows <= skip) {
      skip -= rows;
      continue;
    }
    for (const row of listing.rowsFrom(from)) {
      if (skip > 0) skip--;
      else yield row;
    }
  }
  for (const to of listing.destinations) {
    for (const range of listing.rangesInto(to)) {
      if (skip > 0) skip--;
      else yield listing.row(range.key, to.key, range.lower, range.upper);
    }
  }
}

type Block = Extract<PeerKey, { kind: 'block' }>;

/** One question, laid out: its groups, and what is known of them so far. */
class Listing {
  readonly sources: readonly PeerGroup[];
  readonly destinations: readonly PeerGroup[];
  private readonly model: Model;
  private readonly sets: PacketSets;
  private readonly classes: ClassConnections;
  private readonly groups: GroupConnections;
  private readonly shapes: Shapes;
  private readonly sourceBlocks: ReturnType<typeof blocksIn>;
  private readonly destinationBlocks: ReturnType<typeof blocksIn>;
  private readonly rangesByShape = new Map<number, readonly ExternalRange[]>();

  constructor(model: Model, { by, from, to, external = true }: ConnectivityOptions) {
    this.model = model;
    const icmp = icmpOf(model);
    this.sets = new PacketSets(icmp);
    this.classes = new ClassConnections(model, this.sets);
    this.shapes = new Shapes(model);
    const membership = Membership.of(model);
    const groupsOf = (keys: readonly PeerKey[] | undefined) =>
      (keys?.filter((key) => key.kind !== 'block') ?? membership.keysOf(by)).map((key): PeerGroup => {
        const endpoints = membership.endpointsOf(key);
        return { key, endpoints, shape: this.shapes.shapeOf(endpoints) };
      });
    this.sources = groupsOf(from);
    this.destinations = to === from ? this.sources : groupsOf(to);
    const counted = Int32Array.from(visibleSpans(icmp).flat());
    const reach = new Reach(model, new PairJoin(model, 'upper', counted));
    this.groups = new GroupConnections(model, this.sets, this.classes, this.shapes, reach, membership, this.destinations);
    this.sourceBlocks = external ? blocksIn(from) : [];
    this.destinationBlocks = external ? blocksIn(to) : [];
  }

  countFrom(from: PeerGroup): number {
    return this.groups.countFrom(from) + this.rangesFrom(from).length;
  }

  *rowsFrom(from: PeerGroup): Generator<ConnectivityRow> {
    this.groups.turnTo(from);
    const places = this.groups.candidates.slice(0, this.groups.candidateCount);
    for (const place of places) {
      this.groups.between(place);
      const { lower, upper } = this.groups;
      if (upper !== NO_PACKETS) yield this.row(from.key, this.destinations[place]!.key, lower, upper);
    }
    for (const range of this.rangesFrom(from)) yield this.row(from.key, range.key, range.lower, range.upper);
  }

  row(from: PeerKey, to: PeerKey, lower: number, upper: number): ConnectivityRow {
    const conditional = this.sets.difference(upper, lower);
    return { from, to, allowed: this.sets.connectionSet(lower), conditional: this.sets.connectionSet(conditional) };
  }

  rangesInto(to: PeerGroup): readonly ExternalRange[] {
    return this.ranges(to, this.sourceBlocks, this.model.classes.ingress, 1);
  }

  private rangesFrom(from: PeerGroup): readonly ExternalRange[] {
    return this.ranges(from, this.destinationBlocks, this.model.classes.egress, 0);
  }

  private ranges(group: PeerGroup, blocks: ReturnType<typeof blocksIn>, results: Int32Array, side: 0 | 1): readonly ExternalRange[] {
    if (blocks.length === 0 || group.endpoints.length === 0) return [];
    const slot = 2 * group.shape + side;
    let ranges = this.rangesByShape.get(slot);
    if (!ranges) {
      const distinct = [...new Set(Array.from(this.shapes.classesOf(group.shape), (owner) => results[owner]!))];
      ranges = externalRanges(this.model, blocks, (member) => this.common(distinct, member));
      this.rangesByShape.set(slot, ranges);
    }
    return ranges;
  }

  /** What all of the results let through for certain, and what some of them may. */
  private common(results: readonly number[], member: number): { readonly lower: number; readonly upper: number } {
    let lower = ALL_PACKETS;
    let upper = NO_PACKETS;
    for (const result of results) {
      this.classes.column(result, member);
      lower = this.sets.intersection(lower, this.classes.lower);
      upper = this.sets.union(upper, this.classes.upper);
    }
    return { lower, upper };
  }
}

function blocksIn(keys: readonly PeerKey[] | undefined) {
  return keys ? keys.filter((key): key is Block => key.kind === 'block').map(boundsOf) : EVERYWHERE;
}
