import { FAILSAFE_SCHEMA, Type } from 'js-yaml';

/*
 * What plain scalars mean to Kubernetes: `kubectl` and the API server read YAML with sigs.k8s.io/yaml, whose goyaml.v2/resolve.go this follows.
 * It is YAML 1.1 in booleans (`yes`, `no`, `on`, `off`, and also `y` and `n`) and octal numbers, has no base-60 numbers, leaves timestamps text,
 * and ignores tags that it does not know.
 */

type Word = readonly [value: boolean | number | null, spellings: readonly string[]];

const WORDS: ReadonlyMap<string, boolean | number | null> = new Map(
  (
    [
      [true, ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']],
      [false, ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']],
      [null, ['~', 'null', 'Null', 'NULL', '']],
      [Number.NaN, ['.nan', '.NaN', '.NAN']],
      [Number.POSITIVE_INFINITY, ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']],
      [Number.NEGATIVE_INFINITY, ['-.inf', '-.Inf', '-.INF']],
    ] satisfies Word[]
  ).flatMap(([value, spellings]) => spellings.map((spelling): [string, boolean | number | null] => [spelling, value])),
);
const LONGEST_WORD = 5;

/** Nearly all scalars of manifests are text: the first character tells most of them. */
const MAY_BE_MORE_THAN_TEXT = new Set('+-0123456789yYnNtTfFoO~.');

const INTEGER = /^([-+]?)(?:0[bB]([01]+)|0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The value of a plain scalar; undefined when it is text. */
export function plainScalar(text: string): boolean | number | null | undefined {
  if (text !== '' && !MAY_BE_MORE_THAN_TEXT.has(text[0]!)) return undefined;
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  // Signs, digits and the point come before all letters.
  return text[0]! <= '9' ? numberOf(text) : undefined;
}

function numberOf(text: string): number | undefined {
  const digits = text[0] === '.' ? text : text.replaceAll('_', '');
  const integer = INTEGER.exec(digits);
  if (integer) {
    const [, sign, binary, hexadecimal, octal, decimal] = integer;
    const size =
      decimal !== undefined ? Number(decimal) : Number.parseInt(binary ?? hexadecimal ?? octal!, binary ? 2 : hexadecimal ? 16 : 8);
    return sign === '-' && size !== 0 ? -size : size;
  }
  if (!FLOAT.test(digits)) return undefined;
  const value = Number(digits);
  return Number.isFinite(value) ? value : undefined;
}

/**
 * Stands for a plain `<<` until its document is complete: where it is a key, `applyMerges` puts the merged mapping in its place.
 * js-yaml's own merge would let keys written before `<<` win, which they do not in Kubernetes. Plain text cannot begin like this: a lone
 * surrogate is not UTF-8.
 */
const MERGE = '\uD800<<';
/** Makes every `<<` a key of its own, since a mapping may have several. Only ever compared by its beginning. */
let merges = 0;

function isMerge(key: unknown): boolean {
  return typeof key === 'string' && key.startsWith(MERGE);
}

const implicit = new Type('tag:leasttrust:plain', {
  kind: 'scalar',
  resolve: (text: string) => text === '<<' || plainScalar(text) !== undefined,
  construct: (text: string) => (text === '<<' ? `${MERGE}${merges++}` : plainScalar(text)),
});

function tagged(name: string, accepts: (value: unknown) => boolean): Type {
  return new Type(`tag:yaml.org,2002:${name}`, {
    kind: 'scalar',
    resolve: (text: string | null) => accepts(plainScalar(text ?? '')),
    construct: (text: string | null) => plainScalar(text ?? ''),
  });
}

function ignored(kind: 'scalar' | 'sequence' | 'mapping'): Type {
  return new Type('', { kind, multi: true });
}

/** YAML as Kubernetes reads it. */
export const KUBERNETES_SCHEMA = FAILSAFE_SCHEMA.extend({
  implicit: [implicit],
  explicit: [
    tagged('null', (value) => value === null),
    tagged('bool', (value) => typeof value === 'boolean'),
    tagged('int', (value) => Number.isInteger(value)),
    tagged('float', (value) => typeof value === 'number'),
    ignored('scalar'),
    ignored('sequence'),
    ignored('mapping'),
  ],
});

/** A `<<` with something else than mappings. */
export class WrongMerge extends Error {}

/**
 * Puts merged mappings in place, in the order of writing: a later key wins over an earlier one, whether it was merged or written.
 * Of several mappings merged by one `<<` the first wins.
 * @throws WrongMerge
 */
export function applyMerges(value: unknown): unknown {
  const done = new Set<object>();
  const apply = (node: unknown): unknown => {
    if (isMerge(node)) return '<<';
    if (typeof node !== 'object' || node === null || done.has(node)) return node;
    done.add(node);
    if (Array.isArray(node)) {
      for (let i = 0; i < node.length; i++) node[i] = apply(node[i]);
      return node;
    }
    const mapping = node as Record<string, unknown>;
    const entries = Object.entries(mapping).map(([key, child]) => [key, apply(child)] as const);
    if (!entries.some(([key]) => isMerge(key))) {
      for (const [key, child] of entries) define(mapping, key, child);
      return node;
    }
    for (const key of Object.keys(mapping)) delete mapping[key];
    for (const [key, child] of entries) {
      if (isMerge(key))
        for (const source of sourcesOf(child)) for (const [merged, part] of Object.entries(source)) define(mapping, merged, part);
      else define(mapping, key, child);
    }
    return node;
  };
  return apply(value);
}

function sourcesOf(value: unknown): readonly object[] {
  const sources: readonly unknown[] = Array.isArray(value) ? value.toReversed() : [value];
  for (const source of sources) if (typeof source !== 'object' || source === null || Array.isArray(source)) throw new WrongMerge();
  return sources as readonly object[];
}

/** Sets a key as its own, also where it is `__proto__`. */
function define(mapping: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') Object.defineProperty(mapping, key, { value, configurable: true, enumerable: true, writable: true });
  else mapping[key] = value;
}
