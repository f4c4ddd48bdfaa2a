import type { Source } from './source';

/**
 * How much a problem of the input takes away from the answer.
 * `fatal`: this file or document was not read · `severe`: something that can change verdicts was not understood ·
 * `warning`: understood, but probably not what its author meant · `notice`: left out on purpose, or assumed.
 */
export type DiagnosticSeverity = 'fatal' | 'severe' | 'warning' | 'notice';

/**
 * A problem of the *input*, as a value: bad input never throws past `ingest`.
 * `code` is stable and in kebab case, `message` is one sentence in lower case without a final stop, with user text in backticks.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: DiagnosticSeverity;
  readonly message: string;
  readonly source?: Source;
  /** `namespace/name[Kind]` of the resource, where the document had one. */
  readonly resource?: string;
}
