import type { Policy } from '../../model/policy';
import type { Mapping, Reading } from '../reading';
import { type Complaints, flagField } from './complaints';
import { EVERY_INTERFACE } from './host-endpoints';
import type { CalicoHost, CalicoWorld } from './world';

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

/** The host endpoints that a policy selects, and which of their nodes have pods whose packets it may see. */
export interface PlacedAt {
  readonly hosts: readonly CalicoHost[];
  readonly mayHavePods: CalicoWorld['mayHavePods'];
}

/** Tells what of a policy for host endpoints alone has no effect, or an effect that is left out. */
export function reportPlacement(reading: Reading, { hook }: Placement, { hosts, mayHavePods }: PlacedAt, node: unknown): void {
  if (hook === 'normal') return;
  if (hosts.length === 0) {
    reading.report('without-effect', 'the policy acts at host endpoints alone, and it selects none of the input: it decides nothing', node);
    return;
  }
  if (hook !== 'untracked') return;
  const acting = hosts.filter(({ interfaceName }) => interfaceName !== EVERY_INTERFACE);
  if (acting.length === 0) {
    const message = `the policy does not track connections, and such policies do not act at host endpoints of all interfaces (\`${EVERY_INTERFACE}\`), as it selects`;
    reading.report('without-effect', message, node);
    return;
  }
  const modelled = 'the policy does not track connections: answers of the nodes themselves are judged by its rules for the other direction';
  // Verdicts can only be wrong where a pod is behind such an interface.
  if (acting.some((host) => mayHavePods(host.node))) {
    reading.report('partly-modelled', `${modelled}, those from and to pods are taken as let through`, node);
  } else {
    reading.report('not-tracked', modelled, node);
  }
}
