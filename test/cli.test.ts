import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { projectRoot } from './support/import-rules';
import { type ScratchFolder, SMALL_SHOP, scratchFolder } from './support/manifests';

let folder: ScratchFolder;
let program: string;
beforeAll(() => {
  folder = scratchFolder({ 'app.yaml': SMALL_SHOP, 'broken.yaml': 'kind: [' });
  program = join(folder.path, 'cli.cjs');
  buildSync({
    entryPoints: [join(projectRoot(), 'src/cli.ts')],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    loader: { '.graphql': 'text', '.html': 'text', '.yaml': 'text' },
    outfile: program,
  });
});
afterAll(() => {
  rmSync(program);
  folder.remove();
});

function leasttrust(words: readonly string[], stdin = ''): Promise<{ status: number; out: string; notes: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words], { cwd: folder.path }, (error, out, notes) => {
      resolve({ status: error ? Number(error.code) : 0, out, notes });
    });
    child.stdin!.end(stdin);
  });
}

describe('the built program', () => {
  it('explains itself', async () => {
    const { status, out } = await leasttrust(['--help']);
    expect(status).toBe(0);
    expect(out).toContain('Usage: leasttrust');
  });

  it('scans, and tells by its status what it found', async () => {
    expect(await leasttrust(['scan', 'app.yaml'])).toMatchObject({ status: 1, notes: '' });
    expect((await leasttrust(['scan', 'broken.yaml'])).status).toBe(2);
    expect((await leasttrust(['scan', 'nowhere'])).notes).toBe('error: cannot read `nowhere`: there is no such file or folder\n');
  });

  it('lists flows of standard input', async () => {
    const { status, out } = await leasttrust(['flows', '-', '--format', 'json'], SMALL_SHOP);
    expect(status).toBe(0);
    expect(JSON.parse(out).flows).toContainEqual({
      from: 'shop/web[Deployment]',
      to: 'shop/db[StatefulSet]',
      ports: { TCP: [[5432, 5432]] },
    });
  });

  it('answers a question', async () => {
    const { status, out } = await leasttrust(['ask', 'app.yaml', '--from', 'shop/web', '--to', 'shop/db', '--port', '5432']);
    expect(status).toBe(0);
    expect(out).toMatch(/^allowed/);
  });

  it('ends quietly when its reader goes', async () => {
    const child = execFile(process.execPath, [program, 'flows', 'app.yaml', '--format', 'json'], { cwd: folder.path });
    child.stdout!.destroy();
    let notes = '';
    child.stderr!.on('data', (text) => {
      notes += text;
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect({ status, notes }).toEqual({ status: 0, notes: '' });
  });
});
