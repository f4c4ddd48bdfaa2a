import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { requestContext } from './context';
import { ApiError, type Log, maskError, PROBLEM_MEDIA_TYPE, problemOf } from './errors';
import type { Operations } from './operations';
import { type Answer, ROUTES, type Route } from './rest/routes';
import { securityHeaders } from './security-headers';
import { requireTenant, type TenantOf } from './tenant';

/** What one exchange may weigh, in bytes. */
export interface RestLimits {
  readonly bodyBytes: number;
  readonly answerBytes: number;
}

/**
 * Lambda takes and gives 6 MB in one synchronous call, as JSON: a binary body grows by a third in it (base64), and a JSON answer by the backslashes
 * before its quotes.
 */
export const LAMBDA_LIMITS: RestLimits = { bodyBytes: 4_500_000, answerBytes: 4_500_000 };

/** What the REST api is made of. */
export interface RestDeps {
  readonly operations: Operations;
  readonly tenantOf: TenantOf;
  readonly log: Log;
  /** Ids for entries of the log. */
  readonly newId: () => string;
  /** Lambda's when absent. */
  readonly limits?: RestLimits;
}

/** The REST api under `/v1`, behind any HTTP server and behind Lambda. */
export function restApp({ operations, tenantOf, log, newId, limits = LAMBDA_LIMITS }: RestDeps): Hono {
  const app = new Hono();
  // Paths are told in full, so that other apps may stand beside this one in a server.
  app.use('/v1/*', securityHeaders(), etag());
  for (const route of ROUTES) {
    app.on(route.method, route.path, async (c) => {
      if ('open' in route.answer) return respond(route.answer.open(), limits);
      const tenant = await requireTenant(tenantOf, c.req.raw, c.env);
      const context = requestContext(operations, tenant);
      return respond(await route.answer.own({ c, context, bodyBytes: limits.bodyBytes }), limits);
    });
  }
  for (const path of new Set(ROUTES.map((route) => route.path))) {
    app.all(path, () => problem(new ApiError('METHOD_NOT_ALLOWED', 'this path has other methods'), { allow: methodsOf(path) }));
  }
  const notFound = () => problem(new ApiError('NOT_FOUND', 'there is no such path'));
  app.all('/v1/*', notFound);
  app.notFound(notFound);
  app.onError((error) => problem(maskError(error, log, newId())));
  return app;
}

function methodsOf(path: string): string {
  const methods = ROUTES.filter((route) => route.path === path).map((route: Route) => route.method);
  return (methods.includes('GET') ? ['HEAD', ...methods] : methods).join(', ');
}

function respond({ status = 200, headers, type, body }: Answer, { answerBytes }: RestLimits): Response {
  if (body === undefined) return new Response(null, { status, ...(headers && { headers }) });
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  if (Buffer.byteLength(text) > answerBytes) {
    throw new ApiError('ANSWER_TOO_LARGE', `an answer has at most ${answerBytes} bytes; ask for fewer with \`limit\` or a filter`);
  }
  return new Response(text, { status, headers: { 'content-type': type ?? 'application/json', ...headers } });
}

function problem(error: ApiError, headers: Readonly<Record<string, string>> = {}): Response {
  const challenge = error.code === 'UNAUTHENTICATED' ? { 'www-authenticate': 'Bearer' } : {};
  return Response.json(problemOf(error), {
    status: error.status,
    headers: { ...challenge, ...headers, 'content-type': PROBLEM_MEDIA_TYPE },
  });
}
