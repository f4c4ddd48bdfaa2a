import { type ExposedWorkload, exposure as exposureFor, exposureJson, type Openness } from '../api/exposure';
import { compilePaths } from './bundle';
import type { ExposureCommand } from './commands';
import { isUnread, noteDiagnostics } from './diagnostics';
import { EXIT, type ExitCode } from './exit';
import { exposureCsv } from './exposure-csv';
import { exposureDot, exposureMermaid } from './exposure-graph';
import { exposureSummary, exposureTable } from './exposure-table';
import type { Terminal } from './terminal';

/** `leasttrust exposure`: who gets to which workload, by which door. */
export async function exposure(command: ExposureCommand, terminal: Terminal): Promise<ExitCode> {
  const { workload, namespace, from, format, failOn, verbose } = command;
  const { analysis, diagnostics, snapshot } = await compilePaths(terminal, command);
  // Before anything can go wrong with the question: a peer may be unknown because its file was not read.
  if (format !== 'json') noteDiagnostics(terminal, diagnostics, { verbose });
  const counts = new Map<Openness, number>();
  const found = exposureFor(analysis, { workload, namespace: namespace === undefined ? undefined : [namespace], from });
  const { deadEnds, waysOut } = found;
  const workloads = counted(found.workloads, counts);
  switch (format) {
    case 'table': {
      const table = exposureTable(workloads, [...deadEnds, ...waysOut], terminal);
      await terminal.write(`${table}${table === '' ? '' : '\n'}${exposureSummary(counts, deadEnds.length)}\n`);
      break;
    }
    case 'json':
      for (const chunk of exposureJson({ workloads, deadEnds, waysOut }, diagnostics)) await terminal.write(chunk);
      break;
    case 'csv':
      for (const line of exposureCsv(workloads)) await terminal.write(line);
      break;
    case 'dot':
      await terminal.write(exposureDot(workloads));
      break;
    case 'mermaid':
      await terminal.write(exposureMermaid(workloads));
      break;
  }
  if (isUnread(diagnostics) && snapshot.endpoints.length === 0) return EXIT.badInput;
  return isFailing(failOn, counts) ? EXIT.failed : EXIT.fine;
}

function* counted(workloads: Iterable<ExposedWorkload>, counts: Map<Openness, number>): Generator<ExposedWorkload> {
  for (const workload of workloads) {
    counts.set(workload.openTo, (counts.get(workload.openTo) ?? 0) + 1);
    yield workload;
  }
}

function isFailing(failOn: ExposureCommand['failOn'], counts: ReadonlyMap<Openness, number>): boolean {
  if (failOn === undefined) return false;
  return counts.has('internet') || (failOn === 'perhaps' && counts.has('internetPerhaps'));
}
