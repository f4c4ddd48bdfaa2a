import type { Analysis } from '../engine/index';
import type { Snapshot } from '../model/snapshot';
import type { Source } from '../model/source';
import type { Certainty, Evidence, Severity, Stage } from './finding';
import type { Proposal } from './remediation';
import type { Survey } from './survey';

/** What a run of the checks is about. */
export interface CheckContext {
  readonly snapshot: Snapshot;
  /** Of this very snapshot. */
  readonly analysis: Analysis;
  /** The stage of the run; findings carry their own gate, see `gateFails`. */
  readonly stage: Stage;
}

/** One check of the catalogue. Its id is never used again for anything else; `ruleVersion` counts changes of wording and severity. */
export interface Check {
  /** `LT-<family>-<number>`. */
  readonly id: string;
  /** The id for humans, in kebab case. */
  readonly slug: string;
  readonly title: string;
  /** Why it matters, and what exactly the condition is. */
  readonly rationale: string;
  readonly references: readonly string[];
  /** The first stage at which its findings fail a run; a judgement may say otherwise for itself. */
  readonly gate: Stage;
  readonly ruleVersion: number;
  readonly judge: (survey: Survey) => readonly Judgement[];
}

/** A finding as its check sees it: not yet numbered, weighed or given its remedy. */
export interface Judgement {
  readonly subject: string;
  readonly namespace?: string;
  /** Class of the other end, as in the fingerprint. */
  readonly object: string;
  readonly direction?: 'ingress' | 'egress';
  /** Class of protocols and ports, as in the fingerprint. */
  readonly ports: string;
  /** `6` when the finding exists on IPv6 alone. */
  readonly family: 'any' | '6';
  readonly certainty: Certainty;
  /** What the catalogue gives it when it is certain. */
  readonly severity: Severity;
  readonly gate?: Stage;
  /** Instead of the check's own. */
  readonly title?: string;
  readonly sentence: string;
  readonly evidence: Evidence;
  /** Canonical texts of what is allowed, for the state. */
  readonly flows: readonly string[];
  /** What to do about it in words, also where no policy can be proposed. */
  readonly advice: string;
  readonly proposal?: Proposal;
  readonly source?: Source;
}
