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

/** What steps depend on, each once; a Log rule decides nothing. */
export function unknownsOf(steps: readonly PolicyHit[]): readonly Unknown[] {
  return distinctUnknowns(steps.filter((step) => step.action !== 'Log').flatMap((step) => step.unknowns));
}
