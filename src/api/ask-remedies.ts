import { isOfProfiles } from '../model/profiles';
import type { FlowNames } from '../model/trace-text';
import type { Explanation, Packet } from '../model/verdict';
import { nodeRemedyOf } from './node-remedy';
import { formatPacket } from './packet';
import type { TraceStep } from './trace-step';

/*
 * What stands in the way of a flow that is denied, and what would let it through.
 */

/** The deciding denial of each direction that is denied. What comes before it on that side, such as a host endpoint, may have allowed. */
export function blockersOf(trace: readonly TraceStep[], sides: Pick<Explanation, 'egress' | 'ingress'>): readonly TraceStep[] {
  return (['egress', 'ingress'] as const)
    .filter((direction) => sides[direction] === 'denied')
    .flatMap((direction) => trace.filter((step) => step.direction === direction && step.action === 'Deny').slice(-1));
}

/** What would get past one blocker, in words. */
export function remedyOf(blocker: TraceStep, { from, to }: FlowNames, packet: Packet): string {
  const { direction, host, trigger } = blocker;
  const [subject, peer] = direction === 'egress' ? [from, `to \`${to}\``] : [to, `from \`${from}\``];
  const ofNode = nodeRemedyOf(blocker, packet.protocol);
  if (ofNode !== undefined) return `${direction}: ${ofNode}`;
  if (trigger === 'rule')
    return `${direction}: change rule ${blocker.rule} of \`${blocker.policy}\`, or let an earlier rule allow ${formatPacket(packet)} ${peer}`;
  if (isOfProfiles(blocker)) {
    const whom = host ? `host endpoint \`${host.name}\`` : `\`${subject}\``;
    const what = `${formatPacket(packet)}${host ? '' : ` ${peer}`}`;
    return `${direction}: a rule that allows ${what}, in a policy that selects ${whom} or in one of its profiles`;
  }
  const home = blocker.isolatedBy?.[0];
  const such = home === undefined ? '' : ` such as \`${home}\``;
  // What ends with a denial is the tier, so that a rule of a later one comes too late.
  const policy = blocker.tier === undefined || blocker.tier === 'default' ? 'a policy' : `a policy of tier \`${blocker.tier}\``;
  if (!host) return `${direction}: a rule that allows ${formatPacket(packet)} ${peer}, in ${policy} that selects \`${subject}\`${such}`;
  const rules = host.way === 'in' ? 'ingress' : 'egress';
  if (trigger === 'reply')
    return `${direction}: an untracked ${rules} rule for the answer, in a policy that selects host endpoint \`${host.name}\``;
  const kind = host.hook === 'forward' ? ' that applies on forward and' : ' that';
  return `${direction}: an ${rules} rule that allows ${formatPacket(packet)}, in ${policy}${kind} selects host endpoint \`${host.name}\`${such}`;
}
