import type { Action, Condition, Direction } from '../../model/policy';
import { checkFields } from '../kubernetes/known-fields';
import type { Mapping } from '../reading';
import { type Complaints, mappingField, mappingsField, textField, textsField } from './complaints';
import { type NamedProtocol, TCP_NUMBER } from './protocols';

/*
 * What a rule asks of an HTTP request. The packet filter does not look at it: the rule allows the connection, and a proxy beside the pod decides about
 * each request, if there is one (felix/calc/rule_scanner.go, HTTPMatch).
 */

/** Methods and paths, of each of which a request has one; an empty list asks for nothing. A path that ends in `*` is a beginning. */
export interface HttpMatch {
  readonly methods: readonly string[];
  readonly paths: readonly string[];
}

/** More of them would make a sentence too long to read. */
const TOLD = 3;

/** Reads `http` of a rule. */
export function readHttp(
  complaints: Complaints,
  rule: Mapping,
  about: { readonly direction: Direction; readonly action: Action; readonly protocol: NamedProtocol | undefined },
  path: string,
): HttpMatch | undefined {
  const http = mappingField(complaints, rule, 'http', path);
  if (!http) return undefined;
  const at = `${path}.http`;
  checkFields(complaints.reading, http, ['methods', 'paths'], at);
  const methods = textsField(complaints, http, 'methods', at);
  const paths = mappingsField(complaints, http, 'paths', at).flatMap((entry) => readPath(complaints, entry, `${at}.paths`) ?? []);
  if (new Set(methods).size < methods.length) complaints.mind(`\`${at}.methods\` holds a method twice`, http);
  if (about.direction === 'egress') complaints.mind(`\`${at}\` stands in an egress rule`, http);
  if (about.action !== 'Allow') complaints.mind(`\`${at}\` stands in a rule that does not allow`, http);
  if (about.protocol && about.protocol.number !== TCP_NUMBER) complaints.mind(`\`${at}\` stands beside a protocol other than TCP`, http);
  return { methods, paths };
}

function readPath(complaints: Complaints, entry: Mapping, path: string): string | undefined {
  const exact = textField(complaints, entry, 'exact', path) ?? '';
  const prefix = textField(complaints, entry, 'prefix', path) ?? '';
  if ((exact === '') === (prefix === ''))
    return complaints.mind(`an entry of \`${path}\` has not exactly one of \`exact\` and \`prefix\``, entry);
  const text = exact || prefix;
  if (!text.startsWith('/') || /[? #]/.test(text)) complaints.mind(`\`${path}\` holds \`${text}\`, which is no path`, entry);
  return prefix === '' ? exact : `${prefix}*`;
}

/** Completes "depends on …". */
export function describeHttp({ methods, paths }: HttpMatch): Condition {
  const told = (list: readonly string[], many: string) =>
    list.length > TOLD ? `one of ${list.length} ${many}` : list.map((text) => `\`${text}\``).join(' or ');
  const parts = [
    ...(methods.length > 0 ? [`is ${told(methods, 'methods')}`] : []),
    ...(paths.length > 0 ? [`goes to ${told(paths, 'paths')}`] : []),
  ];
  return {
    kind: 'condition',
    text: parts.length === 0 ? 'whether it is an HTTP request' : `whether the HTTP request ${parts.join(' and ')}`,
  };
}
