import fc from 'fast-check';
import { dump, loadAll } from 'js-yaml';
import { DEFAULT_LIMITS } from '../../src/ingest/document';
import { readYaml } from '../../src/ingest/yaml-documents';
import { KUBERNETES_SCHEMA } from '../../src/ingest/yaml-schema';
import { inChunks } from '../support/read-bundle';
import { readFound } from '../support/read-found';

const read = (text: string, limits = {}) => readFound(readYaml, text, limits);

describe('YAML', () => {
  it('holds documents, each with the line of its first key', async () => {
    expect(await read('# c\nkind: A\n---\n# Source: x\n\nkind: B\n--- {kind: C}\n---\n# none\n---\nkind: D')).toEqual([
      '1:2 {"kind":"A"}',
      '2:6 {"kind":"B"}',
      '3:7 {"kind":"C"}',
      '4 empty',
      '5:11 {"kind":"D"}',
    ]);
  });

  it('loses no document to a broken one', async () => {
    expect(await read('kind: A\n---\nkind: "B\n---\nkind: C\n---\na: b: c\n---\nkind: D')).toEqual([
      '1:1 {"kind":"A"}',
      expect.stringMatching(/^2:[34] broken-yaml$/),
      '3:5 {"kind":"C"}',
      expect.stringMatching(/^4:[67] broken-yaml$/),
      '5:9 {"kind":"D"}',
    ]);
  });

  it('reads JSON as what it is, too', async () => {
    expect(await read('{"kind": "A",\n"b": [1,\n2]}\n---\n{"kind": "B"}')).toEqual(['1:1 {"kind":"A","b":[1,2]}', '2:5 {"kind":"B"}']);
  });

  it('of a list are its items, each with its line', async () => {
    expect(await read('apiVersion: v1\nitems:\n- kind: A\n- kind: B\n  b: 1\n-\n  kind: C\nkind: List\n---\nkind: D')).toEqual([
      '1:3 {"kind":"A"}',
      '1:4 {"kind":"B","b":1}',
      '1:7 {"kind":"C"}',
      '2:10 {"kind":"D"}',
    ]);
    expect(await read('kind: List\nitems: [{kind: A},\n{kind: B}]')).toEqual(['1:2 {"kind":"A"}', '1:3 {"kind":"B"}']);
    expect(await read('- kind: A\n- kind: B')).toEqual(['1:1 {"kind":"A"}', '1:2 {"kind":"B"}']);
  });

  it('of a typed list take its type', async () => {
    expect(await read('items:\n- a: 1\nkind: PodList\napiVersion: v1')).toEqual(['1:2 {"a":1} in a list of v1 Pod']);
    expect(await read('kind: PodList\napiVersion: v1\nitems: [{a: 1}]')).toEqual(['1:3 {"a":1} in a list of v1 Pod']);
  });

  it('of lists in lists are their items', async () => {
    const text = 'kind: List\nitems:\n- kind: PodList\n  apiVersion: v1\n  items:\n  - a: 1\n  - a: 2\n- kind: B';
    expect(await read(text)).toEqual(['1:6 {"a":1} in a list of v1 Pod', '1:7 {"a":2} in a list of v1 Pod', '1:8 {"kind":"B"}']);
  });

  it('loses no item to a broken one', async () => {
    expect(await read('kind: List\nitems:\n- kind: A\n- kind: "B\n- kind: C\n')).toEqual([
      '1:3 {"kind":"A"}',
      expect.stringMatching(/^1:[45] broken-yaml$/),
      '1:5 {"kind":"C"}',
    ]);
  });

  it('lets items of a list refer to each other', async () => {
    expect(await read('kind: List\nitems:\n- kind: A\n  x: &x {z: 1}\n- kind: B\n  x: *x\n- kind: C\n  x: *x\n')).toEqual([
      '1:3 {"kind":"A","x":{"z":1}}',
      '1:5 {"kind":"B","x":{"z":1}}',
      '1:7 {"kind":"C","x":{"z":1}}',
    ]);
  });

  it('reads quoted text that goes on further left than it may', async () => {
    expect(await read('kind: List\nitems:\n- kind: A\n  x: "b\n- c"\n- kind: B\n')).toEqual([
      '1:3 {"kind":"A","x":"b - c"}',
      '1:6 {"kind":"B"}',
    ]);
  });

  it('reads the last of two `items`', async () => {
    expect(await read('kind: List\nitems:\n- kind: A\nitems:\n- kind: B\n')).toEqual(['1:5 {"kind":"B"}']);
  });

  it('is limited by what is parsed at once, not by the length of its lists', async () => {
    const list = `kind: List\nitems:\n${'- kind: A\n  b: [1, 2, 3]\n'.repeat(100)}`;
    expect(await read(list, { objectBytes: 100, nodes: 20 })).toHaveLength(100);
    expect(await read(`a: ${'x'.repeat(200)}\n---\nkind: B`, { objectBytes: 100 })).toEqual(['1:1 document-too-large', '2:3 {"kind":"B"}']);
  });

  it('is read as the whole stream would be, however it is written and cut', async () => {
    const value = fc
      .dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1, maxKeys: 4 })
      .filter((object) => !('items' in object));
    const separator = fc.constantFrom('---\n', '--- # c\n', '---\r\n', '...\n---\n', '...\n# c\n%YAML 1.2\n---\n');
    const list = fc.array(value, { minLength: 1, maxLength: 4 }).map((items) => ({ kind: 'List', items }));
    const documents = fc.array(fc.tuple(fc.oneof(value, list), separator, fc.boolean(), fc.constantFrom(-1, 2)), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 50 }), async (written, chunkBytes) => {
        const text = written
          .map(([object, before, noArrayIndent, flowLevel]) => `${before}${dump(object, { noArrayIndent, flowLevel, lineWidth: 20 })}`)
          .join('');
        // js-yaml writes some texts so that it cannot read them back.
        fc.pre(isYaml(text));
        const whole = loadAll(text, null, { schema: KUBERNETES_SCHEMA }).flatMap((document) => {
          const { items } = (document ?? { items: [] }) as { readonly items?: readonly unknown[] };
          return items ?? [document];
        });
        const found: unknown[] = [];
        for await (const each of readYaml(inChunks(Buffer.from(text), chunkBytes), DEFAULT_LIMITS))
          if (each.kind !== 'empty') found.push(each.kind === 'value' ? each.found.value : each);
        expect(found).toEqual(whole);
      }),
      { seed: 4, numRuns: 100 },
    );
  });
});

function isYaml(text: string): boolean {
  try {
    loadAll(text, null, { schema: KUBERNETES_SCHEMA });
    return true;
  } catch {
    return false;
  }
}
