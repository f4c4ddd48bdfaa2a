import type { Unknown } from '../model/match';
import type { Action, Direction } from '../model/policy';
import { namedProfiles } from '../model/profiles';
import { formatRef } from '../model/source';
import { type FlowNames, isSilence, sourceOfStep, stepText } from '../model/trace-text';
import type { HostPoint, PolicyHit, Trigger } from '../model/verdict';

/** One step of a verdict's trace, told for people: flat, with names instead of indices. */
export interface TraceStep {
  readonly direction: Direction;
  /** The host endpoint at which it was judged; absent: the pod itself. */
  readonly host?: HostPoint;
  readonly trigger: Trigger;
  readonly action: Action;
  readonly certainty: 'yes' | 'maybe';
  readonly tier?: string;
  /** `namespace/name[Kind]`. */
  readonly policy?: string;
  /** Number of the rule among those of its policy and direction, from 1. */
  readonly rule?: number;
  /** Policies that isolate the endpoint, `namespace/name[Kind]`; only of a step at the end of a tier. */
  readonly isolatedBy?: readonly string[];
  readonly file?: string;
  readonly line?: number;
  /** The step in words. */
  readonly sentence: string;
  readonly dependsOn: readonly Unknown[];
}

/** Tells a step of the engine's trace with the names of the flow's ends. */
export function traceStep(hit: PolicyHit, names: FlowNames): TraceStep {
  const { direction, host, trigger, action, certainty, tier, policy, rule } = hit;
  const isolatedBy = hit.isolatedBy && namedProfiles(hit.isolatedBy);
  const source = sourceOfStep(hit);
  return {
    direction,
    ...(host && { host }),
    trigger,
    action,
    certainty,
    ...(tier !== undefined && { tier }),
    ...(policy && { policy: formatRef(policy) }),
    ...(rule !== undefined && !isSilence(hit) && { rule: rule + 1 }),
    ...(isolatedBy && { isolatedBy: isolatedBy.map(formatRef) }),
    ...(source && { file: source.file, line: source.line }),
    sentence: stepText(hit, names),
    dependsOn: hit.unknowns,
  };
}
