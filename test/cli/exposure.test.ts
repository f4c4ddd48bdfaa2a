import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExposureCommand } from '../../src/cli/commands';
import { exposure } from '../../src/cli/exposure';
import { DASHBOARD_CHART } from '../support/dashboard-chart';
import { DOORS_BUNDLE } from '../support/doors-bundle';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeAll(() => {
  folder = scratchFolder({
    'doors.yaml': DOORS_BUNDLE,
    'dashboard.yaml': DASHBOARD_CHART,
    'broken.yaml': 'kind: [',
    'template.yaml': '{{ .Values.all }}',
  });
});
afterAll(() => folder.remove());

async function run(command: Partial<ExposureCommand> = {}) {
  const terminal = fakeTerminal({ folder: folder.path });
  const status = await exposure({ paths: ['doors.yaml'], facts: [], verbose: false, format: 'table', ...command }, terminal);
  return { status, out: terminal.out(), notes: terminal.notes() };
}

describe('exposure', () => {
  it('prints a table with the most exposed first, and a summary', async () => {
    const { status, out } = await run();
    expect(status).toBe(0);
    const heads = out.split('\n').filter((line) => /^[a-z]/.test(line));
    expect(heads.map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['internet', 'shop/api[Deployment]'],
      ['internet', 'shop/web[Deployment]'],
      ['internet?', 'shop/admin[Deployment]'],
      ['internet?', 'shop/metrics[Deployment]'],
      ['any pod', 'shop/worker[Deployment]'],
      ['some pods', 'shop/db[Deployment]'],
      ['some pods', 'shop/vault[Deployment]'],
      ['nowhere', 'shop/old[Service], TCP 80 (node port)'],
    ]);
    expect(out.trimEnd().split('\n').at(-1)).toBe(
      '7 workloads: 2 open to the internet, 2 perhaps open to the internet, 1 open to any pod, 2 open to some pods; 1 door leads nowhere',
    );
  });

  it('tells three things of the policy that the chart of the dashboard ships', async () => {
    const { out } = await run({ paths: ['dashboard.yaml'], namespace: 'kubernetes-dashboard' });
    const blocks = out.split('\n\n').map((block) => block.split('\n').map((line) => line.trim().replace(/ \(dashboard\.yaml:\d+\)/, '')));
    const policy = '`kubernetes-dashboard/kubernetes-dashboard[NetworkPolicy]`';
    // Open to everybody, though a policy selects them: its rule names no peers.
    expect(blocks[0]).toEqual(
      expect.arrayContaining([
        expect.stringContaining('kubernetes-dashboard/api[Pod]'),
        expect.stringContaining('kubernetes-dashboard/web[Pod]'),
      ]),
    );
    expect(blocks[0]!.slice(2)).toEqual([
      '• any pod → kubernetes-dashboard/api[Service], TCP 8000',
      '• any pod → kubernetes-dashboard/web[Service], TCP 8000',
      `- ingress rule 1 of ${policy} allows it`,
    ]);
    // The proxy in front is selected by none.
    expect(blocks[1]!.slice(1)).toEqual([
      '• any pod → kubernetes-dashboard/kong-proxy[Service], TCP 443 → 8443',
      '- no policy selects its pods',
    ]);
    // Selected, and cut off: no rule lists their port.
    expect(blocks[2]!.slice(2)).toEqual([
      '• nobody → kubernetes-dashboard/auth[Service], TCP 8000',
      '• nobody → kubernetes-dashboard/metrics-scraper[Service], TCP 8000',
      `- ${policy} isolates their pods for ingress, and no ingress rule of it lets this through`,
    ]);
    expect(blocks[3]![0]).toBe('5 workloads: 3 open to any pod, 2 open to nobody');
  });

  it('prints JSON with what was wrong with the input', async () => {
    const { out, notes } = await run({ paths: ['doors.yaml', 'broken.yaml'], format: 'json', workload: 'shop/web' });
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      workloads: [{ id: 'shop/web[Deployment]', openTo: 'internet' }],
      deadEnds: [],
      diagnostics: expect.arrayContaining([expect.objectContaining({ severity: 'fatal' })]),
    });
    expect(notes).toBe('');
  });

  it('prints DOT and Mermaid', async () => {
    expect((await run({ format: 'dot' })).out).toMatch(/^digraph exposure \{/);
    expect((await run({ format: 'mermaid' })).out).toMatch(/^flowchart LR\n {2}c0\(\["/);
  });

  it('prints CSV', async () => {
    const { out } = await run({ format: 'csv', workload: 'shop/web' });
    expect(out).toContain('shop/web[Deployment],internet,loadBalancer shop/web:80,TCP,80,8080,any IPv4 address,allowed,');
  });

  it('tells what some clients get to', async () => {
    const { out } = await run({ from: '203.0.113.9', facts: ['nodesReachableFrom=nobody'] });
    expect(out).toContain('• 203.0.113.9 → load balancer shop/admin[Service], TCP 443 → 8443');
    expect(out).not.toContain('shop/worker');
    expect((await run({ from: 'internet', namespace: 'other' })).out).toBe('0 workloads\n');
  });

  it('fails on what it is told to fail on', async () => {
    const nobody = { facts: ['nodesReachableFrom=nobody'] };
    expect((await run({ failOn: 'internet' })).status).toBe(1);
    expect((await run({ failOn: 'internet', format: 'json' })).status).toBe(1);
    expect((await run({ failOn: 'internet', workload: 'shop/metrics' })).status).toBe(0);
    expect((await run({ failOn: 'perhaps', workload: 'shop/metrics' })).status).toBe(1);
    expect((await run({ failOn: 'perhaps', workload: 'shop/metrics', ...nobody })).status).toBe(0);
    expect((await run({ failOn: 'perhaps', workload: 'shop/worker' })).status).toBe(0);
  });

  it('fails when nothing could be read, and tells that before it refuses a peer', async () => {
    expect((await run({ paths: ['broken.yaml'] })).status).toBe(2);
    const half = { paths: ['doors.yaml', 'broken.yaml'], workload: 'shop/metrics' };
    expect((await run(half)).status).toBe(0);
    // Nobody knows what the other half would have opened.
    expect((await run({ ...half, failOn: 'internet' })).status).toBe(2);
    expect((await run({ paths: ['template.yaml'], failOn: 'internet' })).status).toBe(2);
    const terminal = fakeTerminal({ folder: folder.path });
    const command: ExposureCommand = { paths: ['.'], facts: [], verbose: false, format: 'table', workload: 'shop/wbe' };
    await expect(exposure(command, terminal)).rejects.toThrow('there is no `shop/wbe`; did you mean');
    expect(terminal.notes()).toContain('broken.yaml');
  });

  it('is not misled by names that would move the cursor', async () => {
    writeFileSync(join(folder.path, 'evil.yaml'), DOORS_BUNDLE.replaceAll('api.example.com', '"a\\u001b[2Jb"'));
    expect((await run({ paths: ['evil.yaml'] })).out).not.toContain('\u001b');
  });
});
