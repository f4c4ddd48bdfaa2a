import { load } from 'js-yaml';
import { cutList } from '../../src/ingest/yaml-list';

const cut = (text: string, line = 1) => cutList({ bytes: Buffer.from(text), line });

/** Texts that can be cut, with the lines of their items. */
const LISTS: readonly (readonly [string, string, readonly number[]])[] = [
  ['as kubectl writes it', 'apiVersion: v1\nitems:\n- a: 1\n  b:\n  - 2\n- a: 3\nkind: List\nmetadata:\n  x: ""\n', [3, 6]],
  ['with indented items', 'kind: List\nitems:\n  - a: 1\n    b: [\n      2]\n  - a: 3\n', [3, 6]],
  ['with comments and blank lines', '---\n# c\nitems: # d\n# e\n\n- a: 1\n\n# f\n- a: 2\n  # g\n\nkind: List\n', [6, 9]],
  ['with CRLF', 'items:\r\n- a: 1\r\n- a: 2\r\nkind: List\r\n', [2, 3]],
  ['with dashes in block scalars', 'items:\n- a: |\n    - b\n    items:\n   \n  c: >-\n    - d\n- e: 1\n', [2, 8]],
  ['with a dash alone on its line', 'items:\n-\n  a: 1\n- \n  a: 2\n-', [2, 4, 6]],
  ['with items that are lists and scalars', 'items:\n- - a\n  - b\n- c\n- |\n  - d\n', [2, 4, 5]],
  ['that ends with its items', 'items:\n- a', [2]],
];

describe('a list', () => {
  it.each(LISTS)('%s is cut at its items', (_, text, lines) => {
    const list = cut(text);
    expect(list?.items.map(({ line }) => line)).toEqual(lines);
    const whole = load(text) as { readonly items: readonly unknown[] };
    expect(list?.items.map(({ bytes }) => load(bytes.toString()))).toEqual(whole.items.map((item) => [item]));
    const { items: _items, ...rest } = whole;
    expect(load(list!.envelope.toString()) ?? {}).toEqual(rest);
    expect(cut(text, 101)?.items.map(({ line }) => line - 100)).toEqual(lines);
  });

  it.each([
    ['without items', 'kind: Pod\nspec: {}\n'],
    ['with items elsewhere', 'spec:\n  items:\n  - a\n'],
    ['with items in flow style', 'items: [a, b]\nkind: List\n'],
    ['with no items', 'items:\nkind: List\n'],
    ['with an anchor at its items', 'items: &x\n- a\n'],
    ['with a mapping as its items', 'items:\n  a: 1\n'],
    ['with a key that only begins like it', 'itemss:\n- a\nmy-items:\n- b\n'],
    ['with dashes in two columns', 'items:\n  - a\n - b\n'],
    ['with something beside its items', 'items:\n  - a\n  b: 1\n'],
    ['with tabs', 'items:\n\t- a\n'],
    ['whose header ends the text', 'items:'],
  ])('%s is left whole', (_, text) => {
    expect(cut(text)).toBeUndefined();
  });
});
