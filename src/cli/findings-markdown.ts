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

/**
 * A name from a manifest must not end the cell, or begin a tag or a link. In backticks nothing begins one, and a backslash is one; only the bar ends the cell
 * there as well (github.github.com/gfm, tables). Backticks that are no pair, or several in a row, are what no name has: they are taken out.
 */
function cell(text: string): string {
  const plain = printable(text).replaceAll(/\s+/g, ' ');
  const parts = plain.split('`');
  const isPaired = parts.length % 2 === 1 && !plain.includes('``');
  return isPaired ? parts.map((part, index) => (index % 2 === 1 ? bars(part) : escaped(part))).join('`') : escaped(parts.join("'"));
}

function escaped(text: string): string {
  return bars(text.replaceAll('\\', '\\\\')).replaceAll('<', '&lt;').replaceAll('[', '\\[');
}

function bars(text: string): string {
  return text.replaceAll('|', '\\|');
}
