import type { Endpoint, Namespace } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import type { LabelSet } from '../../model/selector';
import type { HostEndpointDraft, NetworkSetDraft, Origin } from '../draft';
import { type LabelledNets, labelledIndex } from './labelled-nets';
import { hostLabels } from './link-hosts';
import type { Labels } from './metadata';
import { netsOf, parseNet } from './nets';
import { rememberingBounds } from './peer-bounds';
import type { ProfileAt } from './profiles';
import type { Expression } from './selector-expression';
import { NAME_LABEL, NAMESPACE_LABEL, NAMESPACE_PREFIX } from './selector-scope';
import type { Selectors } from './selectors';
import type { ServiceIndex } from './service-index';
import type { SideWorld } from './side-cases';
import type { CalicoVersion } from './version';

/** A host endpoint: a peer of rules by its addresses, and what policies select beside pods. */
export interface CalicoHost extends LabelledNets {
  readonly node: string;
  readonly interfaceName: string;
}

/** What lowering Calico's policies looks at beside each of them; made once for an input. */
export interface CalicoWorld {
  readonly version: CalicoVersion;
  readonly selectors: Selectors;
  readonly sides: SideWorld;
  /** The host endpoints that a selector chooses. */
  readonly hosts: (expression: Expression) => readonly CalicoHost[];
  /** Whether pods with addresses of their own run on this node, as far as the input tells. */
  readonly mayHavePods: (node: string) => boolean;
}

/** What the world is made of. */
export interface WorldParts {
  readonly version: CalicoVersion;
  readonly selectors: Selectors;
  readonly networkSets: readonly NetworkSetDraft[];
  readonly hostEndpoints: readonly HostEndpointDraft[];
  readonly profileAt: ProfileAt;
  readonly namespaces: readonly Namespace[];
  readonly endpoints: readonly Pick<Endpoint, 'kind' | 'network' | 'node'>[];
  /** The namespace of an object; undefined for a global one. */
  readonly scopeOf: (origin: Origin) => string | undefined;
  readonly services: ServiceIndex;
}

/** Puts the world together from all objects of the input. */
export function calicoWorld(parts: WorldParts): CalicoWorld {
  const { version, selectors, networkSets, hostEndpoints, profileAt, namespaces, endpoints, scopeOf, services } = parts;
  const byName = new Map(namespaces.map((namespace) => [namespace.name, namespace]));
  const sets = networkSets.map((draft): LabelledNets => {
    const scope = scopeOf(draft.origin);
    const namespace = scope === undefined ? undefined : byName.get(scope);
    const { name } = draft.origin;
    return { name, ...setLabels(draft.labels, namespace), nets: draft.nets, ports: [] };
  });
  const hosts = hostEndpoints.filter(({ isLeftOut }) => !isLeftOut).map((draft) => hostOf(draft, profileAt));
  const labelled = labelledIndex([...sets, ...hosts]);
  const peers = { selectors, labelled };
  const hostIndex = labelledIndex(hosts);
  return {
    version,
    selectors,
    sides: { ...peers, bounds: rememberingBounds(peers), hosts, services },
    hosts: (expression) => hostIndex(expression).map(({ labelled: host }) => host),
    mayHavePods: podPlaces(endpoints),
  };
}

/** A pod of which nobody knows the node may be on any of them. Few inputs have a policy that asks, so that pods are only looked through for the first. */
function podPlaces(endpoints: WorldParts['endpoints']): CalicoWorld['mayHavePods'] {
  let nodes: Set<string | undefined> | undefined;
  return (node) => {
    nodes ??= new Set(
      endpoints.flatMap(({ kind, network, node: own }) => ((kind === 'pod' || kind === 'template') && network === 'pod' ? [own] : [])),
    );
    return nodes.has(undefined) || nodes.has(node);
  };
}

const NOTHING_UNKNOWN = () => undefined;

/** Own labels, and those of the namespace through its prefix (libcalico-go/lib/backend/syncersv1/updateprocessors/networksetprocessor.go). */
function setLabels(own: Labels, namespace: Namespace | undefined): Pick<LabelledNets, 'labels' | 'isComplete'> {
  if (!namespace) return { labels: { values: new Map(own), unknown: NOTHING_UNKNOWN }, isComplete: true };
  const { name, labels } = namespace;
  const values = new Map([
    ...Object.entries(labels.values).map(([key, value]) => [NAMESPACE_PREFIX + key, value] as const),
    [`${NAMESPACE_PREFIX}${NAME_LABEL}`, name],
    ...own,
    [NAMESPACE_LABEL, name],
  ]);
  return { labels: { values, unknown: unknownLabels(name, labels) }, isComplete: labels.complete };
}

function unknownLabels(namespace: string, { complete }: LabelSet): (key: string) => Unknown | undefined {
  if (complete) return NOTHING_UNKNOWN;
  return (key) => {
    if (!key.startsWith(NAMESPACE_PREFIX)) return undefined;
    const label = key.slice(NAMESPACE_PREFIX.length);
    return { kind: 'namespace-labels', text: `label \`${label}\` of namespace \`${namespace}\`, which is not in the input` };
  };
}

function hostOf(draft: HostEndpointDraft, profileAt: WorldParts['profileAt']): CalicoHost {
  return {
    name: draft.origin.name,
    node: draft.node,
    interfaceName: draft.interfaceName,
    labels: { values: new Map(hostLabels(draft, profileAt)), unknown: NOTHING_UNKNOWN },
    isComplete: true,
    nets: netsOf(draft.addresses.map((address) => parseNet(address)!)),
    ports: draft.ports,
  };
}
