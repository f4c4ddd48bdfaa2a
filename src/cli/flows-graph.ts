import type { FlowEndpoint, Flows } from '../api/flows';
import { type FlowArrow, type FlowGraph, flowGraph } from './flow-classes';
import { setNamer } from './flow-groups';
import { bounded } from './flows-table';
import { counted, printable } from './text';

/** A picture of more is no picture. */
const MOST_ROWS = 500_000;
/** Names that one box shows at most. */
const MOST_NAMES = 12;

/** Flows as a Graphviz digraph: alike ends in one box, boxes of a namespace in its frame, dashed where something is conditional. */
export function flowsDot(flows: Flows): string {
  const { graph, labels, frames } = picture(flows);
  const quoted = (text: string) => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
  const boxes = (indices: readonly number[], indent: string) =>
    indices.map((index) => `${indent}n${index} [label=${quoted(labels[index]!.join('\n'))}];`);
  const lines = [...frames].flatMap(([namespace, indices], at) =>
    namespace === ''
      ? boxes(indices, '  ')
      : [`  subgraph cluster_${at} {`, `    label=${quoted(namespace)};`, ...boxes(indices, '    '), '  }'],
  );
  const arrows = graph.arrows.map(
    (arrow) => `  n${arrow.from} -> n${arrow.to} [label=${quoted(arrowLabel(arrow))}${arrow.ports === '' ? ', style=dashed' : ''}];`,
  );
  return `${['digraph flows {', '  rankdir=LR;', '  node [shape=box];', ...lines, ...arrows, '}'].join('\n')}\n`;
}

/** The same as a Mermaid flowchart, for Markdown pages that draw it. */
export function flowsMermaid(flows: Flows): string {
  const { graph, labels, frames } = picture(flows);
  const quoted = (text: string) =>
    `"${text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('\n', '<br>')}"`;
  const boxes = (indices: readonly number[], indent: string) =>
    indices.map((index) => `${indent}n${index}[${quoted(labels[index]!.join('\n'))}]`);
  const lines = [...frames].flatMap(([namespace, indices], at) =>
    namespace === '' ? boxes(indices, '  ') : [`  subgraph s${at}[${quoted(namespace)}]`, ...boxes(indices, '    '), '  end'],
  );
  const arrows = graph.arrows.map(
    (arrow) => `  n${arrow.from} ${arrow.ports === '' ? '-.->' : '-->'}|${quoted(arrowLabel(arrow))}| n${arrow.to}`,
  );
  return `${['flowchart LR', ...lines, ...arrows].join('\n')}\n`;
}

interface Picture {
  readonly graph: FlowGraph;
  /** Lines of each box. */
  readonly labels: readonly (readonly string[])[];
  /** Boxes by the namespace that all of their members share; the empty text holds the others. */
  readonly frames: ReadonlyMap<string, readonly number[]>;
}

function picture({ endpoints, rows }: Flows): Picture {
  const graph = flowGraph(
    endpoints.map(({ id }) => id),
    bounded(rows, MOST_ROWS, 'a picture'),
  );
  const nameOf = setNamer(endpoints);
  const labels = graph.classes.map(({ members }) => {
    const names = nameOf(members).map(printable);
    return names.length > MOST_NAMES + 1
      ? [...names.slice(0, MOST_NAMES), `and ${counted(names.length - MOST_NAMES, 'more', 'more')}`]
      : names;
  });
  const frames = new Map<string, number[]>();
  graph.classes.forEach(({ members }, index) => {
    const namespace = sharedNamespace(members, endpoints);
    frames.set(namespace, [...(frames.get(namespace) ?? []), index]);
  });
  return { graph, labels, frames };
}

/** Empty where members come from several namespaces or from none, and where namespaces themselves are drawn. */
function sharedNamespace(members: readonly string[], endpoints: readonly FlowEndpoint[]): string {
  if (endpoints[0]?.kind === 'Namespace') return '';
  const namespaces = new Set(members.map((id) => (id.startsWith('ip:') || !id.includes('/') ? '' : id.slice(0, id.indexOf('/')))));
  return namespaces.size === 1 ? [...namespaces][0]! : '';
}

function arrowLabel({ ports, conditional }: FlowArrow): string {
  return [...(ports === '' ? [] : [ports]), ...(conditional === '' ? [] : [`maybe ${conditional}`])].join('\n');
}
