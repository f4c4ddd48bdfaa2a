import { tenantFromClaim } from '../../functions/tenant';

const request = new Request('https://api.example.com/v1/scans', { headers: { tenant: 'intruder', authorization: 'Bearer x' } });
const bindings = (claims: Readonly<Record<string, unknown>>) => ({ event: { requestContext: { authorizer: { jwt: { claims } } } } });

describe('tenantFromClaim', () => {
  it('is the claim of the verified token', () => {
    expect(tenantFromClaim('tenant')(request, bindings({ tenant: 'acme', sub: 'user' }))).toBe('acme');
    expect(tenantFromClaim('org')(request, bindings({ tenant: 'acme', org: 'globex' }))).toBe('globex');
  });

  it.each([
    ['nothing is known of the caller', {}],
    ['the token lacks the claim', bindings({ sub: 'user' })],
    ['the claim is no text', bindings({ tenant: ['acme'] })],
    ['the claim is inherited by every object', bindings({})],
  ])('is nobody when %s', (_case, given) => {
    expect(tenantFromClaim('toString')(request, given)).toBeUndefined();
    expect(tenantFromClaim('tenant')(request, given)).toBeUndefined();
  });
});
