import { isWritten } from '../../model/policy';
import type { ConnectivitySummary } from '../analysis';
import type { Analysis } from '../analyze';
import { EGRESS_SHIFT, INGRESS_SHIFT, ON_HOST, PLACED } from '../classes';
import type { Model } from '../model';
import { ICMP_AT, visibleSpans } from '../packet-axis';
import { countPairs, weightsOf } from './pair-count';
import { PairJoin } from './pair-join';

const summaries = new WeakMap<Model, ConnectivitySummary>();

/** Counts over all pairs of endpoints, without going through the pairs; made once for each analysis. */
export function summaryOf({ model, directory }: Analysis): ConnectivitySummary {
  let summary = summaries.get(model);
  if (!summary) {
    summary = summarize(
      model,
      directory.namespaces.map(({ name }) => name),
      directory.policies.filter(isWritten).length,
    );
    summaries.set(model, summary);
  }
  return summary;
}

function summarize(model: Model, namespaces: readonly string[], policies: number): ConnectivitySummary {
  const weights = weightsOf(model);
  const endpoints = weights.reduce((sum, weight) => sum + weight, 0);
  // Ports are what people ask for: packets of other protocols, and those without a port, make no connection.
  const counted = Int32Array.from(visibleSpans('none').flat());
  const certain = countPairs(model, new PairJoin(model, 'lower', counted), weights, true);
  const { runs, lower, upper } = model.results;
  // Runs behind the last port are of packets that do not count.
  const isExact = lower.every((row, run) => row === upper[run] || runs[run]! >= ICMP_AT);
  const possible =
    isExact && !hasUnknownPlacement(model, weights) ? certain : countPairs(model, new PairJoin(model, 'upper', counted), weights, false);
  const isolated = (shift: number) =>
    weights.reduce((sum, weight, owner) => sum + (((model.classes.flags[owner]! >>> shift) & 3) === 2 ? weight : 0), 0);
  return {
    endpoints,
    workloads: model.counts.workloads,
    policies,
    pairs: Math.max(0, endpoints * (endpoints - 1)),
    allowedPairs: certain.pairs,
    possiblePairs: possible.pairs,
    isolated: { ingress: isolated(INGRESS_SHIFT), egress: isolated(EGRESS_SHIFT) },
    namespaces,
    namespaceMatrix: certain.matrix,
  };
}

/** Are there endpoints on hosts, and others that may or may not be on the same node? */
function hasUnknownPlacement({ classes }: Model, weights: Int32Array): boolean {
  const present = classes.flags.filter((_, owner) => weights[owner]! > 0);
  const hasHosts = present.some((flags) => (flags & ON_HOST) !== 0);
  return hasHosts && present.some((flags) => (flags & PLACED) === 0);
}
