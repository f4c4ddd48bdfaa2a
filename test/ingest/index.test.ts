import { ingest } from '../../src/ingest/index';
import { endpointNames, ingestText } from '../support/ingest-text';

const POD = '{apiVersion: v1, kind: Pod, metadata: {name: a, namespace: shop}, spec: {containers: []}}';

test('bytes go in, a snapshot comes out', async () => {
  async function* files() {
    yield { path: 'a.yaml', bytes: Buffer.from(POD) };
  }

  const { snapshot, digest } = await ingest(files());

  expect(endpointNames(snapshot)).toEqual(['shop/a']);
  expect(digest).toBe((await ingestText(POD)).digest);
});

test('a broken document is told beside what the others say, in one order', async () => {
  const ingested = await ingestText({
    'z.yaml': `${POD}\n---\n{broken`,
    'a.yaml': '{apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: t}}',
  });

  expect(endpointNames(ingested.snapshot)).toEqual(['shop/a']);
  expect(ingested.diagnostics.map(({ code, source }) => [source?.file, code])).toEqual([
    ['a.yaml', 'kind-not-modelled'],
    ['z.yaml', 'namespace-assumed'],
    ['z.yaml', 'broken-yaml'],
  ]);
});

test('limits hold, the rest of the defaults with them', async () => {
  const { diagnostics } = await ingest([{ path: 'a.yaml', bytes: Buffer.from(POD) }], { limits: { documents: 0 } });

  expect(diagnostics.map(({ code }) => code)).toContain('too-many-documents');
});

test('progress is told, and ends with everything', async () => {
  const steps: { readonly files: number; readonly documents: number; readonly bytes: number }[] = [];

  await ingest([{ path: 'a.yaml', bytes: Buffer.from(POD) }], { onProgress: (step) => steps.push(step) });

  expect(steps.at(-1)).toEqual({ files: 1, documents: 1, bytes: POD.length });
});

test('no Secret passes: neither its data nor a variable that holds one', async () => {
  const secret = '{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: shop}, stringData: {password: hunter2}}';
  const pod = POD.replace('containers: []', 'containers: [{image: "a:1", env: [{name: PASSWORD, value: hunter2}]}]');

  const ingested = await ingestText(`${secret}\n---\n${pod}`);

  expect(JSON.stringify(ingested)).not.toContain('hunter2');
  expect(ingested.digest).toBe((await ingestText(`${secret.replace('hunter2', 'other')}\n---\n${pod.replace('hunter2', 'other')}`)).digest);
});
