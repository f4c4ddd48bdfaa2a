import type { DeclaredPort, Namespace, TransportProtocol } from '../../src/model/endpoint';
import { DEFAULT_FACTS } from '../../src/model/facts';
import {
  type Action,
  type Condition,
  HIGHEST_PORT,
  LOWEST_PORT,
  type PacketExpression,
  type PacketTerm,
  type PeerExpression,
  type PeerTerm,
  type Policy,
  PROTOCOLS,
  type Tier,
  TRANSPORT_PROTOCOLS,
} from '../../src/model/policy';
import type { LabelSet, LabelTest, Selector } from '../../src/model/selector';
import type { Snapshot } from '../../src/model/snapshot';
import { formatAddress } from '../../src/util/ip';
import { assemble, DEFAULT_TIER, type EndpointParts, labelsOfNamespace, policyOf, type RuleParts } from './cluster';
import { generateBetween, withCrossings } from './generate-crossings';
import {
  generateDropped,
  generateDrops,
  generateHostFacts,
  generateHostSelector,
  generateHosts,
  generateNodeNetwork,
} from './generate-hosts';
import { type Random, randomFrom, seedOf } from './random';
import {
  ACCOUNTS,
  AUTOMATIC_KEYS,
  generateLabelValues,
  KEYS,
  NAMESPACES,
  NODES,
  PORT_NAMES,
  PORTS,
  V4_NETS,
  V6_NETS,
  VALUES,
} from './words';

/**
 * `networkPolicyLike`: only what Kubernetes NetworkPolicies are lowered into.
 * `everything`: every construct of the policy language, also what no frontend makes yet; host endpoints in one cluster of three.
 * `withHosts`: the same, host endpoints in every cluster.
 * `betweenNodes`: like `everything`, and what is rare there: processes of nodes that open connections to pods, and rules about their addresses.
 * `untracked`: like `withHosts`, and what is rare there: processes of nodes behind single interfaces, and policies that do not track what they let pass.
 */
export type Profile = 'networkPolicyLike' | 'everything' | 'withHosts' | 'untracked' | 'betweenNodes';

export interface ClusterSize {
  readonly namespaces: number;
  readonly endpoints: number;
  readonly policies: number;
  readonly rules: number;
}

export const SMALL: ClusterSize = Object.freeze({ namespaces: 4, endpoints: 10, policies: 12, rules: 5 });

const CONDITIONS: readonly Condition[] = [
  { kind: 'condition', text: 'the path that the request asks for' },
  { kind: 'protocol', text: 'whether the plugin polices this protocol' },
  { kind: 'fact', text: 'the fact `cni`' },
];

/** A small cluster with much in it that is rare in real ones. Equal random state, equal cluster. */
export function generateCluster(random: Random, profile: Profile, size: ClusterSize = SMALL): Snapshot {
  const everything = profile !== 'networkPolicyLike';
  // Choices of their own for what lies between nodes, which leave all others as they are.
  const between = randomFrom(seedOf(random.seed, 1));
  const netsSeePods = random.pick(['yes', 'no', 'unknown'] as const);
  const names = NAMESPACES.slice(0, random.between(1, size.namespaces));
  const namespaces = names.map((name) => generateNamespace(random, name));
  const tiers = everything ? generateTiers(random) : [DEFAULT_TIER];
  const untracked = profile === 'untracked';
  const hosts = untracked || profile === 'withHosts' || (everything && random.chance(1 / 3));
  const words: Words = { random, everything, hosts, untracked, namespaces: names, netsSeePods, rules: size.rules };
  const assembled = assemble({
    facts: { ...DEFAULT_FACTS, ipBlockMatchesPods: netsSeePods, ...(hosts && generateHostFacts(random)) },
    namespaces,
    endpoints: generateEndpoints(words, random.between(2, size.endpoints)),
    ...(hosts && { hostEndpoints: generateHosts(random, untracked), nodeNetwork: generateNodeNetwork(random) }),
    tiers,
    policies: random.times(random.chance(0.1) ? 0 : random.between(1, size.policies), (index) => generatePolicy(words, tiers, index)),
  });
  if (!everything) return assembled;
  const snapshot = profile === 'betweenNodes' ? withCrossings(between, assembled) : assembled;
  const nodeNetwork = generateBetween(between, snapshot);
  const dropped = random.chance(0.25) && { droppedFromPods: generateDropped(random) };
  const atNodes = between.chance(0.3) && { droppedAtNodes: generateDrops(between) };
  return { ...snapshot, nodeNetwork: { ...nodeNetwork, ...dropped, ...atNodes } };
}

interface Words {
  readonly random: Random;
  readonly everything: boolean;
  readonly hosts: boolean;
  readonly untracked: boolean;
  readonly namespaces: readonly string[];
  readonly netsSeePods: PeerTerm['netsSeePods'];
  readonly rules: number;
}

function generateNamespace(random: Random, name: string): Namespace {
  if (random.chance(0.25)) return { name, labels: labelsOfNamespace(name, {}, false) };
  return {
    name,
    labels: labelsOfNamespace(name, generateLabelValues(random, 3), true),
    source: { file: 'namespaces.yaml', document: 1, line: 1 },
  };
}

function generateEndpoints(words: Words, count: number): readonly EndpointParts[] {
  const { random, namespaces, hosts } = words;
  const nodes = !hosts && random.chance(0.5) ? [] : NODES.slice(0, random.between(1, NODES.length));
  // Where there are host endpoints, pods may also run on a node that is not in the input, and most pods are known to run somewhere.
  const places = hosts && random.chance(0.3) ? NODES : nodes;
  const rest = random.times(count, (index) => generatePod(words, random.pick(namespaces), places, index));
  const newPods = namespaces.filter(() => random.chance(0.3)).map((name) => newPodOf(name));
  return [...nodes.map((name, index) => nodeOf(random, name, index)), ...rest, ...newPods];
}

function generatePod({ random, hosts, untracked }: Words, namespaceName: string, nodes: readonly string[], index: number): EndpointParts {
  const kind = random.chance(hosts ? 0.1 : 0.25) ? 'template' : 'pod';
  const network = random.chance(untracked ? 0.5 : 0.1) ? 'host' : 'pod';
  const node = kind === 'pod' && nodes.length > 0 && random.chance(hosts ? 0.9 : 0.7) ? random.pick(nodes) : undefined;
  const labels: LabelSet = {
    values: generateLabelValues(random, 3),
    unknownKeys: random.chance(0.2) ? [random.pick(KEYS)] : [],
    complete: !random.chance(0.05),
  };
  return {
    kind,
    name: `${kind}-${index}`,
    namespaceName,
    workloadName: kind === 'template' || random.chance(0.5) ? `workload-${index % 3}` : undefined,
    labels,
    ...generateAccount(random),
    network,
    ...(kind === 'template' ? { addresses: [], addressRanges: generateRanges(random) } : generateAddresses(random, network)),
    ...(node !== undefined && { node }),
    ports: random.times(random.below(4), () => generateDeclaredPort(random)),
    source: { file: 'pods.yaml', document: index + 1, line: 10 * index + 1 },
  };
}

/** A service account with labels that are known, not known, or not asked for; or none. */
function generateAccount(random: Random): Pick<EndpointParts, 'serviceAccount' | 'serviceAccountLabels'> {
  if (random.chance(0.4)) return {};
  const serviceAccount = random.pick(ACCOUNTS);
  if (random.chance(0.2)) return { serviceAccount };
  const complete = random.chance(0.7);
  return { serviceAccount, serviceAccountLabels: { values: complete ? generateLabelValues(random, 2) : {}, unknownKeys: [], complete } };
}

function nodeOf(random: Random, name: string, index: number): EndpointParts {
  return {
    kind: 'node',
    name,
    namespaceName: undefined,
    workloadName: undefined,
    labels: { values: generateLabelValues(random, 2), unknownKeys: [], complete: true },
    network: 'host',
    ...generateAddresses(random, 'host'),
    ...(random.chance(0.9) && { node: name }),
    ports: [],
    source: { file: 'nodes.yaml', document: index + 1, line: 1 },
  };
}

function newPodOf(namespaceName: string): EndpointParts {
  return {
    kind: 'newPod',
    name: 'new pod',
    namespaceName,
    workloadName: undefined,
    labels: { values: {}, unknownKeys: [], complete: true },
    network: 'pod',
    addresses: [],
    addressRanges: ['0.0.0.0/0'],
    ports: [],
    source: { file: 'namespaces.yaml', document: 1, line: 1 },
  };
}

function generateDeclaredPort(random: Random): DeclaredPort {
  return {
    name: random.chance(0.2) ? '' : random.pick(PORT_NAMES),
    protocol: random.pick<TransportProtocol>(['TCP', 'TCP', 'UDP', 'SCTP']),
    port: random.pick(PORTS),
  };
}

function generateAddresses(random: Random, network: 'pod' | 'host'): Pick<EndpointParts, 'addresses' | 'addressRanges'> {
  const v4 = () => (network === 'host' ? `192.168.0.${random.below(4)}` : `10.0.${random.below(2)}.${random.below(8)}`);
  const v6 = () => formatAddress({ family: 6, value: (0xfdn << 120n) | BigInt(random.below(8)) });
  const kind = random.below(10);
  if (kind < 5) return { addresses: [v4()], addressRanges: [] };
  if (kind < 7) return { addresses: [v4(), v6()], addressRanges: [] };
  if (kind < 8) return { addresses: [v6()], addressRanges: [] };
  if (kind < 9) return { addresses: [...new Set([v4(), v4()])], addressRanges: [] };
  return { addresses: [], addressRanges: generateRanges(random) };
}

function generateRanges(random: Random): readonly string[] {
  return random.pick<readonly string[]>([
    ['0.0.0.0/0'],
    ['0.0.0.0/0'],
    ['10.0.0.0/8'],
    ['10.0.0.0/30', '10.0.1.0/24'],
    ['10.0.0.0/28', 'fd00::/124'],
    ['fd00::/8'],
    // No family at all: what such an endpoint shares with others is nothing.
    [],
  ]);
}

function generateTiers(random: Random): readonly Tier[] {
  const others = random.times(random.below(4), (index) => ({
    name: `tier-${index}`,
    order: random.pick([-1, 100, 100, 2_000_000]),
    defaultAction: random.pick(['Deny', 'Pass'] as const),
    ...(index % 2 === 1 && { guardsOwnNode: true as const }),
  }));
  return [DEFAULT_TIER, ...others];
}

function generatePolicy(words: Words, tiers: readonly Tier[], index: number): Policy {
  const { random, everything, hosts, namespaces } = words;
  const rarely = everything && random.chance(hosts ? 0.3 : 0.05) ? random.pick(['preDNAT', 'untracked'] as const) : 'normal';
  const hook = words.untracked && random.chance(0.7) ? 'untracked' : rarely;
  // What is not tracked needs rules for both ways to let anything pass.
  const isAnswered = hosts && hook === 'untracked' && random.chance(0.6);
  const directions = isAnswered
    ? (['ingress', 'egress'] as const)
    : random.pick([['ingress'], ['ingress'], ['egress'], ['ingress', 'egress']] as const);
  const namespaceName = !everything || random.chance(0.4) ? random.pick(namespaces) : undefined;
  const rules = () => [
    ...random.times(random.below(words.rules + 1), () => generateRule(words, namespaceName)),
    ...(isAnswered && random.chance(0.7) ? [generateAnswer(words)] : []),
    ...(isAnswered && random.chance(0.3) ? [OPEN] : []),
  ];
  return policyOf(namespaceName === undefined ? `policy-${index}` : `${namespaceName}/policy-${index}`, {
    tier: random.pick(tiers).name,
    order: everything ? random.pick([1000, 1000, 1000, -5, 0, Number.POSITIVE_INFINITY]) : 1000,
    tieBreak: `${random.pick(['a', 'b', 'a-b', 'a.b'])}-${index}`,
    appliesTo:
      namespaceName === undefined
        ? random.chance(0.4)
          ? { kind: 'all' }
          : generateSelector(random, namespaces, 3)
        : { kind: 'and', of: [{ kind: 'inNamespace', names: [namespaceName] }, ON_POD_NETWORK, generateLabelSelector(random, 'endpoint')] },
    hook,
    ...(hosts && random.chance(0.8) && { appliesToHosts: isAnswered && random.chance(0.5) ? ALL : generateHostSelector(random) }),
    ...(hosts && random.chance(0.4) && { forward: true as const }),
    staged: everything && random.chance(0.08),
    ...Object.fromEntries(directions.map((direction) => [direction, rules()])),
  });
}

const ALL: Selector = { kind: 'all' };
const OPEN: RuleParts = { action: 'Allow', peer: 'any', packets: 'any' };
const ON_POD_NETWORK: Selector = { kind: 'network', network: 'pod' };

/** A rule about answers as it would be written: from a port that is served, by number or by name, or to one that clients use. */
function generateAnswer(words: Words): RuleParts {
  const { random } = words;
  const protocol = random.pick(['TCP', 'TCP', 'UDP'] as const);
  const packets = random.pick<PacketExpression>([
    'any',
    [{ protocol, sourcePorts: [generatePortRange(random)] }],
    [{ protocol, sourcePortNames: random.some(PORT_NAMES, 2) }],
    [{ protocol, notSourcePorts: [generatePortRange(random)] }],
    [{ protocol, notSourcePortNames: random.some(PORT_NAMES, 2) }],
    [{ protocol, ports: [[1024, HIGHEST_PORT]] }],
  ]);
  return { action: random.pick(['Allow', 'Allow', 'Allow', 'Deny']), peer: random.chance(0.6) ? 'any' : [generateTerm(words)], packets };
}

function generateRule(words: Words, namespaceName: string | undefined): RuleParts {
  const { random, everything } = words;
  const action = everything ? random.pick<Action>(['Allow', 'Allow', 'Allow', 'Deny', 'Deny', 'Pass', 'Log']) : 'Allow';
  return {
    action,
    peer: generatePeer(words, namespaceName),
    packets: generatePackets(random, everything),
    ...(random.chance(0.08) && { condition: random.pick(CONDITIONS) }),
  };
}

function generatePeer(words: Words, namespaceName: string | undefined): PeerExpression {
  const { random, everything } = words;
  if (random.chance(0.3)) return 'any';
  return random.times(random.pick([0, 1, 1, 1, 2, 3]), () => (everything ? generateTerm(words) : networkPolicyTerm(words, namespaceName!)));
}

/** `podSelector`, `namespaceSelector`, both, or `ipBlock`. */
function networkPolicyTerm({ random, netsSeePods }: Words, namespaceName: string): PeerTerm {
  if (random.chance(0.35)) {
    const nets = random.chance(0.75) ? V4_NETS : V6_NETS;
    const notNets = random.some(nets, 2);
    return { nets: [random.pick(nets)], ...(notNets.length > 0 && { notNets }), netsSeePods };
  }
  const where: Selector = random.chance(0.5) ? { kind: 'inNamespace', names: [namespaceName] } : generateLabelSelector(random, 'namespace');
  return { selector: { kind: 'and', of: [where, ON_POD_NETWORK, generateLabelSelector(random, 'endpoint')] }, netsSeePods: 'no' };
}

function generateTerm({ random, namespaces }: Words): PeerTerm {
  const shape = random.below(6);
  const nets = random.some([...V4_NETS, ...V6_NETS], 3);
  const notNets = random.some([...V4_NETS, ...V6_NETS], 3);
  const parts = {
    ...(shape > 1 && { selector: generateSelector(random, namespaces, 3) }),
    ...(random.chance(0.15) && { notSelector: generateSelector(random, namespaces, 2) }),
    ...(shape < 4 && nets.length > 0 && { nets }),
    ...(shape < 3 && notNets.length > 0 && { notNets }),
  };
  const netsSeePods = random.pick(['yes', 'yes', 'no', 'unknown'] as const);
  return Object.keys(parts).length > 0 ? { ...parts, netsSeePods } : { selector: { kind: 'all' }, netsSeePods };
}

/** A Kubernetes label selector: all of up to three tests; none at all selects everything. */
function generateLabelSelector(random: Random, owner: 'endpoint' | 'namespace'): Selector {
  const tests = random.times(random.pick([0, 0, 1, 1, 1, 2]), () => generateLabelTest(random, owner));
  if (tests.length === 0) return { kind: 'all' };
  return tests.length === 1 ? tests[0]! : { kind: 'and', of: tests };
}

function generateLabelTest(random: Random, owner: 'endpoint' | 'namespace'): Selector {
  const test = random.pick<LabelTest>([
    { operator: 'in', values: [random.pick(VALUES)] },
    { operator: 'in', values: random.some(VALUES, 3) },
    { operator: 'notIn', values: random.some(VALUES, 2) },
    { operator: 'exists' },
    { operator: 'doesNotExist' },
  ]);
  if (owner === 'namespace' && random.chance(0.3)) {
    return { kind: 'label', owner, key: 'kubernetes.io/metadata.name', test: { operator: 'in', values: random.some(NAMESPACES, 2) } };
  }
  return { kind: 'label', owner, key: random.pick(KEYS), test };
}

/** Operators and owners of labels that Kubernetes' own selectors do not have. */
function generateRareLabelTest(random: Random): Selector {
  const owner = random.pick(['endpoint', 'namespace', 'serviceAccount', 'serviceAccount', 'automatic', 'automatic'] as const);
  const key = owner === 'automatic' ? random.pick(AUTOMATIC_KEYS) : random.pick(KEYS);
  const values = owner === 'automatic' ? [...NAMESPACES, ...ACCOUNTS, 'k8s'] : VALUES;
  if (random.chance(0.5)) return { kind: 'label', owner, key, test: { operator: 'in', values: random.some(values, 3) } };
  if (random.chance(0.3)) return { kind: 'label', owner, key, test: { operator: random.pick(['exists', 'doesNotExist'] as const) } };
  const operator = random.pick(['contains', 'startsWith', 'endsWith'] as const);
  const text = random.pick(values);
  return { kind: 'label', owner, key, test: { operator, text: random.chance(0.5) ? text : text.slice(0, 1) } };
}

function generateSelector(random: Random, namespaces: readonly string[], depth: number): Selector {
  const inner = () => generateSelector(random, namespaces, depth - 1);
  switch (random.below(depth > 0 ? 12 : 9)) {
    case 0:
      return { kind: random.chance(0.8) ? 'all' : 'none' };
    case 1:
      return { kind: 'inNamespace', names: random.some(namespaces, 2) };
    case 2:
      return { kind: 'network', network: random.pick(['pod', 'pod', 'host'] as const) };
    case 3:
      return generateLabelTest(random, 'namespace');
    case 4:
      return generateRareLabelTest(random);
    case 9:
      return { kind: 'and', of: random.times(random.below(4), inner) };
    case 10:
      return { kind: 'or', of: random.times(random.below(4), inner) };
    case 11:
      return { kind: 'not', of: inner() };
    default:
      return generateLabelTest(random, 'endpoint');
  }
}

function generatePackets(random: Random, everything: boolean): PacketExpression {
  if (random.chance(0.45)) return 'any';
  const count = random.pick(everything ? [0, 1, 1, 2, 3] : [1, 1, 2, 3]);
  return random.times(count, () => (everything ? generatePacketTerm(random) : networkPolicyPacketTerm(random)));
}

function networkPolicyPacketTerm(random: Random): PacketTerm {
  const protocol = random.chance(0.6) ? 'TCP' : random.pick(TRANSPORT_PROTOCOLS);
  if (random.chance(0.3)) return { protocol };
  return random.chance(0.3) ? { protocol, portNames: [random.pick(PORT_NAMES)] } : { protocol, ports: [generatePortRange(random)] };
}

function generatePacketTerm(random: Random): PacketTerm {
  const protocol = random.chance(0.6) ? 'TCP' : random.pick(PROTOCOLS);
  const ranges = () => random.times(random.below(3), () => generatePortRange(random));
  if (protocol === 'ICMP' || protocol === 'ICMPv6') {
    return {
      protocol,
      ...(random.chance(0.3) && {
        icmp: [
          {
            types: random.pick([
              [8, 8],
              [0, 3],
            ] as const),
            codes: random.pick([
              [0, 0],
              [0, 255],
            ] as const),
          },
        ],
      }),
    };
  }
  if (protocol === 'other') return { protocol, ...(random.chance(0.3) && { numbers: [[47, random.pick([47, 50])]] }) };
  return {
    protocol,
    ...(random.chance(0.5) && { ports: ranges() }),
    ...(random.chance(0.35) && { portNames: random.some(PORT_NAMES, 2) }),
    ...(random.chance(0.1) && { notPorts: ranges() }),
    ...(random.chance(0.15) && { notPortNames: random.some(PORT_NAMES, 2) }),
    ...(random.chance(0.1) && { sourcePorts: ranges() }),
    ...(random.chance(0.07) && { sourcePortNames: random.some(PORT_NAMES, 2) }),
    ...(random.chance(0.05) && { notSourcePorts: ranges() }),
    ...(random.chance(0.07) && { notSourcePortNames: random.some(PORT_NAMES, 2) }),
  };
}

function generatePortRange(random: Random): readonly [number, number] {
  const low = random.chance(0.8) ? random.pick(PORTS) : random.between(LOWEST_PORT, HIGHEST_PORT);
  if (random.chance(0.6)) return [low, low];
  return [low, Math.min(HIGHEST_PORT, low + random.pick([0, 1, 2, 10, 1000, HIGHEST_PORT]))];
}
