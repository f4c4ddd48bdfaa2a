/**
 * The candidates that somebody may have meant by `text`, the nearest first: few letters apart, or containing it.
 * Equal distances go in the order of the candidates.
 */
export function nearMatches(text: string, candidates: Iterable<string>, limit = 3): readonly string[] {
  const wanted = text.toLowerCase();
  const tolerance = Math.max(2, Math.floor(wanted.length / 4));
  const ranked: { readonly candidate: string; readonly distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    const name = candidate.toLowerCase();
    const distance = editDistance(wanted, name, tolerance);
    if (distance <= tolerance) ranked.push({ candidate, distance });
    else if (wanted.length >= 3 && name.includes(wanted)) ranked.push({ candidate, distance: tolerance + 1 });
  }
  ranked.sort((a, b) => a.distance - b.distance);
  return ranked.slice(0, limit).map(({ candidate }) => candidate);
}

/**
 * Insertions, deletions and replacements of one letter that make one text of the other (Levenshtein); anything above `bound` counts as `bound + 1`.
 * O(|a| × |b|), and nothing at all where the lengths differ by more than the bound.
 */
export function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) > bound) return bound + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, previous[j]! + 1, row[j - 1]! + 1));
    }
    if (Math.min(...row) > bound) return bound + 1;
    previous = row;
  }
  return Math.min(previous[b.length]!, bound + 1);
}
