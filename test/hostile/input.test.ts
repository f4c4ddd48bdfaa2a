import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarGzOf, tarOf, zipOf } from '../support/archives';
import { namesOf, problemsOf, readBundle, yamlObject } from '../support/read-bundle';

/*
 * Inputs that mean harm. Each must end in a clear diagnostic, having read no more than it must, and take nothing else with it.
 */

const stored = (name: string) => readFileSync(join(__dirname, name));
const MEBIBYTE = 1024 * 1024;
const SURVIVOR = yamlObject('survivor');

/** A stream of one text over and over, which counts what is taken of it. */
function endless(text: string, bytes: number): { readonly bytes: AsyncIterable<Uint8Array>; readonly taken: () => number } {
  const block = Buffer.from(text.repeat(Math.ceil((64 * 1024) / text.length)));
  let taken = 0;
  async function* blocks() {
    for (; taken < bytes; taken += block.length) yield block;
  }
  return { bytes: blocks(), taken: () => taken };
}

describe('YAML', () => {
  it.each([
    ['billion-laughs.yaml', 'too-many-nodes billion-laughs.yaml:12'],
    ['merge-bomb.yaml', 'too-many-nodes merge-bomb.yaml:7'],
    ['cyclic-policy.yaml', 'cyclic-alias cyclic-policy.yaml:11'],
  ])('with aliases that explode: %s', async (name, problem) => {
    const bundle = await readBundle({ [name]: stored(name) });
    expect(problemsOf(bundle)).toEqual([problem]);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it('with a long list that is a key over and over', async () => {
    const list = `- &a [${'x,'.repeat(5_000)}]\n`;
    const text = `- &a [${Array(10).fill('y'.repeat(100_000)).join(', ')}]\n`;
    for (const [bomb, count] of [
      [list, 10_000],
      [text, 10_000],
    ] as const) {
      const bundle = await readBundle({ 'a.yaml': `${bomb}${'- ? *a\n'.repeat(count)}---\n${SURVIVOR}` }, { nodes: 100_000 });
      expect(problemsOf(bundle)).toEqual([expect.stringMatching(/^too-many-nodes a\.yaml:\d+$/)]);
      expect(namesOf(bundle)).toEqual(['survivor']);
    }
  });

  it.each([
    ['flow sequences', '['],
    ['flow mappings', '{a: '],
    ['block sequences', '- '],
    ['explicit keys', '? '],
    ['tagged flow sequences', '!!seq ['],
    ['anchored flow sequences', '&a ['],
  ])('nested a million times in %s', async (_, opening) => {
    const bundle = await readBundle({ 'a.yaml': `${opening.repeat(1_000_000)}\n---\n${SURVIVOR}` });
    expect(problemsOf(bundle)).toEqual(['nested-too-deeply a.yaml:1']);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it('nested through indentation', async () => {
    const deep = Array.from({ length: 1000 }, (_, level) => `${' '.repeat(level)}a:\n`).join('');
    const bundle = await readBundle({ 'a.yaml': `${deep}---\n${SURVIVOR}` });
    expect(problemsOf(bundle)).toEqual([expect.stringMatching(/^nested-too-deeply a\.yaml:1/)]);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it.each([
    ['null items', '- \n'],
    ['keys', '? \n'],
    ['numbers', '0, '],
  ])('of more nodes than anybody writes: %s', async (_, text) => {
    const opening = text === '0, ' ? '[' : '';
    const bundle = await readBundle({ 'a.yaml': `${opening}${text.repeat(1_000_000)}\n---\n${SURVIVOR}` }, { nodes: 300_000 });
    expect(problemsOf(bundle)).toEqual([expect.stringMatching(/^too-many-nodes a\.yaml:\d+$/)]);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it('of nothing but separators', async () => {
    const bundle = await readBundle({ 'a.yaml': '---\n'.repeat(20_000), 'b.yaml': SURVIVOR }, { documents: 10_000 });
    expect(problemsOf(bundle)).toEqual(['too-many-documents a.yaml:1']);
  });

  it('with keys and texts of megabytes', async () => {
    const long = 'k'.repeat(5 * MEBIBYTE);
    const bundle = await readBundle({
      'a.yaml': `${long}: 1\n${SURVIVOR}`,
      'b.json': `{"${long}":"${long}","apiVersion":"v1","kind":"Pod","metadata":{"name":"second"}}`,
    });
    expect(bundle.diagnostics).toEqual([]);
    expect(namesOf(bundle)).toEqual(['survivor', 'second']);
  });
});

describe('JSON', () => {
  it.each([
    ['a.json', '['],
    ['a.json', '{"a":'],
    ['a.json', '[{"items":['],
  ])('nested a million times: %s of %s', async (name, opening) => {
    const bundle = await readBundle({ [name]: opening.repeat(1_000_000), 'z.yaml': SURVIVOR });
    expect(problemsOf(bundle)).toEqual([expect.stringMatching(/^(nested-too-deeply|broken-json) a\.json:1$/)]);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it('nested in one item of a list, which spoils no other', async () => {
    const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const item = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name } });
    const bundle = await readBundle({ 'a.json': `{"kind":"List","items":[${item('a')},\n${deep},\n{"x":${deep}},\n${item('b')}]}` });
    expect(problemsOf(bundle)).toEqual(['nested-too-deeply a.json:2', 'nested-too-deeply a.json:3']);
    expect(namesOf(bundle)).toEqual(['a', 'b']);
  });

  it('of values that are nothing, which are not told one by one', async () => {
    const bundle = await readBundle({ 'a.ndjson': '0\n'.repeat(10_000), 'b.json': `[${'0,\n'.repeat(10_000)}0]`, 'z.yaml': SURVIVOR });
    expect(bundle.diagnostics).toHaveLength(202);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });
});

describe('keys that every object seems to have', () => {
  it.each(['prototype-keys.yaml', 'prototype-keys.json'])('stay keys: %s', async (name) => {
    const { documents, diagnostics } = await readBundle({ [name]: stored(name) });
    expect(diagnostics).toEqual([]);
    const { metadata } = documents[0]!.object as { readonly metadata: { readonly labels: object } };
    expect(Object.keys(metadata.labels)).toEqual(['__proto__', 'constructor', 'toString', 'hasOwnProperty']);
    for (const object of [documents[0]!.object, metadata, metadata.labels]) expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('bytes that are no text', () => {
  it.each([
    ['a NUL in YAML', 'a.yaml', Buffer.from(`a: 1\nb: \0\n---\n${SURVIVOR}`), 'not-text a.yaml:2'],
    [
      'a NUL in JSON',
      'a.json',
      Buffer.from('{"a":\n"\0"}\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"survivor"}}'),
      'not-text a.json:2',
    ],
    [
      'no UTF-8 in YAML',
      'a.yaml',
      Buffer.concat([Buffer.from('a: 1\nb: '), Buffer.from([0xc3, 0x28]), Buffer.from(`\n---\n${SURVIVOR}`)]),
      'invalid-utf8 a.yaml:2',
    ],
    [
      'no UTF-8 in a line',
      'a.ndjson',
      Buffer.concat([
        Buffer.from('{}\n"'),
        Buffer.from([0xff]),
        Buffer.from('"\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"survivor"}}'),
      ]),
      'invalid-utf8 a.ndjson:2',
    ],
    [
      'an overlong slash',
      'a.yaml',
      Buffer.concat([Buffer.from('a: '), Buffer.from([0xc0, 0xaf]), Buffer.from(`\n---\n${SURVIVOR}`)]),
      'invalid-utf8 a.yaml:1',
    ],
    [
      'half a surrogate',
      'a.yaml',
      Buffer.concat([Buffer.from('a: '), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(`\n---\n${SURVIVOR}`)]),
      'invalid-utf8 a.yaml:1',
    ],
  ])('%s', async (_, name, bytes, problem) => {
    const bundle = await readBundle({ [name]: bytes });
    expect(problemsOf(bundle).filter((each) => !each.startsWith('no-kind'))).toEqual([problem]);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it('a program that is called a manifest', async () => {
    const program = Buffer.alloc(100_000, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 0xff, 0x0a]));
    const bundle = await readBundle({
      'a.yaml': program,
      'b.json': program,
      'c.tgz': program,
      'd.zip': program,
      'e.tar': program,
      z: program,
    });
    expect(bundle.documents).toEqual([]);
    expect(problemsOf(bundle)).toEqual([
      'not-text a.yaml:1',
      'not-text b.json:1',
      'archive-broken c.tgz:1',
      'archive-broken d.zip:1',
      'archive-broken e.tar:1',
      'files-skipped',
    ]);
  });
});

describe('what never ends', () => {
  it.each([
    ['a.yaml', '[', 'document-too-large'],
    ['a.json', '[', 'bundle-too-large'],
    ['a.json', '{"a":', 'bundle-too-large'],
    ['a.json', '"a', 'document-too-large'],
    ['a.ndjson', '[', 'document-too-large'],
    ['-', '[', 'document-too-large'],
    ['a.yaml', 'a: b\n', 'document-too-large'],
    ['a.yaml', '# a\n', 'document-too-large'],
    ['a.zip', 'a', 'bundle-too-large'],
    ['a.tar', '\0', 'bundle-too-large'],
  ])('is given up: %s of %j', async (name, text, code) => {
    const stream = endless(text, 100 * MEBIBYTE);
    const bundle = await readBundle(
      { [name]: stream.bytes, 'z.yaml': SURVIVOR },
      { documentBytes: 8 * MEBIBYTE, objectBytes: 4 * MEBIBYTE, bytes: 16 * MEBIBYTE },
    );
    expect(bundle.diagnostics).toHaveLength(1);
    expect(bundle.diagnostics[0]!.code).toBe(code);
    expect(stream.taken()).toBeLessThanOrEqual(17 * MEBIBYTE);
  });
});

describe('archives', () => {
  const bomb = Buffer.alloc(64 * MEBIBYTE);

  it.each([
    ['a.yaml.gz', async () => gzipSync(bomb)],
    ['a.tgz', () => tarGzOf([{ name: 'a.yaml', content: bomb }])],
    ['a.tgz', () => tarGzOf([{ name: 'a.md', content: bomb }])],
    ['a.zip', async () => zipOf([{ name: 'a.yaml', content: bomb }])],
    ['-', () => tarGzOf([{ name: 'a.yaml', content: bomb }])],
  ])('that are bombs are told once: %s', async (name, make) => {
    const bundle = await readBundle({ [name]: await make(), 'z.yaml': SURVIVOR });
    expect(bundle.diagnostics.map(({ code }) => code).filter((code) => code !== 'files-skipped')).toEqual(['packed-too-densely']);
    expect(namesOf(bundle)).toEqual(['survivor']);
  });

  it('that unpack to too much together end the bundle', async () => {
    const part = gzipSync(Buffer.from(`${SURVIVOR}---\n`.repeat(1000)));
    const bundle = await readBundle({ 'a.gz': part, 'b.gz': part, 'z.yaml': SURVIVOR }, { unpackedBytes: 90_000 });
    expect(problemsOf(bundle)).toEqual(['unpacked-too-large b.gz:1']);
  });

  it('that promise a gigabyte are taken at what they have', async () => {
    const tar = await tarOf([{ name: 'a.yaml', content: SURVIVOR }]);
    tar.write('07777777777 ', 124);
    const sum = tar.subarray(0, 512).reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
    tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    expect(problemsOf(await readBundle({ 'a.tar': tar }))).toEqual(['archive-broken a.tar/a.yaml:1']);
    const zip = zipOf([{ name: 'a.yaml', content: SURVIVOR, size: 2 ** 30 }]);
    expect(problemsOf(await readBundle({ 'a.zip': zip }))).toEqual(['archive-entry-broken a.zip/a.yaml:1']);
  });

  it('of a hundred thousand files end where the limit is', async () => {
    const members = Array.from({ length: 2000 }, (_, i) => ({ name: `${i}.yaml`, content: '' }));
    expect(problemsOf(await readBundle({ 'a.tgz': await tarGzOf(members) }, { files: 1000 }))).toEqual([
      expect.stringMatching(/^too-many-files /),
    ]);
    expect(problemsOf(await readBundle({ 'a.zip': zipOf(members) }, { files: 1000 }))).toEqual([expect.stringMatching(/^too-many-files /)]);
  });

  it.each([1, 100, 511, 512, 513, 1000, 1535])('cut off after %d bytes are told', async (bytes) => {
    const members = [
      { name: 'a.yaml', content: SURVIVOR },
      { name: 'b.yaml', content: SURVIVOR },
    ];
    const tar = await tarOf(members);
    for (const [name, archive] of [
      ['a.tar', tar],
      ['a.tgz', gzipSync(tar, { level: 0 })],
      ['a.zip', zipOf(members)],
    ] as const) {
      const { diagnostics } = await readBundle({ [name]: archive.subarray(0, Math.min(bytes, archive.length - 1)) });
      // A tar archive that ends between its members cannot be told from a whole one.
      if (name === 'a.tar' && bytes % 512 === 0 && bytes !== 512) continue;
      expect(diagnostics.map(({ code }) => code)).toEqual(['archive-broken']);
    }
  });
});

it('whatever the bytes are, reading them ends without an exception', async () => {
  const seeds = ['billion-laughs.yaml', 'planted-secrets.yaml', 'planted-secrets.json', 'prototype-keys.json'].map(stored);
  const archives = await Promise.all(
    [tarOf, tarGzOf, async (members: Parameters<typeof zipOf>[0]) => zipOf(members)].map((make) =>
      make([
        { name: 'a.yaml', content: SURVIVOR },
        { name: 'b.json', content: '{}' },
      ]),
    ),
  );
  let state = 7;
  const random = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % below;
  };
  for (let run = 0; run < 400; run++) {
    const [seed] = [[...seeds, ...archives][random(seeds.length + archives.length)]!];
    const bytes = Buffer.from(seed!);
    for (let change = 0; change < 1 + random(8); change++)
      bytes[random(bytes.length)] = random(4) === 0 ? random(256) : Buffer.from('{}[]"\':-#&*!|>%@`,?\n \t\\0a')[random(26)]!;
    const cut = bytes.subarray(random(4) === 0 ? random(bytes.length) : 0, random(4) === 0 ? random(bytes.length) : bytes.length);
    for (const name of ['a.yaml', 'a.json', 'a.ndjson', 'a.tgz', '-']) await readBundle({ [name]: cut });
  }
});
