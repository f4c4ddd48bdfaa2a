import type { Diagnostic } from '../model/diagnostic';
import type { DeclaredPort, HostPort, TransportProtocol } from '../model/endpoint';
import type { Entry, EntryBackend } from '../model/entry';
import type { FactOrigins, Facts } from '../model/facts';
import type { AddressPool } from '../model/host-endpoint';
import type { Policy, Tier } from '../model/policy';
import type { LabelSet, Selector } from '../model/selector';
import type { BackendSet, Service } from '../model/service';
import type { ResourceRef, Source } from '../model/source';
import type { AutoHostTemplate } from './calico/auto-hosts';
import type { FelixSettings } from './calico/felix-settings';
import type { Labels } from './calico/metadata';
import type { Nets } from './calico/nets';
import type { Profile } from './calico/profiles';
import type { Selectors } from './calico/selectors';
import type { CalicoWorld } from './calico/world';

/*
 * Drafts: what readers make of documents, one document at a time, before facts and the other documents are known. `link` makes the snapshot of them.
 * They hold no part of the document, so that a large bundle can be let go while it is read; only policies keep theirs, until they are lowered.
 */

/** Identity of the object that a draft was read from. */
export interface Origin {
  readonly apiVersion: string;
  /** The API group in which the object lives today: the same for an object that was written in two versions of the API. */
  readonly group: string;
  readonly kind: string;
  readonly scope: 'namespaced' | 'cluster';
  /** As written; a namespaced object without one goes to the fact `defaultNamespace`. */
  readonly namespace: string | undefined;
  readonly name: string;
  /** `uid` and `resourceVersion` together, when both are there: equal for two copies of one state of one object. */
  readonly revision: string | undefined;
  readonly source: Source;
  /** Number of the document in the order of reading; orders the documents of one file. */
  readonly sequence: number;
  /** SHA-256 of the document in hex. */
  readonly fingerprint: string;
}

/** What the pods of one template have in common. Equal shapes are one value, shared by all their pods. */
export interface PodShape {
  readonly labels: LabelSet;
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  readonly ports: readonly DeclaredPort[];
  /** Never empty; a pod with the network of its node has none. */
  readonly hostPorts?: readonly HostPort[];
  readonly images: readonly string[];
}

/** The controller that an object names as its own. */
export interface OwnerReference {
  readonly apiVersion: string;
  readonly group: string;
  readonly kind: string;
  readonly name: string;
}

/** A Pod. There may be a hundred thousand of them, so that what they have in common is one `shape`. */
export interface PodDraft {
  readonly kind: 'pod';
  readonly origin: Origin;
  readonly shape: PodShape;
  readonly node: string | undefined;
  /** Addresses of its own; those of its node for a hostNetwork pod. Canonical text. */
  readonly addresses: readonly string[];
  /** Where they are not those of its namespace (see `Endpoint`). */
  readonly profiles?: readonly string[];
  /** `ended`: Succeeded or Failed. `torn down`: it is being deleted, and its network has been taken from it. Either way its address is free again. */
  readonly finished: false | 'ended' | 'torn down';
  readonly owner: OwnerReference | undefined;
}

/** Something that makes pods from a template. */
export interface ControllerDraft {
  readonly kind: 'controller';
  readonly origin: Origin;
  readonly template?: PodShape;
  /** The template is that of another controller (Argo Rollouts). */
  readonly templateOf?: OwnerReference;
  /** Pods it is to make while it is not dormant; absent where the kind has no such number. */
  readonly replicas?: number;
  /** Settings that the environment of Calico's agent makes, by the names of its variables; absent where the pods run no such agent. */
  readonly felix?: readonly string[];
  /** Why it makes no pods now. */
  readonly dormant?: 'scaled to zero' | 'suspended' | 'finished';
  readonly owner?: OwnerReference;
}

/** A Namespace that has an object; others are known by what is in them. */
export interface NamespaceDraft {
  readonly kind: 'namespace';
  readonly origin: Origin;
  readonly labels: LabelSet;
}

/** A Node of Kubernetes or of Calico: one node may have both, which `link` makes one. */
export interface NodeDraft {
  readonly kind: 'node';
  readonly origin: Origin;
  readonly labels: LabelSet;
  readonly addresses: readonly string[];
  /** Those of type InternalIP. */
  readonly internalAddresses: readonly string[];
  /** What Calico's annotations say of its addresses; absent where they say nothing. */
  readonly calico?: NodeAddresses;
  /** Scheme of its provider id, such as `aws`. */
  readonly provider?: string;
}

/** Addresses of a node that only Calico knows. Canonical text. */
export interface NodeAddresses {
  /** By which other nodes reach it. */
  readonly own: readonly string[];
  /** Of its tunnels: what its processes send to pods of other nodes through a tunnel comes from there. */
  readonly tunnel: readonly string[];
  /** Canonical CIDRs of the networks that its own addresses lie in, where they are told with a prefix; at most one of either family. */
  readonly subnets: readonly string[];
}

/** A Service without what other objects tell of it. */
export interface ServiceDraft {
  readonly kind: 'service';
  readonly origin: Origin;
  readonly service: Omit<Service, 'ref' | 'endpointAddresses' | 'backendSets'>;
}

/** Addresses behind a Service, from Endpoints or an EndpointSlice. */
export interface BackendsDraft {
  readonly kind: 'backends';
  readonly origin: Origin;
  readonly service: string;
  /** All of them, each once. */
  readonly addresses: readonly string[];
  /** Those that share their ports; none is empty. */
  readonly sets: readonly BackendSet[];
  /** Of an EndpointSlice: the ports that all of its addresses serve. */
  readonly slicePorts?: readonly Omit<DeclaredPort, 'name'>[];
}

/** A backend of an entry; it is in the namespace of the entry unless it says otherwise. */
export interface BackendDraft extends Omit<EntryBackend, 'service'> {
  readonly service: string;
  readonly namespace?: string;
}

/** An Ingress or a Route. */
export interface EntryDraft {
  readonly kind: 'entry';
  readonly origin: Origin;
  readonly entry: Omit<Entry, 'ref' | 'gateway' | 'controller' | 'backends'>;
  readonly backends: readonly BackendDraft[];
}

/** An IngressClass or a GatewayClass. */
export interface EntryClassDraft {
  readonly kind: 'entryClass';
  readonly origin: Origin;
  readonly of: 'ingress' | 'gateway';
  readonly controller?: string;
  readonly isDefault: boolean;
}

/** A Gateway of the Gateway API. */
export interface GatewayDraft extends Pick<Entry, 'className' | 'addresses' | 'hostnames' | 'scope' | 'scopeEvidence'> {
  readonly kind: 'gateway';
  readonly origin: Origin;
  readonly listeners: readonly GatewayListener[];
}

/** A listener of a Gateway, and which routes may hang on it. */
export interface GatewayListener {
  readonly name: string;
  readonly port: number;
  readonly protocol: TransportProtocol;
  readonly tls: boolean;
  /** Empty: every host name. */
  readonly hostname: string;
  /** Kinds of the group of the Gateway API. */
  readonly routeKinds: readonly string[];
  /** Namespaces of routes: its own, all, or those that a selector over their labels chooses. */
  readonly from: 'same' | 'all' | Selector;
}

/** A route of the Gateway API. */
export interface GatewayRouteDraft {
  readonly kind: 'gatewayRoute';
  readonly origin: Origin;
  readonly parents: readonly GatewayParent[];
  /** Empty: every host name, as far as its listeners go. */
  readonly hosts: readonly string[];
  readonly backends: readonly BackendDraft[];
}

/** What a route says of a Gateway that it hangs on. */
export interface GatewayParent {
  /** Absent: the namespace of the route. */
  readonly namespace?: string;
  readonly name: string;
  /** Name of a listener; absent: all of them. */
  readonly section?: string;
  readonly port?: number;
  readonly source: Source;
}

/** A ReferenceGrant: routes of other namespaces may lead to Services of its own. */
export interface ReferenceGrantDraft {
  readonly kind: 'referenceGrant';
  readonly origin: Origin;
  readonly from: readonly { readonly kind: string; readonly namespace: string }[];
  /** Names of Services; `*`: all of them. */
  readonly services: readonly string[];
}

/** A policy of any API. `lower` holds on to its document. */
export interface PolicyDraft {
  readonly kind: 'policy';
  readonly origin: Origin;
  /** Policies are lowered once facts and namespaces are settled. Undefined: nothing of it could be read, which is reported. */
  readonly lower: (lowering: Lowering) => Policy | undefined;
}

/** Selectors of Calico may look at the labels of service accounts. */
export interface ServiceAccountDraft {
  readonly kind: 'serviceAccount';
  readonly origin: Origin;
  readonly labels: LabelSet;
}

/** A tier of Calico. */
export interface TierDraft {
  readonly kind: 'tier';
  readonly origin: Origin;
  /** Undefined: Calico would not have it, which is reported. */
  readonly tier: Tier | undefined;
}

/** A NetworkSet or GlobalNetworkSet of Calico. */
export interface NetworkSetDraft {
  readonly kind: 'networkSet';
  readonly origin: Origin;
  readonly labels: Labels;
  readonly nets: Nets;
}

/** A HostEndpoint of Calico: one or all interfaces of a node. */
export interface HostEndpointDraft {
  readonly kind: 'hostEndpoint';
  readonly origin: Origin;
  readonly node: string;
  /** `*`: every interface that has no other host endpoint. Empty: the one with one of the addresses. */
  readonly interfaceName: string;
  /** Canonical text. */
  readonly addresses: readonly string[];
  readonly labels: Labels;
  /** In the order in which they count. */
  readonly profiles: readonly string[];
  readonly ports: readonly DeclaredPort[];
  /** Calico would not have it, which is reported. */
  readonly isLeftOut: boolean;
}

/** A Profile of Calico: what its endpoints inherit. */
export interface ProfileDraft {
  readonly kind: 'profile';
  readonly origin: Origin;
  /** What it gives, once the release is settled. Undefined: Calico would not have it, which is reported. */
  readonly settle: (selectors: Selectors, report: (diagnostic: Diagnostic) => void) => Profile | undefined;
}

/** A WorkloadEndpoint of Calico, as it lists one for each pod. */
export interface WorkloadEndpointDraft {
  readonly kind: 'workloadEndpoint';
  readonly origin: Origin;
  readonly pod: string | undefined;
  /** What other orchestrators than Kubernetes have in place of a pod. */
  readonly workload: string | undefined;
  readonly node: string | undefined;
  readonly serviceAccount: string | undefined;
  /** With those that Calico adds. */
  readonly labels: Labels;
  /** Canonical text. */
  readonly addresses: readonly string[];
  /** In the order in which they count. */
  readonly profiles: readonly string[];
  readonly ports: readonly DeclaredPort[];
  readonly hostPorts: readonly HostPort[];
  /** Calico would not have it. */
  readonly isLeftOut: boolean;
}

/** A FelixConfiguration of Calico: how its agent on every node, on one node, or on some nodes goes about policy. */
export interface FelixDraft {
  readonly kind: 'felix';
  readonly origin: Origin;
  readonly settings: FelixSettings;
  /** Selector over labels of nodes. */
  readonly nodeSelector?: string;
}

/** How packets are wrapped on their way between nodes. */
export type Wrapping = 'ipip' | 'vxlan';

/** An IPPool of Calico. */
export interface AddressPoolDraft {
  readonly kind: 'addressPool';
  readonly origin: Origin;
  /** Undefined: no pool of pods, or one that Calico would not have, which is reported. */
  readonly pool: AddressPool | undefined;
  /** What wraps its packets, always or across subnets. */
  readonly wraps: readonly Wrapping[];
}

/** A KubeControllersConfiguration of Calico, as far as it makes host endpoints of nodes. */
export interface AutoHostsDraft {
  readonly kind: 'autoHosts';
  readonly origin: Origin;
  /** One for each node that has all of its interfaces. */
  readonly makesDefault: boolean;
  readonly templates: readonly AutoHostTemplate[];
}

/** An object that matters only by being in a namespace. */
export interface MentionDraft {
  readonly kind: 'mention';
  readonly origin: Origin;
}

/** A variant for each kind of object that has a part in reachability; several kinds of Kubernetes may be one of them. */
export type Draft =
  | PodDraft
  | ControllerDraft
  | NamespaceDraft
  | NodeDraft
  | ServiceDraft
  | ServiceAccountDraft
  | BackendsDraft
  | EntryDraft
  | EntryClassDraft
  | GatewayDraft
  | GatewayRouteDraft
  | ReferenceGrantDraft
  | PolicyDraft
  | TierDraft
  | NetworkSetDraft
  | HostEndpointDraft
  | ProfileDraft
  | WorkloadEndpointDraft
  | FelixDraft
  | AddressPoolDraft
  | AutoHostsDraft
  | MentionDraft;

/** What lowering a policy may look at beside its document. */
export interface Lowering {
  readonly facts: Facts;
  readonly origins: FactOrigins;
  /** The nodes of the input that a selector over their labels chooses. */
  readonly nodesWith: (selector: Selector) => KnownNodes;
  /** What policies of Calico look at. */
  readonly calico: CalicoWorld;
  /** The policy with its namespace settled. */
  readonly ref: ResourceRef;
  readonly report: (diagnostic: Diagnostic) => void;
}

/** Nodes as policies that speak of nodes see them. */
export interface KnownNodes {
  readonly count: number;
  /** Their addresses, as far as the input tells them: each a CIDR of one address, without duplicates. */
  readonly nets: readonly string[];
}
