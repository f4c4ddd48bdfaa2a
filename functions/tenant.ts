import type { TenantOf } from '../src/api/tenant';

/** The part of Lambda's HTTP API event that says who calls: set by the API's authorizer, out of the caller's reach. */
interface AuthorizedEvent {
  readonly event?: {
    readonly requestContext?: { readonly authorizer?: { readonly jwt?: { readonly claims?: Readonly<Record<string, unknown>> } } };
  };
}

/** Reads the tenant from a claim of the caller's verified token. */
export function tenantFromClaim(claim: string): TenantOf {
  return (_request, bindings) => {
    const claims = (bindings as AuthorizedEvent).event?.requestContext?.authorizer?.jwt?.claims;
    const tenant = claims && Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    return typeof tenant === 'string' ? tenant : undefined;
  };
}
