import { matchSelector, type Selector } from '../../model/selector';
import type { KnownNodes, NodeDraft } from '../draft';

/**
 * Each node once. What Calico says of a node of Kubernetes adds to that: its addresses, and those of its tunnels. `nodes` of Kubernetes have an object of the
 * core API; the others are known to Calico alone.
 */
export function mergedNodes(nodes: readonly NodeDraft[]): readonly NodeDraft[] {
  const merged = new Map<string, NodeDraft>();
  for (const node of [...nodes].sort((a, b) => Number(a.origin.group !== '') - Number(b.origin.group !== ''))) {
    const known = merged.get(node.origin.name);
    merged.set(node.origin.name, known ? withCalico(known, node) : node);
  }
  return [...merged.values()];
}

/** Annotations of Kubernetes' own object say the same and are the newer, if they are there. */
function withCalico(node: NodeDraft, { addresses, calico: said }: NodeDraft): NodeDraft {
  const calico = node.calico ?? said;
  const known = node.addresses.length > 0 ? [...node.addresses, ...(calico?.own ?? [])] : addresses;
  return { ...node, addresses: [...new Set(known)], ...(calico && { calico }) };
}

/** Finds nodes by a selector over their labels. Rules repeat their selectors, and equal ones have one answer. */
export function nodeFinder(nodes: readonly NodeDraft[]): (selector: Selector) => KnownNodes {
  const known = new Map<string, KnownNodes>();
  return (selector) => {
    const key = JSON.stringify(selector);
    let found = known.get(key);
    if (!found) {
      const chosen = nodes.filter(({ labels }) => matchSelector(selector, { labels, network: 'host' }).truth === 'yes');
      found = { count: chosen.length, nets: [...new Set(chosen.flatMap(({ addresses }) => addresses.map(netOf)))] };
      known.set(key, found);
    }
    return found;
  };
}

function netOf(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}
