import { type ConnectionSet, connectivity } from '../engine/index';
import type { Truth } from '../model/match';
import { internetRanges } from '../model/internet';
import { TRANSPORT_PROTOCOLS } from '../model/policy';
import { intersectionOfRanges, parseRange } from '../util/address-set';
import { type Interval, type IntervalSet, intervalSet } from '../util/interval-set';
import { type AddressRange, formatAddress, highestAddress } from '../util/ip';
import { formatConnections, isComplete, unionOfConnections } from './connection-text';
import { type Group, policyKey } from './selection';
import type { Survey } from './survey';

/*
 * What a group of pods may open to the internet, per address family. A policy that names a few destinations is a list of destinations and not "the internet";
 * where the one ends and the other begins is `DESTINATION_LIST_SHARE`.
 */

/**
 * At most this share of a family's public addresses is a list of destinations: one in 256, which is a /8 of IPv4. The largest providers publish
 * less than that for one service; whoever allows more has not chosen whom to talk to.
 */
const DESTINATION_LIST_SHARE = 256n;

export interface InternetReach {
  readonly family: 4 | 6;
  /** Ports that are certainly open to more than a list of destinations … */
  readonly wide: ConnectionSet;
  /** … and those that certainly or possibly are. */
  readonly possiblyWide: ConnectionSet;
  /** Is every port of TCP, UDP and SCTP open to every public address? */
  readonly complete: Truth;
  /** Public blocks with what is certainly (possibly) open to them; a block of theirs serves as an example. */
  readonly pieces: readonly Piece[];
}

export interface Piece {
  readonly range: AddressRange;
  readonly allowed: ConnectionSet;
  readonly possible: ConnectionSet;
}

/** IPv4 and IPv6, each once for all groups with the same egress policies. */
export function internetReach(survey: Survey, group: Group): readonly InternetReach[] {
  const key = group.network === 'host' ? 'host' : policyKey(group, 'egress');
  return survey.recall('internet-reach', key, () => ([4, 6] as const).map((family) => reachInFamily(survey, group, family)));
}

function reachInFamily({ analysis, snapshot }: Survey, group: Group, family: 4 | 6): InternetReach {
  const internet = internetRanges(snapshot.facts, new Set([family]));
  const everything = { low: formatAddress({ family, value: 0n }), high: formatAddress({ family, value: highestAddress(family) }) };
  const pieces: Piece[] = [];
  const source = { kind: 'endpoint', index: group.representative.id } as const;
  for (const row of connectivity(analysis, { by: 'endpoint', from: [source], to: [{ kind: 'block', ...everything }] })) {
    if (row.to.kind !== 'block') continue;
    const block = parseRange(`${row.to.low}-${row.to.high}`)!;
    const possible = unionOfConnections(row.allowed, row.conditional);
    for (const range of internet) {
      const shared = intersectionOfRanges(range, block);
      if (shared) pieces.push({ range: shared, allowed: row.allowed, possible });
    }
  }
  const size = sizeOf(internet);
  const covered = (isOpen: (piece: Piece) => boolean) => sizeOf(pieces.filter(isOpen).map(({ range }) => range)) === size;
  return {
    family,
    wide: portsWiderThan(size / DESTINATION_LIST_SHARE, pieces, ({ allowed }) => allowed),
    possiblyWide: portsWiderThan(size / DESTINATION_LIST_SHARE, pieces, ({ possible }) => possible),
    complete: covered(({ allowed }) => isComplete(allowed)) ? 'yes' : covered(({ possible }) => isComplete(possible)) ? 'maybe' : 'no',
    pieces,
  };
}

/** Ports that are open to more than so many addresses, all pieces together: a sweep over the ends of the port ranges. */
function portsWiderThan(limit: bigint, pieces: readonly Piece[], openOf: (piece: Piece) => ConnectionSet): ConnectionSet {
  const sizes = new Map<string, { readonly open: ConnectionSet; size: bigint }>();
  for (const piece of pieces) {
    const open = openOf(piece);
    const text = formatConnections(open);
    const entry = sizes.get(text);
    if (entry) entry.size += sizeOf([piece.range]);
    else sizes.set(text, { open, size: sizeOf([piece.range]) });
  }
  const entries = TRANSPORT_PROTOCOLS.map((protocol) => {
    const changes = new Map<number, bigint>();
    for (const { open, size } of sizes.values()) {
      for (const [low, high] of open[protocol] ?? []) {
        changes.set(low, (changes.get(low) ?? 0n) + size);
        changes.set(high + 1, (changes.get(high + 1) ?? 0n) - size);
      }
    }
    return [protocol, portsAbove(limit, changes)] as const;
  });
  return Object.fromEntries(entries.filter(([, ports]) => ports.length > 0));
}

function portsAbove(limit: bigint, changes: ReadonlyMap<number, bigint>): IntervalSet {
  const ports = [...changes.keys()].sort((a, b) => a - b);
  const wide: Interval[] = [];
  let open = 0n;
  for (const [index, port] of ports.entries()) {
    open += changes.get(port)!;
    if (open > limit) wide.push([port, ports[index + 1]! - 1]);
  }
  return intervalSet(wide);
}

function sizeOf(ranges: readonly AddressRange[]): bigint {
  return ranges.reduce((size, { low, high }) => size + high - low + 1n, 0n);
}
