import type { Endpoint } from '../model/endpoint';
import type { MetadataAddress } from '../model/metadata-addresses';
import type { PeerTerm, Policy, Rule } from '../model/policy';
import type { Selector } from '../model/selector';
import type { Snapshot } from '../model/snapshot';
import { parseAddress } from '../util/ip';
import { compareText } from '../util/order';
import type { Subject } from './subjects';
import { renderYaml, type YamlValue } from './yaml';

/*
 * Policies that close a finding. Each template is written once, in the few shapes of NetworkPolicy that it needs, and read twice from that:
 * as the manifest for the user, and as the model's policy for the preview that proves it.
 */

/** A policy to add. */
export interface Proposal {
  readonly manifest: string;
  readonly policy: Policy;
  /** It allows every packet to every pod that has a network of its own, so that nothing between such pods is lost. */
  readonly sparesPods: boolean;
}

/** Which pods of a namespace a proposed policy selects. */
export interface Target {
  readonly namespace: string;
  /** None: all pods of the namespace. */
  readonly labels: readonly (readonly [key: string, value: string])[];
}

interface NetworkPolicyParts {
  readonly name: string;
  readonly target: Target;
  readonly direction: 'ingress' | 'egress';
  readonly rules: readonly RuleParts[];
}

/** No ports: every packet. */
interface RuleParts {
  readonly peers: readonly PeerParts[];
  readonly ports?: readonly { readonly protocol: 'TCP' | 'UDP'; readonly port: number }[];
}

type PeerParts =
  | { readonly kind: 'every-pod' }
  | { readonly kind: 'pods'; readonly namespace: string; readonly labels: readonly (readonly [key: string, value: string])[] }
  | { readonly kind: 'block'; readonly cidr: string; readonly except: readonly string[] };

/** Nothing may connect to the pods, until a policy allows it. */
export function denyIngress(snapshot: Snapshot, name: string, target: Target): Proposal {
  return proposal(snapshot, { name, target, direction: 'ingress', rules: [] });
}

/** The pods may resolve names and nothing else, until a policy allows it. */
export function denyEgressButDns(snapshot: Snapshot, name: string, target: Target): Proposal {
  return proposal(snapshot, { name, target, direction: 'egress', rules: [dnsRule(snapshot)] });
}

/** The pods may reach the cluster and the organisation's private networks as before, but of the internet only its web ports. */
export function webOnlyEgress(snapshot: Snapshot, name: string, target: Target): Proposal {
  const { organisationRanges, podRanges, nodeRanges, serviceRanges } = snapshot.facts;
  const inside = [...new Set([...PRIVATE_RANGES, ...organisationRanges, ...podRanges, ...nodeRanges, ...serviceRanges])];
  const rules: RuleParts[] = [
    { peers: [{ kind: 'every-pod' }, ...inside.map((cidr) => block(cidr))] },
    { peers: [block(`${NODE_LOCAL_DNS}/32`)], ports: DNS_PORTS },
    {
      peers: [block('0.0.0.0/0'), block('::/0')],
      ports: [
        { protocol: 'TCP', port: 80 },
        { protocol: 'TCP', port: 443 },
      ],
    },
  ];
  return proposal(snapshot, { name, target, direction: 'egress', rules });
}

/** The pods may reach everything but these addresses, of which DNS stays open where the platform serves it there. */
export function everythingButMetadata(snapshot: Snapshot, name: string, target: Target, rows: readonly MetadataAddress[]): Proposal {
  const blocked = [...new Set(rows.map(({ address }) => address))].sort(compareText).map(hostCidr);
  const resolvers = [...new Set(rows.filter(({ servesDns }) => servesDns).map(({ address }) => address))].sort(compareText);
  const except = (family: 4 | 6) => blocked.filter((cidr) => cidr.includes(':') === (family === 6));
  const rules: RuleParts[] = [{ peers: [{ kind: 'every-pod' }, block('0.0.0.0/0', except(4)), block('::/0', except(6))] }];
  if (resolvers.length > 0) rules.push({ peers: resolvers.map((address) => block(hostCidr(address))), ports: DNS_PORTS });
  return proposal(snapshot, { name, target, direction: 'egress', rules });
}

/**
 * A proposal for a subject that policy can select: for its whole namespace, or for the labels of its pods. Undefined where there is no such thing, and in
 * namespaces of the distribution, where a policy that nobody has thought through can stop the cluster.
 */
export function proposalFor(
  { endpoints }: Snapshot,
  { kind, own, workloads }: Subject,
  name: string,
  make: (name: string, target: Target) => Proposal,
): Proposal | undefined {
  const namespace = own.namespace.name;
  if (own.isSystem) return undefined;
  if (kind === 'namespace') return make(name, { namespace, labels: [] });
  const [workload] = workloads;
  if (kind === 'host-network' || !workload) return undefined;
  const labels = commonLabels(workload.endpoints.map((id) => endpoints[id]!));
  if (labels.length === 0) return undefined;
  return make(`${name}-${workload.ref.name}`.slice(0, LONGEST_NAME), { namespace, labels });
}

/** kubernetes.io/docs/concepts/overview/working-with-objects/names */
const LONGEST_NAME = 253;

/**
 * Labels by which a policy can select all these endpoints: what they have in common, without what a controller makes up for each of them.
 * None when they have nothing in common.
 */
export function commonLabels(endpoints: readonly Endpoint[]): readonly (readonly [key: string, value: string])[] {
  const first = endpoints[0]?.labels.values ?? {};
  return Object.entries(first)
    .filter(([key]) => !GENERATED_LABELS.has(key))
    .filter(([key, value]) => endpoints.every(({ labels }) => Object.hasOwn(labels.values, key) && labels.values[key] === value))
    .sort(([a], [b]) => compareText(a, b));
}

/** Labels that Kubernetes' own controllers set (kubernetes.io/docs/reference/labels-annotations-taints). */
const GENERATED_LABELS: ReadonlySet<string> = new Set([
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'controller-uid',
  'job-name',
  'batch.kubernetes.io/controller-uid',
  'batch.kubernetes.io/job-name',
  'batch.kubernetes.io/job-completion-index',
  'statefulset.kubernetes.io/pod-name',
  'apps.kubernetes.io/pod-index',
]);

/** Ranges that organisations use inside: RFC 1918, RFC 6598, RFC 4193. */
const PRIVATE_RANGES = ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];

/** kubernetes.io/docs/tasks/administer-cluster/nodelocaldns */
const NODE_LOCAL_DNS = '169.254.20.10';

const DNS_PORTS: NonNullable<RuleParts['ports']> = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

/** OpenShift's DNS pods listen on 5353 (github.com/openshift/cluster-dns-operator); everywhere else they are `k8s-app: kube-dns` in `kube-system`. */
function dnsRule({ namespaces }: Snapshot): RuleParts {
  if (!namespaces.some(({ name }) => name === 'openshift-dns')) {
    return {
      peers: [{ kind: 'pods', namespace: 'kube-system', labels: [['k8s-app', 'kube-dns']] }, block(`${NODE_LOCAL_DNS}/32`)],
      ports: DNS_PORTS,
    };
  }
  return {
    peers: [{ kind: 'pods', namespace: 'openshift-dns', labels: [['dns.operator.openshift.io/daemonset-dns', 'default']] }],
    ports: [
      { protocol: 'UDP', port: 5353 },
      { protocol: 'TCP', port: 5353 },
    ],
  };
}

function block(cidr: string, except: readonly string[] = []): PeerParts {
  return { kind: 'block', cidr, except };
}

function hostCidr(address: string): string {
  return `${address}/${parseAddress(address)?.family === 6 ? 128 : 32}`;
}

function proposal(snapshot: Snapshot, parts: NetworkPolicyParts): Proposal {
  const sparesPods = parts.rules.some(({ peers, ports }) => ports === undefined && peers.some(({ kind }) => kind === 'every-pod'));
  return { manifest: renderYaml(manifestOf(parts)), policy: policyOf(snapshot, parts), sparesPods };
}

function manifestOf({ name, target, direction, rules }: NetworkPolicyParts): YamlValue {
  const type = direction === 'ingress' ? 'Ingress' : 'Egress';
  const peerField = direction === 'ingress' ? 'from' : 'to';
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace: target.namespace, labels: { 'generated-by': 'leasttrust' } },
    spec: {
      podSelector: labelSelector(target.labels),
      policyTypes: [type],
      ...(rules.length > 0 && {
        [direction]: rules.map(({ peers, ports }) => ({
          [peerField]: peers.map(peerOf),
          ...(ports && { ports: ports.map((port) => ({ ...port })) }),
        })),
      }),
    },
  };
}

function peerOf(peer: PeerParts): YamlValue {
  switch (peer.kind) {
    case 'every-pod':
      return { namespaceSelector: {} };
    case 'pods':
      return { namespaceSelector: labelSelector([[NAMESPACE_NAME, peer.namespace]]), podSelector: labelSelector(peer.labels) };
    case 'block':
      return { ipBlock: { cidr: peer.cidr, ...(peer.except.length > 0 && { except: [...peer.except] }) } };
  }
}

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

function labelSelector(labels: readonly (readonly [string, string])[]): YamlValue {
  return labels.length === 0 ? {} : { matchLabels: Object.fromEntries(labels) };
}

/** The same policy in the model's terms, as every NetworkPolicy is lowered: tier `default`, order 1000, Allow rules only. */
function policyOf({ facts }: Snapshot, { name, target, direction, rules }: NetworkPolicyParts): Policy {
  const source = { file: 'proposed', document: 1, line: 1 };
  const term = (peer: PeerParts): PeerTerm => {
    const netsSeePods = facts.ipBlockMatchesPods;
    if (peer.kind === 'block') return { nets: [peer.cidr], ...(peer.except.length > 0 && { notNets: peer.except }), netsSeePods };
    if (peer.kind === 'every-pod') return { selector: POD_NETWORK, netsSeePods };
    return { selector: podsIn(peer.namespace, peer.labels), netsSeePods };
  };
  const lowered = rules.map(
    ({ peers, ports }): Rule => ({
      action: 'Allow',
      peer: peers.map(term),
      packets: ports ? ports.map(({ protocol, port }) => ({ protocol, ports: [[port, port]] })) : 'any',
      source,
    }),
  );
  return {
    ref: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: target.namespace, name, source },
    tier: 'default',
    order: 1000,
    tieBreak: `${name}/${target.namespace}/KubernetesNetworkPolicy`,
    appliesTo: podsIn(target.namespace, target.labels),
    hook: 'normal',
    staged: false,
    [direction]: lowered,
  };
}

const POD_NETWORK: Selector = { kind: 'network', network: 'pod' };

function podsIn(namespace: string, labels: readonly (readonly [string, string])[]): Selector {
  const tests = labels.map(
    ([key, value]): Selector => ({ kind: 'label', owner: 'endpoint', key, test: { operator: 'in', values: [value] } }),
  );
  return { kind: 'and', of: [{ kind: 'inNamespace', names: [namespace] }, POD_NETWORK, ...tests] };
}
