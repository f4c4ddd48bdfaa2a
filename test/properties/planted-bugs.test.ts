import type { FlowEnd } from '../../src/engine/analysis';
import type { NodeLink } from '../../src/model/host-endpoint';
import type { PeerTerm, Policy, Rule } from '../../src/model/policy';
import type { Snapshot } from '../../src/model/snapshot';
import { describeCase, findMismatch, type Solver, solver, solverWith } from '../support/differential';
import { generateCluster, type Profile } from '../support/generate-cluster';
import { randomFrom, seedOf } from '../support/random';
import { SEED } from '../support/seed';
import type { Case } from '../support/shrink';

/*
 * Can the comparison of solver and definition fail? Faults are planted, each as a change of the cluster that the solver sees, and each must be found, and
 * be made small enough to read.
 */

function withRules(change: (rule: Rule) => Rule | undefined): (snapshot: Snapshot) => Snapshot {
  const changed = (rules: readonly Rule[]) => rules.flatMap((rule) => change(rule) ?? []);
  return (snapshot) => ({
    ...snapshot,
    policies: snapshot.policies.map((policy) => ({
      ...policy,
      ...(policy.ingress && { ingress: changed(policy.ingress) }),
      ...(policy.egress && { egress: changed(policy.egress) }),
    })),
  });
}

const dropPass = withRules((rule) => (rule.action === 'Pass' ? undefined : rule));

const oneMorePort = withRules((rule) => {
  if (rule.packets === 'any') return rule;
  const packets = rule.packets.map((term) => ({
    ...term,
    ...(term.ports && { ports: term.ports.map(([low, high]) => [low, high + 1] as const) }),
  }));
  return { ...rule, packets };
});

const ignoreExceptions = withRules((rule) => {
  if (rule.peer === 'any') return rule;
  // Without its exceptions, a term of exceptions alone holds every address.
  const everywhere = { nets: ['0.0.0.0/0', '::/0'] };
  const peer = rule.peer.map(({ notNets, ...rest }): PeerTerm => (notNets && !rest.nets ? { ...rest, ...everywhere } : rest));
  return { ...rule, peer };
});

/** Policies of one tier and order in the opposite order. */
function swapTies(snapshot: Snapshot): Snapshot {
  const isTied = (a: Policy, b: Policy) => a.tier === b.tier && a.order === b.order;
  const policies = snapshot.policies.map((policy) => {
    const tied = snapshot.policies.filter((other) => isTied(policy, other));
    return tied[tied.length - 1 - tied.indexOf(policy)]!;
  });
  return { ...snapshot, policies };
}

/** A named port is found by its name, whatever protocol it was declared for. */
function ignoreProtocolOfNames(snapshot: Snapshot): Snapshot {
  const endpoints = snapshot.endpoints.map((endpoint) => ({
    ...endpoint,
    ports: endpoint.ports.flatMap((port) => (['TCP', 'UDP', 'SCTP'] as const).map((protocol) => ({ ...port, protocol }))),
  }));
  return { ...snapshot, endpoints };
}

function withPolicies(change: (policy: Policy) => Policy | undefined): (snapshot: Snapshot) => Snapshot {
  return (snapshot) => ({ ...snapshot, policies: snapshot.policies.flatMap((policy) => change(policy) ?? []) });
}

/** A policy without what it does at host endpoints. */
function awayFromHosts({ appliesToHosts: _, forward: __, ...policy }: Policy): Policy {
  return policy;
}

/** Where a preDNAT policy allows something, pods of the node are no longer asked. */
function preDnatOverridesPods(snapshot: Snapshot): Snapshot {
  const allows = snapshot.policies.some(({ hook, appliesToHosts, ingress = [] }) => {
    return hook === 'preDNAT' && appliesToHosts && ingress.some(({ action }) => action === 'Allow');
  });
  return allows ? { ...snapshot, policies: snapshot.policies.map((policy) => ({ ...policy, appliesTo: { kind: 'none' } })) } : snapshot;
}

/** Failsafe ports are allowed in front of forward policies as well. */
function failsafesOverrideForward(snapshot: Snapshot): Snapshot {
  const packets = snapshot.nodeNetwork.failsafeInbound.map(({ protocol, port }) => ({ protocol, ports: [port] }));
  return withPolicies((policy) => {
    if (!policy.forward || !policy.ingress || packets.length === 0) return policy;
    const open: Rule = { action: 'Allow', peer: 'any', packets, source: policy.ref.source };
    return { ...policy, ingress: [open, ...policy.ingress] };
  })(snapshot);
}

/** Everything passes the one interface that is named for all. */
function ignoreSpecificInterfaces(snapshot: Snapshot): Snapshot {
  return { ...snapshot, hostEndpoints: snapshot.hostEndpoints.filter(({ interfaceName }) => interfaceName === '*') };
}

/** Pods keep their address wherever they go. */
function neverMasked(snapshot: Snapshot): Snapshot {
  const everywhere = ['0.0.0.0/0', '::/0'].map((net) => ({ net, encapsulation: 'never', natOutgoing: false }) as const);
  const pools = snapshot.nodeNetwork.pools.map((pool) => ({ ...pool, natOutgoing: false }));
  return { ...snapshot, nodeNetwork: { ...snapshot.nodeNetwork, pools: [...pools, ...everywhere] } };
}

/** Whatever runs is alone on its node, beside the node itself: a node for each, with the same host endpoints. */
function apart(snapshot: Snapshot): Snapshot {
  const nameOf = (node: string, id: number) => `${node}-${id}`;
  const moving = snapshot.endpoints.filter(({ kind, network, node }) => kind !== 'node' && network === 'pod' && node !== undefined);
  const clones = moving.flatMap(({ id, node }) =>
    snapshot.hostEndpoints.filter((host) => host.node === node).map((host) => ({ ...host, node: nameOf(node!, id) })),
  );
  const endpoints = snapshot.endpoints.map((endpoint) =>
    moving.includes(endpoint) ? { ...endpoint, node: nameOf(endpoint.node!, endpoint.id) } : endpoint,
  );
  return { ...snapshot, endpoints, hostEndpoints: [...snapshot.hostEndpoints, ...clones] };
}

/** Processes of nodes are taken by their own addresses, wrapped or not; nothing else changes where there are no host endpoints. */
function ownAddresses(snapshot: Snapshot): Snapshot {
  if (snapshot.hostEndpoints.length > 0) return snapshot;
  const pools = snapshot.nodeNetwork.pools.map((pool) => ({ ...pool, encapsulation: 'never' as const }));
  return { ...snapshot, nodeNetwork: { ...snapshot.nodeNetwork, pools } };
}

function withLinks(change: (link: NodeLink) => Partial<NodeLink>): (snapshot: Snapshot) => Snapshot {
  return (snapshot) => {
    const { links = [], ...network } = snapshot.nodeNetwork;
    return { ...snapshot, nodeNetwork: { ...network, links: links.map((link) => ({ ...link, ...change(link) })) } };
  };
}

/** What wraps across subnets wraps always. */
function subnetsIgnored(snapshot: Snapshot): Snapshot {
  const pools = snapshot.nodeNetwork.pools.map(({ encapsulation, ...pool }) => ({
    ...pool,
    encapsulation: encapsulation === 'acrossSubnets' ? ('always' as const) : encapsulation,
  }));
  return { ...snapshot, nodeNetwork: { ...snapshot.nodeNetwork, pools } };
}

function allowByProfile(snapshot: Snapshot): Snapshot {
  return { ...snapshot, hostEndpoints: snapshot.hostEndpoints.map((host) => ({ ...host, profileAction: 'Allow' })) };
}

/** Rules for the answers to what comes in without being tracked: only what processes send meets them in another role. */
function withAnswers(change: (rules: readonly Rule[], policy: Policy) => readonly Rule[]): (snapshot: Snapshot) => Snapshot {
  return withPolicies((policy) => {
    const { hook, ingress = [], egress = [] } = policy;
    if (hook !== 'untracked' || !ingress.some(({ action }) => action === 'Allow')) return policy;
    return { ...policy, egress: change(egress, policy) };
  });
}

/** Rules about answers that read ports where those of the question are. */
function withPortsInPlace({ packets, ...rule }: Rule): Rule {
  if (packets === 'any') return { packets, ...rule };
  const terms = packets.map(({ ports, portNames, sourcePorts, sourcePortNames, ...term }) => ({
    ...term,
    ...(sourcePorts && { ports: sourcePorts }),
    ...(sourcePortNames && { portNames: sourcePortNames }),
    ...(ports && { sourcePorts: ports }),
    ...(portNames && { sourcePortNames: portNames }),
  }));
  return { ...rule, packets: terms };
}

/** With a fault in what is said of answers alone: flows that processes send are left to the solver without it. */
function solverWithAnswers(fault: (snapshot: Snapshot) => Snapshot): Solver {
  return (snapshot) => {
    const [good, bad] = [solver(snapshot), solver(fault(snapshot))];
    const isOfProcess = (end: FlowEnd) => typeof end === 'number' && snapshot.endpoints[end]!.network === 'host';
    return (flow) => (isOfProcess(flow.source) ? good(flow) : bad(flow));
  };
}

function acceptOnHosts(snapshot: Snapshot): Snapshot {
  return { ...snapshot, facts: { ...snapshot.facts, endpointToHostAction: 'accept' } };
}

/** Nodes let their pods send packets that carry others. */
function passTunnels({ nodeNetwork, ...snapshot }: Snapshot): Snapshot {
  const { droppedFromPods: _, ...network } = nodeNetwork;
  return { ...snapshot, nodeNetwork: network };
}

/** Processes of nodes get packets that carry others from anybody. */
function takeTunnels({ nodeNetwork, ...snapshot }: Snapshot): Snapshot {
  const { droppedAtNodes: _, ...network } = nodeNetwork;
  return { ...snapshot, nodeNetwork: network };
}

/** Only what nodes drop of what comes to their processes depends on it where there are no host endpoints. */
function neverMaskedAtNodes(snapshot: Snapshot): Snapshot {
  return snapshot.hostEndpoints.length > 0 ? snapshot : neverMasked(snapshot);
}

const CLUSTERS = 60;
const FLOWS = 300;

/** The first mismatch in a series of clusters. */
function hunt(solve: Solver, profile: Profile = 'everything'): Case | undefined {
  for (let index = 0; index < CLUSTERS; index++) {
    const random = randomFrom(seedOf(SEED, index));
    const mismatch = findMismatch(solve, generateCluster(random, profile), random, FLOWS);
    if (mismatch) return mismatch;
  }
  return undefined;
}

test.each([
  ['Pass rules that are dropped', dropPass],
  ['ties of order that are broken the wrong way', swapTies],
  ['ranges of ports with one port too many', oneMorePort],
  ['exceptions of nets that are ignored', ignoreExceptions],
  ['named ports that are found by name alone', ignoreProtocolOfNames],
  ['packets of tunnels that pods may send', passTunnels],
  ['packets of tunnels that nodes take from anybody', takeTunnels],
])('%s are found, in a case that is small enough to read', (_fault, fault) => {
  const solve = solverWith(fault);
  const mismatch = hunt(solve);

  expect(mismatch).toBeDefined();
  const { policies, endpoints } = mismatch!.snapshot;
  const rules = policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
  expect({ policies: policies.length <= 2, rules: rules.length <= 3, endpoints: endpoints.length <= 2 }).toEqual({
    policies: true,
    rules: true,
    endpoints: true,
  });
  expect(describeCase(solve, mismatch!)).toMatch(/^solver says \w+, definition says \w+\nflow /);
});

test.each([
  ['preDNAT policies that allow past pod policies', preDnatOverridesPods],
  ['failsafe ports that overrule forward policies', failsafesOverrideForward],
  ['forward policies that are ignored', withPolicies(({ forward: _, ...policy }) => policy)],
  ['policies that are ignored at host endpoints', withPolicies(awayFromHosts)],
  ['preDNAT policies that are ignored', withPolicies((policy) => (policy.hook === 'preDNAT' ? undefined : policy))],
  ['untracked policies that are ignored', withPolicies((policy) => (policy.hook === 'untracked' ? undefined : policy))],
  ['host endpoints of single interfaces that are ignored', ignoreSpecificInterfaces],
  ['addresses of pods that are never those of their nodes', neverMasked],
  ['pods of one node that are taken for pods of two', apart],
  ['profiles that always allow', allowByProfile],
  ['nodes that accept what their pods send them', acceptOnHosts],
])('at host endpoints, %s are found, in a case that is small enough to read', (_fault, fault) => {
  const solve = solverWith(fault);
  const mismatch = hunt(solve, 'withHosts');

  expect(mismatch).toBeDefined();
  const { policies, endpoints, hostEndpoints } = mismatch!.snapshot;
  expect({ policies: policies.length <= 3, endpoints: endpoints.length <= 3, hosts: hostEndpoints.length <= 2 }).toEqual({
    policies: true,
    endpoints: true,
    hosts: true,
  });
});

test.each([
  ['that nobody asks for', withAnswers((_, { ref: { source } }) => [{ action: 'Allow', peer: 'any', packets: 'any', source }])],
  ['that never pass', withAnswers(() => [])],
  ['whose ports do not change places', withAnswers((rules) => rules.map(withPortsInPlace))],
  ['that go to anybody', withAnswers((rules) => rules.map((rule) => ({ ...rule, peer: 'any' })))],
])('at host endpoints, answers to what nobody tracks %s are found, in a case that is small enough to read', (_fault, fault) => {
  const mismatch = hunt(solverWithAnswers(fault), 'untracked');

  expect(mismatch).toBeDefined();
  const { policies, endpoints, hostEndpoints } = mismatch!.snapshot;
  expect({ policies: policies.length <= 2, endpoints: endpoints.length <= 3, hosts: hostEndpoints.length }).toEqual({
    policies: true,
    endpoints: true,
    hosts: 1,
  });
});

test.each([
  ['own addresses of nodes in place of those of their tunnels', 'betweenNodes', ownAddresses],
  ['tunnels whose addresses are anywhere in a pool', 'betweenNodes', withLinks(() => ({ tunnels: [] }))],
  ['subnets that are ignored', 'betweenNodes', subnetsIgnored],
  ['subnets that are forgotten', 'betweenNodes', withLinks(() => ({ subnets: [] }))],
  ['pods that nodes always see as they are', 'betweenNodes', neverMaskedAtNodes],
  ['subnets that are ignored, at host endpoints', 'withHosts', subnetsIgnored],
  [
    'networks of nodes that are all one',
    'withHosts',
    withLinks(({ subnets }) => ({ subnets: subnets.map((net) => (net.includes(':') ? 'fd00::/8' : '0.0.0.0/0')) })),
  ],
] as const)('between nodes, %s are found, in a case that is small enough to read', (_fault, profile, fault) => {
  const mismatch = hunt(solverWith(fault), profile);

  expect(mismatch).toBeDefined();
  const { policies, endpoints, nodeNetwork } = mismatch!.snapshot;
  expect({ policies: policies.length <= 3, endpoints: endpoints.length <= 3, pools: nodeNetwork.pools.length }).toEqual({
    policies: true,
    endpoints: true,
    pools: 1,
  });
});

test.each(['everything', 'withHosts', 'untracked', 'betweenNodes'] as const)(
  'without a fault nothing is found in clusters of %s',
  (profile) => {
    expect(hunt(solver, profile)).toBeUndefined();
  },
);
