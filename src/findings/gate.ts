import { type Finding, type Severity, STAGES, type Stage } from './finding';

/** The exit level of a run at a stage, where the user sets none. */
export const DEFAULT_FAIL_ON: Readonly<Record<Stage, Severity>> = { lab: 'critical', poc: 'high', beta: 'high', production: 'medium' };

/**
 * Does the finding fail a run at this stage? It does from its gate on.
 * What is open is unknown rather than wrong, and `info` is told only for completeness: neither fails a run.
 */
export function gateFails(finding: Pick<Finding, 'gate' | 'severity' | 'certainty'>, stage: Stage): boolean {
  if (finding.certainty === 'open' || finding.severity === 'info') return false;
  return STAGES.indexOf(finding.gate) <= STAGES.indexOf(stage);
}
