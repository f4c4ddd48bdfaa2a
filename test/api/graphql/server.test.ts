import type { ObjectStore } from '../../../src/store/object-store';
import { apiService } from '../../support/api-service';

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (body: string, headers: Readonly<Record<string, string>> = JSON_TYPE) => ({
  method: 'POST',
  body,
  headers: { 'x-tenant': 'acme', ...headers },
});

async function send(service: ReturnType<typeof apiService>, init: RequestInit) {
  const response = await service.graphql.request('/graphql', init);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as { data?: unknown; errors?: { message: string; extensions: { code: string } }[] },
  };
}

test('a query is answered for its tenant', async () => {
  const { query } = apiService();

  expect(await query('{ viewer { tenant } }', {}, 'acme')).toEqual({ data: { viewer: { tenant: 'acme' } } });
  expect(await query('{ viewer { tenant } }', {}, 'other')).toEqual({ data: { viewer: { tenant: 'other' } } });
});

test.each([undefined, '', '../acme'])('a request of the tenant `%s` is turned away before anything runs', async (tenant) => {
  const headers: Record<string, string> = { ...JSON_TYPE, ...(tenant !== undefined && { 'x-tenant': tenant }) };
  const answer = await send(apiService(), { method: 'POST', body: '{"query":"{ viewer { tenant } }"}', headers });

  expect(answer).toMatchObject({ status: 401, body: { errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] } });
  expect(answer.body.data).toBeUndefined();
});

test.each([
  ['{', 400, 'INVALID_REQUEST'],
  ['', 400, 'INVALID_REQUEST'],
  ['\u0000', 400, 'INVALID_REQUEST'],
  ['[]', 400, 'BAD_REQUEST'],
  ['[{"query":"{ viewer { tenant } }"}]', 400, 'BAD_REQUEST'],
  ['{}', 400, 'BAD_REQUEST'],
  ['{"query":7}', 400, 'BAD_REQUEST'],
  ['{"query":"{"}', 400, 'GRAPHQL_PARSE_FAILED'],
  ['{"query":"{ nothing }"}', 400, 'GRAPHQL_VALIDATION_FAILED'],
  ['{"query":"query($x: ID!) { scan(id: $x) { scanId } }"}', 400, 'BAD_USER_INPUT'],
])('the body `%s` is answered with %i %s', async (body, status, code) => {
  const answer = await send(apiService(), post(body));

  expect(answer.status).toBe(status);
  expect(answer.body.errors![0]!.extensions.code).toBe(code);
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
  'what a page of another site can send (%s) is refused',
  async (type) => {
    const answer = await send(apiService(), post('{"query":"mutation { createUpload { upload { url } } }"}', { 'content-type': type }));

    expect(answer).toMatchObject({ status: 415, body: { errors: [{ extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }] } });
  },
);

test.each(['GET', 'PUT', 'DELETE'])('%s is not allowed', async (method) => {
  const answer = await send(apiService(), { method, headers: { 'x-tenant': 'acme' } });

  expect(answer.status).toBe(405);
  expect(answer.headers.get('allow')).toBe('POST');
});

test('a body above the limit is refused', async () => {
  const answer = await send(apiService(), post(JSON.stringify({ query: `{ viewer { tenant } } # ${'x'.repeat(300_000)}` })));

  expect(answer).toMatchObject({ status: 413, body: { errors: [{ extensions: { code: 'PAYLOAD_TOO_LARGE' } }] } });
});

test.each([
  ['deep', `{ clusters { nodes { ${'latestScan { cluster { '.repeat(10)}name${' } }'.repeat(10)} } } }`, 'QUERY_TOO_EXPENSIVE'],
  ['full of aliases', `{ ${Array.from({ length: 60 }, (_, index) => `a${index}: viewer { tenant }`).join(' ')} }`, 'QUERY_TOO_EXPENSIVE'],
  ['full of pages', '{ scans(first: 100) { nodes { findings(first: 100) { nodes { title } } } } }', 'QUERY_TOO_EXPENSIVE'],
  ['full of tokens', `{ viewer { ${'tenant '.repeat(10_000)} } }`, 'GRAPHQL_PARSE_FAILED'],
])('a query that is %s is refused before it runs', async (_, query, code) => {
  const { body, status } = await send(apiService(), post(JSON.stringify({ query })));

  expect(status).toBe(400);
  expect(body.errors!.map(({ extensions }) => extensions.code)).toContain(code);
});

test('a page that only a variable makes huge is refused while the query runs', async () => {
  const { query } = apiService();

  const answer = await query('query($n: Int) { clusters(first: $n) { nodes { name } } }', { n: 1_000_000 });

  expect(answer.errors).toEqual([expect.objectContaining({ extensions: expect.objectContaining({ code: 'INVALID_REQUEST' }) })]);
});

test('the schema is told only where it is meant to be', async () => {
  const asked = '{ __schema { queryType { name } } }';

  expect((await apiService({ introspection: true }).query(asked)).data).toEqual({ __schema: { queryType: { name: 'Query' } } });
  const closed = apiService({ introspection: false });
  expect((await closed.query(asked)).errors![0]!.extensions.code).toBe('GRAPHQL_VALIDATION_FAILED');
  expect((await closed.query('{ viewr { tenant } }')).errors![0]!.message).not.toContain('viewer');
});

test('an unexpected error is masked and logged under the id that the caller gets', async () => {
  const { query, entries } = apiService({
    objects: () =>
      ({
        list: async () => {
          throw new Error('AccessDenied: arn:aws:s3:::secret-bucket');
        },
      }) as unknown as ObjectStore,
  });

  const answer = await query('{ scans { nodes { scanId } } }');

  expect(JSON.stringify(answer)).not.toContain('secret-bucket');
  const { extensions } = answer.errors![0]!;
  expect(extensions).toEqual({ code: 'INTERNAL', correlationId: expect.any(String) });
  expect(entries.filter(({ level }) => level === 'error')).toContainEqual(
    expect.objectContaining({
      fields: expect.objectContaining({ correlationId: extensions.correlationId, error: expect.stringContaining('secret-bucket') }),
    }),
  );
});

test('a query that was sent once may be asked for by its digest', async () => {
  const service = apiService();
  const query = '{ viewer { tenant } }';
  const sha256Hash = (await import('node:crypto')).createHash('sha256').update(query).digest('hex');
  const extensions = { persistedQuery: { version: 1, sha256Hash } };

  const unknown = await send(service, post(JSON.stringify({ extensions })));
  await send(service, post(JSON.stringify({ query, extensions })));
  const known = await send(service, post(JSON.stringify({ extensions })));

  expect(unknown.body.errors![0]!.extensions.code).toBe('PERSISTED_QUERY_NOT_FOUND');
  expect(known.body.data).toEqual({ viewer: { tenant: 'acme' } });
});

test('answers carry the security headers and no CORS', async () => {
  const { headers } = await send(apiService(), post('{"query":"{ viewer { tenant } }"}', { ...JSON_TYPE, origin: 'https://evil.example' }));

  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('access-control-allow-origin')).toBeNull();
});
