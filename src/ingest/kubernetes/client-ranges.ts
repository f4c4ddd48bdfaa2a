import { FAMILY_BITS, formatCidr, parseAddress } from '../../util/ip';
import type { Reading } from '../reading';
import type { Annotations } from './annotations';
import { readCidr } from './cidr';

/*
 * Annotations by which controllers of Ingresses and Routes are told whose connections to take. They are told apart by name, so that it does not matter
 * which controller serves an object; a range that none of them serves narrows nothing.
 */

/** Who may come in, as CIDRs between commas or blanks. */
const ADMITTED: readonly string[] = [
  'alb.ingress.kubernetes.io/inbound-cidrs',
  'nginx.ingress.kubernetes.io/whitelist-source-range',
  'nginx.ingress.kubernetes.io/allowlist-source-range',
  'haproxy.org/allow-list',
  'haproxy.org/whitelist',
  'haproxy-ingress.github.io/allowlist-source-range',
  'haproxy-ingress.github.io/whitelist-source-range',
  'ingress.kubernetes.io/whitelist-source-range',
  'haproxy.router.openshift.io/ip_allowlist',
  'haproxy.router.openshift.io/ip_whitelist',
];

/** What narrows down clients in ways that are not understood. */
const OTHER_FENCES: readonly string[] = [
  'alb.ingress.kubernetes.io/security-groups',
  'alb.ingress.kubernetes.io/security-group-prefix-lists',
  'nginx.ingress.kubernetes.io/denylist-source-range',
  'haproxy-ingress.github.io/denylist-source-range',
  'haproxy.org/deny-list',
  'haproxy.org/blacklist',
];

/** CIDRs of the clients that annotations admit; undefined: every client. */
export function readClientRanges(reading: Reading, annotations: Annotations): readonly string[] | undefined {
  const fence = OTHER_FENCES.find((name) => annotations(name));
  if (fence !== undefined)
    reading.report(
      'partly-modelled',
      `annotation \`${fence}\` narrows down which clients come in, which is left out: they count as admitted`,
    );
  const name = ADMITTED.find((known) => annotations(known)?.trim());
  if (name === undefined) return undefined;
  const ranges = new Set<string>();
  for (const text of annotations(name)!.split(/[\s,]+/)) {
    if (text === '') continue;
    const address = parseAddress(text);
    const range = readCidr(reading, address ? `${text}/${FAMILY_BITS[address.family]}` : text, name, undefined);
    if (typeof range === 'string') reading.report('bad-entry', `annotation ${range}; it is left out`);
    else ranges.add(formatCidr(range));
  }
  return ranges.size > 0 ? [...ranges] : undefined;
}
