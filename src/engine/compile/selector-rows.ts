import type { LabelOwner } from '../../model/selector';
import type { Snapshot } from '../../model/snapshot';
import { invariant } from '../../util/invariant';
import { ON_HOST } from '../classes';
import type { RowPool } from '../kernel/row-pool';
import { EMPTY } from '../kernel/rows';
import type { EndpointClasses } from './endpoint-classes';
import { ABSENT, FIRST_VALUE, UNKNOWN_PRESENCE, UNKNOWN_VALUE } from './label-keys';
import {
  ALL,
  AND,
  DOES_NOT_EXIST,
  EXISTS,
  IN,
  IN_NAMESPACE,
  LABEL,
  NETWORK,
  NONE,
  NOT,
  OR,
  OWNERS,
  TEXT,
  type Vocabulary,
} from './vocabulary';

/** Members that something certainly matches (`must`), and those that it may match; `must` is within `may`. */
export interface Bounds {
  readonly must: number;
  readonly may: number;
}

export const NOTHING: Bounds = Object.freeze({ must: EMPTY, may: EMPTY });

/** Rows of selectors, each worked out once. No selector ever matches an external address. */
export class SelectorRows {
  private readonly pool: RowPool;
  private readonly classes: EndpointClasses;
  private readonly vocabulary: Vocabulary;
  private readonly known: Bounds[] = [];
  /** Every face; what a selector's complement is taken in. */
  private readonly everything: Bounds;
  private readonly hosts: number;
  private readonly namespaceIndex: ReadonlyMap<string, number>;
  /** First face of each namespace, by index + 1; index -1 are the nodes. */
  private readonly namespaceFaces: Int32Array;
  private readonly postings: Readonly<Record<LabelOwner, (Postings | undefined)[]>> = {
    endpoint: [],
    namespace: [],
    serviceAccount: [],
    automatic: [],
  };

  constructor(pool: RowPool, classes: EndpointClasses, vocabulary: Vocabulary, { namespaces }: Snapshot) {
    this.pool = pool;
    this.classes = classes;
    this.vocabulary = vocabulary;
    pool.drawRange(0, classes.faceCount);
    this.everything = exactly(pool.finish());
    for (let face = 0; face < classes.faceCount; face++) if (classes.flags[classes.faceClass[face]!]! & ON_HOST) pool.draw(face);
    this.hosts = pool.finish();
    this.namespaceIndex = new Map(namespaces.map(({ name }, index) => [name, index]));
    this.namespaceFaces = facesByNamespace(classes, namespaces.length);
  }

  rowsOf(selector: number): Bounds {
    let bounds = this.known[selector];
    if (!bounds) {
      bounds = this.make(selector);
      this.known[selector] = bounds;
    }
    return bounds;
  }

  private make(selector: number): Bounds {
    const { selectors } = this.vocabulary;
    const start = selectors.starts[selector]!;
    const end = selectors.starts[selector + 1]!;
    const at = (offset: number) => selectors.values[start + offset]!;
    switch (at(0)) {
      case ALL:
        return this.everything;
      case NONE:
        return NOTHING;
      case AND:
        return this.meet(start + 1, end);
      case OR:
        return this.join(start + 1, end);
      case NOT:
        return this.complement(this.rowsOf(at(1)));
      case IN_NAMESPACE:
        return this.inNamespaces(start + 1, end);
      case NETWORK:
        return exactly(at(1) === 1 ? this.hosts : this.pool.andNot(this.everything.must, this.hosts));
      default:
        invariant(at(0) === LABEL, 'a selector node has a known code');
        return this.byLabel(at(1), at(2), at(3), start + 4, end);
    }
  }

  private meet(start: number, end: number): Bounds {
    const { selectors } = this.vocabulary;
    let { must, may } = this.everything;
    for (let i = start; i < end; i++) {
      const part = this.rowsOf(selectors.values[i]!);
      const exact = must === may && part.must === part.may;
      must = this.pool.and(must, part.must);
      may = exact ? must : this.pool.and(may, part.may);
    }
    return { must, may };
  }

  private join(start: number, end: number): Bounds {
    const { selectors } = this.vocabulary;
    let { must, may } = NOTHING;
    for (let i = start; i < end; i++) {
      const part = this.rowsOf(selectors.values[i]!);
      const exact = must === may && part.must === part.may;
      must = this.pool.or(must, part.must);
      may = exact ? must : this.pool.or(may, part.may);
    }
    return { must, may };
  }

  private complement({ must, may }: Bounds): Bounds {
    const all = this.everything.must;
    return { must: this.pool.andNot(all, may), may: this.pool.andNot(all, must) };
  }

  private inNamespaces(start: number, end: number): Bounds {
    const { selectors, texts } = this.vocabulary;
    for (let i = start; i < end; i++) {
      const index = this.namespaceIndex.get(texts[selectors.values[i]!]!);
      if (index !== undefined) this.pool.drawRange(this.namespaceFaces[index + 1]!, this.namespaceFaces[index + 2]!);
    }
    return exactly(this.pool.finish());
  }

  /** The rows of all operators follow from those of the values for which they hold, of absence, and of the two ways of not knowing. */
  private byLabel(ownerCode: number, key: number, operator: number, start: number, end: number): Bounds {
    const { pool } = this;
    const all = this.everything.must;
    const owner = OWNERS[ownerCode]!;
    const postings = this.postingsOf(owner, key);
    if (operator === EXISTS || operator === DOES_NOT_EXIST) {
      const { absent } = postings;
      const perhaps = pool.or(absent, postings.unknownPresence);
      return operator === EXISTS ? { must: pool.andNot(all, perhaps), may: pool.andNot(all, absent) } : { must: absent, may: perhaps };
    }
    const { values } = this.vocabulary.selectors;
    const keys = this.vocabulary.labelKeys[owner];
    if (operator === TEXT) {
      for (let code = FIRST_VALUE; code < keys.codeCount(key); code++)
        if (keys.holds(key, values[start]!, code)) drawCode(pool, postings, code);
    } else for (let i = start; i < end; i++) drawCode(pool, postings, FIRST_VALUE + values[i]!);
    const listed = pool.finish();
    const perhaps = pool.or(listed, pool.or(postings.unknownValue, postings.unknownPresence));
    return operator === IN || operator === TEXT
      ? { must: listed, may: perhaps }
      : { must: pool.andNot(all, perhaps), may: pool.andNot(all, listed) };
  }

  private postingsOf(owner: LabelOwner, key: number): Postings {
    let postings = this.postings[owner][key];
    if (!postings) {
      postings = postingsBy(this.pool, this.classes, this.classes.labels[owner][key]!, this.vocabulary.labelKeys[owner].codeCount(key));
      this.postings[owner][key] = postings;
    }
    return postings;
  }
}

function drawCode(pool: RowPool, { starts, faces }: Pick<Postings, 'starts' | 'faces'>, code: number): void {
  for (let at = starts[code]!; at < starts[code + 1]!; at++) pool.draw(faces[at]!);
}

/** Faces by code: those of code `c` are `faces[starts[c]] … faces[starts[c + 1] - 1]`, ascending. */
interface Postings {
  readonly starts: Int32Array;
  readonly faces: Int32Array;
  /** Rows of the codes that are no values. */
  readonly absent: number;
  readonly unknownValue: number;
  readonly unknownPresence: number;
}

function postingsBy(pool: RowPool, { faceCount, faceClass }: EndpointClasses, codes: Int32Array, codeCount: number): Postings {
  const starts = new Int32Array(codeCount + 1);
  for (let face = 0; face < faceCount; face++) starts[codes[faceClass[face]!]! + 1]!++;
  for (let code = 0; code < codeCount; code++) starts[code + 1]! += starts[code]!;
  const next = starts.slice();
  const faces = new Int32Array(faceCount);
  for (let face = 0; face < faceCount; face++) faces[next[codes[faceClass[face]!]!]!++] = face;
  const rowOf = (code: number) => {
    drawCode(pool, { starts, faces }, code);
    return pool.finish();
  };
  return { starts, faces, absent: rowOf(ABSENT), unknownValue: rowOf(UNKNOWN_VALUE), unknownPresence: rowOf(UNKNOWN_PRESENCE) };
}

function facesByNamespace({ count, namespaces, firstFace }: EndpointClasses, namespaceCount: number): Int32Array {
  const starts = new Int32Array(namespaceCount + 2);
  let index = 0;
  for (let slot = 0; slot <= namespaceCount + 1; slot++) {
    while (index < count && namespaces[index]! < slot - 1) index++;
    starts[slot] = firstFace[index]!;
  }
  return starts;
}

function exactly(row: number): Bounds {
  return { must: row, may: row };
}
