import { generateProfiles, profileList } from './generate-calico-profiles';
import {
  ACCOUNTS,
  APPS,
  accountSelector,
  generateRule,
  type Manifest,
  NAMESPACES,
  NETS,
  namespaceSelector,
  PORT_NAMES,
  present,
  SERVICES,
  selector,
  TIERS_OF_PODS,
} from './generate-calico-rules';
import { type Random, randomFrom, seedOf } from './random';

/*
 * Clusters of Calico as their manifests: pods, nodes and services, policies of all kinds in tiers, network sets, profiles, host endpoints and what configures
 * them. All of it is what Calico's API takes in the release that goes with it, so that nothing is left unread.
 */

/** A cluster, and what goes with it. */
export interface CalicoInput {
  readonly manifests: readonly Manifest[];
  readonly facts: ReadonlyMap<string, string>;
}

/** Whether there are host endpoints. */
export interface CalicoProfile {
  readonly hosts: boolean;
}

const V3 = 'projectcalico.org/v3';
const STORED = 'crd.projectcalico.org/v1';

interface Naming {
  readonly tiers: readonly string[];
  /** Before 3.32 names of policies begin with their tier. */
  readonly prefix: boolean;
}

/** Makes a cluster of at most a dozen pods on three nodes. */
export function generateCalicoManifests(random: Random, { hosts }: CalicoProfile): CalicoInput {
  const release = random.pick(['3.32', '3.32', '3.33', '3.30', '3.28']);
  const hasTiers = release !== '3.28';
  const tiers = hasTiers ? random.some(['sec', 'aa', 'zz'], 3) : [];
  const naming: Naming = { tiers: ['default', ...tiers], prefix: release === '3.30' };
  const nodes = random.times(random.between(1, 3), (index) => generateNode(random, index));
  const pods = random.times(random.between(4, 10), (index) => generatePod(random, index));
  const manifests = [
    ...NAMESPACES.flatMap((name) => (random.chance(0.85) ? [generateNamespace(random, name)] : [])),
    ...nodes,
    ...pods,
    ...ACCOUNTS.flatMap((name) => (random.chance(0.5) ? [generateAccount(random, name)] : [])),
    ...generateServices(random),
    ...random.times(random.between(0, 3), (index) => generateNetworkSet(random, index)),
    ...tiers.map((name) => generateTier(random, name)),
    ...random.times(random.between(1, 7), (index) => generatePolicy(random, index, naming, hosts)),
    ...random.times(random.between(0, 2), (index) => generateKubernetesPolicy(random, index)),
    ...(release === '3.32' || release === '3.33'
      ? random.times(random.between(0, 1), (index) => generateClusterPolicy(random, index))
      : []),
    ...random.times(random.between(0, 2), (index) => generatePool(random, index)),
    ...generateConfigurations(random),
    ...(hosts ? generateHosts(random, nodes.length) : []),
    ...generateProfiles(random, pods),
  ];
  return {
    manifests,
    facts: new Map([
      ['cni', 'calico'],
      ['calicoVersion', release],
      ...(random.chance(0.3) ? [['nodeRanges', '10.0.0.0/24'] as const] : []),
      ...(random.chance(0.3) ? [['podRanges', '10.244.0.0/16'] as const] : []),
    ]),
  };
}

function labelsOf(random: Random, choices: Readonly<Record<string, readonly string[]>>): Manifest {
  return Object.fromEntries(Object.entries(choices).flatMap(([key, values]) => (random.chance(0.7) ? [[key, random.pick(values)]] : [])));
}

function object(apiVersion: string, kind: string, metadata: Manifest, spec?: Manifest): Manifest {
  return present({ apiVersion, kind, metadata, spec });
}

function generateNamespace(random: Random, name: string): Manifest {
  return object('v1', 'Namespace', { name, labels: labelsOf(random, { zone: ['east', 'west'], team: ['t'] }) });
}

function generateNode(random: Random, index: number): Manifest {
  const addresses = [
    ...(random.chance(0.8) ? [{ type: 'InternalIP', address: `10.0.0.${index + 1}` }] : []),
    ...(random.chance(0.2) ? [{ type: 'InternalIP', address: `fd00::${index + 1}` }] : []),
    ...(random.chance(0.1) ? [{ type: 'ExternalIP', address: `203.0.113.${index + 1}` }] : []),
  ];
  // Choices of their own for what lies between nodes, which leave all others as they are.
  const between = randomFrom(seedOf(random.seed, index + 1));
  const annotations = {
    ...(random.chance(0.3) && { 'projectcalico.org/IPv4VXLANTunnelAddr': `10.244.${index}.0` }),
    ...(between.chance(0.2) && { 'projectcalico.org/IPv4IPIPTunnelAddr': `10.244.${index}.1` }),
    ...(between.chance(0.5) && { 'projectcalico.org/IPv4Address': `10.0.0.${index + 1}${between.pick(['', '/24', '/24', '/30', '/32'])}` }),
    ...(between.chance(0.2) && { 'projectcalico.org/IPv6Address': `fd00::${index + 1}/${between.pick([64, 127])}` }),
  };
  return {
    ...object('v1', 'Node', { name: `n${index + 1}`, labels: labelsOf(random, { app: APPS, role: ['node'] }), annotations }),
    status: { addresses },
  };
}

function generatePod(random: Random, index: number): Manifest {
  const ports = [
    { name: 'http', containerPort: 8080 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'metrics', containerPort: 9100 },
    { name: 'http', containerPort: 80 },
  ];
  const family4 = random.chance(0.85);
  const address = family4 ? `10.244.${1 + (index % 2)}.${index + 1}` : `fd00::1:${index + 1}`;
  const both = random.chance(0.15) && family4 ? [{ ip: address }, { ip: `fd00::1:${index + 1}` }] : [{ ip: address }];
  const isHost = random.chance(0.15);
  return present({
    ...object(
      'v1',
      'Pod',
      {
        name: `p${index}`,
        namespace: random.pick(NAMESPACES),
        labels: labelsOf(random, { app: APPS, tier: TIERS_OF_PODS, 'pcns.zone': ['east'] }),
      },
      present({
        hostNetwork: isHost || undefined,
        nodeName: random.chance(0.85) ? `n${random.between(1, 3)}` : undefined,
        serviceAccountName: random.pick(ACCOUNTS),
        containers: [{ name: 'main', image: 'main:1', ports: random.some(ports, 3) }],
      }),
    ),
    status: !isHost && random.chance(0.8) ? { podIPs: both } : undefined,
  });
}

function generateAccount(random: Random, name: string): Manifest {
  return object('v1', 'ServiceAccount', {
    name,
    namespace: random.pick(NAMESPACES),
    labels: labelsOf(random, { role: ['admin', 'plain'] }),
  });
}

/** Services that select pods, with slices or without, and one whose slices are all there is of it. */
function generateServices(random: Random): readonly Manifest[] {
  const [web, dns, manual] = SERVICES;
  const namespace = () => random.pick(NAMESPACES);
  const slice = (service: string, place: string): Manifest => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${service}-1`, namespace: place, labels: { 'kubernetes.io/service-name': service } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [random.pick(['10.244.1.1', '10.244.2.2', '10.0.0.1', '198.51.100.7'])] }],
    ports: [random.pick([{ port: 8080, protocol: 'TCP' }, { port: 53, protocol: 'UDP' }, { port: 80 }])],
  });
  const service = (name: string, place: string, ports: readonly Manifest[]): Manifest =>
    object('v1', 'Service', { name, namespace: place }, { selector: { app: random.pick(APPS) }, ports });
  const [webPlace, manualPlace] = [namespace(), namespace()];
  return [
    service(web, webPlace, [{ name: 'a', port: 80, targetPort: random.pick(['http', 8080]) }]),
    ...(random.chance(0.4) ? [slice(web, webPlace)] : []),
    ...(random.chance(0.5) ? [service(dns, namespace(), [{ port: 53, protocol: 'UDP' }])] : []),
    ...(random.chance(0.5) ? [slice(manual, manualPlace)] : []),
  ];
}

function generateNetworkSet(random: Random, index: number): Manifest {
  const labels = labelsOf(random, { app: APPS, role: ['set'], zone: ['east'] });
  const nets = [random.pick(NETS[4]), random.pick([...NETS[4], ...NETS[6], '10.244.2.2'])];
  if (random.chance(0.5)) return object(V3, 'NetworkSet', { name: `s${index}`, namespace: random.pick(NAMESPACES), labels }, { nets });
  // As Calico stores it, the labels are in an annotation.
  const annotations = { 'projectcalico.org/metadata': JSON.stringify({ name: `s${index}`, labels }) };
  return random.chance(0.5)
    ? object(V3, 'GlobalNetworkSet', { name: `s${index}`, labels }, { nets })
    : object(STORED, 'GlobalNetworkSet', { name: `s${index}`, annotations }, { nets });
}

function generateTier(random: Random, name: string): Manifest {
  const order = random.chance(0.7) ? random.pick([1, 100, 1_000_000, 2_000_000]) : undefined;
  return object(V3, 'Tier', { name }, present({ order, defaultAction: random.pick([undefined, 'Deny', 'Pass', 'Pass']) }));
}

const ORDERS = [undefined, undefined, -1, 10, 10, 999, 1000, 1001.5];

function generatePolicy(random: Random, index: number, { tiers, prefix }: Naming, hosts: boolean): Manifest {
  const isGlobal = random.chance(hosts ? 0.75 : 0.5);
  const staged = random.chance(0.06) ? 'Staged' : '';
  const tier = random.pick(tiers);
  const name = `${prefix && tier !== 'default' ? `${tier}.` : ''}q${index}`;
  const hook = isGlobal
    ? random.pick(hosts ? ['normal', 'normal', 'forward', 'forward', 'preDNAT', 'untracked'] : ['normal', 'forward'])
    : 'normal';
  const isOfHosts = hook === 'forward' || hook === 'preDNAT' || hook === 'untracked';
  const both = ['Ingress', 'Egress'];
  // What is not tracked needs rules for both ways to let anything pass.
  const isAnswered = hook === 'untracked' && random.chance(0.6);
  const types = hook === 'preDNAT' ? ['Ingress'] : isAnswered ? both : random.pick([['Ingress'], ['Egress'], both]);
  const rules = (direction: 'ingress' | 'egress', type: string) =>
    types.includes(type) ? random.times(random.between(0, 3), () => generateRule(random, { direction, isGlobal })) : undefined;
  const spec = present({
    tier: tier === 'default' && random.chance(0.5) ? undefined : tier,
    order: random.pick(ORDERS),
    selector: random.chance(0.8) ? (isOfHosts ? random.pick(['all()', "role == 'node'", selector(random)]) : selector(random)) : undefined,
    namespaceSelector: isGlobal && random.chance(isOfHosts ? 0.1 : 0.25) ? namespaceSelector(random) : undefined,
    serviceAccountSelector: random.chance(0.1) ? accountSelector(random) : undefined,
    types,
    ingress: rules('ingress', 'Ingress'),
    egress: rules('egress', 'Egress'),
    applyOnForward: hook === 'normal' ? undefined : true,
    preDNAT: hook === 'preDNAT' || undefined,
    doNotTrack: hook === 'untracked' || undefined,
    stagedAction: staged === '' ? undefined : random.pick(['Set', 'Learn']),
  });
  const kind = `${staged}${isGlobal ? 'Global' : ''}NetworkPolicy`;
  return object(V3, kind, isGlobal ? { name } : { name, namespace: random.pick(NAMESPACES) }, spec);
}

function generateKubernetesPolicy(random: Random, index: number): Manifest {
  const matchLabels = (probability: number) => (random.chance(probability) ? { matchLabels: { app: random.pick(APPS) } } : {});
  const peer = () =>
    random.pick<Manifest>([
      { podSelector: matchLabels(0.7) },
      { namespaceSelector: { matchLabels: { zone: 'east' } } },
      { namespaceSelector: {}, podSelector: matchLabels(1) },
      { ipBlock: { cidr: '10.244.0.0/16', except: ['10.244.1.0/24'] } },
    ]);
  const port = () =>
    random.pick<Manifest>([
      { port: 80 },
      { port: random.pick(PORT_NAMES), protocol: 'TCP' },
      { port: 80, endPort: 8080 },
      { protocol: 'UDP' },
    ]);
  const rule = (peers: 'from' | 'to') => () =>
    present({ [peers]: random.chance(0.8) ? [peer()] : undefined, ports: random.chance(0.6) ? [port()] : undefined });
  const policyTypes = random.pick([['Ingress'], ['Egress'], ['Ingress', 'Egress']]);
  return object(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    { name: `k${index}`, namespace: random.pick(NAMESPACES) },
    {
      podSelector: matchLabels(0.6),
      policyTypes,
      ...(policyTypes.includes('Ingress') && { ingress: random.times(random.between(0, 2), rule('from')) }),
      ...(policyTypes.includes('Egress') && { egress: random.times(random.between(0, 2), rule('to')) }),
    },
  );
}

function generateClusterPolicy(random: Random, index: number): Manifest {
  const namespaces = () =>
    random.pick<Manifest>([
      {},
      { matchLabels: { zone: 'east' } },
      { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] },
      { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['west'] }] },
    ]);
  const peer = () => random.pick<Manifest>([{ namespaces: namespaces() }, { pods: { namespaceSelector: namespaces(), podSelector: {} } }]);
  const rules = (peers: 'from' | 'to') =>
    random.times(random.between(1, 2), () => ({ action: random.pick(['Accept', 'Deny', 'Pass']), [peers]: [peer()] }));
  return object(
    'policy.networking.k8s.io/v1alpha2',
    'ClusterNetworkPolicy',
    { name: `c${index}` },
    {
      tier: random.pick(['Admin', 'Baseline']),
      priority: random.pick([1, 10]),
      subject: { namespaces: namespaces() },
      ingress: rules('from'),
      ...(random.chance(0.5) && { egress: rules('to') }),
    },
  );
}

function generatePool(random: Random, index: number): Manifest {
  const mode = random.pick<Manifest>([
    {},
    { vxlanMode: 'Always' },
    { vxlanMode: 'CrossSubnet' },
    { ipipMode: 'Always' },
    { ipipMode: 'CrossSubnet' },
  ]);
  const cidr = ['10.244.0.0/17', 'fd00::1:0/112'][index]!;
  return object(
    V3,
    'IPPool',
    { name: `pool${index}` },
    { cidr, ...(index === 0 && mode), natOutgoing: random.chance(0.6), disabled: random.chance(0.1) },
  );
}

function failsafes(random: Random): readonly Manifest[] {
  return random.some<Manifest>(
    [
      { port: 22 },
      { protocol: 'udp', port: 53, net: '10.0.0.0/24' },
      { protocol: 'TCP', port: 80, net: '198.51.100.0/24' },
      { port: 9100 },
    ],
    3,
  );
}

function generateConfigurations(random: Random): readonly Manifest[] {
  const felix = (name: string, spec: Manifest) => object(V3, 'FelixConfiguration', { name }, spec);
  return [
    ...(random.chance(0.6)
      ? [
          felix(
            'default',
            present({
              defaultEndpointToHostAction: random.pick([undefined, 'Accept', 'Drop', 'Return']),
              failsafeInboundHostPorts: random.chance(0.5) ? failsafes(random) : undefined,
              failsafeOutboundHostPorts: random.chance(0.5) ? failsafes(random) : undefined,
              natOutgoingExclusions: random.pick([undefined, undefined, 'IPPoolsOnly', 'IPPoolsAndHostIPs']),
              ...tunnelSettings(random),
            }),
          ),
        ]
      : []),
    ...(random.chance(0.3) ? [felix('node.n1', { failsafeInboundHostPorts: failsafes(random) })] : []),
  ];
}

/** What nodes do with packets that carry others; ports are such as rules have. */
function tunnelSettings(random: Random): Manifest {
  const sometimes = <T>(value: T): T | undefined => (random.chance(0.2) ? value : undefined);
  return {
    allowVXLANPacketsFromWorkloads: sometimes(random.chance(0.8)),
    allowIPIPPacketsFromWorkloads: sometimes(random.chance(0.8)),
    vxlanPort: sometimes(random.pick([53, 8080])),
    ipipEnabled: sometimes(random.chance(0.5)),
    vxlanEnabled: sometimes(random.chance(0.5)),
    wireguardEnabled: sometimes(true),
    wireguardEnabledV6: sometimes(true),
    wireguardListeningPort: sometimes(53),
    externalNodesList: sometimes(['198.51.100.0/24', 'fd00::1:0/112']),
  };
}

/** On each node some of its interfaces, or none; or those that Calico makes itself. */
function generateHosts(random: Random, nodes: number): readonly Manifest[] {
  if (random.chance(0.15)) {
    const hostEndpoint = { autoCreate: 'Enabled' };
    return [object(V3, 'KubeControllersConfiguration', { name: 'default' }, { controllers: { node: { hostEndpoint } } })];
  }
  const profile = object(
    V3,
    'Profile',
    { name: 'mine' },
    {
      labelsToApply: { role: 'node' },
      ...(random.chance(0.5) && { ingress: [{ action: 'Allow' }], egress: [{ action: 'Allow' }] }),
    },
  );
  const hosts = Array.from({ length: nodes }, (_, index) =>
    random.some(['eth0', '*', 'lo', 'vxlan.calico', 'eth1', ''], 3).map((interfaceName) => generateHost(random, index, interfaceName)),
  );
  return [profile, ...hosts.flat()];
}

function generateHost(random: Random, index: number, interfaceName: string): Manifest {
  const name = `n${index + 1}-${random.pick(['a', 'b'])}-${interfaceName === '*' ? 'all' : interfaceName.replace('.', '-') || 'ip'}`;
  const expectedIPs =
    interfaceName === '' || random.chance(0.6)
      ? [`10.0.0.${index + 1}`, ...(random.chance(0.2) ? [`10.0.0.${index + 50}`] : [])]
      : undefined;
  return object(
    V3,
    'HostEndpoint',
    { name, labels: labelsOf(random, { app: APPS, role: ['node'] }) },
    present({
      node: `n${index + 1}`,
      interfaceName: interfaceName === '' ? undefined : interfaceName,
      expectedIPs,
      profiles: random.pick([undefined, [], ['projectcalico-default-allow'], ['mine'], profileList(random), profileList(random)]),
      ports: random.chance(0.3) ? [{ name: random.pick(PORT_NAMES), protocol: 'TCP', port: random.pick([80, 9100]) }] : undefined,
    }),
  );
}
