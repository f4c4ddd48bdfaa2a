import type { FlowRow, Flows } from '../api/flows';
import { formatPorts } from '../api/ports';

/** Flows as RFC 4180 CSV, a line each, in chunks. */
export function* flowsCsv({ rows }: Flows): Generator<string> {
  let chunk = 'from,to,ports,conditional\r\n';
  for (const row of rows) {
    chunk += csvLine(row);
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

const CHUNK = 65_536;

function csvLine({ from, to, ports, conditional }: FlowRow): string {
  return `${[from, to, formatPorts(ports), conditional ? formatPorts(conditional) : ''].map(field).join(',')}\r\n`;
}

/** Quoted where the format wants it. A leading `=`, `+`, `-` or `@` would be a formula to a spreadsheet; no name of Kubernetes begins so, a hostile one might. */
function field(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
