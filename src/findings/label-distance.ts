import { editDistance } from '../util/near-matches';

/** Could one text be a misspelling of the other? At most every third character differs, or one is a dash-separated end of the other. */
export function looksLike(a: string, b: string): boolean {
  if (a === b || a === '' || b === '') return false;
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  if (short.length > 2 && (long.startsWith(`${short}-`) || long.endsWith(`-${short}`))) return true;
  const bound = Math.floor(long.length / 3);
  return editDistance(a, b, bound) <= bound;
}
