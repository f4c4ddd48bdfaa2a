import { BlockList, isIPv6 } from 'node:net';

/*
 * NetworkPolicy once more, straight from its documentation
 * (kubernetes.io/docs/concepts/services-networking/network-policies and the field texts of networking.k8s.io/v1), on the objects as they are
 * written. It knows nothing of the project's model, reads addresses with Node's own BlockList, and has no order, no tiers and no third truth:
 * it is for bundles that leave nothing open. What looks repeated here is repeated on purpose.
 */

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | null;
  readonly matchExpressions?:
    | readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] | null }[]
    | null;
}

export interface PolicyPeer {
  readonly podSelector?: LabelSelector | null;
  readonly namespaceSelector?: LabelSelector | null;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] | null } | null;
}

export interface PolicyPort {
  readonly protocol?: string | null;
  readonly port?: number | string | null;
  readonly endPort?: number | null;
}

export interface PolicyRule {
  readonly from?: readonly PolicyPeer[] | null;
  readonly to?: readonly PolicyPeer[] | null;
  readonly ports?: readonly PolicyPort[] | null;
}

export interface NetworkPolicyObject {
  readonly apiVersion: 'networking.k8s.io/v1';
  readonly kind: 'NetworkPolicy';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: {
    readonly podSelector?: LabelSelector | null;
    readonly policyTypes?: readonly string[] | null;
    readonly ingress?: readonly PolicyRule[] | null;
    readonly egress?: readonly PolicyRule[] | null;
  };
}

export interface PodObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly nodeName: string;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
    }[];
  };
  readonly status: { readonly phase: string; readonly podIPs: readonly { readonly ip: string }[] };
}

export interface NamespaceObject {
  readonly apiVersion: 'v1';
  readonly kind: 'Namespace';
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

export interface Bundle {
  readonly namespaces: readonly NamespaceObject[];
  readonly pods: readonly PodObject[];
  readonly policies: readonly NetworkPolicyObject[];
}

/** A pod of the bundle, or an address outside the cluster. */
export type OracleEnd = PodObject | string;

export interface OracleFlow {
  readonly from: OracleEnd;
  readonly to: OracleEnd;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly port: number;
}

/** May the connection be opened? `ipBlockMatchesPods` is the plugin's choice that the documentation leaves open. */
export function oracleAllows(bundle: Bundle, flow: OracleFlow, ipBlockMatchesPods: boolean): boolean {
  const { from, to } = flow;
  // "A Pod cannot block access to itself."
  if (from === to) return true;
  // "Traffic to and from the node where a Pod is running is always allowed", and a hostNetwork pod is its node.
  if (typeof from !== 'string' && typeof to !== 'string' && from.spec.nodeName === to.spec.nodeName) {
    if ((from.spec.hostNetwork ?? false) !== (to.spec.hostNetwork ?? false)) return true;
  }
  const families = [false, true].filter((v6) => addressesOf(from, v6).length > 0 && addressesOf(to, v6).length > 0);
  if (families.length === 0) throw new Error('the two ends have no address family in common');
  return families.some((v6) => {
    const question = { bundle, flow, v6, ipBlockMatchesPods };
    return directionAllows(question, 'Egress', from, to) && directionAllows(question, 'Ingress', to, from);
  });
}

interface Question {
  readonly bundle: Bundle;
  readonly flow: OracleFlow;
  readonly v6: boolean;
  readonly ipBlockMatchesPods: boolean;
}

function directionAllows(question: Question, type: 'Ingress' | 'Egress', subject: OracleEnd, peer: OracleEnd): boolean {
  if (typeof subject === 'string' || subject.spec.hostNetwork) return true;
  const isolating = question.bundle.policies.filter(
    (policy) =>
      namespaceOf(policy) === namespaceOf(subject) &&
      typesOf(policy).includes(type) &&
      selects(policy.spec.podSelector ?? {}, subject.metadata.labels ?? {}),
  );
  if (isolating.length === 0) return true;
  return isolating.some((policy) => {
    const rules = (type === 'Ingress' ? policy.spec.ingress : policy.spec.egress) ?? [];
    return rules.some((rule) => {
      const peers = (type === 'Ingress' ? rule.from : rule.to) ?? [];
      const ports = rule.ports ?? [];
      const peerFits = peers.length === 0 || peers.some((entry) => peerMatches(question, policy, entry, peer));
      return peerFits && (ports.length === 0 || ports.some((entry) => portMatches(question.flow, entry)));
    });
  });
}

/** "If this field is not specified, it will default based on the existence of ingress or egress rules." */
function typesOf({ spec }: NetworkPolicyObject): readonly string[] {
  if (spec.policyTypes && spec.policyTypes.length > 0) return spec.policyTypes;
  return spec.egress && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function peerMatches(
  { bundle, v6, ipBlockMatchesPods }: Question,
  policy: NetworkPolicyObject,
  entry: PolicyPeer,
  peer: OracleEnd,
): boolean {
  if (entry.ipBlock) {
    if (typeof peer !== 'string' && !peer.spec.hostNetwork && !ipBlockMatchesPods) return false;
    const [address] = addressesOf(peer, v6);
    const { cidr, except } = entry.ipBlock;
    return address !== undefined && isInside(address, cidr) && !(except ?? []).some((other) => isInside(address, other));
  }
  if (!entry.podSelector && !entry.namespaceSelector) return false;
  if (typeof peer === 'string' || peer.spec.hostNetwork) return false;
  if (entry.podSelector && !selects(entry.podSelector, peer.metadata.labels ?? {})) return false;
  if (!entry.namespaceSelector) return namespaceOf(peer) === namespaceOf(policy);
  const home = bundle.namespaces.find(({ metadata }) => metadata.name === namespaceOf(peer))!;
  return selects(entry.namespaceSelector, { ...home.metadata.labels, 'kubernetes.io/metadata.name': home.metadata.name });
}

function portMatches({ to, protocol, port }: OracleFlow, entry: PolicyPort): boolean {
  if ((entry.protocol ?? 'TCP') !== protocol) return false;
  if (entry.port === undefined || entry.port === null) return true;
  if (typeof entry.port === 'number') return entry.port <= port && port <= (entry.endPort ?? entry.port);
  if (typeof to === 'string') return false;
  const declared = to.spec.containers.flatMap(({ ports = [] }) => ports);
  return declared.some((own) => own.name === entry.port && (own.protocol ?? 'TCP') === protocol && own.containerPort === port);
}

function selects({ matchLabels, matchExpressions }: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return (
    wanted &&
    (matchExpressions ?? []).every(({ key, operator, values }) => {
      const value = labels[key];
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const listed = value !== undefined && values!.includes(value);
      return operator === 'In' ? listed : !listed;
    })
  );
}

function namespaceOf({ metadata }: PodObject | NetworkPolicyObject): string {
  return metadata.namespace ?? 'default';
}

function addressesOf(end: OracleEnd, v6: boolean): readonly string[] {
  const addresses = typeof end === 'string' ? [end] : end.status.podIPs.map(({ ip }) => ip);
  return addresses.filter((address) => isIPv6(address) === v6);
}

function isInside(address: string, cidr: string): boolean {
  const [network, length] = cidr.split('/') as [string, string];
  if (isIPv6(network) !== isIPv6(address)) return false;
  const kind = isIPv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(length), kind);
  return list.check(address, kind);
}
