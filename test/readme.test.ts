import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../src/cli/program';
import { CHECKS } from '../src/findings/catalog';
import { startLocalService } from '../src/local/server';
import { DEFAULT_FACTS } from '../src/model/facts';
import { fakeTerminal } from './support/fake-terminal';
import { projectRoot } from './support/import-rules';
import { scratchFolder } from './support/manifests';

const root = projectRoot();
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Commands of the README with the output that it shows. */
const EXAMPLES = [...readme.matchAll(/```console\n\$ (.*)\n([\s\S]*?)```/g)].map(([, command, output]) => ({
  command: command!,
  output: output!,
}));

/** Words as a shell makes them of a command without expansions. */
function wordsOf(command: string): readonly string[] {
  return [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

/** Text that the README shows, where `…` alone on a line stands for lines left out. */
function shown(output: string): RegExp {
  const escaped = output.split('\n…\n').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('\\n[\\s\\S]*')}$`);
}

describe('the README', () => {
  it.each(EXAMPLES.filter(({ command }) => command.includes('npx leasttrust')))(
    'shows what `$command` prints',
    async ({ command, output }) => {
      const [, stdin, words] = /^(?:echo '(.*)' \| )?npx leasttrust (.*)$/.exec(command)!;
      const terminal = fakeTerminal({ folder: root, stdin: stdin ?? '' });
      await run(wordsOf(words!), terminal);
      expect(terminal.out()).toMatch(shown(output));
      expect(terminal.notes()).toBe('');
    },
  );

  it('shows what the service answers', async () => {
    const { command, output } = EXAMPLES.find((example) => example.command.startsWith('curl'))!;
    const [, , url, , header, , body] = wordsOf(command);
    const data = scratchFolder();
    const service = await startLocalService({ port: 0, host: '127.0.0.1', data: data.path, log: { info() {}, error() {} } });
    await service.scanExample();
    const [name, value] = header!.split(': ');
    const response = await fetch(url!.replace('http://127.0.0.1:4000', service.url), {
      method: 'POST',
      headers: { [name!]: value! },
      body: body!,
    });
    const answer: unknown = await response.json();
    await service.close();
    data.remove();
    expect(answer).toEqual(JSON.parse(output));
  });

  it('shows at least one example of every command', () => {
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(5);
  });

  it('lists every fact and every check, and no others', () => {
    const facts = readme.slice(readme.indexOf('### Facts'), readme.indexOf('### Checks'));
    const named = [...facts.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, names]) => [...names!.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.sort()).toEqual(Object.keys(DEFAULT_FACTS).sort());
    const checks = readme.slice(readme.indexOf('### Checks'), readme.indexOf('## As a service'));
    expect([...new Set(checks.match(/LT-[A-Z]{3}-\d{3}/g))].sort()).toEqual(CHECKS.map(({ id }) => id).sort());
  });

  it('points at what is there', () => {
    const links = [...readme.matchAll(/\]\(((?!http)[^)]+)\)/g)].map(([, path]) => path!);
    const table = readme.slice(readme.indexOf('## Around the house'), readme.indexOf('### Words'));
    const folders = [...table.matchAll(/`((?:src|test|functions|infra|schema)[\w/.-]*)`/g)].map(([, path]) => path!);
    for (const path of [...links, ...folders]) expect({ path, exists: existsSync(join(root, path)) }).toEqual({ path, exists: true });
  });
});
