import type { HostEndpoint } from '../model/host-endpoint';
import type { Policy, Rule } from '../model/policy';
import { matchSelector } from '../model/selector';
import type { Survey } from './survey';

/** Host endpoints of one node, and the policies that act at them, or may. */
export interface ActingAtNode {
  readonly hosts: readonly HostEndpoint[];
  readonly policies: readonly Policy[];
}

/** In the order of evaluation; nothing for a node without host endpoints. */
export function actingAtNode({ snapshot, recall }: Survey, node: string): ActingAtNode {
  return recall('acting at node', node, () => {
    const hosts = snapshot.hostEndpoints.filter((host) => host.node === node);
    return {
      hosts,
      policies: snapshot.policies.filter(
        ({ staged, appliesToHosts }) =>
          !staged && appliesToHosts && hosts.some(({ labels }) => matchSelector(appliesToHosts, { labels, network: 'host' }).truth !== 'no'),
      ),
    };
  });
}

/** Rules of both directions: which of them are asked is a matter of the way of the packet through the node, not of the side of the flow. */
export function rulesAtHosts({ policies }: ActingAtNode): readonly Rule[] {
  return policies.flatMap(({ ingress = [], egress = [] }) => [...ingress, ...egress]);
}
