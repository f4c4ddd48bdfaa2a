import { type AnswerPath, type AnswerPathStep, formatTuple } from '../api/answer-path';
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
  const { verdict, from, to, parts } = answer;
  const packet = formatPacket(answer);
  const notes = section('note', answer.notes);
  // Where no policy was asked, what the notes say is the reason.
  const isUnexplained = answer.trace.length === 0 && !answer.path;
  const lines = [
    `${paintVerdict(verdict, paint)}  ${printable(`${from} → ${to}`)}  ${packet}`,
    '',
    ...(answer.path ? pathLines(answer.path, line) : directionLines(answer, line)),
    ...(isUnexplained ? notes : []),
    ...section(
      'depends on',
      answer.dependsOn.map(({ text }) => text),
    ),
    ...section(answer.verdict === 'allowed' ? 'by' : 'perhaps by', answer.witness ? [answer.witness.text] : []),
    ...section('allowed by', answer.remedies),
    ...section('flows', parts.length > 1 ? parts.map(partText) : []),
    ...section('assumes', answer.assumptions),
    ...(isUnexplained ? [] : notes),
  ];
  return `${lines.join('\n')}\n`;
}

/** Columns before every text: the longest lead and a gap. */
const LEAD = 'depends on'.length + 2;

/** Both directions, each with its own verdict and the steps that led to it. A flow that policy cannot touch has steps of one direction only. */
function directionLines({ trace, egress, ingress }: Answer, line: LineMaker): readonly string[] {
  return (['egress', 'ingress'] as const).flatMap((direction) => {
    const steps = trace.filter((step) => step.direction === direction);
    if (steps.length === 0) return [];
    const verdict = direction === 'egress' ? egress : ingress;
    return [line(direction, verdict), ...steps.map((step) => line('', stepText(step)))];
  });
}

type LineMaker = (lead: string, text: string) => string;

/** The way into the cluster, a step a line, each with the connection as it is there, then what policy says of it. */
function pathLines({ client, way, door, front, steps }: AnswerPath, line: LineMaker): readonly string[] {
  const by = front === undefined ? `by \`${door}\`` : `by \`${front}\` to \`${door}\``;
  return [
    line('path', `${by}, for client \`${client}\`: ${way}`),
    ...steps.flatMap((step, index) => [
      line(`${' '.repeat(LEAD - 3)}${index + 1}.`, pathTupleText(step)),
      line('', pathStepText(step)),
      ...step.trace.filter(({ trigger }) => trigger !== 'external').map((hit) => line('', stepText(hit))),
    ]),
  ];
}

function pathTupleText({ tuple, after }: AnswerPathStep): string {
  return `${formatTuple(tuple)}${after ? ` becomes ${formatTuple(after)}` : ''}`;
}

function pathStepText({ sentence, verdict, trace, dependsOn }: AnswerPathStep): string {
  const judged = verdict === undefined ? '' : `: ${verdict}`;
  // What policy depends on is told with its steps.
  const condition = dependsOn.length === 0 || trace.length > 0 ? '' : `, depending on ${dependsOn.map(({ text }) => text).join('; ')}`;
  return `${sentence}${judged}${condition}`;
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
