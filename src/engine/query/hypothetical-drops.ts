import type { NodeNetwork, WrappedPackets } from '../../model/host-endpoint';
import { distinctUnknowns, type Match, type Unknown } from '../../model/match';
import type { Packet, Party } from '../../model/verdict';
import { differenceOf, type Interval, type IntervalSet, intersectionOf, intervalSet } from '../../util/interval-set';
import { type Family, within } from '../evaluate-match';
import { isDroppedFrom } from '../evaluate-path';
import { intervalsOf } from '../packet-axis';

/*
 * What nodes drop of what pods that nobody has deployed send, on the packet axis. Which pod it is makes no difference: only where it runs does.
 */

/** What a process of a node does not get from such pods. */
export interface DropsTowards {
  readonly sure: IntervalSet;
  readonly perhaps: IntervalSet;
  /** What tells about the latter. */
  readonly unknowns: readonly Unknown[];
}

/** A question tells these of its packet beside what is on the axis. */
type Details = Pick<Packet, 'number'>;

/**
 * Of pods on the node of the process, or on another one. `receiver`: the process. Who has the choice between families uses whichever gets through.
 * @param pods one that stands for all of them
 */
export function dropsTowards(
  nodeNetwork: NodeNetwork,
  [pods, receiver]: readonly [pods: Party, receiver: Party],
  { onItsNode, families, details }: { readonly onItsNode: boolean; readonly families: readonly Family[]; readonly details: Details },
): DropsTowards {
  const drops = nodeNetwork.droppedAtNodes ?? [];
  if (drops.length === 0 || families.length === 0) return NOTHING;
  const source = at(pods, onItsNode ? 'its node' : 'another node');
  const flow = { source, destination: at(receiver, 'its node'), packet: { protocol: 'UDP' } } as const;
  const byFamily = families.map((family) =>
    drops.map((drop) => ({ packets: drop.packets, match: isDroppedFrom({ nodeNetwork }, drop, flow, family) })),
  );
  const inAll = (isIt: (match: Match) => boolean) =>
    byFamily
      .map((own) => intervalSet(own.flatMap(({ packets, match }) => (isIt(match) ? positionsOf(packets, details) : []))))
      .reduce(intersectionOf);
  const sure = inAll(({ truth }) => truth === 'yes');
  const perhaps = differenceOf(
    inAll(({ truth }) => truth !== 'no'),
    sure,
  );
  return { sure, perhaps, unknowns: distinctUnknowns(byFamily.flat().flatMap(({ match }) => match.unknowns)) };
}

const NOTHING: DropsTowards = { sure: [], perhaps: [], unknowns: [] };

function at(party: Party, node: string): Party {
  return party.kind === 'endpoint' ? { ...party, endpoint: { ...party.endpoint, node } } : party;
}

/** Packets that were found, without those that are dropped: those that certainly are not, and those that perhaps are. */
export function withoutDropped<T extends { readonly packets: IntervalSet; readonly unknowns: readonly Unknown[] }>(
  found: T,
  { sure, perhaps, unknowns }: DropsTowards,
): readonly T[] {
  const left = differenceOf(found.packets, sure);
  const open = { ...found, packets: intersectionOf(left, perhaps), unknowns: [...found.unknowns, ...unknowns] };
  return [{ ...found, packets: differenceOf(left, perhaps) }, open].filter(({ packets }) => packets.length > 0);
}

/** Where packets lie that a node drops. Those of which the protocol's number is not told it may drop: the definition says so of each. */
export function positionsOf({ protocol, ports, numbers }: WrappedPackets, { number }: Details): readonly Interval[] {
  if (numbers && !(number !== undefined && numbers.some((range) => within(number, range)))) return [];
  return intervalsOf(protocol, ports);
}
