import { diagnosticOf, endpointOf, ingestText, networkPolicy, policyOf, problemsOf } from '../../support/ingest-text';

function pod(label: string, name = 'a', namespace = ', namespace: shop'): string {
  return `{apiVersion: v1, kind: Pod, metadata: {name: ${name}${namespace}, labels: {v: ${label}}}, spec: {containers: []}}\n---\n`;
}

const versionOf = (snapshot: Awaited<ReturnType<typeof ingestText>>['snapshot']) => endpointOf(snapshot, 'shop/a').labels.values.v;

test('of two that differ the later file counts, whichever is read first', async () => {
  const early = { 'a.yaml': pod('one'), 'b.yaml': pod('two') };
  const late = { 'b.yaml': pod('two'), 'a.yaml': pod('one') };
  for (const texts of [early, late]) {
    const ingested = await ingestText(texts);

    expect(versionOf(ingested.snapshot)).toBe('two');
    expect(diagnosticOf(ingested, 'object-twice')).toEqual({
      code: 'object-twice',
      severity: 'warning',
      message: 'this object is also at `a.yaml:1`, and differs; this one, the later, is used',
      source: { file: 'b.yaml', document: 1, line: 1 },
      resource: 'shop/a[Pod]',
    });
  }
});

test('of two in one file the later document counts', async () => {
  const ingested = await ingestText(pod('two') + pod('one'));

  expect(versionOf(ingested.snapshot)).toBe('one');
  expect(problemsOf(ingested)).toEqual(['object-twice:3']);
});

test('items of one list are in its order too', async () => {
  const items = ['one', 'two', 'three'].map((v) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'shop', labels: { v } },
    spec: { containers: [] },
  }));
  const ingested = await ingestText({ 'a.json': JSON.stringify({ apiVersion: 'v1', kind: 'List', items }) });

  expect(versionOf(ingested.snapshot)).toBe('three');
});

test('an object of Calico as it is stored stands back behind itself as it is served, and is not told', async () => {
  const set = (apiVersion: string, net: string) =>
    `{apiVersion: ${apiVersion}, kind: Tier, metadata: {name: sec, uid: u-${net}}, spec: {order: ${net}}}\n---\n`;
  const policy = '{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {name: p}, spec: {tier: sec}}\n---\n';
  const [served, stored] = [set('projectcalico.org/v3', '1'), set('crd.projectcalico.org/v1', '2')];

  for (const text of [served + stored, stored + served, stored + served + stored]) {
    const ingested = await ingestText(policy + text, { cni: 'calico' });

    expect(ingested.snapshot.tiers).toContainEqual({ name: 'sec', order: 1, defaultAction: 'Deny', guardsOwnNode: true });
    expect(problemsOf(ingested)).toEqual([]);
    expect(ingested.digest).toBe((await ingestText(policy + served)).digest);
  }
});

test('equal objects are told once per file', async () => {
  const both = pod('one') + pod('one', 'b');
  const ingested = await ingestText({ 'a.yaml': both, 'b.yaml': both, 'c.yaml': pod('one') });

  expect(ingested.snapshot.endpoints.filter(({ kind }) => kind === 'pod')).toHaveLength(2);
  expect(
    ingested.diagnostics.filter(({ code }) => code === 'object-repeated').map(({ message, source }) => [source?.file, message]),
  ).toEqual([
    ['b.yaml', 'this object and 1 more of this file repeat equal ones; the first of them is used'],
    ['c.yaml', 'this object repeats an equal one; the first of them is used'],
  ]);
});

test('two forms of one revision are equal', async () => {
  const revision = (extra: string) => pod('one').replace('namespace: shop', `namespace: shop, uid: u1, resourceVersion: "7"${extra}`);
  const ingested = await ingestText({ 'a.yaml': revision(''), 'b.yaml': revision(', selfLink: /api') });

  expect(problemsOf(ingested)).toEqual(['object-repeated:1']);
});

test('an object of the default namespace is the same with and without its namespace', async () => {
  const ingested = await ingestText(pod('one', 'a', '') + pod('two', 'a', ', namespace: default'));

  expect(problemsOf(ingested)).toEqual(['object-twice:3']);
});

test('kinds, namespaces and names tell objects apart', async () => {
  const service = '{apiVersion: v1, kind: Service, metadata: {name: a, namespace: shop}, spec: {}}\n---\n';
  const ingested = await ingestText(pod('one') + pod('one', 'b') + pod('one', 'a', ', namespace: other') + service);

  expect(problemsOf(ingested)).toEqual([]);
});

test('old and current API of one policy are one policy, and only the one used is looked at', async () => {
  const old = networkPolicy('podSelector: {}', 'nonsense: 1').replace('networking.k8s.io/v1', 'extensions/v1beta1');
  const ingested = await ingestText({ 'a.yaml': old, 'b.yaml': networkPolicy('podSelector: {}') });

  expect(policyOf(ingested.snapshot).ref.source.file).toBe('b.yaml');
  expect(problemsOf(ingested)).toEqual(['old-api:1', 'object-twice:1']);
});

test('a duplicate that is not used has no part in the digest', async () => {
  const [once, twice] = [await ingestText({ 'b.yaml': pod('two') }), await ingestText({ 'a.yaml': pod('one'), 'b.yaml': pod('two') })];

  expect(twice.digest).toBe(once.digest);
});
