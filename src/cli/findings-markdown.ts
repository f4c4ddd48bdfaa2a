import type { Finding } from '../findings/finding';
import { formatSource } from '../model/source';
import { findingsSummary } from './findings-table';
import { printable } from './text';

/** Findings as a Markdown table, for a comment on a change or a job's summary page. */
export function findingsMarkdown(findings: readonly Finding[]): string {
  const rows = findings.map(({ severity, check, subject, sentence, source, remediation }) =>
    [severity ?? 'open', check, `\`${subject}\``, sentence, remediation.summary, source ? `\`${formatSource(source)}\`` : '']
      .map(cell)
      .join(' | '),
  );
  const table =
    rows.length === 0
      ? []
      : ['', '| severity | check | subject | what | fix | where |', '|---|---|---|---|---|---|', ...rows.map((row) => `| ${row} |`)];
  return `${[`**${findingsSummary(findings)}**`, ...table].join('\n')}\n`;
}

/** A name from a manifest must not end the cell, or begin a tag or a link. */
function cell(text: string): string {
  return printable(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replaceAll('[', '\\[');
}
