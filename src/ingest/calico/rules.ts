import type { Action, Condition, Direction } from '../../model/policy';
import type { Source } from '../../model/source';
import { checkFields } from '../kubernetes/known-fields';
import { isLabelKey } from '../kubernetes/labels';
import { isAbsent, isMapping, type Mapping, sourceOf, typeName } from '../reading';
import { type Complaints, listField, mappingField } from './complaints';
import { BOTH_FAMILIES, type Entity, type EntityScope, readEntity, type Side } from './entities';
import { describeHttp, readHttp } from './http';
import type { AddressFamily } from './nets';
import { hasPorts, ICMP_NUMBER, ICMPV6_NUMBER, type IcmpMatch, type NamedProtocol, readIcmp, readProtocol } from './protocols';

/*
 * Rules as they are written (Rule in api/pkg/apis/projectcalico/v3/policy_common.go). A rule matches when everything that it says does.
 */

/** A rule as it was read, all of it understood. */
export interface RuleDraft {
  readonly action: Action;
  readonly protocol: NamedProtocol | undefined;
  readonly notProtocol: NamedProtocol | undefined;
  readonly icmp: IcmpMatch | undefined;
  readonly notIcmp: IcmpMatch | undefined;
  readonly source: Entity;
  readonly destination: Entity;
  /** Families in which it can match. */
  readonly families: ReadonlySet<AddressFamily>;
  /** Something at run time that it depends on. */
  readonly condition: Condition | undefined;
  readonly at: Source;
}

const ACTIONS: readonly Action[] = ['Allow', 'Deny', 'Pass', 'Log'];
const FIELDS = ['action', 'ipVersion', 'protocol', 'icmp', 'notProtocol', 'notICMP', 'source', 'destination', 'http', 'metadata'];
/** The most rules that the CRDs of newer releases take in one direction. */
export const MOST_RULES = 1024;

/** Reads the rules of one direction. */
export function readRules(complaints: Complaints, spec: Mapping, direction: Direction, scope: EntityScope): readonly RuleDraft[] {
  const list = listField(complaints, spec, direction, 'spec') ?? [];
  if (scope.selectors.isStrict && list.length > MOST_RULES)
    complaints.mind(`\`spec.${direction}\` has ${list.length} rules, more than ${MOST_RULES}`, list);
  return list.flatMap((entry, index) => {
    const path = `spec.${direction}[${index}]`;
    const rule = entry === null ? {} : entry;
    if (isMapping(rule))
      return readRule(complaints, rule, direction, path, scope, sourceOf(complaints.reading.document, entry === null ? list : rule));
    complaints.refuse(`\`${path}\` is ${typeName(rule)} where a mapping belongs`, list);
    return [];
  });
}

function readRule(complaints: Complaints, rule: Mapping, direction: Direction, path: string, scope: EntityScope, at: Source): RuleDraft {
  checkFields(complaints.reading, rule, FIELDS, path);
  const protocol = readProtocol(complaints, rule, 'protocol', path);
  const notProtocol = readProtocol(complaints, rule, 'notProtocol', path);
  const icmp = readIcmp(complaints, rule, 'icmp', path);
  const notIcmp = readIcmp(complaints, rule, 'notICMP', path);
  const source = readEntity(complaints, rule, 'source', direction, path, scope);
  const destination = readEntity(complaints, rule, 'destination', direction, path, scope);
  const ipVersion = readIpVersion(complaints, rule, path);
  const action = readAction(complaints, rule, path);
  checkAnnotations(complaints, rule, path);
  const http = readHttp(complaints, rule, { direction, action, protocol }, path);
  checkPorts(complaints, rule, protocol, { source, destination }, path);
  if (icmp && protocol?.number !== ICMP_NUMBER && protocol?.number !== ICMPV6_NUMBER) {
    complaints.mind(`\`${path}.icmp\` stands without \`protocol: ICMP\` or \`ICMPv6\``, rule);
  }
  checkFamilies(complaints, rule, ipVersion, [protocol, notProtocol], { source, destination }, path);
  const tied: ReadonlySet<AddressFamily> = ipVersion === undefined ? familyOf(protocol) : new Set([ipVersion]);
  const families = new Set([...tied].filter((family) => source.families.has(family) && destination.families.has(family)));
  // The dataplane compares what HTTP requests say where it allows them, and nowhere else.
  const condition = http && action === 'Allow' && direction === 'ingress' ? describeHttp(http) : undefined;
  return { action, protocol, notProtocol, icmp, notIcmp, source, destination, families, condition, at };
}

/** An absent action allows in the dataplane, and case does not matter there (felix/rules/policy.go). */
function readAction(complaints: Complaints, rule: Mapping, path: string): Action {
  const written = rule.action;
  const action = typeof written === 'string' ? ACTIONS.find((known) => known.toLowerCase() === written.toLowerCase()) : undefined;
  if (isAbsent(written) || written === '') {
    complaints.mind(`\`${path}\` has no \`action\``, rule);
    return 'Allow';
  }
  if (!action) {
    complaints.refuse(`\`${path}.action\` is none of ${ACTIONS.join(', ')}`, rule);
    return 'Allow';
  }
  if (action !== written) complaints.mind(`\`${path}.action\` is \`${written}\`, which must be written \`${action}\``, rule);
  return action;
}

/** Keys of annotations look as those of labels do. */
function checkAnnotations(complaints: Complaints, rule: Mapping, path: string): void {
  const metadata = mappingField(complaints, rule, 'metadata', path);
  const annotations = metadata && mappingField(complaints, metadata, 'annotations', `${path}.metadata`);
  const wrong = Object.keys(annotations ?? {}).find((key) => !isLabelKey(key.toLowerCase()));
  if (wrong !== undefined)
    complaints.mind(`\`${path}.metadata.annotations\` has key \`${wrong}\`, which is none that an annotation can have`, annotations);
}

function readIpVersion(complaints: Complaints, rule: Mapping, path: string): AddressFamily | undefined {
  const { ipVersion } = rule;
  if (isAbsent(ipVersion)) return undefined;
  if (ipVersion === 4 || ipVersion === 6) return ipVersion;
  return complaints.refuse(`\`${path}.ipVersion\` is neither 4 nor 6`, rule);
}

/** ICMP by name is of IPv4 and ICMPv6 of IPv6, unless the rule says otherwise. */
function familyOf(protocol: NamedProtocol | undefined): ReadonlySet<AddressFamily> {
  if (!protocol?.byName || (protocol.number !== ICMP_NUMBER && protocol.number !== ICMPV6_NUMBER)) return BOTH_FAMILIES;
  return new Set([protocol.number === ICMP_NUMBER ? 4 : 6]);
}

type Sides = Readonly<Record<Side, Entity>>;

function checkPorts(complaints: Complaints, rule: Mapping, protocol: NamedProtocol | undefined, sides: Sides, path: string): void {
  for (const side of ['source', 'destination'] as const) {
    for (const name of ['ports', 'notPorts'] as const) {
      const list = sides[side][name];
      if (!list) continue;
      if (!protocol && list.ranges.length > 0)
        complaints.refuse(`\`${path}.${side}.${name}\` has port numbers and the rule has no \`protocol\``, rule);
      if (protocol && !hasPorts(protocol))
        complaints.refuse(`\`${path}.${side}.${name}\` stands beside a protocol other than TCP, UDP and SCTP`, rule);
    }
  }
}

function checkFamilies(
  complaints: Complaints,
  rule: Mapping,
  ipVersion: AddressFamily | undefined,
  protocols: readonly (NamedProtocol | undefined)[],
  { source, destination }: Sides,
  path: string,
): void {
  for (const protocol of protocols) {
    const family = protocol?.number === ICMP_NUMBER ? 4 : protocol?.number === ICMPV6_NUMBER ? 6 : undefined;
    if (ipVersion !== undefined && family !== undefined && family !== ipVersion) {
      complaints.mind(`\`${path}\` is about ICMP of IPv${family} and has \`ipVersion: ${ipVersion}\``, rule);
    }
  }
  const nets = [source.nets, source.notNets, destination.nets, destination.notNets].flatMap((list) => list ?? []);
  const families = new Set(nets.map(({ family }) => family));
  if (families.size > 1) complaints.mind(`\`${path}\` has nets of both IPv4 and IPv6`, rule);
  else if (ipVersion !== undefined && families.size === 1 && !families.has(ipVersion)) {
    complaints.mind(`\`${path}\` has nets of another family than its \`ipVersion: ${ipVersion}\``, rule);
  }
}
