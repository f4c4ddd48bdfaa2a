import { flowsJson, flows as listFlows } from '../api/flows';
import { compilePaths } from './bundle';
import type { FlowsCommand } from './commands';
import { isUnread, noteDiagnostics } from './diagnostics';
import { EXIT, type ExitCode } from './exit';
import { flowsCsv } from './flows-csv';
import { flowsDot, flowsMermaid } from './flows-graph';
import { flowsTable } from './flows-table';
import type { Terminal } from './terminal';
import { printable } from './text';

/** `leasttrust flows`: lists what may flow between whom. */
export async function flows(command: FlowsCommand, terminal: Terminal): Promise<ExitCode> {
  const { by, from, to, external, icmp, format, verbose } = command;
  const { analysis, diagnostics, snapshot } = await compilePaths(terminal, command);
  // Before anything can go wrong with the question: a peer may be unknown because its file was not read.
  if (format !== 'json') noteDiagnostics(terminal, diagnostics, { verbose });
  const listed = listFlows(analysis, { by, from, to, external, possibleIcmp: icmp });
  if (format !== 'json') for (const note of listed.notes) terminal.note(`note: ${printable(note)}\n`);
  switch (format) {
    case 'table':
      await terminal.write(flowsTable(listed, terminal));
      break;
    case 'json':
      for (const chunk of flowsJson(listed, diagnostics)) await terminal.write(chunk);
      break;
    case 'csv':
      for (const chunk of flowsCsv(listed)) await terminal.write(chunk);
      break;
    case 'dot':
      await terminal.write(flowsDot(listed));
      break;
    case 'mermaid':
      await terminal.write(flowsMermaid(listed));
      break;
  }
  return isUnread(diagnostics) && snapshot.endpoints.length === 0 ? EXIT.badInput : EXIT.fine;
}
