import { invariant } from '../util/invariant';
import { STORAGE_GROUP } from './calico/complaints';
import { CALICO_APIS, CALICO_KINDS } from './calico/kinds';
import type { BundleDocument, Report } from './document';
import type { Draft, Origin } from './draft';
import { readGatewayClass } from './gateway/gateway-classes';
import { GATEWAY_GROUP, readGateway } from './gateway/gateways';
import { readReferenceGrant } from './gateway/reference-grants';
import { readGatewayRoute } from './gateway/routes';
import { readAdminNetworkPolicy, readBaselineAdminNetworkPolicy } from './kubernetes/admin-policies';
import { readEndpointSlice, readEndpoints } from './kubernetes/backends';
import { readClusterNetworkPolicy } from './kubernetes/cluster-network-policies';
import { CONTROLLER_KINDS, groupOf } from './kubernetes/controller-kinds';
import { readController } from './kubernetes/controllers';
import { readIngressClass } from './kubernetes/ingress-classes';
import { readIngress } from './kubernetes/ingresses';
import { readNamespace } from './kubernetes/namespaces';
import { readNetworkPolicy } from './kubernetes/network-policies';
import { readNode } from './kubernetes/nodes';
import { readOrigin } from './kubernetes/origin';
import type { ShapePool } from './kubernetes/pod-shape';
import { readPod } from './kubernetes/pods';
import { readServiceAccount } from './kubernetes/service-accounts';
import { readService } from './kubernetes/services';
import { readRoute } from './openshift/routes';
import { type Reading, readingOf } from './reading';
import { consequenceOf, type Significance, significanceOf } from './unmodelled';

/*
 * Which reader reads which kind: by API group and kind, never by kind alone.
 */

interface Reader {
  readonly kind: string;
  /** API groups that serve or served the kind, each with its versions; the first is the one of today. */
  readonly apis: Readonly<Record<string, readonly string[]>>;
  readonly scope: Origin['scope'];
  readonly read: (reading: Reading, origin: Origin, shapes: ShapePool) => Draft;
}

/** The group of cluster-wide policies. */
const CLUSTER_POLICIES = 'policy.networking.k8s.io';

/** Versions of the Gateway API; what it has in them differs, but not what its kinds mean. */
const GATEWAY_APIS = { [GATEWAY_GROUP]: ['v1', 'v1beta1', 'v1alpha3', 'v1alpha2'] };
const GATEWAY_ROUTES: readonly string[] = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

const KUBERNETES_READERS: readonly Reader[] = [
  { kind: 'Namespace', apis: { '': ['v1'] }, scope: 'cluster', read: readNamespace },
  { kind: 'Node', apis: { '': ['v1'] }, scope: 'cluster', read: readNode },
  { kind: 'Pod', apis: { '': ['v1'] }, scope: 'namespaced', read: readPod },
  { kind: 'Service', apis: { '': ['v1'] }, scope: 'namespaced', read: readService },
  { kind: 'Endpoints', apis: { '': ['v1'] }, scope: 'namespaced', read: readEndpoints },
  { kind: 'EndpointSlice', apis: { 'discovery.k8s.io': ['v1', 'v1beta1'] }, scope: 'namespaced', read: readEndpointSlice },
  { kind: 'ServiceAccount', apis: { '': ['v1'] }, scope: 'namespaced', read: readServiceAccount },
  { kind: 'NetworkPolicy', apis: { 'networking.k8s.io': ['v1'], extensions: ['v1beta1'] }, scope: 'namespaced', read: readNetworkPolicy },
  {
    kind: 'Ingress',
    apis: { 'networking.k8s.io': ['v1', 'v1beta1'], extensions: ['v1beta1'] },
    scope: 'namespaced',
    read: readIngress,
  },
  { kind: 'IngressClass', apis: { 'networking.k8s.io': ['v1', 'v1beta1'] }, scope: 'cluster', read: readIngressClass },
  { kind: 'GatewayClass', apis: GATEWAY_APIS, scope: 'cluster', read: readGatewayClass },
  { kind: 'Gateway', apis: GATEWAY_APIS, scope: 'namespaced', read: readGateway },
  ...GATEWAY_ROUTES.map((kind): Reader => ({ kind, apis: GATEWAY_APIS, scope: 'namespaced', read: readGatewayRoute })),
  { kind: 'ReferenceGrant', apis: GATEWAY_APIS, scope: 'namespaced', read: readReferenceGrant },
  { kind: 'AdminNetworkPolicy', apis: { [CLUSTER_POLICIES]: ['v1alpha1'] }, scope: 'cluster', read: readAdminNetworkPolicy },
  {
    kind: 'BaselineAdminNetworkPolicy',
    apis: { [CLUSTER_POLICIES]: ['v1alpha1'] },
    scope: 'cluster',
    read: readBaselineAdminNetworkPolicy,
  },
  // v1beta1 has the shape of v1alpha2.
  { kind: 'ClusterNetworkPolicy', apis: { [CLUSTER_POLICIES]: ['v1alpha2', 'v1beta1'] }, scope: 'cluster', read: readClusterNetworkPolicy },
  ...CONTROLLER_KINDS.map((type): Reader => {
    return {
      kind: type.kind,
      apis: type.apis,
      scope: 'namespaced',
      read: (reading, origin, shapes) => readController(reading, origin, type, shapes),
    };
  }),
];

/** Of OpenShift; its first releases had it beside the kinds of Kubernetes. */
const ROUTE: Reader = { kind: 'Route', apis: { 'route.openshift.io': ['v1'], '': ['v1'] }, scope: 'namespaced', read: readRoute };

const READERS: readonly Reader[] = [...KUBERNETES_READERS, ROUTE, ...CALICO_KINDS.map((type): Reader => ({ ...type, apis: CALICO_APIS }))];

/** A reader as it goes with one `apiVersion`. */
interface Registration {
  readonly reader: Reader;
  readonly group: string;
  readonly api: 'current' | 'old' | 'wrong';
}

const REGISTRY: ReadonlyMap<string, Registration> = new Map(
  READERS.flatMap((reader) => {
    const [current] = Object.keys(reader.apis);
    return Object.entries(reader.apis).flatMap(([group, versions]) =>
      versions.map((version): [string, Registration] => {
        const apiVersion = group === '' ? version : `${group}/${version}`;
        return [
          `${apiVersion} ${reader.kind}`,
          { reader, group: current!, api: group === current || group === STORAGE_GROUP ? 'current' : 'old' },
        ];
      }),
    );
  }),
);
const READERS_BY_KIND: ReadonlyMap<string, Reader> = new Map(KUBERNETES_READERS.map((reader) => [reader.kind, reader]));

/**
 * Who reads a kind. In a group of Kubernetes' own that does not serve it, such as `apps/v1 Pod`, what is meant is beyond doubt: the API server refuses
 * the object, and we read it all the same and say so. In anybody else's group it is another kind.
 */
function registrationOf(apiVersion: string, kind: string): Registration | undefined {
  const exact = REGISTRY.get(`${apiVersion} ${kind}`);
  if (exact) return exact;
  const group = groupOf(apiVersion);
  const reader = READERS_BY_KIND.get(kind);
  if (!reader || (group.includes('.') && !group.endsWith('.k8s.io'))) return undefined;
  return { reader, group: Object.keys(reader.apis)[0]!, api: 'wrong' };
}

/** What reading a bundle gathers beside drafts. */
export interface ReadingRoom {
  readonly report: Report;
  readonly shapes: ShapePool;
  /** Counts an object of a kind that is left out, or read from an old API; told once per kind. */
  readonly count: (code: 'kind-unknown' | 'old-api', subject: string, document: BundleDocument) => void;
}

/** An object that became no draft. */
export interface LeftOut {
  readonly kind: 'left-out';
  readonly significance: Significance;
}

/** Reads one Kubernetes object. What is left out is reported, unless its kind has no part in reachability. */
export function readObject(
  document: BundleDocument,
  place: { readonly sequence: number; readonly fingerprint: string },
  room: ReadingRoom,
): Draft | LeftOut {
  const { apiVersion, kind } = document.object;
  invariant(typeof apiVersion === 'string' && typeof kind === 'string', 'a document has a type');
  const registration = registrationOf(apiVersion, kind);
  const reading = readingOf(document, nameOf(document, kind), room.report);
  if (!registration) return { kind: 'left-out', significance: leaveOut(reading, apiVersion, kind, room) };
  const { reader, group, api } = registration;
  const origin = readOrigin(reading, document, { apiVersion, group, kind, scope: reader.scope }, place);
  if (!origin) return { kind: 'left-out', significance: 'unknown' };
  if (api === 'old') room.count('old-api', `${apiVersion} ${kind}`, document);
  if (api === 'wrong')
    reading.report(
      'wrong-api',
      `Kubernetes has no ${kind} in \`${apiVersion}\`: the API server refuses it, here it is read as the ${kind} it has`,
    );
  return reader.read(reading, origin, room.shapes);
}

function leaveOut(reading: Reading, apiVersion: string, kind: string, room: ReadingRoom): Significance {
  const significance = significanceOf(groupOf(apiVersion), kind);
  if (significance === 'unknown') {
    room.count('kind-unknown', `${apiVersion} ${kind}`, reading.document);
  } else if (significance !== 'irrelevant') {
    const code = significance === 'pods' ? 'pods-not-modelled' : 'kind-not-modelled';
    reading.report(code, `${kind} of \`${apiVersion}\` is not understood: ${consequenceOf(significance)}`);
  }
  return significance;
}

/** `namespace/name[Kind]` as far as the document says it. */
function nameOf({ object }: BundleDocument, kind: string): string | undefined {
  const metadata = object.metadata as { readonly name?: unknown; readonly namespace?: unknown } | null | undefined;
  const { name, namespace } = metadata ?? {};
  if (typeof name !== 'string') return undefined;
  return `${typeof namespace === 'string' && namespace !== '' ? `${namespace}/` : ''}${name}[${kind}]`;
}
