import { distinctUnknowns, type Unknown } from '../model/match';
import type { PolicyHit, Verdict } from '../model/verdict';

/** What one place says of a flow, with the steps that lead there. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly trace: readonly PolicyHit[];
}

/** The verdict of what is possible. */
export function verdictOfOutcomes({ allow, deny }: { readonly allow: boolean; readonly deny: boolean }): Verdict {
  if (allow && deny) return 'indeterminate';
  return allow ? 'allowed' : 'denied';
}

/** What several places say of a flow that must pass them all. */
export function allMustAllow(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('denied')) return 'denied';
  return verdicts.includes('indeterminate') ? 'indeterminate' : 'allowed';
}

/**
 * What is said where the input does not tell which of several things is the case; `unknowns` would. Where they differ, each of their steps is only taken
 * if it is that one.
 */
export function amongAlternatives(judged: readonly Judgement[], unknowns: readonly Unknown[]): Judgement {
  const first = judged[0]!;
  const isSettled = first.verdict !== 'indeterminate' && judged.every(({ verdict }) => verdict === first.verdict);
  if (isSettled || (judged.length > 1 && judged.every((judgement) => isSame(judgement, first)))) return first;
  const trace = judged.flatMap((judgement) => judgement.trace);
  return {
    verdict: 'indeterminate',
    trace: trace.map((step): PolicyHit => ({ ...step, certainty: 'maybe', unknowns: [...step.unknowns, ...unknowns] })),
  };
}

/** The same verdict for the same reasons. */
export function isSame(a: Judgement, b: Judgement): boolean {
  return a.verdict === b.verdict && saysTheSame(a.trace, b.trace);
}

/** Of what steps are made of: mostly the very same things, which need no look inside. */
function saysTheSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (!isTree(a) || !isTree(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => saysTheSame(a[key], b[key]));
}

function isTree(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** What steps depend on, each once; a Log rule decides nothing. */
export function unknownsOf(steps: readonly PolicyHit[]): readonly Unknown[] {
  return distinctUnknowns(steps.filter((step) => step.action !== 'Log').flatMap((step) => step.unknowns));
}
