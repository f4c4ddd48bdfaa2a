import type { Diagnostic, DiagnosticSeverity } from '../model/diagnostic';
import { formatSource } from '../model/source';
import type { Paint, Terminal } from './terminal';
import { counted, paintNames, paragraph, printable } from './text';

/** The worst first. */
const SEVERITIES: readonly DiagnosticSeverity[] = ['fatal', 'severe', 'warning', 'notice'];
const SHOWN = 5;

/**
 * Tells on standard error what was wrong with the input: the worst few and a count, or all of it.
 * Notices are told only when all is: they are about what was left out on purpose.
 */
export function noteDiagnostics(terminal: Terminal, diagnostics: readonly Diagnostic[], { verbose }: { readonly verbose: boolean }): void {
  const sorted = SEVERITIES.flatMap((severity) => diagnostics.filter((diagnostic) => diagnostic.severity === severity));
  const told = verbose ? sorted : sorted.filter(({ severity }) => severity !== 'notice');
  if (told.length === 0) return;
  const shown = verbose ? told : told.slice(0, SHOWN);
  // Lines are as long as the terminal that both streams go to; in a log each is one.
  const width = terminal.notesAreWatched ? terminal.columns : undefined;
  const lines = shown.map((diagnostic) => line(diagnostic, width, terminal.paintNotes));
  const counts = SEVERITIES.flatMap((severity) => {
    const count = told.filter((diagnostic) => diagnostic.severity === severity).length;
    return count > 0 ? [`${count} ${severity}`] : [];
  });
  const rest = told.length > shown.length ? `; --verbose shows the other ${told.length - shown.length}` : '';
  terminal.note(`${[...lines, `${counted(told.length, 'problem')} in the input: ${counts.join(', ')}${rest}`].join('\n')}\n`);
}

/** Was some file, document or the rest of the bundle not read at all? */
export function isUnread(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'fatal');
}

/** Columns before a message: the longest severity and a gap. */
const INDENT = 9;

function line({ severity, message, source, resource }: Diagnostic, width: number | undefined, paint: Paint): string {
  const colour = severity === 'fatal' || severity === 'severe' ? paint.red : severity === 'warning' ? paint.yellow : paint.dim;
  const where = source ? `${formatSource(source)}: ` : '';
  const of = resource === undefined || message.includes(resource) ? '' : ` (\`${resource}\`)`;
  const text = paragraph(printable(`${where}${message}${of}`), { indent: INDENT, width }).slice(INDENT);
  return colour(severity.padEnd(INDENT)) + paintNames(text, paint);
}
