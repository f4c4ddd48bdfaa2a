import type { NodeDraft, Origin } from '../draft';
import { canonicalAddress, canonicalAddresses } from '../kubernetes/addresses';
import { labelSet } from '../kubernetes/labels';
import { subnetsOf, withoutPrefix } from '../kubernetes/nodes';
import { type Mapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { readCalicoLabels } from './metadata';

/**
 * Reads a Node of Calico (libcalico-go/lib/apis/v3/node.go), which calicoctl lists: what Calico knows of a node, be it one of Kubernetes, where the same is in
 * annotations of the Node there, or any other host.
 */
export function readCalicoNode(reading: Reading, origin: Origin): NodeDraft {
  const spec = mappingIn(reading, reading.document.object, 'spec', '');
  const bgp = mappingIn(reading, spec, 'bgp', 'spec');
  const wireguard = mappingIn(reading, spec, 'wireguard', 'spec');
  const texts = (holder: Mapping | undefined, path: string, ...fields: readonly string[]) =>
    fields.flatMap((field) => textIn(reading, holder, field, path) || []);
  const written = texts(bgp, 'spec.bgp', 'ipv4Address', 'ipv6Address');
  const own = addressesOf(reading, spec, written);
  const tunnel = addressesOf(reading, spec, [
    ...texts(bgp, 'spec.bgp', 'ipv4IPIPTunnelAddr'),
    ...texts(spec, 'spec', 'ipv4VXLANTunnelAddr', 'ipv6VXLANTunnelAddr'),
    ...texts(wireguard, 'spec.wireguard', 'interfaceIPv4Address', 'interfaceIPv6Address'),
  ]);
  const entries = mappingsIn(reading, spec, 'addresses', 'spec');
  const listed = (...types: readonly string[]) => {
    const chosen = entries.filter(({ type }) => types.length === 0 || types.includes(String(type)));
    return addressesOf(
      reading,
      spec,
      chosen.flatMap((entry) => texts(entry, 'spec.addresses', 'address')),
    );
  };
  return {
    kind: 'node',
    origin,
    labels: labelSet(readCalicoLabels(reading, origin)),
    addresses: [...new Set([...own, ...listed()])],
    internalAddresses: listed('InternalIP'),
    ...(own.length + tunnel.length > 0 && { calico: { own, tunnel, subnets: subnetsOf(written) } }),
  };
}

/** Addresses are written with the length of their network's prefix, or without. */
function addressesOf(reading: Reading, spec: Mapping | undefined, texts: readonly string[]): readonly string[] {
  const bare = texts.map((text) => canonicalAddress(withoutPrefix(text)) ?? text);
  return canonicalAddresses(reading, bare, 'spec', spec);
}
