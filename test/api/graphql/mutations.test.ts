import { apiService } from '../../support/api-service';
import { finishedScan } from '../../support/finished-scan';
import { SHOP_BUNDLE } from '../../support/shop-bundle';

const CREATE_UPLOAD = 'mutation { createUpload { upload { uploadId url headers { name value } expiresAt } userErrors { code } } }';
const START_SCAN =
  'mutation($input: StartScanInput!) { startScan(input: $input) { scan { id scanId status stage cluster { name } } userErrors { code message path } } }';
const DELETE_SCAN = 'mutation($input: DeleteScanInput!) { deleteScan(input: $input) { deletedScanId userErrors { code message path } } }';

test('a bundle is uploaded, scanned and asked about', async () => {
  const { query, memory, work } = apiService();
  const { upload, userErrors } = (await query(CREATE_UPLOAD)).data.createUpload;
  expect(userErrors).toEqual([]);
  await memory.put(memory.keyOfPresignedPut(upload.url)!, new TextEncoder().encode(SHOP_BUNDLE));

  const input = { uploadId: upload.uploadId, cluster: 'shop-eu', facts: [{ name: 'cni', value: 'calico' }], stage: 'BETA' };
  const { startScan } = (await query(START_SCAN, { input })).data;
  expect(startScan).toMatchObject({ scan: { status: 'QUEUED', stage: 'BETA', cluster: { name: 'shop-eu' } }, userErrors: [] });

  expect(await work()).toEqual(['succeeded']);
  const { data } = await query(
    'query($id: ID!) { scan(id: $id) { status reach(from: { name: "shop/web" }, to: { name: "shop/cart" }, port: 8080) { verdict } } }',
    { id: startScan.scan.id },
  );
  expect(data.scan).toEqual({ status: 'SUCCEEDED', reach: { verdict: 'ALLOWED' } });
});

test.each([
  [{ uploadId: 'none', cluster: 'c' }, 'NOT_FOUND', null],
  [{ uploadId: '../x', cluster: 'c' }, 'INVALID_REQUEST', 'uploadId'],
  [{ uploadId: 'none', cluster: '' }, 'INVALID_REQUEST', 'cluster'],
  [{ uploadId: 'none', cluster: 'c', facts: [{ name: 'colour', value: 'red' }] }, 'INVALID_REQUEST', 'facts'],
  [{ uploadId: 'none', cluster: 'c', facts: [{ name: '__proto__', value: 'red' }] }, 'INVALID_REQUEST', 'facts'],
  [{ uploadId: 'none', cluster: 'c', idempotencyKey: '' }, 'INVALID_REQUEST', 'idempotencyKey'],
])('%j is answered with user errors', async (input, code, path) => {
  const { query, messages } = apiService();

  const { data, errors } = await query(START_SCAN, { input });

  expect(errors).toBeUndefined();
  expect(data.startScan).toEqual({ scan: null, userErrors: [{ code, path, message: expect.any(String) }] });
  expect(messages).toEqual([]);
});

test('nulls stand for what may be left out', async () => {
  const { query, repository } = apiService();
  await repository.putUpload('acme', 'up-1', new TextEncoder().encode(SHOP_BUNDLE));

  const { data } = await query(START_SCAN, { input: { uploadId: 'up-1', cluster: 'c', facts: null, stage: null, idempotencyKey: null } });

  expect(data.startScan).toMatchObject({ scan: { stage: 'PRODUCTION' }, userErrors: [] });
});

test('the same idempotency key gives the same scan, and another request under it is a user error', async () => {
  const { query, repository } = apiService();
  await repository.putUpload('acme', 'up-1', new TextEncoder().encode(SHOP_BUNDLE));
  const input = { uploadId: 'up-1', cluster: 'c', idempotencyKey: 'night-1' };

  const [a, b] = [(await query(START_SCAN, { input })).data.startScan, (await query(START_SCAN, { input })).data.startScan];

  expect(b).toEqual(a);
  expect((await query(START_SCAN, { input: { ...input, cluster: 'd' } })).data.startScan).toMatchObject({
    scan: null,
    userErrors: [{ code: 'IDEMPOTENCY_CONFLICT' }],
  });
});

test('a scan is deleted by either of its ids, once', async () => {
  for (const idOf of [(scan: { id: string }) => scan.id, (scan: { scanId: string }) => scan.scanId]) {
    const { query, scanId } = await finishedScan();
    const { scan } = (await query('query($id: ID!) { scan(id: $id) { id scanId } }', { id: scanId })).data;
    const input = { id: idOf(scan) };

    expect((await query(DELETE_SCAN, { input }, 'evil')).data.deleteScan).toMatchObject({
      deletedScanId: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    });
    expect((await query(DELETE_SCAN, { input })).data.deleteScan).toEqual({ deletedScanId: scan.id, userErrors: [] });
    expect((await query(DELETE_SCAN, { input })).data.deleteScan).toMatchObject({
      deletedScanId: null,
      userErrors: [{ code: 'NOT_FOUND' }],
    });
    expect((await query('query($id: ID!) { scan(id: $id) { id } }', { id: scanId })).data.scan).toBeNull();
  }
});

test('what is not the caller’s fault is no user error', async () => {
  const service = apiService();
  service.repository.presignUpload = async () => {
    throw new Error('secret-bucket');
  };

  const answer = await service.query(CREATE_UPLOAD);

  expect(answer.errors![0]!.extensions.code).toBe('INTERNAL');
  expect(JSON.stringify(answer)).not.toContain('secret-bucket');
});
