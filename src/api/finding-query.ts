import { type Finding, SEVERITIES, type Severity } from '../findings/finding';
import { compareText, firstDifference } from '../util/order';

/** A finding's severity, or `open` for one whose severity the input does not tell. */
export type SeverityOrOpen = Severity | 'open';
/** The worst first; what is open comes last. */
export const SEVERITIES_OR_OPEN: readonly SeverityOrOpen[] = [...SEVERITIES, 'open'];

/** What goes first; the other two settle ties. */
export type FindingOrder = 'severity' | 'check' | 'subject';
/** What a request may ask for; one that asks for none gets `severity`. */
export const FINDING_ORDERS: readonly FindingOrder[] = ['severity', 'check', 'subject'];

/** Which findings, in which order. Each present part must hold; a part holds when one of its values does. */
export interface FindingQuery {
  readonly severity?: readonly SeverityOrOpen[] | undefined;
  readonly check?: readonly string[] | undefined;
  readonly namespace?: readonly string[] | undefined;
  readonly orderBy: FindingOrder;
}

/** Findings without a severity are neither harmless nor bad: they are a rank of their own. */
export function severityOf(finding: Finding): SeverityOrOpen {
  return finding.severity ?? 'open';
}

/** The findings that are asked for, in a total order. */
export function queryFindings(findings: readonly Finding[], { severity, check, namespace, orderBy }: FindingQuery): readonly Finding[] {
  return findings
    .filter(
      (finding) =>
        (severity?.includes(severityOf(finding)) ?? true) &&
        (check?.includes(finding.check) ?? true) &&
        (namespace === undefined || (finding.namespace !== undefined && namespace.includes(finding.namespace))),
    )
    .sort(ORDERS[orderBy]);
}

const bySeverity = (a: Finding, b: Finding) => SEVERITIES_OR_OPEN.indexOf(severityOf(a)) - SEVERITIES_OR_OPEN.indexOf(severityOf(b));
const byCheck = (a: Finding, b: Finding) => compareText(a.check, b.check);
const bySubject = (a: Finding, b: Finding) => compareText(a.subject, b.subject);
const byFingerprint = (a: Finding, b: Finding) => compareText(a.fingerprint, b.fingerprint);

const ORDERS: Readonly<Record<FindingOrder, (a: Finding, b: Finding) => number>> = {
  severity: (a, b) => firstDifference(bySeverity(a, b), byCheck(a, b), bySubject(a, b), byFingerprint(a, b)),
  check: (a, b) => firstDifference(byCheck(a, b), bySeverity(a, b), bySubject(a, b), byFingerprint(a, b)),
  subject: (a, b) => firstDifference(bySubject(a, b), bySeverity(a, b), byCheck(a, b), byFingerprint(a, b)),
};
