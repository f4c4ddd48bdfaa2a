import type { DeclaredPort, Endpoint, Namespace, Workload } from '../../src/model/endpoint';
import { DEFAULT_FACTS, type Facts, settleFacts } from '../../src/model/facts';
import { type HostEndpoint, type NodeNetwork, PLAIN_NODE_NETWORK } from '../../src/model/host-endpoint';
import type { Action, Condition, PacketExpression, PeerExpression, PeerTerm, Policy, Protocol, Rule, Tier } from '../../src/model/policy';
import { type LabelSet, NO_LABELS, type Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import type { ResourceRef, Source } from '../../src/model/source';
import { compareText, firstDifference } from '../../src/util/order';

/*
 * Snapshots written by hand, as the tests of everything behind ingest need them:
 *
 *   cluster().namespace('shop', { team: 'a' }).pod('shop/web', { app: 'web' }).policy('shop/web', { ingress: [allow([pods({ app: 'shop' })])] }).snapshot()
 */

/** Endpoint before it has its place in a snapshot; `namespace` and `workload` are names here. */
export interface EndpointParts extends Omit<Endpoint, 'id' | 'namespace' | 'workload'> {
  readonly namespaceName: string | undefined;
  readonly workloadName: string | undefined;
}

/** The parts of a snapshot in any order. */
export interface SnapshotParts {
  readonly facts: Facts;
  readonly namespaces: readonly Namespace[];
  readonly endpoints: readonly EndpointParts[];
  readonly tiers: readonly Tier[];
  readonly policies: readonly Policy[];
  readonly hostEndpoints?: readonly HostEndpoint[];
  readonly nodeNetwork?: NodeNetwork;
}

/** Puts the parts in the order that every snapshot has, and numbers them. */
export function assemble(parts: SnapshotParts): Snapshot {
  const { facts, namespaces, endpoints, tiers, policies, hostEndpoints = [], nodeNetwork = PLAIN_NODE_NETWORK } = parts;
  const sortedNamespaces = [...namespaces].sort((a, b) => compareText(a.name, b.name));
  const namespaceIndex = new Map(sortedNamespaces.map(({ name }, index) => [name, index]));
  const placed = endpoints
    .map((parts) => ({ parts, namespace: parts.namespaceName === undefined ? -1 : namespaceIndex.get(parts.namespaceName)! }))
    .sort((a, b) =>
      firstDifference(
        a.namespace - b.namespace,
        Number(a.parts.kind === 'newPod') - Number(b.parts.kind === 'newPod'),
        compareText(a.parts.kind, b.parts.kind),
        compareText(a.parts.name, b.parts.name),
      ),
    );
  const members = new Map<string, number[]>();
  for (const [index, endpoint] of placed.entries()) {
    const key = workloadKey(endpoint);
    if (key !== undefined) members.set(key, [...(members.get(key) ?? []), index]);
  }
  const workloadKeys = [...members.keys()].sort(compareText);
  const workloadIndex = new Map(workloadKeys.map((key, index) => [key, index]));
  const workloads = workloadKeys.map((key): Workload => {
    const { parts } = placed[members.get(key)![0]!]!;
    const kind = parts.workloadName === undefined ? 'Pod' : 'Deployment';
    return {
      ref: { apiVersion: 'v1', kind, namespace: parts.namespaceName!, name: parts.workloadName ?? parts.name, source: parts.source },
      endpoints: members.get(key)!,
      images: [],
    };
  });
  const settled = settleFacts(new Map());
  const sortedTiers = [...tiers].sort((a, b) => firstDifference(a.order - b.order, compareText(a.name, b.name)));
  const tierIndex = new Map(sortedTiers.map(({ name }, index) => [name, index]));
  return {
    facts,
    origins: settled.origins,
    mode: endpoints.some(({ kind }) => kind === 'pod') ? 'snapshot' : 'bundle',
    namespaces: sortedNamespaces,
    workloads,
    endpoints: placed.map(({ parts: { namespaceName: _, workloadName: __, ...endpoint }, ...entry }, id) => ({
      ...endpoint,
      id,
      namespace: entry.namespace,
      workload: workloadIndex.get(workloadKey(placed[id]!) ?? '') ?? -1,
    })),
    services: [],
    entries: [],
    hostEndpoints: [...hostEndpoints].sort((a, b) => firstDifference(compareText(a.node, b.node), compareText(a.ref.name, b.ref.name))),
    nodeNetwork,
    tiers: sortedTiers,
    policies: [...policies].sort((a, b) =>
      firstDifference(tierIndex.get(a.tier)! - tierIndex.get(b.tier)!, a.order - b.order, compareText(a.tieBreak, b.tieBreak)),
    ),
  };
}

interface Placed {
  readonly parts: EndpointParts;
  readonly namespace: number;
}

/** Undefined for nodes and new pods, which belong to no workload. */
function workloadKey({ parts }: Placed): string | undefined {
  if (parts.kind !== 'pod' && parts.kind !== 'template') return undefined;
  return `${parts.namespaceName}/${parts.workloadName === undefined ? `${parts.name}[Pod]` : `${parts.workloadName}[Deployment]`}`;
}

/** What a test may say of an endpoint; the rest is as usual. */
export interface EndpointOptions {
  readonly network?: 'pod' | 'host';
  readonly addresses?: readonly string[];
  readonly addressRanges?: readonly string[];
  readonly node?: string;
  readonly ports?: readonly (readonly [name: string, protocol: DeclaredPort['protocol'], port: number])[];
  readonly unknownKeys?: readonly string[];
  readonly profiles?: readonly string[];
  readonly serviceAccount?: string;
  readonly serviceAccountLabels?: Readonly<Record<string, string>>;
  readonly workload?: string;
}

/** What a test may say of a policy: it selects every pod of its namespace, in tier `default` with order 1000, unless told otherwise. */
export interface PolicyOptions {
  readonly tier?: string;
  readonly order?: number;
  readonly tieBreak?: string;
  readonly appliesTo?: Selector;
  /** It also acts at these host endpoints. */
  readonly appliesToHosts?: Selector;
  readonly hook?: Policy['hook'];
  readonly forward?: true;
  readonly staged?: boolean;
  readonly ingress?: readonly RuleParts[];
  readonly egress?: readonly RuleParts[];
}

/** What a test may say of a host endpoint: by default it is the one of all interfaces, without addresses, labels and profiles. */
export interface HostOptions {
  readonly interfaceName?: string;
  readonly addresses?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly profileAction?: HostEndpoint['profileAction'];
  readonly profiles?: readonly string[];
}

/** Rule before it has its line; the builder gives rule `n` of a direction the line 10 + n (ingress) or 20 + n (egress). */
export type RuleParts = Omit<Rule, 'source'>;

export interface ClusterBuilder {
  namespace(name: string, labels?: Readonly<Record<string, string>>): ClusterBuilder;
  pod(id: string, labels?: Readonly<Record<string, string>>, options?: EndpointOptions): ClusterBuilder;
  template(id: string, labels?: Readonly<Record<string, string>>, options?: EndpointOptions): ClusterBuilder;
  newPod(namespace: string): ClusterBuilder;
  node(name: string, options?: EndpointOptions): ClusterBuilder;
  tier(name: string, order: number, defaultAction: Tier['defaultAction'], options?: Pick<Tier, 'guardsOwnNode'>): ClusterBuilder;
  policy(id: string, options: PolicyOptions): ClusterBuilder;
  /** `id` is `node/name`. */
  host(id: string, options?: HostOptions): ClusterBuilder;
  network(options: Partial<NodeNetwork>): ClusterBuilder;
  snapshot(): Snapshot;
}

/** A builder of snapshots. Namespaces that are only named have labels that nobody knows; tier `default` is always there. */
export function cluster(facts: Partial<Facts> = {}): ClusterBuilder {
  const namespaces = new Map<string, Namespace>();
  const endpoints: EndpointParts[] = [];
  const tiers: Tier[] = [DEFAULT_TIER];
  const policies: Policy[] = [];
  const hostEndpoints: HostEndpoint[] = [];
  let nodeNetwork = PLAIN_NODE_NETWORK;
  const endpoint = (
    kind: Endpoint['kind'],
    id: string,
    labels: Readonly<Record<string, string>>,
    options: EndpointOptions,
  ): ClusterBuilder => {
    const slash = id.indexOf('/');
    const namespaceName = slash < 0 ? undefined : id.slice(0, slash);
    const name = id.slice(slash + 1);
    if (namespaceName !== undefined && !namespaces.has(namespaceName)) namespaces.set(namespaceName, namedNamespace(namespaceName));
    const addresses = options.addresses ?? [];
    endpoints.push({
      kind,
      name,
      namespaceName,
      workloadName: options.workload ?? (kind === 'template' ? name : undefined),
      labels: { values: labels, unknownKeys: options.unknownKeys ?? [], complete: true },
      ...(options.profiles && { profiles: options.profiles }),
      ...(options.serviceAccount !== undefined && { serviceAccount: options.serviceAccount }),
      ...(options.serviceAccountLabels && {
        serviceAccountLabels: { values: options.serviceAccountLabels, unknownKeys: [], complete: true },
      }),
      network: options.network ?? (kind === 'node' ? 'host' : 'pod'),
      addresses,
      addressRanges: addresses.length > 0 ? [] : (options.addressRanges ?? ['0.0.0.0/0']),
      ...(options.node === undefined ? {} : { node: options.node }),
      ports: (options.ports ?? []).map(([portName, protocol, port]) => ({ name: portName, protocol, port })),
      source: sourceOf(`${id}.yaml`, 1),
    });
    return builder;
  };
  const builder: ClusterBuilder = {
    namespace(name, labels = {}) {
      namespaces.set(name, { name, labels: labelsOfNamespace(name, labels, true), source: sourceOf(`${name}.yaml`, 1) });
      return builder;
    },
    pod: (id, labels = {}, options = {}) => endpoint('pod', id, labels, options),
    template: (id, labels = {}, options = {}) => endpoint('template', id, labels, options),
    newPod: (namespace) => endpoint('newPod', `${namespace}/new pod`, {}, {}),
    node: (name, options = {}) => endpoint('node', name, {}, { node: name, ...options }),
    tier(name, order, defaultAction, options = {}) {
      tiers.push({ name, order, defaultAction, ...options });
      return builder;
    },
    policy(id, options) {
      policies.push(policyOf(id, options));
      return builder;
    },
    host(id, options = {}) {
      hostEndpoints.push(hostOf(id, options));
      return builder;
    },
    network(options) {
      nodeNetwork = { ...nodeNetwork, ...options };
      return builder;
    },
    snapshot: () =>
      assemble({
        facts: { ...DEFAULT_FACTS, ...facts },
        namespaces: [...namespaces.values()],
        endpoints,
        tiers,
        policies,
        hostEndpoints,
        nodeNetwork,
      }),
  };
  return builder;
}

export const DEFAULT_TIER: Tier = Object.freeze({ name: 'default', order: 1_000_000, defaultAction: 'Deny' });

function sourceOf(file: string, line: number): Source {
  return { file, document: 1, line };
}

function namedNamespace(name: string): Namespace {
  return { name, labels: labelsOfNamespace(name, {}, false) };
}

/** The labels that a namespace has in a snapshot. */
export function labelsOfNamespace(name: string, values: Readonly<Record<string, string>>, complete: boolean): LabelSet {
  return { values: { ...values, 'kubernetes.io/metadata.name': name }, unknownKeys: [], complete };
}

/** A policy of one file, with a line for each rule. `id` is `namespace/name`, or a name for a policy over the whole cluster. */
export function policyOf(id: string, options: PolicyOptions): Policy {
  const slash = id.indexOf('/');
  const namespace = slash < 0 ? undefined : id.slice(0, slash);
  const file = `${id}.yaml`;
  const rules = (parts: readonly RuleParts[], line: number) =>
    parts.map((rule, index) => ({ ...rule, source: sourceOf(file, line + index) }));
  const inNamespace: Selector = namespace === undefined ? { kind: 'all' } : { kind: 'inNamespace', names: [namespace] };
  return {
    ref: refOf(id, file),
    tier: options.tier ?? DEFAULT_TIER.name,
    order: options.order ?? 1000,
    tieBreak: options.tieBreak ?? `${id.slice(slash + 1)}/${namespace ?? ''}`,
    appliesTo: options.appliesTo ?? { kind: 'and', of: [inNamespace, { kind: 'network', network: 'pod' }] },
    ...(options.appliesToHosts && { appliesToHosts: options.appliesToHosts }),
    hook: options.hook ?? 'normal',
    ...(options.forward && { forward: options.forward }),
    staged: options.staged ?? false,
    ...(options.ingress && { ingress: rules(options.ingress, 10) }),
    ...(options.egress && { egress: rules(options.egress, 20) }),
  };
}

/** A host endpoint. `id` is `node/name`. */
export function hostOf(id: string, options: HostOptions): HostEndpoint {
  const slash = id.indexOf('/');
  const name = id.slice(slash + 1);
  return {
    ref: { apiVersion: 'projectcalico.org/v3', kind: 'HostEndpoint', name, source: sourceOf(`${name}.yaml`, 1) },
    node: id.slice(0, slash),
    interfaceName: options.interfaceName ?? '*',
    addresses: options.addresses ?? [],
    labels: { values: options.labels ?? {}, unknownKeys: [], complete: true },
    ports: [],
    profileAction: options.profileAction ?? 'Deny',
    ...(options.profiles && { profiles: options.profiles }),
  };
}

function refOf(id: string, file: string): ResourceRef {
  const slash = id.indexOf('/');
  const name = id.slice(slash + 1);
  const source = sourceOf(file, 1);
  if (slash < 0) return { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', name, source };
  return { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: id.slice(0, slash), name, source };
}

type RuleMaker = (peer?: PeerExpression, packets?: PacketExpression, condition?: Condition) => RuleParts;

function ruleMaker(action: Action): RuleMaker {
  return (peer = 'any', packets = 'any', condition) => ({ action, peer, packets, ...(condition && { condition }) });
}

export const allow = ruleMaker('Allow');
export const deny = ruleMaker('Deny');
export const pass = ruleMaker('Pass');
export const log = ruleMaker('Log');

/** Something that no input tells. */
export const AT_RUN_TIME: Condition = Object.freeze({ kind: 'condition', text: 'what the request asks for' });

/** Selector: the endpoint has these labels. */
export function labels(wanted: Readonly<Record<string, string>>, owner: 'endpoint' | 'namespace' = 'endpoint'): Selector {
  const tests = Object.entries(wanted).map(
    ([key, value]): Selector => ({ kind: 'label', owner, key, test: { operator: 'in', values: [value] } }),
  );
  return tests.length === 1 ? tests[0]! : { kind: 'and', of: tests };
}

/** Selector: the endpoint lives in a namespace with these labels. */
export function namespaceLabels(wanted: Readonly<Record<string, string>>): Selector {
  return labels(wanted, 'namespace');
}

/** Peer: endpoints that the selector chooses. */
export function chosen(selector: Selector): PeerTerm {
  return { selector, netsSeePods: 'no' };
}

/** Peer: endpoints with these labels. */
export function pods(wanted: Readonly<Record<string, string>>): PeerTerm {
  return chosen(labels(wanted));
}

/** Peer: addresses in `cidr` and in none of `except`; it sees pods by their address unless told otherwise. */
export function block(cidr: string, except: readonly string[] = [], netsSeePods: PeerTerm['netsSeePods'] = 'yes'): PeerTerm {
  return { nets: [cidr], ...(except.length > 0 && { notNets: except }), netsSeePods };
}

/** Packets of one protocol: all, or those to some ports and named ports. */
export function to(protocol: Protocol, ...ports: readonly (number | string | readonly [number, number])[]): PacketExpression {
  const numbers = ports
    .filter((port) => typeof port !== 'string')
    .map((port) => (typeof port === 'number' ? ([port, port] as const) : port));
  const portNames = ports.filter((port) => typeof port === 'string');
  return [{ protocol, ...(numbers.length > 0 && { ports: numbers }), ...(portNames.length > 0 && { portNames }) }];
}

/** Labels that are known to be none at all. */
export { NO_LABELS };
