import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { tarGzOf, zipOf } from '../support/archives';
import { namesOf, readBundle } from '../support/read-bundle';

/** The secret, in base64, and in base64 behind other bytes. */
const PLANTED = /hunter2|aHVudGVyM|h1bnRlcj|odW50ZXIy/i;

/** All texts in a value, keys included, however deep. */
function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    yield key;
    yield* textsIn(child);
  }
}

const yaml = readFileSync(join(__dirname, 'planted-secrets.yaml'));
const json = readFileSync(join(__dirname, 'planted-secrets.json'));

it('the planted files are full of secrets', () => {
  for (const file of [yaml, json]) expect(file.toString()).toMatch(PLANTED);
});

it.each([
  ['a.yaml', async () => yaml],
  ['-', async () => yaml],
  ['a.yaml.gz', async () => gzipSync(yaml)],
  ['a.tgz', () => tarGzOf([{ name: 'a.yaml', content: yaml }])],
  ['a.zip', async () => zipOf([{ name: 'a.yaml', content: yaml }])],
  ['cut.yaml', async () => yaml.subarray(0, yaml.length - 700)],
  ['a.json', async () => json],
  ['a.ndjson', async () => json],
  ['json.yaml', async () => Buffer.concat([Buffer.from('# \n'), json])],
  ['yaml.json', async () => yaml],
])('no planted secret is in what is read, nor in what is reported: %s', async (name, make) => {
  const { documents, diagnostics } = await readBundle({ [name]: await make() });
  expect(diagnostics.length).toBeGreaterThan(0);
  expect([...textsIn([documents, diagnostics])].join('\n')).not.toMatch(PLANTED);
});

it('the objects around the secrets are read', async () => {
  const { documents, diagnostics } = await readBundle({ 'a.yaml': yaml });
  expect(namesOf({ documents, diagnostics })).toEqual([
    'plain',
    'aliased',
    'two-kinds',
    'listed',
    'listed-too',
    'typed',
    undefined,
    'variables',
    'config',
    'survivor',
  ]);
  const variables = documents.find(({ object }) => object.kind === 'Deployment')!.object;
  expect(variables.spec).toEqual({
    template: {
      metadata: { name: 'inner', annotations: {} },
      spec: {
        initContainers: [
          { name: 'a', env: [{ name: 'PASSWORD' }, { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'plain', key: 'password' } } }] },
        ],
        containers: [
          { name: 'b', env: [{ name: 'PASSWORD' }, { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'plain', key: 'password' } } }] },
          { name: 'c' },
        ],
      },
    },
  });
});

it('secrets stay unseen however their file is damaged', async () => {
  for (let at = 0; at < yaml.length; at += 53) {
    for (const damage of ['"', "'", '\t', '{', '- ', '*', '!', '\n', ': ']) {
      const bytes = Buffer.concat([yaml.subarray(0, at), Buffer.from(damage), yaml.subarray(at)]);
      const { diagnostics } = await readBundle({ 'a.yaml': bytes });
      expect([...textsIn(diagnostics)].join('\n')).not.toMatch(PLANTED);
    }
  }
});
