import { type Analysis, catalogueOf } from '../engine/index';
import { familyOfChoice } from '../model/endpoint';
import type { Peer } from './peers';

/** What is said where no address of one end is of a family of the other: policy may allow what no network carries. */
export function familyNotes(analysis: Analysis, from: Peer, to: Peer): readonly string[] {
  const [own, other] = [from, to].map((peer) => familiesMeant(analysis, peer));
  if (!own?.size || !other?.size || [...own].some((family) => other.has(family))) return [];
  return [`\`${from.id}\` has no address of the family of \`${to.id}\`: this is what policy says of a connection that cannot be`];
}

/** Families of a peer's addresses, as far as the question or the input tells them. */
function familiesMeant(analysis: Analysis, peer: Peer): ReadonlySet<4 | 6> {
  if (peer.kind === 'addresses') return new Set(peer.isNamed ? [] : peer.ranges.map(({ family }) => family));
  if (peer.kind !== 'endpoints') return new Set();
  if (peer.at !== undefined) return new Set([familyOfChoice(peer.at)]);
  const catalogue = catalogueOf(analysis);
  const known = peer.endpoints.map((index) => catalogue.endpoint(index).addresses);
  return new Set(known.some(({ length }) => length === 0) ? [] : known.flat().map(familyOfChoice));
}
