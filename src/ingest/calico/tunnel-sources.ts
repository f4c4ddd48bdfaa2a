import type { Endpoint, Namespace } from '../../model/endpoint';
import type { AddressPool } from '../../model/host-endpoint';
import type { PeerExpression, PeerTerm, Policy } from '../../model/policy';
import { type LabelSet, matchSelector } from '../../model/selector';
import { formatRef } from '../../model/source';
import { type AddressRange, parseCidr, rangeHas } from '../../util/ip';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { NodeDraft } from '../draft';
import { parseNet } from './nets';

/*
 * What processes of a node send to pods of other nodes through a tunnel comes from the address of the tunnel, and everything else from the node's own
 * (felix/dataplane/linux/vxlan_mgr.go, ipip_mgr.go). Whether packets are wrapped pools of addresses tell. Where the input has none, and no fact stands for
 * them, verdicts take nodes by their own addresses; where rules tell the two apart, that is told.
 */

/** What an input tells of nodes and of whom policies are about. */
export interface TunnelSourceParts {
  readonly nodes: readonly NodeDraft[];
  readonly pools: readonly AddressPool[];
  readonly endpoints: readonly Endpoint[];
  readonly namespaces: readonly Namespace[];
}

interface Addresses {
  readonly own: readonly AddressRange[];
  readonly tunnel: readonly AddressRange[];
}

/** Tells of the first policy over pods with a rule that lets in a node by one of its addresses and not by its tunnel's, or the other way round. */
export function reportTunnelSources(policies: readonly Policy[], { nodes, pools, ...cluster }: TunnelSourceParts, report: Report): void {
  if (pools.length > 0) return;
  const all = nodes.flatMap(({ addresses, calico }): readonly Addresses[] => {
    if (!calico || calico.tunnel.length === 0) return [];
    return [{ own: addresses.map((text) => parseNet(text)!), tunnel: calico.tunnel.map((text) => parseNet(text)!) }];
  });
  if (all.length === 0) return;
  // Rules of many policies say the same.
  const known = new Map<string, boolean>();
  let isOfPods: ((policy: Policy) => boolean) | undefined;
  for (const policy of policies) {
    const { ref, ingress = [], staged } = policy;
    if (staged) continue;
    for (const { peer, source } of ingress) {
      const nets = netsOf(peer);
      if (nets.length === 0) continue;
      const key = JSON.stringify(nets);
      const tells = known.get(key) ?? tellsApart(nets, all);
      known.set(key, tells);
      if (!tells) continue;
      isOfPods ??= finderOfPods(cluster);
      if (!isOfPods(policy)) break;
      const message =
        'the rule tells addresses of nodes from those of their tunnels: what nodes send to pods of other nodes may come from a tunnel, and the verdicts take their own addresses, as the input has no IPPool';
      report(diagnose('partly-modelled', message, source, printable(formatRef(ref))));
      return;
    }
  }
}

/** Finds out whether a policy acts on what comes to pods: at pods, or at host endpoints on what nodes pass on. */
function finderOfPods({ endpoints, namespaces }: Pick<TunnelSourceParts, 'endpoints' | 'namespaces'>): (policy: Policy) => boolean {
  // Pods of one template have the same labels, be they thousands.
  const different = new Map<LabelSet, Map<number, Endpoint>>();
  for (const endpoint of endpoints) {
    if (endpoint.network === 'host') continue;
    const alike = different.get(endpoint.labels) ?? new Map<number, Endpoint>();
    if (!alike.has(endpoint.namespace)) different.set(endpoint.labels, alike.set(endpoint.namespace, endpoint));
  }
  const subjects = [...different.values()].flatMap((alike) =>
    [...alike.values()].map(({ labels, network, namespace, serviceAccount, serviceAccountLabels }) => ({
      labels,
      network,
      namespace: namespaces[namespace],
      serviceAccount,
      serviceAccountLabels,
    })),
  );
  return ({ appliesTo, appliesToHosts, hook, forward }) =>
    (appliesToHosts !== undefined && (hook !== 'normal' || forward === true)) ||
    subjects.some((subject) => matchSelector(appliesTo, subject).truth !== 'no');
}

type NetTerm = Pick<PeerTerm, 'nets' | 'notNets'>;

/** The terms that match nodes by their addresses. */
function netsOf(peer: PeerExpression): readonly NetTerm[] {
  if (peer === 'any') return [];
  return peer.flatMap(({ selector, nets, notNets }) =>
    selector || !(nets || notNets) ? [] : [{ ...(nets && { nets }), ...(notNets && { notNets }) }],
  );
}

function tellsApart(terms: readonly NetTerm[], all: readonly Addresses[]): boolean {
  const parsed = terms.map(({ nets, notNets = [] }) => ({
    nets: nets?.map((net) => parseCidr(net)!),
    notNets: notNets.map((net) => parseCidr(net)!),
  }));
  const has = (ranges: readonly AddressRange[], { family, low }: AddressRange) =>
    ranges.some((range) => rangeHas(range, { family, value: low }));
  const matches = (address: AddressRange) =>
    parsed.some(({ nets, notNets }) => (nets === undefined || has(nets, address)) && !has(notNets, address));
  return all.some(({ own, tunnel }) =>
    own.some((address) => {
      const verdict = matches(address);
      return tunnel.some((other) => other.family === address.family && matches(other) !== verdict);
    }),
  );
}
