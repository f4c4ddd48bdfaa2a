import { type AddressRange, formatCidr, parseAddress, parseCidr } from '../../util/ip';
import { type Reading, typeName } from '../reading';

/** Reads a CIDR of a policy; a text says what is wrong with it. Host bits are masked away, and told. */
export function readCidr(reading: Reading, written: unknown, path: string, holder: unknown): AddressRange | string {
  const text = typeof written === 'string' ? withoutLeadingZeros(written) : '';
  const range = parseCidr(text);
  if (!range) {
    const what = typeof written === 'string' ? `\`${written}\`` : typeName(written);
    return `\`${path}\` is ${what} where a CIDR such as \`10.0.0.0/8\` belongs`;
  }
  if (parseAddress(text.slice(0, text.indexOf('/')))?.value !== range.low) {
    const message = `\`${path}\` is \`${text}\`, whose address is not the first of its block; read as \`${formatCidr(range)}\``;
    reading.report('host-bits', message, holder);
  }
  return range;
}

/** The API server reads `010.0.0.0/08` in decimal, as `10.0.0.0/8` (k8s.io/utils/net, ParseCIDRSloppy). */
function withoutLeadingZeros(cidr: string): string {
  return cidr.includes(':') ? cidr : cidr.replace(/(^|[./])0+(?=\d)/g, '$1');
}
