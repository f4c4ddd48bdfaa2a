import type { Endpoint } from '../model/endpoint';
import { type HostEndpoint, hostSubject } from '../model/host-endpoint';
import type { Policy, Rule } from '../model/policy';
import { matchSelector } from '../model/selector';
import type { Survey } from './survey';

/** Host endpoints of one node, and the policies that act at them, or may, in the order of evaluation. */
export interface ActingAtNode {
  readonly hosts: readonly HostEndpoint[];
  /** The node itself, if it is in the input. */
  readonly nodes: readonly Endpoint[];
  /** With the index in `Snapshot.policies`. */
  readonly policies: readonly { readonly index: number; readonly policy: Policy }[];
}

/** Looked up once for each node, since many groups may have pods there. */
export function actingAtNode({ snapshot, recall }: Survey, node: string): ActingAtNode {
  return recall('acting at node', node, () => {
    const hosts = snapshot.hostEndpoints.filter((host) => host.node === node);
    return {
      hosts,
      nodes: snapshot.endpoints.filter(({ kind, name }) => kind === 'node' && name === node),
      policies: snapshot.policies.flatMap((policy, index) => {
        const { staged, appliesToHosts } = policy;
        if (staged || !appliesToHosts) return [];
        const acts = hosts.some((host) => matchSelector(appliesToHosts, hostSubject(host)).truth !== 'no');
        return acts ? [{ index, policy }] : [];
      }),
    };
  });
}

/** Rules of both directions: which of them are asked is a matter of the way of the packet through the node, not of the side of the flow. */
export function rulesAtHosts({ policies }: ActingAtNode): readonly Rule[] {
  return policies.flatMap(({ policy: { ingress = [], egress = [] } }) => [...ingress, ...egress]);
}
