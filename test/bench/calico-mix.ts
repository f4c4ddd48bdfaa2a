import type { HostEndpoint, NodeNetwork } from '../../src/model/host-endpoint';
import type { PacketExpression, PeerTerm, Policy, Rule, Tier } from '../../src/model/policy';
import type { Selector } from '../../src/model/selector';
import type { Random } from '../support/random';

/*
 * What clusters of Calico have beside Kubernetes' own policies: one policy in ten is over the whole cluster, in three tiers, and sends on with Pass what the
 * next tier is to decide; and host endpoints on every node, of all of its interfaces (as Calico makes them by itself) or of one.
 */

export const CALICO_TIERS: readonly Tier[] = [
  { name: 'security', order: 50, defaultAction: 'Deny' },
  { name: 'platform', order: 100, defaultAction: 'Pass' },
  { name: 'default', order: 1_000_000, defaultAction: 'Deny' },
];

const TIERS_OF_PODS = ['frontend', 'backend', 'data'] as const;
const PODS: Selector = { kind: 'network', network: 'pod' };

function label(key: string, ...values: readonly string[]): Selector {
  return { kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values } };
}

function tcp(...ports: readonly number[]): PacketExpression {
  return [{ protocol: 'TCP', ports: ports.map((port) => [port, port] as const) }];
}

type Rules = readonly Omit<Rule, 'source'>[];

/** A policy over the whole cluster: denials first, and the rest is sent on. */
export function calicoPolicy(
  random: Random,
  index: number,
): Pick<Policy, 'tier' | 'order' | 'appliesTo'> & { ingress?: Rules; egress?: Rules } {
  const appliesTo: Selector = { kind: 'and', of: [PODS, label('tier', random.pick(TIERS_OF_PODS)), label('version', `v${index % 30}`)] };
  const order = index % 97;
  const team: PeerTerm = {
    selector: { kind: 'and', of: [PODS, label('app', `app-${random.below(22)}`)] },
    notSelector: label('version', `v${random.below(30)}`),
    netsSeePods: 'no',
  };
  const others: PeerTerm = { notSelector: label('tier', random.pick(TIERS_OF_PODS)), netsSeePods: 'no' };
  const partner: PeerTerm = { nets: ['203.0.113.0/24', '198.51.100.0/25'], netsSeePods: 'yes' };
  const pass = { action: 'Pass', peer: 'any', packets: 'any' } as const;
  switch (random.below(3)) {
    case 0:
      return { tier: 'security', order, appliesTo, ingress: [{ action: 'Deny', peer: [others], packets: tcp(22, 3389) }, pass] };
    case 1:
      return {
        tier: 'security',
        order,
        appliesTo,
        egress: [{ action: 'Deny', peer: [{ nets: ['169.254.169.254/32'], netsSeePods: 'yes' }], packets: 'any' }, pass],
      };
    default:
      return {
        tier: 'platform',
        order,
        appliesTo,
        ingress: [
          { action: 'Allow', peer: [team], packets: tcp(9090) },
          { action: 'Deny', peer: [partner], packets: tcp(5432, 6379) },
        ],
        egress: [{ action: 'Deny', peer: [partner], packets: tcp(25) }],
      };
  }
}

/** Policies at host endpoints: some for the nodes' own traffic, some for what they pass on, one before translation of addresses. */
export const HOST_POLICIES: readonly (Pick<Policy, 'tier' | 'order' | 'appliesToHosts' | 'hook' | 'forward'> & {
  ingress?: Rules;
  egress?: Rules;
})[] = [
  {
    ...atWorkers(10),
    ingress: [
      { action: 'Allow', peer: [{ nets: ['172.16.0.0/12'], netsSeePods: 'yes' }], packets: tcp(10_250, 9100) },
      { action: 'Deny', peer: [{ nets: ['0.0.0.0/0'], notNets: ['10.0.0.0/8', '172.16.0.0/12'], netsSeePods: 'yes' }], packets: 'any' },
    ],
  },
  {
    ...atWorkers(11),
    ingress: [{ action: 'Allow', peer: [{ selector: label('tier', 'frontend'), netsSeePods: 'no' }], packets: tcp(4194) }],
  },
  { ...atWorkers(12), egress: [{ action: 'Deny', peer: [{ nets: ['192.0.2.0/24'], netsSeePods: 'yes' }], packets: 'any' }] },
  {
    ...atWorkers(20),
    forward: true,
    ingress: [
      { action: 'Deny', peer: [{ nets: ['198.51.100.128/25'], netsSeePods: 'yes' }], packets: 'any' },
      { action: 'Allow', peer: 'any', packets: 'any' },
    ],
  },
  {
    ...atWorkers(21),
    forward: true,
    egress: [
      {
        action: 'Deny',
        subject: [{ selector: label('tier', 'frontend'), netsSeePods: 'no' }],
        peer: [{ selector: label('tier', 'data'), netsSeePods: 'no' }],
        packets: tcp(5432),
      },
      { action: 'Allow', peer: 'any', packets: 'any' },
    ],
  },
  {
    ...atWorkers(1),
    hook: 'preDNAT',
    ingress: [{ action: 'Deny', peer: [{ nets: ['192.0.2.128/25'], netsSeePods: 'yes' }], packets: 'any' }],
  },
];

function atWorkers(order: number) {
  return { tier: 'security', order, appliesToHosts: label('role', 'worker'), hook: 'normal' } as const;
}

/** A host endpoint for each node. */
export function hostEndpointsOf(nodes: number, interfaceName: '*' | 'eth0'): readonly HostEndpoint[] {
  return Array.from({ length: nodes }, (_, node) => ({
    ref: {
      apiVersion: 'projectcalico.org/v3',
      kind: 'HostEndpoint',
      name: `node-${node}-hep`,
      source: { file: 'hosts.yaml', document: node + 1, line: 1 },
    },
    node: `node-${node}`,
    interfaceName,
    addresses: [`172.16.${node >> 8}.${node & 255}`],
    labels: { values: { role: 'worker', 'kubernetes.io/hostname': `node-${node}` }, unknownKeys: [], complete: true },
    ports: [],
    profileAction: 'Allow',
  }));
}

/** One pool, and some of the failsafe ports that Calico has by default (felix/config/config_params.go). */
export const BENCH_NODE_NETWORK: NodeNetwork = {
  failsafeInbound: [22, 179, 2379, 2380, 5473, 6443, 6666, 6667].map((port) => ({ protocol: 'TCP', port: [port, port] })),
  failsafeOutbound: [179, 2379, 2380, 5473, 6443, 6666, 6667].map((port) => ({ protocol: 'TCP', port: [port, port] })),
  pools: [{ net: '10.0.0.0/8', encapsulation: 'always', natOutgoing: true }],
};
