import type { Diagnostic } from '../model/diagnostic';
import { compareText } from '../util/order';

/** Of diagnostics with one code, this many are told one by one: a bundle of a million broken objects must not become a million sentences. */
export const TOLD_PER_CODE = 1000;

/**
 * Diagnostics by file, document, line, code and message, so that equal input has equal diagnostics; those without a place come first.
 * Beyond `TOLD_PER_CODE` of one code, a last one says how many there are more.
 */
export function inFixedOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const sorted = [...diagnostics].sort(compareDiagnostics);
  const counts = new Map<string, number>();
  const told = sorted.filter(({ code }) => {
    const count = (counts.get(code) ?? 0) + 1;
    counts.set(code, count);
    return count <= TOLD_PER_CODE;
  });
  if (told.length === sorted.length) return told;
  for (const [code, count] of counts) {
    const first = sorted.find((diagnostic) => diagnostic.code === code)!;
    if (count > TOLD_PER_CODE)
      told.push({ code, severity: first.severity, message: `the same is true of ${count - TOLD_PER_CODE} more places` });
  }
  return told.sort(compareDiagnostics);
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.source?.file ?? '', b.source?.file ?? '') ||
    (a.source?.document ?? 0) - (b.source?.document ?? 0) ||
    (a.source?.line ?? 0) - (b.source?.line ?? 0) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message) ||
    compareText(a.resource ?? '', b.resource ?? '')
  );
}
