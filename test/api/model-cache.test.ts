import { ModelCache } from '../../src/api/model-cache';
import type { Scan } from '../../src/store/scan';
import { ScanRepository } from '../../src/store/scan-repository';
import { apiService } from '../support/api-service';
import { SHOP_BUNDLE } from '../support/shop-bundle';

const MEGABYTE = 1024 * 1024;

/** Finished scans, with the loads of a repository counted. */
async function finished(count: number) {
  const service = apiService();
  const scans: Scan[] = [];
  for (let index = 0; index < count; index++) {
    const bundle = { bytes: new TextEncoder().encode(SHOP_BUNDLE) };
    const { id } = await service.operations.startScan('acme', { bundle, cluster: 'c', facts: {}, stage: 'production' });
    await service.work();
    scans.push((await service.repository.get('acme', id))!);
  }
  const loads: string[] = [];
  const repository = new ScanRepository(service.memory);
  for (const method of ['model', 'findings'] as const) {
    const load = repository[method].bind(repository) as (tenant: string, id: string) => Promise<never>;
    repository[method] = (tenant: string, id: string) => {
      loads.push(`${method} ${id}`);
      return load(tenant, id);
    };
  }
  return { ...service, scans, repository, loads };
}

test('results are loaded once, however many ask at once or later', async () => {
  const { scans, repository, loads } = await finished(1);
  const cache = new ModelCache(repository, 64 * MEGABYTE);

  const [a, b] = await Promise.all([cache.analysis(scans[0]!), cache.analysis(scans[0]!)]);
  const findings = await cache.findings(scans[0]!);

  expect(a).toBe(b);
  expect(await cache.analysis(scans[0]!)).toBe(a);
  expect(await cache.findings(scans[0]!)).toBe(findings);
  expect(loads).toEqual([`model ${scans[0]!.id}`, `findings ${scans[0]!.id}`]);
});

test('a cache without room loads each time, and still answers', async () => {
  const { scans, repository, loads } = await finished(1);
  const cache = new ModelCache(repository, 1);

  await cache.analysis(scans[0]!);
  await cache.analysis(scans[0]!);

  expect(loads).toHaveLength(2);
});

test('a forgotten scan is loaded again', async () => {
  const { scans, repository, loads } = await finished(1);
  const cache = new ModelCache(repository, 64 * MEGABYTE);
  await cache.analysis(scans[0]!);
  await cache.findings(scans[0]!);

  cache.forget(scans[0]!);
  await cache.analysis(scans[0]!);
  await cache.findings(scans[0]!);

  expect(loads).toHaveLength(4);
});

test('a scan that took over the id of a deleted one is another scan', async () => {
  const { scans, repository, loads } = await finished(1);
  const cache = new ModelCache(repository, 64 * MEGABYTE);
  await cache.analysis(scans[0]!);

  await cache.analysis({ ...scans[0]!, createdAt: '2027-01-01T00:00:00.000Z' });

  expect(loads).toHaveLength(2);
});

test('a scan whose results are gone is not found', async () => {
  const { scans, repository } = await finished(1);
  const cache = new ModelCache(repository, 64 * MEGABYTE);
  await repository.delete('acme', scans[0]!.id);

  await expect(cache.analysis(scans[0]!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(cache.findings(scans[0]!)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});
