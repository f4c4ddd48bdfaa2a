import type { Truth } from '../../model/match';
import type { Direction } from '../../model/policy';
import type { Analysis } from '../analyze';
import { EGRESS_SHIFT, INGRESS_SHIFT } from '../classes';

const TRUTHS: readonly Truth[] = ['no', 'maybe', 'yes'];

/**
 * Does some policy select the endpoint in this direction, so that only what rules allow gets through? Policies of tiers that pass on what they leave
 * undecided isolate nobody.
 */
export function isolationOf({ model }: Analysis, endpoint: number, direction: Direction): Truth {
  const flags = model.classes.flags[model.endpoints.classOf[endpoint]!]!;
  return TRUTHS[(flags >>> (direction === 'egress' ? EGRESS_SHIFT : INGRESS_SHIFT)) & 3]!;
}
