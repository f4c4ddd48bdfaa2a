import { formatCidr, parseCidr } from '../../util/ip';
import type { NodeAddresses, NodeDraft, Origin } from '../draft';
import { isMapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { canonicalAddress, canonicalAddresses } from './addresses';
import { type Annotations, annotationsOf } from './annotations';
import { checkLabels, labelSet, readLabels } from './labels';

/**
 * Reads a Node: its labels, and the addresses that packets from and to it have. Those of its tunnels are kept apart: only what its processes send to pods of
 * other nodes has them.
 */
export function readNode(reading: Reading, origin: Origin): NodeDraft {
  const { object } = reading.document;
  const metadata = isMapping(object.metadata) ? object.metadata : undefined;
  const written = readLabels(reading, metadata, 'metadata');
  checkLabels(reading, written, 'metadata', metadata);
  const status = mappingIn(reading, object, 'status', '');
  const entries = mappingsIn(reading, status, 'addresses', 'status');
  const textsOf = (...types: readonly unknown[]) =>
    entries
      .filter(({ type }) => types.includes(type))
      .map((entry) => textIn(reading, entry, 'address', 'status.addresses'))
      .filter((text) => text !== undefined);
  const addresses = canonicalAddresses(reading, textsOf('InternalIP', 'ExternalIP'), 'status.addresses', status);
  const internal = new Set(textsOf('InternalIP').flatMap((text) => canonicalAddress(text) ?? []));
  const calico = readCalicoAddresses(reading, annotationsOf(reading));
  const provider = providerOf(textIn(reading, mappingIn(reading, object, 'spec', ''), 'providerID', 'spec'));
  return {
    kind: 'node',
    origin,
    labels: labelSet(written),
    addresses: [...new Set([...addresses, ...(calico?.own ?? [])])],
    internalAddresses: addresses.filter((address) => internal.has(address)),
    ...(calico && { calico }),
    ...(provider !== undefined && { provider }),
  };
}

/** Annotations in which Calico keeps what it knows of a node (libcalico-go/lib/backend/k8s/resources/node.go), after their common prefix. */
const OWN_ADDRESSES = ['IPv4Address', 'IPv6Address'];
const TUNNEL_ADDRESSES = [
  'IPv4IPIPTunnelAddr',
  'IPv4VXLANTunnelAddr',
  'IPv6VXLANTunnelAddr',
  'IPv4WireguardInterfaceAddr',
  'IPv6WireguardInterfaceAddr',
];

function readCalicoAddresses(reading: Reading, annotations: Annotations): NodeAddresses | undefined {
  const textsOf = (names: readonly string[]) =>
    names.flatMap((suffix) => {
      const name = `projectcalico.org/${suffix}`;
      const text = annotations(name) ?? '';
      return text === '' ? [] : [{ name, text }];
    });
  const read = (texts: ReturnType<typeof textsOf>) =>
    texts.flatMap(({ name, text }) =>
      canonicalAddresses(reading, [canonicalAddress(withoutPrefix(text)) ?? text], `metadata.annotations.${name}`, undefined),
    );
  const written = textsOf(OWN_ADDRESSES);
  const [own, tunnel] = [read(written), read(textsOf(TUNNEL_ADDRESSES))];
  if (own.length + tunnel.length === 0) return undefined;
  return { own, tunnel: [...new Set(tunnel)], subnets: subnetsOf(written.map(({ text }) => text)) };
}

/** Addresses by which other nodes reach it are kept with the length of their network's prefix, `10.0.0.1/24`. */
export function withoutPrefix(text: string): string {
  return text.split('/')[0] ?? '';
}

/** Networks of such addresses, the first of either family; one without a prefix tells none. */
export function subnetsOf(texts: readonly string[]): readonly string[] {
  const nets = texts.flatMap((text) => {
    const range = text.includes('/') ? parseCidr(text) : undefined;
    return range ? [range] : [];
  });
  return ([4, 6] as const).flatMap((family) => nets.find((net) => net.family === family) ?? []).map(formatCidr);
}

/** `aws:///eu-west-1a/i-0abc` → `aws`; Oracle's provider id is a bare OCID. */
function providerOf(providerId: string | undefined): string | undefined {
  if (providerId === undefined) return undefined;
  return providerId.startsWith('ocid1.') ? 'oci' : /^([a-z0-9-]+):\/\//.exec(providerId)?.[1];
}
