/**
 * Three-valued truth (Kleene): `maybe` where the input does not tell.
 * A `maybe` carries what it depends on, so that an answer can name what would settle it.
 */
export type Truth = 'yes' | 'no' | 'maybe';

/** One thing that the input does not tell. `text` is a phrase that completes "depends on …". */
export interface Unknown {
  readonly kind:
    | 'fact'
    | 'namespace-labels'
    | 'pod-labels'
    | 'account-labels'
    | 'address'
    | 'placement'
    | 'interface'
    | 'protocol'
    | 'condition'
    | 'door';
  readonly text: string;
}

/** INVARIANT: only `maybe` has unknowns. */
export interface Match {
  readonly truth: Truth;
  readonly unknowns: readonly Unknown[];
}

/** The two that depend on nothing; shared, since matching makes them by the million. */
export const YES: Match = Object.freeze({ truth: 'yes', unknowns: Object.freeze([]) });
export const NO: Match = Object.freeze({ truth: 'no', unknowns: Object.freeze([]) });

/** Without unknowns where whoever asks knows better what it depends on, and adds that. */
export function maybe(...unknowns: readonly Unknown[]): Match {
  return { truth: 'maybe', unknowns };
}

/** For what the input tells: never `maybe`. */
export function isTrue(condition: boolean): Match {
  return condition ? YES : NO;
}

/** `no` if any is `no`, else `maybe` if any is, else `yes`. */
export function allOf(matches: Iterable<Match>): Match {
  const unknowns: Unknown[] = [];
  for (const match of matches) {
    if (match.truth === 'no') return NO;
    if (match.truth === 'maybe') for (const unknown of match.unknowns) unknowns.push(unknown);
  }
  return unknowns.length > 0 ? { truth: 'maybe', unknowns } : YES;
}

/** `yes` if any is `yes`, else `maybe` if any is, else `no`. */
export function anyOf(matches: Iterable<Match>): Match {
  const unknowns: Unknown[] = [];
  for (const match of matches) {
    if (match.truth === 'yes') return YES;
    if (match.truth === 'maybe') for (const unknown of match.unknowns) unknowns.push(unknown);
  }
  return unknowns.length > 0 ? { truth: 'maybe', unknowns } : NO;
}

/** A `maybe` stays one, and depends on the same. */
export function not(match: Match): Match {
  return match.truth === 'maybe' ? match : isTrue(match.truth === 'no');
}

/** Unknowns each once, by what they say, in the order in which they come. */
export function distinctUnknowns(unknowns: readonly Unknown[]): readonly Unknown[] {
  return [...new Map(unknowns.map((unknown) => [unknown.text, unknown])).values()];
}
