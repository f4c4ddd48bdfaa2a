import type { FactBase } from '../model/facts';
import type { Policy, Tier } from '../model/policy';
import type { Snapshot } from '../model/snapshot';
import type { ResourceRef, Source } from '../model/source';
import { compareText } from '../util/order';
import type { Report } from './document';
import type { Draft, Origin, PolicyDraft } from './draft';
import { KUBERNETES_TIER } from './kubernetes/network-policies';
import { inOrder, withoutDuplicates } from './link/duplicates';
import { linkEndpoints, reportFinishedPods } from './link/endpoints';
import { linkNamespaces } from './link/namespaces';
import { withPlatform } from './link/platform';
import { linkServices } from './link/services';
import { linkWorkloads } from './link/workloads';

/*
 *   drafts ─▶ one per object ─▶ namespaces ─┐
 *                            ─▶ workloads ──┼─▶ endpoints ─▶ Snapshot
 *                            ─▶ nodes ──────┘
 *                            ─▶ services, policies (lowered now that facts and namespaces are settled)
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
  const base = withPlatform(given, byKind.node);
  const { facts } = base;

  const namespaces = linkNamespaces(byKind.namespace, mentionedNamespaces(drafts, mentions, scopeOf), report);
  const { workloads: linked, controllerAt } = linkWorkloads(byKind.controller, byKind.pod, namespaceOf, report);
  const { endpoints, workloads } = linkEndpoints({ workloads: linked, namespaces, nodes: byKind.node, facts, controllerAt, report });
  reportFinishedPods(byKind.pod, facts, report);
  const tiers: readonly Tier[] = [KUBERNETES_TIER];
  return {
    snapshot: {
      ...base,
      mode: endpoints.some(({ kind }) => kind === 'pod') ? 'snapshot' : 'bundle',
      namespaces: namespaces.map(({ namespace }) => namespace),
      workloads,
      endpoints,
      services: linkServices(byKind.service, byKind.backends, namespaceOf),
      tiers,
      policies: lowerPolicies(byKind.policy, base, scopeOf, report),
    },
    dropped,
  };
}

type DraftsByKind = { readonly [Kind in Draft['kind']]: Extract<Draft, { readonly kind: Kind }>[] };

function partition(drafts: readonly Draft[]): DraftsByKind {
  const byKind: DraftsByKind = { pod: [], controller: [], namespace: [], node: [], service: [], backends: [], policy: [], mention: [] };
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

/** In evaluation order. */
function lowerPolicies(
  drafts: readonly PolicyDraft[],
  { facts }: FactBase,
  scopeOf: (origin: Origin) => string | undefined,
  report: Report,
): readonly Policy[] {
  const policies = drafts.map(({ origin, lower }) => {
    const { apiVersion, kind, name, source } = origin;
    const namespace = scopeOf(origin);
    const ref: ResourceRef = { apiVersion, kind, ...(namespace !== undefined && { namespace }), name, source };
    return lower({ facts, ref, report });
  });
  return policies.filter((policy) => policy !== undefined).sort((a, b) => a.order - b.order || compareText(a.tieBreak, b.tieBreak));
}
