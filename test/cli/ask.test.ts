import { ask } from '../../src/cli/ask';
import type { AskCommand } from '../../src/cli/commands';
import { UsageError } from '../../src/cli/terminal';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, SMALL_SHOP, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeAll(() => {
  folder = scratchFolder({
    'app.yaml': SMALL_SHOP,
    'broken.yaml': 'kind: [',
    'checks.json': JSON.stringify([
      { from: 'shop/web', to: 'shop/db', protocol: 'TCP', port: 5432 },
      { from: 'shop/web', to: 'shop/nobody', port: 1 },
      { from: 'shop/web', to: 'shop/db', protocol: 'ICMP', icmp: { type: 8, code: 0 } },
    ]),
    'allowed.json': JSON.stringify([{ from: 'shop/web', to: 'shop/db', port: 5432, protocol: null, sourcePort: null }]),
    'denied.json': JSON.stringify([{ from: 'shop/web', to: 'shop/db', port: 22 }]),
    'no.json': '{',
    'odd.json': '{"from": "a"}',
    'half.json': '[{"from": "a"}]',
    'text.json': '[{"from": "a", "to": "b", "port": "80"}]',
    'numbers.json': JSON.stringify([
      { from: 'shop/web', to: 'shop/db', protocol: 6, port: 5432 },
      { from: 'shop/web', to: 'shop/db', protocol: 253 },
      { from: 'shop/web', to: 'shop/db', protocol: 256 },
    ]),
    'icmp.json': '[{"from": "a", "to": "b", "icmp": 8}]',
  });
});
afterAll(() => folder.remove());

async function run(asked: AskCommand['asked'], command: Partial<AskCommand> = {}, stdin = '') {
  const terminal = fakeTerminal({ folder: folder.path, stdin });
  const status = await ask({ paths: ['app.yaml'], facts: [], verbose: false, format: 'text', asked, ...command }, terminal);
  return { status, out: terminal.out(), notes: terminal.notes() };
}

const question = (port: number) => ({ question: { from: 'shop/web', to: 'shop/db', port } });

describe('one question', () => {
  it('is answered in words, with the line that decides', async () => {
    const { status, out } = await run(question(5432));
    expect(status).toBe(0);
    expect(out).toMatch(/^allowed {2}shop\/web\[Deployment\] → shop\/db\[StatefulSet\] {2}TCP 5432\n/);
    expect(out).toMatch(/ingress rule 1 of `shop\/db\[NetworkPolicy\]` allows it \(app\.yaml:\d+\)/);
  });

  it('about a pod that nobody has deployed names the one that gets through', async () => {
    const { status, out } = await run({ question: { from: 'any-pod', to: 'shop/db', port: 5432 } });
    expect(status).toBe(0);
    expect(out).toMatch(/^allowed {2}any-pod → shop\/db\[StatefulSet\] {2}TCP 5432\n/);
    expect(out).toMatch(/\nby +one labelled /);
    const denied = await run({ question: { from: 'any-pod', to: 'shop/db', port: 22 } });
    expect(denied.status).toBe(1);
    expect(denied.out).not.toMatch(/\nby /);
  });

  it('may be about a protocol that has only a number', async () => {
    const { out } = await run({ question: { from: 'shop/web', to: 'shop/db', protocol: '253' } });
    expect(out).toMatch(/^[a-z]+ {2}shop\/web\[Deployment\] → shop\/db\[StatefulSet\] {2}protocol 253\n/);
  });

  it('fails when the flow is not allowed', async () => {
    expect((await run(question(22))).status).toBe(1);
    expect((await run({ question: { from: 'internet', to: 'shop/web', port: 1 } })).status).toBe(1);
  });

  it('is answered in JSON, with what was wrong with the input', async () => {
    const { out, status } = await run(question(22), { format: 'json', paths: ['.'] });
    expect(JSON.parse(out)).toMatchObject({
      formatVersion: 1,
      verdict: 'denied',
      egress: 'allowed',
      ingress: 'denied',
      diagnostics: expect.any(Array),
    });
    expect(status).toBe(1);
  });

  it('that makes no sense is wrong usage, told after what was not read', async () => {
    const terminal = fakeTerminal({ folder: folder.path });
    const command: AskCommand = {
      paths: ['.'],
      facts: [],
      verbose: false,
      format: 'json',
      asked: { question: { from: 'shop/wbe', to: 'shop/db', port: 1 } },
    };
    await expect(ask(command, terminal)).rejects.toThrow(UsageError);
    expect(terminal.notes()).toContain('broken.yaml');
  });
});

describe('many questions', () => {
  it('are answered in order, and one that makes no sense does not spoil the others', async () => {
    const { status, out } = await run({ checksFile: 'checks.json' }, { format: 'json' });
    const { verdicts } = JSON.parse(out);
    expect(verdicts.map((answer: { verdict?: string; error?: string }) => answer.verdict ?? answer.error)).toEqual([
      'allowed',
      'there is no `shop/nobody`',
      'indeterminate',
    ]);
    expect(status).toBe(2);
  });

  it('may name protocols by number', async () => {
    const { verdicts } = JSON.parse((await run({ checksFile: 'numbers.json' }, { format: 'json' })).out);
    expect(verdicts).toMatchObject([
      { protocol: 'TCP', verdict: 'allowed' },
      { protocol: 'other', number: 253 },
      { error: expect.stringContaining('256') },
    ]);
  });

  it('succeed only when all are allowed', async () => {
    expect((await run({ checksFile: 'allowed.json' })).status).toBe(0);
    expect((await run({ checksFile: 'denied.json' })).status).toBe(1);
  });

  it('come from standard input as well', async () => {
    const { out } = await run({ checksFile: '-' }, { format: 'json' }, '[{"from":"shop/web","to":"shop/db","port":5432}]');
    expect(JSON.parse(out).verdicts[0].verdict).toBe('allowed');
    await expect(run({ checksFile: '-' }, { paths: ['-'] })).rejects.toThrow('standard input can be read only once');
  });

  it.each([
    ['missing.json', 'there is no such file'],
    ['no.json', 'is no JSON'],
    ['odd.json', 'holds no list of questions'],
    ['half.json', 'question 1 of `half.json` needs `from` and `to`'],
    ['text.json', 'a port is no number'],
    ['icmp.json', '`icmp` is {"type", "code"}'],
  ])('of %s are refused', async (checksFile, message) => {
    await expect(run({ checksFile })).rejects.toThrow(message);
  });
});
