import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { ServeCommand } from '../../src/cli/commands';
import { serve } from '../../src/cli/serve';
import { UsageError } from '../../src/cli/terminal';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeEach(() => {
  folder = scratchFolder({ file: '' });
});
afterEach(() => folder.remove());

async function run(command: Partial<ServeCommand>) {
  const terminal = fakeTerminal({ folder: folder.path });
  const status = await serve({ port: 0, host: '127.0.0.1', data: 'data', example: false, ...command }, terminal, Promise.resolve());
  return { status, out: terminal.out(), notes: terminal.notes() };
}

describe('serve', () => {
  it('tells where it is and where it keeps scans, and stops in good order', async () => {
    const { status, out, notes } = await run({});
    expect(status).toBe(0);
    expect(out).toMatch(/^Leasttrust is at http:\/\/127\.0\.0\.1:\d+\nScans are kept in data\. Ctrl-C stops\.\n$/);
    expect(notes).toBe('');
  });

  it('prints four things to try of the example, and they work', async () => {
    const terminal = fakeTerminal({ folder: folder.path });
    let stop = () => {};
    const running = serve(
      { port: 0, host: '127.0.0.1', data: 'data', example: true },
      terminal,
      new Promise<void>((resolve) => (stop = resolve)),
    );
    while (!terminal.out().includes('npx leasttrust')) await new Promise((resolve) => setTimeout(resolve, 10));
    const [, findings] = /curl -s '([^']+\/findings[^']*)'/.exec(terminal.out())!;
    expect(((await (await fetch(findings!)).json()) as { findings: unknown[] }).findings).toHaveLength(3);
    const [, exposure] = /curl -s '([^']+\/exposure[^']*)'/.exec(terminal.out())!;
    expect(await (await fetch(exposure!)).json()).toMatchObject({ workloads: [{ id: 'shop/web[Deployment]', openTo: 'internet' }] });
    const [, url, body] = /curl -s '([^']+\/graphql)' -H 'content-type: application\/json' \\\n +-d '([^']+)'/.exec(terminal.out())!;
    const answer = await (await fetch(url!, { method: 'POST', headers: { 'content-type': 'application/json' }, body: body! })).json();
    expect(answer).toMatchObject({
      data: { cluster: { latestScan: { reach: { verdict: expect.any(String), trace: expect.any(Array) } } } },
    });
    stop();
    expect(await running).toBe(0);
  });

  it('says so when the port is in use, the address is not its own, or the folder is none', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(run({ port })).rejects.toThrow(new UsageError(`port ${port} is in use; choose another one with --port`));
    other.close();
    await expect(run({ host: '203.0.113.1' })).rejects.toThrow('is no address of this machine');
    await expect(run({ data: join('file', 'x') })).rejects.toThrow('is no folder');
  });

  it('warns when everybody could reach it', async () => {
    expect((await run({ host: '0.0.0.0' })).notes).toContain('asks for no password');
  });
});
