import type { Unknown } from '../../model/match';
import type { PeerExpression, PeerTerm } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { conjunction } from '../kubernetes/conjunction';
import type { LabelledIndex, LabelledMatch, LabelledNets } from './labelled-nets';
import { formatNets, intersectionOfNets, type Nets, netsOf } from './nets';
import { type Expression, negationOf } from './selector-expression';
import type { Selectors } from './selectors';

/*
 * Whom one side of a rule matches. Calico turns selectors into sets of addresses: those of pods, of network sets and of host endpoints whose labels
 * fit (felix/calc/rule_scanner.go). A pod stays a selector here; the others become nets beside it.
 *
 *   selectors that choose          ─▶ the pods that fit, or an address of a network set or host endpoint that fits
 *   only selectors that exclude    ─▶ anything but those, the outside included
 *   none                           ─▶ anything
 *
 * and in each case within the side's own nets and outside its notNets.
 */

/** What a side certainly matches, and what it may match; they differ where the labels of a network set's namespace are not in the input. */
export interface PeerBounds {
  readonly must: PeerExpression;
  readonly may: PeerExpression;
  /** What the difference depends on; empty when there is none. */
  readonly unknowns: readonly Unknown[];
}

/** The parts of a side that its peers follow from. */
export interface PeerParts {
  readonly positive: string;
  readonly negative: string;
  readonly nets: Nets | undefined;
  readonly notNets: Nets | undefined;
}

/** What selectors choose from. */
export interface PeerWorld {
  readonly selectors: Selectors;
  /** Network sets and host endpoints. */
  readonly labelled: LabelledIndex;
  /** Of those, the ones that count here. */
  readonly counts?: (labelled: LabelledNets) => boolean;
}

/** Only pods of their own network are Calico's workload endpoints. */
export const WORKLOADS: Selector = Object.freeze({ kind: 'network', network: 'pod' });

/** Whom a side matches; the cases are those of the picture above. */
export function peerBounds(parts: PeerParts, world: PeerWorld): PeerBounds {
  const { positive, negative } = parts;
  if (positive === '' && negative === '') return exactly(plainPeer(parts));
  return positive === '' ? excludingBounds(parts, world) : choosingBounds(parts, world);
}

function exactly(peer: PeerExpression): PeerBounds {
  return { must: peer, may: peer, unknowns: [] };
}

function plainPeer({ nets, notNets }: PeerParts): PeerExpression {
  return nets || notNets ? [{ ...netParts(nets, notNets), netsSeePods: 'yes' }] : 'any';
}

function choosingBounds(parts: PeerParts, world: PeerWorld): PeerBounds {
  const matches = chosenNets(parts, world);
  const certain = setTerms(matches, parts, ({ unknowns }) => unknowns.length === 0);
  const must = [workloadTerm(parts, world), ...certain];
  const unknowns = matches.flatMap((match) => match.unknowns);
  if (unknowns.length === 0) return exactly(must);
  return { must, may: [...must, ...setTerms(matches, parts, (match) => match.unknowns.length > 0)], unknowns };
}

/** Pods that fit, by their labels. */
export function workloadTerm({ positive, negative, nets, notNets }: PeerParts, { selectors }: Pick<PeerWorld, 'selectors'>): PeerTerm {
  const chosen = selectors.lower(positive);
  const excluded: readonly Selector[] = negative === '' ? [] : [{ kind: 'not', of: selectors.lower(negative) }];
  return { selector: conjunction([WORKLOADS, chosen, ...excluded]), ...netParts(nets, notNets), netsSeePods: 'yes' };
}

/** Network sets and host endpoints that a side with a choosing selector chooses. */
export function chosenNets(parts: Pick<PeerParts, 'positive' | 'negative'>, world: PeerWorld): readonly LabelledMatch[] {
  return matchesOf(chosenExpression(parts, world.selectors), world);
}

function chosenExpression({ positive, negative }: Pick<PeerParts, 'positive' | 'negative'>, selectors: Selectors): Expression {
  const chosen = selectors.expression(positive);
  return negative === '' ? chosen : { kind: 'and', of: [chosen, negationOf(selectors.expression(negative))] };
}

function matchesOf(expression: Expression, { labelled, counts }: PeerWorld): readonly LabelledMatch[] {
  const matches = labelled(expression);
  return counts ? matches.filter((match) => counts(match.labelled)) : matches;
}

function setTerms(matches: readonly LabelledMatch[], parts: PeerParts, fits: (match: LabelledMatch) => boolean): readonly PeerTerm[] {
  const nets = netsOf(matches.filter(fits).flatMap(({ labelled }) => labelled.nets));
  const shared = parts.nets ? intersectionOfNets(nets, parts.nets) : nets;
  return shared.length === 0 ? [] : [{ ...netParts(shared, parts.notNets), netsSeePods: 'yes' }];
}

/** Without a choosing selector, what is excluded is no longer all that matters: unknown addresses match. */
function excludingBounds(parts: PeerParts, world: PeerWorld): PeerBounds {
  const { negative, nets, notNets = [] } = parts;
  const matches = matchesOf(world.selectors.expression(negative), world);
  const notSelector = conjunction([WORKLOADS, world.selectors.lower(negative)]);
  const excluding = (excluded: readonly LabelledMatch[]): PeerExpression => {
    const outside = netsOf([...notNets, ...excluded.flatMap(({ labelled }) => labelled.nets)]);
    return [{ notSelector, ...netParts(nets, outside), netsSeePods: 'yes' }];
  };
  const must = excluding(matches);
  const unknowns = matches.flatMap((match) => match.unknowns);
  if (unknowns.length === 0) return exactly(must);
  return { must, may: excluding(matches.filter((match) => match.unknowns.length === 0)), unknowns };
}

function netParts(nets: Nets | undefined, notNets: Nets | undefined): Pick<PeerTerm, 'nets' | 'notNets'> {
  return { ...(nets && { nets: formatNets(nets) }), ...(notNets && notNets.length > 0 && { notNets: formatNets(notNets) }) };
}

/** The same for equal parts: rules repeat themselves, and equal peers become one object. */
export function rememberingBounds(world: PeerWorld): (parts: PeerParts) => PeerBounds {
  const known = new Map<string, PeerBounds>();
  const keyOf = (nets: Nets | undefined) => (nets ? formatNets(nets).join() : '-');
  return (parts) => {
    const { positive, negative, nets, notNets } = parts;
    const key = `${keyOf(nets)} ${keyOf(notNets)} ${positive.length} ${positive}${negative}`;
    let bounds = known.get(key);
    if (!bounds) {
      bounds = peerBounds(parts, world);
      known.set(key, bounds);
    }
    return bounds;
  };
}
