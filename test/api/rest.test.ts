import { Hono } from 'hono';
import { LAMBDA_LIMITS } from '../../src/api/rest';
import { ROUTES } from '../../src/api/rest/routes';
import type { ObjectStore } from '../../src/store/object-store';
import { apiService } from '../support/api-service';
import { SHOP_BUNDLE } from '../support/shop-bundle';

const YAML = { 'content-type': 'application/yaml' };
const PROBLEM = 'application/problem+json';

test.each(ROUTES.filter(({ answer }) => 'own' in answer).map(({ method, path }) => [method, path]))(
  '%s %s needs a tenant',
  async (method, path) => {
    const { call, memory } = apiService();

    for (const tenant of [undefined, '', '../acme', 'a b']) {
      const answer = await call(method, path, { tenant });
      expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    expect(memory.objects.size).toBe(0);
  },
);

test('health and the contract need no tenant', async () => {
  const { call } = apiService();

  expect(await call('GET', '/v1/health', { tenant: undefined })).toMatchObject({ status: 200, body: { status: 'ok' } });
  const contract = await call('GET', '/v1/openapi.yaml', { tenant: undefined });
  expect(contract.headers.get('content-type')).toBe('application/yaml');
  expect(contract.text).toMatch(/^openapi: 3\.1/);
});

test.each(['/', '/v1', '/v2/scans', '/v1/scans/a/b', '/v1/scans/', '/v1/../v1/scans/x/y', '/v1/scans/%2e%2e/findings/x', '/admin'])(
  '%s is no path',
  async (path) => {
    const answer = await apiService().call('GET', path);

    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND', type: 'urn:leasttrust:problem:not-found' } });
    expect(answer.headers.get('content-type')).toBe(PROBLEM);
  },
);

test.each([
  ['PUT', '/v1/scans', 'HEAD, POST, GET'],
  ['PATCH', '/v1/scans/x', 'HEAD, GET, DELETE'],
  ['GET', '/v1/uploads', 'POST'],
  ['POST', '/v1/scans/x/findings', 'HEAD, GET'],
  ['OPTIONS', '/v1/scans', 'HEAD, POST, GET'],
  ['DELETE', '/v1/health', 'HEAD, GET'],
])('%s %s is told which methods there are', async (method, path, allow) => {
  const answer = await apiService().call(method, path);

  expect(answer).toMatchObject({ status: 405, body: { code: 'METHOD_NOT_ALLOWED' } });
  expect(answer.headers.get('allow')).toBe(allow);
  expect(answer.headers.get('content-type')).toBe(PROBLEM);
});

test('an unexpected error is masked and logged', async () => {
  const { call, entries } = apiService({
    objects: () =>
      ({
        get: async () => {
          throw new Error('AccessDenied: arn:aws:s3:::secret-bucket');
        },
      }) as unknown as ObjectStore,
  });

  const answer = await call('GET', '/v1/scans/x');

  expect(answer).toMatchObject({ status: 500, body: { code: 'INTERNAL', correlationId: 'id-1' } });
  expect(answer.text).not.toContain('secret-bucket');
  expect(entries).toEqual([
    expect.objectContaining({
      level: 'error',
      fields: expect.objectContaining({ correlationId: 'id-1', error: expect.stringContaining('secret-bucket') }),
    }),
  ]);
});

test('what the caller did wrong is not logged', async () => {
  const { call, entries } = apiService();

  await call('GET', '/v1/scans/none');
  await call('POST', '/v1/scans', { body: '{', headers: { 'content-type': 'application/json' } });

  expect(entries).toEqual([]);
});

test('a body above the limit is refused and not stored', async () => {
  const { call, memory } = apiService();
  const body = `${SHOP_BUNDLE}# ${'x'.repeat(LAMBDA_LIMITS.bodyBytes)}`;

  expect(await call('POST', '/v1/scans?cluster=c', { body, headers: YAML })).toMatchObject({
    status: 413,
    body: { code: 'PAYLOAD_TOO_LARGE' },
  });
  expect(await call('POST', '/v1/scans/x/checks', { json: ['x'.repeat(LAMBDA_LIMITS.bodyBytes)] })).toMatchObject({ status: 413 });
  expect(memory.objects.size).toBe(0);
});

test('an answer above the limit is refused with what to do', async () => {
  const service = apiService({ limits: { bodyBytes: 100_000, answerBytes: 2_000 } });
  const { body } = await service.call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers: YAML });
  await service.work();

  const whole = await service.call('GET', `/v1/scans/${body.id}/findings`);
  const sarif = await service.call('GET', `/v1/scans/${body.id}/findings`, { headers: { accept: 'application/sarif+json' } });
  const flows = await service.call('GET', `/v1/scans/${body.id}/flows?limit=2&external=false`);

  for (const answer of [whole, sarif])
    expect(answer).toMatchObject({ status: 422, body: { code: 'ANSWER_TOO_LARGE', detail: expect.stringContaining('filter') } });
  expect(flows.status).toBe(200);
});

test('an unchanged answer is not sent again', async () => {
  const service = apiService();
  const { body } = await service.call('POST', '/v1/scans?cluster=c', { body: SHOP_BUNDLE, headers: YAML });
  const path = `/v1/scans/${body.id}`;
  const queued = await service.call('GET', path);
  const tag = queued.headers.get('etag')!;

  expect(await service.call('GET', path, { headers: { 'if-none-match': tag } })).toMatchObject({ status: 304, text: '' });
  await service.work();
  const done = await service.call('GET', path, { headers: { 'if-none-match': tag } });
  expect(done).toMatchObject({ status: 200, body: { status: 'SUCCEEDED' } });
  expect(done.headers.get('etag')).not.toBe(tag);
});

test('beside other apps in one server, each keeps to its own paths', async () => {
  const service = apiService();
  const server = new Hono();
  server.route('/', service.rest);
  server.route('/', service.graphql);
  server.get('/', (c) => c.html('<p>welcome</p>'));

  const page = await server.request('/');
  const missing = await server.request('/v1/nowhere');

  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toBeNull();
  expect(missing.headers.get('content-type')).toBe(PROBLEM);
  expect(missing.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await server.request('/v1/scans')).status).toBe(401);
  expect((await server.request('/graphql')).status).toBe(405);
  expect((await server.request('/elsewhere')).status).toBe(404);
});

test('HEAD tells what GET would, without a body', async () => {
  const answer = await apiService().call('HEAD', '/v1/health');

  expect(answer).toMatchObject({ status: 200, text: '' });
  expect(answer.headers.get('content-type')).toBe('application/json');
});

test.each(['/v1/health', '/v1/scans/none', '/v1/nowhere'])(
  'what is answered at %s carries the security headers and no CORS',
  async (path) => {
    const { headers } = await apiService().call('GET', path, { headers: { origin: 'https://evil.example' } });

    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('access-control-allow-origin')).toBeNull();
  },
);
