import {
  type Analysis,
  type AskedEnd,
  alikeGroups,
  catalogueOf,
  type HypotheticalAnswer,
  type HypotheticalPod,
  HypotheticalReach,
  hypotheticalVerdict,
} from '../engine/index';
import type { Direction } from '../model/policy';
import type { FlowNames } from '../model/trace-text';
import type { Packet } from '../model/verdict';
import { formatRange } from '../util/address-set';
import { type Address, type AddressRange, formatAddress, parseAddress } from '../util/ip';
import { refusal } from './errors';
import { endOf, internetFor, ownersByAddress, type Peer, rangesFor } from './peers';
import { segmentsBy } from './segments';

/** Flows between pods that nobody has deployed and something else that no verdict tells apart. */
export interface HypotheticalFlows {
  readonly flow: { readonly source: AskedEnd | undefined; readonly destination: AskedEnd | undefined };
  readonly names: FlowNames;
  readonly flows: number;
  readonly labels: Iterable<string>;
  readonly judged: HypotheticalAnswer;
}

type PodPeer = Extract<Peer, { readonly kind: 'hypothetical' }>;

/**
 * All flows of a question one end of which is a pod that nobody has deployed. Each endpoint or address of the other end is asked about with the best pod
 * for it.
 * @throws ApiError `INVALID_REQUEST` when nothing is given of either end
 */
export function* hypotheticalFlows(analysis: Analysis, packet: Packet, from: Peer, to: Peer): Generator<HypotheticalFlows> {
  // With two such ends the one of which less is given is the one that is searched.
  if (from.kind === 'hypothetical' && (to.kind !== 'hypothetical' || !isGiven(from.pod) || isGiven(to.pod)))
    yield* flowsOf(analysis, packet, from, to, 'egress');
  else if (to.kind === 'hypothetical') yield* flowsOf(analysis, packet, to, from, 'ingress');
}

/** Whether it is one pod, so that it has policies of its own. */
function isGiven({ labels, namespace, newNamespace }: HypotheticalPod): boolean {
  return labels !== undefined && (namespace !== undefined || newNamespace !== undefined);
}

function* flowsOf(
  analysis: Analysis,
  packet: Packet,
  { pod, id }: PodPeer,
  other: Peer,
  direction: Direction,
): Generator<HypotheticalFlows> {
  const isOut = direction === 'egress';
  const made = (end: AskedEnd | undefined, name: string, labels: readonly string[], judged: HypotheticalAnswer): HypotheticalFlows => ({
    flow: isOut ? { source: undefined, destination: end } : { source: end, destination: undefined },
    names: isOut ? { from: id, to: name } : { from: name, to: id },
    flows: labels.length,
    labels,
    judged,
  });
  const judge = (end: AskedEnd) => hypotheticalVerdict(analysis, { pod, direction, other: end, packet });
  if (other.kind === 'hypothetical') {
    if (!isGiven(other.pod))
      throw refusal('to', `\`${other.id}\` and \`${id}\` both stand for any pod; give one of them a namespace and labels`);
    const judged = hypotheticalVerdict(analysis, { pod, direction, other: { pod: other.pod }, packet });
    yield made(undefined, other.id, [other.id], judged);
    return;
  }
  const catalogue = catalogueOf(analysis);
  const idOf = (endpoint: number) => catalogue.endpoint(endpoint).id;
  const askedBy =
    other.kind === 'endpoints'
      ? [[other.at, other.endpoints] as const]
      : other.kind === 'addresses'
        ? ownersByAddress(catalogue, other.owners)
        : [];
  const onHosts = askedBy.some(([, endpoints]) => endpoints.some((endpoint) => catalogue.endpoint(endpoint).network === 'host'));
  for (const [at, endpoints] of askedBy) {
    for (const group of alikeGroups(analysis, endpoints, onHosts)) {
      const end = endOf(catalogue.endpoint(group[0]!), at);
      yield made(end, idOf(group[0]!), group.map(idOf), judge(end));
    }
  }
  if (other.kind === 'endpoints') return;
  const ranges =
    other.kind === 'internet'
      ? internetFor(analysis, undefined)
      : other.isNamed
        ? rangesFor(analysis, undefined, other.ranges)
        : other.ranges;
  const answers = new Map<string, HypotheticalAnswer>();
  const answerAt = (address: string): HypotheticalAnswer => {
    const answer = answers.get(address) ?? judge(address);
    answers.set(address, answer);
    return answer;
  };
  const owners = other.kind === 'addresses' ? other.owners : [];
  const cuts = cutsOf(analysis, pod, direction, ranges);
  for (const segment of segmentsBy({ ranges, owners, cuts, verdictAt: (address) => answerAt(address).verdict })) {
    const address = formatAddress({ family: segment.family, value: segment.low });
    const name = segment.low === segment.high ? address : `${other.id} (for example ${address})`;
    yield made(address, name, [formatRange(segment)], answerAt(address));
  }
}

/** Addresses at which what the pods may do with external addresses changes, on whatever port. */
function cutsOf(analysis: Analysis, pod: HypotheticalPod, direction: Direction, ranges: readonly AddressRange[]): readonly Address[] {
  const text = (family: 4 | 6, value: bigint) => formatAddress({ family, value });
  const blocks = ranges.map(({ family, low, high }) => ({ low: text(family, low), high: text(family, high) }));
  return new HypotheticalReach(analysis, pod, direction).ranges(blocks).flatMap(({ low, high }) => {
    const [first, last] = [parseAddress(low)!, parseAddress(high)!];
    return [first, { family: last.family, value: last.value + 1n }];
  });
}
