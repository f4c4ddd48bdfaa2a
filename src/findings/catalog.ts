import type { Policy } from '../model/policy';
import type { ResourceRef } from '../model/source';
import { compareText, firstDifference } from '../util/order';
import type { Check, CheckContext, Judgement } from './check';
import { CHECKS } from './check-list';
import type { Finding, Remediation } from './finding';
import { decidingTexts, exposureState } from './fingerprint';
import { flowOf, settleRemedies } from './preview';
import { severityRank, severityUnder } from './severity';
import { surveyOf } from './survey';

/*
 *   snapshot, analysis ─▶ survey ─▶ checks: judgements ─▶ preview: remedies ─▶ findings in order
 */
export type { Check, CheckContext } from './check';
export { CHECKS } from './check-list';
export { DEFAULT_FAIL_ON, gateFails } from './gate';
export { type JunitOptions, junitReport } from './junit';
export { type SarifLog, type SarifOptions, sarifLog } from './sarif';
export { isAtLeast, severityRank } from './severity';

/** All findings about a cluster: the worst first, then by check and subject. */
export function runChecks({ snapshot, analysis }: CheckContext): readonly Finding[] {
  const survey = surveyOf(snapshot, analysis);
  const policies = new Map(snapshot.policies.map((policy) => [keyOf(policy.ref), policy]));
  const findings = CHECKS.flatMap((check) => {
    const judgements = check.judge(survey);
    const remedies = settleRemedies(check, judgements, snapshot, analysis);
    return judgements.map((judgement, index) => findingOf(check, judgement, remedies[index]!, (ref) => policies.get(keyOf(ref))));
  });
  return findings.sort((a, b) =>
    firstDifference(
      severityRank(a.severity) - severityRank(b.severity),
      compareText(a.check, b.check),
      compareText(a.subject, b.subject),
      compareText(a.fingerprint, b.fingerprint),
    ),
  );
}

function keyOf({ apiVersion, kind, namespace, name }: ResourceRef): string {
  return JSON.stringify([apiVersion, kind, namespace, name]);
}

function findingOf(
  check: Check,
  judgement: Judgement,
  remediation: Remediation,
  policyOf: (ref: ResourceRef) => Policy | undefined,
): Finding {
  const { subject, namespace, object, direction, family, certainty, title = check.title, sentence, evidence, flows, source } = judgement;
  const severity = severityUnder(certainty, judgement.severity);
  return {
    fingerprint: flowOf(check, judgement),
    state: exposureState(flows, decidingTexts(evidence.trace, policyOf)),
    check: check.id,
    title: family === '6' ? `${title} (IPv6 only)` : title,
    ...(severity && { severity }),
    certainty,
    gate: judgement.gate ?? check.gate,
    subject,
    ...(namespace !== undefined && { namespace }),
    object,
    ...(direction && { direction }),
    sentence,
    evidence,
    remediation,
    ...(source && { source }),
    references: check.references,
  };
}
