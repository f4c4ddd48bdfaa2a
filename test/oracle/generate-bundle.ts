import type { Random } from '../support/random';
import type {
  Bundle,
  LabelSelector,
  NamespaceObject,
  NetworkPolicyObject,
  OracleEnd,
  OracleFlow,
  PodObject,
  PolicyPeer,
  PolicyPort,
  PolicyRule,
} from './network-policy-oracle';

/*
 * Small bundles that leave nothing open: every namespace is there, every pod has its node and an IPv4 address. What varies is how policies are
 * written: each field absent, null, empty or full, as people and tools write them.
 */

const NAMESPACES = ['default', 'shop', 'ops'] as const;
const KEYS = ['app', 'app', 'tier', 'team'] as const;
const VALUES = ['a', 'b', 'c', ''] as const;
const PORT_NAMES = ['http', 'dns', 'metrics'] as const;
const PORTS = [53, 80, 443, 8080, 65_535] as const;
const NODES = ['n1', 'n2'] as const;
/** CIDRs (one of them with host bits) and what may be excepted from each: the API wants exceptions inside. */
const BLOCKS: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': ['10.0.0.0/8', '10.0.0.3/32', '203.0.113.0/24', '192.168.0.2/31'],
  '10.0.0.0/8': ['10.0.0.0/29', '10.0.0.2/31'],
  '10.0.0.7/29': ['10.0.0.4/30', '10.0.0.3/32'],
  '10.0.0.3/32': [],
  '192.168.0.0/24': ['192.168.0.1/32'],
  '203.0.113.0/24': ['203.0.113.0/31'],
  '::/0': ['fd00::/126', '2001:db8::/32'],
  'fd00::/8': ['fd00::5/128', 'fd00::/126'],
  'fd00::/126': ['fd00::2/127'],
};
const OUTSIDE = [
  '203.0.113.1',
  '198.51.100.1',
  '0.0.0.0',
  '255.255.255.255',
  '11.0.0.0',
  '9.255.255.255',
  '10.0.0.200',
  '2001:db8::1',
  '2001:db9::',
] as const;

export function generateBundle(random: Random): Bundle {
  const namespaces = NAMESPACES.map(
    (name): NamespaceObject => ({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...(random.chance(0.7) && { labels: generateLabels(random) }) },
    }),
  );
  const pods = random.times(random.between(2, 7), (index) => generatePod(random, index));
  return { namespaces, pods, policies: random.times(random.below(6), (index) => generatePolicy(random, index)) };
}

export function generateOracleFlow(random: Random, { pods }: Bundle): OracleFlow {
  const [from, to] = [generateEnd(random, pods), generateEnd(random, pods)];
  // An address meets only ends of its own family; the pods all have IPv4.
  const fits = (end: OracleEnd, other: OracleEnd) =>
    typeof end !== 'string' || !end.includes(':') || (typeof other !== 'string' && other.status.podIPs.length > 1);
  const [source, destination] = fits(from, to) && fits(to, from) ? [from, to] : [pods[0]!, random.pick(pods)];
  const port = Math.min(65_535, Math.max(1, random.pick(PORTS) + random.between(-1, 1)));
  return { from: source, to: destination, protocol: random.pick(['TCP', 'TCP', 'UDP', 'SCTP'] as const), port };
}

function generateEnd(random: Random, pods: readonly PodObject[]): OracleEnd {
  return random.chance(0.2) ? random.pick(OUTSIDE) : random.pick(pods);
}

function generateLabels(random: Random): Readonly<Record<string, string>> {
  return Object.fromEntries(random.times(random.below(4), () => [random.pick(KEYS), random.pick(VALUES)]));
}

function generatePod(random: Random, index: number): PodObject {
  const hostNetwork = random.chance(0.15);
  const nodeIndex = random.below(NODES.length);
  const v4 = hostNetwork ? `192.168.0.${nodeIndex + 1}` : `10.0.0.${index + 1}`;
  const v6 = hostNetwork ? `fd00::${nodeIndex + 1}00` : `fd00::${index + 1}`;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `pod-${index}`, ...generateHome(random), ...(random.chance(0.8) && { labels: generateLabels(random) }) },
    spec: {
      ...(hostNetwork && { hostNetwork }),
      nodeName: NODES[nodeIndex]!,
      containers: random.times(random.between(1, 2), (container) => ({
        name: `container-${container}`,
        image: 'example.org/image:1',
        ports: random.times(random.below(3), (port) => ({
          ...(random.chance(0.8) && { name: PORT_NAMES[(container + port) % PORT_NAMES.length]! }),
          containerPort: random.pick(PORTS),
          ...(random.chance(0.5) && { protocol: random.pick(['TCP', 'UDP', 'SCTP'] as const) }),
        })),
      })),
    },
    status: { phase: 'Running', podIPs: [{ ip: v4 }, ...(random.chance(0.4) ? [{ ip: v6 }] : [])] },
  };
}

function generateHome(random: Random): { readonly namespace?: string } {
  const namespace = random.pick(NAMESPACES);
  return namespace === 'default' && random.chance(0.5) ? {} : { namespace };
}

function generatePolicy(random: Random, index: number): NetworkPolicyObject {
  const types = random.pick([undefined, null, [], ['Ingress'], ['Ingress'], ['Egress'], ['Ingress', 'Egress']] as const);
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: `policy-${index}`, ...generateHome(random) },
    spec: {
      ...written(random, 'podSelector', random.chance(0.3) ? {} : generateSelector(random)),
      ...(types !== undefined && { policyTypes: types }),
      ...written(
        random,
        'ingress',
        random.times(random.below(4), () => generateRule(random, 'from')),
      ),
      ...written(
        random,
        'egress',
        random.times(random.below(4), () => generateRule(random, 'to')),
      ),
    },
  };
}

/** The field, mostly; now and then absent or null, which is the same as empty. */
function written<K extends string, V>(random: Random, key: K, value: V): { readonly [key in K]?: V | null } {
  if (random.chance(0.12)) return {};
  return { [key]: random.chance(0.1) ? null : value } as { readonly [key in K]?: V | null };
}

function generateRule(random: Random, side: 'from' | 'to'): PolicyRule {
  return {
    ...written(
      random,
      side,
      random.times(random.pick([0, 1, 1, 2]), () => generatePeer(random)),
    ),
    ...written(
      random,
      'ports',
      random.times(random.pick([0, 1, 1, 2]), () => generatePort(random)),
    ),
  };
}

function generatePeer(random: Random): PolicyPeer {
  switch (random.below(8)) {
    case 0:
    case 1:
      return { podSelector: generateSelector(random) };
    case 2:
      return { namespaceSelector: generateSelector(random) };
    case 3:
      return { namespaceSelector: generateSelector(random), podSelector: generateSelector(random) };
    case 4:
      return random.pick<PolicyPeer>([{ podSelector: {} }, { namespaceSelector: {} }, { namespaceSelector: {}, podSelector: null }]);
    case 5:
      return random.pick<PolicyPeer>([{}, { podSelector: null }]);
    default: {
      const cidr = random.pick(Object.keys(BLOCKS));
      return { ipBlock: { cidr, ...written(random, 'except', random.some(BLOCKS[cidr]!, 2)) } };
    }
  }
}

function generatePort(random: Random): PolicyPort {
  const protocol = random.chance(0.6) ? { protocol: random.pick(['TCP', 'UDP', 'SCTP'] as const) } : {};
  const port = random.pick(PORTS);
  switch (random.below(6)) {
    case 0:
      return protocol;
    case 1:
      return { ...protocol, port: random.pick(PORT_NAMES) };
    case 2:
      return { ...protocol, port, endPort: Math.min(65_535, port + random.pick([0, 1, 400])) };
    default:
      return { ...protocol, port };
  }
}

function generateSelector(random: Random): LabelSelector {
  const expressions = random.times(random.pick([0, 0, 1, 2]), () => {
    const key = random.chance(0.15) ? 'kubernetes.io/metadata.name' : random.pick(KEYS);
    const values = key === 'kubernetes.io/metadata.name' ? NAMESPACES : VALUES;
    const operator = random.pick(['In', 'NotIn', 'Exists', 'DoesNotExist'] as const);
    if (operator === 'Exists' || operator === 'DoesNotExist') return { key, operator };
    return { key, operator, values: [random.pick(values), ...(random.chance(0.3) ? [random.pick(values)] : [])] };
  });
  return {
    ...written(random, 'matchLabels', Object.fromEntries(random.times(random.below(2), () => [random.pick(KEYS), random.pick(VALUES)]))),
    ...written(random, 'matchExpressions', expressions),
  };
}
