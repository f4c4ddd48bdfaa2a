import type { Action, Direction, PacketExpression, Rule } from '../../model/policy';
import { nearMatches } from '../../util/near-matches';
import { isAbsent, isMapping, type Mapping, type Reading, sourceOf, typeName } from '../reading';
import type { PartReading } from './admin-part';
import { type AdminPeerScope, type AdminPeers, readAdminPeer } from './admin-peers';
import { checkFields } from './known-fields';

/*
 * Rules of the cluster-wide policies: ordered, each with an action, peers and, if it is not about every packet, ports. A part that is not understood makes
 * the whole rule fail closed, as the types of their peers ask (apis/v1alpha2/clusternetworkpolicy_types.go): what it allows is nothing, and what it
 * denies or passes on is denied, whatever it is.
 */

/** How the rules of one kind are written. */
export interface AdminRuleSyntax {
  readonly actions: Readonly<Record<string, Exclude<Action, 'Log'>>>;
  /** The field that narrows packets, and how its entries are read; undefined: not understood. */
  readonly ports: 'ports' | 'protocols';
  readonly readPorts: (part: PartReading, entries: readonly unknown[], path: string) => PacketExpression | undefined;
  /** Most rules of a direction; most entries of every list in a rule. */
  readonly mostRules: number;
  readonly mostEntries: number;
}

/** The rules of a direction; undefined when there are none, which leaves the direction alone. */
export function readAdminRules(
  reading: Reading,
  spec: Mapping,
  direction: Direction,
  syntax: AdminRuleSyntax,
  scope: AdminPeerScope,
): readonly Rule[] | undefined {
  const path = `spec.${direction}`;
  const written = spec[direction];
  if (isAbsent(written)) return undefined;
  if (!Array.isArray(written)) {
    reading.report('invalid-admin-policy', `\`${path}\` is ${typeName(written)} where a list of rules belongs; it has no effect`, spec);
    return undefined;
  }
  checkLength(reading, written, syntax.mostRules, path);
  if (written.length === 0) return undefined;
  return written.flatMap((rule, index) =>
    readRule(reading, rule, direction, syntax, scope, `${path}[${index}]`, written).map((lowered) => ({ ...lowered, index })),
  );
}

function readRule(
  reading: Reading,
  rule: unknown,
  direction: Direction,
  syntax: AdminRuleSyntax,
  scope: AdminPeerScope,
  path: string,
  holder: unknown,
): readonly Rule[] {
  const source = sourceOf(reading.document, isMapping(rule) ? rule : holder);
  const nothing: Rule = { action: 'Allow', peer: [], packets: [], source };
  const refuse = (problem: string, node: unknown): readonly Rule[] => {
    reading.report('invalid-admin-policy', `${problem}; the API server refuses the policy, here the rule matches nothing`, node);
    return [nothing];
  };
  if (!isMapping(rule)) return refuse(`\`${path}\` is ${typeName(rule)} where a mapping belongs`, holder);
  const peers = direction === 'ingress' ? 'from' : 'to';
  checkFields(reading, rule, ['name', 'action', peers, syntax.ports], path);
  const action = actionOf(rule.action, syntax);
  if (!action) return refuse(`\`${path}.action\` is ${wrongAction(rule.action, syntax)}`, rule);
  const written = rule[peers];
  if (!Array.isArray(written) || written.length === 0) {
    const what = Array.isArray(written) ? 'empty' : typeName(written);
    return refuse(`\`${path}.${peers}\` is ${what} where a list of peers belongs`, rule);
  }
  const part: PartReading = {
    reading,
    fail: (problem, node) => reading.report('fails-closed', `${problem}; the rule ${CLOSED[action]}`, node) as undefined,
  };
  checkLength(reading, written, syntax.mostEntries, `${path}.${peers}`);
  const read = written.map((peer, index) => readAdminPeer(part, peer, scopeOf(action, scope), `${path}.${peers}[${index}]`, written));
  const packets = readPackets(part, rule, syntax, path);
  if (packets === undefined || read.includes(undefined)) {
    return action === 'Allow' ? [nothing] : [{ action: 'Deny', peer: 'any', packets: 'any', source }];
  }
  const all = read as readonly AdminPeers[];
  if (isNamed(packets) && all.some(({ speaksOf }) => speaksOf === 'addresses')) {
    const message = `\`${path}\` has a port name beside peers that are addresses, which have no port names: the API server refuses the policy`;
    reading.report('beyond-limits', message, rule);
  }
  const terms = all.flatMap((peer) => peer.terms);
  const conditional = all.flatMap((peer) => peer.conditional);
  return [
    ...(terms.length > 0 ? [{ action, peer: terms, packets, source }] : []),
    ...conditional.map(({ terms, condition }): Rule => ({ action, peer: terms, packets, condition, source })),
  ];
}

/** What becomes of a rule that fails closed. */
const CLOSED = {
  Allow: 'fails closed: it allows nothing',
  Deny: 'fails closed: it denies everything',
  Pass: 'fails closed: it denies everything instead of passing it on',
} as const;

function actionOf(written: unknown, { actions }: AdminRuleSyntax): Exclude<Action, 'Log'> | undefined {
  return typeof written === 'string' && Object.hasOwn(actions, written) ? actions[written] : undefined;
}

function wrongAction(written: unknown, { actions }: AdminRuleSyntax): string {
  const known = Object.keys(actions);
  const [near] = typeof written === 'string' ? nearMatches(written, known, 1) : [];
  const what = typeof written === 'string' ? `\`${written}\`` : typeName(written);
  return `${what}, which is none of ${known.join(', ')}${near === undefined ? '' : `; did you mean \`${near}\``}`;
}

function readPackets(part: PartReading, rule: Mapping, syntax: AdminRuleSyntax, path: string): PacketExpression | undefined {
  const written = rule[syntax.ports];
  const at = `${path}.${syntax.ports}`;
  if (isAbsent(written)) return 'any';
  if (!Array.isArray(written)) return part.fail(`\`${at}\` is ${typeName(written)} where a list belongs`, rule);
  if (written.length === 0) {
    part.reading.report('beyond-limits', `\`${at}\` is empty, which the API server refuses; it is read as absent`, rule);
    return 'any';
  }
  checkLength(part.reading, written, syntax.mostEntries, at);
  return syntax.readPorts(part, written, at);
}

/** Only what a rule allows may be given by domain names: nobody can be sure to know all addresses of a name. */
function scopeOf(action: Action, scope: AdminPeerScope): AdminPeerScope {
  return action === 'Allow' ? scope : { ...scope, supported: scope.supported.filter((kind) => kind !== 'domainNames') };
}

function isNamed(packets: PacketExpression): boolean {
  return packets !== 'any' && packets.some(({ portNames }) => portNames !== undefined);
}

/** Tells of a list that is longer than the API admits; it is read to its end. */
export function checkLength(reading: Reading, list: readonly unknown[], most: number, path: string): void {
  if (list.length <= most) return;
  reading.report('beyond-limits', `\`${path}\` has ${list.length} entries where the API server admits ${most}; all are read`, list);
}
