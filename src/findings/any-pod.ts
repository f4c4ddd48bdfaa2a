import { evaluate } from '../engine/index';
import type { Endpoint, Namespace } from '../model/endpoint';
import type { FailsafePort } from '../model/host-endpoint';
import { rangesOfPods } from '../model/internet';
import type { Truth, Unknown } from '../model/match';
import { HIGHEST_PORT, LOWEST_PORT, type Rule, rulesOf, TRANSPORT_PROTOCOLS } from '../model/policy';
import { NO_LABELS, type Selector } from '../model/selector';
import type { Snapshot } from '../model/snapshot';
import type { Packet, PolicyHit } from '../model/verdict';
import { type ActingAtNode, actingAtNode, rulesAtHosts } from './host-policies';
import { decidingPolicies, type Group, type Selecting } from './selection';
import type { Survey } from './survey';

/*
 * "Any pod of any namespace", on every port: a pod without labels in each namespace of the input and in one more that nobody has made yet, sending to every port
 * of TCP, UDP and SCTP. Only the receiving side is asked: that senders are held back by their own policies does not isolate the receiver. Namespaces and ports
 * that no rule of the receiver tells apart are asked about once. Where host endpoints police what nodes pass on, the sender runs on the receiver's own node, and
 * on another: which other one is nothing to the receiving side.
 */

/** The answer for one group, with its reasons. */
export interface AnyPodReach {
  /** Does the group accept every packet from every such pod? */
  readonly truth: Truth;
  /** The distinct steps that let the packets in, or that leave it open. */
  readonly steps: readonly PolicyHit[];
  readonly unknowns: readonly Unknown[];
}

const NOBODY_REACHES: AnyPodReach = { truth: 'no', steps: [], unknowns: [] };

/** Asks until the first packet that is certainly denied; most groups end there. */
export function anyPodReach(survey: Survey, group: Group): AnyPodReach {
  const { snapshot } = survey;
  const { representative: endpoint } = group;
  const deciding = decidingPolicies(group, 'ingress');
  const acting = group.meetsHosts && endpoint.node !== undefined ? actingAtNode(survey, endpoint.node) : undefined;
  const cluster = clusterAround(survey, deciding, acting);
  const rules = [...deciding.flatMap(({ policy }) => rulesOf(policy, 'ingress') ?? []), ...(acting ? rulesAtHosts(acting) : [])];
  const destination = { kind: 'endpoint', endpoint, namespace: snapshot.namespaces[endpoint.namespace]! } as const;
  const packets = packetsToldApart(rules, endpoint, acting ? snapshot.nodeNetwork.failsafeInbound : []);
  // Of a receiver that may run anywhere nothing is known, whatever the sender's place.
  const places = acting ? [endpoint.node!, ANOTHER_NODE] : [undefined];
  const senders = sendersToldApart(survey, rules).flatMap((sender) =>
    places.map((node): Sender => (node === undefined ? sender : { ...sender, endpoint: { ...sender.endpoint, node } })),
  );
  const steps = new Map<string, PolicyHit>();
  const unknowns = new Map<string, Unknown>();
  let truth: Truth = 'yes';
  for (const source of senders) {
    for (const packet of packets) {
      const { ingress, trace } = evaluate(cluster, { source, destination, packet });
      if (ingress === 'denied') return NOBODY_REACHES;
      if (ingress === 'indeterminate') truth = 'maybe';
      for (const hit of trace.filter(({ direction }) => direction === 'ingress')) {
        const { policy, trigger, rule, certainty, host } = hit;
        const place = host ? ` ${host.name} ${host.hook} ${host.way}` : '';
        steps.set(`${policy?.namespace}/${policy?.name} ${trigger} ${rule} ${certainty}${place}`, hit);
        for (const unknown of hit.unknowns) unknowns.set(unknown.text, unknown);
      }
    }
  }
  return { truth, steps: [...steps.values()], unknowns: [...unknowns.values()] };
}

/** A name that no node has. */
const ANOTHER_NODE = '';

/** As much of the cluster as the receiving side of a flow can meet: all that is looked up is what is near the receiver. */
function clusterAround(
  { snapshot, policing }: Survey,
  deciding: readonly Selecting[],
  acting: ActingAtNode | undefined,
): Parameters<typeof evaluate>[0] {
  if (!acting) return { ...snapshot, policies: deciding.map(({ policy }) => policy), policing };
  const chosen = new Map([...deciding, ...acting.policies].map(({ index, policy }) => [index, policy]));
  const policies = [...chosen].sort(([a], [b]) => a - b).map(([, policy]) => policy);
  return { ...snapshot, policing, policies, hostEndpoints: acting.hosts, endpoints: acting.nodes };
}

/** One packet of each class of packets that the rules may treat differently at this endpoint. */
function packetsToldApart(rules: readonly Rule[], { ports: declared }: Endpoint, failsafes: readonly FailsafePort[]): readonly Packet[] {
  return TRANSPORT_PROTOCOLS.flatMap((protocol) => {
    const starts = new Set([LOWEST_PORT]);
    const add = (low: number, high: number) => {
      starts.add(low);
      if (high < HIGHEST_PORT) starts.add(high + 1);
    };
    for (const term of rules.flatMap(({ packets }) => termsOf(packets))) {
      if (term.protocol !== protocol) continue;
      for (const [low, high] of [...(term.ports ?? []), ...(term.notPorts ?? [])]) add(low, high);
      for (const { name, port } of declared) if (term.portNames?.includes(name) || term.notPortNames?.includes(name)) add(port, port);
    }
    for (const failsafe of failsafes) if (failsafe.protocol === protocol) add(...failsafe.port);
    return [...starts].map((port) => ({ protocol, port }));
  });
}

function termsOf<T>(expression: 'any' | readonly T[]): readonly T[] {
  return expression === 'any' ? [] : expression;
}

interface Sender {
  readonly kind: 'endpoint';
  readonly endpoint: Endpoint;
  readonly namespace: Namespace;
}

/** A new pod of one namespace of each class of namespaces that the rules may treat differently. The namespace that nobody has made yet comes first. */
function sendersToldApart({ snapshot, namespaces }: Survey, rules: readonly Rule[]): readonly Sender[] {
  const tests: NamespaceTests = { names: new Set(), keys: new Set(), each: false };
  for (const { selector, notSelector } of rules.flatMap(({ peer, subject = 'any' }) => [...termsOf(peer), ...termsOf(subject)])) {
    if (selector) collectNamespaceTests(selector, tests);
    if (notSelector) collectNamespaceTests(notSelector, tests);
  }
  const imagined = imaginedNamespace(snapshot);
  const senders = new Map<string, Sender>([['', { kind: 'endpoint', endpoint: newPodOf(snapshot), namespace: imagined }]]);
  for (const { namespace, newPod } of namespaces) {
    const { values, unknownKeys, complete } = namespace.labels;
    const told = [...tests.keys].map((key) => [
      Object.hasOwn(values, key) ? `=${values[key]}` : unknownKeys.includes(key) ? '?' : complete,
    ]);
    const endpoint = newPod?.representative ?? newPodOf(snapshot);
    const place = [endpoint.addresses, endpoint.addressRanges];
    const signature = JSON.stringify([tests.each || tests.names.has(namespace.name) ? namespace.name : null, told, place]);
    if (!senders.has(signature)) senders.set(signature, { kind: 'endpoint', endpoint, namespace });
  }
  return [...senders.values()];
}

/** What rules tell namespaces apart by. */
interface NamespaceTests {
  readonly names: Set<string>;
  readonly keys: Set<string>;
  /** By what differs from one namespace to the next, such as its service accounts. */
  each: boolean;
}

function collectNamespaceTests(selector: Selector, tests: NamespaceTests): void {
  if (selector.kind === 'inNamespace') for (const name of selector.names) tests.names.add(name);
  if (selector.kind === 'label' && selector.owner === 'namespace') tests.keys.add(selector.key);
  if (selector.kind === 'label' && (selector.owner === 'serviceAccount' || selector.owner === 'automatic')) tests.each = true;
  if (selector.kind === 'not') collectNamespaceTests(selector.of, tests);
  if (selector.kind === 'and' || selector.kind === 'or') for (const part of selector.of) collectNamespaceTests(part, tests);
}

/** A namespace without labels of its own, under a name that none of the input has. */
function imaginedNamespace({ namespaces }: Snapshot): Namespace {
  const taken = new Set(namespaces.map(({ name }) => name));
  let name = 'any-other-namespace';
  while (taken.has(name)) name += '-';
  return { name, labels: { ...NO_LABELS, values: { 'kubernetes.io/metadata.name': name } } };
}

function newPodOf({ facts }: Snapshot): Endpoint {
  return {
    id: -1,
    kind: 'newPod',
    name: 'new pod',
    namespace: -1,
    workload: -1,
    labels: NO_LABELS,
    serviceAccount: 'default',
    serviceAccountLabels: NO_LABELS,
    network: 'pod',
    addresses: [],
    addressRanges: rangesOfPods(facts),
    ports: [],
    source: { file: '', document: 1, line: 1 },
  };
}
