import { analyzeBundle, compileBundle } from '../../src/api/analyze-bundle';
import { ask } from '../../src/api/ask';

const files = [
  {
    path: 'app.yaml',
    bytes: Buffer.from(`
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop, labels: { app: db } }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress: []
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: typo, namespace: shop }
spec:
  podSelector: { matchLabels: { app: wbe } }
`),
  },
  { path: 'broken.yaml', bytes: Buffer.from('kind: [') },
];

describe('compileBundle', () => {
  it('reads bytes and compiles what can be asked', async () => {
    const { analysis, diagnostics, digest, snapshot } = await compileBundle(files);
    expect(ask(analysis, { from: 'shop/web', to: 'shop/db', port: 1 }).verdict).toBe('denied');
    expect(diagnostics.map(({ severity, source }) => [severity, source!.file])).toContainEqual(['fatal', 'broken.yaml']);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    expect(snapshot.mode).toBe('snapshot');
  });

  it('takes facts', async () => {
    const { snapshot } = await compileBundle(files, { facts: new Map([['cni', 'calico']]) });
    expect(snapshot.facts).toMatchObject({ cni: 'calico', ipBlockMatchesPods: 'yes' });
  });
});

describe('analyzeBundle', () => {
  it('adds what the checks find', async () => {
    const { findings } = await analyzeBundle(files, { stage: 'production' });
    expect(findings.map(({ check, subject }) => `${check} ${subject}`)).toContainEqual(expect.stringMatching(/^LT-HYG-001 .*typo/));
  });

  it('gives equal results for equal input, in whatever order it comes', async () => {
    const [one, other] = await Promise.all([files, [...files].reverse()].map((bundle) => analyzeBundle(bundle, { stage: 'lab' })));
    expect(other!.digest).toBe(one!.digest);
    expect(other!.findings).toEqual(one!.findings);
  });
});
