import type { FlowRow, Flows } from '../api/flows';
import { formatPorts } from '../model/port-sets';

/** Flows as RFC 4180 CSV, a line each, in chunks. */
export function* flowsCsv({ rows }: Flows): Generator<string> {
  let chunk = 'from,to,ports,conditional\r\n';
  for (const row of rows) {
    chunk += flowLine(row);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

const CHUNK = 65_536;

function flowLine({ from, to, ports, conditional }: FlowRow): string {
  return csvLine([from, to, formatPorts(ports), conditional ? formatPorts(conditional) : '']);
}

/** One line of a file. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}

/** Quoted where the format wants it. A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet; no name of Kubernetes begins so, a hostile one might. */
function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
