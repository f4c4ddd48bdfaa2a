import { type DeadEnd, type ExposedWorkload, type Exposure, OPENNESSES, type Openness, type WayOut } from '../api/exposure';
import { deadEndLine, type ExposureLine, exposureLines, OPENNESS_LABELS } from './exposure-lines';
import type { Paint } from './terminal';
import { counted, endOf, paintNames, paragraph, printable } from './text';

/** How exposure is laid out. */
export interface ExposureView {
  /** Undefined: lines are not wrapped. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

/** Columns before a workload's name: the longest label and a gap. */
const INDENT = 11;
const GAP = 2;

/** A workload, or several that differ in names alone. */
interface Block {
  readonly openTo: Openness;
  readonly members: { readonly id: string; readonly place: string; readonly lines: readonly ExposureLine[] }[];
}

/** Exposure for people: the most exposed first, workloads in the same case together; then doors that lead to no workload. */
export function exposureTable(workloads: Iterable<ExposedWorkload>, ends: readonly (DeadEnd | WayOut)[], view: ExposureView): string {
  const blocks = new Map<string, Block>();
  for (const workload of workloads) {
    const lines = exposureLines(workload);
    const { openTo, id, file, line } = workload;
    const member = { id, place: `${file}:${line}`, lines };
    // Targets differ in the name of their Service, which tells whose they are; where they have none they must be alike.
    const key = JSON.stringify([
      openTo,
      lines.map(({ who, target, isOwn, details, assumptions }) => [who, isOwn && target, details, assumptions]),
    ]);
    const block = blocks.get(key);
    if (block) block.members.push(member);
    else blocks.set(key, { openTo, members: [member] });
  }
  const sorted = [...blocks.values()].sort((a, b) => OPENNESSES.indexOf(a.openTo) - OPENNESSES.indexOf(b.openTo));
  const dead = ends.map((end) => deadText(deadEndLine(end), view));
  const notes = new Notes();
  const texts = [...sorted.map((block) => blockText(block, notes, view)), ...dead];
  return [...texts, ...notes.texts(view)].map((text) => `${text}\n`).join('\n');
}

/** Assumptions, which many lines share, are told once at the end, by number. */
class Notes {
  readonly #numbers = new Map<string, number>();

  marksFor(texts: readonly string[]): string {
    for (const text of texts) if (!this.#numbers.has(text)) this.#numbers.set(text, this.#numbers.size + 1);
    return texts.length === 0 ? '' : ` [${texts.map((text) => this.#numbers.get(text)).join(',')}]`;
  }

  texts({ columns, paint }: ExposureView): readonly string[] {
    const lines = [...this.#numbers].map(([text, number]) =>
      paintNames(paragraph(printable(`assumed: ${text}`), { indent: NOTE_INDENT, lead: `[${number}]`, width: columns }), paint),
    );
    return lines.length === 0 ? [] : [lines.join('\n')];
  }
}

const NOTE_INDENT = 5;

/** `9 workloads: 1 open to the internet, 3 perhaps, 5 to any pod`, from what was listed. */
export function exposureSummary(
  counts: ReadonlyMap<Openness, number>,
  { deadEnds, waysOut }: Pick<Exposure, 'deadEnds' | 'waysOut'>,
): string {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const parts = OPENNESSES.flatMap((openness) => {
    const count = counts.get(openness) ?? 0;
    return count > 0 ? [`${count} ${SUMMARIES[openness]}`] : [];
  });
  const doors = [leading(deadEnds, 'nowhere'), leading(waysOut, 'out of the cluster')].join('');
  return `${counted(total, 'workload')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}${doors}`;
}

function leading({ length }: readonly DeadEnd[], whither: string): string {
  return length === 0 ? '' : `; ${counted(length, 'door')} ${length === 1 ? 'leads' : 'lead'} ${whither}`;
}

const SUMMARIES: Readonly<Record<Openness, string>> = {
  internet: 'open to the internet',
  internetPerhaps: 'perhaps open to the internet',
  outside: 'open to other addresses outside',
  outsidePerhaps: 'perhaps open to other addresses outside',
  cluster: 'open to any pod',
  pods: 'open to some pods',
  nobody: 'open to nobody',
};

function blockText({ openTo, members }: Block, notes: Notes, view: ExposureView): string {
  const label = OPENNESS_LABELS[openTo].padEnd(INDENT);
  const heads = members.map(({ id, place }, index) =>
    headLine(index === 0 ? paintOpenness(label, openTo, view.paint) : ' '.repeat(INDENT), id, place, view),
  );
  const lines = members[0]!.lines.flatMap((line, index) => {
    const targets = [...new Set(members.map((member) => member.lines[index]!.target))];
    return lineTexts(line, targets, members.length > 1, notes, view);
  });
  return [...heads, ...lines].join('\n');
}

function headLine(lead: string, id: string, place: string, { columns, paint }: ExposureView): string {
  const shown = endOf(place, columns === undefined ? undefined : columns - INDENT - id.length - GAP);
  return `${lead}${paint.bold(printable(id))}${' '.repeat(GAP)}${paint.dim(printable(shown))}`;
}

/** One line for each place, then the reasons that they share. */
function lineTexts(
  { who, details, assumptions }: ExposureLine,
  targets: readonly string[],
  areSeveral: boolean,
  notes: Notes,
  { columns, paint }: ExposureView,
): readonly string[] {
  const marks = notes.marksFor(assumptions);
  const told = targets.map((target) =>
    paragraph(printable(`${who} → ${target}${marks}`), { indent: INDENT + 2, lead: `${' '.repeat(INDENT)}•`, width: columns }),
  );
  const reasons = details.map((detail) => {
    const text = areSeveral ? detail.replaceAll('its pods', 'their pods') : detail;
    return paintNames(paragraph(printable(text), { indent: INDENT + 4, lead: `${' '.repeat(INDENT + 2)}-`, width: columns }), paint);
  });
  return [...told, ...reasons];
}

function deadText({ who, target, details }: ExposureLine, { columns, paint }: ExposureView): string {
  const head = paint.dim(who.padEnd(INDENT)) + paint.bold(printable(target));
  return [head, ...details.map((text) => paragraph(printable(text), { indent: INDENT + 2, width: columns }))].join('\n');
}

function paintOpenness(text: string, openness: Openness, paint: Paint): string {
  if (openness === 'internet') return paint.red(paint.bold(text));
  if (openness === 'internetPerhaps' || openness === 'outside') return paint.yellow(text);
  return openness === 'nobody' ? paint.green(text) : paint.cyan(text);
}
