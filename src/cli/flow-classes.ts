import type { FlowRow } from '../api/flows';
import { formatPorts } from '../model/port-sets';
import { compareText } from '../util/order';

/** Ends that behave alike in every row, drawn as one. */
export interface FlowClass {
  readonly members: readonly string[];
}

/** An arrow between two classes: every member of the one, to every member of the other (itself left out). */
export interface FlowArrow {
  readonly from: number;
  readonly to: number;
  readonly ports: string;
  readonly conditional: string;
}

/** A picture: boxes and arrows. Arrows of a class to itself stand between its members. */
export interface FlowGraph {
  readonly classes: readonly FlowClass[];
  readonly arrows: readonly FlowArrow[];
}

/** Labels of what two alike ends may open to each other that are tried when they are merged. */
const MOST_INNER_LABELS = 8;

/** The smallest picture of rows that this finds: ends with equal rows in both directions become one class. */
export function flowGraph(ids: readonly string[], rows: Iterable<FlowRow>): FlowGraph {
  const links = [...rows].map(({ from, to, ports, conditional }) => ({
    from,
    to,
    label: `${formatPorts(ports)}\n${conditional ? formatPorts(conditional) : ''}`,
  }));
  const everyone = [...new Set([...ids, ...links.flatMap(({ from, to }) => [from, to])])];
  const own = new Map<string, string[]>(everyone.map((id) => [id, []]));
  for (const { from, to, label } of links) {
    own.get(from)!.push(`>${to}\n${label}`);
    own.get(to)!.push(`<${from}\n${label}`);
  }
  const classOf = classify(everyone, own, labelsByUse(links));
  const classes = Array.from({ length: new Set(classOf.values()).size }, (): string[] => []);
  for (const id of everyone) classes[classOf.get(id)!]!.push(id);
  const arrows = new Map<string, FlowArrow>();
  for (const { from, to, label } of links) {
    const [source, destination] = [classOf.get(from)!, classOf.get(to)!];
    const [ports = '', conditional = ''] = label.split('\n');
    arrows.set(`${source} ${destination}`, { from: source, to: destination, ports, conditional });
  }
  return { classes: classes.map((members) => ({ members: members.sort(compareText) })), arrows: [...arrows.values()] };
}

/**
 * Two ends are alike when their links are equal. Ends that may open something to each other differ in each other, so that each counts as linked to
 * itself in the same way, with one label after the other.
 */
function classify(
  everyone: readonly string[],
  own: ReadonlyMap<string, readonly string[]>,
  labels: readonly string[],
): ReadonlyMap<string, number> {
  const classOf = new Map<string, number>();
  let next = 0;
  for (const inner of [undefined, ...labels, null]) {
    const groups = new Map<string, string[]>();
    for (const id of everyone) {
      if (classOf.has(id)) continue;
      const reflexive = typeof inner === 'string' ? [`>${id}\n${inner}`, `<${id}\n${inner}`] : [];
      const signature = inner === null ? id : [...own.get(id)!, ...reflexive].sort(compareText).join('\n\n');
      groups.set(signature, [...(groups.get(signature) ?? []), id]);
    }
    for (const members of groups.values()) {
      if (members.length === 1 && inner !== null) continue;
      for (const member of members) classOf.set(member, next);
      next++;
    }
  }
  return classOf;
}

/** The most used first: they merge most. */
function labelsByUse(links: readonly { readonly label: string }[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const { label } of links) uses.set(label, (uses.get(label) ?? 0) + 1);
  return [...uses]
    .sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]))
    .slice(0, MOST_INNER_LABELS)
    .map(([label]) => label);
}
