import type { Reading } from '../reading';

/**
 * The first entries of a list, as many as the Gateway API admits (sigs.k8s.io/gateway-api, `MaxItems`). What routes and listeners make of each other
 * grows with the product of their lists, so that longer ones, which the API server refuses, are cut.
 */
export function bounded<Entry>(reading: Reading, entries: readonly Entry[], most: number, path: string): readonly Entry[] {
  if (entries.length <= most) return entries;
  reading.report('bad-entry', `\`${path}\` has ${entries.length} entries where the API server admits ${most}; the first ${most} are read`);
  return entries.slice(0, most);
}
