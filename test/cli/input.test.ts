import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPaths } from '../../src/cli/input';
import { UsageError } from '../../src/cli/terminal';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function write(path: string, text = path): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function read(paths: readonly string[], stdin = '') {
  const input = (async function* () {
    yield Buffer.from(stdin);
  })();
  const { files, diagnostics } = readPaths(paths, folder, input);
  const found: [path: string, text: string][] = [];
  for await (const { path, bytes } of files) {
    const chunks: Uint8Array[] = [];
    if (bytes instanceof Uint8Array) chunks.push(bytes);
    else for await (const chunk of bytes) chunks.push(chunk);
    found.push([path, Buffer.concat(chunks).toString()]);
  }
  return { found, names: found.map(([path]) => path), diagnostics };
}

describe('a folder', () => {
  it('is read with all below it, in a fixed order, manifests and archives only', async () => {
    for (const path of ['b.yaml', 'a/z.yml', 'a/b.json', 'a.tar.gz', 'c.zip', 'items.ndjson', 'README.md', 'a/notes.txt']) write(path);
    expect((await read(['.'])).names).toEqual(['a.tar.gz', 'a/b.json', 'a/z.yml', 'b.yaml', 'c.zip', 'items.ndjson']);
  });

  it('leaves out what is hidden, and installed packages', async () => {
    for (const path of ['.git/x.yaml', '.hidden.yaml', 'node_modules/p/x.yaml', 'seen.yaml']) write(path);
    expect((await read(['.'])).names).toEqual(['seen.yaml']);
  });

  it('names files by the way to them from the working folder', async () => {
    write('deploy/x.yaml');
    expect((await read(['deploy/'])).names).toEqual(['deploy/x.yaml']);
    expect((await read([join(folder, 'deploy')])).names).toEqual(['deploy/x.yaml']);
  });

  it('names files outside the working folder by the shorter way to them', async () => {
    write('x.yaml');
    const namesFrom = async (working: string) => {
      const { files } = readPaths([folder], working, (async function* () {})());
      const names: string[] = [];
      for await (const { path } of files) names.push(path);
      return names;
    };
    expect(await namesFrom(join(folder, 'elsewhere'))).toEqual(['../x.yaml']);
    expect(await namesFrom('/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q')).toEqual([join(folder, 'x.yaml')]);
  });
});

describe('a file', () => {
  it('that is named is read whatever it is called', async () => {
    write('manifest.txt', 'kind: Pod');
    expect((await read(['manifest.txt'])).found).toEqual([['manifest.txt', 'kind: Pod']]);
  });

  it('brings the facts that lie beside it', async () => {
    write('deploy/app.yaml');
    write('deploy/leasttrust.yaml');
    write('deploy/other.yaml');
    expect((await read(['deploy/app.yaml'])).names).toEqual(['deploy/app.yaml', 'deploy/leasttrust.yaml']);
  });

  it('is read once, however often it is named', async () => {
    write('deploy/app.yaml');
    expect((await read(['deploy', 'deploy/app.yaml', './deploy/../deploy/app.yaml'])).names).toEqual(['deploy/app.yaml']);
  });

  it('that is large comes as a stream', async () => {
    const text = 'x'.repeat(9 * 1024 * 1024);
    write('large.yaml', text);
    expect((await read(['large.yaml'])).found[0]![1]).toHaveLength(text.length);
  });
});

describe('links inside a folder', () => {
  it('to files of that folder are read, as mounted config maps have them', async () => {
    write('mount/..2026/app.yaml', 'mounted');
    symlinkSync('..2026', join(folder, 'mount/..data'));
    symlinkSync('..data/app.yaml', join(folder, 'mount/app.yaml'));
    const { found, diagnostics } = await read(['mount']);
    expect(found).toEqual([['mount/app.yaml', 'mounted']]);
    expect(diagnostics).toEqual([]);
  });

  it('to a file that is read anyway do not read it twice', async () => {
    write('a/app.yaml');
    symlinkSync('app.yaml', join(folder, 'a/same.yaml'));
    expect((await read(['a'])).names).toEqual(['a/app.yaml']);
  });

  it('that lead out are not followed, and said so', async () => {
    write('outside/secret.yaml');
    write('inside/app.yaml');
    symlinkSync('../outside/secret.yaml', join(folder, 'inside/file.yaml'));
    symlinkSync('../outside', join(folder, 'inside/folder'));
    symlinkSync('nowhere', join(folder, 'inside/broken.yaml'));
    const { names, diagnostics } = await read(['inside']);
    expect(names).toEqual(['inside/app.yaml']);
    expect(diagnostics.map(({ code, source }) => [code, source!.file])).toEqual([
      ['link-not-followed', 'inside/folder'],
      ['link-not-followed', 'inside/file.yaml'],
      ['link-not-followed', 'inside/broken.yaml'],
    ]);
  });

  it('are followed where the path itself is one', async () => {
    write('real/app.yaml');
    symlinkSync('real', join(folder, 'link'));
    expect((await read(['link'])).names).toEqual(['link/app.yaml']);
  });
});

describe('what cannot be read', () => {
  it('is said by name', async () => {
    await expect(read(['missing.yaml'])).rejects.toThrow(new UsageError('cannot read `missing.yaml`: there is no such file or folder'));
  });

  it('standard input is read once', async () => {
    expect((await read(['-'], 'kind: Pod')).found).toEqual([['stdin', 'kind: Pod']]);
    await expect(read(['-', '-'])).rejects.toThrow('standard input can be read only once');
  });
});
