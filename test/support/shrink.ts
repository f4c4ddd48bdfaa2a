import type { FlowEnd, IndexedFlow } from '../../src/engine/analysis';
import type { Endpoint } from '../../src/model/endpoint';
import type { HostEndpoint } from '../../src/model/host-endpoint';
import type { PacketTerm, PeerTerm, Policy, Rule } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';

/** One question to one cluster. */
export interface Case {
  readonly snapshot: Snapshot;
  readonly flow: IndexedFlow;
}

/** The smallest case that can be reached by leaving things out while it still fails; every step tries all ways of leaving one thing out. */
export function shrink(start: Case, fails: (candidate: Case) => boolean): Case {
  let smallest = start;
  for (let found = true; found; ) {
    found = false;
    for (const candidate of smallerCases(smallest)) {
      if (!fails(candidate)) continue;
      smallest = candidate;
      found = true;
      break;
    }
  }
  return smallest;
}

function* smallerCases({ snapshot, flow }: Case): Generator<Case> {
  for (const policies of without(snapshot.policies)) yield { snapshot: { ...snapshot, policies }, flow };
  const { protocol, port } = flow.packet;
  if (Object.keys(flow.packet).length > 2) yield { snapshot, flow: { ...flow, packet: { protocol, ...(port !== undefined && { port }) } } };
  for (const tiers of without(snapshot.tiers)) {
    if (snapshot.policies.every(({ tier }) => tiers.some(({ name }) => name === tier))) yield { snapshot: { ...snapshot, tiers }, flow };
  }
  for (const { id } of snapshot.endpoints) {
    if (id !== flow.source && id !== flow.destination) yield withoutEndpoint(snapshot, flow, id);
  }
  for (const hostEndpoints of without(snapshot.hostEndpoints)) yield { snapshot: { ...snapshot, hostEndpoints }, flow };
  for (const hostEndpoints of replacing(snapshot.hostEndpoints, smallerHosts)) yield { snapshot: { ...snapshot, hostEndpoints }, flow };
  for (const part of ['failsafeInbound', 'failsafeOutbound', 'pools'] as const) {
    for (const fewer of without<unknown>(snapshot.nodeNetwork[part])) {
      yield { snapshot: { ...snapshot, nodeNetwork: { ...snapshot.nodeNetwork, [part]: fewer } }, flow };
    }
  }
  for (const links of without(snapshot.nodeNetwork.links ?? [])) {
    yield { snapshot: { ...snapshot, nodeNetwork: { ...snapshot.nodeNetwork, links } }, flow };
  }
  for (const endpoints of replacing(snapshot.endpoints, smallerEndpoints)) yield { snapshot: { ...snapshot, endpoints }, flow };
  for (const policies of replacing(snapshot.policies, smallerPolicies)) yield { snapshot: { ...snapshot, policies }, flow };
}

/** All lists with one element less. */
function* without<T>(list: readonly T[]): Generator<readonly T[]> {
  for (const index of list.keys()) yield list.toSpliced(index, 1);
}

/** All lists with one element replaced by something smaller. */
function* replacing<T>(list: readonly T[], smaller: (element: T) => Iterable<T>): Generator<readonly T[]> {
  for (const [index, element] of list.entries()) {
    for (const replacement of smaller(element)) yield list.with(index, replacement);
  }
}

function withoutEndpoint(snapshot: Snapshot, flow: IndexedFlow, id: number): Case {
  const moved = (index: number) => (index > id ? index - 1 : index);
  const end = (flowEnd: FlowEnd) => (typeof flowEnd === 'string' ? flowEnd : moved(flowEnd));
  return {
    snapshot: {
      ...snapshot,
      endpoints: snapshot.endpoints.toSpliced(id, 1).map((endpoint) => ({ ...endpoint, id: moved(endpoint.id) })),
      workloads: snapshot.workloads.map((workload) => ({
        ...workload,
        endpoints: workload.endpoints.filter((index) => index !== id).map(moved),
      })),
    },
    flow: { ...flow, source: end(flow.source), destination: end(flow.destination) },
  };
}

function* smallerEndpoints(endpoint: Endpoint): Generator<Endpoint> {
  const { labels } = endpoint;
  for (const ports of without(endpoint.ports)) yield { ...endpoint, ports };
  if (endpoint.addresses.length > 1) for (const addresses of without(endpoint.addresses)) yield { ...endpoint, addresses };
  if (endpoint.addressRanges.length > 1) for (const addressRanges of without(endpoint.addressRanges)) yield { ...endpoint, addressRanges };
  for (const entries of without(Object.entries(labels.values))) {
    yield { ...endpoint, labels: { ...labels, values: Object.fromEntries(entries) } };
  }
  for (const unknownKeys of without(labels.unknownKeys)) yield { ...endpoint, labels: { ...labels, unknownKeys } };
  const { serviceAccountLabels: _, ...noAccountLabels } = endpoint;
  if (endpoint.serviceAccountLabels) yield noAccountLabels;
  if (!labels.complete) yield { ...endpoint, labels: { ...labels, complete: true } };
}

function* smallerHosts(host: HostEndpoint): Generator<HostEndpoint> {
  const { labels } = host;
  for (const addresses of without(host.addresses)) yield { ...host, addresses };
  for (const entries of without(Object.entries(labels.values)))
    yield { ...host, labels: { ...labels, values: Object.fromEntries(entries) } };
  if (labels.unknownKeys.length > 0) yield { ...host, labels: { ...labels, unknownKeys: [] } };
  if (!labels.complete) yield { ...host, labels: { ...labels, complete: true } };
  if (host.profileAction === 'Deny') yield { ...host, profileAction: 'Allow' };
}

function* smallerPolicies(policy: Policy): Generator<Policy> {
  const { ingress, egress, ...rest } = policy;
  if (ingress && egress) {
    yield { ...rest, ingress };
    yield { ...rest, egress };
  }
  for (const direction of ['ingress', 'egress'] as const) {
    const rules = policy[direction];
    if (!rules) continue;
    for (const fewer of without(rules)) yield { ...policy, [direction]: fewer };
    for (const smaller of replacing(rules, smallerRules)) yield { ...policy, [direction]: smaller };
  }
  for (const appliesTo of smallerSelectors(policy.appliesTo)) yield { ...policy, appliesTo };
  const { appliesToHosts, forward, ...withoutHosts } = policy;
  if (appliesToHosts) {
    yield { ...withoutHosts };
    for (const smaller of smallerSelectors(appliesToHosts)) yield { ...policy, appliesToHosts: smaller };
  }
  if (forward) yield { ...withoutHosts, ...(appliesToHosts && { appliesToHosts }) };
}

function* smallerRules(rule: Rule): Generator<Rule> {
  const { condition, ...plain } = rule;
  if (condition) yield plain;
  if (rule.peer !== 'any') {
    yield { ...rule, peer: 'any' };
    for (const peer of without(rule.peer)) yield { ...rule, peer };
    for (const peer of replacing(rule.peer, smallerPeerTerms)) yield { ...rule, peer };
  }
  if (rule.packets !== 'any') {
    yield { ...rule, packets: 'any' };
    for (const packets of without(rule.packets)) yield { ...rule, packets };
    for (const packets of replacing(rule.packets, smallerPacketTerms)) yield { ...rule, packets };
  }
}

function* smallerPeerTerms(term: PeerTerm): Generator<PeerTerm> {
  for (const part of ['selector', 'notSelector', 'nets', 'notNets'] as const) {
    const { [part]: _, ...rest } = term;
    if (term[part] && Object.keys(rest).length > 1) yield rest;
  }
  for (const part of ['selector', 'notSelector'] as const) {
    const selector = term[part];
    if (selector) for (const smaller of smallerSelectors(selector)) yield { ...term, [part]: smaller };
  }
  for (const part of ['nets', 'notNets'] as const) {
    const nets = term[part];
    if (nets && nets.length > 1) for (const fewer of without(nets)) yield { ...term, [part]: fewer };
  }
}

function* smallerPacketTerms(term: PacketTerm): Generator<PacketTerm> {
  for (const part of ['ports', 'portNames', 'notPortNames', 'sourcePorts', 'sourcePortNames', 'icmp', 'numbers'] as const) {
    const { [part]: list, ...rest } = term;
    if (list) yield rest;
    if (list && list.length > 1) for (const index of list.keys()) yield { ...term, [part]: list.toSpliced(index, 1) };
  }
}

function* smallerSelectors(selector: Selector): Generator<Selector> {
  if (selector.kind === 'all' || selector.kind === 'none') return;
  yield { kind: 'all' };
  if (selector.kind === 'not') {
    yield selector.of;
    for (const of of smallerSelectors(selector.of)) yield { kind: 'not', of };
  }
  if (selector.kind === 'and' || selector.kind === 'or') {
    yield* selector.of;
    for (const of of without(selector.of)) yield { ...selector, of };
    for (const of of replacing(selector.of, smallerSelectors)) yield { ...selector, of };
  }
}
