import type { FlowsCommand } from '../../src/cli/commands';
import { flows } from '../../src/cli/flows';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, SMALL_SHOP, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeAll(() => {
  folder = scratchFolder({ 'app.yaml': SMALL_SHOP, 'broken.yaml': 'kind: [' });
});
afterAll(() => folder.remove());

async function run(command: Partial<FlowsCommand> = {}) {
  const terminal = fakeTerminal({ folder: folder.path });
  const status = await flows(
    { paths: ['app.yaml'], facts: [], verbose: false, format: 'table', by: 'workload', external: false, icmp: false, ...command },
    terminal,
  );
  return { status, out: terminal.out(), notes: terminal.notes() };
}

describe('flows', () => {
  it('prints a table', async () => {
    const { status, out } = await run();
    expect(status).toBe(0);
    expect(out.split('\n').slice(1, 3)).toEqual([
      'shop/db[StatefulSet]  shop/web[Deployment]  everything',
      'shop/web[Deployment]  shop/db[StatefulSet]  TCP 5432',
    ]);
  });

  it('prints JSON with what was wrong with the input', async () => {
    const { status, out, notes } = await run({ format: 'json', paths: ['.'], by: 'pod' });
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      endpoints: [{ id: 'shop/db' }, { id: 'shop/web' }],
      flows: [
        { from: 'shop/db', to: 'shop/web' },
        { from: 'shop/web', to: 'shop/db', ports: { TCP: [[5432, 5432]] } },
      ],
      diagnostics: [expect.objectContaining({ severity: 'fatal' })],
    });
    expect(notes).toBe('');
  });

  it('prints CSV, DOT and Mermaid', async () => {
    expect((await run({ format: 'csv' })).out).toContain('shop/web[Deployment],shop/db[StatefulSet],TCP 5432,\r\n');
    expect((await run({ format: 'dot' })).out).toMatch(/^digraph flows \{/);
    expect((await run({ format: 'mermaid' })).out).toMatch(/^flowchart LR\n/);
  });

  it('shows ICMP that NetworkPolicy leaves open when asked', async () => {
    expect((await run({ icmp: true })).out).toContain('TCP 5432, maybe ICMP');
  });

  it('filters, also by what only the outside has', async () => {
    expect((await run({ from: 'shop/web', to: 'shop/db' })).out.trim().split('\n')).toHaveLength(2);
    expect((await run({ from: 'shop/db', to: 'internet', external: true, format: 'csv' })).out).toMatch(
      /,ip:1\.0\.0\.0-9\.255\.255\.255,everything,/,
    );
  });

  it('tells what was not read before it refuses an unknown peer', async () => {
    const terminal = fakeTerminal({ folder: folder.path });
    const command: FlowsCommand = {
      paths: ['.'],
      facts: [],
      verbose: false,
      format: 'table',
      by: 'workload',
      external: true,
      icmp: false,
      from: 'shop/wbe',
    };
    await expect(flows(command, terminal)).rejects.toThrow('there is no `shop/wbe`; did you mean');
    expect(terminal.notes()).toContain('broken.yaml');
  });

  it('fails when nothing could be read', async () => {
    expect((await run({ paths: ['broken.yaml'] })).status).toBe(2);
  });
});
