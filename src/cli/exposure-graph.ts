import type { ExposedWorkload } from '../api/exposure';
import { exposureLines } from './exposure-lines';
import { UsageError } from './terminal';
import { printable } from './text';

/** A picture of more is no picture. */
const MOST_ARROWS = 2_000;

/** Who gets to which workload: arrows through doors, dashed where something is open. Who gets nowhere is left out. */
interface Picture {
  /** Names of clients, in order of appearance. */
  readonly clients: readonly string[];
  readonly workloads: readonly string[];
  readonly arrows: readonly { readonly from: number; readonly to: number; readonly label: string; readonly isCertain: boolean }[];
}

const PERHAPS = 'perhaps ';

/** Exposure as a Mermaid flowchart, for Markdown pages that draw it. */
export function exposureMermaid(exposed: Iterable<ExposedWorkload>): string {
  const { clients, workloads, arrows } = pictureOf(exposed);
  const quoted = (text: string) => `"${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')}"`;
  const lines = [
    ...clients.map((name, index) => `  c${index}([${quoted(name)}])`),
    ...workloads.map((name, index) => `  w${index}[${quoted(name)}]`),
    ...arrows.map(({ from, to, label, isCertain }) => `  c${from} ${isCertain ? '-->' : '-.->'}|${quoted(label)}| w${to}`),
  ];
  return `${['flowchart LR', ...lines].join('\n')}\n`;
}

/** The same as a Graphviz digraph. */
export function exposureDot(exposed: Iterable<ExposedWorkload>): string {
  const { clients, workloads, arrows } = pictureOf(exposed);
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  const lines = [
    ...clients.map((name, index) => `  c${index} [label=${quoted(name)}, shape=ellipse];`),
    ...workloads.map((name, index) => `  w${index} [label=${quoted(name)}];`),
    ...arrows.map(({ from, to, label, isCertain }) => `  c${from} -> w${to} [label=${quoted(label)}${isCertain ? '' : ', style=dashed'}];`),
  ];
  return `${['digraph exposure {', '  rankdir=LR;', '  node [shape=box];', ...lines, '}'].join('\n')}\n`;
}

/** @throws UsageError when there is too much for a picture */
function pictureOf(exposed: Iterable<ExposedWorkload>): Picture {
  const clients = new Map<string, number>();
  const workloads: string[] = [];
  const arrows: Picture['arrows'][number][] = [];
  for (const workload of exposed) {
    const to = workloads.push(printable(workload.id)) - 1;
    for (const { who, target } of exposureLines(workload)) {
      if (who === 'nobody') continue;
      const isCertain = !who.startsWith(PERHAPS);
      const name = printable(isCertain ? who : who.slice(PERHAPS.length));
      const from = clients.get(name) ?? clients.size;
      clients.set(name, from);
      arrows.push({ from, to, label: printable(target), isCertain });
      if (arrows.length > MOST_ARROWS)
        throw new UsageError(
          'there is too much for a picture; choose with --workload, --namespace or --from, or take --format csv or json',
        );
    }
  }
  return { clients: [...clients.keys()], workloads, arrows };
}
