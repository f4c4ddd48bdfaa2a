import type { HostPort } from '../../src/model/endpoint';
import type { Entry } from '../../src/model/entry';
import type { Facts } from '../../src/model/facts';
import type { NodeLink } from '../../src/model/host-endpoint';
import type { Service } from '../../src/model/service';
import type { Snapshot } from '../../src/model/snapshot';
import { allow, block, type ClusterBuilder, cluster, deny, labels, log, pass, pods, type RuleParts, to } from './cluster';
import { ingress, service, withDoors } from './door-cluster';
import type { Random } from './random';

/*
 * Random clusters with doors. `known`: nodes have addresses, pods have nodes, and nothing is left open. `open`: pods without nodes, nodes without
 * addresses, templates, labels that nobody knows, pools that may encapsulate, facts that nobody gave.
 */
export type Openness = 'known' | 'open';

const NETS = ['203.0.113.0/24', '203.0.113.128/25', '198.51.100.0/24', '192.0.2.0/24', '192.0.2.11/32', '10.0.0.0/8', '0.0.0.0/0'];
const PORTS = [80, 8080, 8443, 30080, 30081, 443];
const APPS = ['a', 'b', 'c', 'edge'];

export function generateDoorCluster(random: Random, openness: Openness): Snapshot {
  const isKnown = openness === 'known';
  const builder = cluster(generateFacts(random, isKnown));
  const nodes = random.times(random.between(1, 4), (index) => `n${index + 1}`);
  for (const [index, name] of nodes.entries())
    builder.node(name, isKnown || random.chance(0.7) ? { addresses: [`192.0.2.${index + 11}`] } : { addressRanges: ['192.0.2.0/24'] });
  const count = random.between(2, 5);
  const hostPorts: Record<string, readonly HostPort[]> = {};
  for (let index = 0; index < count; index++) {
    const app = random.pick(APPS);
    const node = isKnown || random.chance(0.6) ? random.pick(nodes) : undefined;
    const isHost = random.chance(0.2);
    const address = isHost ? `192.0.2.${nodes.indexOf(node ?? '') + 11}` : `10.0.${index}.5`;
    const options = {
      network: isHost ? ('host' as const) : ('pod' as const),
      ...(node !== undefined && { node }),
      addresses: node === undefined && isHost ? [] : [address],
      ports: [['http', 'TCP', 8080] as const],
    };
    const id = `${random.pick(['shop', 'web'])}/p${index}`;
    // Pods of `edge` may be those of a controller.
    const own = { app, ...(app === 'edge' && random.chance(0.7) && { 'app.kubernetes.io/name': 'traefik' }) };
    if (!isKnown && random.chance(0.3))
      builder.template(id, own, { ...options, addresses: [], unknownKeys: random.chance(0.3) ? ['tier'] : [] });
    else builder.pod(id, own, options);
    if (!isHost && random.chance(0.3)) hostPorts[id] = [{ protocol: 'TCP', hostPort: 8443, containerPort: 8080 }];
  }
  addHosts(random, builder, nodes, isKnown);
  addPolicies(random, builder);
  const services = random.times(random.between(1, 4), (index) => generateService(random, index, isKnown));
  const entries = random.chance(0.6) ? [generateEntry(random, services)] : [];
  return withDoors(builder.snapshot(), { services, entries, hostPorts });
}

function generateFacts(random: Random, isKnown: boolean): Partial<Facts> {
  return {
    nodesReachableFrom: random.pick(isKnown ? ['internet', 'internet', 'organisation', 'nobody'] : ['internet', 'organisation', 'unknown']),
    serviceProxy: random.pick(isKnown ? ['kube-proxy', 'kube-proxy', 'ebpf'] : ['kube-proxy', 'ebpf', 'unknown']),
    organisationRanges: isKnown || random.chance(0.5) ? ['198.51.100.0/24', '10.64.0.0/10'] : [],
    nodeRanges: ['192.0.2.0/24'],
  };
}

function addHosts(random: Random, builder: ClusterBuilder, nodes: readonly string[], isKnown: boolean): void {
  const encapsulation = isKnown ? 'never' : random.pick(['never', 'always', 'acrossSubnets'] as const);
  if (isKnown || random.chance(0.7)) builder.network({ pools: [{ net: '10.0.0.0/8', encapsulation, natOutgoing: random.chance(0.5) }] });
  if (!isKnown) builder.network({ links: nodes.map((node) => generateLink(random, node)) });
  builder.network({ failsafeInbound: random.chance(0.3) ? [{ protocol: 'TCP', port: [8080, 8080], net: '198.51.100.0/24' }] : [] });
  if (random.chance(0.4)) return;
  for (const node of nodes) {
    const profileAction = random.pick(['Allow', 'Deny'] as const);
    const of = { labels: { host: random.pick(['x', 'y']) }, profileAction };
    if (random.chance(0.6)) builder.host(`${node}/${node}-eth0`, { interfaceName: 'eth0', ...of });
    if (random.chance(0.4)) builder.host(`${node}/${node}-all`, { interfaceName: '*', ...of });
  }
}

function addPolicies(random: Random, builder: ClusterBuilder): void {
  builder.tier('early', 1, random.pick(['Pass', 'Deny']));
  for (let index = 0; index < random.between(0, 4); index++) {
    const tier = random.pick(['default', 'default', 'early']);
    builder.policy(`${random.pick(['shop', 'web'])}/pods${index}`, {
      tier,
      order: index,
      appliesTo: labels({ app: random.pick(APPS) }),
      ingress: rules(random),
    });
  }
  for (let index = 0; index < random.between(0, 4); index++) {
    const hook = random.pick(['normal', 'preDNAT', 'preDNAT', 'untracked'] as const);
    builder.policy(`hosts${index}`, {
      tier: random.pick(['default', 'early']),
      order: index,
      appliesTo: { kind: 'none' },
      appliesToHosts: labels({ host: random.pick(['x', 'y']) }),
      hook,
      ...(hook === 'normal' && random.chance(0.7) && { forward: true as const }),
      ingress: rules(random),
      ...(hook === 'normal' && random.chance(0.4) && { egress: rules(random) }),
    });
  }
}

function rules(random: Random): readonly RuleParts[] {
  return random.times(random.between(0, 3), () => {
    const action = random.pick([allow, allow, allow, deny, deny, pass, log]);
    const peer = random.chance(0.2)
      ? ('any' as const)
      : random.chance(0.15)
        ? [pods({ app: random.pick(APPS) })]
        : [block(random.pick(NETS), random.chance(0.3) ? [random.pick(NETS)] : [])];
    return action(peer, random.chance(0.5) ? 'any' : to('TCP', ...random.some(PORTS, 3), random.pick(PORTS)));
  });
}

function generateService(random: Random, index: number, isKnown: boolean): Service {
  const kind = random.pick(['NodePort', 'LoadBalancer', 'LoadBalancer', 'external', 'ClusterIP'] as const);
  const nodePort = isKnown || random.chance(0.7) ? 30080 + index : undefined;
  const ports = [['http', random.pick([80, 443]), random.pick([8080, 'http']), ...(nodePort === undefined ? [] : [nodePort])]] as const;
  const options = {
    selector: { app: random.pick(APPS), ...(!isKnown && random.chance(0.2) && { tier: 'x' }) },
    externalTrafficPolicy: random.pick(['Cluster', 'Cluster', 'Local'] as const),
    ports: ports as unknown as readonly (readonly [string, number, number | string, number?])[],
  };
  const id = `${random.pick(['shop', 'web'])}/s${index}`;
  switch (kind) {
    case 'LoadBalancer':
      return service(id, {
        ...options,
        loadBalancer: {
          addresses: isKnown || random.chance(0.5) ? ['198.51.100.220'] : [],
          scope: random.pick(['internet', 'unknown', 'internal'] as const),
          ...(random.chance(0.5) && { sourceRanges: random.some(NETS.slice(0, 3), 2) }),
        },
      });
    case 'external':
      return service(id, { ...options, externalAddresses: [random.pick(['198.51.100.200', '10.64.0.9'])] });
    default:
      return service(id, { ...options, type: kind });
  }
}

function generateEntry(random: Random, services: readonly Service[]): Entry {
  const { ref, ports } = random.pick(services);
  return ingress('shop/entry', [`${ref.namespace}/${ref.name}:${ports[0]!.port}`], {
    scope: random.pick(['internet', 'internal', 'unknown'] as const),
    ...(random.chance(0.3) && { sourceRanges: [random.pick(NETS)] }),
    ...(random.chance(0.3) && { hostnames: ['shop.example.org'] }),
  });
}

/** A node in one of two subnets, or nobody knows, with a tunnel that policies may tell from its own address. */
function generateLink(random: Random, node: string): NodeLink {
  return {
    node,
    subnets: random.pick([[], ['192.0.2.0/24'], ['192.0.2.0/24'], ['198.51.100.0/24']]),
    tunnels: random.pick([[], ['10.0.0.1'], [`10.0.${random.below(5)}.0`]]),
  };
}
