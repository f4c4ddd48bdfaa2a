import { isMapping } from './reading';

/** Where the parts of a JSON text are, and what is wrong with it. */
export interface JsonPositions {
  /** Line of the opening bracket of every mapping and sequence, by identity in the parsed value. */
  readonly lines: ReadonlyMap<object, number>;
  /** Line of the first key that is written twice in one object. The last one counts. */
  readonly duplicateKey?: number;
}

/** Why a text is no JSON. The runtime's own messages quote the text, which may be a password. */
export interface JsonFault {
  readonly reason: string;
  readonly line: number;
}

class Fault extends Error {}

/**
 * Goes over a JSON text beside the value that `JSON.parse` made of it. INVARIANT: the text is valid, and nested no deeper than the limit.
 */
export function positionsOf(text: string, value: unknown, line: number): JsonPositions {
  const walk = walker(text, line);
  walk.value(value);
  return { lines: walk.lines, ...(walk.duplicateKey() !== undefined && { duplicateKey: walk.duplicateKey()! }) };
}

/** The first fault of a text that `JSON.parse` does not accept. */
export function faultOf(text: string, line: number): JsonFault {
  const walk = walker(text, line);
  try {
    walk.value(undefined);
    walk.end();
  } catch (error) {
    if (error instanceof Fault) return { reason: error.message, line: walk.line() };
    throw error;
  }
  return { reason: 'its meaning is unclear', line };
}

const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;

function walker(text: string, firstLine: number) {
  const lines = new Map<object, number>();
  let at = 0;
  let line = firstLine;
  let duplicateKey: number | undefined;

  const space = () => {
    for (; at < text.length; at++) {
      const char = text[at];
      if (char === '\n') line++;
      else if (char !== ' ' && char !== '\t' && char !== '\r') return;
    }
  };
  const fail = (reason: string): never => {
    throw new Fault(reason);
  };
  const string = (): string => {
    const start = at++;
    for (; text[at] !== '"'; at++) {
      if (at >= text.length) fail('text in quotes is not closed');
      if (text[at]! < ' ') fail('text in quotes has a line break or another control character');
      if (text[at] === '\\') {
        ESCAPE.lastIndex = at + 1;
        if (!ESCAPE.test(text)) fail('text in quotes has an unknown escape');
        at = ESCAPE.lastIndex - 1;
      }
    }
    at++;
    return text.slice(start, at);
  };
  /** Reads `{…}` or `[…]` up to its end, with `entry` for what stands between its commas. */
  const entries = (close: '}' | ']', entry: () => void) => {
    at++;
    space();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      entry();
      space();
      const char = text[at++];
      if (char === close) return;
      if (char !== ',') fail(`a comma or \`${close}\` is expected`);
      space();
    }
  };
  const mapping = (node: unknown) => {
    const keys = new Set<string>();
    entries('}', () => {
      if (text[at] !== '"') fail('a key in double quotes is expected');
      const keyLine = line;
      const written = string();
      const key: string = written.includes('\\') ? JSON.parse(written) : written.slice(1, -1);
      if (keys.has(key)) duplicateKey ??= keyLine;
      keys.add(key);
      space();
      if (text[at++] !== ':') fail('a colon is expected after a key');
      value(isMapping(node) && Object.hasOwn(node, key) ? node[key] : undefined);
    });
  };
  const list = (node: unknown) => {
    let index = 0;
    entries(']', () => value(Array.isArray(node) ? node[index++] : undefined));
  };
  const value = (node: unknown): void => {
    space();
    const char = text[at];
    if (typeof node === 'object' && node !== null) lines.set(node, line);
    if (char === '{') mapping(node);
    else if (char === '[') list(node);
    else if (char === '"') string();
    else {
      LITERAL.lastIndex = at;
      if (!LITERAL.test(text)) fail('a value is expected');
      at = LITERAL.lastIndex;
    }
  };
  const end = () => {
    space();
    if (at < text.length) fail('something follows the value');
  };
  return { lines, value, end, line: () => line, duplicateKey: () => duplicateKey };
}
