import type { Paint } from './terminal';

/** Breaks a sentence at spaces into lines of at most `width` characters; a longer word stays whole. Undefined width: one line. */
export function wrap(text: string, width: number | undefined): readonly string[] {
  if (width === undefined) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** A wrapped paragraph: every line indented, the first one behind a lead of the same width. */
export function paragraph(
  text: string,
  { indent, lead, width }: { readonly indent: number; readonly lead?: string; readonly width: number | undefined },
): string {
  const margin = ' '.repeat(indent);
  const lines = wrap(text, width === undefined ? undefined : Math.max(30, width - indent));
  return lines.map((line, index) => (index === 0 && lead !== undefined ? lead.padEnd(indent) : margin) + line).join('\n');
}

/** Of a place for which there is no room its end, where the file and the line are; never less than 24 characters. Undefined room: all of it. */
export function endOf(place: string, room: number | undefined): string {
  const most = Math.max(24, room ?? place.length);
  return place.length > most ? `…${place.slice(place.length - most + 1)}` : place;
}

/** Rows with their columns aligned; the last column is not padded. */
export function aligned(rows: readonly (readonly string[])[], gap = 2): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => rows.reduce((width, row) => Math.max(width, (row[column] ?? '').length), 0));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]! + gap)))
      .join('')
      .trimEnd(),
  );
}

/** Shows what stands in backticks as bold where there are colours; plain text keeps its backticks. */
export function paintNames(text: string, paint: Paint): string {
  return paint.isColorSupported ? text.replaceAll(/`([^`]+)`/g, (_, name: string) => paint.bold(name)) : text;
}

/** `1 finding`, `2 findings`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
}

/** Names from a hostile input shall not move the cursor or turn the direction of writing: what would is shown as `\x1b`. */
export function printable(text: string): string {
  return text.replaceAll(
    /(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
