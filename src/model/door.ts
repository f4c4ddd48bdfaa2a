import type { TransportProtocol } from './endpoint';
import type { Unknown } from './match';
import type { ResourceRef } from './source';
import type { PolicyHit, Verdict } from './verdict';

/*
 * Terminology
 *
 * Door      a way into the cluster, or (`clusterIP`) to a Service from inside it: an address and port that clients can dial, and the backends behind it.
 * Backend   an endpoint, and the port of it that the connection ends at after the door's translation.
 * Front     a door that leads to the controller of an Ingress, a Route or a Gateway: what clients of the layer-7 door really dial.
 * Way       one course that a connection may take through a door: the node it enters at, where the backend is, who translates what. Which node
 *           it enters at is the client's choice where the door is an address of the nodes, and nobody's where a load balancer chooses; where the
 *           backend is and who translates are facts, known or not.
 * Point     a place on a way where policy acts, with the tuple as it is there.
 */

/** What clients dial. The kind settles who translates, and who chooses the node that a connection enters at. */
export type DoorKind =
  | 'loadBalancer'
  | 'nodePort'
  | 'externalIP'
  /** A port of a node that leads to a port of one pod on it. */
  | 'hostPort'
  /** A port on which a hostNetwork pod (or the node itself) listens. */
  | 'hostNetwork'
  /** Only from inside the cluster. */
  | 'clusterIP'
  | 'ingress'
  | 'route'
  | 'gateway'
  /** The pod's own address, where it is one that the outside could route to. */
  | 'podAddress';

/** `any`: every port, as itself · `unknown`: one port, of which the input does not tell the number. */
export type DoorPort = number | 'any' | 'unknown';

/** See above. Of one protocol, and of one port unless it leads to every one of them. */
export interface Door {
  /** `kind namespace/name:port/protocol`, the same for the same input; the port is the Service's where there is one. */
  readonly id: string;
  readonly kind: DoorKind;
  /** The Service, Ingress or route; the workload of a hostPort, a hostNetwork pod or a pod address; the Node itself. */
  readonly object: ResourceRef;
  /** The Gateway that a route hangs on. */
  readonly gateway?: ResourceRef;
  readonly protocol: TransportProtocol;
  /** What clients dial. */
  readonly port: DoorPort;
  /** Port of the Service in front of its node port, load balancer or external address. */
  readonly servicePort?: number;
  /** Of a load balancer: the port of the nodes that it may send to; absent: it has none. */
  readonly nodePort?: number | 'unknown';
  /** Canonical addresses that clients dial, as far as the input tells; a node's where the door is at nodes. Empty: not told. */
  readonly addresses: readonly string[];
  readonly hostnames: readonly string[];
  /** Families of the clients that it takes, where its addresses have others besides; absent: those of its addresses. */
  readonly families?: readonly (4 | 6)[];
  /** Of a node port whose Service has internalTrafficPolicy Local, which some dataplanes apply to clients inside that dial it. */
  readonly isLocalInside?: true;
  /** CIDRs of the clients that the door itself admits, a layer-7 door by the address that its controller sees; absent: every client that gets to it. */
  readonly sourceRanges?: readonly string[];
  /** Who can get to its address. `nodes`: whoever reaches the nodes (fact `nodesReachableFrom`) · `front`: whoever gets through a front. */
  readonly scope: 'internet' | 'internal' | 'unknown' | 'nodes' | 'nobody' | 'front';
  /** What tells the scope. */
  readonly scopeEvidence?: string;
  /** What the input does not tell of it: whatever gets through, it may not exist like this. */
  readonly unknowns?: readonly Unknown[];
  /** Of Services: with `Local` the client's address is kept and only nodes with a backend answer. */
  readonly trafficPolicy?: 'Cluster' | 'Local';
  /** In order of endpoint, then those outside the cluster in order of address. */
  readonly backends: readonly DoorBackend[];
  /** Of a layer-7 door. */
  readonly controller?: DoorController;
  /** Host names of an Ingress or route; empty: every name. Absent where the door does not look at names. */
  readonly hosts?: readonly string[];
}

/** Where connections through a door may end. INVARIANT: at an endpoint or at an address outside, never both. */
export interface DoorBackend {
  /** Index of the endpoint; absent: an address outside the cluster. */
  readonly endpoint?: number;
  readonly address?: string;
  /** Port of the backend. `any`: the one that was dialled. */
  readonly port: DoorPort;
  /** `maybe`: only if its labels are as the Service wants them, which the input does not tell. */
  readonly certainty: 'yes' | 'maybe';
  /** What the certainty depends on. */
  readonly unknowns: readonly Unknown[];
  /** Layer 7: the path of the rule as written, where there is one. */
  readonly path?: string;
  /** Layer 7: the Service that the rule names. */
  readonly service?: string;
}

/** Who listens for an Ingress, a Route or a Gateway. */
export type DoorController =
  /**
   * Its pods are in the input; `fronts` are the ids of the doors that lead to the port that it listens on. `hasService`: some Service of the input leads to
   * them, be it from outside or not.
   */
  | {
      readonly kind: 'pods';
      readonly name: string;
      readonly endpoints: readonly number[];
      readonly fronts: readonly string[];
      readonly hasService: boolean;
    }
  /** Not in the input: a pod of which neither the namespace nor the labels are known. `isCloud`: no pod at all, but a load balancer of the cloud. */
  | { readonly kind: 'standIn'; readonly name?: string; readonly isCloud?: true };

/** A packet as one place sees it. Ends are printed: an address, or the id of an endpoint (`shop/front-1`, `n1[Node]`) or `a node`. */
export interface Tuple {
  readonly source: string;
  readonly destination: string;
  readonly protocol: TransportProtocol;
  readonly port?: number;
}

/** One step on a way, in the order in which the connection takes them. */
export type PathStep =
  /** Whether the client gets to the door, and whether the door admits it. */
  | {
      readonly kind: 'door';
      readonly door: string;
      readonly tuple: Tuple;
      readonly verdict: Verdict;
      /** What decides, such as "source ranges of the load balancer" or "fact `nodesReachableFrom`". */
      readonly reason: string;
      readonly unknowns: readonly Unknown[];
    }
  | {
      readonly kind: 'translation';
      readonly side: 'source' | 'destination';
      /** Name of the node that translates; absent: some node. */
      readonly node?: string;
      readonly before: Tuple;
      readonly after: Tuple;
    }
  /** A controller takes the connection and opens one of its own. */
  | { readonly kind: 'relay'; readonly by: string; readonly before: Tuple; readonly after: Tuple }
  | {
      readonly kind: 'point';
      /** `hostIn`, `hostOut`: the host endpoint by which it comes to a node or leaves it · `egress`, `ingress`: the pod. */
      readonly place: 'hostIn' | 'hostOut' | 'egress' | 'ingress';
      readonly node?: string;
      readonly tuple: Tuple;
      readonly verdict: Verdict;
      readonly trace: readonly PolicyHit[];
      /** What would settle an `indeterminate`. */
      readonly unknowns: readonly Unknown[];
    };

/** One way with what was found on it, step by step. */
export interface DoorWay {
  /** Such as "enters at `n1`, which runs the backend". */
  readonly text: string;
  /** Node that it enters at; absent: one that the input does not name, or the door is at no node. */
  readonly node?: string;
  readonly verdict: Verdict;
  /** Up to and with the step that denies. */
  readonly steps: readonly PathStep[];
  readonly dependsOn: readonly Unknown[];
}

/** What one client gets from one door and one of its backends. */
export interface DoorExplanation {
  readonly door: string;
  /** Layer 7: the door that was dialled. */
  readonly front?: string;
  /** Canonical address; the id of the endpoint for a client inside the cluster. */
  readonly client: string;
  readonly backend: DoorBackend;
  readonly verdict: Verdict;
  /** The way that shows the verdict: an allowed one, or the first that is denied or open. */
  readonly shown: DoorWay;
  /** Ways that differ, each once. */
  readonly ways: readonly DoorWay[];
  /** What would settle an `indeterminate`. */
  readonly dependsOn: readonly Unknown[];
  /** What the verdict rests on and nobody told. */
  readonly assumptions: readonly string[];
}

/** Clients that a door treats alike. */
export interface ExposedRange {
  /** Inclusive, canonical addresses of one family. */
  readonly low: string;
  readonly high: string;
  readonly verdict: Verdict;
  /** What decides about the first client of the range. */
  readonly decidedBy: readonly DecidingStep[];
  readonly dependsOn: readonly Unknown[];
}

/** What decides about a client: where it ends, the step that ends it; else what lets it through at each point; or the door itself. */
export type DecidingStep =
  | {
      readonly kind: 'policy';
      readonly hit: PolicyHit;
      /** It is about the connection that a controller opens, and not about the one that the client opens to it. */
      readonly isRelayed?: true;
      /** What denies whoever enters at one node, where another node lets through what is told otherwise: the latter, where it has a name. */
      readonly entries?: { readonly shut: string; readonly other?: string };
    }
  | { readonly kind: 'door'; readonly reason: string };

/** One door of a workload, with what it lets through to endpoints that are alike. */
export interface DoorExposure {
  readonly door: Door;
  /** Layer 7: the front that was dialled; absent where the controller is not in the input. */
  readonly front?: Door;
  /** Endpoints of the workload behind the door that have the same ranges. */
  readonly endpoints: readonly number[];
  readonly portOutside: DoorPort;
  readonly portInside: DoorPort;
  /**
   * Every address that no fact gives to the cluster, of the families that door and backend have, in order, IPv4 first; neighbours differ in verdict.
   */
  readonly ranges: readonly ExposedRange[];
  /** Of the public addresses: `all` or `some` of them get through for certain, none for certain but some perhaps, or `none`. */
  readonly internet: 'all' | 'some' | 'perhaps' | 'none';
  readonly assumptions: readonly string[];
}

/** The doors of one workload (its index in the snapshot), in the order of all doors. Never empty. */
export interface WorkloadExposure {
  readonly workload: number;
  readonly doors: readonly DoorExposure[];
}
