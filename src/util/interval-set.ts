/** Inclusive interval of integers. */
export type Interval = readonly [low: number, high: number];

/** Sorted, disjoint, non-adjacent intervals: the one canonical form of a set of integers. */
export type IntervalSet = readonly Interval[];

/** Canonical form of intervals in any order; empty ones (`low > high`) are dropped. */
export function intervalSet(intervals: Iterable<Interval>): IntervalSet {
  const sorted = [...intervals].filter(([low, high]) => low <= high).sort((a, b) => a[0] - b[0]);
  const merged: [number, number][] = [];
  for (const [low, high] of sorted) {
    const last = merged.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

/** The result is canonical, also where the two are not. */
export function unionOf(a: IntervalSet, b: IntervalSet): IntervalSet {
  return intervalSet([...a, ...b]);
}

/** One sweep over both, O(|a| + |b|). INVARIANT: both are canonical, and so is what they share. */
export function intersectionOf(a: IntervalSet, b: IntervalSet): IntervalSet {
  const result: Interval[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i]!, b[j]!];
    const [low, high] = [Math.max(x[0], y[0]), Math.min(x[1], y[1])];
    if (low <= high) result.push([low, high]);
    if (x[1] < y[1]) i++;
    else j++;
  }
  return result;
}

/** The one integer of the interval that the set lacks; undefined where it lacks none, or more than one. */
export function onlyGapIn(set: IntervalSet, interval: Interval): number | undefined {
  const [gap, ...others] = differenceOf([interval], set);
  return gap && others.length === 0 && gap[0] === gap[1] ? gap[0] : undefined;
}

/** The integers of `a` that are not in `b`. INVARIANT: `b` is in order. O(|a| × |b|), as sets of ports have few intervals. */
export function differenceOf(a: IntervalSet, b: IntervalSet): IntervalSet {
  const result: Interval[] = [];
  for (const [low, high] of a) {
    let next = low;
    for (const [from, to] of b) {
      if (to < next) continue;
      if (from > high) break;
      if (from > next) result.push([next, from - 1]);
      next = to + 1;
    }
    if (next <= high) result.push([next, high]);
  }
  return result;
}

/** Goes through all intervals: there are few of them. */
export function intervalsHave(set: IntervalSet, value: number): boolean {
  return set.some(([low, high]) => low <= value && value <= high);
}
