import type { AddressPool, NodeLink } from '../../model/host-endpoint';
import { rangesHave } from '../../util/address-set';
import { parseCidr } from '../../util/ip';
import { compareText } from '../../util/order';
import type { HostEndpointDraft, NodeDraft } from '../draft';

/** What tells how nodes are linked. */
export interface NodeLinkParts {
  readonly nodes: readonly NodeDraft[];
  readonly hostEndpoints: readonly Pick<HostEndpointDraft, 'node' | 'addresses' | 'isLeftOut'>[];
  readonly pools: readonly AddressPool[];
  /** Which pools wrap across subnets is known, and not only that some may. */
  readonly knowsModes: boolean;
}

/**
 * Tunnels and subnets of nodes, as far as pools make something of them: no pool that wraps, no tunnel; none that wraps across subnets, no subnet. Where
 * Calico's own annotations do not tell the tunnels, addresses of the node's host endpoints that are out of a pool that wraps are theirs
 * (kube-controllers/pkg/controllers/node/hostendpoints.go lists them beside the node's own).
 */
export function linkNodes({ nodes, hostEndpoints, pools, knowsModes }: NodeLinkParts): readonly NodeLink[] {
  const wrapping = pools.filter(({ encapsulation }) => encapsulation !== 'never');
  if (wrapping.length === 0) return [];
  const showsSubnets = knowsModes && wrapping.some(({ encapsulation }) => encapsulation === 'acrossSubnets');
  const nets = wrapping.map(({ net }) => parseCidr(net)!);
  const atHosts = new Map<string, string[]>();
  for (const { node, addresses, isLeftOut } of hostEndpoints) {
    const inside = isLeftOut ? [] : addresses.filter((address) => rangesHave(nets, address));
    const known = atHosts.get(node);
    if (known) for (const address of inside) known.push(address);
    else atHosts.set(node, inside);
  }
  return nodes
    .flatMap(({ origin: { name }, calico }): readonly NodeLink[] => {
      const told = calico?.tunnel ?? [];
      const tunnels = told.length > 0 ? told : [...new Set(atHosts.get(name))];
      const subnets = showsSubnets ? (calico?.subnets ?? []) : [];
      return tunnels.length + subnets.length === 0 ? [] : [{ node: name, subnets, tunnels }];
    })
    .sort((a, b) => compareText(a.node, b.node));
}
