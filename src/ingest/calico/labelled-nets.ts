import type { DeclaredPort } from '../../model/endpoint';
import type { Unknown } from '../../model/match';
import type { Nets } from './nets';
import type { Expression } from './selector-expression';
import { type FlatLabels, matchExpression, requiredLabel } from './selector-match';

/** Addresses that selectors of rules can choose by labels: a network set, or a host endpoint, which has ports with names as well. */
export interface LabelledNets {
  readonly name: string;
  readonly labels: FlatLabels;
  /** Keys that the input does not tell may be among its labels. */
  readonly isComplete: boolean;
  readonly nets: Nets;
  readonly ports: readonly DeclaredPort[];
}

/** One that a selector chooses, or may choose. */
export interface LabelledMatch<Labelled extends LabelledNets = LabelledNets> {
  readonly labelled: Labelled;
  /** What the match depends on; empty when it is certain. */
  readonly unknowns: readonly Unknown[];
}

/** Which of them a selector chooses, in their order. */
export type LabelledIndex<Labelled extends LabelledNets = LabelledNets> = (expression: Expression) => readonly LabelledMatch<Labelled>[];

/** Finds by the labels that a selector requires, so that a selector costs what it may choose and not what there is. */
export function labelledIndex<Labelled extends LabelledNets>(all: readonly Labelled[]): LabelledIndex<Labelled> {
  const byLabel = new Map<string, number[]>();
  const incomplete: number[] = [];
  for (const [index, { labels, isComplete }] of all.entries()) {
    if (!isComplete) incomplete.push(index);
    for (const [key, value] of labels.values) {
      const slot = `${key}\n${value}`;
      const listed = byLabel.get(slot);
      if (listed) listed.push(index);
      else byLabel.set(slot, [index]);
    }
  }
  const candidates = (expression: Expression): Iterable<number> => {
    const required = requiredLabel(expression);
    if (!required) return all.keys();
    const found = new Set(incomplete);
    for (const value of required.values) for (const index of byLabel.get(`${required.key}\n${value}`) ?? []) found.add(index);
    return [...found].sort((a, b) => a - b);
  };
  return (expression) => {
    const matches: LabelledMatch<Labelled>[] = [];
    for (const index of candidates(expression)) {
      const labelled = all[index]!;
      const { truth, unknowns } = matchExpression(expression, labelled.labels);
      if (truth !== 'no') matches.push({ labelled, unknowns });
    }
    return matches;
  };
}
