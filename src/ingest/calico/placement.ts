import type { Policy } from '../../model/policy';
import type { Mapping, Reading } from '../reading';
import { type Complaints, flagField } from './complaints';
import { EVERY_INTERFACE } from './host-endpoints';
import type { CalicoHost } from './world';

/** Where on its way a packet meets the policy. */
export interface Placement {
  readonly hook: Policy['hook'];
  /** Also for packets that a host passes on. */
  readonly applyOnForward: boolean;
}

/** That of a policy of a namespace, which is about pods alone. */
export const PLAIN_PLACEMENT: Placement = { hook: 'normal', applyOnForward: false };

/** Reads where a GlobalNetworkPolicy acts. */
export function readPlacement(complaints: Complaints, spec: Mapping): Placement {
  const [preDNAT, doNotTrack, applyOnForward] = ['preDNAT', 'doNotTrack', 'applyOnForward'].map(
    (field) => flagField(complaints, spec, field, 'spec') ?? false,
  );
  if (preDNAT && doNotTrack) complaints.mind('`spec.preDNAT` and `spec.doNotTrack` are both true', spec);
  if ((preDNAT || doNotTrack) && !applyOnForward) {
    complaints.mind(`\`spec.${preDNAT ? 'preDNAT' : 'doNotTrack'}\` is true without \`spec.applyOnForward\``, spec);
  }
  return { hook: doNotTrack ? 'untracked' : preDNAT ? 'preDNAT' : 'normal', applyOnForward: applyOnForward ?? false };
}

/** Tells what a policy does at host endpoints, which is left out. `hosts` are those that it selects. */
export function reportHosts(reading: Reading, { hook, applyOnForward }: Placement, hosts: readonly CalicoHost[], node: unknown): void {
  const named = hosts.length === 0 ? 'host endpoints' : hostsInWords(hosts);
  if (hook !== 'normal') {
    const when = hook === 'preDNAT' ? 'before their destination is translated' : 'without tracking connections';
    reading.report('partly-modelled', `the policy acts on packets at ${named} ${when}: it never decides here`, node);
    return;
  }
  if (hosts.length === 0) return;
  const isEverywhere = applyOnForward && hosts.some(({ interfaceName }) => interfaceName === EVERY_INTERFACE);
  const forwarded = isEverywhere ? ', and on every packet of the pods on their nodes' : applyOnForward ? ', and on what passes there' : '';
  reading.report('partly-modelled', `the policy also acts on packets at ${named}${forwarded}: the verdicts leave that out`, node);
}

function hostsInWords([first, ...others]: readonly CalicoHost[]): string {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `host endpoint \`${first!.name}\`${more}`;
}
