import type { NodeDraft, Origin } from '../draft';
import { isMapping, mappingIn, mappingsIn, type Reading, textIn } from '../reading';
import { canonicalAddresses } from './addresses';
import { checkLabels, labelSet, readLabels } from './labels';

/** Reads a Node: its labels, and the addresses that packets from and to it have. */
export function readNode(reading: Reading, origin: Origin): NodeDraft {
  const { object } = reading.document;
  const metadata = isMapping(object.metadata) ? object.metadata : undefined;
  const written = readLabels(reading, metadata, 'metadata');
  checkLabels(reading, written, 'metadata', metadata);
  const status = mappingIn(reading, object, 'status', '');
  const texts = mappingsIn(reading, status, 'addresses', 'status')
    .filter(({ type }) => type === 'InternalIP' || type === 'ExternalIP')
    .map((entry) => textIn(reading, entry, 'address', 'status.addresses'))
    .filter((text) => text !== undefined);
  const provider = providerOf(textIn(reading, mappingIn(reading, object, 'spec', ''), 'providerID', 'spec'));
  return {
    kind: 'node',
    origin,
    labels: labelSet(written),
    addresses: canonicalAddresses(reading, texts, 'status.addresses', status),
    ...(provider !== undefined && { provider }),
  };
}

/** `aws:///eu-west-1a/i-0abc` → `aws`; Oracle's provider id is a bare OCID. */
function providerOf(providerId: string | undefined): string | undefined {
  if (providerId === undefined) return undefined;
  return providerId.startsWith('ocid1.') ? 'oci' : /^([a-z0-9-]+):\/\//.exec(providerId)?.[1];
}
