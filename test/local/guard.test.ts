import { Hono } from 'hono';
import { sameMachineOnly } from '../../src/local/guard';

async function statusOf(headers: Readonly<Record<string, string>>, host = '127.0.0.1'): Promise<number> {
  const app = new Hono().use(sameMachineOnly(host)).all('/', (context) => context.text('in'));
  return (await app.request('http://x/', { method: 'POST', headers })).status;
}

describe('sameMachineOnly', () => {
  it.each(['127.0.0.1:4000', 'localhost:4000', 'LOCALHOST', '[::1]:4000'])('lets a request to `%s` in', async (host) => {
    expect(await statusOf({ host })).toBe(200);
  });

  it.each(['evil.example:4000', '127.0.0.1.evil.example', 'localhost.evil.example:4000', '', '192.168.1.5:4000'])(
    'refuses a request to `%s`',
    async (host) => {
      expect(await statusOf({ host })).toBe(421);
    },
  );

  it('knows the address it listens on', async () => {
    expect(await statusOf({ host: '192.168.1.5:4000' }, '192.168.1.5')).toBe(200);
    expect(await statusOf({ host: '[fd00::5]:4000' }, 'fd00::5')).toBe(200);
  });

  it('lets its own pages send, and no others', async () => {
    expect(await statusOf({ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:4000' })).toBe(200);
    expect(await statusOf({ host: '127.0.0.1:4000', origin: 'http://evil.example' })).toBe(403);
    expect(await statusOf({ host: '127.0.0.1:4000', origin: 'http://127.0.0.1:8080' })).toBe(403);
    expect(await statusOf({ host: '127.0.0.1:4000', origin: 'null' })).toBe(403);
  });
});
