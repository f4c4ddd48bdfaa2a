import type { FactBase } from '../model/facts';
import { PLAIN_NODE_NETWORK } from '../model/host-endpoint';
import type { Policy, Tier } from '../model/policy';
import type { Snapshot } from '../model/snapshot';
import type { ResourceRef, Source } from '../model/source';
import { compareText } from '../util/order';
import { autoHostEndpoints } from './calico/auto-hosts';
import { withHostNodes } from './calico/host-nodes';
import { enforced, isCalico, withPlugin } from './calico/link';
import { linkHostEndpoints } from './calico/link-hosts';
import { withProfiles } from './calico/namespace-profiles';
import { linkNodeNetwork, tunnelsBetweenNodes, withFelix } from './calico/node-network';
import { reportOrderTies } from './calico/order-ties';
import { profileLists } from './calico/profile-lists';
import { profilePolicies } from './calico/profile-policies';
import { profileIndex, writtenProfiles } from './calico/profiles';
import { selectorsFor } from './calico/selectors';
import { serviceIndex } from './calico/service-index';
import { linkTiers } from './calico/tiers';
import { reportTunnelSources } from './calico/tunnel-sources';
import { hasFeature, parseCalicoVersion } from './calico/version';
import { withWorkloadPods } from './calico/workload-pods';
import { calicoWorld } from './calico/world';
import type { Report } from './document';
import type { Draft, Lowering, Origin, PolicyDraft } from './draft';
import { adminTiers } from './kubernetes/admin-tiers';
import { KUBERNETES_TIER } from './kubernetes/network-policies';
import { accountLabels } from './link/accounts';
import { reportAdminPolicies } from './link/admin-order';
import { inOrder, withoutDuplicates } from './link/duplicates';
import { linkEndpoints, reportFinishedPods } from './link/endpoints';
import { linkEntries } from './link/entries';
import { linkNamespaces } from './link/namespaces';
import { mergedNodes, nodeFinder } from './link/nodes';
import { withPlatform } from './link/platform';
import { linkServices } from './link/services';
import { linkWorkloads } from './link/workloads';

/*
 *   drafts ─▶ one per object ─▶ namespaces ─┐
 *                            ─▶ workloads ──┼─▶ endpoints ─▶ Snapshot
 *                            ─▶ nodes ──────┘
 *                            ─▶ services ─▶ entries
 *                            ─▶ policies (lowered now that facts, namespaces and nodes are settled)
 */

/** What `link` makes of the drafts. */
export interface LinkedSnapshot {
  readonly snapshot: Snapshot;
  /** Fingerprints of the documents that duplicates made void. */
  readonly dropped: readonly string[];
}

/** Makes the snapshot of all drafts of a bundle. `mentions` are namespaces that objects without a draft are in. */
export function link(all: readonly Draft[], mentions: ReadonlyMap<string, Source>, given: FactBase, report: Report): LinkedSnapshot {
  const { defaultNamespace } = given.facts;
  const namespaceOf = (origin: Origin) => origin.namespace ?? defaultNamespace;
  const scopeOf = (origin: Origin) => (origin.scope === 'cluster' ? undefined : namespaceOf(origin));
  const { drafts, dropped } = withoutDuplicates(inOrder(all), scopeOf, report);
  const parts = partition(drafts);
  const byKind = { ...parts, node: mergedNodes(parts.node) };
  const plugged = withPlatform(withPlugin(given, byKind, report), byKind.node);
  const isCalicoCluster = plugged.facts.cni === 'calico';
  const felix = { felix: byKind.felix, controllers: byKind.controller, pools: byKind.addressPool, nodes: byKind.node, report };
  const base = isCalicoCluster ? withFelix(plugged, felix) : plugged;
  const { facts } = base;
  const policyDrafts = enforced(byKind.policy, base, report);
  const givenHosts = enforced(byKind.hostEndpoint, base, report);
  const makesHosts = isCalicoCluster && byKind.hostEndpoint.length === 0;
  const hostDrafts = makesHosts
    ? autoHostEndpoints(byKind.autoHosts, byKind.node, report)
    : givenHosts.filter(({ isLeftOut }) => !isLeftOut);

  const nodes = isCalicoCluster
    ? withHostNodes({ nodes: byKind.node, hostEndpoints: hostDrafts, pools: byKind.addressPool }, report)
    : byKind.node;
  const version = parseCalicoVersion(facts.calicoVersion);
  const selectors = selectorsFor(hasFeature(version, 'freeNames'));
  const known = linkNamespaces(byKind.namespace, mentionedNamespaces(drafts, mentions, scopeOf), report);
  const written = isCalicoCluster ? writtenProfiles(byKind.profile, selectors, report) : [];
  const profileAt = profileIndex(
    written,
    known.map(({ namespace }) => namespace),
  );
  const profiles = { profileAt, listOf: profileLists(profileAt) };
  const linkedNamespaces = withProfiles(known, profiles, written, report);
  const namespaces = linkedNamespaces.map(({ namespace }) => namespace);
  const workloadEndpoints = byKind.workloadEndpoint.filter(({ isLeftOut }) => !isLeftOut);
  const pods = isCalicoCluster
    ? withWorkloadPods({ ...byKind, workloadEndpoint: workloadEndpoints, ...profiles, namespaces, namespaceOf }, report)
    : byKind.pod;
  const { workloads: linked, controllerAt } = linkWorkloads(byKind.controller, pods, namespaceOf, report);
  const hasCalico = policyDrafts.some(({ origin }) => isCalico(origin));
  const hostEndpoints = linkHostEndpoints(hostDrafts, profiles, report);
  const { endpoints, workloads } = linkEndpoints({
    workloads: linked,
    namespaces: linkedNamespaces,
    nodes,
    hostEndpoints: hostDrafts,
    facts,
    controllerAt,
    ...((hasCalico || written.length > 0) && { accountLabels: accountLabels(byKind.serviceAccount, namespaceOf) }),
    report,
  });
  reportFinishedPods(pods, facts, report);
  const calico = calicoWorld({
    version,
    selectors,
    networkSets: byKind.networkSet,
    hostEndpoints: hostDrafts,
    profileAt,
    namespaces,
    endpoints,
    scopeOf,
    services: serviceIndex(byKind.service, byKind.backends, namespaceOf),
  });
  const lowered = lowerPolicies(policyDrafts, base, { nodesWith: nodeFinder(byKind.node), calico, scopeOf, report });
  reportAdminPolicies(lowered, facts, report);
  const isEbpf = facts.serviceProxy === 'ebpf';
  const ofProfiles = profilePolicies({ ...profiles, endpoints, namespaces, hostEndpoints, sides: calico.sides, isEbpf });
  const policies = [...lowered, ...ofProfiles.policies];
  const ordered = linkTiers([KUBERNETES_TIER, ...Object.values(adminTiers(facts))], lowered, { drafts: byKind.tier, version }, report);
  // Behind all others, also those that policies name and nobody knows.
  const everyTier = [...ordered, ...ofProfiles.tiers];
  // Calico judges all that leaves a pod, also towards its own node (felix/rules/endpoints.go: the chain from a workload comes before the host's).
  const tiers = isCalicoCluster ? everyTier.map((tier) => ({ ...tier, guardsOwnNode: true as const })) : everyTier;
  if (hasCalico) reportOrderTies(lowered, base, report);
  const governed = [...new Set(hostEndpoints.map(({ node }) => node))];
  const nodeNetwork = isCalicoCluster ? linkNodeNetwork(governed, felix, base, { nodes, hostEndpoints: hostDrafts }) : PLAIN_NODE_NETWORK;
  if (isCalicoCluster) {
    reportTunnelSources(policies, { nodes: byKind.node, pools: nodeNetwork.pools, endpoints, namespaces }, report);
  }
  const between = isCalicoCluster ? tunnelsBetweenNodes(felix, base, { hostEndpoints, policies }) : undefined;
  const services = linkServices(byKind.service, byKind.backends, namespaceOf);
  const entries = linkEntries({
    entries: byKind.entry,
    classes: byKind.entryClass,
    gateways: byKind.gateway,
    routes: byKind.gatewayRoute,
    grants: byKind.referenceGrant,
    services,
    namespaces,
    namespaceOf,
    report,
  });
  return {
    snapshot: {
      ...base,
      mode: endpoints.some(({ kind }) => kind === 'pod') ? 'snapshot' : 'bundle',
      namespaces,
      workloads,
      endpoints,
      services,
      entries,
      hostEndpoints,
      nodeNetwork,
      tiers: between ? [between.tier, ...tiers] : tiers,
      policies: [...(between ? [between.policy] : []), ...inEvaluationOrder(policies, tiers)],
    },
    dropped,
  };
}

type DraftsByKind = { readonly [Kind in Draft['kind']]: Extract<Draft, { readonly kind: Kind }>[] };

function partition(drafts: readonly Draft[]): DraftsByKind {
  const byKind: DraftsByKind = {
    pod: [],
    controller: [],
    namespace: [],
    node: [],
    service: [],
    serviceAccount: [],
    backends: [],
    entry: [],
    entryClass: [],
    gateway: [],
    gatewayRoute: [],
    referenceGrant: [],
    policy: [],
    tier: [],
    networkSet: [],
    hostEndpoint: [],
    profile: [],
    workloadEndpoint: [],
    felix: [],
    addressPool: [],
    autoHosts: [],
    mention: [],
  };
  for (const draft of drafts) (byKind[draft.kind] as Draft[]).push(draft);
  return byKind;
}

/** Each namespace that an object is in, with the first such object. */
function mentionedNamespaces(
  drafts: readonly Draft[],
  mentions: ReadonlyMap<string, Source>,
  scopeOf: (origin: Origin) => string | undefined,
): ReadonlyMap<string, Source> {
  const first = new Map<string, Source>();
  for (const { origin } of drafts) {
    const namespace = scopeOf(origin);
    if (namespace !== undefined && !first.has(namespace)) first.set(namespace, origin.source);
  }
  for (const [namespace, source] of mentions) if (!first.has(namespace)) first.set(namespace, source);
  return first;
}

function lowerPolicies(
  drafts: readonly PolicyDraft[],
  { facts, origins }: FactBase,
  around: Pick<Lowering, 'nodesWith' | 'calico' | 'report'> & { readonly scopeOf: (origin: Origin) => string | undefined },
): readonly Policy[] {
  const { nodesWith, calico, report, scopeOf } = around;
  const policies = drafts.map(({ origin, lower }) => {
    const { apiVersion, kind, name, source } = origin;
    const namespace = scopeOf(origin);
    const ref: ResourceRef = { apiVersion, kind, ...(namespace !== undefined && { namespace }), name, source };
    return lower({ facts, origins, nodesWith, calico, ref, report });
  });
  return policies.filter((policy) => policy !== undefined);
}

function inEvaluationOrder(policies: readonly Policy[], tiers: readonly Tier[]): readonly Policy[] {
  const place = new Map(tiers.map(({ name }, index) => [name, index]));
  return [...policies].sort((a, b) => place.get(a.tier)! - place.get(b.tier)! || a.order - b.order || compareText(a.tieBreak, b.tieBreak));
}
