import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import html from './landing.html';

/** The landing page. Its content security policy lets its own script run, by its hash, and nothing else. */
export function pageApp(): Hono {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policyOf(html),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  };
  return new Hono().get('/', () => new Response(html, { headers }));
}

function policyOf(page: string): string {
  const script = /<script>([\s\S]*)<\/script>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(script).digest('base64');
  return `default-src 'none'; script-src 'sha256-${hash}'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
