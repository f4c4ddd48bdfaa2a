import { load, YAMLException } from 'js-yaml';
import type { Limits } from './document';
import { Refusal, tooDeep, tooManyNodes } from './limits';
import { applyMerges, KUBERNETES_SCHEMA, WrongMerge } from './yaml-schema';

/** A parsed YAML document or a part of one. */
export interface YamlValue {
  readonly value: unknown;
  /** Line of every mapping and sequence: of its first key or item, or of the key it is the value of. */
  readonly lines: ReadonlyMap<object, number>;
  /** Line of the first key that is written twice in one mapping. Kubernetes takes the last one, and so does `value`. */
  readonly duplicateKey?: number;
}

/**
 * Reads one YAML document as Kubernetes does. `line` is the line of its first character.
 * @throws Refusal that ends the document
 */
export function parseYaml(text: string, line: number, limits: Limits): YamlValue {
  const first = attempt(text, line, limits, false);
  if (first.kind === 'parsed') return first;
  if (first.reason !== DUPLICATE_KEY) throw refusalOf(first, limits);
  const second = attempt(text, line, limits, true);
  if (second.kind === 'failed') throw refusalOf(second, limits);
  return { ...second, duplicateKey: first.line };
}

const DUPLICATE_KEY = 'duplicated mapping key';
const TOO_DEEP = 'nesting exceeded maxDepth';
/** Beside collections, js-yaml counts the scalar in the innermost one, and a node that it first takes for a key. */
const SPARE_DEPTH = 2;

interface Failed {
  readonly kind: 'failed';
  readonly reason: string;
  readonly line: number;
}

function attempt(text: string, line: number, limits: Limits, lastKeyWins: boolean): ({ readonly kind: 'parsed' } & YamlValue) | Failed {
  const lines = new Map<object, number>();
  try {
    const options = {
      schema: KUBERNETES_SCHEMA,
      json: lastKeyWins,
      maxDepth: limits.depth + SPARE_DEPTH,
      listener: watch(lines, line, limits),
    };
    const value: unknown = load(text, options);
    return { kind: 'parsed', value: text.includes('<<') ? applyMerges(value) : value, lines };
  } catch (error) {
    if (error instanceof WrongMerge) return { kind: 'failed', reason: '`<<` needs a mapping or a list of mappings', line };
    if (error instanceof YAMLException) return { kind: 'failed', reason: error.reason, line: line + (error.mark?.line ?? 0) };
    throw error;
  }
}

function refusalOf({ reason, line }: Failed, limits: Limits): Refusal {
  if (reason.startsWith(TOO_DEEP)) return tooDeep(limits, line);
  return new Refusal('broken-yaml', `the document is not valid YAML: ${withoutContent(reason)}`, 'document', line);
}

/** Some of js-yaml's reasons quote the document, which may be a password: what follows the first sign of it is cut off. */
function withoutContent(reason: string): string {
  return reason.split(/["<!]|: /, 1)[0]!.replace(/ (?:for|with)? *$/, '');
}

/** What js-yaml tells of a node; an alias has no kind, and the node it refers to as its result. */
interface Progress {
  readonly line: number;
  readonly kind: string | null;
  readonly result: unknown;
}

/** Long scalars weigh as much as a node for every this many characters, since aliases can multiply them, too. */
const WEIGHTY_TEXT = 1024;

/**
 * Watches js-yaml at work: notes lines, and measures nodes with aliases followed, so that a bomb is refused before anything walks it.
 * A node that is referred to before it was closed holds itself. Some nodes close twice: once as what might be a key.
 */
function watch(lines: Map<object, number>, firstLine: number, limits: Limits): (event: 'open' | 'close', state: Progress) => void {
  const measures = new Map<object, Measure>();
  // By depth of composition: where the node was opened, and what its children have added up to.
  const openedAt: number[] = [];
  const sizes: number[] = [];
  const heights: number[] = [];
  let depth = 0;
  return (event, state) => {
    if (event === 'open') {
      openedAt[depth] = firstLine + state.line;
      sizes[depth] = 0;
      heights[depth] = 0;
      depth++;
      return;
    }
    depth--;
    const node = state.result;
    let measure = SCALAR;
    if (typeof node === 'object' && node !== null) {
      const known = measures.get(node);
      if (!known && state.kind === null) {
        throw new Refusal('cyclic-alias', 'an alias stands inside the node it refers to', 'document', openedAt[depth]);
      }
      // Empty items of a sequence come without events of their own.
      measure = known ?? { size: 1 + Math.max(sizes[depth]!, Array.isArray(node) ? node.length : 0), height: heights[depth]! + 1 };
      if (!known) {
        measures.set(node, measure);
        lines.set(node, openedAt[depth]!);
      }
    } else if (typeof node === 'string' && node.length >= WEIGHTY_TEXT) {
      measure = { size: 1 + Math.floor(node.length / WEIGHTY_TEXT), height: 0 };
    }
    if (measure.height > limits.depth) throw tooDeep(limits, openedAt[depth]);
    const size = depth === 0 ? measure.size : sizes[depth - 1]! + measure.size;
    if (size > limits.nodes) throw tooManyNodes(limits, firstLine + state.line);
    if (depth === 0) return;
    sizes[depth - 1] = size;
    heights[depth - 1] = Math.max(heights[depth - 1]!, measure.height);
  };
}

interface Measure {
  /** Nodes, itself included. */
  readonly size: number;
  /** Levels of mappings and sequences, itself included. */
  readonly height: number;
}

const SCALAR: Measure = { size: 1, height: 0 };
