import type { Chunks } from '../../src/ingest/bytes';
import { DEFAULT_LIMITS } from '../../src/ingest/document';
import { readJson, readJsonLines } from '../../src/ingest/json';
import { inChunks } from '../support/read-bundle';
import { readFound } from '../support/read-found';

const read = (text: string, limits = {}) => readFound(readJson, text, limits);
const lines = (text: string, limits = {}) => readFound(readJsonLines, text, limits);

describe('JSON', () => {
  it('holds one value, or several after each other', async () => {
    expect(await read('{"kind":"A"}')).toEqual(['1:1 {"kind":"A"}']);
    expect(await read('{"kind":"A"}\n{\n"kind":"B"}{"kind":"C"}')).toEqual(['1:1 {"kind":"A"}', '2:2 {"kind":"B"}', '3:3 {"kind":"C"}']);
    expect(await read('{"kind":"A"}\n---\n{"kind":"B"}\n')).toEqual(['1:1 {"kind":"A"}', '2:3 {"kind":"B"}']);
  });

  it('of a list are its items, each with its line', async () => {
    expect(await read('{"kind":"List","apiVersion":"v1","items":[\n{"kind":"A","apiVersion":"v1"},\n{"kind":"B"}]}\n{"kind":"C"}')).toEqual(
      ['1:2 {"kind":"A","apiVersion":"v1"}', '1:3 {"kind":"B"}', '2:4 {"kind":"C"}'],
    );
    expect(await read('[{"kind":"A"},\n[{"kind":"B"}]]')).toEqual(['1:1 {"kind":"A"}', '1:2 {"kind":"B"}']);
  });

  it('of a typed list take its type, wherever it is written', async () => {
    const typed = ['1:2 {"a":1} in a list of v1 Pod', '1:3 {"a":2} in a list of v1 Pod'];
    expect(await read('{"kind":"PodList","apiVersion":"v1","items":[\n{"a":1},\n{"a":2}]}')).toEqual(typed);
    expect(await read('{"apiVersion":"v1","items":[\n{"a":1},\n{"a":2}],"kind":"PodList"}')).toEqual(typed);
    expect(await read('{"items":[\n{"a":1},\n{"a":2}],"kind":"PodList","apiVersion":"v1"}')).toEqual(typed);
  });

  it('of one list in another are its items', async () => {
    expect(await read('{"items":[{"kind":"A","apiVersion":"v1"},{"kind":"PodList","apiVersion":"v1","items":[{"a":1}]}]}')).toEqual([
      '1:1 {"kind":"A","apiVersion":"v1"}',
      '1:1 {"a":1} in a list of v1 Pod',
    ]);
  });

  it('loses no item to a broken one', async () => {
    expect(await read('{"items":[{"kind":"A","apiVersion":"1"},\n{"kind":\nx},\n{"kind":"C","apiVersion":"1"}]}')).toEqual([
      '1:1 {"kind":"A","apiVersion":"1"}',
      '1:3 broken-json',
      '1:4 {"kind":"C","apiVersion":"1"}',
    ]);
  });

  it('loses no item to a list that is broken around them', async () => {
    expect(await read('{"x":y,"items":[{"kind":"A"}]}\n{"kind":"B"}')).toEqual(['1:1 broken-json', '1:1 {"kind":"A"}', '2:2 {"kind":"B"}']);
  });

  it('ends with a word that is none of it', async () => {
    await expect(read('{"kind":"A"}\nhunter2 {"kind":"B"}')).rejects.toMatchObject({
      code: 'broken-json',
      ends: 'file',
      line: 2,
      message: 'this is not valid JSON: a value is expected',
    });
  });

  it('keeps a bounded number of items waiting for the type of their list', async () => {
    const text = `{"items":[${'{"a":1},'.repeat(100)}{}],"kind":"PodList"}`;
    expect(await read(text)).toHaveLength(101);
    await expect(read(text, { documentBytes: 500 })).rejects.toMatchObject({ code: 'document-too-large' });
  });

  it('knows the positions in what is pointed at', async () => {
    const text =
      '{"items":[{"kind":"NetworkPolicy","apiVersion":"v1",\n"spec":{}},\n{"kind":"Pod","apiVersion":"v1",\n"spec":{}},\n{"kind":"HostEndpoint",\n"spec":{}}]}';
    const found: (number | undefined)[] = [];
    for await (const each of readJson(inChunks(Buffer.from(text), 7), DEFAULT_LIMITS)) {
      if (each.kind !== 'value') continue;
      const { kind, spec } = each.found.value as { readonly kind: string; readonly spec: object };
      found.push(each.found.positions(kind).lines.get(spec));
    }
    expect(found).toEqual([2, undefined, 6]);
  });
});

describe('JSON by lines', () => {
  it('holds a value on each', async () => {
    expect(await lines('{"kind":"A"}\n\n  \n{"kind":"B"}\r\n[{"kind":"C"}]')).toEqual([
      '1:1 {"kind":"A"}',
      '2:4 {"kind":"B"}',
      '3:5 {"kind":"C"}',
    ]);
  });

  it('loses no line to a broken one', async () => {
    expect(await lines('{"kind":"A"\n{"kind":"B"}\n}\nword\n{"kind":x}\n{"kind":"C"}')).toEqual([
      '1:1 broken-json',
      '2:2 {"kind":"B"}',
      '3:3 broken-json',
      '4:4 broken-json',
      '5:5 broken-json',
      '6:6 {"kind":"C"}',
    ]);
  });

  it('refuses a line that never ends', async () => {
    const endless: Chunks = inChunks(Buffer.alloc(1000, '['), 10);
    const read = async () => {
      for await (const _ of readJsonLines(endless, { ...DEFAULT_LIMITS, objectBytes: 100 }));
    };
    await expect(read()).rejects.toMatchObject({ code: 'document-too-large', line: 1 });
  });
});
