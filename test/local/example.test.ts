import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyzeBundle, compileBundle } from '../../src/api/analyze-bundle';
import { ask } from '../../src/api/ask';
import { EXAMPLE_PATH, exampleBundle } from '../../src/local/example';
import { projectRoot } from '../support/import-rules';

describe('exampleBundle', () => {
  it('is the files of the example, under the names that people use', async () => {
    const { snapshot, diagnostics } = await compileBundle([{ path: 'bundle', bytes: exampleBundle() }]);
    const files = new Set(snapshot.policies.map(({ ref }) => ref.source.file));
    const folder = join(projectRoot(), EXAMPLE_PATH);
    expect([...files].sort()).toEqual(
      readdirSync(folder)
        .filter((name) => name.endsWith('-policies.yaml'))
        .sort()
        .map((name) => `${EXAMPLE_PATH}/${name}`),
    );
    expect(diagnostics.filter(({ severity }) => severity !== 'notice')).toEqual([]);
  });

  it('brings its facts', async () => {
    const { snapshot } = await compileBundle([{ path: 'bundle', bytes: exampleBundle() }]);
    expect(readFileSync(join(projectRoot(), EXAMPLE_PATH, 'leasttrust.yaml'), 'utf8')).toContain('cni: calico');
    expect(snapshot.facts).toMatchObject({ cni: 'calico', platform: 'aws' });
    expect(snapshot.origins.cni).toBe('given');
  });

  it('has the mistakes that the README tells of', async () => {
    const { analysis, findings } = await analyzeBundle([{ path: 'bundle', bytes: exampleBundle() }], { stage: 'production' });
    const verdict = (from: string, to: string, port: number, protocol = 'TCP') => ask(analysis, { from, to, port, protocol }).verdict;
    expect(findings.filter(({ check }) => check === 'LT-HYG-001').map(({ subject }) => subject)).toEqual([
      'payments/ledger-db[NetworkPolicy]',
    ]);
    expect(findings.filter(({ check }) => check === 'LT-COV-003').map(({ subject }) => subject)).toEqual(['platform[Namespace]']);
    expect(verdict('shop/*', 'payments/ledger-db', 5432)).toBe('allowed');
    expect(verdict('shop/catalog', 'payments/payment-api', 8443)).toBe('allowed');
    expect(verdict('payments/payment-api', 'payments/ledger', 8080)).toBe('denied');
    expect(verdict('shop/web', 'shop/catalog', 8080)).toBe('denied');
    expect(verdict('shop/web', 'shop/catalog', 80)).toBe('allowed');
    expect(verdict('shop/checkout', '10.42.0.10', 53, 'UDP')).toBe('denied');
  });

  it('is right elsewhere', async () => {
    const { analysis } = await compileBundle([{ path: 'bundle', bytes: exampleBundle() }]);
    const verdict = (from: string, to: string, port: number) => ask(analysis, { from, to, port }).verdict;
    expect(verdict('shop/web', 'shop/cart', 8080)).toBe('allowed');
    expect(verdict('shop/cart', 'shop/cart-cache', 6379)).toBe('allowed');
    expect(verdict('shop/web', 'shop/cart-cache', 6379)).toBe('denied');
    expect(verdict('shop/checkout', 'payments/payment-api', 8443)).toBe('allowed');
    expect(verdict('shop/catalog', 'shop/catalog-db', 5432)).toBe('allowed');
    expect(verdict('internet', 'shop/catalog-db', 5432)).toBe('denied');
  });
});
