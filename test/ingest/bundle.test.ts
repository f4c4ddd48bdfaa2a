import { gzipSync } from 'node:zlib';
import { noOmissions, textFilesOf } from '../../src/ingest/bundle';
import { collect } from '../../src/ingest/bytes';
import { type BundleFile, DEFAULT_LIMITS } from '../../src/ingest/document';
import { budgetOf, Refusal } from '../../src/ingest/limits';
import { tarGzOf, tarOf, zipOf } from '../support/archives';
import { inChunks } from '../support/read-bundle';

const MANIFEST = 'kind: Pod\n';
const JSON_TEXT = '{"kind": "Pod"}';

/** Texts as `format path`, and what was reported. */
async function unwrap(path: string, bytes: string | BundleFile['bytes'], limits = {}) {
  const texts: string[] = [];
  const reported: string[] = [];
  const omissions = noOmissions();
  const budget = budgetOf({ ...DEFAULT_LIMITS, ...limits });
  const tell = (error: unknown, file: string) => {
    if (!(error instanceof Refusal) || error.ends === 'bundle') throw error;
    reported.push(`${error.code} ${file}`);
  };
  const unpacking = {
    budget,
    omissions,
    tell,
    report: ({ code, message }: { readonly code: string; readonly message: string }) => reported.push(`${code} ${message}`),
  };
  for await (const text of textFilesOf({ path, bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes }, unpacking)) {
    texts.push(`${text.format} ${text.path}`);
    await collect(text.chunks).catch((error: unknown) => tell(error, text.path));
  }
  omissions.tell(({ code, message }) => reported.push(`${code} ${message}`));
  return { texts, reported, spent: budget.spent };
}

const texts = async (path: string, bytes: string | BundleFile['bytes']) => (await unwrap(path, bytes)).texts;

describe('a file', () => {
  it('of text is itself', async () => {
    expect(await texts('a.yaml', MANIFEST)).toEqual(['yaml a.yaml']);
    expect(await texts('a.json', JSON_TEXT)).toEqual(['json a.json']);
    expect(await texts('a.ndjson', JSON_TEXT)).toEqual(['lines a.ndjson']);
    expect(await texts('a.yaml', '')).toEqual(['yaml a.yaml']);
  });

  it('in a stream is told by its content', async () => {
    for (const name of ['-', 'stdin', '']) {
      expect(await texts(name, MANIFEST)).toEqual(['yaml stdin']);
      expect(await texts(name, 'anything')).toEqual(['yaml stdin']);
      expect(await texts(name, ` ${JSON_TEXT}`)).toEqual(['either stdin']);
      expect(await texts(name, gzipSync(JSON_TEXT))).toEqual(['either stdin']);
      expect(await texts(name, await tarGzOf([{ name: 'ns/a.yaml', content: MANIFEST }]))).toEqual(['yaml ns/a.yaml']);
      expect(await texts(name, zipOf([{ name: 'a.json', content: JSON_TEXT }]))).toEqual(['json a.json']);
    }
  });

  it('of unknown name is read when it begins like a manifest', async () => {
    expect(await texts('manifest', MANIFEST)).toEqual(['yaml manifest']);
    expect(await texts('dump.out', `# c\n---\n${MANIFEST}`)).toEqual(['yaml dump.out']);
    expect(await texts('README.md', '# Title\n\nSome words.\nkind: of\n')).toEqual([]);
    expect(await texts('Dockerfile', 'FROM node')).toEqual([]);
  });

  it('is told by its content where its name is wrong', async () => {
    expect(await texts('a.yaml', JSON_TEXT)).toEqual(['either a.yaml']);
    expect(await texts('a.json', MANIFEST)).toEqual(['yaml a.json']);
    expect(await texts('a.yaml', gzipSync(MANIFEST))).toEqual(['yaml a.yaml']);
    expect(await texts('a.tar', await tarGzOf([{ name: 'b.yaml', content: MANIFEST }]))).toEqual(['yaml a.tar/b.yaml']);
    expect(await texts('a.yaml', Buffer.from(`\uFEFF${JSON_TEXT}`, 'utf16le'))).toEqual(['either a.yaml']);
  });

  it('that is packed is what it holds', async () => {
    expect(await texts('a.yaml.gz', gzipSync(MANIFEST))).toEqual(['yaml a.yaml.gz']);
    expect(await texts('a.gz', gzipSync(JSON_TEXT))).toEqual(['either a.gz']);
    for (const name of ['a.tgz', 'a.tar.gz'])
      expect(await texts(name, await tarGzOf([{ name: './b.yaml', content: MANIFEST }]))).toEqual([`yaml ${name}/b.yaml`]);
    expect(await texts('a.zip', zipOf([{ name: 'b/' }, { name: 'b/c.yaml', content: MANIFEST }]))).toEqual(['yaml a.zip/b/c.yaml']);
    expect(await texts('a.tar', await tarOf([{ name: 'b.yaml.gz', content: gzipSync(MANIFEST) }]))).toEqual(['yaml a.tar/b.yaml.gz']);
  });

  it('may be streamed', async () => {
    const bytes = await tarGzOf([{ name: 'a.yaml', content: MANIFEST }]);
    for (const size of [1, 50]) expect(await texts('x.tgz', inChunks(bytes, size))).toEqual(['yaml x.tgz/a.yaml']);
  });

  it('has a path that confuses no terminal', async () => {
    expect(await texts('a\u001b[31m.yaml', MANIFEST)).toEqual(['yaml a\uFFFD[31m.yaml']);
  });
});

describe('left out', () => {
  it('are files that are no manifests by their names, and told once', async () => {
    const names = [
      'README.md',
      'main.go',
      'pods/logs.txt',
      'chart/values.yaml',
      'chart/Chart.yaml',
      '.git/config.yaml',
      'LICENSE',
      '.travis.yml',
    ];
    const { texts, reported } = await unwrap(
      'a.tgz',
      await tarGzOf([...names.map((name) => ({ name, content: 'words' })), { name: 'a.yaml', content: MANIFEST }]),
    );
    expect(texts).toEqual(['yaml a.tgz/a.yaml']);
    expect(reported).toEqual([
      'files-skipped left out, as by their names they are no manifests: `a.tgz/README.md`, `a.tgz/main.go`, `a.tgz/pods/logs.txt` and 5 more',
    ]);
  });

  it('are kustomizations, and told once', async () => {
    const members = ['base/kustomization.yaml', 'overlay/Kustomization'].map((name) => ({ name, content: 'resources: []' }));
    expect((await unwrap('a.tgz', await tarGzOf(members))).reported).toEqual([
      'kustomization-not-applied kustomizations are not applied, the files beside them were read as they are: `a.tgz/base/kustomization.yaml`, `a.tgz/overlay/Kustomization`; render them first',
    ]);
  });

  it('are archives in archives, and told once', async () => {
    const inner = await tarGzOf([{ name: 'b.yaml', content: MANIFEST }]);
    const members = [
      { name: 'charts/b.tgz', content: inner },
      { name: 'c.zip', content: zipOf([{ name: 'd.yaml', content: MANIFEST }]) },
      { name: 'a.yaml', content: MANIFEST },
    ];
    const told = (archive: string) => [
      `nested-archive not opened, as they lie in an archive themselves: \`${archive}/charts/b.tgz\`, \`${archive}/c.zip\``,
    ];
    expect(await unwrap('a.zip', zipOf(members))).toMatchObject({ texts: ['yaml a.zip/a.yaml'], reported: told('a.zip') });
    expect(await unwrap('a.tar', await tarOf(members))).toMatchObject({ texts: ['yaml a.tar/a.yaml'], reported: told('a.tar') });
    expect((await unwrap('a.gz', gzipSync(gzipSync(MANIFEST)))).reported).toEqual([
      'nested-archive not opened, as they lie in an archive themselves: `a.gz`',
    ]);
  });
});

describe('in an archive', () => {
  const rest = { name: 'z.yaml', content: MANIFEST };

  it.each(['../../etc/x.yaml', '/x.yaml', 'a\u001b]0;x.yaml'])('the name %j is refused, and nothing else', async (name) => {
    for (const [path, bytes] of [
      ['a.tar', await tarOf([{ name, content: MANIFEST }, rest])],
      ['a.zip', zipOf([{ name, content: MANIFEST }, rest])],
    ] as const) {
      const { texts, reported } = await unwrap(path, bytes);
      expect(texts).toEqual([`yaml ${path}/z.yaml`]);
      expect(reported).toEqual([
        expect.stringMatching(/^archive-entry-unsafe a name in the archive leads out of it, and the file was not read: `[^\p{Cc}]+`$/u),
      ]);
    }
  });

  it('links and devices are not followed', async () => {
    const tar = await tarOf([{ name: 'a.yaml', type: 'symlink', linkname: '/etc/passwd' }, { name: 'b.yaml', type: 'fifo' }, rest]);
    expect(await unwrap('a.tar', tar)).toMatchObject({
      texts: ['yaml a.tar/z.yaml'],
      reported: [
        'archive-entry-not-a-file a link in the archive was not followed: `a.yaml`',
        'archive-entry-not-a-file a device or pipe in the archive was not followed: `b.yaml`',
      ],
    });
    expect((await unwrap('a.zip', zipOf([{ name: 'a.yaml', mode: 0o120777, content: '/etc/passwd' }, rest]))).texts).toEqual([
      'yaml a.zip/z.yaml',
    ]);
  });

  it('files of one name are all read', async () => {
    const { texts, reported } = await unwrap(
      'a.tar',
      await tarOf([{ name: 'z.yaml', content: 'a: 1' }, { name: './z.yaml', content: 'a: 2' }, rest]),
    );
    expect(texts).toEqual(['yaml a.tar/z.yaml', 'yaml a.tar/z.yaml', 'yaml a.tar/z.yaml']);
    expect(reported).toEqual(Array(2).fill(expect.stringMatching(/^duplicate-path .*z\.yaml`$/)));
  });

  it('a damaged file spoils no other', async () => {
    const { texts, reported } = await unwrap(
      'a.zip',
      zipOf([{ name: 'a.yaml', content: MANIFEST, checksum: 1 }, { name: 'b.yaml.gz', content: 'no gzip' }, rest]),
    );
    expect(texts).toEqual(['yaml a.zip/z.yaml']);
    expect(reported).toEqual(['archive-entry-broken a.zip/a.yaml', 'archive-broken a.zip/b.yaml.gz']);
  });

  it('every member counts as a file', async () => {
    const bytes = await tarOf([{ name: 'a', type: 'directory' }, { name: 'b.md' }, rest]);
    expect((await unwrap('a.tar', bytes)).spent).toMatchObject({ files: 4, bytes: bytes.length });
    await expect(unwrap('a.tar', bytes, { files: 3 })).rejects.toMatchObject({ code: 'too-many-files' });
  });
});
