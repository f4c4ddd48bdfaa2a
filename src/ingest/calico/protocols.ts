import type { IcmpRange, Protocol } from '../../model/policy';
import type { IntervalSet } from '../../util/interval-set';
import { isAbsent, type Mapping, typeName } from '../reading';
import { type Complaints, mappingField, numberField } from './complaints';

/** Packets of one protocol, before ports and ICMP types. */
export interface ProtocolPart {
  readonly protocol: Protocol;
  /** Of `other`: the protocol numbers; absent: all of them. */
  readonly numbers?: IntervalSet;
}

/** A protocol as a rule names it. */
export interface NamedProtocol {
  readonly number: number;
  /** Only a name ties ICMP to one family of addresses (felix/calc/rule_convert.go). */
  readonly byName: boolean;
}

/** IANA's Assigned Internet Protocol Numbers. */
const NUMBERS: Readonly<Record<string, number>> = { ICMP: 1, TCP: 6, UDP: 17, ICMPv6: 58, SCTP: 132, UDPLite: 136 };
const KNOWN: readonly (readonly [protocol: Protocol, number: number])[] = [
  ['TCP', 6],
  ['UDP', 17],
  ['SCTP', 132],
  ['ICMP', 1],
  ['ICMPv6', 58],
];
/** Those that rules treat in a way of their own. */
export const [TCP_NUMBER, ICMP_NUMBER, ICMPV6_NUMBER] = [6, 1, 58];
const HIGHEST_NUMBER = 255;

/** Reads `protocol` or `notProtocol`. */
export function readProtocol(complaints: Complaints, rule: Mapping, name: string, path: string): NamedProtocol | undefined {
  const written = rule[name];
  if (isAbsent(written)) return undefined;
  if (typeof written !== 'string' && typeof written !== 'number') {
    return complaints.refuse(`\`${path}.${name}\` is ${typeName(written)} where the name or number of a protocol belongs`, rule);
  }
  if (typeof written === 'number' || /^\d+$/.test(written)) {
    const number = Number(written);
    if (Number.isInteger(number) && number >= 1 && number <= HIGHEST_NUMBER) return { number, byName: false };
    return complaints.refuse(`\`${path}.${name}\` is \`${written}\`: protocol numbers go from 1 to ${HIGHEST_NUMBER}`, rule);
  }
  const exact = Object.keys(NUMBERS).find((known) => known.toLowerCase() === written.toLowerCase());
  if (exact === undefined) {
    return complaints.refuse(
      `\`${path}.${name}\` is \`${written}\`, which is none of ${Object.keys(NUMBERS).join(', ')} and no number`,
      rule,
    );
  }
  if (exact !== written) complaints.mind(`\`${path}.${name}\` is \`${written}\`, which must be written \`${exact}\``, rule);
  return { number: NUMBERS[exact]!, byName: true };
}

/** Whether packets of the protocol have ports that rules can tell. */
export function hasPorts({ number }: NamedProtocol): boolean {
  return number === NUMBERS.TCP || number === NUMBERS.UDP || number === NUMBERS.SCTP;
}

/** The packets that `protocol` and `notProtocol` leave. */
export function protocolParts(protocol: NamedProtocol | undefined, notProtocol: NamedProtocol | undefined): readonly ProtocolPart[] {
  const excluded = notProtocol?.number;
  if (protocol) return protocol.number === excluded ? [] : [partOf(protocol.number)];
  const parts: ProtocolPart[] = KNOWN.filter(([, number]) => number !== excluded).map(([known]) => ({ protocol: known }));
  const isKnown = KNOWN.some(([, number]) => number === excluded);
  if (excluded === undefined || isKnown) return [...parts, { protocol: 'other' }];
  return [...parts, { protocol: 'other', numbers: without(excluded) }];
}

function partOf(number: number): ProtocolPart {
  const known = KNOWN.find(([, other]) => other === number);
  return known ? { protocol: known[0] } : { protocol: 'other', numbers: [[number, number]] };
}

/** The numbers of one byte but one. */
function without(number: number): IntervalSet {
  const parts: IntervalSet = [
    [0, number - 1],
    [number + 1, HIGHEST_NUMBER],
  ];
  return parts.filter(([low, high]) => low <= high);
}

/** Type and code as a rule has them; a mapping without a type says nothing. */
export interface IcmpMatch {
  readonly type?: number;
  readonly code?: number;
}

/** Reads `icmp` or `notICMP`. A code without a type is never looked at. */
export function readIcmp(complaints: Complaints, rule: Mapping, name: string, path: string): IcmpMatch | undefined {
  const written = mappingField(complaints, rule, name, path);
  if (!written) return undefined;
  const at = `${path}.${name}`;
  const type = numberField(complaints, written, 'type', at);
  const code = numberField(complaints, written, 'code', at);
  if (type !== undefined && !isWithin(type, 254))
    return complaints.refuse(`\`${at}.type\` is \`${type}\`: ICMP types go from 0 to 254`, written);
  if (code !== undefined && !isWithin(code, 255))
    return complaints.refuse(`\`${at}.code\` is \`${code}\`: ICMP codes go from 0 to 255`, written);
  if (code !== undefined && type === undefined) complaints.mind(`\`${at}\` has a \`code\` without a \`type\``, written);
  return { ...(type !== undefined && { type }), ...(code !== undefined && { code }) };
}

function isWithin(value: number, highest: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= highest;
}

const EVERY: readonly [number, number] = [0, HIGHEST_NUMBER];

/** The ICMP types and codes that a rule leaves; undefined: all of them. */
export function icmpRanges(icmp: IcmpMatch | undefined, notIcmp: IcmpMatch | undefined): readonly IcmpRange[] | undefined {
  const { type, code } = icmp ?? {};
  const positive: readonly IcmpRange[] | undefined =
    type === undefined ? undefined : [{ types: [type, type], codes: code === undefined ? EVERY : [code, code] }];
  if (notIcmp?.type === undefined) return positive;
  const excluded = notIcmp.type;
  const rest: IcmpRange[] = without(excluded).map((types) => ({ types, codes: EVERY }));
  if (notIcmp.code !== undefined) rest.push(...without(notIcmp.code).map((codes): IcmpRange => ({ types: [excluded, excluded], codes })));
  if (!positive) return rest;
  return positive.flatMap((a) => rest.flatMap((b) => shared(a, b)));
}

function shared(a: IcmpRange, b: IcmpRange): readonly IcmpRange[] {
  const overlap = (x: readonly [number, number], y: readonly [number, number]) => [Math.max(x[0], y[0]), Math.min(x[1], y[1])] as const;
  const types = overlap(a.types, b.types);
  const codes = overlap(a.codes, b.codes);
  return types[0] <= types[1] && codes[0] <= codes[1] ? [{ types, codes }] : [];
}
