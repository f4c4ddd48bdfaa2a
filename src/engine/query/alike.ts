import type { Analysis } from '../analyze';

/**
 * Endpoints in groups that no verdict tells apart, except that a pod always reaches itself. Groups and their members keep the order of the list.
 * @param byNode whether hosts are among those on the other side: a node and its own pods reach each other, so that the place then counts as well
 */
export function alikeGroups({ model }: Analysis, endpoints: readonly number[], byNode: boolean): readonly (readonly number[])[] {
  const { classOf, nodeOf } = model.endpoints;
  const groups = new Map<number, number[]>();
  for (const endpoint of endpoints) {
    // Nodes are numbered from 0, and -1 is no place.
    const key = classOf[endpoint]! * (model.counts.nodes + 1) + (byNode ? nodeOf[endpoint]! + 1 : 0);
    const group = groups.get(key);
    if (group) group.push(endpoint);
    else groups.set(key, [endpoint]);
  }
  return [...groups.values()];
}
