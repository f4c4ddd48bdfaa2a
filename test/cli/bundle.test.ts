import { analyzePaths, compilePaths, readFacts } from '../../src/cli/bundle';
import { UsageError } from '../../src/cli/terminal';
import { fakeTerminal } from '../support/fake-terminal';
import { type ScratchFolder, SMALL_SHOP, scratchFolder } from '../support/manifests';

let folder: ScratchFolder;
beforeEach(() => {
  folder = scratchFolder({ 'app.yaml': SMALL_SHOP });
});
afterEach(() => folder.remove());

const request = (...paths: readonly string[]) => ({ paths, facts: [], verbose: false });

describe('readFacts', () => {
  it('reads `key=value`, also with `=` in the value', () => {
    expect([...readFacts(['cni=calico', 'defaultNamespace=a=b'])]).toEqual([
      ['cni', 'calico'],
      ['defaultNamespace', 'a=b'],
    ]);
  });

  it.each(['cni', '=calico', 'cny=calico', 'ipBlockMatchesPods=perhaps', 'podRanges=10.0.0.0'])('refuses `%s`', (fact) => {
    expect(() => readFacts([fact])).toThrow(UsageError);
  });
});

describe('compilePaths', () => {
  it('reads manifests with the facts of the command line', async () => {
    const { snapshot } = await compilePaths(fakeTerminal({ folder: folder.path }), { ...request('.'), facts: ['cni=cilium'] });
    expect(snapshot.workloads).toHaveLength(2);
    expect(snapshot.facts.ipBlockMatchesPods).toBe('no');
  });

  it('reads standard input', async () => {
    const { snapshot } = await compilePaths(fakeTerminal({ folder: folder.path, stdin: SMALL_SHOP }), request('-'));
    expect(snapshot.workloads.map(({ ref }) => ref.source.file)).toEqual(['stdin', 'stdin']);
  });

  it('refuses a folder without manifests', async () => {
    const empty = scratchFolder({ 'README.md': '' });
    await expect(compilePaths(fakeTerminal({ folder: empty.path }), request('.'))).rejects.toThrow(
      new UsageError('there are no manifests in `.`'),
    );
    empty.remove();
  });

  it('passes on what could not be read', async () => {
    await expect(compilePaths(fakeTerminal({ folder: folder.path }), request('nowhere'))).rejects.toThrow(UsageError);
  });
});

it('analyzePaths adds findings', async () => {
  const { findings } = await analyzePaths(fakeTerminal({ folder: folder.path }), request('.'), 'production');
  expect(findings.length).toBeGreaterThan(0);
});
