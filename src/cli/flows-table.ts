import type { FlowRow, Flows } from '../api/flows';
import { groupFlows, setNamer } from './flow-groups';
import { type Paint, UsageError } from './terminal';
import { counted, printable } from './text';

/** How a table is laid out. */
export interface FlowsView {
  /** Undefined: not on a terminal, so nothing is cut or left out. */
  readonly columns: number | undefined;
  readonly paint: Paint;
}

/** Width where nobody watches: wide enough for names, narrow enough for a page. */
const PAGE = 140;
/** Groups that a terminal shows at most, and names in one cell. */
const MOST_GROUPS = 40;
const MOST_NAMES = 6;
/** A table is for people; what is longer goes to a machine. */
const MOST_ROWS = 2_000_000;

/** Flows for people: rows that say the same are one, and on a terminal it fits the width. @throws UsageError when there is too much for a table */
export function flowsTable(flows: Flows, { columns, paint }: FlowsView): string {
  const groups = groupFlows(bounded(flows.rows, MOST_ROWS, 'a table'));
  if (groups.length === 0) return 'nothing may flow\n';
  const nameOf = setNamer(flows.endpoints);
  const shown = columns === undefined ? groups : groups.slice(0, MOST_GROUPS);
  const rows = shown.map(({ from, to, ports, conditional }) => [nameOf(from), nameOf(to), portsCell(ports, conditional)]);
  const widths = columnWidths(rows, columns ?? PAGE);
  const head = HEADS.map((text, column) => paint.bold(text.padEnd(column === HEADS.length - 1 ? 0 : widths[column]! + GAP)));
  const lines = rows.flatMap((row) =>
    layOut(
      row.map((names, column) => cellLines(names, widths[column]!, columns !== undefined)),
      widths,
    ),
  );
  const rest = groups.length - shown.length;
  const more = rest > 0 ? [`… and ${counted(rest, 'more group')}: filter with --from and --to, or choose --format csv`] : [];
  return `${[head.join('').trimEnd(), ...lines.map(printable), ...more].join('\n')}\n`;
}

/** Passes rows on up to a limit. @throws UsageError beyond it */
export function* bounded(rows: Iterable<FlowRow>, most: number, what: string): Generator<FlowRow> {
  let count = 0;
  for (const row of rows) {
    if (++count > most)
      throw new UsageError(
        `more than ${counted(most, 'flow')} are too many for ${what}; filter with --from and --to, group --by namespace, or choose --format csv or json`,
      );
    yield row;
  }
}

const HEADS: readonly string[] = ['FROM', 'TO', 'PORTS'];
const GAP = 2;
const NARROWEST = 16;

/** What is certain, then what is only possible. */
function portsCell(ports: string, conditional: string): readonly string[] {
  return [...(ports === '' ? [] : [ports]), ...(conditional === '' ? [] : [`maybe ${conditional}`])];
}

/** As wide as the widest cell, as far as there is room: what a narrow column leaves the wide ones share. */
function columnWidths(rows: readonly (readonly (readonly string[])[])[], columns: number): readonly number[] {
  const wanted = HEADS.map((head, column) => rows.reduce((width, row) => Math.max(width, row[column]!.join(', ').length), head.length));
  const room = columns - GAP * (HEADS.length - 1);
  const fair = Math.max(NARROWEST, Math.floor(room / HEADS.length));
  const spare = wanted.reduce((sum, width) => sum + Math.max(0, fair - width), 0);
  const greedy = wanted.filter((width) => width > fair).length;
  return wanted.map((width) => Math.min(width, fair + (greedy === 0 ? 0 : Math.floor(spare / greedy))));
}

/** Names of one cell, a line as full as it gets; a name longer than the column is cut into pieces so that nothing is hidden. */
function cellLines(names: readonly string[], width: number, onTerminal: boolean): readonly string[] {
  const shown =
    onTerminal && names.length > MOST_NAMES + 1 ? [...names.slice(0, MOST_NAMES), `and ${names.length - MOST_NAMES} more`] : names;
  const lines: string[] = [];
  shown.forEach((name, index) => {
    const text = index < shown.length - 1 ? `${name},` : name;
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + text.length <= width) lines[lines.length - 1] = `${last} ${text}`;
    else for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  });
  return lines;
}

/** Cells of several lines side by side. */
function layOut(cells: readonly (readonly string[])[], widths: readonly number[]): readonly string[] {
  const height = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, column) => (cell[line] ?? '').padEnd(column === cells.length - 1 ? 0 : widths[column]! + GAP))
      .join('')
      .trimEnd(),
  );
}
