/** A source of repeatable choices: equal seed, equal choices, on every machine. */
export interface Random {
  readonly seed: number;
  /** An integer from 0 to `bound` - 1. */
  below(bound: number): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
  /** Up to `most` different ones of the choices, in their order. */
  some<T>(choices: readonly T[], most: number): readonly T[];
  /** Makes a list of `count`. */
  times<T>(count: number, make: (index: number) => T): readonly T[];
}

/** Mulberry32 (a public-domain generator of 32 bits of state by Tommy Ettinger). */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  return {
    seed,
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (probability) => next() < probability,
    pick: (choices) => choices[below(choices.length)]!,
    some: (choices, most) => {
      const chosen = new Set(Array.from({ length: below(most + 1) }, () => below(choices.length)));
      return choices.filter((_, index) => chosen.has(index));
    },
    times: (count, make) => Array.from({ length: count }, (_, index) => make(index)),
  };
}

/** Another seed for each part of a test, so that parts do not disturb each other. */
export function seedOf(base: number, part: number): number {
  return (Math.imul(base ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(part + 1, 0xc2b2ae35)) >>> 0;
}
