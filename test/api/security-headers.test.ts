import { Hono } from 'hono';
import { securityHeaders } from '../../src/api/security-headers';

const app = new Hono();
app.use(securityHeaders());
app.get('/', (c) => c.json({}));
app.get('/broken', () => {
  throw new Error('x');
});
app.onError((_, c) => c.json({}, 500));

test.each(['/', '/broken', '/nowhere'])(
  'what is answered at %s runs no script, is framed nowhere and is kept by no shared cache',
  async (path) => {
    const { headers } = await app.request(path);

    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('strict-transport-security')).toMatch(/max-age=\d+/);
    expect(headers.get('cache-control')).toBe('private, no-cache');
  },
);

test('no other origin may read an answer', async () => {
  const { headers } = await app.request('/', { headers: { origin: 'https://evil.example' } });

  expect(headers.get('access-control-allow-origin')).toBeNull();
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
});
