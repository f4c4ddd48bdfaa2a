import { DEFAULT_LIMITS } from '../../src/ingest/document';
import { Refusal } from '../../src/ingest/limits';
import { splitYamlStream } from '../../src/ingest/yaml-stream';
import { inChunks } from '../support/read-bundle';

async function split(
  text: string,
  chunkBytes = 1000,
  limit = DEFAULT_LIMITS.documentBytes,
): Promise<readonly (readonly [line: number, text: string])[]> {
  const documents: [number, string][] = [];
  for await (const { bytes, line } of splitYamlStream(inChunks(Buffer.from(text), chunkBytes), limit))
    documents.push([line, bytes.toString()]);
  return documents;
}

describe('a YAML stream is cut', () => {
  it.each<[string, string, readonly (readonly [number, string])[]]>([
    ['nowhere in one document', 'a: 1\nb: 2\n', [[1, 'a: 1\nb: 2\n']]],
    [
      'at separators',
      'a: 1\n---\nb: 2\n---\nc: 3',
      [
        [1, 'a: 1\n'],
        [2, '---\nb: 2\n'],
        [4, '---\nc: 3'],
      ],
    ],
    [
      'at separators with CRLF',
      'a: 1\r\n---\r\nb: 2\r\n',
      [
        [1, 'a: 1\r\n'],
        [2, '---\r\nb: 2\r\n'],
      ],
    ],
    [
      'before content on the line of a separator',
      '--- a\n--- {b: 1}\n--- |\n  c\n---\t# d\n',
      [
        [1, '--- a\n'],
        [2, '--- {b: 1}\n'],
        [3, '--- |\n  c\n'],
        [5, '---\t# d\n'],
      ],
    ],
    [
      'into empty documents, too',
      '---\n---\n# x\n---\na',
      [
        [1, '---\n'],
        [2, '---\n# x\n'],
        [4, '---\na'],
      ],
    ],
    ['not at comments before the first separator', '# Source: a\n\n---\na', [[3, '---\na']]],
    [
      'at ends of documents',
      'a\n...\nb\n...\n# c\n',
      [
        [1, 'a\n'],
        [3, 'b\n'],
      ],
    ],
    [
      'at an end followed by a separator',
      '---\na\n...\n---\nb\n',
      [
        [1, '---\na\n'],
        [4, '---\nb\n'],
      ],
    ],
    [
      'before directives',
      '%YAML 1.2\n---\na\n...\n# x\n%TAG ! tag:x,\n---\nb\n',
      [
        [1, '%YAML 1.2\n---\na\n'],
        [5, '# x\n%TAG ! tag:x,\n---\nb\n'],
      ],
    ],
    ['not at dashes that are longer', 'a\n----\n---b\n-----BEGIN\n....\n', [[1, 'a\n----\n---b\n-----BEGIN\n....\n']]],
    ['not at dashes that are indented, as in block scalars', 'a: |\n  ---\n  b\n  ...\n ---\n', [[1, 'a: |\n  ---\n  b\n  ...\n ---\n']]],
    [
      'at a separator that ends the stream',
      'a\n---',
      [
        [1, 'a\n'],
        [2, '---'],
      ],
    ],
    ['into nothing when there is nothing', '# only\n\n# comments', []],
  ])('%s', async (_, text, documents) => {
    for (const size of [1, 2, 3, 4, 5, 7, 1000]) expect(await split(text, size)).toEqual(documents);
  });
});

it('a document that is larger than the limit is refused with its line', async () => {
  const text = `a\n---\n${'b\n'.repeat(100)}`;
  await expect(split(text, 10, 100)).rejects.toMatchObject({ code: 'document-too-large', line: 2 });
  await expect(split(`a\n${'['.repeat(1000)}`, 10, 100)).rejects.toThrow(Refusal);
  expect(await split(text, 10, 1000)).toHaveLength(2);
});
