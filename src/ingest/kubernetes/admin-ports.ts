import type { TransportProtocol } from '../../model/endpoint';
import { TRANSPORT_PROTOCOLS } from '../../model/policy';
import type { Mapping } from '../reading';
import type { PartReading } from './admin-part';
import { checkFields } from './known-fields';
import { isPort, isPortName, type PortEntry } from './policy-packets';

/*
 * What ports are in both versions of the cluster-wide policies. Entries are alternatives, and some stand for several.
 */

/** A port name has no protocol: it means every port that the destination declares under it. */
export function readPortName(
  { reading, fail }: PartReading,
  name: unknown,
  path: string,
  holder: unknown,
): readonly PortEntry[] | undefined {
  if (typeof name !== 'string') return fail(`\`${path}\` is no port name`, holder);
  if (!isPortName(name)) {
    reading.report('beyond-limits', `\`${path}\` is \`${name}\`, which no container port can be called: it matches nothing`, holder);
  }
  return TRANSPORT_PROTOCOLS.map((protocol) => ({ kind: 'name', protocol, name }));
}

/** `start` to `end`, both included. The API server wants the first below the last; a range that is upside down has no port. */
export function readPortRange(
  { reading, fail }: PartReading,
  protocol: TransportProtocol,
  range: Mapping,
  known: readonly string[],
  path: string,
): readonly PortEntry[] | undefined {
  checkFields(reading, range, known, path);
  const { start, end } = range;
  if (!isPort(start) || !isPort(end)) return fail(`\`${path}\` has no \`start\` and \`end\` that are numbers from 1 to 65535`, range);
  if (start >= end) {
    const meaning = start === end ? 'it is read as that port' : 'it is read as no port at all';
    reading.report('beyond-limits', `\`${path}\` goes from ${start} to ${end}, which the API server refuses; ${meaning}`, range);
  }
  return start <= end ? [{ kind: 'range', protocol, range: [start, end] }] : [];
}
