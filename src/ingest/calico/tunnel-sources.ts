import type { AddressPool } from '../../model/host-endpoint';
import type { PeerExpression, PeerTerm, Policy } from '../../model/policy';
import { formatRef } from '../../model/source';
import { type AddressRange, parseCidr, rangeHas } from '../../util/ip';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { NodeDraft } from '../draft';
import { parseNet } from './nets';

/*
 * What processes of a node send to pods of other nodes through a tunnel comes from the address of the tunnel, and everything else from the node's own
 * (felix/dataplane/linux/vxlan_mgr.go, ipip_mgr.go). Verdicts know a node by its own addresses alone: by those of its tunnels nobody ever reaches it, and to
 * add them would leave open what is certain. Where rules tell the two apart, that is told.
 */

interface Addresses {
  readonly own: readonly AddressRange[];
  readonly tunnel: readonly AddressRange[];
}

/** Tells of the first policy with a rule that lets in a node by one of its addresses and not by its tunnel's, or the other way round. */
export function reportTunnelSources(
  policies: readonly Policy[],
  nodes: readonly NodeDraft[],
  pools: readonly AddressPool[],
  report: Report,
): void {
  if (pools.length > 0 && pools.every(({ encapsulation }) => encapsulation === 'never')) return;
  const all = nodes.flatMap(({ addresses, calico }): readonly Addresses[] => {
    if (!calico || calico.tunnel.length === 0) return [];
    return [{ own: addresses.map((text) => parseNet(text)!), tunnel: calico.tunnel.map((text) => parseNet(text)!) }];
  });
  if (all.length === 0) return;
  const judged = new Set<string>();
  for (const { ref, ingress = [], staged } of policies) {
    if (staged) continue;
    for (const { peer, source } of ingress) {
      const nets = netsOf(peer);
      const key = JSON.stringify(nets);
      if (nets.length === 0 || judged.has(key)) continue;
      judged.add(key);
      if (!tellsApart(nets, all)) continue;
      const message =
        'the rule tells addresses of nodes from those of their tunnels: what nodes send to pods of other nodes may come from a tunnel, and the verdicts take their own addresses';
      report(diagnose('partly-modelled', message, source, printable(formatRef(ref))));
      return;
    }
  }
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
