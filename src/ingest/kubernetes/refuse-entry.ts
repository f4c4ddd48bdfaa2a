import type { Reading } from '../reading';

/**
 * Tells of an entry of a policy for which the API server refuses the whole object (kubernetes pkg/apis/networking/validation). Offline the policy is
 * there all the same: it isolates what it selects, and the entry, which is undefined from here on, allows nothing.
 */
export function refuseEntry(reading: Reading, problem: string, node: unknown): undefined {
  const consequence = 'the API server refuses the whole policy, here the entry matches nothing and the policy still isolates';
  reading.report('invalid-policy', `${problem}; ${consequence}`, node);
}
