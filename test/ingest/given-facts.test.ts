import { diagnosticOf, ingestText, problemsOf } from '../support/ingest-text';

test('facts come from a leasttrust.yaml anywhere in the bundle', async () => {
  const ingested = await ingestText({
    'cluster/leasttrust.yaml': 'facts:\n  cni: Calico\n  podRanges: [10.0.0.0/8, 192.168.0.0/16]\n  calicoVersion: 3.3\n',
  });

  expect(ingested.snapshot.facts).toMatchObject({
    cni: 'calico',
    podRanges: ['10.0.0.0/8', '192.168.0.0/16'],
    calicoVersion: '3.3',
    ipBlockMatchesPods: 'yes',
  });
  expect(ingested.snapshot.origins).toMatchObject({
    cni: 'given',
    podRanges: 'given',
    ipBlockMatchesPods: 'derived',
    nodeRanges: 'assumed',
  });
  expect(problemsOf(ingested)).toEqual([]);
});

test('YAML that reads yes and no as booleans is no trap', async () => {
  expect((await ingestText({ 'leasttrust.yaml': 'facts: {ipBlockMatchesPods: no}' })).snapshot.facts.ipBlockMatchesPods).toBe('no');
  expect((await ingestText({ 'leasttrust.yaml': 'facts: {ipBlockMatchesPods: true}' })).snapshot.facts.ipBlockMatchesPods).toBe('yes');
});

test('those of the user win', async () => {
  const { snapshot } = await ingestText({ 'leasttrust.yaml': 'facts: {cni: calico, platform: aws}' }, { cni: 'cilium' });

  expect(snapshot.facts).toMatchObject({ cni: 'cilium', platform: 'aws' });
});

test('a wrong fact of the user is told, and the one of the file stands', async () => {
  const ingested = await ingestText({ 'leasttrust.yaml': 'facts: {platform: aws}' }, { platform: 'moon', speed: 'high' });

  expect(ingested.snapshot.facts.platform).toBe('aws');
  expect(ingested.diagnostics.filter(({ code }) => code === 'bad-fact')).toMatchObject([
    { severity: 'severe', message: expect.stringMatching(/^fact `platform`: `moon` is none of aws/) },
    { severity: 'severe', message: expect.stringMatching(/^unknown fact `speed`/) },
  ]);
});

test.each([
  ['an unknown fact', 'facts: {speed: high}', 'bad-fact'],
  ['an impossible value', 'facts: {finishedPods: maybe}', 'bad-fact'],
  ['a range that is none', 'facts: {podRanges: [10.0.0.0]}', 'bad-fact'],
  ['a mapping as value', 'facts: {cni: {name: calico}}', 'bad-fact'],
  ['an empty value', 'facts: {cni: }', 'bad-fact'],
  ['facts that are no mapping', 'facts: [calico]', 'bad-fact'],
  ['a field without meaning', 'fact: {cni: calico}', 'unknown-setting'],
])('%s is told with its place and counts as not given', async (_case, text, code) => {
  const ingested = await ingestText({ 'leasttrust.yaml': text });

  expect(diagnosticOf(ingested, code).source).toEqual({ file: 'leasttrust.yaml', document: 1, line: 1 });
  expect(Object.values(ingested.snapshot.origins)).not.toContain('given');
});

test('files that contradict each other are told, and the later one counts', async () => {
  const ingested = await ingestText({ 'b/leasttrust.yaml': 'facts: {cni: cilium}', 'a/leasttrust.yaml': 'facts: {cni: calico}' });

  expect(ingested.snapshot.facts.cni).toBe('cilium');
  expect(diagnosticOf(ingested, 'facts-contradict').source?.file).toBe('b/leasttrust.yaml');
});

test('files of other names give no facts', async () => {
  const ingested = await ingestText({ 'myleasttrust.yaml': 'facts: {cni: calico}' });

  expect(ingested.snapshot.facts.cni).toBe('unknown');
});

test('facts have a part in the digest when the bundle holds them', async () => {
  const [none, some] = [await ingestText({}), await ingestText({ 'leasttrust.yaml': 'facts: {cni: calico}' })];

  expect(some.digest).not.toBe(none.digest);
});
