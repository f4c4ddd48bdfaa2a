/** Exit status of the program: the contract with scripts. */
export const EXIT = {
  fine: 0,
  /** Findings at or above the threshold, or a flow that is not allowed. */
  failed: 1,
  /** Bad input or usage. */
  badInput: 2,
} as const;

/** One of the above. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
