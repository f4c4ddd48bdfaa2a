import { formatSource } from '../model/source';
import { CHECKS } from './check-list';
import { describeStep } from './evidence';
import { endsOf, type Finding, type Stage } from './finding';
import { gateFails } from './gate';

/** How a report is made. */
export interface JunitOptions {
  /** Findings whose gate is reached at this stage are failures; earlier ones pass and tell what they found. */
  readonly stage: Stage;
}

/**
 * The findings as JUnit XML, which continuous integration servers read: a suite for each check, a test for each finding. A check that found nothing is one test
 * that passes; an open finding is a test that was skipped.
 */
export function junitReport(findings: readonly Finding[], { stage }: JunitOptions): string {
  const suites = CHECKS.map((check) => ({ check, own: findings.filter((finding) => finding.check === check.id) }));
  const count = (own: readonly Finding[]) => ({
    tests: Math.max(own.length, 1),
    failures: own.filter((finding) => gateFails(finding, stage)).length,
    skipped: own.filter(({ certainty }) => certainty === 'open').length,
  });
  const total = suites
    .map(({ own }) => count(own))
    .reduce((a, b) => ({ tests: a.tests + b.tests, failures: a.failures + b.failures, skipped: a.skipped + b.skipped }), {
      tests: 0,
      failures: 0,
      skipped: 0,
    });
  const lines = suites.flatMap(({ check, own }) => [
    `  <testsuite${attributes({ name: `${check.id} ${check.title}`, ...count(own) })}>`,
    ...(own.length === 0
      ? [`    <testcase${attributes({ classname: check.id, name: check.title })}/>`]
      : own.flatMap((finding) => testCase(finding, stage))),
    '  </testsuite>',
  ]);
  return `${['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites${attributes({ name: 'leasttrust', ...total })}>`, ...lines, '</testsuites>'].join('\n')}\n`;
}

function testCase(finding: Finding, stage: Stage): readonly string[] {
  const { check, subject, object, direction, source, sentence, severity } = finding;
  const name = [subject, direction, object].filter((part) => part !== undefined).join(' ');
  const open = `    <testcase${attributes({ classname: check, name, ...(source && { file: source.file, line: source.line }) })}>`;
  const body = escapeXml(textOf(finding));
  if (severity === undefined) return [open, `      <skipped${attributes({ message: sentence })}/>`, '    </testcase>'];
  if (gateFails(finding, stage))
    return [open, `      <failure${attributes({ message: sentence, type: severity })}>${body}</failure>`, '    </testcase>'];
  return [open, `      <system-out>${body}</system-out>`, '    </testcase>'];
}

function textOf(finding: Finding): string {
  const { sentence, severity, gate, evidence, remediation, source } = finding;
  const names = endsOf(finding);
  return [
    sentence,
    `severity: ${severity} · fails from stage ${gate} on`,
    ...(source ? [`where: ${formatSource(source)}`] : []),
    ...evidence.trace.map((step) => `why: ${describeStep(step, names)}`),
    ...evidence.nearestCandidates.map((candidate) => `near: ${candidate}`),
    ...evidence.assumptions.map((assumption) => `assumes: ${assumption}`),
    `remedy: ${remediation.summary}`,
    ...(remediation.manifest === undefined ? [] : ['', remediation.manifest]),
  ].join('\n');
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');
}

/** Text for content and attributes. Characters that XML 1.0 cannot hold at all (section 2.2) become U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
