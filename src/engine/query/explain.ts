import type { Direction, Policy } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { Explanation, Flow, Packet } from '../../model/verdict';
import type { AskedEnd, AskedFlow } from '../analysis';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';
import { type Cluster, evaluate, type PolicyOrder } from '../evaluate';
import type { Model } from '../model';
import { positionOf } from '../packet-axis';
import { endpointIndexOf, flowOf } from './definition-input';
import { hostWorldOf, type NumberedPolicy, orderOf } from './host-world';
import { RecentByPosition } from './recent-by-position';
import { rulesForPacket } from './rules-for-packet';

/**
 * The verdict on one flow with its reasons: the definition itself, put to what little of the policies can matter to it, so that it takes the time of
 * a list and not of a cluster.
 */
export function explain(analysis: Analysis, asked: AskedFlow): Explanation {
  const { source, destination, packet } = asked;
  const flow = flowOf(analysis, asked);
  return evaluate(clusterFor(analysis, ordersFor(analysis, source, destination, packet).own, flow), flow);
}

/** Written out, since objects made by spreading are slow to read. */
function clusterFor({ directory }: Analysis, { tiers, policies }: PolicyOrder, flow: Flow): Cluster {
  const { facts, nodeNetwork } = directory;
  const world = hostWorldOf(directory);
  if (!world) return { tiers, policies, facts, nodeNetwork };
  const { policing, actingAt } = world;
  const { hostEndpoints, endpoints } = world.around(flow);
  return endpoints
    ? { tiers, policies, facts, nodeNetwork, policing, actingAt, hostEndpoints: hostEndpoints!, endpoints }
    : { tiers, policies, facts, nodeNetwork, policing, actingAt, hostEndpoints: hostEndpoints! };
}

/** Policies that can matter to a packet: those of the lists of both ends, and these together with all that act at host endpoints. */
interface Orders {
  readonly own: PolicyOrder;
  readonly numbered: readonly NumberedPolicy[];
  withHosts?: PolicyOrder;
}

/** Orders that were needed lately, by the lists of both ends and the packet. */
const recent = new WeakMap<Model, RecentByPosition<number, Orders>>();
const NO_POLICIES = -1;

/** The policies of the lists of both ends as far as they can match the packet, and all that act at host endpoints. An address has no list. */
export function orderFor(analysis: Analysis, source: AskedEnd, destination: AskedEnd, packet: Packet): PolicyOrder {
  const { directory } = analysis;
  const orders = ordersFor(analysis, source, destination, packet);
  const world = hostWorldOf(directory);
  if (!world) return orders.own;
  orders.withHosts ??= orderOf(directory, sorted([...orders.numbered, ...world.policies]));
  return orders.withHosts;
}

function ordersFor({ model, directory }: Analysis, source: AskedEnd, destination: AskedEnd, packet: Packet): Orders {
  const [from, to] = [endpointIndexOf(source), endpointIndexOf(destination)];
  const egress = from === undefined ? NO_POLICIES : model.classes.egressList[model.endpoints.classOf[from]!]!;
  const ingress = to === undefined ? NO_POLICIES : model.classes.ingressList[model.endpoints.classOf[to]!]!;
  let known = recent.get(model);
  if (!known) {
    known = new RecentByPosition();
    recent.set(model, known);
  }
  // Exact: the numbers of lists, of which there are a few of each endpoint at most, are below 2^26. With the position in it, it would not be.
  const lists = (egress + 1) * model.lists.starts.length + ingress + 1;
  return known.at(lists, positionOf(packet), () => makeOrders(model, directory, egress, ingress, packet));
}

function makeOrders({ lists }: Model, directory: Directory, egress: number, ingress: number, packet: Packet): Orders {
  const chosen = [
    ...entriesOf(lists, egress).map((entry) => ({ entry, direction: 'egress' as const })),
    ...entriesOf(lists, ingress).map((entry) => ({ entry, direction: 'ingress' as const })),
  ];
  const numbered = chosen.map(({ entry, direction }) => [entry >>> 1, narrowed(directory, entry, direction, packet)] as const);
  return { own: orderOf(directory, sorted(numbered)), numbered };
}

/** Policies are numbered in the order in which they are evaluated. */
function sorted(numbered: readonly NumberedPolicy[]): readonly Policy[] {
  return [...numbered].sort(([a], [b]) => a - b).map(([, policy]) => policy);
}

function entriesOf({ starts, states, parents, entries }: Model['lists'], list: number): readonly number[] {
  const found: number[] = [];
  if (list === NO_POLICIES) return found;
  for (let at = starts[list]!; at < starts[list + 1]!; at++)
    for (let state = states[at]!; state >= 0; state = parents[state]!) found.push(entries[state]!);
  return found;
}

const EVERYTHING: Selector = Object.freeze({ kind: 'all' });

/** The policy as far as it can matter to endpoints that it is known to select, in one direction, for one packet. Its rules keep their places. */
function narrowed({ policies }: Directory, entry: number, direction: Direction, packet: Packet): Policy {
  const { ref, tier, order, tieBreak, appliesTo, hook, staged, ...own } = policies[entry >>> 1]!;
  const kept = rulesForPacket(own[direction] ?? [], packet);
  const subject = (entry & 1) === 0 ? EVERYTHING : appliesTo;
  // Written out, since objects made by spreading are slow to read.
  return direction === 'egress'
    ? { ref, tier, order, tieBreak, appliesTo: subject, hook, staged, egress: kept }
    : { ref, tier, order, tieBreak, appliesTo: subject, hook, staged, ingress: kept };
}
