import { gzipSync } from 'node:zlib';
import { apiService } from '../../support/api-service';
import { DOORS_BUNDLE, wayOutBundle } from '../../support/doors-bundle';
import { PLANTED_SECRETS, SHOP_BUNDLE } from '../../support/shop-bundle';

const YAML = { 'content-type': 'application/yaml' };

async function finished() {
  const service = apiService();
  const { body } = await service.call('POST', '/v1/scans?cluster=shop-eu', { body: SHOP_BUNDLE, headers: YAML });
  await service.work();
  return { ...service, id: body.id as string, path: `/v1/scans/${body.id}` };
}

describe('a bundle in the body', () => {
  test.each([
    ['application/yaml', SHOP_BUNDLE],
    ['text/yaml; charset=utf-8', SHOP_BUNDLE],
    ['application/gzip', gzipSync(SHOP_BUNDLE)],
    ['application/octet-stream', gzipSync(SHOP_BUNDLE)],
    ['application/json', JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'n' } })],
    [
      'application/x-ndjson',
      `${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } })}\n${JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'q' } })}\n`,
    ],
  ])('as %s is scanned', async (type, body) => {
    const service = apiService();

    const answer = await service.call('POST', '/v1/scans?cluster=shop-eu&stage=beta&fact=cni=calico&fact=podRanges=10.0.0.0/8', {
      body,
      headers: { 'content-type': type },
    });

    expect(answer).toMatchObject({ status: 202, body: { cluster: 'shop-eu', stage: 'beta', status: 'QUEUED' } });
    expect(answer.headers.get('location')).toBe(`/v1/scans/${answer.body.id}`);
    expect(await service.work()).toEqual(['succeeded']);
    const scan = await service.call('GET', answer.headers.get('location')!);
    expect(scan.body).toMatchObject({
      status: 'SUCCEEDED',
      facts: { cni: 'calico', podRanges: ['10.0.0.0/8'] },
      factOrigins: { cni: 'given' },
    });
    expect(scan.body.assumptions).not.toContain('cni');
    expect(scan.body.assumptions).toContain('nodeRanges');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/html', 'application/javascript'])(
    'as %s is refused',
    async (type) => {
      expect(
        await apiService().call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers: { 'content-type': type } }),
      ).toMatchObject({
        status: 415,
        body: { code: 'UNSUPPORTED_MEDIA_TYPE' },
      });
    },
  );

  test('under a content encoding is refused rather than read as something else', async () => {
    const headers = { ...YAML, 'content-encoding': 'gzip' };

    expect(await apiService().call('POST', '/v1/scans?cluster=c', { body: gzipSync(SHOP_BUNDLE), headers })).toMatchObject({ status: 415 });
  });

  test.each(['', '?cluster=', '?cluster=c&stage=prod', '?cluster=c&fact=cni', '?cluster=c&fact=colour=red', '?cluster=c&tenant=evil'])(
    'with the query `%s` is refused',
    async (query) => {
      const { call, memory } = apiService();

      expect(await call('POST', `/v1/scans${query}`, { body: SHOP_BUNDLE, headers: YAML })).toMatchObject({
        status: 400,
        body: { code: 'INVALID_REQUEST' },
      });
      expect(memory.objects.size).toBe(0);
    },
  );
});

describe('an upload', () => {
  test('is put where the answer says, and scanned by its id', async () => {
    const service = apiService();
    const upload = await service.call('POST', '/v1/uploads');
    expect(upload).toMatchObject({ status: 201, body: { method: 'PUT', headers: {} } });
    await service.memory.put(service.memory.keyOfPresignedPut(upload.body.url)!, new TextEncoder().encode(SHOP_BUNDLE));

    const answer = await service.call('POST', '/v1/scans', {
      json: { uploadId: upload.body.uploadId, cluster: 'shop-eu', facts: { cni: 'calico' } },
    });

    expect(answer).toMatchObject({ status: 202, body: { stage: 'production', status: 'QUEUED' } });
    expect(await service.work()).toEqual(['succeeded']);
  });

  test('that is not there is not found', async () => {
    expect(await apiService().call('POST', '/v1/scans', { json: { uploadId: 'none', cluster: 'c' } })).toMatchObject({
      status: 404,
      body: { code: 'NOT_FOUND' },
    });
  });

  test('of another tenant is not found', async () => {
    const { call, repository } = apiService();
    await repository.putUpload('acme', 'up-1', new TextEncoder().encode(SHOP_BUNDLE));

    expect(await call('POST', '/v1/scans', { tenant: 'evil', json: { uploadId: 'up-1', cluster: 'c' } })).toMatchObject({ status: 404 });
  });

  test('is asked for in well-formed JSON', async () => {
    const { call } = apiService();
    const headers = { 'content-type': 'application/json' };

    expect(await call('POST', '/v1/scans', { body: '{"uploadId":', headers })).toMatchObject({
      status: 400,
      body: { detail: 'the body is not valid JSON' },
    });
    expect(await call('POST', '/v1/scans?dry=1', { json: { uploadId: 'x', cluster: 'c' } })).toMatchObject({ status: 400 });
  });
});

test('the same Idempotency-Key gives the same scan, and another body under it is a conflict', async () => {
  const { call, work } = apiService();
  const headers = { ...YAML, 'idempotency-key': 'night-1' };

  const [a, b] = [
    await call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers }),
    await call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers }),
  ];

  expect(b.body.id).toBe(a.body.id);
  expect(await call('POST', '/v1/scans?cluster=c', { body: `${SHOP_BUNDLE}\n`, headers })).toMatchObject({
    status: 409,
    body: { code: 'IDEMPOTENCY_CONFLICT' },
  });
  await work();
  expect(await call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers })).toMatchObject({
    status: 202,
    body: { id: a.body.id, status: 'SUCCEEDED' },
  });
});

describe('findings', () => {
  test('come as JSON in pages', async () => {
    const { call, path } = await finished();

    const all = await call('GET', `${path}/findings`);
    expect(all.body.total).toBe(all.body.findings.length);
    expect(all.body.nextCursor).toBeUndefined();

    const first = await call('GET', `${path}/findings?limit=1`);
    const second = await call('GET', `${path}/findings?limit=1&cursor=${first.body.nextCursor}`);
    expect([...first.body.findings, ...second.body.findings]).toEqual(all.body.findings.slice(0, 2));
    for (const finding of all.body.findings) for (const step of finding.evidence.trace) expect(step.sentence).toEqual(expect.any(String));
  });

  test('are filtered and ordered', async () => {
    const { call, path } = await finished();
    const { findings } = (await call('GET', `${path}/findings`)).body;
    const check = findings[0].check as string;

    const filtered = await call('GET', `${path}/findings?check=${check}&order=subject`);

    expect(filtered.body.findings.length).toBeGreaterThan(0);
    expect(filtered.body.findings.every((finding: { check: string }) => finding.check === check)).toBe(true);
    expect((await call('GET', `${path}/findings?check=LT-XXX-999`)).body).toEqual({ total: 0, findings: [] });
  });

  test('come as SARIF and as JUnit', async () => {
    const { call, path } = await finished();

    const sarif = await call('GET', `${path}/findings`, { headers: { accept: 'application/sarif+json' } });
    const junit = await call('GET', `${path}/findings`, { headers: { accept: 'application/xml' } });

    expect(sarif.headers.get('content-type')).toBe('application/sarif+json');
    expect(sarif.body).toMatchObject({
      version: '2.1.0',
      runs: [{ results: expect.arrayContaining([expect.objectContaining({ ruleId: expect.stringMatching(/^LT-/) })]) }],
    });
    expect(junit.headers.get('content-type')).toBe('application/xml');
    expect(junit.text).toMatch(/^<\?xml[\s\S]*<testsuites/);
  });

  test.each(['text/html', 'image/png', 'application/json;q=0'])('do not come as %s', async (accept) => {
    const { call, path } = await finished();

    expect(await call('GET', `${path}/findings`, { headers: { accept } })).toMatchObject({ status: 406, body: { code: 'NOT_ACCEPTABLE' } });
  });

  test.each(['limit=501', 'limit=0', 'severity=bad', 'cursor=AAAA', 'cursor=%00', 'page=2'])('are refused with %s', async (query) => {
    const { call, path } = await finished();

    expect(await call('GET', `${path}/findings?${query}`)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
  });
});

describe('flows', () => {
  test('come in pages, with the endpoints that they name', async () => {
    const { call, path } = await finished();

    const answer = await call('GET', `${path}/flows?from=shop/web&to=shop/cart`);

    expect(answer.body).toMatchObject({
      formatVersion: 1,
      endpoints: [
        { id: 'shop/web[Deployment]', kind: 'Deployment', pods: [] },
        { id: 'shop/cart[Deployment]', kind: 'Deployment', pods: [] },
      ],
      flows: [{ from: 'shop/web[Deployment]', to: 'shop/cart[Deployment]', ports: { TCP: [[8080, 8080]] } }],
    });
    expect(answer.body.flows).toHaveLength(1);
  });

  test('go on behind their cursor', async () => {
    const { call, path } = await finished();
    const all = (await call('GET', `${path}/flows?external=false`)).body.flows;

    const first = (await call('GET', `${path}/flows?external=false&limit=2`)).body;
    const second = (await call('GET', `${path}/flows?external=false&limit=2&cursor=${first.nextCursor}`)).body;

    expect([...first.flows, ...second.flows]).toEqual(all.slice(0, 4));
  });

  test('of a peer that is not there are refused with a near one', async () => {
    const { call, path } = await finished();

    expect(await call('GET', `${path}/flows?from=shop/wen`)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'from', message: expect.stringContaining('shop/web') }] },
    });
  });
});

describe('checks', () => {
  test('are answered in order, one by one', async () => {
    const { call, path } = await finished();
    const json = [
      { from: 'shop/web', to: 'shop/cart', protocol: 'TCP', port: 8080 },
      { from: 'shop/web', to: 'pay/ledger', port: 5432 },
      { from: 'shop/web', to: 'shop/nobody', port: 1 },
    ];

    const { body } = await call('POST', `${path}/checks`, { json });

    expect(body.verdicts).toHaveLength(3);
    expect(body.verdicts[0]).toMatchObject({
      verdict: 'allowed',
      trace: expect.arrayContaining([expect.objectContaining({ policy: 'shop/cart-from-web[NetworkPolicy]' })]),
    });
    expect(body.verdicts[1].verdict).toBe('denied');
    expect(body.verdicts[2]).toEqual({ error: expect.objectContaining({ code: 'INVALID_REQUEST', status: 400 }) });
  });

  test.each([
    ['YAML', 'text/yaml', '[]', 415],
    ['no list', 'application/json', '{}', 400],
    ['half a question', 'application/json', '[{"from":"a"}]', 400],
    ['too many', 'application/json', `[${Array(1_001).fill('{"from":"a/b","to":"c/d"}').join(',')}]`, 400],
    ['nothing', 'application/json', '', 400],
  ])('that are %s are refused', async (_, type, body, status) => {
    const { call, path } = await finished();

    expect((await call('POST', `${path}/checks`, { body, headers: { 'content-type': type } })).status).toBe(status);
  });
});

test('questions to a scan that has not succeeded are a conflict', async () => {
  const { call } = apiService();
  const { body } = await call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers: YAML });

  for (const part of ['findings', 'flows'])
    expect(await call('GET', `/v1/scans/${body.id}/${part}`)).toMatchObject({ status: 409, body: { code: 'SCAN_NOT_READY' } });
});

test('a failed scan tells why', async () => {
  const service = apiService();
  const { body } = await service.call('POST', '/v1/scans?cluster=c', { body: '{{{{ [[[[', headers: YAML });
  await service.work();

  const scan = await service.call('GET', `/v1/scans/${body.id}`);

  expect(scan.body).toMatchObject({
    status: 'FAILED',
    failure: expect.any(String),
    diagnostics: expect.arrayContaining([expect.objectContaining({ code: 'nothing-found' })]),
  });
});

test('scans and clusters are listed in pages', async () => {
  const { call } = apiService();
  for (const cluster of ['b', 'a', 'b']) await call('POST', `/v1/scans?cluster=${cluster}`, { body: SHOP_BUNDLE, headers: YAML });

  const first = (await call('GET', '/v1/scans?limit=2')).body;
  const second = (await call('GET', `/v1/scans?limit=2&cursor=${first.nextCursor}`)).body;
  expect([...first.scans, ...second.scans].map(({ cluster }) => cluster)).toEqual(['b', 'a', 'b']);
  expect(second.nextCursor).toBeUndefined();
  expect((await call('GET', '/v1/scans?cluster=a')).body.scans).toHaveLength(1);
  expect((await call('GET', '/v1/clusters')).body.clusters.map(({ name }: { name: string }) => name)).toEqual(['a', 'b']);
  expect(await call('GET', '/v1/scans?limit=101')).toMatchObject({ status: 400 });
  expect(await call('GET', '/v1/clusters?cursor=x')).toMatchObject({ status: 400 });
});

test('a deleted scan is gone', async () => {
  const { call, path } = await finished();

  expect(await call('DELETE', path)).toMatchObject({ status: 204, text: '' });
  expect(await call('DELETE', path)).toMatchObject({ status: 404 });
  for (const part of ['', '/findings', '/flows']) expect(await call('GET', path + part)).toMatchObject({ status: 404 });
  expect((await call('GET', '/v1/scans')).body).toEqual({ scans: [] });
  expect((await call('GET', '/v1/clusters')).body).toEqual({ clusters: [] });
});

test("another tenant's scan is not found, whatever is asked of it", async () => {
  const { call, path } = await finished();
  const tenant = 'evil';

  for (const part of ['', '/findings', '/flows'])
    expect(await call('GET', path + part, { tenant })).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await call('POST', `${path}/checks`, { tenant, json: [] })).toMatchObject({ status: 404 });
  expect(await call('DELETE', path, { tenant })).toMatchObject({ status: 404 });
  expect((await call('GET', '/v1/scans', { tenant })).body).toEqual({ scans: [] });
  expect((await call('GET', path)).status).toBe(200);
});

test('no answer holds a byte of a secret', async () => {
  const { call, path } = await finished();
  const answers = await Promise.all([
    call('GET', path),
    call('GET', `${path}/findings`),
    call('GET', `${path}/findings`, { headers: { accept: 'application/sarif+json' } }),
    call('GET', `${path}/findings`, { headers: { accept: 'application/xml' } }),
    call('GET', `${path}/flows?by=pod`),
    call('POST', `${path}/checks`, { json: [{ from: 'shop/web', to: 'pay/ledger', port: 5432 }] }),
  ]);

  for (const { status, text } of answers) {
    expect(status).toBe(200);
    for (const secret of PLANTED_SECRETS) expect(text).not.toContain(secret);
  }
});

describe('exposure', () => {
  async function scanned(bundle = DOORS_BUNDLE) {
    const service = apiService();
    const { body } = await service.call('POST', '/v1/scans?cluster=shop-eu', { body: bundle, headers: YAML });
    await service.work();
    return { ...service, path: `/v1/scans/${body.id}/exposure` };
  }

  test('comes in pages, and doors that lead nowhere on the first', async () => {
    const { call, path } = await scanned();
    const first = await call('GET', `${path}?limit=4`);
    const second = await call('GET', `${path}?limit=4&cursor=${first.body.nextCursor}`);

    expect(first.body.workloads).toHaveLength(4);
    expect(first.body.deadEnds).toMatchObject([{ object: 'shop/old[Service]' }]);
    expect(second.body).toMatchObject({ deadEnds: [], workloads: { length: 3 } });
    expect(second.body.nextCursor).toBeUndefined();
  });

  test('tells doors that lead out of the cluster on the first page', async () => {
    const { call, path } = await scanned(wayOutBundle());
    const first = await call('GET', `${path}?limit=4`);

    expect(first.body.waysOut).toMatchObject([{ object: 'shop/legacy[Service]', leadsTo: ['198.51.100.50', '198.51.100.51'] }]);
    expect((await call('GET', `${path}?limit=4&cursor=${first.body.nextCursor}`)).body.waysOut).toEqual([]);
  });

  test('is filtered by workload, namespace and clients', async () => {
    const { call, path } = await scanned();
    const ids = async (query: string) => (await call('GET', `${path}?${query}`)).body.workloads.map(({ id }: { id: string }) => id);

    expect(await ids('workload=shop/web')).toEqual(['shop/web[Deployment]']);
    expect(await ids('namespace=other')).toEqual([]);
    expect(await ids('from=internet&limit=2')).toEqual(['shop/admin[Deployment]', 'shop/api[Deployment]']);
    expect(await call('GET', `${path}?from=shop/web`)).toMatchObject({ status: 400, body: { code: 'INVALID_REQUEST' } });
    expect(await call('GET', `${path}?limit=501`)).toMatchObject({ status: 400 });
  });

  test('refuses the cursor of another filter', async () => {
    const { call, path } = await scanned();
    const { body } = await call('GET', `${path}?limit=1`);

    expect(await call('GET', `${path}?limit=1&from=internet&cursor=${body.nextCursor}`)).toMatchObject({ status: 400 });
  });
});
