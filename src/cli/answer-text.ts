import type { Answer, AnswerPart } from '../api/ask';
import { formatPacket } from '../api/packet';
import type { TraceStep } from '../api/trace-step';
import type { Verdict } from '../model/verdict';
import type { Paint } from './terminal';
import { counted, paintNames, paragraph, printable } from './text';

/** How an answer is laid out. */
export interface AnswerView {
  /** Undefined: lines are not wrapped. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

/** One verdict with its explanation, for people. */
export function answerText(answer: Answer, { columns, paint }: AnswerView): string {
  const line = (lead: string, text: string) => paintNames(paragraph(printable(text), { indent: LEAD, lead, width: columns }), paint);
  const section = (lead: string, texts: readonly string[]) => texts.map((text, index) => line(index === 0 ? lead : '', text));
  const { verdict, from, to, protocol, port, parts } = answer;
  const packet = formatPacket({ protocol, ...(port !== undefined && { port }) });
  const lines = [
    `${paintVerdict(verdict, paint)}  ${printable(`${from} → ${to}`)}  ${packet}`,
    '',
    ...directionLines(answer, line),
    ...section(
      'depends on',
      answer.dependsOn.map(({ text }) => text),
    ),
    ...section('allowed by', answer.remedies),
    ...section('flows', parts.length > 1 ? parts.map(partText) : []),
    ...section('assumes', answer.assumptions),
    ...section('note', answer.notes),
  ];
  return `${lines.join('\n')}\n`;
}

/** Columns before every text: the longest lead and a gap. */
const LEAD = 'depends on'.length + 2;

/** Both directions, each with its own verdict and the steps that led to it. A flow that policy cannot touch has steps of one direction only. */
function directionLines({ trace, egress, ingress }: Answer, line: (lead: string, text: string) => string): readonly string[] {
  return (['egress', 'ingress'] as const).flatMap((direction) => {
    const steps = trace.filter((step) => step.direction === direction);
    if (steps.length === 0) return [];
    const verdict = direction === 'egress' ? egress : ingress;
    return [line(direction, verdict), ...steps.map((step) => line('', stepText(step)))];
  });
}

/** The sentence, where it was written, and what would have to hold. */
function stepText({ sentence, file, line, dependsOn }: TraceStep): string {
  const where = file === undefined ? '' : ` (${file}:${line})`;
  const condition = dependsOn.length === 0 ? '' : `, depending on ${dependsOn.map(({ text }) => text).join('; ')}`;
  return `- ${sentence}${where}${condition}`;
}

function partText({ verdict, flows, examples }: AnswerPart): string {
  const more = flows > examples.length ? `, and ${flows - examples.length} more` : '';
  return `${counted(flows, 'flow')} ${verdict}: ${examples.join(', ')}${more}`;
}

function paintVerdict(verdict: Verdict, paint: Paint): string {
  if (verdict === 'allowed') return paint.green(paint.bold(verdict));
  return verdict === 'denied' ? paint.red(paint.bold(verdict)) : paint.yellow(paint.bold(verdict));
}
