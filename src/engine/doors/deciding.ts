import type { DecidingStep, DoorWay } from '../../model/door';
import type { PolicyHit } from '../../model/verdict';

/** What decides on a way: where it ends, the step that ends it; else what lets it through at each point where policy acts, and the door where none does. */
export function decidingSteps({ steps, verdict }: DoorWay): readonly DecidingStep[] {
  const last = steps.at(-1);
  if (verdict === 'denied') {
    if (last?.kind === 'door') return [{ kind: 'door', reason: last.reason }];
    const hit = last?.kind === 'point' ? last.trace.findLast(({ action }) => action === 'Deny') : undefined;
    return hit ? [{ kind: 'policy', hit }] : [];
  }
  const hits = steps.flatMap((step) => (step.kind === 'point' ? decisiveHits(step.trace) : []));
  const isOpenAtDoor = steps.some((step) => step.kind === 'door' && step.verdict === 'indeterminate');
  const doors = steps.flatMap((step) => (step.kind === 'door' ? [{ kind: 'door' as const, reason: step.reason }] : []));
  const policies = hits.map((hit) => ({ kind: 'policy' as const, hit }));
  return policies.length === 0 || isOpenAtDoor ? [...doors, ...policies] : policies;
}

/** The hit that decided, and before it those that might have; places where no policy acts have nothing to say. */
function decisiveHits(trace: readonly PolicyHit[]): readonly PolicyHit[] {
  const acting = trace.filter(({ trigger, action }) => !SILENT.has(trigger) && action !== 'Log' && action !== 'Pass');
  const certain = acting.filter(({ certainty }) => certainty === 'yes').slice(-1);
  return [...acting.filter(({ certainty }) => certainty === 'maybe'), ...certain];
}

const SILENT: ReadonlySet<PolicyHit['trigger']> = new Set(['not-selected', 'host-network', 'external', 'local-node', 'same-endpoint']);
