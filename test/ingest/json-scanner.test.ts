import fc from 'fast-check';
import { DEFAULT_LIMITS, type Limits } from '../../src/ingest/document';
import { scanJson } from '../../src/ingest/json-scanner';

/** What is found, as `kind line text`. */
function scan(text: string, chunkBytes = 1000, limits: Partial<Limits> = {}): readonly string[] {
  const scanner = scanJson({ ...DEFAULT_LIMITS, ...limits });
  const bytes = Buffer.from(text);
  const found: string[] = [];
  const take = (parts: ReturnType<typeof scanner.push>) => {
    for (const part of parts)
      found.push(`${part.kind} ${part.line} ${part.kind === 'refused' ? part.refusal.code : part.bytes.toString()}`);
  };
  for (let i = 0; i < bytes.length; i += chunkBytes) take(scanner.push(bytes.subarray(i, i + chunkBytes)));
  take(scanner.end());
  return found;
}

describe('a JSON stream', () => {
  it.each<[string, string, readonly string[]]>([
    ['with one object', ' {"a": [1, {"b": "]}"}]}\n', ['value 1 {"a": [1, {"b": "]}"}]}']],
    [
      'with several objects',
      '{"a":1}\n{"b":2} {"c":3}{"d":4}',
      ['value 1 {"a":1}', 'value 2 {"b":2}', 'value 2 {"c":3}', 'value 2 {"d":4}'],
    ],
    [
      'with a list',
      '{"kind":"List",\n"items":[\n{"a":1},\n {"b":[2]}\n],"x":1}',
      ['list 1 {"kind":"List",\n"items":[', 'item 3 {"a":1}', 'item 4 {"b":[2]}', 'list-end 1 {"kind":"List",\n"items":[],"x":1}'],
    ],
    ['with an empty list', '{"items":[ ]}', ['list 1 {"items":[', 'list-end 1 {"items":[]}']],
    [
      'with an array',
      '[{"a":1},\n2,\n"b,]", [3]]',
      ['list 1 [', 'item 1 {"a":1}', 'item 2 2', 'item 3 "b,]"', 'item 3 [3]', 'list-end 1 []'],
    ],
    [
      'with a list after a list',
      '{"items":[1]}\n{"items":[2]}',
      ['list 1 {"items":[', 'item 1 1', 'list-end 1 {"items":[]}', 'list 2 {"items":[', 'item 2 2', 'list-end 2 {"items":[]}'],
    ],
    ['with items that are no array', '{"items":{"a":[1]}}', ['value 1 {"items":{"a":[1]}}']],
    ['with items deeper down', '{"spec":{"items":[1]},"a":[1]}', ['value 1 {"spec":{"items":[1]},"a":[1]}']],
    ['with a value called items', '{"a":"items","b":[1]}', ['value 1 {"a":"items","b":[1]}']],
    ['with keys that begin with or end in items', '{"itemsX":[1],"xitems":[2]}', ['value 1 {"itemsX":[1],"xitems":[2]}']],
    [
      'with quotes and backslashes in texts',
      '{"a":"\\"{","b\\\\":"\\\\"}{"c":1}',
      ['value 1 {"a":"\\"{","b\\\\":"\\\\"}', 'value 1 {"c":1}'],
    ],
    [
      'with scalars',
      '1 true\n"a b"null\n---\n{"a":1}',
      ['value 1 1', 'value 1 true', 'value 2 "a b"', 'value 2 null', 'value 3 ---', 'value 4 {"a":1}'],
    ],
    [
      'with letters of several bytes',
      '{"items":["ö☸",{"ü":"🐳"}]}',
      ['list 1 {"items":[', 'item 1 "ö☸"', 'item 1 {"ü":"🐳"}', 'list-end 1 {"items":[]}'],
    ],
    ['with nothing', ' \n\t\r\n', []],
  ])('%s is cut where its values end, in chunks of any size', (_, text, parts) => {
    for (const size of [1, 2, 3, 5, 8, 1000]) expect(scan(text, size)).toEqual(parts);
  });

  it.each([
    ['{"a":1', 'the file ends inside a value'],
    ['{"items":[{"a":1}', 'the file ends inside a value'],
    ['["a', 'the file ends inside a value'],
    ['"a', 'the file ends inside a value'],
    ['{"a":1}}', 'a closing bracket without an opening one'],
    ['[{"a":1}}', 'a list is not closed as it was opened'],
    ['[1,]', 'a list is not closed as it was opened'],
    ['[,1]', 'a comma without an item before it'],
    ['[1,,2]', 'a comma without an item before it'],
    ['[{} {}]', 'a comma is missing between two items'],
    ['{},{}', 'a comma outside of lists and objects'],
    ['{"items":[1],"items":[2]}', 'the key `items` is written twice'],
  ])('that goes wrong ends: %s', (text, reason) => {
    for (const size of [1, 1000]) expect(() => scan(text, size)).toThrow(reason);
  });

  it('is cut into values that are JSON, whatever they are', () => {
    const value = fc.jsonValue({ maxDepth: 4 }).filter((written) => typeof written === 'object' && written !== null);
    fc.assert(
      fc.property(fc.array(value, { maxLength: 4 }), fc.nat(3), fc.integer({ min: 1, max: 20 }), (values, indent, size) => {
        const text = values.map((written) => JSON.stringify(written, null, indent)).join(indent % 2 ? '\n' : '');
        const read: unknown[] = [];
        let items: unknown[] = [];
        for (const part of scan(text, size)) {
          const [, kind, json] = /^(\S+) \d+ ([\s\S]*)$/.exec(part)!;
          if (kind === 'value') read.push(JSON.parse(json!));
          else if (kind === 'list') items = [];
          else if (kind === 'item') items.push(JSON.parse(json!));
          else if (kind === 'list-end') {
            const list: unknown = JSON.parse(json!);
            read.push(Array.isArray(list) ? items : { ...(list as object), items });
          }
        }
        expect(read).toEqual(JSON.parse(JSON.stringify(values)));
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

describe('limits', () => {
  const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

  it('depth is counted from a value or an item, and spoils nothing else', () => {
    const limits = { depth: 3 };
    expect(scan('{"a":{"b":{}}}', 2, limits)).toEqual(['value 1 {"a":{"b":{}}}']);
    expect(scan('{"a":{"b":{"c":{}}}}{"d":1}', 2, limits)).toEqual(['refused 1 nested-too-deeply', 'value 1 {"d":1}']);
    expect(scan(`[${nested(3)},\n${nested(4)},\n5]`, 2, limits)).toEqual([
      'list 1 [',
      'item 1 [[[1]]]',
      'refused 2 nested-too-deeply',
      'item 3 5',
      'list-end 1 []',
    ]);
    expect(() => scan('['.repeat(1000), 7, limits)).toThrow('nested more than 3 levels');
  });

  it('nodes are keys and values', () => {
    expect(scan('{"a":[1,2]}', 2, { nodes: 5 })).toEqual(['value 1 {"a":[1,2]}']);
    expect(scan('[[1,2,3,4,5,6],\n7]', 2, { nodes: 5 })).toEqual(['list 1 [', 'refused 1 too-many-nodes', 'item 2 7', 'list-end 1 []']);
  });

  it('bytes are counted for what is parsed at once', () => {
    const long = JSON.stringify('x'.repeat(100));
    expect(scan(`[${long},\n1]`, 10, { objectBytes: 102 })).toEqual(['list 1 [', `item 1 ${long}`, 'item 2 1', 'list-end 1 []']);
    expect(scan(`[${long},\n1]`, 10, { objectBytes: 100 })).toEqual([
      'list 1 [',
      'refused 1 document-too-large',
      'item 2 1',
      'list-end 1 []',
    ]);
  });
});
