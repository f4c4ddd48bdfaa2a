import { run } from '../../src/cli/program';
import { DEFAULT_FACTS } from '../../src/model/facts';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, SMALL_SHOP, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeAll(() => {
  folder = scratchFolder({ 'app.yaml': SMALL_SHOP, 'checks.json': '[{"from":"shop/web","to":"shop/db","port":5432}]' });
});
afterAll(() => folder.remove());

async function leasttrust(...words: readonly string[]) {
  const terminal = fakeTerminal({ folder: folder.path });
  const status = await run(words, terminal);
  return { status, out: terminal.out(), notes: terminal.notes() };
}

describe('the command line', () => {
  it('explains itself, with examples and exit statuses', async () => {
    for (const words of [['--help'], ['help']]) {
      const { status, out } = await leasttrust(...words);
      expect(status).toBe(0);
      expect(out).toContain('Usage: leasttrust');
      expect(out).toContain('leasttrust ask manifests/ --from shop/web');
      expect(out).toContain('Exit status: 0 fine');
    }
    expect((await leasttrust('help', 'ask')).out).toContain('Peers are named');
    expect((await leasttrust('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it.each(['', 'scan', 'flows', 'exposure', 'ask', 'serve'])(
    'keeps the help of `%s` to 100 columns, and says nothing of defaults that are nothing',
    async (command) => {
      const { out } = await leasttrust('help', ...(command === '' ? [] : [command]));
      expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(out).not.toMatch(/default: +(false|\[\])/);
    },
  );

  it('names the facts that there are', async () => {
    const { out } = await leasttrust('help', 'scan');
    const lines = out.slice(out.indexOf('\nFacts')).trim().split('\n').slice(1);
    const named = lines.flatMap((line) => line.slice(22).split(/, */)).filter((name) => name !== '');
    expect(named.sort()).toEqual(Object.keys(DEFAULT_FACTS).sort());
  });

  it('runs commands and answers their status', async () => {
    expect((await leasttrust('scan', 'app.yaml', '--fail-on', 'never')).status).toBe(0);
    expect((await leasttrust('scan', 'app.yaml')).status).toBe(1);
    expect((await leasttrust('flows', 'app.yaml', '--by', 'pod', '--no-external', '--format', 'csv')).out).toContain(
      'shop/web,shop/db,TCP 5432,',
    );
    expect((await leasttrust('ask', 'app.yaml', '--from', 'shop/web', '--to', 'shop/db', '--port', '5432')).status).toBe(0);
    expect((await leasttrust('ask', 'app.yaml', '--from', 'shop/web', '--to', 'shop/db', '--protocol', 'icmp')).status).toBe(1);
    expect((await leasttrust('ask', 'app.yaml', '--checks', 'checks.json')).status).toBe(0);
    const exposure = await leasttrust('exposure', 'app.yaml', '--workload', 'shop/db', '--namespace', 'shop', '--fail-on', 'perhaps');
    expect(exposure).toMatchObject({ status: 0, out: expect.stringMatching(/^some pods {2}shop\/db\[StatefulSet\]/) });
    expect(await leasttrust('exposure', 'app.yaml', '--from', 'internet', '--format', 'csv')).toMatchObject({
      status: 0,
      out: expect.stringMatching(/^workload,[^\n]*\n$/),
    });
  });

  it('takes facts as often as they are given', async () => {
    const { out } = await leasttrust('scan', 'app.yaml', '--format', 'json', '--fact', 'cni=calico', '--fact', 'platform=gcp');
    expect(JSON.parse(out).facts).toMatchObject({ cni: 'calico', platform: 'gcp', ipBlockMatchesPods: 'yes' });
  });

  it.each([
    ['no command', [], 'Usage: leasttrust'],
    ['an unknown command', ['scna'], "unknown command 'scna'"],
    ['no path', ['scan'], "missing required argument 'path'"],
    ['an unknown option', ['scan', 'app.yaml', '--fast'], "unknown option '--fast'"],
    ['an unknown format', ['flows', 'app.yaml', '--format', 'xml'], 'Allowed choices are table, json, csv, dot, mermaid'],
    [
      'a circle of clients that nothing fails on',
      ['exposure', 'app.yaml', '--fail-on', 'cluster'],
      'Allowed choices are internet, perhaps',
    ],
    ['clients inside', ['exposure', 'app.yaml', '--from', 'shop/web'], 'doors are for clients outside'],
    ['an unknown severity', ['scan', 'app.yaml', '--fail-on', 'bad'], 'Allowed choices are critical'],
    ['a port that is none', ['ask', 'app.yaml', '--from', 'a', '--to', 'b', '--port', '80x'], 'a whole number is needed'],
    ['one end only', ['ask', 'app.yaml', '--from', 'shop/web', '--port', '1'], 'name both ends with --from and --to'],
    ['a question beside questions', ['ask', 'app.yaml', '--checks', 'checks.json', '--port', '1'], '--checks brings its own questions'],
    [
      'an unknown peer',
      ['ask', 'app.yaml', '--from', 'shop/wb', '--to', 'shop/db', '--port', '1'],
      'error: there is no `shop/wb`; did you mean',
    ],
    ['a peer that is no peer of the list', ['flows', 'app.yaml', '--from', 'shop/wb'], 'did you mean'],
    ['a missing file', ['scan', 'nowhere.yaml'], 'cannot read `nowhere.yaml`'],
    ['an unknown fact', ['scan', 'app.yaml', '--fact', 'cny=calico'], 'unknown fact `cny`'],
  ])('refuses %s with status 2', async (_case, words, message) => {
    const { status, notes } = await leasttrust(...words);
    expect(status).toBe(2);
    expect(notes).toContain(message);
  });
});
