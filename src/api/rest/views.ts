import type { Finding } from '../../findings/finding';
import type { FactName } from '../../model/facts';
import type { Scan } from '../../store/scan';
import type { Answer } from '../ask';
import { type Problem, problemOf } from '../errors';
import { evidenceSteps } from '../evidence-steps';
import type { QuestionResult } from '../open-scan';

/*
 * Values of the house in the shape that REST promises (`schema/openapi.yaml`).
 */

/** A scan as its list shows it. */
export function scanListView({ id, request, status, createdAt, startedAt, finishedAt, failure, digest, summary }: Scan) {
  const { cluster, stage } = request;
  return { id, cluster, stage, status, createdAt, startedAt, finishedAt, failure, digest, summary };
}

/** A scan by itself: also what its answers rest on, and what was wrong with its input. */
export function scanView(scan: Scan) {
  const { facts, factOrigins, diagnostics } = scan;
  const assumptions = factOrigins && (Object.keys(factOrigins) as FactName[]).filter((name) => factOrigins[name] === 'assumed');
  return { ...scanListView(scan), facts, factOrigins, assumptions, diagnostics };
}

/** A finding with its trace in words. */
export function findingView(finding: Finding) {
  return { ...finding, evidence: { ...finding.evidence, trace: evidenceSteps(finding) } };
}

/** One answer of many; a question that could not be understood has its problem instead. */
export function verdictView(result: QuestionResult): Answer | { readonly error: Problem } {
  return 'answer' in result ? result.answer : { error: problemOf(result.error) };
}
