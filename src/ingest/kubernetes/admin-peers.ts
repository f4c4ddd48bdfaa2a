import type { Condition, Direction, PeerTerm } from '../../model/policy';
import type { Selector } from '../../model/selector';
import { assertNever } from '../../util/invariant';
import { formatCidr } from '../../util/ip';
import type { NamespaceNets } from '../calico/namespace-nets';
import type { KnownNodes } from '../draft';
import { isAbsent, isMapping, type Mapping, typeName } from '../reading';
import { onlyField, type PartReading, unknownField } from './admin-part';
import { readCidr } from './cidr';
import { conjunction } from './conjunction';
import { readLabelSelector } from './label-selector';
import { NAMESPACE_NAME_LABEL } from './labels';
import { POD_NETWORK } from './policy-peers';

/*
 * Subjects and peers of the cluster-wide policies (kubernetes-sigs/network-policy-api apis/v1alpha1 and apis/v1alpha2).
 *
 *   namespaces, pods   pods by labels, never those on the network of their node; for Calico, namespaces hold network sets as well
 *   nodes              addresses of nodes by labels, hence also the pods on the network of such a node
 *   networks           addresses, those of pods as well
 *   domainNames        addresses that nobody knows before run time
 */

/** What peers depend on beside the document. */
export interface AdminPeerScope {
  readonly netsSeePods: PeerTerm['netsSeePods'];
  readonly nodesWith: (selector: Selector) => KnownNodes;
  readonly nodeRanges: readonly string[];
  /** Nets that the network plugin counts among `namespaces`; absent: none. */
  readonly netsIn?: (namespaces: Selector) => NamespaceNets;
  /** Kinds of peers that the policy's kind has, and the network plugin supports, in this direction. */
  readonly supported: readonly AdminPeerKind[];
}

/** What one entry is: the peers that match as they stand, and those that match only if something holds that no input tells. */
export interface AdminPeers {
  /** What the entry speaks of; only pods have port names. */
  readonly speaksOf: 'pods' | 'addresses';
  readonly terms: readonly PeerTerm[];
  readonly conditional: readonly { readonly terms: readonly PeerTerm[]; readonly condition: Condition }[];
}

/** Fields of a peer, of which each entry sets exactly one. */
export type AdminPeerKind = 'namespaces' | 'pods' | 'nodes' | 'networks' | 'domainNames';

const POD_KINDS = ['namespaces', 'pods'] as const;

/** Kinds of peers by direction. */
export const PEER_KINDS: Readonly<Record<Direction, readonly AdminPeerKind[]>> = {
  ingress: POD_KINDS,
  egress: ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'],
};

const HOST_NETWORK: Selector = { kind: 'network', network: 'host' };
const hasNamespace = (operator: 'exists' | 'doesNotExist'): Selector => {
  return { kind: 'label', owner: 'namespace', key: NAMESPACE_NAME_LABEL, test: { operator } };
};
/** Every namespace has its name label, and nodes have no namespace. */
const NODES = conjunction([HOST_NETWORK, hasNamespace('doesNotExist')]);
const HOST_PODS = conjunction([HOST_NETWORK, hasNamespace('exists')]);

const UNKNOWN_NODES: Condition = { kind: 'condition', text: 'the labels of nodes that the input does not tell' };

/** apis/v1alpha2/clusternetworkpolicy_types.go, DomainName. */
const DOMAIN_NAME = /^(\*\.)?([a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.)+[a-zA-Z0-9]([-a-zA-Z0-9_]*[a-zA-Z0-9])?\.?$/;
/** Longest text of a name in DNS, with its last dot. */
const LONGEST_DOMAIN_NAME = 254;
/** Names under which a cluster's DNS has pods (kubernetes.io/docs/concepts/services-networking/dns-pod-service). */
const POD_NAME = /(^|\.)(svc|pod)(\.|$)/i;
const NAMES_TOLD = 3;

/** The pods that a policy applies to. */
export function readSubject(part: PartReading, spec: Mapping): Selector | undefined {
  const { subject } = spec;
  if (!isMapping(subject)) return part.fail(`\`spec.subject\` is ${typeName(subject)} where a mapping belongs`, spec);
  const kind = onlyField(part, subject, POD_KINDS, 'spec.subject');
  if (kind === 'pods') return readPods(part, subject, 'spec.subject.pods');
  const namespaces = kind && readNamespaces(part, subject, 'spec.subject.namespaces');
  return namespaces && conjunction([namespaces, POD_NETWORK]);
}

/** One entry of `from` or `to`. */
export function readAdminPeer(
  part: PartReading,
  peer: unknown,
  scope: AdminPeerScope,
  path: string,
  holder: unknown,
): AdminPeers | undefined {
  if (!isMapping(peer)) return part.fail(`\`${path}\` is ${typeName(peer)} where a mapping belongs`, holder);
  const kind = onlyField(part, peer, scope.supported, path);
  switch (kind) {
    case undefined:
      return undefined;
    case 'nodes':
      return readNodes(part, peer, scope, `${path}.nodes`);
    case 'networks':
      return readNetworks(part, peer, scope, `${path}.networks`);
    case 'domainNames':
      return readDomainNames(part, peer, `${path}.domainNames`);
    case 'namespaces': {
      const namespaces = readNamespaces(part, peer, `${path}.namespaces`);
      return namespaces && { speaksOf: 'pods', ...namespacePeers(namespaces, scope) };
    }
    case 'pods': {
      const selector = readPods(part, peer, `${path}.pods`);
      return selector && { speaksOf: 'pods', terms: [{ selector, netsSeePods: 'no' }], conditional: [] };
    }
    default:
      return assertNever(kind);
  }
}

function readNamespaces(part: PartReading, holder: Mapping, path: string): Selector | undefined {
  return readWholeSelector(part, holder.namespaces, 'namespace', path, holder);
}

/** Pods of the namespaces, and the nets that the network plugin finds there. */
function namespacePeers(namespaces: Selector, { netsIn }: AdminPeerScope): Pick<AdminPeers, 'terms' | 'conditional'> {
  const pods: PeerTerm = { selector: conjunction([namespaces, POD_NETWORK]), netsSeePods: 'no' };
  const { certain, perhaps, unknowns } = netsIn?.(namespaces) ?? { certain: [], perhaps: [], unknowns: [] };
  const byNets = (nets: readonly string[]): readonly PeerTerm[] => (nets.length > 0 ? [{ nets, netsSeePods: 'yes' }] : []);
  const text = [...new Set(unknowns.map((unknown) => unknown.text))].join(' and ');
  return {
    terms: [pods, ...byNets(certain)],
    conditional: perhaps.length > 0 ? [{ terms: byNets(perhaps), condition: { kind: 'namespace-labels', text } }] : [],
  };
}

function readPods(part: PartReading, holder: Mapping, path: string): Selector | undefined {
  const written = holder.pods;
  if (!isMapping(written)) return part.fail(`\`${path}\` is ${typeName(written)} where a mapping belongs`, holder);
  const unknown = unknownField(written, ['namespaceSelector', 'podSelector']);
  if (unknown !== undefined) return part.fail(`\`${path}\` has \`${unknown}\`, which is not understood`, written);
  if (isAbsent(written.podSelector)) {
    part.reading.report(
      'beyond-limits',
      `\`${path}\` has no \`podSelector\`, which the API server refuses; it is read as every pod`,
      written,
    );
  }
  const namespaces = readPartSelector(part, written, 'namespaceSelector', 'namespace', path);
  const pods = readPartSelector(part, written, 'podSelector', 'endpoint', path);
  return namespaces && pods && conjunction([namespaces, POD_NETWORK, pods]);
}

/** One of the two selectors of `pods`; the one that is absent chooses everything. */
function readPartSelector(
  part: PartReading,
  pods: Mapping,
  field: 'namespaceSelector' | 'podSelector',
  owner: 'endpoint' | 'namespace',
  path: string,
): Selector | undefined {
  return isAbsent(pods[field]) ? { kind: 'all' } : readWholeSelector(part, pods[field], owner, `${path}.${field}`, pods);
}

/** A selector all of whose parts are understood: without one that is not (`sameLabels` of early versions) it would choose more than it says. */
function readWholeSelector(
  { reading, fail }: PartReading,
  written: unknown,
  owner: 'endpoint' | 'namespace',
  path: string,
  holder: unknown,
): Selector | undefined {
  const unknown = isMapping(written) ? unknownField(written, ['matchLabels', 'matchExpressions']) : undefined;
  if (unknown !== undefined) return fail(`\`${path}\` has \`${unknown}\`, which is not understood`, written);
  const selector = readLabelSelector(reading, written, owner, path, holder);
  // A selector that is valid never says `none`.
  return selector.kind === 'none' ? fail(`\`${path}\` is not valid`, isMapping(written) ? written : holder) : selector;
}

/**
 * Nodes that the selector chooses, by identity and by address; the latter has the pods on their network. The node of such a pod may be one that the input
 * does not have, or whose address it does not tell.
 */
function readNodes(part: PartReading, peer: Mapping, scope: AdminPeerScope, path: string): AdminPeers | undefined {
  const selector = readWholeSelector(part, peer.nodes, 'endpoint', path, peer);
  if (!selector) return undefined;
  const { count, nets } = scope.nodesWith(selector);
  const byAddress: readonly PeerTerm[] = nets.length > 0 ? [{ nets, netsSeePods: 'no' }] : [];
  if (selector.kind === 'all')
    return { speaksOf: 'addresses', terms: [{ selector: HOST_NETWORK, netsSeePods: 'no' }, ...byAddress], conditional: [] };
  if (count === 0) part.reading.report('no-such-node', `\`${path}\` chooses none of the nodes in the input`, peer);
  const known = scope.nodesWith({ kind: 'all' }).nets;
  const elsewhere = { ...(known.length > 0 && { notNets: known }), netsSeePods: 'no' } as const;
  const unknown: readonly PeerTerm[] = [
    { selector: HOST_PODS, ...elsewhere },
    ...(scope.nodeRanges.length > 0 ? [{ nets: scope.nodeRanges, ...elsewhere }] : []),
  ];
  return {
    speaksOf: 'addresses',
    terms: [{ selector: conjunction([NODES, selector]), netsSeePods: 'no' }, ...byAddress],
    conditional: [{ terms: unknown, condition: UNKNOWN_NODES }],
  };
}

function readNetworks(part: PartReading, peer: Mapping, { netsSeePods }: AdminPeerScope, path: string): AdminPeers | undefined {
  const written = readTexts(part, peer, 'networks', path);
  if (!written) return undefined;
  const nets: string[] = [];
  for (const [index, text] of written.entries()) {
    const cidr = readCidr(part.reading, text, `${path}[${index}]`, written);
    if (typeof cidr === 'string') return part.fail(cidr, written);
    nets.push(formatCidr(cidr));
  }
  return { speaksOf: 'addresses', terms: [{ nets: [...new Set(nets)], netsSeePods }], conditional: [] };
}

/** A name may lead to any address outside, to one of a pod only if it is one of the cluster's own names. */
function readDomainNames(part: PartReading, peer: Mapping, path: string): AdminPeers | undefined {
  const names = readTexts(part, peer, 'domainNames', path);
  if (!names) return undefined;
  const wrong = names.findIndex((name) => typeof name !== 'string' || name.length > LONGEST_DOMAIN_NAME || !DOMAIN_NAME.test(name));
  if (wrong >= 0) return part.fail(`\`${path}[${wrong}]\` is no domain name such as \`example.org\` or \`*.example.org\``, names);
  const told = names.slice(0, NAMES_TOLD).map((name) => `\`${name}\``);
  const more = names.length > NAMES_TOLD ? ` and ${names.length - NAMES_TOLD} more` : '';
  const netsSeePods = names.some((name) => POD_NAME.test(String(name))) ? 'yes' : 'no';
  const condition: Condition = { kind: 'condition', text: `the addresses that DNS gives for ${told.join(', ')}${more}` };
  return { speaksOf: 'addresses', terms: [], conditional: [{ terms: [{ nets: ['0.0.0.0/0', '::/0'], netsSeePods }], condition }] };
}

/** A list that has entries; what these are is for the caller to see. */
function readTexts({ fail }: PartReading, peer: Mapping, field: 'networks' | 'domainNames', path: string): readonly unknown[] | undefined {
  const written = peer[field];
  if (Array.isArray(written) && written.length > 0) return written;
  return fail(`\`${path}\` is ${Array.isArray(written) ? 'empty' : typeName(written)} where a list of texts belongs`, peer);
}
