import { version } from '../../package.json';
import { type AnalyzedBundle, holdsNothing } from '../api/analyze-bundle';
import { findingView } from '../api/rest/views';
import { DEFAULT_FAIL_ON, gateFails, isAtLeast, junitReport, sarifLog } from '../findings/catalog';
import type { Finding } from '../findings/finding';
import { isWritten } from '../model/policy';
import { analyzePaths } from './bundle';
import type { ScanCommand } from './commands';
import { isUnread, noteDiagnostics } from './diagnostics';
import { EXIT, type ExitCode } from './exit';
import { findingsMarkdown } from './findings-markdown';
import { failureText, findingsSummary, findingsTable } from './findings-table';
import type { Terminal } from './terminal';
import { counted, wrap } from './text';

/** `leasttrust scan`: runs the checks, prints what they find, and says by its exit status whether that fails the stage. */
export async function scan(command: ScanCommand, terminal: Terminal): Promise<ExitCode> {
  const bundle = await analyzePaths(terminal, command, command.stage);
  const failing = failingFindings(bundle.findings, command);
  await terminal.write(render(bundle, failing, command, terminal));
  if (command.format !== 'json') noteDiagnostics(terminal, bundle.diagnostics, command);
  // What was not read may hide a finding, so that a run over it must not look like a good one.
  if (isUnread(bundle.diagnostics) || holdsNothing(bundle)) return EXIT.badInput;
  return failing.length > 0 ? EXIT.failed : EXIT.fine;
}

/** From its gate on a finding fails a stage, if it is bad enough for `--fail-on`. */
function failingFindings(findings: readonly Finding[], { failOn, stage }: ScanCommand): readonly Finding[] {
  if (failOn === 'never') return [];
  return findings.filter((finding) => gateFails(finding, stage) && isAtLeast(finding.severity, failOn ?? DEFAULT_FAIL_ON[stage]));
}

function render(bundle: AnalyzedBundle, failing: readonly Finding[], command: ScanCommand, { columns, paint }: Terminal): string {
  const { findings, diagnostics, digest, snapshot } = bundle;
  switch (command.format) {
    case 'table': {
      const size = [
        counted(snapshot.namespaces.length, 'namespace'),
        counted(snapshot.workloads.length, 'workload'),
        counted(snapshot.policies.filter(isWritten).length, 'policy', 'policies'),
      ].join(', ');
      const verdict = findings.length === 0 ? '' : `; ${failureText(failing.length, command.stage)}`;
      const table = findingsTable(findings, { columns, paint, explain: command.explain });
      const summary = wrap(`${findingsSummary(findings)} in ${size}${verdict}`, columns).join('\n');
      return `${table}${findings.length > 0 ? '\n' : ''}${summary}\n`;
    }
    case 'json': {
      const { mode, facts, origins } = snapshot;
      const failed = failing.map(({ fingerprint }) => fingerprint);
      return `${JSON.stringify({ formatVersion: 1, digest, mode, stage: command.stage, facts, factOrigins: origins, findings: findings.map(findingView), failing: failed, diagnostics }, undefined, 2)}\n`;
    }
    case 'sarif':
      return `${JSON.stringify(sarifLog(findings, { diagnostics, stage: command.stage, toolVersion: version }), undefined, 2)}\n`;
    case 'junit':
      return junitReport(findings, { stage: command.stage });
    case 'markdown':
      return findingsMarkdown(findings);
  }
}
