import type { Certainty, Severity } from './finding';
import { SEVERITIES } from './finding';

/** Who can reach the workload: `R4` the internet · `R3` a limited public range · `R2` the organisation or the nodes · `R1` any pod · `R0` its own namespace. */
export type ReachClass = 'R4' | 'R3' | 'R2' | 'R1' | 'R0';

/** What the workload is worth: `V4` takeover of the cluster · `V3` credentials or stored data · `V2` an ordinary workload · `V1` declared public. */
export type WorthClass = 'V4' | 'V3' | 'V2' | 'V1';

const MATRIX: Readonly<Record<WorthClass, Readonly<Record<ReachClass, Severity>>>> = {
  V4: { R4: 'critical', R3: 'critical', R2: 'high', R1: 'high', R0: 'medium' },
  V3: { R4: 'critical', R3: 'high', R2: 'high', R1: 'medium', R0: 'low' },
  V2: { R4: 'high', R3: 'medium', R2: 'low', R1: 'low', R0: 'info' },
  V1: { R4: 'info', R3: 'info', R2: 'info', R1: 'info', R0: 'info' },
};

/**
 * Severity of an exposure: a lookup, then at most one step either way.
 * @param modifier -1: an authenticating proxy guards every door · 1: the listener asks for no credentials
 */
export function exposureSeverity(reach: ReachClass, worth: WorthClass, modifier: -1 | 0 | 1 = 0): Severity {
  return shifted(MATRIX[worth][reach], modifier);
}

/** What is left of a severity once it is known how certain the finding is: nothing when open, at most `high` when assumed. */
export function severityUnder(certainty: Certainty, severity: Severity): Severity | undefined {
  if (certainty === 'open') return undefined;
  return certainty === 'assumed' && severity === 'critical' ? 'high' : severity;
}

/** Is the severity at or above the threshold? A finding without a severity (open) never is. */
export function isAtLeast(severity: Severity | undefined, threshold: Severity): boolean {
  return severity !== undefined && severityRank(severity) <= severityRank(threshold);
}

/** 0 is the worst; open findings, which have no severity, come last. */
export function severityRank(severity: Severity | undefined): number {
  return severity === undefined ? SEVERITIES.length : SEVERITIES.indexOf(severity);
}

/** The highest worth of several; declared public where there is none. */
export function worstWorth(classes: Iterable<WorthClass>): WorthClass {
  let worst: WorthClass = 'V1';
  for (const worth of classes) if (worth > worst) worst = worth;
  return worst;
}

function shifted(severity: Severity, steps: number): Severity {
  const rank = SEVERITIES.indexOf(severity) - steps;
  return SEVERITIES[Math.min(Math.max(rank, 0), SEVERITIES.length - 1)]!;
}
