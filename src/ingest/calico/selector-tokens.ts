/*
 * Words of Calico's selector language (libcalico-go/lib/selector/tokenizer/tokenizer.go).
 *
 * White space is the space and the tab, nothing else. A word such as `in` is an operator only right after a label key, so that it may be a key as well;
 * `has(`, `all(` and `global(` take no space before their parenthesis. Texts are quoted with either quote and know no escapes.
 */

/** Signs and words by themselves, and the rest by what it is. */
export type TokenKind =
  | 'key'
  | 'text'
  | '('
  | ')'
  | '{'
  | '}'
  | ','
  | '=='
  | '!='
  | '!'
  | '&&'
  | '||'
  | 'in'
  | 'not in'
  | 'contains'
  | 'starts with'
  | 'ends with'
  | 'has'
  | 'all'
  | 'global'
  | 'end';

/** One word of a selector. */
export interface Token {
  readonly kind: TokenKind;
  /** The key of `key` and `has`, the value of `text`; else empty. */
  readonly value: string;
  /** Offset of its first character. */
  readonly at: number;
}

/** Where a selector stops making sense, as an offset, and what would make sense there. */
export interface SelectorProblem {
  readonly at: number;
  readonly expected: string;
}

/** What must follow a label key. */
export const OPERATORS_EXPECTED = 'an operator (`==`, `!=`, `in`, `not in`, `contains`, `starts with` or `ends with`)';
/** In characters. */
export const LONGEST_KEY = 512;

/** Two-word operators may be written without the space. */
const WORDS: readonly (readonly [kind: TokenKind, first: string, second: string])[] = [
  ['contains', 'contains', ''],
  ['starts with', 'starts', 'with'],
  ['ends with', 'ends', 'with'],
  ['not in', 'not', 'in'],
  ['in', 'in', ''],
];
const CALLS = ['has', 'all', 'global'] as const;
const SINGLE = new Set<string>(['(', ')', '{', '}', ',']);
const DOUBLED: Readonly<Record<string, TokenKind>> = { '=': '==', '&': '&&', '|': '||' };
const KEY = /[a-zA-Z0-9_./-]+/y;

/** The words of a selector, ending in `end`; or where it goes wrong. Takes time in proportion to its length. */
export function tokensOf(text: string): readonly Token[] | SelectorProblem {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at = afterSpace(text, at);
    if (at === text.length) {
      tokens.push({ kind: 'end', value: '', at });
      return tokens;
    }
    const next = tokenAt(text, at, tokens.at(-1)?.kind === 'key');
    if ('expected' in next) return next;
    tokens.push(next.token);
    at = next.end;
  }
}

type Step = { readonly token: Token; readonly end: number } | SelectorProblem;

function tokenAt(text: string, at: number, afterKey: boolean): Step {
  const char = text[at]!;
  const plain = (kind: TokenKind, length: number): Step => ({ token: { kind, value: '', at }, end: at + length });
  if (SINGLE.has(char)) return plain(char as TokenKind, 1);
  if (char === '!') return text[at + 1] === '=' ? plain('!=', 2) : plain('!', 1);
  const doubled = DOUBLED[char];
  if (doubled) return text[at + 1] === char ? plain(doubled, 2) : { at, expected: `\`${doubled}\`` };
  if (char === '"' || char === "'") {
    const end = text.indexOf(char, at + 1);
    if (end < 0)
      return {
        at: text.length,
        expected: `the closing ${char === '"' ? 'double' : 'single'} quote of the text that begins at character ${at + 1}`,
      };
    return { token: { kind: 'text', value: text.slice(at + 1, end), at }, end: end + 1 };
  }
  if (char === '\n' || char === '\r') return { at, expected: 'a selector on one line (a line break is no white space here)' };
  if (afterKey) return operatorAt(text, at);
  for (const call of CALLS) if (text.startsWith(`${call}(`, at)) return callAt(text, at, call);
  const key = keyAt(text, at);
  if (key === '') return { at, expected: 'a label key, `has(…)`, `all()`, `global()`, `!` or `(`' };
  if (key.length > LONGEST_KEY) return { at, expected: `a label key of at most ${LONGEST_KEY} characters` };
  return { token: { kind: 'key', value: key, at }, end: at + key.length };
}

function operatorAt(text: string, at: number): Step {
  for (const [kind, first, second] of WORDS) {
    if (!text.startsWith(first, at)) continue;
    const start = second === '' ? at + first.length : afterSpace(text, at + first.length);
    const end = start + second.length;
    if (text.startsWith(second, start) && keyAt(text, end) === '') return { token: { kind, value: '', at }, end };
  }
  return { at, expected: OPERATORS_EXPECTED };
}

function callAt(text: string, start: number, kind: (typeof CALLS)[number]): Step {
  let at = afterSpace(text, start + kind.length + 1);
  const value = kind === 'has' ? keyAt(text, at) : '';
  if (kind === 'has' && value === '') return { at, expected: 'a label key' };
  if (value.length > LONGEST_KEY) return { at, expected: `a label key of at most ${LONGEST_KEY} characters` };
  at = afterSpace(text, at + value.length);
  if (text[at] !== ')') return { at, expected: '`)`' };
  return { token: { kind, value, at: start }, end: at + 1 };
}

function afterSpace(text: string, at: number): number {
  let next = at;
  while (text[next] === ' ' || text[next] === '\t') next++;
  return next;
}

function keyAt(text: string, at: number): string {
  KEY.lastIndex = at;
  return KEY.exec(text)?.[0] ?? '';
}
