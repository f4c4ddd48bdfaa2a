import type { MiddlewareHandler } from 'hono';

/** Names under which this machine reaches itself. */
const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Refuses requests that a page of another site makes a browser send. The service knows no passwords, so a name that resolves to this machine
 * (DNS rebinding) or a form that posts to it must not get through: `Host` has to be one of ours, and so has `Origin` where there is one.
 */
export function sameMachineOnly(host: string): MiddlewareHandler {
  const hosts = new Set([...LOOPBACK, host.includes(':') ? `[${host}]` : host]);
  const isOurs = (authority: string) => hosts.has(authority.toLowerCase().replace(/:\d+$/, ''));
  return async (context, next) => {
    const authority = context.req.header('host') ?? '';
    const origin = context.req.header('origin');
    if (!isOurs(authority)) return context.text('the request names another host\n', 421);
    if (origin !== undefined && origin.replace(/^https?:\/\//, '') !== authority)
      return context.text('the request comes from a page of another site\n', 403);
    return next();
  };
}
