import { holdsNothing } from '../api/analyze-bundle';
import { type ExposedWorkload, exposure as exposureFor, exposureJson, type Openness } from '../api/exposure';
import { compilePaths } from './bundle';
import type { ExposureCommand } from './commands';
import { isUnread, noteDiagnostics } from './diagnostics';
import { EXIT, type ExitCode } from './exit';
import { exposureCsv } from './exposure-csv';
import { exposureDot, exposureMermaid } from './exposure-graph';
import { exposureSummary, exposureTable } from './exposure-table';
import type { Terminal } from './terminal';
import { wrap } from './text';

/** `leasttrust exposure`: who gets to which workload, by which door. */
export async function exposure(command: ExposureCommand, terminal: Terminal): Promise<ExitCode> {
  const { workload, namespace, from, format, failOn, verbose } = command;
  const bundle = await compilePaths(terminal, command);
  const { analysis, diagnostics, snapshot } = bundle;
  // Before anything can go wrong with the question: a peer may be unknown because its file was not read.
  if (format !== 'json') noteDiagnostics(terminal, diagnostics, { verbose });
  const counts = new Map<Openness, number>();
  const found = exposureFor(analysis, { workload, namespace: namespace === undefined ? undefined : [namespace], from });
  const { deadEnds, waysOut } = found;
  const workloads = counted(found.workloads, counts);
  switch (format) {
    case 'table': {
      const table = exposureTable(workloads, [...deadEnds, ...waysOut], terminal);
      await terminal.write(`${table}${table === '' ? '' : '\n'}${wrap(exposureSummary(counts, found), terminal.columns).join('\n')}\n`);
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
  // What was not read may hide a door, so that a run that is to fail on one must not look like a good one; nor where there is nothing to look at.
  if (failOn !== undefined && holdsNothing(bundle)) return EXIT.badInput;
  if (isUnread(diagnostics) && (failOn !== undefined || snapshot.endpoints.length === 0)) return EXIT.badInput;
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
