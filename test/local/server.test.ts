import { mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXAMPLE_CLUSTER } from '../../src/local/example';
import { type LocalService, startLocalService } from '../../src/local/server';
import { SMALL_SHOP } from '../support/manifests';

const log = { info() {}, error: jest.fn() };
let data: string;
let service: LocalService;
beforeAll(async () => {
  data = mkdtempSync(join(tmpdir(), 'service-'));
  service = await startLocalService({ port: 0, host: '127.0.0.1', data, log });
});
afterAll(async () => {
  await service.close();
  rmSync(data, { recursive: true });
  expect(log.error).not.toHaveBeenCalled();
});

/** Members of the answers that these tests look at. */
interface Body {
  readonly id: string;
  readonly status: string;
  readonly total: number;
  readonly uploadId: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly verdicts: readonly unknown[];
  readonly clusters: readonly unknown[];
}

async function get(path: string, init?: RequestInit) {
  const response = await fetch(service.url + path, init);
  return { status: response.status, body: (await response.json()) as Body };
}

async function finished(path: string) {
  for (;;) {
    const { body } = await get(path);
    if (body.status === 'SUCCEEDED' || body.status === 'FAILED') return body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

describe('the local service', () => {
  it('scans the example and answers about it over REST', async () => {
    const scan = await service.scanExample();
    expect(scan.status).toBe('SUCCEEDED');
    const { body } = await get(`/v1/scans/${scan.id}/findings`);
    expect(body.total).toBeGreaterThan(5);
    const { body: checks } = await get(`/v1/scans/${scan.id}/checks`, json([{ from: 'shop/web', to: 'shop/catalog', port: 8080 }]));
    expect(checks.verdicts[0]).toMatchObject({
      verdict: 'denied',
      notes: ['from `shop/web[Deployment]` to `shop/catalog[Deployment]` only this is allowed: TCP 80'],
    });
    expect((await get('/v1/clusters')).body.clusters).toContainEqual(
      expect.objectContaining({ name: EXAMPLE_CLUSTER, latestScanId: scan.id }),
    );
  });

  it('answers over GraphQL with a verdict and its trace', async () => {
    await service.scanExample();
    const query = `{ cluster(name: "${EXAMPLE_CLUSTER}") { latestScan { findings(first: 1) { nodes { checkCode } } reach(from: {name: "shop/cart"}, to: {name: "shop/cart-cache"}, port: 6379) { verdict trace { file } } } } }`;
    const { body } = await get('/graphql', json({ query }));
    expect(body).toMatchObject({
      data: {
        cluster: {
          latestScan: {
            findings: { nodes: [{}] },
            reach: { verdict: 'ALLOWED', trace: [{ file: null }, { file: 'examples/shop/shop-policies.yaml' }] },
          },
        },
      },
    });
  });

  it('takes a bundle as body, and by way of an upload', async () => {
    const started = await get('/v1/scans?cluster=mine&fact=cni=calico', {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: SMALL_SHOP,
    });
    expect(started.status).toBe(202);
    expect(await finished(`/v1/scans/${started.body.id}`)).toMatchObject({
      status: 'SUCCEEDED',
      cluster: 'mine',
      summary: { workloads: 2 },
    });

    const upload = (await get('/v1/uploads', { method: 'POST' })).body;
    expect((await fetch(upload.url, { method: 'PUT', headers: upload.headers, body: SMALL_SHOP })).status).toBe(200);
    const second = await get('/v1/scans', json({ uploadId: upload.uploadId, cluster: 'mine' }));
    expect(await finished(`/v1/scans/${second.body.id}`)).toMatchObject({ status: 'SUCCEEDED' });
  });

  it('serves the landing page, and says what it has not', async () => {
    expect(await (await fetch(`${service.url}/`)).text()).toMatch(/^<!doctype html>/);
    expect(await get('/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
    expect((await get('/graphql')).status).toBe(405);
  });

  it('lets in nobody who comes under another name', async () => {
    const { port } = new URL(service.url);
    const status = await new Promise((resolve, reject) => {
      request({ port, path: '/v1/health', headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(421);
  });

  it('refuses a port that is in use', async () => {
    const port = Number(new URL(service.url).port);
    await expect(startLocalService({ port, host: '127.0.0.1', data, log })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('takes up what an earlier process left unfinished', async () => {
    const other = mkdtempSync(join(tmpdir(), 'service-'));
    const first = await startLocalService({ port: 0, host: '127.0.0.1', data: other, log });
    const response = await fetch(`${first.url}/v1/scans?cluster=mine`, {
      method: 'POST',
      headers: { 'content-type': 'application/yaml' },
      body: SMALL_SHOP,
    });
    const { id } = (await response.json()) as { id: string };
    await first.close();
    const second = await startLocalService({ port: 0, host: '127.0.0.1', data: other, log });
    let status = '';
    while (status !== 'SUCCEEDED') {
      status = ((await (await fetch(`${second.url}/v1/scans/${id}`)).json()) as { status: string }).status;
      expect(status).not.toBe('FAILED');
    }
    await second.close();
    rmSync(other, { recursive: true });
  });
});
