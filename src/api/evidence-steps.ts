import type { Finding } from '../findings/finding';
import { type TraceStep, traceStep } from './trace-step';

/** The steps that show that a finding is true, told for people. */
export function evidenceSteps({ evidence: { flow, trace }, subject }: Finding): readonly TraceStep[] {
  const names = { from: flow?.from ?? subject, to: flow?.to ?? subject };
  return trace.map((hit) => traceStep(hit, names));
}
