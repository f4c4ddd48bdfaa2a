import { nearMatches } from '../../util/near-matches';
import type { Mapping, Reading } from '../reading';

/** Tells of fields that no version of the API has: the API server drops them or refuses the object, and a typo there changes what a policy says. */
export function checkFields(reading: Reading, node: Mapping, known: readonly string[], path: string): void {
  for (const field of Object.keys(node)) {
    if (known.includes(field)) continue;
    const [near] = nearMatches(field, known, 1);
    const advice = near === undefined ? '' : `; did you mean \`${near}\``;
    const name = path === '' ? field : `${path}.${field}`;
    reading.report('unknown-field', `field \`${name}\` is unknown and has no effect${advice}`, node);
  }
}
