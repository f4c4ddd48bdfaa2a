import { matchSelector, type Selector } from '../../model/selector';
import type { KnownNodes, NodeDraft } from '../draft';

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
