import { isTenant } from '../store/keys';
import { ApiError } from './errors';

/**
 * Who is asking: read from what authentication in front of the service has established, never from what the caller may write at will.
 * @param bindings what the transport knows of the request beside HTTP, such as Lambda's event
 * @returns the tenant, or undefined when nobody is established
 */
export type TenantOf = (request: Request, bindings: unknown) => string | undefined | Promise<string | undefined>;

/** @throws ApiError `UNAUTHENTICATED` when there is no tenant, or one that cannot exist */
export async function requireTenant(tenantOf: TenantOf, request: Request, bindings: unknown): Promise<string> {
  const tenant = await tenantOf(request, bindings);
  if (tenant === undefined || !isTenant(tenant)) throw new ApiError('UNAUTHENTICATED', 'the request comes from no known tenant');
  return tenant;
}
