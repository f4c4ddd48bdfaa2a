import { type Analysis, analyze, type ConnectivityRow, connectivity, type PeerKey } from '../engine/index';
import type { Policy, Tier } from '../model/policy';
import type { Snapshot } from '../model/snapshot';
import { formatRef } from '../model/source';
import { compareText, firstDifference } from '../util/order';
import type { Check, Judgement } from './check';
import { connectionsWithout, formatConnections, isEmpty, unionOfConnections } from './connection-text';
import type { Remediation } from './finding';
import { exposureFlow } from './fingerprint';
import { surveyOf } from './survey';

/*
 * Every proposed policy is tried before it is offered. The proposals of one check are added to the cluster all at once: each of them decides one direction of
 * pods of its own namespace only, so that none changes what another one's namespace gains or loses.
 */

/** Above this number of workloads nothing is tried: compiling the cluster once more for each check would cost more than the findings are worth. */
const MOST_WORKLOADS = 5_000;

/** A list of lost flows ends here. */
const MOST_FLOWS = 50;

/** Remedies in the order of the judgements. A proposal that does not make its finding vanish is not offered as a manifest. */
export function settleRemedies(
  check: Check,
  judgements: readonly Judgement[],
  snapshot: Snapshot,
  analysis: Analysis,
): readonly Remediation[] {
  const proposals = judgements.flatMap(({ proposal }) => proposal ?? []);
  if (proposals.length === 0) return judgements.map(({ advice }) => ({ summary: advice, wouldCut: [] }));
  if (snapshot.workloads.length > MOST_WORKLOADS) {
    const untried = `not computed: the cluster has ${snapshot.workloads.length} workloads, more than ${MOST_WORKLOADS}`;
    return judgements.map(({ advice, proposal }) => ({
      summary: advice,
      ...(proposal && { manifest: proposal.manifest }),
      wouldCut: proposal ? [untried] : [],
    }));
  }
  const changed = withPolicies(
    snapshot,
    proposals.map(({ policy }) => policy),
  );
  const after = analyze(changed);
  const remaining = new Set(check.judge(surveyOf(changed, after)).map((judgement) => flowOf(check, judgement)));
  return judgements.map((judgement): Remediation => {
    const { advice, proposal, direction = 'ingress' } = judgement;
    if (!proposal || remaining.has(flowOf(check, judgement))) return { summary: advice, wouldCut: [] };
    return {
      summary: advice,
      manifest: proposal.manifest,
      wouldCut: lostFlows(snapshot, analysis, after, proposal.policy.ref.namespace!, direction),
    };
  });
}

/** The fingerprint of a judgement, by which it is known before and after a change. */
export function flowOf({ id }: Check, { subject, object, direction, ports, family }: Judgement): string {
  return exposureFlow({ check: id, subject, object, direction: direction ?? 'none', ports, family });
}

/** The snapshot with more policies, in the order that every snapshot has. */
export function withPolicies(snapshot: Snapshot, added: readonly Policy[]): Snapshot {
  const missing = DEFAULT_TIER.name;
  const tiers = snapshot.tiers.some(({ name }) => name === missing) ? snapshot.tiers : [...snapshot.tiers, DEFAULT_TIER].sort(compareTiers);
  const place = new Map(tiers.map(({ name }, index) => [name, index]));
  const policies = [...snapshot.policies, ...added].sort((a, b) =>
    firstDifference(place.get(a.tier)! - place.get(b.tier)!, a.order - b.order, compareText(a.tieBreak, b.tieBreak)),
  );
  return { ...snapshot, tiers, policies };
}

/** The tier of NetworkPolicies (projectcalico/calico api/pkg/apis/projectcalico/v3/tier.go). */
const DEFAULT_TIER: Tier = { name: 'default', order: 1_000_000, defaultAction: 'Deny' };

function compareTiers(a: Tier, b: Tier): number {
  return firstDifference(a.order - b.order, compareText(a.name, b.name));
}

/** What workloads may open to each other before and not after, in a direction of one namespace: a merge of two lists in one order. */
function lostFlows(
  { workloads }: Snapshot,
  before: Analysis,
  after: Analysis,
  namespace: string,
  direction: 'ingress' | 'egress',
): readonly string[] {
  const ends: readonly PeerKey[] = workloads.flatMap(({ ref }, index) =>
    ref.namespace === namespace ? [{ kind: 'workload', index }] : [],
  );
  const options = { by: 'workload', external: false, ...(direction === 'ingress' ? { to: ends } : { from: ends }) } as const;
  const later = connectivity(after, options)[Symbol.iterator]();
  let next = later.next();
  const lost: string[] = [];
  for (const row of connectivity(before, options)) {
    while (!next.done && compareRows(next.value, row) < 0) next = later.next();
    const kept = !next.done && compareRows(next.value, row) === 0 ? next.value : undefined;
    const certain = connectionsWithout(row.allowed, kept?.allowed ?? {});
    const possible = connectionsWithout(
      unionOfConnections(row.allowed, row.conditional),
      kept ? unionOfConnections(kept.allowed, kept.conditional) : {},
    );
    const connections = unionOfConnections(certain, possible);
    if (isEmpty(connections) || row.from.kind === 'block' || row.to.kind === 'block') continue;
    if (lost.length === MOST_FLOWS) return [...lost, 'and more'];
    lost.push(
      `${formatRef(workloads[row.from.index]!.ref)} → ${formatRef(workloads[row.to.index]!.ref)}: ${formatConnections(connections)}`,
    );
  }
  return lost;
}

function compareRows(a: ConnectivityRow, b: ConnectivityRow): number {
  return firstDifference(indexOf(a.from) - indexOf(b.from), indexOf(a.to) - indexOf(b.to));
}

function indexOf(peer: PeerKey): number {
  return peer.kind === 'block' ? Number.POSITIVE_INFINITY : peer.index;
}
