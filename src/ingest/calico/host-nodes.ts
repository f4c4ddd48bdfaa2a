import type { LabelSet } from '../../model/selector';
import { formatRef } from '../../model/source';
import { rangesHave } from '../../util/address-set';
import { parseCidr } from '../../util/ip';
import { compareText } from '../../util/order';
import { printable } from '../archive/entry';
import { diagnose } from '../codes';
import type { Report } from '../document';
import type { AddressPoolDraft, HostEndpointDraft, NodeDraft } from '../draft';

/*
 * Nodes that nothing but their host endpoints tells of. A HostEndpoint names its node and has its addresses, so that an input without Nodes, as calicoctl
 * dumps it, still tells whose address it is that somebody asks for, and from where a node sends.
 */

/** Of a node that is not in the input nothing is known but its name. */
const UNKNOWN_LABELS: LabelSet = Object.freeze({ values: Object.freeze({}), unknownKeys: Object.freeze([]), complete: false });

export interface HostNodeParts {
  readonly nodes: readonly NodeDraft[];
  readonly hostEndpoints: readonly HostEndpointDraft[];
  readonly pools: readonly AddressPoolDraft[];
}

/**
 * The nodes of the input, and those that only host endpoints name; where a Node object has no address (or there is none), the addresses are those of its
 * host endpoints.
 */
export function withHostNodes({ nodes, hostEndpoints, pools }: HostNodeParts, report: Report): readonly NodeDraft[] {
  const byNode = new Map<string, HostEndpointDraft[]>();
  for (const host of hostEndpoints) {
    if (host.isLeftOut) continue;
    const known = byNode.get(host.node);
    if (known) known.push(host);
    else byNode.set(host.node, [host]);
  }
  const poolNets = pools.flatMap(({ pool }) => (pool ? [parseCidr(pool.net)!] : []));
  const addressesAt = (node: string): readonly string[] => {
    const own = [...new Set((byNode.get(node) ?? []).flatMap(({ addresses }) => addresses))];
    // Those out of a pool are of the node's tunnels (kube-controllers/pkg/controllers/node/hostendpoints.go lists them beside its own).
    const outside = own.filter((address) => !rangesHave(poolNets, address));
    return outside.length > 0 ? outside : own;
  };
  const known = new Set(nodes.map(({ origin }) => origin.name));
  const missing = [...byNode].filter(([name]) => !known.has(name)).sort(([a], [b]) => compareText(a, b));
  const made = missing.map(([name, [first]]): NodeDraft => {
    const origin = { ...first!.origin, apiVersion: 'v1', group: '', kind: 'Node', name };
    return { kind: 'node', origin, labels: UNKNOWN_LABELS, addresses: addressesAt(name), internalAddresses: [] };
  });
  const [first] = missing;
  if (first) {
    const [name, [host]] = first;
    const many = missing.length === 1 ? `node \`${name}\` is` : `node \`${name}\` and ${missing.length - 1} more with host endpoints are`;
    const message = `${many} not in the input: the addresses of host endpoints are taken as those of their nodes`;
    report(diagnose('node-assumed', printable(message), host!.origin.source, printable(formatRef(host!.origin))));
  }
  const completed = nodes.map((node) => (node.addresses.length === 0 ? { ...node, addresses: addressesAt(node.origin.name) } : node));
  return [...completed, ...made];
}
