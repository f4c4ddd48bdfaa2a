import type { ScanCommand } from '../../src/cli/commands';
import { scan } from '../../src/cli/scan';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, SMALL_SHOP, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeAll(() => {
  folder = scratchFolder({ 'app.yaml': SMALL_SHOP, 'broken.yaml': 'kind: [', 'template.yaml': '{{ .Values.all }}' });
});
afterAll(() => folder.remove());

async function run(command: Partial<ScanCommand> = {}) {
  const terminal = fakeTerminal({ folder: folder.path });
  const status = await scan(
    { paths: ['app.yaml'], facts: [], verbose: false, format: 'table', stage: 'production', explain: false, ...command },
    terminal,
  );
  return { status, out: terminal.out(), notes: terminal.notes() };
}

describe('scan', () => {
  it('prints findings and what they come to', async () => {
    const { status, out } = await run();
    expect(status).toBe(1);
    expect(out).toMatch(/^\w+ +LT-EGR-001 +shop\[Namespace\] +app\.yaml:\d+\n {10}.* may open every port to the internet$/m);
    expect(out).toMatch(/\n\d+ findings: .* in 1 namespace, 2 workloads, 1 policy; \d+ of them fail stage `production`\n$/);
  });

  it('does not fail for what comes later than the stage, or below the threshold, or when told not to', async () => {
    expect((await run({ stage: 'lab' })).status).toBe(0);
    expect((await run({ failOn: 'critical' })).status).toBe(0);
    expect((await run({ failOn: 'never' })).status).toBe(0);
    expect((await run({ failOn: 'low' })).status).toBe(1);
  });

  it('does not pass over what it could not read', async () => {
    const { status, out, notes } = await run({ paths: ['.'], failOn: 'never' });
    expect(status).toBe(2);
    expect(out).toContain('LT-EGR-001');
    expect(notes).toMatch(/^fatal +broken\.yaml:\d+: /);
  });

  it('does not pass over an input that holds nothing', async () => {
    const { status, notes } = await run({ paths: ['template.yaml'], failOn: 'never' });
    expect(status).toBe(2);
    expect(notes).toContain('render the template first');
  });

  it('keeps its summary to the width of a terminal', async () => {
    const terminal = fakeTerminal({ folder: folder.path, columns: 40 });
    await scan({ paths: ['app.yaml'], facts: [], verbose: false, format: 'table', stage: 'production', explain: false }, terminal);
    expect(
      terminal
        .out()
        .split('\n')
        .slice(-4)
        .every((line) => line.length <= 40),
    ).toBe(true);
  });

  it('explains with evidence and remediation', async () => {
    const { out } = await run({ explain: true });
    expect(out).toMatch(/^ {10}fix +\w/m);
    expect(out).toMatch(/^ {10}verify +kubectl /m);
    expect(out).toContain('kind: NetworkPolicy');
  });

  it('prints JSON with everything', async () => {
    const document = JSON.parse((await run({ format: 'json', paths: ['.'] })).out);
    expect(document).toMatchObject({
      formatVersion: 1,
      stage: 'production',
      mode: 'bundle',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      facts: { cni: 'unknown' },
      factOrigins: { cni: 'assumed' },
    });
    expect(document.findings[0]).toMatchObject({ check: expect.stringMatching(/^LT-/), fingerprint: expect.any(String) });
    expect(document.failing.length).toBeGreaterThan(0);
    expect(document.diagnostics).toContainEqual(expect.objectContaining({ severity: 'fatal' }));
  });

  it('prints SARIF, JUnit and Markdown', async () => {
    expect(JSON.parse((await run({ format: 'sarif' })).out)).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'leasttrust' } } }],
    });
    expect((await run({ format: 'junit' })).out).toMatch(/^<\?xml[\s\S]*<testsuites name="leasttrust"/);
    expect((await run({ format: 'markdown' })).out).toMatch(/^\*\*\d+ findings/);
  });
});
