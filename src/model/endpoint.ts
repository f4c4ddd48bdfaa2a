import type { LabelSet } from './selector';
import type { ResourceRef, Source } from './source';

/** Protocols with ports, by the names that Kubernetes has for them (kubernetes.io/docs/reference/networking/service-protocols). */
export type TransportProtocol = 'TCP' | 'UDP' | 'SCTP';

/** A named container port. The name resolves only for its own protocol. Unnamed declared ports are in `Endpoint.ports` with an empty name. */
export interface DeclaredPort {
  readonly name: string;
  readonly protocol: TransportProtocol;
  readonly port: number;
}

/**
 * Something with a network identity that policy can select.
 * `pod`: a Pod of the input · `template`: the pods that a controller's template makes, when the input has no such pods ·
 * `node`: a Node · `newPod`: the pod without labels that somebody could create in a namespace tomorrow (never counted as a workload).
 */
export interface Endpoint {
  /** Index in `Snapshot.endpoints`. */
  readonly id: number;
  readonly kind: 'pod' | 'template' | 'node' | 'newPod';
  readonly name: string;
  /** Index in `Snapshot.namespaces`; -1 for nodes. */
  readonly namespace: number;
  /** Index in `Snapshot.workloads`; -1 for nodes and new pods. */
  readonly workload: number;
  readonly labels: LabelSet;
  readonly serviceAccount?: string;
  /** Labels of the service account; incomplete when its object is not in the input. */
  readonly serviceAccountLabels?: LabelSet;
  /** Its profiles where they are not those of its namespace (see `profiles.ts`); absent: those of its namespace. */
  readonly profiles?: readonly string[];
  /** `host` shares the node's network namespace and addresses. */
  readonly network: 'pod' | 'host';
  /** Canonical text, at most a few of either family; empty when the input does not tell. */
  readonly addresses: readonly string[];
  /**
   * CIDRs that hold its addresses, for an endpoint whose `addresses` are empty: the facts' pod or node ranges, else all of IPv4 that a host can have (see `HOST_RANGES_V4`).
   * It has an address of each family that is named, in one of that family's CIDRs.
   */
  readonly addressRanges: readonly string[];
  /** Name of the node it runs on (a node: its own name); absent when the input does not tell. */
  readonly node?: string;
  readonly ports: readonly DeclaredPort[];
  /** Ports of the node that lead to ports of this pod; absent where there are none. A hostNetwork pod has none: its ports are the node's. */
  readonly hostPorts?: readonly HostPort[];
  readonly source: Source;
}

/** Its addresses, or where they are not told the CIDRs that hold them. */
export function whereabouts({ addresses, addressRanges }: Pick<Endpoint, 'addresses' | 'addressRanges'>): readonly string[] {
  return addresses.length > 0 ? addresses : addressRanges;
}

/** Which of an endpoint's addresses somebody means: one of them, as canonical text, or those of a family. */
export type AddressChoice = string | 4 | 6;

/** The family of what is meant. */
export function familyOfChoice(choice: AddressChoice): 4 | 6 {
  if (typeof choice === 'number') return choice;
  return choice.includes(':') ? 6 : 4;
}

/** The endpoint with those of its addresses alone that are meant; as it is where nobody knows it to have any of them. */
export function narrowedTo(endpoint: Endpoint, choice: AddressChoice): Endpoint {
  const isMeant = (text: string) => (typeof choice === 'string' ? text === choice : familyOfChoice(text) === choice);
  const addresses = endpoint.addresses.filter(isMeant);
  if (endpoint.addresses.length > 0) return addresses.length > 0 ? { ...endpoint, addresses } : endpoint;
  const addressRanges = endpoint.addressRanges.filter(isMeant);
  return addressRanges.length > 0 ? { ...endpoint, addressRanges } : endpoint;
}

/** `hostPort` of a container that keeps running: what comes to that port of its node goes on to the pod. */
export interface HostPort {
  readonly protocol: TransportProtocol;
  readonly hostPort: number;
  readonly containerPort: number;
  /** Address of the node that it is bound to; absent: all of them. */
  readonly hostAddress?: string;
}

/** A namespace that some object is in, or that has an object of its own. */
export interface Namespace {
  readonly name: string;
  /** `kubernetes.io/metadata.name` is always there; incomplete when the Namespace object is not in the input. */
  readonly labels: LabelSet;
  /** Profiles of its pods, also of those to come; absent: they allow everything (see `profiles.ts`). */
  readonly profiles?: readonly string[];
  /** Absent when the Namespace object is not in the input. */
  readonly source?: Source;
}

/** The controller at the top of an owner chain, or a pod that has none; printed `namespace/name[Kind]`. */
export interface Workload {
  readonly ref: ResourceRef;
  /** Desired pods; undefined where the kind has no such number (DaemonSet, Pod). Zero: dormant, has no endpoint now. */
  readonly replicas?: number;
  /** Indices in `Snapshot.endpoints`. */
  readonly endpoints: readonly number[];
  /** Container image references as written, for what findings tell of it. */
  readonly images: readonly string[];
}
