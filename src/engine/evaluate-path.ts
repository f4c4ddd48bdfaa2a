import type { Facts } from '../model/facts';
import { droppedPeer, type Hook, type NodeDrop, type NodeNetwork } from '../model/host-endpoint';
import { allOf, anyOf, type Match, maybe, NO, not, type Unknown, YES } from '../model/match';
import type { Direction } from '../model/policy';
import { type Flow, type Party, withSourceReplaced } from '../model/verdict';
import { actsOn, type Checkpoint, checkpointOf, type HostPolicies, type Passage, selectsHost } from './evaluate-checkpoint';
import { type Crossing, type CrossingGovernor, crossingOf, type Seen, sourcesOf, transitGovernor } from './evaluate-crossing';
import { whetherOneNode } from './evaluate-endpoint';
import {
  type Governor,
  type HostWorld,
  innerGovernor,
  loopbackGovernor,
  nodeNamed,
  outwardGovernor,
  poolsOf,
  rangeInPool,
} from './evaluate-interfaces';
import { type Family, matchPackets, matchPeer, rangesOf } from './evaluate-match';
import type { PolicyOrder } from './evaluate-tiers';

/*
 * The definition: what a flow meets on its way, in order; all of it must let the flow pass. *Host process*: a node, or a pod on its node's network.
 * Host endpoints act where one governs the interface (see `evaluate-interfaces`); `own` are the end's own policies. n, m: different nodes.
 *
 *   from              to                source side                                            destination side
 *   pod on n          pod on n          in(inner n) preDNAT forward · own                      own · out(inner n) forward
 *   pod on n          pod on m          in(inner n) preDNAT forward · own · out(transit n)     in(transit m) untracked preDNAT forward · own · out(inner m)
 *                                       forward                                                forward
 *   pod on n          process of n      in(inner n) preDNAT · own                              own · host action (normal policies are not asked)
 *   pod on n          process of m      in(inner n) preDNAT forward · own · out(outward n)     own · in(outward m) untracked preDNAT normal, which may see
 *                                       forward                                                node n as the source (`natOutgoing`)
 *   pod on n          outside           in(inner n) preDNAT forward · own · out(outward n)     –
 *                                       forward
 *   process of n      pod on n          own                                                    own (free: a node reaches its pods)
 *   process of n      pod on m          own · out(transit n) untracked normal                  in(transit m) untracked preDNAT forward · own · out(inner m)
 *                                                                                              forward
 *   process of n      process of n      own · out(loopback n) normal                           own · in(loopback n) normal
 *   process of n      process of m      own · out(outward n) untracked normal                  own · in(outward m) untracked preDNAT normal
 *   process of n      outside           own · out(outward n) untracked normal                  –
 *   outside           pod on m          –                                                      in(outward m) untracked preDNAT forward · own · out(inner m)
 *                                                                                              forward
 *   outside           process of m      –                                                      own · in(outward m) untracked preDNAT normal
 *
 * What nodes drop of all that their pods send comes before all of this, at the source; what they drop of what comes to their processes, at the
 * destination. A pod never meets anything on its way to itself.
 * What a process sends to a pod of another node may have the address of its node's tunnel, from where it leaves on (see `evaluate-crossing`).
 * Sources: felix/rules/static.go, dispatch.go; docs.tigera.io/calico/latest/reference/host-endpoints.
 */

/** What verdicts depend on. A snapshot serves as one; policies that cannot act on the flow's way may be left out. */
export interface Cluster extends PolicyOrder, HostWorld {
  readonly nodeNetwork?: NodeNetwork;
  readonly facts?: Facts;
  /** What all policies of the cluster police at host endpoints, where `policies` are only some of them. */
  readonly policing?: Policing;
  /** What can act at a host endpoint in a hook, on such a packet if one is told, where `policies` are those of the two ends alone. */
  readonly actingAt?: NonNullable<HostPolicies['actingAt']>;
}

export interface Policing {
  /** Some host endpoint polices what its node passes on. */
  readonly forwarded: boolean;
  /** Some host endpoint polices its node's own traffic. */
  readonly own: boolean;
}

/**
 * Something on the way: an end's own policies, a host endpoint, what a node does with packets of its pods to itself and with those that carry others, or
 * host endpoints nobody knows which.
 */
export type Station =
  | {
      readonly kind: 'own';
      readonly direction: Direction;
      /** As whom it sees the source, where that may be somebody else. */
      readonly seen?: Seen;
    }
  | {
      readonly kind: 'checkpoint';
      readonly checkpoint: Checkpoint;
      /** The same if it saw the source as it is; absent: it does. */
      readonly asItIs?: Checkpoint;
    }
  | { readonly kind: 'drop'; readonly placement: Match }
  | { readonly kind: 'tunnel-packet'; readonly direction: Direction; readonly match: Match }
  | { readonly kind: 'host-unknown'; readonly direction: Direction; readonly unknowns: readonly Unknown[] };

const OWN_EGRESS: Station = { kind: 'own', direction: 'egress' };
const OWN_INGRESS: Station = { kind: 'own', direction: 'ingress' };

export function pathOf(cluster: Cluster, flow: Flow, family: Family): readonly Station[] {
  return [...droppedAtSource(cluster, flow), ...droppedAtNode(cluster, flow, family), ...policedPath(cluster, flow, family)];
}

function policedPath(cluster: Cluster, flow: Flow, family: Family): readonly Station[] {
  const { source, destination } = flow;
  const last = droppedByOwnNode(cluster, flow);
  const crossing = crossingOnWay(cluster, flow, family);
  const ownIngress = ingressOf(flow, crossing);
  const plain = [OWN_EGRESS, ownIngress, ...last];
  if (!cluster.hostEndpoints || cluster.hostEndpoints.length === 0 || isPodToItself(flow)) return plain;

  const [from, to] = [kindOf(source), kindOf(destination)];
  const unplaced = [...whereItRuns(source), ...whereItRuns(destination)];
  if (unplaced.length > 0) {
    const { forwarded, own } = cluster.policing ?? policingOf(cluster);
    if (!(from === 'process' || to === 'process' ? own : forwarded)) return plain;
    const unknown = (direction: Direction): Station => ({ kind: 'host-unknown', direction, unknowns: unplaced });
    return [
      OWN_EGRESS,
      ...(from === 'outside' ? [] : [unknown('egress')]),
      ownIngress,
      ...(to === 'outside' ? [] : [unknown('ingress')]),
      ...last,
    ];
  }

  const [n, m] = [nodeOf(source), nodeOf(destination)];
  const station = (direction: Direction, way: 'in' | 'out', governor: Governor, ...hooks: readonly Hook[]): Station => ({
    kind: 'checkpoint',
    checkpoint: checkpointOf(direction, way, governor, hooks, flow),
  });
  const inner = (node: string) => innerGovernor(cluster, node);
  const outward = (node: string) => outwardGovernor(cluster, node);
  // On the way to a pod of another node the source may be seen as somebody else, by the node's own side as well.
  const crossed = (direction: Direction, way: 'in' | 'out', node: string, ...hooks: readonly Hook[]) =>
    crossingStation(direction, way, transitGovernor(cluster, node, crossing!), hooks, flow);
  const intoPod = (arriving: Station): readonly Station[] => [
    arriving,
    ownIngress,
    crossing
      ? crossingStation('ingress', 'out', enteringGovernor(inner(m), crossing), ['forward'], flow)
      : station('ingress', 'out', inner(m), 'forward'),
  ];
  const arrivesAtPod = () => crossed('ingress', 'in', m, 'untracked', 'preDNAT', 'forward');
  const intoProcess = () => [OWN_INGRESS, station('ingress', 'in', outward(m), 'untracked', 'preDNAT', 'normal')];

  switch (from) {
    case 'outside':
      if (to === 'outside') return plain;
      return [
        OWN_EGRESS,
        ...(to === 'pod' ? intoPod(station('ingress', 'in', outward(m), 'untracked', 'preDNAT', 'forward')) : intoProcess()),
      ];
    case 'pod': {
      if (to === 'process' && n === m) return [station('egress', 'in', inner(n), 'preDNAT'), ...plain];
      const fromPod = [station('egress', 'in', inner(n), 'preDNAT', 'forward'), OWN_EGRESS];
      if (to === 'pod' && n === m) return [...fromPod, ownIngress, station('ingress', 'out', inner(n), 'forward')];
      const leaving = [...fromPod, to === 'pod' ? crossed('egress', 'out', n, 'forward') : station('egress', 'out', outward(n), 'forward')];
      if (to === 'outside') return [...leaving, OWN_INGRESS];
      if (to === 'pod') return [...leaving, ...intoPod(arrivesAtPod())];
      return [...leaving, OWN_INGRESS, { kind: 'checkpoint', checkpoint: seenFromAfar(cluster, flow, family, n, outward(m)) }];
    }
    default: {
      if (n === m) {
        if (to === 'pod') return plain;
        const loopback = loopbackGovernor(cluster, n);
        return [OWN_EGRESS, station('egress', 'out', loopback, 'normal'), OWN_INGRESS, station('ingress', 'in', loopback, 'normal')];
      }
      if (to === 'pod') return [OWN_EGRESS, crossed('egress', 'out', n, 'untracked', 'normal'), ...intoPod(arrivesAtPod())];
      const sent = [OWN_EGRESS, station('egress', 'out', outward(n), 'untracked', 'normal')];
      return to === 'outside' ? [...sent, OWN_INGRESS] : [...sent, ...intoProcess()];
    }
  }
}

/** To a pod of another node, or of a node that may be another one. Without host endpoints it matters to what processes send alone. */
function crossingOnWay(cluster: Cluster, { source, destination }: Flow, family: Family): Crossing | undefined {
  if (kindOf(source) === 'outside' || kindOf(destination) !== 'pod') return undefined;
  if (kindOf(source) === 'pod' && !cluster.hostEndpoints?.length) return undefined;
  const [n, m] = [nodeOf(source), nodeOf(destination)];
  return n !== '' && n === m ? undefined : crossingOf(cluster, source, destination, family);
}

function ingressOf({ source }: Flow, crossing: Crossing | undefined): Station {
  const seen = crossing && sourcesOf(crossing);
  return seen?.sources.some((other) => other !== source) ? { kind: 'own', direction: 'ingress', seen } : OWN_INGRESS;
}

function crossingStation(
  direction: Direction,
  way: 'in' | 'out',
  { passages, unknowns }: CrossingGovernor,
  hooks: readonly Hook[],
  flow: Flow,
): Station {
  const alternatives = passages.map(({ host, source }): Passage => {
    const seen = source === flow.source ? flow : { ...flow, source };
    return { host, stages: hooks.map((hook) => ({ hook, flow: seen })) };
  });
  const checkpoint: Checkpoint = { direction, way, alternatives, unknowns };
  if (passages.every(({ source }) => source === flow.source)) return { kind: 'checkpoint', checkpoint };
  const hosts = [...new Set(passages.map(({ host }) => host))];
  const asItIs = checkpointOf(direction, way, { hosts, unknowns: hosts.length > 1 ? unknowns : [] }, hooks, flow);
  return { kind: 'checkpoint', checkpoint, asItIs };
}

/** The host side of the pod's interface, which sees whatever came by the tunnel. */
function enteringGovernor({ hosts, unknowns }: Governor, crossing: Crossing): CrossingGovernor {
  const seen = sourcesOf(crossing);
  const passages: CrossingGovernor['passages'][number][] = [];
  for (const host of hosts) for (const source of seen.sources) passages.push({ host, source });
  return { passages, unknowns: [...unknowns, ...seen.unknowns] };
}

function isPodToItself({ source, destination }: Flow): boolean {
  if (source.kind === 'address' || destination.kind === 'address') return false;
  return source.endpoint.id === destination.endpoint.id && source.endpoint.kind === 'pod' && source.endpoint.network === 'pod';
}

function kindOf(end: Party): 'outside' | 'pod' | 'process' {
  if (end.kind === 'address') return 'outside';
  return end.endpoint.network === 'host' ? 'process' : 'pod';
}

/** INVARIANT: asked only of ends whose node is known, or of addresses, whose node nobody looks at. */
function nodeOf(end: Party): string {
  return end.kind === 'address' ? '' : (end.endpoint.node ?? '');
}

function whereItRuns(end: Party): readonly Unknown[] {
  if (end.kind === 'address' || end.endpoint.node !== undefined) return [];
  return [{ kind: 'placement', text: `which node \`${end.endpoint.name}\` runs on, hence which host endpoints it meets` }];
}

/** What a node does with packets of its own pods that their egress lets out: only where Calico is the plugin, and only where it drops them. */
function droppedByOwnNode({ facts }: Cluster, { source, destination }: Flow): readonly Station[] {
  if (facts?.cni !== 'calico' || facts.endpointToHostAction !== 'drop') return [];
  if (source.kind === 'address' || destination.kind === 'address') return [];
  const [from, to] = [source.endpoint, destination.endpoint];
  if (from.network !== 'pod' || to.network !== 'host') return [];
  if (from.node === undefined || to.node === undefined) return [{ kind: 'drop', placement: maybe(whetherOneNode(from, to)) }];
  return from.node === to.node ? [{ kind: 'drop', placement: YES }] : [];
}

/** What nodes drop of all that their pods send, wherever it goes (felix/rules/endpoints.go); no node sees what a pod sends to itself. */
function droppedAtSource({ nodeNetwork }: Cluster, flow: Flow): readonly Station[] {
  const dropped = nodeNetwork?.droppedFromPods;
  if (!dropped || kindOf(flow.source) !== 'pod' || isPodToItself(flow)) return [];
  const match = matchPackets(dropped, flow);
  return match.truth === 'no' ? [] : [{ kind: 'tunnel-packet', direction: 'egress', match }];
}

type Networked = Pick<Cluster, 'nodeNetwork'>;

/**
 * What nodes drop of what comes to their processes, before policies on their own traffic and whatever earlier ones allow (felix/rules/static.go,
 * filterInputChain).
 */
export function droppedAtNode(cluster: Networked, flow: Flow, family: Family): readonly Extract<Station, { kind: 'tunnel-packet' }>[] {
  const drops = cluster.nodeNetwork?.droppedAtNodes;
  if (!drops || kindOf(flow.destination) !== 'process') return [];
  const dropped = drops.map((drop) => allOf([matchPackets([drop.packets], flow), isDroppedFrom(cluster, drop, flow, family)]));
  const match = anyOf(dropped);
  return match.truth === 'no' ? [] : [{ kind: 'tunnel-packet', direction: 'ingress', match }];
}

/** Would such packets of the source be dropped? A pod counts as its node where it is seen by that one's address. */
export function isDroppedFrom(cluster: Networked, drop: NodeDrop, flow: Flow, family: Family): Match {
  const { source } = flow;
  const match = matchPeer([droppedPeer(drop)], source, family);
  return match.truth === 'no' || kindOf(source) !== 'pod' ? match : allOf([match, isSeenAsItIs(cluster, flow, family)]);
}

/** Does a process see a pod by the pod's own address? On the pod's node always. */
function isSeenAsItIs(cluster: Networked, flow: Flow, family: Family): Match {
  const elsewhere = not(isMasqueraded(cluster, flow, family));
  const { source, destination } = flow;
  if (elsewhere.truth === 'yes' || source.kind === 'address' || destination.kind === 'address') return elsewhere;
  const [from, to] = [source.endpoint, destination.endpoint];
  if (from.node === undefined || to.node === undefined) return anyOf([elsewhere, maybe(whetherOneNode(from, to))]);
  return from.node === to.node ? YES : elsewhere;
}

/** What all host endpoints together police. */
export function policingOf({ hostEndpoints = [], policies }: Cluster): Policing {
  const acting = policies.filter(({ staged, appliesToHosts }) => !staged && appliesToHosts);
  const isPoliced = (hooks: readonly Hook[]) =>
    hostEndpoints.some((host) =>
      acting.some((policy) => hooks.some((hook) => actsOn(hook, host) && selectsHost(policy, hook, host).truth !== 'no')),
    );
  return {
    forwarded: isPoliced(['untracked', 'preDNAT', 'forward']),
    own: hostEndpoints.some(({ profileAction }) => profileAction === 'Deny') || isPoliced(['untracked', 'preDNAT', 'normal']),
  };
}

/**
 * A pod on n at a process of another node: what leaves all pools takes the address of n, where the pod's pool says so (felix/dataplane/linux/masq_mgr.go).
 */
function seenFromAfar(cluster: Cluster, flow: Flow, family: Family, n: string, governor: Governor): Checkpoint {
  const asItIs = checkpointOf('ingress', 'in', governor, ['untracked', 'preDNAT', 'normal'], flow);
  const masked = isMasqueraded(cluster, flow, family);
  if (masked.truth === 'no') return asItIs;
  const node = nodeNamed(cluster, n);
  // Where nobody is turned away it does not matter who comes.
  if (!node && !(cluster.policing ?? policingOf(cluster)).own) return asItIs;
  const asNode: readonly Passage[] = node
    ? checkpointOf('ingress', 'in', governor, ['untracked', 'preDNAT', 'normal'], {
        ...flow,
        source: { kind: 'endpoint', endpoint: node },
        packet: withSourceReplaced(flow.packet),
      }).alternatives
    : governor.hosts.map((host) => ({ host, stages: 'unknown' }));
  const noNode: readonly Unknown[] = node ? [] : [{ kind: 'address', text: `the address of node \`${n}\`, which is not in the input` }];
  if (masked.truth === 'yes') return { ...asItIs, alternatives: asNode, unknowns: [...governor.unknowns, ...noNode] };
  return {
    ...asItIs,
    alternatives: [...asItIs.alternatives, ...asNode],
    unknowns: [...governor.unknowns, ...masked.unknowns, ...noNode],
  };
}

/** Does the node of the source put its own address in the place of the source's? Asked of pods alone. */
export function isMasqueraded(cluster: Networked, { source, destination }: Flow, family: Family): Match {
  const pools = poolsOf(cluster, source, family);
  const unknown = maybe({
    kind: 'address',
    text: 'whether pods are seen by the address of their node on other nodes (an IPPool, or the facts `natOutgoing` and `podRanges`)',
  });
  if (pools.every((pool) => pool && !pool.natOutgoing)) return NO;
  if (!pools.every((pool) => pool?.natOutgoing)) return unknown;
  const inPools = rangesOf(destination, family).map(
    (range) => anyOf(cluster.nodeNetwork!.pools.map((pool) => rangeInPool(range, pool))).truth,
  );
  if (inPools.every((truth) => truth === 'yes')) return NO;
  return inPools.every((truth) => truth === 'no') ? YES : unknown;
}
