import type {
  Action,
  Condition,
  IcmpRange,
  PacketExpression,
  PacketTerm,
  PeerExpression,
  PeerTerm,
  Policy,
  PortRange,
  Rule,
  StagedAction,
  Tier,
} from '../../model/policy';
import { PROTOCOLS } from '../../model/policy';
import type { LabelOwner, LabelTest, Selector } from '../../model/selector';
import type { ResourceRef, Source } from '../../model/source';
import { assertNever } from '../../util/invariant';
import { parseCidr } from '../../util/ip';
import { type JsonArray, readArray, readChoice, readIndex, readNumber, readText, readTexts } from './json-reading';
import { demand } from './stored-model-error';

/*
 * Policies as arrays without field names; each writer has its reader below it. What is absent is 0, texts that recur (files, API versions, kinds,
 * namespaces) are numbers of a table, and peers and packets are written once however many rules have them.
 */

const ACTIONS: readonly Action[] = ['Allow', 'Deny', 'Pass', 'Log'];
const HOOKS: readonly Policy['hook'][] = ['normal', 'preDNAT', 'untracked'];
const STAGED_ACTIONS: readonly StagedAction[] = ['Set', 'Delete', 'Learn', 'Ignore'];
const OPERATORS: readonly LabelTest['operator'][] = ['in', 'notIn', 'exists', 'doesNotExist', 'contains', 'startsWith', 'endsWith'];
const SEES_PODS: readonly PeerTerm['netsSeePods'][] = ['yes', 'no', 'unknown'];
const NETWORKS = ['pod', 'host'] as const;
const OWNERS: readonly LabelOwner[] = ['endpoint', 'namespace', 'serviceAccount', 'automatic'];
const CONDITIONS: readonly Condition['kind'][] = ['fact', 'protocol', 'condition', 'namespace-labels'];
const DEFAULT_ACTIONS: readonly Tier['defaultAction'][] = ['Deny', 'Pass'];
const SELECTORS = ['all', 'none', 'and', 'or', 'not', 'inNamespace', 'network', 'label'] as const;
/** Deeper than any selector that ingest makes; keeps a malicious directory from exhausting the stack. */
const DEEPEST_SELECTOR = 512;

export type Json = string | number | readonly Json[];

/** Values written once and then named by their number. */
export class Table<T> {
  readonly entries: Json[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly byIdentity = new Map<T, number>();
  private readonly write: (value: T) => Json;

  constructor(write: (value: T) => Json) {
    this.write = write;
  }

  numberOf(value: T): number {
    let number = this.byIdentity.get(value);
    if (number !== undefined) return number;
    const entry = this.write(value);
    const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
    number = this.numbers.get(text);
    if (number === undefined) {
      number = this.entries.length;
      this.numbers.set(text, number);
      this.entries.push(entry);
    }
    this.byIdentity.set(value, number);
    return number;
  }
}

/** Tables that policies, workloads and namespaces share. */
export interface Tables {
  readonly texts: Table<string>;
  readonly selectors: Table<Selector>;
  readonly peers: Table<PeerExpression>;
  readonly packets: Table<PacketExpression>;
}

export function emptyTables(): Tables {
  return {
    texts: new Table((text) => text),
    selectors: new Table(writeSelector),
    peers: new Table(writePeer),
    packets: new Table(writePackets),
  };
}

/** The tables as they were read back. */
export interface ReadTables {
  readonly texts: readonly string[];
  readonly selectors: readonly Selector[];
  readonly peers: readonly PeerExpression[];
  readonly packets: readonly PacketExpression[];
}

export function readTables(texts: unknown, selectors: unknown, peers: unknown, packets: unknown): ReadTables {
  return {
    texts: readTexts(texts),
    selectors: readArray(selectors).map((selector) => readSelector(selector, 0)),
    peers: readArray(peers).map(readPeer),
    packets: readArray(packets).map(readPackets),
  };
}

export function writeSource({ texts }: Tables, { file, document, line }: Source): Json[] {
  return [texts.numberOf(file), document, line];
}

export function readSource({ texts }: ReadTables, values: JsonArray): Source {
  return { file: readChoice(texts, values[0]), document: readNumber(values[1]), line: readNumber(values[2]) };
}

export function writeRef(tables: Tables, { apiVersion, kind, namespace, name, source }: ResourceRef): Json[] {
  const { texts } = tables;
  return [
    texts.numberOf(apiVersion),
    texts.numberOf(kind),
    namespace === undefined ? -1 : texts.numberOf(namespace),
    name,
    ...writeSource(tables, source),
  ];
}

export function readRef(tables: ReadTables, value: unknown): ResourceRef {
  const values = readArray(value);
  const namespace = readIndex(values[2], tables.texts.length, -1);
  return {
    apiVersion: readChoice(tables.texts, values[0]),
    kind: readChoice(tables.texts, values[1]),
    ...(namespace >= 0 && { namespace: tables.texts[namespace]! }),
    name: readText(values[3]),
    source: readSource(tables, values.slice(4)),
  };
}

export function writeTier({ name, order, defaultAction, guardsOwnNode }: Tier): Json {
  return [name, writeOrder(order), DEFAULT_ACTIONS.indexOf(defaultAction), ...(guardsOwnNode ? [1] : [])];
}

export function readTier(value: unknown): Tier {
  const [name, order, defaultAction, guardsOwnNode] = readArray(value);
  return {
    name: readText(name),
    order: readOrder(order),
    defaultAction: readChoice(DEFAULT_ACTIONS, defaultAction),
    ...(guardsOwnNode === 1 && { guardsOwnNode: true as const }),
  };
}

/**
 * Behind what every policy has: which host endpoints it applies to, whether it does so on what their nodes pass on, and what it proposes, as far as one of
 * these or one behind it is there.
 */
export function writePolicy(tables: Tables, policy: Policy): Json {
  const { ref, tier, order, tieBreak, appliesTo, appliesToHosts, hook, forward, staged, stagedAction, ingress, egress } = policy;
  const rules = (all: readonly Rule[] | undefined) => (all ? all.map((rule) => writeRule(tables, rule)) : 0);
  const special: Json[] = [
    appliesToHosts ? tables.selectors.numberOf(appliesToHosts) : -1,
    forward ? 1 : 0,
    stagedAction === undefined ? -1 : STAGED_ACTIONS.indexOf(stagedAction),
  ];
  return [
    writeRef(tables, ref),
    tables.texts.numberOf(tier),
    writeOrder(order),
    tieBreak,
    tables.selectors.numberOf(appliesTo),
    HOOKS.indexOf(hook),
    staged ? 1 : 0,
    rules(ingress),
    rules(egress),
    ...special.slice(0, special.findLastIndex((part, place) => part !== NO_SPECIAL[place]) + 1),
  ];
}

export function readPolicy(tables: ReadTables, value: unknown): Policy {
  const [ref, tier, order, tieBreak, appliesTo, hook, staged, ingress, egress, hosts = -1, forward = 0, proposed = -1] = readArray(value);
  const rules = (all: unknown) => readArray(all).map((rule) => readRule(tables, rule));
  return {
    ref: readRef(tables, ref),
    tier: readChoice(tables.texts, tier),
    order: readOrder(order),
    tieBreak: readText(tieBreak),
    appliesTo: readChoice(tables.selectors, appliesTo),
    ...(hosts !== -1 && { appliesToHosts: readChoice(tables.selectors, hosts) }),
    hook: readChoice(HOOKS, hook),
    ...(readIndex(forward, 2) === 1 && { forward: true as const }),
    staged: readIndex(staged, 2) === 1,
    ...(proposed !== -1 && { stagedAction: readChoice(STAGED_ACTIONS, proposed) }),
    ...(ingress !== 0 && { ingress: rules(ingress) }),
    ...(egress !== 0 && { egress: rules(egress) }),
  };
}

/** Behind what every rule has: its index, condition and subject, as far as one of these or one behind it is there. */
function writeRule(tables: Tables, { action, subject, peer, packets, condition, source, index }: Rule): Json {
  const plain = [ACTIONS.indexOf(action), tables.peers.numberOf(peer), tables.packets.numberOf(packets), ...writeSource(tables, source)];
  const special: Json[] = [
    index ?? -1,
    condition ? [CONDITIONS.indexOf(condition.kind), condition.text] : 0,
    subject === undefined ? -1 : tables.peers.numberOf(subject),
  ];
  return [...plain, ...special.slice(0, special.findLastIndex((part, place) => part !== NO_SPECIAL[place]) + 1)];
}

const NO_SPECIAL: readonly Json[] = [-1, 0, -1];

function readRule(tables: ReadTables, value: unknown): Rule {
  const [action, peer, packets, file, document, line, index = -1, condition = 0, subject = -1] = readArray(value);
  return {
    action: readChoice(ACTIONS, action),
    ...(subject !== -1 && { subject: readChoice(tables.peers, subject) }),
    peer: readChoice(tables.peers, peer),
    packets: readChoice(tables.packets, packets),
    ...(condition !== 0 && { condition: readCondition(condition) }),
    source: readSource(tables, [file, document, line]),
    ...(index !== -1 && { index: readIndex(index, 2 ** 31) }),
  };
}

function readCondition(value: unknown): Condition {
  const [kind, text] = readArray(value);
  return { kind: readChoice(CONDITIONS, kind), text: readText(text) };
}

function writePeer(peer: PeerExpression): Json {
  return peer === 'any' ? 0 : peer.map(writeTerm);
}

function writeTerm({ selector, notSelector, nets, notNets, netsSeePods }: PeerTerm): Json {
  const sees = SEES_PODS.indexOf(netsSeePods);
  return [selector ? writeSelector(selector) : 0, notSelector ? writeSelector(notSelector) : 0, nets ?? 0, notNets ?? 0, sees];
}

function readPeer(value: unknown): PeerExpression {
  return value === 0 ? 'any' : readArray(value).map(readTerm);
}

function readTerm(value: unknown): PeerTerm {
  const [selector, notSelector, nets, notNets, netsSeePods] = readArray(value);
  return {
    ...(selector !== 0 && { selector: readSelector(selector, 0) }),
    ...(notSelector !== 0 && { notSelector: readSelector(notSelector, 0) }),
    ...(nets !== 0 && { nets: readNets(nets) }),
    ...(notNets !== 0 && { notNets: readNets(notNets) }),
    netsSeePods: readChoice(SEES_PODS, netsSeePods),
  };
}

function readNets(value: unknown): readonly string[] {
  const nets = readTexts(value);
  for (const net of nets) demand(parseCidr(net), 'the directory has a net that is no CIDR');
  return nets;
}

function writePackets(packets: PacketExpression): Json {
  return packets === 'any' ? 0 : packets.map(writePacketTerm);
}

function writePacketTerm(term: PacketTerm): Json {
  const { protocol, ports, portNames, notPorts, notPortNames, sourcePorts, sourcePortNames, notSourcePorts, notSourcePortNames } = term;
  const icmp = term.icmp?.map(({ types, codes }) => [types, codes]);
  const own = [
    ports,
    portNames,
    notPorts,
    notPortNames,
    sourcePorts,
    sourcePortNames,
    notSourcePorts,
    notSourcePortNames,
    icmp,
    term.numbers,
  ];
  const parts: Json[] = own.map((part) => part ?? 0);
  return [PROTOCOLS.indexOf(protocol), ...parts.slice(0, parts.findLastIndex((part) => part !== 0) + 1)];
}

function readPackets(value: unknown): PacketExpression {
  return value === 0 ? 'any' : readArray(value).map(readPacketTerm);
}

function readPacketTerm(value: unknown): PacketTerm {
  const [protocol, ...parts] = readArray(value);
  const has = (place: number) => parts[place] !== undefined && parts[place] !== 0;
  return {
    protocol: readChoice(PROTOCOLS, protocol),
    ...(has(0) && { ports: readRanges(parts[0]) }),
    ...(has(1) && { portNames: readTexts(parts[1]) }),
    ...(has(2) && { notPorts: readRanges(parts[2]) }),
    ...(has(3) && { notPortNames: readTexts(parts[3]) }),
    ...(has(4) && { sourcePorts: readRanges(parts[4]) }),
    ...(has(5) && { sourcePortNames: readTexts(parts[5]) }),
    ...(has(6) && { notSourcePorts: readRanges(parts[6]) }),
    ...(has(7) && { notSourcePortNames: readTexts(parts[7]) }),
    ...(has(8) && { icmp: readArray(parts[8]).map(readIcmp) }),
    ...(has(9) && { numbers: readRanges(parts[9]) }),
  };
}

function readRanges(value: unknown): readonly PortRange[] {
  return readArray(value).map(readRange);
}

function readRange(value: unknown): PortRange {
  const [low, high] = readArray(value);
  return [readNumber(low), readNumber(high)];
}

function readIcmp(value: unknown): IcmpRange {
  const [types, codes] = readArray(value);
  return { types: readRange(types), codes: readRange(codes) };
}

function writeSelector(selector: Selector): Json {
  const code = SELECTORS.indexOf(selector.kind);
  switch (selector.kind) {
    case 'all':
    case 'none':
      return [code];
    case 'and':
    case 'or':
      return [code, ...selector.of.map(writeSelector)];
    case 'not':
      return [code, writeSelector(selector.of)];
    case 'inNamespace':
      return [code, ...selector.names];
    case 'network':
      return [code, NETWORKS.indexOf(selector.network)];
    case 'label': {
      const { owner, key, test } = selector;
      const operands = 'values' in test ? test.values : 'text' in test ? [test.text] : [];
      return [code, OWNERS.indexOf(owner), key, OPERATORS.indexOf(test.operator), ...operands];
    }
    default:
      return assertNever(selector);
  }
}

function readSelector(value: unknown, depth: number): Selector {
  demand(depth < DEEPEST_SELECTOR, 'the directory has a selector that is nested too deeply');
  const [code, ...rest] = readArray(value);
  const kind = readChoice(SELECTORS, code);
  switch (kind) {
    case 'all':
    case 'none':
      return { kind };
    case 'and':
    case 'or':
      return { kind, of: rest.map((part) => readSelector(part, depth + 1)) };
    case 'not':
      return { kind, of: readSelector(rest[0], depth + 1) };
    case 'inNamespace':
      return { kind, names: readTexts(rest) };
    case 'network':
      return { kind, network: readChoice(NETWORKS, rest[0]) };
    case 'label':
      return { kind, owner: readChoice(OWNERS, rest[0]), key: readText(rest[1]), test: readTest(rest[2], rest.slice(3)) };
    default:
      return assertNever(kind);
  }
}

function readTest(value: unknown, operands: JsonArray): LabelTest {
  const operator = readChoice(OPERATORS, value);
  switch (operator) {
    case 'in':
    case 'notIn':
      return { operator, values: readTexts(operands) };
    case 'exists':
    case 'doesNotExist':
      return { operator };
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return { operator, text: readText(operands[0]) };
    default:
      return assertNever(operator);
  }
}

/** JSON has no infinite numbers. */
function writeOrder(order: number): Json {
  return Number.isFinite(order) ? order : String(order);
}

function readOrder(order: unknown): number {
  return order === 'Infinity' || order === '-Infinity' ? Number(order) : readNumber(order);
}
