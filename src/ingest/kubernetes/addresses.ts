import { formatAddress, parseAddress } from '../../util/ip';
import { type Mapping, mappingsIn, type Reading, textIn } from '../reading';

/** Canonical text of an address; undefined when it is none. */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text);
  return address && formatAddress(address);
}

/** Canonical text of addresses as a status holds them; what is no address is reported. Without duplicates, in the order given. */
export function canonicalAddresses(reading: Reading, texts: Iterable<string>, path: string, node: unknown): readonly string[] {
  const addresses = new Set<string>();
  for (const text of texts) {
    const address = canonicalAddress(text);
    if (address === undefined) {
      reading.report('bad-address', `\`${path}\` holds \`${text}\`, which is no IP address`, node);
      continue;
    }
    addresses.add(address);
  }
  return [...addresses];
}

/** The plural field (`podIPs: [{ip}]`) holds both families; older dumps have only the singular one. */
export function statusAddresses(reading: Reading, status: Mapping | undefined, singular: string, plural: string): readonly string[] {
  if (!status) return [];
  const entries = mappingsIn(reading, status, plural, 'status');
  const texts = entries.map((entry) => textIn(reading, entry, 'ip', `status.${plural}`));
  if (texts.length === 0) texts.push(textIn(reading, status, singular, 'status'));
  return canonicalAddresses(
    reading,
    texts.filter((text): text is string => text !== undefined && text !== ''),
    entries.length > 0 ? `status.${plural}` : `status.${singular}`,
    status,
  );
}
