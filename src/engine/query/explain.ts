import type { Endpoint } from '../../model/endpoint';
import type { HostEndpoint } from '../../model/host-endpoint';
import type { Direction, PacketExpression, Policy, Rule } from '../../model/policy';
import type { Selector } from '../../model/selector';
import type { Explanation, Flow, Packet } from '../../model/verdict';
import type { FlowEnd, IndexedFlow } from '../analysis';
import type { Analysis } from '../analyze';
import type { Directory } from '../directory';
import { type Cluster, evaluate, type Policing, type PolicyOrder } from '../evaluate';
import { policingOf } from '../evaluate-path';
import type { Model } from '../model';
import { positionOf } from '../packet-axis';
import { partyOf } from './definition-input';

/**
 * The verdict on one flow with its reasons: the definition itself, put to what little of the policies can matter to it, so that it takes the time of
 * a list and not of a cluster.
 */
export function explain(analysis: Analysis, { source, destination, packet }: IndexedFlow): Explanation {
  const flow = { source: partyOf(analysis, source), destination: partyOf(analysis, destination), packet };
  const order = orderFor(analysis, source, destination, packet);
  return evaluate({ ...order, facts: analysis.directory.facts, ...hostWorldFor(analysis.directory, flow) }, flow);
}

/** Orders that were needed lately, by the lists of both ends and the packet. */
const recent = new WeakMap<Model, Map<number, PolicyOrder>>();
const MOST_RECENT = 4096;
const NO_POLICIES = -1;

export function orderFor({ model, directory }: Analysis, source: FlowEnd, destination: FlowEnd, packet: Packet): PolicyOrder {
  const egress = typeof source === 'number' ? model.classes.egressList[model.endpoints.classOf[source]!]! : NO_POLICIES;
  const ingress = typeof destination === 'number' ? model.classes.ingressList[model.endpoints.classOf[destination]!]! : NO_POLICIES;
  let orders = recent.get(model);
  if (!orders) {
    orders = new Map();
    recent.set(model, orders);
  }
  const key = ((egress + 1) * model.lists.starts.length + ingress + 1) * 2 ** 18 + positionOf(packet);
  let order = orders.get(key);
  if (!order) {
    order = makeOrder(model, directory, egress, ingress, packet);
    if (orders.size >= MOST_RECENT) orders.clear();
    orders.set(key, order);
  }
  return order;
}

/** What the definition needs of each cluster with host endpoints, made when it is first needed. */
interface HostWorlds {
  readonly policing: Policing;
  readonly hostsOf: ReadonlyMap<string, readonly HostEndpoint[]>;
  readonly nodeOf: ReadonlyMap<string, Endpoint>;
  /** Policies that act at host endpoints, by their index, as they act there. */
  readonly policies: readonly (readonly [index: number, policy: Policy])[];
}

const hostWorlds = new WeakMap<Directory, HostWorlds>();

function hostWorldsOf(directory: Directory): HostWorlds {
  let worlds = hostWorlds.get(directory);
  if (!worlds) {
    const hostsOf = new Map<string, HostEndpoint[]>();
    for (const host of directory.hostEndpoints) {
      const hosts = hostsOf.get(host.node);
      if (hosts) hosts.push(host);
      else hostsOf.set(host.node, [host]);
    }
    const nodeOf = new Map<string, Endpoint>();
    for (let index = 0; index < directory.endpointCount; index++) {
      const endpoint = directory.endpoint(index);
      if (endpoint.kind === 'node' && !nodeOf.has(endpoint.name)) nodeOf.set(endpoint.name, endpoint);
    }
    const policies = [...directory.policies.entries()]
      .filter(([, { appliesToHosts, staged }]) => appliesToHosts && !staged)
      .map(([index, policy]) => [index, { ...policy, appliesTo: NOBODY }] as const);
    worlds = { policing: policingOf(directory), hostsOf, nodeOf, policies };
    hostWorlds.set(directory, worlds);
  }
  return worlds;
}

/** The host endpoints and nodes of the two ends; all of them for an end of which nobody knows where it runs. */
function hostWorldFor(directory: Directory, { source, destination }: Flow): Partial<Cluster> {
  if (directory.hostEndpoints.length === 0) return NO_HOSTS;
  const { policing, hostsOf, nodeOf } = hostWorldsOf(directory);
  const places = [source, destination].flatMap((end) => (end.kind === 'endpoint' ? [end.endpoint.node] : []));
  const { hostEndpoints, nodeNetwork } = directory;
  if (places.includes(undefined)) return { hostEndpoints, nodeNetwork, policing };
  const names = [...new Set(places)] as string[];
  return {
    hostEndpoints: names.flatMap((name) => hostsOf.get(name) ?? []),
    nodeNetwork,
    policing,
    endpoints: names.flatMap((name) => nodeOf.get(name) ?? []),
  };
}

const NO_HOSTS: Partial<Cluster> = Object.freeze({});

function makeOrder({ lists }: Model, directory: Directory, egress: number, ingress: number, packet: Packet): PolicyOrder {
  const chosen = [
    ...entriesOf(lists, egress).map((entry) => ({ entry, direction: 'egress' as const })),
    ...entriesOf(lists, ingress).map((entry) => ({ entry, direction: 'ingress' as const })),
  ];
  // Policies are numbered in the order in which they are evaluated.
  const own = chosen.map(({ entry, direction }) => [entry >>> 1, narrowed(directory, entry, direction, packet)] as const);
  const atHosts = directory.hostEndpoints.length > 0 ? hostWorldsOf(directory).policies : [];
  const policies = [...own, ...atHosts].sort(([a], [b]) => a - b).map(([, policy]) => policy);
  const tiers = new Set(policies.map(({ tier }) => tier));
  return { tiers: directory.tiers.filter(({ name }) => tiers.has(name)), policies };
}

function entriesOf({ starts, states, parents, entries }: Model['lists'], list: number): readonly number[] {
  const found: number[] = [];
  if (list === NO_POLICIES) return found;
  for (let at = starts[list]!; at < starts[list + 1]!; at++)
    for (let state = states[at]!; state >= 0; state = parents[state]!) found.push(entries[state]!);
  return found;
}

const NOTHING: readonly never[] = Object.freeze([]);
const EVERYTHING: Selector = Object.freeze({ kind: 'all' });
const NOBODY: Selector = Object.freeze({ kind: 'none' });

/** The policy as far as it can matter to endpoints that it is known to select, in one direction, for one packet. Its rules keep their places. */
function narrowed({ policies }: Directory, entry: number, direction: Direction, packet: Packet): Policy {
  const { ref, tier, order, tieBreak, appliesTo, hook, staged, ...own } = policies[entry >>> 1]!;
  const rules = own[direction] ?? [];
  const last = rules.findLastIndex((rule) => mayMatch(rule.packets, packet));
  const kept = rules.slice(0, last + 1).map((rule) => (mayMatch(rule.packets, packet) ? rule : blank(rule)));
  const subject = (entry & 1) === 0 ? EVERYTHING : appliesTo;
  // Written out, since objects made by spreading are slow to read.
  return direction === 'egress'
    ? { ref, tier, order, tieBreak, appliesTo: subject, hook, staged, egress: kept }
    : { ref, tier, order, tieBreak, appliesTo: subject, hook, staged, ingress: kept };
}

/** A rule that matches nothing, in the place of one that does not match the packet. */
function blank({ action, source }: Rule): Rule {
  return { action, peer: NOTHING, packets: NOTHING, source };
}

/** Port names may mean any port. */
function mayMatch(packets: PacketExpression, { protocol, port }: Packet): boolean {
  if (packets === 'any') return true;
  return packets.some(
    (term) =>
      term.protocol === protocol &&
      (!term.ports ||
        term.portNames !== undefined ||
        (port !== undefined && term.ports.some(([low, high]) => low <= port && port <= high))),
  );
}
