import type { Endpoint, Namespace, Workload } from '../../src/model/endpoint';
import { settleFacts } from '../../src/model/facts';
import { PLAIN_NODE_NETWORK } from '../../src/model/host-endpoint';
import type { PacketExpression, PeerExpression, PeerTerm, Policy, Rule, Tier } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import type { Source } from '../../src/model/source';
import { compareText, firstDifference } from '../../src/util/order';
import { type Random, randomFrom } from '../support/random';
import { BENCH_NODE_NETWORK, CALICO_TIERS, calicoPolicy, HOST_POLICIES, hostEndpointsOf } from './calico-mix';

/**
 * `ordinary`: what clusters look like. `unique`: every pod has a label of its own, and policies select by it. `ranges`: every rule has port ranges of
 * its own. `hard`: many policies decide about everything. `same`: all policies select the same pods. `calico`: see `calico-mix`; `hosts`: the same with
 * host endpoints of all interfaces on every node, `interfaces`: of one interface each.
 */
export type Shape = 'ordinary' | 'unique' | 'ranges' | 'hard' | 'same' | 'calico' | 'hosts' | 'interfaces';

export interface BenchSize {
  readonly pods: number;
  readonly policies: number;
  readonly shape: Shape;
}

const PODS_OF_WORKLOAD = 7;
const PODS_OF_NAMESPACE = 150;
const PODS_OF_NODE = 60;
const APPS = 22;
const TEAMS = 12;
const SERVICES = [
  [80, 'http'],
  [443, 'https'],
  [5432, 'postgres'],
  [6379, 'redis'],
  [8080, 'http-alt'],
  [9090, 'metrics'],
  [9092, 'kafka'],
  [50_051, 'grpc'],
] as const;
const PARTNERS = ['203.0.113.0/24', '198.51.100.0/25', '192.0.2.0/26', '52.95.0.0/16', '35.190.0.0/17'] as const;

const TIERS: readonly Tier[] = [
  { name: 'platform', order: 100, defaultAction: 'Pass' },
  { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
];

/** A cluster of a given size. Equal size, equal cluster. */
export function benchCluster({ pods, policies, shape }: BenchSize): Snapshot {
  const random = randomFrom(20_18 + pods + policies);
  const namespaces = makeNamespaces(random, Math.max(1, Math.ceil(pods / PODS_OF_NAMESPACE)));
  const nodes = Math.ceil(pods / PODS_OF_NODE);
  const workloads: Workload[] = [];
  const endpoints: Endpoint[] = [];
  for (let node = 0; node < nodes; node++) endpoints.push(makeNode(endpoints.length, node));
  const perNamespace = Math.ceil(pods / namespaces.length);
  for (let namespace = 0; namespace < namespaces.length; namespace++) {
    const quota = Math.min(perNamespace, pods - namespace * perNamespace);
    for (let made = 0; made < quota; made += PODS_OF_WORKLOAD) {
      const members = Array.from({ length: Math.min(PODS_OF_WORKLOAD, quota - made) }, (_, index) => endpoints.length + index);
      const name = `app-${String(made / PODS_OF_WORKLOAD).padStart(3, '0')}`;
      const source = sourceOf(`${namespaces[namespace]!.name}/${name}.yaml`, 1);
      const labels = podLabels(random, name, `app-${(made / PODS_OF_WORKLOAD) % APPS}`, shape);
      for (const id of members)
        endpoints.push(makePod(random, id, { namespace, workload: workloads.length, name, labels, nodes, shape, source }));
      const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: namespaces[namespace]!.name, name, source };
      workloads.push({ ref, replicas: members.length, endpoints: members, images: [`registry.example/${name}:1.0`] });
    }
  }
  const isCalico = shape === 'calico' || shape === 'hosts' || shape === 'interfaces';
  const tiers = isCalico ? CALICO_TIERS : TIERS;
  const words: Words = { random, namespaces, shape, pods };
  const hasHosts = shape === 'hosts' || shape === 'interfaces';
  const made = Array.from({ length: policies }, (_, index) =>
    isCalico && index % 10 === 9 ? makeCalico(random, index) : makePolicy(words, index),
  );
  if (hasHosts)
    made.push(...HOST_POLICIES.map((policy, index) => overCluster(`host-${index}`, { appliesTo: { kind: 'none' }, ...policy })));
  const tierIndex = ({ tier }: Policy) => tiers.findIndex(({ name }) => name === tier);
  return {
    ...settleFacts(new Map([['cni', 'calico']])),
    mode: 'snapshot',
    namespaces,
    workloads,
    endpoints,
    services: [],
    entries: [],
    hostEndpoints: hasHosts ? hostEndpointsOf(nodes, shape === 'hosts' ? '*' : 'eth0') : [],
    nodeNetwork: hasHosts ? BENCH_NODE_NETWORK : PLAIN_NODE_NETWORK,
    tiers,
    policies: made.sort((a, b) => firstDifference(tierIndex(a) - tierIndex(b), a.order - b.order, compareText(a.tieBreak, b.tieBreak))),
  };
}

function makeCalico(random: Random, index: number): Policy {
  return overCluster(`global-${index}`, { hook: 'normal', ...calicoPolicy(random, index) });
}

type PolicyParts = Pick<Policy, 'tier' | 'order' | 'appliesTo' | 'appliesToHosts' | 'hook' | 'forward'> & {
  readonly ingress?: readonly Omit<Rule, 'source'>[];
  readonly egress?: readonly Omit<Rule, 'source'>[];
};

function overCluster(name: string, { ingress, egress, ...parts }: PolicyParts): Policy {
  const source = sourceOf(`global/${name}.yaml`, 1);
  const place = (rules: readonly Omit<Rule, 'source'>[]) =>
    rules.map((rule, line) => ({ ...rule, source: { ...source, line: 10 + line } }));
  return {
    ref: { apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', name, source },
    tieBreak: name,
    staged: false,
    ...parts,
    ...(ingress && { ingress: place(ingress) }),
    ...(egress && { egress: place(egress) }),
  };
}

function sourceOf(file: string, line: number): Source {
  return { file, document: 1, line };
}

function makeNamespaces(random: Random, count: number): readonly Namespace[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `ns-${String(index).padStart(5, '0')}`;
    const values = {
      'kubernetes.io/metadata.name': name,
      team: `team-${random.below(TEAMS)}`,
      env: random.pick(['prod', 'prod', 'stage', 'dev']),
    };
    return { name, labels: { values, unknownKeys: [], complete: true }, source: sourceOf(`${name}.yaml`, 1) };
  });
}

function makeNode(id: number, node: number): Endpoint {
  return {
    id,
    kind: 'node',
    name: `node-${node}`,
    namespace: -1,
    workload: -1,
    labels: { values: { 'kubernetes.io/hostname': `node-${node}`, 'kubernetes.io/os': 'linux' }, unknownKeys: [], complete: true },
    network: 'host',
    addresses: [`172.16.${node >> 8}.${node & 255}`],
    addressRanges: [],
    node: `node-${node}`,
    ports: [],
    source: sourceOf('nodes.yaml', 1),
  };
}

function podLabels(random: Random, name: string, app: string, shape: Shape): Readonly<Record<string, string>> {
  return {
    app: shape === 'same' ? 'same' : app,
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': random.pick(['web', 'api', 'worker', 'cache', 'db']),
    'app.kubernetes.io/part-of': `product-${random.below(25)}`,
    tier: random.pick(['frontend', 'backend', 'data']),
    version: `v${random.below(30)}`,
    'pod-template-hash': random.below(2 ** 31).toString(36),
  };
}

interface PodParts {
  readonly namespace: number;
  readonly workload: number;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly nodes: number;
  readonly shape: Shape;
  readonly source: Source;
}

function makePod(random: Random, id: number, { namespace, workload, name, labels, nodes, shape, source }: PodParts): Endpoint {
  const [port, portName] = SERVICES[workload % SERVICES.length]!;
  const onHost = random.chance(0.01);
  const node = random.below(nodes);
  return {
    id,
    kind: 'pod',
    name: `${name}-${random.below(2 ** 31).toString(36)}-${id.toString(36)}`,
    namespace,
    workload,
    labels: { values: { ...labels, ...(shape === 'unique' && { instance: `i-${id}` }) }, unknownKeys: [], complete: true },
    network: onHost ? 'host' : 'pod',
    addresses: [onHost ? `172.16.${node >> 8}.${node & 255}` : `10.${(id >> 16) & 255}.${(id >> 8) & 255}.${id & 255}`],
    addressRanges: [],
    node: `node-${node}`,
    ports: [
      { name: portName, protocol: 'TCP', port },
      { name: 'metrics', protocol: 'TCP', port: workload % 3 === 0 ? 9090 : 9100 },
    ],
    source,
  };
}

interface Words {
  readonly random: Random;
  readonly namespaces: readonly Namespace[];
  readonly shape: Shape;
  readonly pods: number;
}

function inNamespace(name: string, ...tests: readonly Selector[]): Selector {
  return { kind: 'and', of: [{ kind: 'inNamespace', names: [name] }, { kind: 'network', network: 'pod' }, ...tests] };
}

function label(key: string, ...values: readonly string[]): Selector {
  return { kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values } };
}

function peer(selector: Selector): PeerTerm {
  return { selector, netsSeePods: 'no' };
}

function tcp(...ports: readonly number[]): PacketExpression {
  return [{ protocol: 'TCP', ports: ports.map((port) => [port, port] as const) }];
}

function makePolicy(words: Words, index: number): Policy {
  const { namespaces, shape } = words;
  const namespace = namespaces[index % namespaces.length]!.name;
  const global = shape !== 'same' && index % 500 === 99;
  const name = `${global ? 'global' : 'np'}-${index}`;
  const ref = global
    ? ({ apiVersion: 'projectcalico.org/v3', kind: 'GlobalNetworkPolicy', name, source: sourceOf(`global/${name}.yaml`, 1) } as const)
    : ({
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        namespace,
        name,
        source: sourceOf(`${namespace}/${name}.yaml`, 1),
      } as const);
  const common = { ref, tieBreak: `${name}/${namespace}`, hook: 'normal', staged: false } as const;
  const place = (rules: readonly Omit<Rule, 'source'>[]): readonly Rule[] =>
    rules.map((rule, line) => ({ ...rule, source: sourceOf(ref.source.file, 10 + line) }));
  if (global) return { ...common, tier: 'platform', order: 10 + (index % 50), ...globalRules(words, place) };
  const { appliesTo, ingress, egress } = namespacedRules(words, namespace);
  return {
    ...common,
    tier: 'default',
    order: 1000,
    appliesTo: shape === 'same' ? inNamespace(namespaces[0]!.name, label('app', 'same')) : appliesTo,
    ...(ingress && { ingress: place(ingress) }),
    ...(egress && { egress: place(egress) }),
  };
}

type Rules = readonly Omit<Rule, 'source'>[];

/** What a platform team puts over everybody: some denials, and the rest is passed on. */
function globalRules({ random }: Words, place: (rules: Rules) => readonly Rule[]): Pick<Policy, 'appliesTo' | 'ingress' | 'egress'> {
  const appliesTo: Selector = {
    kind: 'and',
    of: [{ kind: 'network', network: 'pod' }, label('tier', random.pick(['frontend', 'backend', 'data']))],
  };
  const version = peer(label('version', `v${random.below(30)}`));
  if (random.chance(0.5)) return { appliesTo, ingress: place([{ action: 'Deny', peer: [version], packets: tcp(22, 3389) }]) };
  const metadata: PeerTerm = { nets: ['169.254.169.254/32'], netsSeePods: 'yes' };
  return {
    appliesTo,
    egress: place([
      { action: 'Deny', peer: [metadata], packets: 'any' },
      { action: 'Deny', peer: [version], packets: tcp(25) },
    ]),
  };
}

function namespacedRules(words: Words, namespace: string): { appliesTo: Selector; ingress?: Rules; egress?: Rules } {
  const { random, shape, pods } = words;
  const everyone = inNamespace(namespace);
  const own = shape === 'unique' ? label('instance', `i-${random.below(pods)}`) : label('app', `app-${random.below(APPS)}`);
  const some = inNamespace(namespace, own);
  const client = inNamespace(
    namespace,
    shape === 'unique'
      ? label('instance', `i-${random.below(pods)}`, `i-${random.below(pods)}`)
      : label('app', `app-${random.below(APPS)}`),
  );
  const allow = (peers: PeerExpression, packets: PacketExpression) => ({ action: 'Allow', peer: peers, packets }) as const;
  const ports = (): PacketExpression => {
    if (shape !== 'ranges') return tcp(random.pick(SERVICES)[0]);
    const low = random.between(1, 60_000);
    return [{ protocol: 'TCP', ports: [[low, low + random.below(5_000)]] }];
  };
  if (shape === 'hard' && random.chance(0.15)) return { appliesTo: some, ingress: [allow('any', 'any')], egress: [allow('any', 'any')] };
  switch (random.below(12)) {
    case 0:
      return {
        appliesTo: everyone,
        ingress: [],
        egress: [allow([peer(inNamespace('ns-00000', label('app', 'app-0')))], [{ protocol: 'UDP', ports: [[53, 53]] }])],
      };
    case 1:
      return { appliesTo: everyone, ingress: [allow([peer(everyone)], 'any')] };
    case 2:
      return { appliesTo: some, ingress: [allow([peer(client)], [{ protocol: 'TCP', portNames: [random.pick(SERVICES)[1]] }])] };
    case 3: {
      const team: Selector = {
        kind: 'label',
        owner: 'namespace',
        key: 'team',
        test: { operator: 'in', values: [`team-${random.below(TEAMS)}`] },
      };
      return {
        appliesTo: some,
        ingress: [allow([peer({ kind: 'and', of: [team, { kind: 'network', network: 'pod' }, label('tier', 'frontend')] })], ports())],
      };
    }
    case 4:
      return {
        appliesTo: some,
        egress: [allow([{ nets: [random.pick(PARTNERS)], netsSeePods: 'yes' }], tcp(443)), allow([peer(client)], ports())],
      };
    case 5:
      return { appliesTo: everyone, ingress: [allow([peer(inNamespace('ns-00000'))], [{ protocol: 'TCP', portNames: ['metrics'] }])] };
    case 6:
      return {
        appliesTo: some,
        egress: [
          allow([{ nets: ['0.0.0.0/0'], notNets: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], netsSeePods: 'yes' }], tcp(443)),
        ],
      };
    default:
      return { appliesTo: some, ingress: [allow([peer(client)], ports())], egress: [allow([peer(client)], ports())] };
  }
}
