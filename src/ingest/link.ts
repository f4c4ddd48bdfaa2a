import type { FactBase } from '../model/facts';
import { PLAIN_NODE_NETWORK } from '../model/host-endpoint';
import type { Policy, Tier } from '../model/policy';
import type { Snapshot } from '../model/snapshot';
import type { ResourceRef, Source } from '../model/source';
import { compareText } from '../util/order';
import { enforcedPolicies, isCalico, reportBystanders, withPlugin } from './calico/link';
import { reportOrderTies } from './calico/order-ties';
import { serviceIndex } from './calico/service-index';
import { linkTiers } from './calico/tiers';
import { parseCalicoVersion } from './calico/version';
import { calicoWorld } from './calico/world';
import type { Report } from './document';
import type { Draft, Lowering, Origin, PolicyDraft } from './draft';
import { adminTiers } from './kubernetes/admin-tiers';
import { KUBERNETES_TIER } from './kubernetes/network-policies';
import { accountLabels } from './link/accounts';
import { reportAdminPolicies } from './link/admin-order';
import { inOrder, withoutDuplicates } from './link/duplicates';
import { linkEndpoints, reportFinishedPods } from './link/endpoints';
import { linkNamespaces } from './link/namespaces';
import { nodeFinder } from './link/nodes';
import { withPlatform } from './link/platform';
import { linkServices } from './link/services';
import { linkWorkloads } from './link/workloads';

/*
 *   drafts ─▶ one per object ─▶ namespaces ─┐
 *                            ─▶ workloads ──┼─▶ endpoints ─▶ Snapshot
 *                            ─▶ nodes ──────┘
 *                            ─▶ services, policies (lowered now that facts, namespaces and nodes are settled)
 */

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
  const byKind = partition(drafts);
  const base = withPlatform(withPlugin(given, byKind.policy, report), byKind.node);
  const { facts } = base;
  const policyDrafts = enforcedPolicies(byKind.policy, base, report);

  const namespaces = linkNamespaces(byKind.namespace, mentionedNamespaces(drafts, mentions, scopeOf), report);
  const { workloads: linked, controllerAt } = linkWorkloads(byKind.controller, byKind.pod, namespaceOf, report);
  const hasCalico = policyDrafts.some(({ origin }) => isCalico(origin));
  const { endpoints, workloads } = linkEndpoints({
    workloads: linked,
    namespaces,
    nodes: byKind.node,
    facts,
    controllerAt,
    ...(hasCalico && { accountLabels: accountLabels(byKind.serviceAccount, namespaceOf) }),
    report,
  });
  reportFinishedPods(byKind.pod, facts, report);
  const version = parseCalicoVersion(facts.calicoVersion);
  const calico = calicoWorld({
    version,
    networkSets: byKind.networkSet,
    hostEndpoints: byKind.hostEndpoint,
    profiles: byKind.profile,
    namespaces: namespaces.map(({ namespace }) => namespace),
    scopeOf,
    services: serviceIndex(byKind.service, byKind.backends, namespaceOf),
  });
  const policies = lowerPolicies(policyDrafts, base, { nodesWith: nodeFinder(byKind.node), calico, scopeOf, report });
  reportAdminPolicies(policies, facts, report);
  const known = linkTiers([KUBERNETES_TIER, ...Object.values(adminTiers(facts))], policies, { drafts: byKind.tier, version }, report);
  // Calico judges all that leaves a pod, also towards its own node (felix/rules/endpoints.go: the chain from a workload comes before the host's).
  const tiers = facts.cni === 'calico' ? known.map((tier) => ({ ...tier, guardsOwnNode: true as const })) : known;
  if (hasCalico) reportOrderTies(policies, base, report);
  if (facts.cni === 'calico') reportBystanders(byKind, namespaceOf, report);
  return {
    snapshot: {
      ...base,
      mode: endpoints.some(({ kind }) => kind === 'pod') ? 'snapshot' : 'bundle',
      namespaces: namespaces.map(({ namespace }) => namespace),
      workloads,
      endpoints,
      services: linkServices(byKind.service, byKind.backends, namespaceOf),
      entries: [],
      hostEndpoints: [],
      nodeNetwork: PLAIN_NODE_NETWORK,
      tiers,
      policies: inEvaluationOrder(policies, tiers),
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
    policy: [],
    tier: [],
    networkSet: [],
    hostEndpoint: [],
    profile: [],
    workloadEndpoint: [],
    hostSetting: [],
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
