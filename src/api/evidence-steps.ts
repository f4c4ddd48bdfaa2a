import { endsOf, type Finding } from '../findings/finding';
import { type TraceStep, traceStep } from './trace-step';

/** The steps that show that a finding is true, told for people. */
export function evidenceSteps(finding: Finding): readonly TraceStep[] {
  const names = endsOf(finding);
  return finding.evidence.trace.map((hit) => traceStep(hit, names));
}
