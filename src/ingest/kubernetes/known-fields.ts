import type { Mapping, Reading } from '../reading';

/** Tells of fields that no version of the API has: the API server drops them or refuses the object, and a typo there changes what a policy says. */
export function checkFields(reading: Reading, node: Mapping, known: readonly string[], path: string): void {
  for (const field of Object.keys(node)) {
    if (known.includes(field)) continue;
    const near = known.find((name) => name.toLowerCase() === field.toLowerCase());
    const advice = near ? `; \`${near}\` is meant` : '';
    const name = path === '' ? field : `${path}.${field}`;
    reading.report('unknown-field', 'severe', `field \`${name}\` is unknown and has no effect${advice}`, node);
  }
}
