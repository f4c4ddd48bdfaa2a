import {
  type Analysis,
  analyze,
  type ConnectionSet,
  type ConnectivityOptions,
  type ConnectivityRow,
  connectivity,
  type PeerKey,
} from '../engine/index';
import type { Policy, Tier } from '../model/policy';
import { matchSelector } from '../model/selector';
import type { Snapshot } from '../model/snapshot';
import { formatRef } from '../model/source';
import { compareText, firstDifference } from '../util/order';
import type { Check, Judgement } from './check';
import { connectionsWithout, formatConnections, isEmpty, unionOfConnections } from './connection-text';
import type { Remediation } from './finding';
import { exposureFlow } from './fingerprint';
import type { Proposal } from './remediation';
import { subjectOf } from './selection';
import { groupedBy, surveyOf } from './survey';

/*
 * Every proposed policy is tried before it is offered. The proposals of one check are added to the cluster all at once: each of them decides one direction of
 * pods of its own namespace only, so that none changes what another one's namespace gains or loses.
 */

/** Above this number of workloads nothing is tried: compiling the cluster once more for each check, and comparing its pairs, would cost more than it tells. */
const MOST_WORKLOADS = 3_000;

/** A list of lost flows ends here. */
const MOST_FLOWS = 50;

/** Pairs are compared with so many workloads at a time, so that the comparison can end as soon as every list is full. */
const WAVE = 64;

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
  const lost = lostFlows(snapshot, analysis, after, proposals);
  return judgements.map((judgement): Remediation => {
    const { advice, proposal } = judgement;
    if (!proposal || remaining.has(flowOf(check, judgement))) return { summary: advice, wouldCut: [] };
    return { summary: advice, manifest: proposal.manifest, wouldCut: lost.get(proposal)! };
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

/**
 * What workloads may open to each other before and not after, by the proposal that cuts it. The proposals are of one template. A workload that several of
 * them select loses its flows to each.
 */
function lostFlows(
  snapshot: Snapshot,
  before: Analysis,
  after: Analysis,
  proposals: readonly Proposal[],
): ReadonlyMap<Proposal, readonly string[]> {
  const { workloads } = snapshot;
  const lost = new Map<Proposal, string[]>(proposals.map((proposal) => [proposal, []]));
  const selected = proposalsByWorkload(snapshot, proposals);
  const isEgress = proposals[0]!.policy.egress !== undefined;
  const rest = [...workloads.keys()].filter((index) => !proposals[0]!.sparesPods || isOnHost(snapshot, index));
  for (let wave = rest.splice(0, WAVE); wave.length > 0; wave = rest.splice(0, WAVE)) {
    const open = [...selected]
      .filter(([, own]) => own.some((proposal) => lost.get(proposal)!.length <= MOST_FLOWS))
      .map(([index]) => index);
    if (open.length === 0) break;
    const ends = isEgress ? { from: open.map(keyOf), to: wave.map(keyOf) } : { from: wave.map(keyOf), to: open.map(keyOf) };
    for (const { from, to, connections } of shrunkRows(before, after, ends)) {
      const text = `${formatRef(workloads[from]!.ref)} → ${formatRef(workloads[to]!.ref)}: ${formatConnections(connections)}`;
      for (const proposal of selected.get(isEgress ? from : to)!) lost.get(proposal)!.push(text);
    }
  }
  for (const texts of lost.values()) {
    texts.sort(compareText);
    if (texts.length > MOST_FLOWS) texts.splice(MOST_FLOWS, Number.POSITIVE_INFINITY, 'and more');
  }
  return lost;
}

function keyOf(index: number): PeerKey {
  return { kind: 'workload', index };
}

function isOnHost({ workloads, endpoints }: Snapshot, index: number): boolean {
  return workloads[index]!.endpoints.some((id) => endpoints[id]!.network === 'host');
}

/** Which proposals select some of a workload's pods, in the order of the workloads. */
function proposalsByWorkload(snapshot: Snapshot, proposals: readonly Proposal[]): ReadonlyMap<number, readonly Proposal[]> {
  const byNamespace = groupedBy(proposals, ({ policy }) => policy.ref.namespace);
  const selected = new Map<number, readonly Proposal[]>();
  for (const [index, { ref, endpoints }] of snapshot.workloads.entries()) {
    const subjects = endpoints.map((id) => subjectOf(snapshot, snapshot.endpoints[id]!));
    const own =
      byNamespace
        .get(ref.namespace)
        ?.filter(({ policy }) => subjects.some((subject) => matchSelector(policy.appliesTo, subject).truth === 'yes')) ?? [];
    if (own.length > 0) selected.set(index, own);
  }
  return selected;
}

interface ShrunkRow {
  readonly from: number;
  readonly to: number;
  readonly connections: ConnectionSet;
}

/** Rows of which something certain or something possible is gone: a merge of two lists in one order. */
function* shrunkRows(before: Analysis, after: Analysis, ends: Pick<ConnectivityOptions, 'from' | 'to'>): Generator<ShrunkRow> {
  const options = { by: 'workload', external: false, ...ends } as const;
  const later = connectivity(after, options)[Symbol.iterator]();
  let next = later.next();
  for (const row of connectivity(before, options)) {
    const { from, to, allowed, conditional } = row;
    while (!next.done && compareRows(next.value, row) < 0) next = later.next();
    const kept = !next.done && compareRows(next.value, row) === 0 ? next.value : undefined;
    const certain = connectionsWithout(allowed, kept?.allowed ?? {});
    const possible = connectionsWithout(
      unionOfConnections(allowed, conditional),
      kept ? unionOfConnections(kept.allowed, kept.conditional) : {},
    );
    const connections = unionOfConnections(certain, possible);
    if (from.kind !== 'block' && to.kind !== 'block' && !isEmpty(connections)) yield { from: from.index, to: to.index, connections };
  }
}

function compareRows(a: ConnectivityRow, b: ConnectivityRow): number {
  return firstDifference(indexOf(a.from) - indexOf(b.from), indexOf(a.to) - indexOf(b.to));
}

function indexOf(peer: PeerKey): number {
  return peer.kind === 'block' ? Number.POSITIVE_INFINITY : peer.index;
}
