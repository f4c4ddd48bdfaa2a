import type { PeerExpression, PeerTerm } from '../../model/policy';
import type { LabelOwner, LabelTest, Selector } from '../../model/selector';
import { assertNever } from '../../util/invariant';
import { grown } from '../kernel/int-list';
import { TupleTable } from '../kernel/tuple-table';
import { LabelKeys } from './label-keys';

/*
 * What the policies talk about. Equal selectors, nets and peers get equal ids, so that each is worked out once however many rules use it;
 * and only labels, values, port names and nets that some policy mentions can tell endpoints apart.
 *
 * Selector nodes are tuples that begin with one of these codes.
 */
export const ALL = 0;
export const NONE = 1;
/** Followed by the ids of the parts, ascending. */
export const AND = 2;
export const OR = 3;
/** Followed by the id of the part. */
export const NOT = 4;
/** Followed by text ids of namespace names. */
export const IN_NAMESPACE = 5;
/** Followed by 0 for `pod`, 1 for `host`. */
export const NETWORK = 6;
/** Followed by the owner, the key's index among those of the owner, the operator, and numbers of values (or of the one text test). */
export const LABEL = 7;

/** In the order of their codes. */
export const OWNERS: readonly LabelOwner[] = ['endpoint', 'namespace', 'serviceAccount', 'automatic'];

export const IN = 0;
const NOT_IN = 1;
export const EXISTS = 2;
export const DOES_NOT_EXIST = 3;
export const TEXT = 4;

const OPERATORS: Readonly<Record<LabelTest['operator'], number>> = {
  in: IN,
  notIn: NOT_IN,
  exists: EXISTS,
  doesNotExist: DOES_NOT_EXIST,
  contains: TEXT,
  startsWith: TEXT,
  endsWith: TEXT,
};
const SEES_PODS: Readonly<Record<PeerTerm['netsSeePods'], number>> = { no: 0, unknown: 1, yes: 2 };

/** The peer `any`; every other peer id is 0 or more. */
export const ANY_PEER = -1;

/** Nets of a peer term; `seesPods`: 0 no, 1 unknown, 2 yes. */
export interface NetTerm {
  readonly nets: readonly string[] | undefined;
  readonly notNets: readonly string[];
  readonly seesPods: number;
}

export class Vocabulary {
  readonly selectors = new TupleTable();
  /** Label keys that some selector tests, by owner. */
  readonly labelKeys: Readonly<Record<LabelOwner, LabelKeys>> = {
    endpoint: new LabelKeys(),
    namespace: new LabelKeys(),
    serviceAccount: new LabelKeys(),
    automatic: new LabelKeys(),
  };
  /** Namespace names and nets, by text id. */
  readonly texts: string[] = [];
  readonly netTerms: NetTerm[] = [];
  /** Ids of a selector, of one that excludes, and of a net term, each -1 where the term has none. */
  readonly terms = new TupleTable();
  /** Lists of term ids, ascending. */
  readonly peers = new TupleTable();

  private readonly textIds = new Map<string, number>();
  private readonly netTuples = new TupleTable();
  /** Stack of the tuples that are being built, since selectors nest. */
  private stack: Int32Array = new Int32Array(256);
  private top = 0;

  selector(selector: Selector): number {
    switch (selector.kind) {
      case 'all':
        return this.close(this.open(ALL));
      case 'none':
        return this.close(this.open(NONE));
      case 'and':
      case 'or':
        return this.junction(selector.kind === 'and' ? AND : OR, selector.of);
      case 'not': {
        const part = this.selector(selector.of);
        const base = this.open(NOT);
        this.push(part);
        return this.close(base);
      }
      case 'inNamespace': {
        const base = this.open(IN_NAMESPACE);
        for (const name of selector.names) this.push(this.text(name));
        return this.close(base);
      }
      case 'network': {
        const base = this.open(NETWORK);
        this.push(selector.network === 'host' ? 1 : 0);
        return this.close(base);
      }
      case 'label':
        return this.label(selector.owner, selector.key, selector.test);
      default:
        return assertNever(selector);
    }
  }

  peer(peer: PeerExpression): number {
    if (peer === 'any') return ANY_PEER;
    const base = this.top;
    for (const term of peer) this.push(this.term(term));
    return this.closeSet(this.peers, base, base);
  }

  /** Net term of one CIDR that sees every end. */
  net(cidr: string): number {
    return this.netTerm([cidr], [], SEES_PODS.yes);
  }

  private term({ selector, notSelector, nets, notNets, netsSeePods }: PeerTerm): number {
    const selectorId = selector ? this.selector(selector) : -1;
    const notSelectorId = notSelector ? this.selector(notSelector) : -1;
    const netId = nets || notNets ? this.netTerm(nets, notNets ?? [], SEES_PODS[netsSeePods]) : -1;
    const base = this.top;
    this.push(selectorId);
    this.push(notSelectorId);
    this.push(netId);
    return this.closeIn(this.terms, base);
  }

  private netTerm(nets: readonly string[] | undefined, notNets: readonly string[], seesPods: number): number {
    const base = this.top;
    this.push(seesPods);
    this.push(nets ? nets.length : -1);
    if (nets) for (const net of nets) this.push(this.text(net));
    for (const net of notNets) this.push(this.text(net));
    const id = this.closeIn(this.netTuples, base);
    if (id === this.netTerms.length) this.netTerms.push({ nets, notNets, seesPods });
    return id;
  }

  private junction(code: number, of: readonly Selector[]): number {
    const base = this.top;
    this.push(code);
    for (const part of of) this.push(this.selector(part));
    return this.closeSet(this.selectors, base, base + 1);
  }

  private label(owner: LabelOwner, key: string, test: LabelTest): number {
    const keys = this.labelKeys[owner];
    const index = keys.key(key);
    const base = this.open(LABEL);
    this.push(OWNERS.indexOf(owner));
    this.push(index);
    this.push(OPERATORS[test.operator]);
    if ('values' in test) for (const value of test.values) this.push(keys.value(index, value));
    if ('text' in test) this.push(keys.textTest(index, test));
    return this.close(base);
  }

  private text(text: string): number {
    let id = this.textIds.get(text);
    if (id === undefined) {
      id = this.texts.length;
      this.textIds.set(text, id);
      this.texts.push(text);
    }
    return id;
  }

  private open(code: number): number {
    const base = this.top;
    this.push(code);
    return base;
  }

  private push(value: number): void {
    if (this.top === this.stack.length) this.stack = grown(this.stack, this.top + 1);
    this.stack[this.top++] = value;
  }

  private close(base: number): number {
    return this.closeIn(this.selectors, base);
  }

  private closeIn(table: TupleTable, base: number): number {
    const id = table.intern(this.stack.subarray(base, this.top), this.top - base);
    this.top = base;
    return id;
  }

  /** Closes a tuple whose part from `from` on is a set: the order and repetition of its ids mean nothing. */
  private closeSet(table: TupleTable, base: number, from: number): number {
    const set = this.stack.subarray(from, this.top).sort();
    let length = 0;
    for (let i = 0; i < set.length; i++) if (i === 0 || set[i] !== set[length - 1]) set[length++] = set[i]!;
    this.top = from + length;
    return this.closeIn(table, base);
  }
}
