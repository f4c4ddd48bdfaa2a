import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** Headers that keep browsers from doing anything with an answer of the api but read it. Other origins may not even do that: there is no CORS. */
export function securityHeaders(): MiddlewareHandler {
  const strict = secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    referrerPolicy: 'no-referrer',
  });
  return async (c, next) => {
    await strict(c, next);
    // Answers belong to one tenant; a cache may keep them only for whoever asked, and must ask again.
    c.res.headers.set('cache-control', 'private, no-cache');
  };
}
