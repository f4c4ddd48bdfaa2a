import { DEFAULT_LIMITS } from '../../src/ingest/document';
import { readDocuments } from '../../src/ingest/documents';
import { tarGzOf } from '../support/archives';
import { inChunks, namesOf, problemsOf, readBundle, yamlObject } from '../support/read-bundle';

describe('a document', () => {
  it('knows where it comes from, and where its parts are', async () => {
    const text = `# Source: x\n---\n${yamlObject('a')}---\n${yamlObject('b', 'NetworkPolicy')}spec:\n  ingress:\n  - from: []\n`;
    const { documents } = await readBundle({ 'dir/a.yaml': text });
    expect(documents.map(({ file, document, line }) => ({ file, document, line }))).toEqual([
      { file: 'dir/a.yaml', document: 1, line: 3 },
      { file: 'dir/a.yaml', document: 2, line: 8 },
    ]);
    const { object, lineOf } = documents[1]!;
    const { ingress } = object.spec as { readonly ingress: readonly object[] };
    expect([lineOf(object.spec), lineOf(ingress), lineOf(ingress[0])]).toEqual([12, 13, 14]);
    expect([lineOf(undefined), lineOf({}), lineOf('x'), lineOf(null)]).toEqual([8, 8, 8, 8]);
  });

  it('is the same in YAML and in JSON, alone and in a list', async () => {
    const object = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'a' },
      spec: { ingress: [{ from: [] }] },
    };
    const yaml = 'apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: a}\nspec: {ingress: [{from: []}]}\n';
    const json = JSON.stringify(object, null, 2);
    const files = {
      'a.yaml': yaml,
      'b.json': json,
      'c.yaml': `kind: List\nitems:\n- ${yaml.trim().replaceAll('\n', '\n  ')}`,
      'd.json': `{"items": [${json}]}`,
      'e.json': `[${json}]`,
      'f.ndjson': JSON.stringify(object),
      'g.yaml': `kind: NetworkPolicyList\napiVersion: networking.k8s.io/v1\nitems: [{metadata: {name: a}, spec: {ingress: [{from: []}]}}]`,
      'h.json': `{"items": [{"metadata":{"name":"a"},"spec":{"ingress":[{"from":[]}]}}], "kind":"NetworkPolicyList","apiVersion":"networking.k8s.io/v1"}`,
    };
    const { documents, diagnostics } = await readBundle(files);
    expect(diagnostics).toEqual([]);
    expect(documents.map(({ file }) => file)).toEqual(Object.keys(files));
    for (const document of documents) expect(document.object).toEqual(object);
  });

  it('in JSON has lines where it is a policy', async () => {
    const text =
      '{"items": [\n{"apiVersion":"v1","kind":"NetworkPolicy","spec":{\n"ingress":[\n{}]}},\n{"apiVersion":"v1","kind":"Pod","spec":{\n"a":[]}}]}';
    const [policy, pod] = (await readBundle({ 'a.json': text })).documents;
    const { spec } = policy!.object as { readonly spec: { readonly ingress: readonly object[] } };
    expect([policy!.line, policy!.lineOf(spec), policy!.lineOf(spec.ingress), policy!.lineOf(spec.ingress[0])]).toEqual([2, 2, 3, 4]);
    expect([pod!.line, pod!.lineOf((pod!.object.spec as { readonly a: object }).a)]).toEqual([5, 5]);
  });

  it('is redacted', async () => {
    const { documents } = await readBundle({ 'a.yaml': `${yamlObject('a', 'Secret')}data: {pw: aHVudGVyMg==}\n` });
    expect(documents[0]!.object).toEqual({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } });
  });
});

describe('what is no object', () => {
  it('is told and left out, and the rest goes on', async () => {
    const bundle = await readBundle({
      'a.yaml': `a: 1\n---\nwords\n---\nkind: Pod\n---\n\napiVersion: v1\n---\nkind: [Pod]\napiVersion: v1\n---\n# nothing\n---\n${yamlObject('z')}`,
    });
    expect(problemsOf(bundle)).toEqual([
      'no-kind a.yaml:1',
      'not-an-object a.yaml:2',
      'incomplete-type a.yaml:5',
      'incomplete-type a.yaml:8',
      'incomplete-type a.yaml:10',
    ]);
    expect(namesOf(bundle)).toEqual(['z']);
  });

  it('is told for the items of lists, too', async () => {
    const bundle = await readBundle({
      'a.json': '{"kind":"List","items":[\n1,\n{"a":1},\n{"kind":"Pod"},\n{"apiVersion":"v1","kind":"Pod","metadata":{"name":"z"}}]}',
    });
    expect(problemsOf(bundle)).toEqual(['not-an-object a.json:2', 'no-kind a.json:3', 'incomplete-type a.json:4']);
    expect(namesOf(bundle)).toEqual(['z']);
  });

  it('is handed on when it is our own settings', async () => {
    const bundle = await readBundle({ 'x/leasttrust.yaml': 'facts:\n  cni: calico\n', 'y/other.yaml': 'facts: {}\n' });
    expect(bundle.documents.map(({ file, object }) => [file, object])).toEqual([['x/leasttrust.yaml', { facts: { cni: 'calico' } }]]);
    expect(problemsOf(bundle)).toEqual(['no-kind y/other.yaml:1']);
  });
});

describe('a broken document', () => {
  it('is told with file, document and line, and spoils no other', async () => {
    const bundle = await readBundle({
      'a.yaml': `${yamlObject('a')}---\nkind: Pod\n  x: 1\n---\n${yamlObject('b')}`,
      'b.json': `{"x": y}\n${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'c' } })}`,
    });
    expect(namesOf(bundle)).toEqual(['a', 'b', 'c']);
    expect(bundle.diagnostics).toEqual([
      {
        code: 'broken-yaml',
        severity: 'fatal',
        message: 'the document is not valid YAML: bad indentation of a mapping entry',
        source: { file: 'a.yaml', document: 2, line: 7 },
      },
      {
        code: 'broken-json',
        severity: 'fatal',
        message: 'this is not valid JSON: a value is expected',
        source: { file: 'b.json', document: 1, line: 1 },
      },
    ]);
  });

  it('is told a hundred times and no more of one file', async () => {
    const { diagnostics } = await readBundle({ 'a.yaml': 'a: b: c\n---\n'.repeat(250), 'b.yaml': 'a: b: c\n---\n' });
    expect(diagnostics).toHaveLength(102);
    expect(diagnostics[100]).toMatchObject({
      code: 'broken-yaml',
      message: 'the same is true of 150 more places in this file',
      source: { file: 'a.yaml' },
    });
  });
});

it('a file of which nearly everything is broken is given up', async () => {
  const bundle = await readBundle({ 'a.yaml': `${'"\n---\n'.repeat(10_000)}${yamlObject('a')}`, 'z.yaml': yamlObject('z') });
  expect(problemsOf(bundle).slice(-2)).toEqual(['file-given-up a.yaml:20000', 'broken-yaml a.yaml:1']);
  expect(namesOf(bundle)).toEqual(['z']);
});

describe('a template', () => {
  it('is told once for its file, and what is none goes on', async () => {
    const text = `{{- if .Values.on }}\n${yamlObject('a')}{{- end }}\n---\n${yamlObject('{{ .Release.Name }}')}---\n${yamlObject('"{{ .Release.Name }}"')}---\n${yamlObject('z')}`;
    const bundle = await readBundle({ 'templates/a.yaml': text });
    expect(namesOf(bundle)).toEqual(['z']);
    expect(bundle.diagnostics).toEqual([
      {
        code: 'unrendered-template',
        severity: 'severe',
        message: '3 documents of the file hold template markup (`{{`) and were not read; render the templates first',
        source: { file: 'templates/a.yaml', document: 1, line: 1 },
      },
    ]);
  });

  it('that is the only one is told as one', async () => {
    const { diagnostics } = await readBundle({ 'a.yaml': '{{ .Values.all }}' });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'a document of the file holds template markup (`{{`) and was not read; render the template first',
    ]);
  });

  it('is no document with markup in its texts', async () => {
    const bundle = await readBundle({ 'a.yaml': `${yamlObject('a')}spec:\n  args: ["{{ .x }}"]\n` });
    expect(namesOf(bundle)).toEqual(['a']);
    expect(bundle.diagnostics).toEqual([]);
  });
});

describe('a key that is written twice', () => {
  it('is told once, and the last one counts', async () => {
    const twice = `${yamlObject('a', 'NetworkPolicy')}spec:\n  policyTypes: [Ingress]\n  policyTypes: [Egress]\n`;
    const json = '{"apiVersion":"v1","kind":"NetworkPolicy",\n"spec":{"a":1,\n"a":2}}';
    const bundle = await readBundle({ 'a.yaml': twice, 'b.json': json });
    expect(problemsOf(bundle)).toEqual(['duplicate-key a.yaml:7', 'duplicate-key b.json:3']);
    expect(bundle.documents.map(({ object }) => object.spec)).toEqual([{ policyTypes: ['Egress'] }, { a: 2 }]);
  });
});

describe('a bundle', () => {
  it('goes on after a file that cannot be read', async () => {
    const archive = await tarGzOf([
      { name: 'a.yaml', content: yamlObject('a') },
      { name: 'b.yaml', content: yamlObject('b') },
    ]);
    const bundle = await readBundle({ 'x.tgz': archive.subarray(0, -30), 'y.zip': 'no zip', 'z.yaml': yamlObject('z') });
    expect(problemsOf(bundle)).toEqual(['archive-broken x.tgz:1', 'archive-broken y.zip:1']);
    expect(namesOf(bundle)).toContain('z');
  });

  it.each([
    [{ documents: 2 }, ['too-many-documents b.yaml:1'], ['a', 'b']],
    [{ files: 2 }, ['too-many-files c.yaml:1'], ['a', 'b']],
    [{ bytes: 120 }, ['bundle-too-large c.yaml:1'], ['a', 'b']],
  ])('ends where it crosses a limit: %j', async (limits, problems, names) => {
    const bundle = await readBundle(
      {
        'a.yaml': yamlObject('a'),
        'b.yaml': `${yamlObject('b')}${'documents' in limits ? `---\n${yamlObject('bb')}` : ''}`,
        'c.yaml': yamlObject('c'),
      },
      limits,
    );
    expect(problemsOf(bundle)).toEqual(problems);
    expect(namesOf(bundle)).toEqual(names);
  });

  it('tells of progress', async () => {
    const steps: unknown[] = [];
    const files = [
      { path: 'a.yaml', bytes: Buffer.from(`${yamlObject('a')}---\n`.repeat(1500)) },
      { path: 'b.yaml', bytes: inChunks(Buffer.from(yamlObject('b')), 10) },
    ];
    for await (const _ of readDocuments(
      files,
      DEFAULT_LIMITS,
      () => {},
      (progress) => steps.push(progress),
    ));
    const [first, second] = files.map(({ bytes }) => (bytes instanceof Uint8Array ? bytes.length : Buffer.byteLength(yamlObject('b'))));
    expect(steps).toEqual([
      { files: 1, documents: 1000, bytes: first },
      { files: 1, documents: 1501, bytes: first },
      { files: 2, documents: 1502, bytes: first! + second! },
    ]);
  });

  it('passes on errors of whoever hands it over, through all wrappings', async () => {
    const archive = await tarGzOf([{ name: 'a.yaml', content: yamlObject('a').repeat(5000) }]);
    for (const [path, bytes] of [
      ['a.tgz', archive],
      ['a.zip', archive],
      ['a.yaml', Buffer.from(yamlObject('a'))],
    ] as const) {
      const gone = new RangeError('the disk is gone');
      async function* source() {
        yield bytes.subarray(0, bytes.length / 2);
        throw gone;
      }
      const reported: string[] = [];
      const read = async () => {
        for await (const _ of readDocuments([{ path, bytes: source() }], DEFAULT_LIMITS, ({ code }) => reported.push(code)));
      };
      await expect(read()).rejects.toBe(gone);
      expect(reported).toEqual([]);
    }
  });

  it('lets go of its files when nobody reads on', async () => {
    let isClosed = false;
    async function* source() {
      try {
        for (let i = 0; ; i++) yield Buffer.from(`---\n${yamlObject(`a${i}`)}`);
      } finally {
        isClosed = true;
      }
    }
    for await (const _ of readDocuments([{ path: '-', bytes: source() }], DEFAULT_LIMITS, () => {})) break;
    expect(isClosed).toBe(true);
  });
});
