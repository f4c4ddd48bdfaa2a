import type { Finding, Severity, Stage } from '../findings/finding';
import { SEVERITIES } from '../findings/finding';
import { formatSource } from '../model/source';
import type { Paint } from './terminal';
import { aligned, counted, endOf, paintNames, paragraph, printable } from './text';

/** How findings are laid out. */
export interface FindingsView {
  /** Undefined: lines are not wrapped. */
  readonly columns: number | undefined;
  readonly paint: Paint;
  /** With evidence and remediation. */
  readonly explain: boolean;
}

/** Findings for people: one line that says what, of whom and where, then the sentence; then why and what to do, if asked for. */
export function findingsTable(findings: readonly Finding[], { columns, paint, explain }: FindingsView): string {
  const places = findings.map(({ source }) => (source ? formatSource(source) : ''));
  const heads = aligned(findings.map(({ severity, check, subject }, index) => [label(severity), check, subject, places[index]!]));
  const blocks = findings.map((finding, index) => {
    const width = label(finding.severity).length;
    const head = printable(cutTo(columns, heads[index]!, places[index]!));
    const painted = paintSeverity(head.slice(0, width), finding.severity, paint) + head.slice(width);
    const sentence = paintNames(paragraph(printable(finding.sentence), { indent: INDENT, width: columns }), paint);
    return [painted, sentence, ...(explain ? details(finding, columns, paint) : [])].join('\n');
  });
  return blocks.length === 0 ? '' : `${blocks.join(explain ? '\n\n' : '\n')}\n`;
}

/** The line, with as much of the place at its end as there is room for. */
function cutTo(columns: number | undefined, line: string, place: string): string {
  if (columns === undefined) return line;
  const lead = line.length - place.length;
  return line.slice(0, lead) + endOf(place, columns - lead);
}

/** `12 findings: 3 high, 5 medium, 4 low`. */
export function findingsSummary(findings: readonly Finding[]): string {
  const counts = [...SEVERITIES, undefined].flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count > 0 ? [`${count} ${label(severity)}`] : [];
  });
  return counts.length === 0 ? 'no findings' : `${counted(findings.length, 'finding')}: ${counts.join(', ')}`;
}

/** What `--fail-on` and the stage come to, for the last line. */
export function failureText(failing: number, stage: Stage): string {
  if (failing === 0) return `none of them fails stage \`${stage}\``;
  return failing === 1 ? `one of them fails stage \`${stage}\`` : `${failing} of them fail stage \`${stage}\``;
}

/** Columns before a sentence: the longest severity and a gap. */
const INDENT = 10;

/** Why it is true and what to do, one thing a line, in the order in which one would ask. */
function details({ evidence, remediation }: Finding, columns: number | undefined, paint: Paint): readonly string[] {
  const line = (lead: string, text: string) =>
    paintNames(
      paragraph(printable(text), { indent: INDENT + 'would cut  '.length, lead: `${' '.repeat(INDENT)}${lead}`, width: columns }),
      paint,
    );
  const { flow } = evidence;
  return [
    ...(flow ? [line('flow', `${flow.from} → ${flow.to} ${flow.protocol}${flow.port === undefined ? '' : ` ${flow.port}`}`)] : []),
    ...evidence.details.map(({ label: lead, text }) => line('', `${lead}: ${text}`)),
    ...evidence.nearestCandidates.map((text) => line('near', text)),
    ...evidence.assumptions.map((text) => line('assumes', text)),
    ...(evidence.verify === undefined ? [] : [line('verify', evidence.verify)]),
    line('fix', remediation.summary),
    ...cuts(remediation.wouldCut).map((text) => line('would cut', text)),
    ...(remediation.manifest === undefined ? [] : [paint.dim(indented(printable(remediation.manifest), INDENT + 2))]),
  ];
}

/** Flows that a remediation would also cut, as many as one takes in at a glance; all of them are in the JSON. */
const MOST_CUTS = 5;

function cuts(texts: readonly string[]): readonly string[] {
  return texts.length > MOST_CUTS + 1 ? [...texts.slice(0, MOST_CUTS), `and ${texts.length - MOST_CUTS} more flows`] : texts;
}

/** An open finding has no severity. */
function label(severity: Severity | undefined): string {
  return severity ?? 'open';
}

function paintSeverity(text: string, severity: Severity | undefined, paint: Paint): string {
  if (severity === 'critical' || severity === 'high') return paint.red(paint.bold(text));
  if (severity === 'medium') return paint.yellow(text);
  return severity === 'low' ? paint.cyan(text) : paint.dim(text);
}

function indented(text: string, indent: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? line : ' '.repeat(indent) + line))
    .join('\n');
}
