import type { DeclaredPort, Endpoint, Workload } from '../../model/endpoint';
import type { Facts } from '../../model/facts';
import type { HostEndpoint } from '../../model/host-endpoint';
import { rangesOfNodes, rangesOfPods } from '../../model/internet';
import { type LabelSet, NO_LABELS } from '../../model/selector';
import { formatRef } from '../../model/source';
import { compareText } from '../../util/order';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { ControllerDraft, NodeDraft, OwnerReference, PodDraft, PodShape } from '../draft';
import type { LinkedNamespace } from './namespaces';
import type { LinkedWorkload } from './workloads';

/*
 * Endpoints in their fixed order, and the workloads that they belong to. A workload has its live pods for endpoints, and the pods of its template
 * only when the input has none of them: a dump with Deployment, ReplicaSet and Pods has each pod once.
 */

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

/** Order of endpoints inside a namespace. */
const RANKS: Readonly<Record<Endpoint['kind'], number>> = { pod: 0, template: 1, node: 2, newPod: 3 };

/** Name of the hypothetical pod; no pod can have it. */
const NEW_POD = '(new pod)';

/** Until all endpoints are in order. */
const UNPLACED = -1;

const NOTHING: readonly never[] = Object.freeze([]);

/** Also one that does not act on its interface is looked for by address. */
type NamingHost = Pick<HostEndpoint, 'node' | 'addresses' | 'ports'>;

/** What endpoints are made of. `workloads` and `namespaces` are sorted. */
export interface EndpointParts {
  readonly workloads: readonly LinkedWorkload[];
  readonly namespaces: readonly LinkedNamespace[];
  readonly nodes: readonly NodeDraft[];
  /** Host endpoints, of which nodes have the named ports. */
  readonly hostEndpoints: readonly NamingHost[];
  readonly facts: Facts;
  /** The controller that a reference means, in a namespace. */
  readonly controllerAt: (reference: OwnerReference, namespace: string) => ControllerDraft | undefined;
  /** Labels of a service account; absent where no policy can look at them. */
  readonly accountLabels?: (namespace: string, name: string) => LabelSet;
  readonly report: Report;
}

/** Ids are places in the order of namespaces, kinds and names. Nodes have no namespace and come first; every namespace ends with its new pod. */
export function linkEndpoints(parts: EndpointParts): { readonly endpoints: readonly Endpoint[]; readonly workloads: readonly Workload[] } {
  const { namespaces, nodes, facts } = parts;
  const endpoints: Mutable<Endpoint>[] = [];
  const indexOf = new Map(namespaces.map(({ namespace }, index) => [namespace.name, index]));
  const ranges = {
    pod: rangesOfPods(facts),
    host: rangesOfNodes(facts),
  };
  const nodeAddresses = new Map(nodes.map(({ origin, addresses }) => [origin.name, addresses]));
  const rangesOf = (addresses: readonly string[], network: Endpoint['network']) => (addresses.length > 0 ? NOTHING : ranges[network]);
  const networkOf = (shape: PodShape) => (shape.hostNetwork && facts.hostNetworkPods === 'host' ? 'host' : 'pod');
  const drafts = parts.workloads.map((linked, workload) => {
    const namespace = indexOf.get(linked.namespace)!;
    const made = membersOf(linked, parts);
    for (const { kind, name, shape, addresses: own, node, profiles, source } of made) {
      const network = networkOf(shape);
      const addresses = network === 'host' && own.length === 0 && node !== undefined ? (nodeAddresses.get(node) ?? NOTHING) : own;
      // Put together by hand: there are as many of these as pods.
      const endpoint: Mutable<Endpoint> = {
        id: UNPLACED,
        kind,
        name,
        namespace,
        workload,
        labels: shape.labels,
        serviceAccount: shape.serviceAccount,
        network,
        addresses,
        addressRanges: rangesOf(addresses, network),
        ports: shape.ports,
        source,
      };
      if (parts.accountLabels) endpoint.serviceAccountLabels = parts.accountLabels(linked.namespace, shape.serviceAccount);
      if (node !== undefined) endpoint.node = node;
      if (profiles && network === 'pod') endpoint.profiles = profiles;
      if (shape.hostPorts) endpoint.hostPorts = shape.hostPorts;
      endpoints.push(endpoint);
    }
    return { linked, made };
  });
  const portsAt = hostPortFinder(parts.hostEndpoints);
  for (const { origin, labels, addresses } of nodes) {
    const { name, source } = origin;
    const place = { id: UNPLACED, kind: 'node', name, namespace: -1, workload: -1 } as const;
    const addressRanges = rangesOf(addresses, 'host');
    endpoints.push({ ...place, labels, network: 'host', addresses, addressRanges, node: name, ports: portsAt(name, addresses), source });
  }
  for (const [namespace, { source }] of namespaces.entries()) {
    const place = { id: UNPLACED, kind: 'newPod', name: NEW_POD, namespace, workload: -1 } as const;
    endpoints.push({ ...place, labels: NO_LABELS, network: 'pod', addresses: NOTHING, addressRanges: ranges.pod, ports: NOTHING, source });
  }
  endpoints.sort(
    (a, b) => a.namespace - b.namespace || RANKS[a.kind] - RANKS[b.kind] || compareText(a.name, b.name) || a.workload - b.workload,
  );
  const owned = drafts.map((): number[] => []);
  for (const [id, endpoint] of endpoints.entries()) {
    endpoint.id = id;
    if (endpoint.workload >= 0) owned[endpoint.workload]!.push(id);
  }
  return { endpoints, workloads: drafts.map(({ linked, made }, index) => workloadOf(linked, made, owned[index]!, parts)) };
}

/** Named ports of a node: Calico resolves them by address, so they are those of its host endpoints that have an address of it (felix/labelindex/named_port_index.go). */
function hostPortFinder(hostEndpoints: readonly NamingHost[]): (node: string, addresses: readonly string[]) => readonly DeclaredPort[] {
  const byNode = new Map<string, NamingHost[]>();
  for (const host of hostEndpoints) {
    if (host.ports.length === 0) continue;
    const known = byNode.get(host.node);
    if (known) known.push(host);
    else byNode.set(host.node, [host]);
  }
  return (node, addresses) => {
    const own = byNode.get(node)?.filter((host) => host.addresses.some((address) => addresses.includes(address)));
    return own && own.length > 0 ? own.flatMap(({ ports }) => ports) : NOTHING;
  };
}

/** One endpoint of a workload before it has its place. */
interface Member {
  readonly kind: 'pod' | 'template';
  readonly name: string;
  readonly shape: PodShape;
  readonly addresses: readonly string[];
  readonly node?: string | undefined;
  readonly profiles?: readonly string[] | undefined;
  readonly source: Endpoint['source'];
}

function membersOf(workload: LinkedWorkload, parts: EndpointParts): readonly Member[] {
  const live = workload.pods.filter((pod) => !isGone(pod, parts.facts));
  if (live.length > 0) {
    return live.map(({ origin, shape, addresses, node, profiles }) => ({
      kind: 'pod',
      name: origin.name,
      shape,
      addresses,
      node,
      profiles,
      source: origin.source,
    }));
  }
  const { top, beneath } = workload;
  const own = top ? templatesOf([top], workload.namespace, parts) : [];
  return own.length > 0 ? own : templatesOf(beneath, workload.namespace, parts);
}

function templatesOf(controllers: readonly ControllerDraft[], namespace: string, parts: EndpointParts): readonly Member[] {
  return controllers.flatMap((controller): Member[] => {
    const shape = isDormant(controller, parts.facts) ? undefined : templateOf(controller, namespace, parts);
    const { name, source } = controller.origin;
    return shape ? [{ kind: 'template', name, shape, addresses: NOTHING, source }] : [];
  });
}

function isGone(pod: PodDraft, facts: Facts): boolean {
  return pod.finished !== false && facts.finishedPods === 'drop';
}

function isDormant({ dormant }: ControllerDraft, facts: Facts): boolean {
  return dormant !== undefined && !(dormant === 'finished' && facts.finishedPods === 'keep');
}

/** Its own template, or that of the controller it names; the labels that controllers add are those of its own kind. */
function templateOf(controller: ControllerDraft, namespace: string, { controllerAt, report }: EndpointParts): PodShape | undefined {
  if (controller.template || !controller.templateOf) return controller.template;
  const { kind, name } = controller.templateOf;
  const shape = controllerAt(controller.templateOf, namespace)?.template;
  if (!shape) {
    const { origin } = controller;
    const message = `the template of this ${origin.kind} is that of ${kind} \`${name}\`, which is not in the input`;
    report(diagnose('no-template', message, origin.source, formatRef({ ...origin, namespace })));
    return undefined;
  }
  return { ...shape, labels: { ...shape.labels, unknownKeys: ['rollouts-pod-template-hash'] } };
}

function workloadOf(linked: LinkedWorkload, members: readonly Member[], endpoints: readonly number[], parts: EndpointParts): Workload {
  const { apiVersion, kind, namespace, name, source, top, beneath } = linked;
  const ref = { apiVersion, kind, namespace, name, source };
  const dormant = top && isDormant(top, parts.facts) ? top.dormant : undefined;
  if (dormant && members.length === 0) {
    parts.report(diagnose('dormant-workload', `this ${kind} is ${dormant}: it has no endpoint`, source, formatRef(ref)));
  }
  const replicas = dormant ? members.length : top ? top.replicas : sumOfReplicas(beneath, parts.facts);
  const shapes = new Set(members.map(({ shape }) => shape));
  if (shapes.size === 0) for (const controller of top ? [top] : beneath) if (controller.template) shapes.add(controller.template);
  const images = [...new Set([...shapes].flatMap((shape) => shape.images))].sort(compareText);
  return { ref, ...(replicas !== undefined && { replicas }), endpoints, images };
}

function sumOfReplicas(controllers: readonly ControllerDraft[], facts: Facts): number | undefined {
  if (controllers.length === 0) return undefined;
  return controllers.reduce((sum, controller) => sum + (isDormant(controller, facts) ? 0 : (controller.replicas ?? 0)), 0);
}

/** Tells how many pods were left out because they have no network any more, and why they have none. */
export function reportFinishedPods(pods: readonly PodDraft[], facts: Facts, report: Report): void {
  for (const finished of ['ended', 'torn down'] as const) {
    const gone = pods.filter((pod) => pod.finished === finished && isGone(pod, facts));
    const [first] = gone;
    if (!first) continue;
    const [one, many] = FINISHED[finished];
    const told = gone.length === 1 ? `1 pod ${one} and is` : `${gone.length} pods ${many} and are`;
    report(diagnose('finished-pods', `${told} left out; the fact \`finishedPods=keep\` keeps them`, first.origin.source));
  }
}

/** What has become of one pod, and of several. */
const FINISHED: Readonly<Record<Exclude<PodDraft['finished'], false>, readonly [one: string, many: string]>> = {
  ended: ['has ended (Succeeded or Failed)', 'have ended (Succeeded or Failed)'],
  'torn down': [
    'is being deleted, has lost its network (its annotation `cni.projectcalico.org/podIP` is empty)',
    'are being deleted, have lost their network (their annotation `cni.projectcalico.org/podIP` is empty)',
  ],
};
