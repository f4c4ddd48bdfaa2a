import { requireTenant } from '../../src/api/tenant';

const REQUEST = new Request('http://leasttrust.test/v1/scans');

test('the resolver sees the request and what the transport knows of it', async () => {
  const tenantOf = (request: Request, bindings: unknown) =>
    `${new URL(request.url).pathname.slice(1, 3)}-${(bindings as { claim: string }).claim}`;

  expect(await requireTenant(tenantOf, REQUEST, { claim: 'acme' })).toBe('v1-acme');
});

test('a resolver may take its time', async () => {
  expect(await requireTenant(async () => 'acme', REQUEST, undefined)).toBe('acme');
});

test.each([undefined, '', '../other', 'a/b', '.', 'a b', 'x'.repeat(65), 'a\u0000'])('`%s` is no tenant', async (tenant) => {
  await expect(requireTenant(() => tenant, REQUEST, undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
});
