import type { Diagnostic, DiagnosticSeverity } from '../model/diagnostic';
import { formatSource, type Source } from '../model/source';
import { stepText } from '../model/trace-text';
import type { Check } from './check';
import { CHECKS } from './check-list';
import { endsOf, type Finding, type Severity, type Stage } from './finding';
import { gateFails } from './gate';
import { severityRank } from './severity';

/*
 * SARIF 2.1.0 (docs.oasis-open.org/sarif/sarif/v2.1.0). One rule for each check, one result for each finding; the flow of a finding becomes a code flow with a
 * location for each rule that took part, so that viewers can walk from the door to the line that decided.
 */

/** How a log is made. */
export interface SarifOptions {
  /** Problems of the input, which become notifications. */
  readonly diagnostics: readonly Diagnostic[];
  /** With it, each result says whether it fails a run at this stage. */
  readonly stage?: Stage;
  readonly toolVersion?: string;
  /**
   * Open findings as results of kind `open` rather than among the properties of the run. Code scanning of GitHub shows such results as alerts, which they
   * are not, hence not the default.
   */
  readonly withOpenResults?: boolean;
}

/** A SARIF log, ready to be written as JSON. */
export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly object[];
}

/** What GitHub reads as severity: above 9.0 critical, 7.0–8.9 high, 4.0–6.9 medium, 0.1–3.9 low. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.5', info: '0.0' };

const LEVEL: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  info: 'note',
};

/** The findings as a SARIF log with one run. */
export function sarifLog(findings: readonly Finding[], options: SarifOptions): SarifLog {
  const { diagnostics, stage, toolVersion, withOpenResults = false } = options;
  const ruleIndex = new Map(CHECKS.map(({ id }, index) => [id, index]));
  const isResult = ({ certainty }: Finding) => withOpenResults || certainty !== 'open';
  const driver = {
    name: 'leasttrust',
    ...(toolVersion !== undefined && { version: toolVersion }),
    rules: CHECKS.map((check) => ruleOf(check, findings)),
  };
  const run = {
    tool: { driver },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: !diagnostics.some(({ severity }) => severity === 'fatal'),
        toolExecutionNotifications: diagnostics.map(notificationOf),
      },
    ],
    results: findings.filter(isResult).map((finding) => resultOf(finding, ruleIndex.get(finding.check), stage)),
    properties: { ...(stage && { stage }), open: findings.filter((finding) => !isResult(finding)).map(openProperty) },
  };
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
}

const NOTIFICATION_LEVEL: Readonly<Record<DiagnosticSeverity, 'error' | 'warning' | 'note'>> = {
  fatal: 'error',
  severe: 'error',
  warning: 'warning',
  notice: 'note',
};

function notificationOf({ code, severity, message, source, resource }: Diagnostic): unknown {
  return {
    descriptor: { id: code },
    level: NOTIFICATION_LEVEL[severity],
    message: { text: message },
    ...(source && { locations: [locationOf(source, resource)] }),
  };
}

function ruleOf({ id, slug, title, rationale, references, gate, ruleVersion }: Check, findings: readonly Finding[]): unknown {
  const worst = findings
    .filter(({ check, severity }) => check === id && severity)
    .sort((a, b) => severityRank(a.severity) - severityRank(b.severity))[0]?.severity;
  return {
    id,
    name: slug,
    shortDescription: { text: title },
    fullDescription: { text: rationale },
    help: { text: `${rationale}\n\nReferences: ${references.join(', ')}` },
    defaultConfiguration: { level: LEVEL[worst ?? 'medium'] },
    // Viewers know one severity for each rule: the worst that the rule has here.
    properties: { 'security-severity': SECURITY_SEVERITY[worst ?? 'medium'], tags: ['security', 'kubernetes'], gate, ruleVersion },
  };
}

function resultOf(finding: Finding, ruleIndex: number | undefined, stage: Stage | undefined): unknown {
  const { check, severity, certainty, subject, sentence, evidence, remediation, source, fingerprint, state } = finding;
  const isOpen = severity === undefined;
  const steps = evidence.trace.filter((step) => step.source !== undefined);
  const names = endsOf(finding);
  const places = steps.map((step) => locationOf(step.source, subject, stepText(step, names)));
  return {
    ruleId: check,
    ...(ruleIndex !== undefined && { ruleIndex }),
    kind: isOpen ? 'open' : 'fail',
    level: isOpen ? 'none' : LEVEL[severity],
    message: { text: `${sentence}. ${remediation.summary}.` },
    locations: [locationOf(source ?? steps[0]?.source, subject)],
    ...(places.length > 0 && {
      relatedLocations: places.map((place, id) => ({ id, ...place })),
      codeFlows: [{ threadFlows: [{ locations: places.map((location) => ({ location })) }] }],
    }),
    partialFingerprints: { 'exposureFlow/v1': fingerprint },
    properties: {
      state,
      certainty,
      gate: finding.gate,
      ...(stage && { failsGate: gateFails(finding, stage) }),
      ...(severity && { severity, 'security-severity': SECURITY_SEVERITY[severity] }),
      ...(evidence.flow && { flow: evidence.flow }),
      ...(evidence.assumptions.length > 0 && { assumptions: evidence.assumptions }),
      ...(evidence.verify !== undefined && { verify: evidence.verify }),
      ...(remediation.manifest !== undefined && { manifest: remediation.manifest }),
    },
  };
}

function locationOf(source: Source | undefined, subject: string | undefined, text?: string): object {
  return {
    ...(source && { physicalLocation: { artifactLocation: { uri: uriOf(source.file) }, region: { startLine: Math.max(source.line, 1) } } }),
    ...(subject !== undefined && { logicalLocations: [{ fullyQualifiedName: subject, kind: 'resource' }] }),
    ...(text !== undefined && { message: { text } }),
  };
}

/** Paths of a bundle are relative; each segment is escaped, so that no file name reads as a scheme, a query or a fragment. */
function uriOf(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}

function openProperty({ check, subject, sentence, fingerprint, source, evidence }: Finding): unknown {
  return { check, subject, sentence, fingerprint, ...(source && { location: formatSource(source) }), assumptions: evidence.assumptions };
}
