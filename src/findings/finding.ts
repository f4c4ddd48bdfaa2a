import type { Source } from '../model/source';
import type { FlowNames } from '../model/trace-text';
import type { PolicyHit } from '../model/verdict';

/** How much it matters, the worst first in `SEVERITIES`. */
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** The step of a cluster's life at which a finding first fails a run; an undeclared stage counts as production. */
export type Stage = 'lab' | 'poc' | 'beta' | 'production';
export const STAGES: readonly Stage[] = ['lab', 'poc', 'beta', 'production'];

/** `proven`: follows from the input alone · `assumed`: rests on an assumption that is named · `open`: the input does not tell, hence no severity. */
export type Certainty = 'proven' | 'assumed' | 'open';

/** What shows that a finding is true, the same block for every check. */
export interface Evidence {
  /** A concrete flow, such as `shop/web[Deployment]` → `203.0.113.7` TCP 3333; absent where the finding is not about one flow. */
  readonly flow?: { readonly from: string; readonly to: string; readonly protocol: string; readonly port?: number };
  /** The steps that decided about that flow, or (without a flow) nothing. */
  readonly trace: readonly PolicyHit[];
  /** The nearest thing that could have decided and does not, as a sentence. */
  readonly nearestCandidates: readonly string[];
  readonly assumptions: readonly string[];
  /** A command line that shows the same in a live cluster. */
  readonly verify?: string;
  /** What is particular to the check: labels and texts in the order to show them. */
  readonly details: readonly { readonly label: string; readonly text: string }[];
}

/** What to do about a finding. */
export interface Remediation {
  /** What to change, one sentence. */
  readonly summary: string;
  /** Manifest (YAML) of a policy that closes it: tried on the cluster before it is offered, unless `wouldCut` says that it was not. */
  readonly manifest?: string;
  /**
   * Flows between existing workloads that this would also cut, as texts, at most 50 and then `and more`; empty when none. A single text that starts with
   * `not computed` where the cluster is too large to try it.
   */
  readonly wouldCut: readonly string[];
}

/** A judgement about the cluster. Equal clusters give equal findings, in the same order. */
export interface Finding {
  /** `exposureFlow/v1`: hex SHA-256 over check, cluster-independent subject, object, direction, ports class and family. Stable across renames of files and policies. */
  readonly fingerprint: string;
  /** `exposureState/v1`: hex SHA-256 over the allowed flow set and the deciding rules: what a waiver was given for. */
  readonly state: string;
  readonly check: string;
  readonly title: string;
  /** Absent when `certainty` is `open`. */
  readonly severity?: Severity;
  readonly certainty: Certainty;
  readonly gate: Stage;
  /** `namespace/name[Kind]`, or `name[Namespace]`. */
  readonly subject: string;
  readonly namespace?: string;
  readonly object?: string;
  readonly direction?: 'ingress' | 'egress';
  /** One sentence that says what is the case. */
  readonly sentence: string;
  readonly evidence: Evidence;
  readonly remediation: Remediation;
  /** Where to look first. */
  readonly source?: Source;
  readonly references: readonly string[];
}

/** The ends that the steps of its evidence are about; where there is no flow, what it is about stands for both. */
export function endsOf({ evidence: { flow }, subject }: Finding): FlowNames {
  return flow ?? { from: subject, to: subject };
}
