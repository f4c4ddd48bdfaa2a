import type { DecidingStep, DoorExplanation, DoorWay, PathStep } from '../../model/door';
import type { PolicyHit } from '../../model/verdict';

/** What decides on a way: where it ends, the step that ends it; else what lets it through at each point where policy acts, and the door where none does. */
export function decidingSteps({ steps, verdict }: DoorWay): readonly DecidingStep[] {
  const relay = steps.findIndex(({ kind }) => kind === 'relay');
  const policyStep = (hit: PolicyHit, at: number): DecidingStep => ({
    kind: 'policy',
    hit,
    ...(relay >= 0 && at > relay && { isRelayed: true }),
  });
  if (verdict === 'denied') {
    const last = steps.at(-1);
    if (last?.kind === 'door') return [{ kind: 'door', reason: last.reason }];
    const hit = denialOf(last);
    return hit ? [policyStep(hit, steps.length - 1)] : [];
  }
  const policies = steps.flatMap((step, at) => (step.kind === 'point' ? decisiveHits(step.trace).map((hit) => policyStep(hit, at)) : []));
  const isOpenAtDoor = steps.some((step) => step.kind === 'door' && step.verdict === 'indeterminate');
  const doors = steps.flatMap((step) => (step.kind === 'door' ? [{ kind: 'door' as const, reason: step.reason }] : []));
  return policies.length === 0 || isOpenAtDoor ? [...doors, ...policies] : policies;
}

/**
 * What shuts other nodes than the one of the way that is shown, as soon as a connection comes to them: who dials these gets less than the door as a whole
 * gives. What is met later may depend on where the backend runs, and says nothing about a node alone.
 */
export function shutEntries({ verdict, shown, ways }: DoorExplanation): readonly DecidingStep[] {
  if (verdict === 'denied' || shown.verdict === 'denied') return [];
  return ways.flatMap(({ verdict: own, node, steps }): readonly DecidingStep[] => {
    const last = steps.at(-1);
    const hit = denialOf(last);
    if (own !== 'denied' || node === undefined || node === shown.node || last?.kind !== 'point' || last.place !== 'hostIn') return [];
    if (hit?.host?.node !== node || hit.host.hook === 'normal') return [];
    return [{ kind: 'policy', hit, entries: { shut: node, ...(shown.node !== undefined && { other: shown.node }) } }];
  });
}

function denialOf(step: PathStep | undefined): PolicyHit | undefined {
  return step?.kind === 'point' ? step.trace.findLast(({ action }) => action === 'Deny') : undefined;
}

/** The hit that decided, and before it those that might have; places where no policy acts have nothing to say. */
function decisiveHits(trace: readonly PolicyHit[]): readonly PolicyHit[] {
  const acting = trace.filter(({ trigger, action }) => !SILENT.has(trigger) && action !== 'Log' && action !== 'Pass');
  const certain = acting.filter(({ certainty }) => certainty === 'yes').slice(-1);
  return [...acting.filter(({ certainty }) => certainty === 'maybe'), ...certain];
}

const SILENT: ReadonlySet<PolicyHit['trigger']> = new Set(['not-selected', 'host-network', 'external', 'local-node', 'same-endpoint']);
