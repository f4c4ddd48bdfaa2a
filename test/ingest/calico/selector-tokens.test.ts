import { tokensOf } from '../../../src/ingest/calico/selector-tokens';

/** Kinds of the tokens, with values in parentheses; or `offset: what is expected`. */
function tokens(text: string): string {
  const read = tokensOf(text);
  if ('expected' in read) return `${read.at}: ${read.expected}`;
  return read.map(({ kind, value }) => (value === '' ? kind : `${kind}(${value})`)).join(' ');
}

test.each([
  ['', 'end'],
  [' \t', 'end'],
  ["a=='b'", 'key(a) == text(b) end'],
  ['a != "b"', 'key(a) != text(b) end'],
  ['a == ""', 'key(a) == text end'],
  [`a == "it's"`, "key(a) == text(it's) end"],
  ["a == 'x\ny'", 'key(a) == text(x\ny) end'],
  ['a contains "b"', 'key(a) contains text(b) end'],
  ["a starts with 'b'", 'key(a) starts with text(b) end'],
  ["a startswith 'b'", 'key(a) starts with text(b) end'],
  ["a ends \t with'b'", 'key(a) ends with text(b) end'],
  ["a not in {'b', 'c',}", 'key(a) not in { text(b) , text(c) , } end'],
  ["a notin{'b'}", 'key(a) not in { text(b) } end'],
  ["in in {'b'}", 'key(in) in { text(b) } end'],
  ["in == 'x'", 'key(in) == text(x) end'],
  ["has == 'x'", 'key(has) == text(x) end'],
  ["not == 'x'", 'key(not) == text(x) end'],
  ['has( a )', 'has(a) end'],
  ['all( )&&!global()||( all() )', 'all && ! global || ( all ) end'],
  ["projectcalico.org/name == 'x'", 'key(projectcalico.org/name) == text(x) end'],
  ["-/._0 == 'x'", 'key(-/._0) == text(x) end'],
])('%j is %s', (text, expected) => {
  expect(tokens(text)).toBe(expected);
});

test.each([
  ["a = 'b'", '2: `==`'],
  ['a & b', '2: `&&`'],
  ["a=='b' & c", '7: `&&`'],
  ["a=='b' | c", '7: `||`'],
  ["a == 'b", '7: the closing single quote of the text that begins at character 6'],
  ['a == "b\'', '8: the closing double quote of the text that begins at character 6'],
  ['a b', '2: an operator'],
  ["a inb {'x'}", '2: an operator'],
  ["a starts 'x'", '2: an operator'],
  ["a containsb 'x'", '2: an operator'],
  ['has()', '4: a label key'],
  ['has(a b)', '6: `)`'],
  ['all(x)', '4: `)`'],
  ['%', '0: a label key'],
  ["a == 'b'\n", '8: a selector on one line'],
  ["a\r == 'b'", '1: a selector on one line'],
  [`${'k'.repeat(513)} == 'x'`, '0: a label key of at most 512 characters'],
  [`has(${'k'.repeat(513)})`, '4: a label key of at most 512 characters'],
])('%j goes wrong at %s', (text, problem) => {
  expect(tokens(text)).toContain(problem);
  expect(tokens(text).split(':')[0]).toBe(problem.split(':')[0]);
});

test('a key of 512 characters is one', () => {
  expect(tokens(`has(${'k'.repeat(512)})`)).toBe(`has(${'k'.repeat(512)}) end`);
});
