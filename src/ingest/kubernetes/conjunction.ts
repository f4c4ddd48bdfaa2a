import type { Selector } from '../../model/selector';

const ALL: Selector = Object.freeze({ kind: 'all' });
const NONE: Selector = Object.freeze({ kind: 'none' });

/** The smallest selector that says all of these: `all` is dropped, `none` absorbs, nested conjunctions are flattened. */
export function conjunction(parts: readonly Selector[]): Selector {
  const flat = parts.flatMap((part) => (part.kind === 'and' ? part.of : [part])).filter((part) => part.kind !== 'all');
  if (flat.some((part) => part.kind === 'none')) return NONE;
  if (flat.length === 0) return ALL;
  return flat.length === 1 ? flat[0]! : { kind: 'and', of: flat };
}
