import { encodeCursor, nextCursorOf, valuesOf } from '../../src/api/paging';
import { apiService } from '../support/api-service';
import { DOORS_BUNDLE, wayOutBundle } from '../support/doors-bundle';
import { CART_RULE_LINE, SHOP_BUNDLE } from '../support/shop-bundle';

async function opened(bundle = SHOP_BUNDLE) {
  const service = apiService();
  const bytes = new TextEncoder().encode(bundle);
  const { id } = await service.operations.startScan('acme', {
    bundle: { bytes },
    cluster: 'shop-eu',
    facts: { cni: 'calico' },
    stage: 'production',
  });
  await service.work();
  return service.operations.openScan('acme', id);
}

const CALL = { from: 'shop/web', to: 'shop/cart', protocol: 'TCP', port: 8080 };

test('a verdict comes with the rule and the line that decided, from the stored model alone', async () => {
  const answer = await (await opened()).ask(CALL);

  expect(answer).toMatchObject({ verdict: 'allowed', egress: 'allowed', ingress: 'allowed' });
  expect(answer.trace).toContainEqual(
    expect.objectContaining({
      direction: 'ingress',
      trigger: 'rule',
      action: 'Allow',
      policy: 'shop/cart-from-web[NetworkPolicy]',
      rule: 1,
      file: 'bundle',
      line: CART_RULE_LINE,
    }),
  );
});

test('a denial names its blockers', async () => {
  const answer = await (await opened()).ask({ ...CALL, port: 8081 });

  expect(answer.verdict).toBe('denied');
  expect(answer.blockers).toEqual([
    expect.objectContaining({ direction: 'ingress', trigger: 'end-of-tier', isolatedBy: ['shop/cart-from-web[NetworkPolicy]'] }),
  ]);
});

test('of many questions a senseless one does not spoil the others', async () => {
  const results = await (await opened()).askAll([
    CALL,
    { ...CALL, to: 'shop/nobody' },
    { ...CALL, port: 70_000 },
    { ...CALL, to: 'lab/toy' },
  ]);

  expect(results.map((result) => ('answer' in result ? result.answer.verdict : result.error.code))).toEqual([
    'allowed',
    'INVALID_REQUEST',
    'INVALID_REQUEST',
    'allowed',
  ]);
});

test('pages of flows are the parts of the whole list', async () => {
  const scan = await opened();
  const question = { by: 'workload' as const, external: false };

  const whole = await scan.flowsPage(question, { limit: 1_000 });
  const parts = [];
  let cursor: string | undefined;
  do {
    const page = await scan.flowsPage(question, { limit: 3, cursor });
    parts.push(...valuesOf(page));
    for (const { from, to } of valuesOf(page)) expect(page.endpoints.map(({ id }) => id)).toEqual(expect.arrayContaining([from, to]));
    cursor = nextCursorOf(page);
  } while (cursor !== undefined);

  expect(parts).toEqual(valuesOf(whole));
  expect(parts).toContainEqual({ from: 'shop/web[Deployment]', to: 'shop/cart[Deployment]', ports: { TCP: [[8080, 8080]] } });
  expect(parts.filter(({ from }) => from === 'pay/ledger[StatefulSet]')).toEqual([]);
  expect(whole.hasMore).toBe(false);
});

test('a page of flows lists only the endpoints that it names', async () => {
  const page = await (await opened()).flowsPage({ by: 'workload', from: 'shop/web', to: 'shop/cart' }, { limit: 10 });

  expect(valuesOf(page)).toHaveLength(1);
  expect(page.endpoints.map(({ id }) => id).sort()).toEqual(['shop/cart[Deployment]', 'shop/web[Deployment]']);
});

test('the cursor of one question is refused by another', async () => {
  const scan = await opened();
  const cursor = nextCursorOf(await scan.flowsPage({ by: 'workload' }, { limit: 1 }));

  await expect(scan.flowsPage({ by: 'pod' }, { limit: 1, cursor })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  await expect(scan.findingsPage({ orderBy: 'severity' }, { limit: 1, cursor })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
});

test.each(['0', '-1.0', '1.x', '1.5.2', '99999999999999999999.0'])('`%s` is no position in a list of flows', async (position) => {
  const scan = await opened();
  const question = { by: 'workload' as const };
  const cursor = encodeCursor(['flows', scan.scan.id, question], position);

  await expect(scan.flowsPage(question, { limit: 1, cursor })).rejects.toMatchObject({
    code: 'INVALID_REQUEST',
    details: [expect.objectContaining({ path: 'cursor' })],
  });
});

test('pages of exposure are the parts of the whole list, from the stored model alone', async () => {
  const scan = await opened(DOORS_BUNDLE);
  const whole = await scan.exposurePage({}, { limit: 100 });
  const parts = [];
  let cursor: string | undefined;
  do {
    const page = await scan.exposurePage({}, { limit: 2, cursor });
    expect(page.deadEnds).toHaveLength(cursor === undefined ? 1 : 0);
    parts.push(...valuesOf(page));
    cursor = nextCursorOf(page);
  } while (cursor !== undefined);

  expect(parts).toEqual(valuesOf(whole));
  expect(parts.map(({ workload, exposed }) => [workload.id === exposed.id, exposed.openTo])).toContainEqual([true, 'internet']);
  expect(whole.hasMore).toBe(false);
});

test('doors that lead nowhere are paged and filtered', async () => {
  const scan = await opened(DOORS_BUNDLE);

  expect(await scan.deadEnds({}, { limit: 1 })).toMatchObject({
    total: 1,
    hasMore: false,
    items: [{ value: { object: 'shop/old[Service]' } }],
  });
  expect(await scan.deadEnds({ namespace: ['other'] }, { limit: 1 })).toMatchObject({ total: 0 });
});

test('doors that lead out of the cluster are told once, paged and filtered', async () => {
  const scan = await opened(wayOutBundle());
  const first = await scan.exposurePage({}, { limit: 2 });
  const way = { object: 'shop/legacy[Service]', portInside: 8080, leadsTo: ['198.51.100.50', '198.51.100.51'] };

  expect(first.waysOut).toMatchObject([way]);
  expect((await scan.exposurePage({}, { limit: 2, cursor: nextCursorOf(first) })).waysOut).toEqual([]);
  expect(await scan.waysOut({}, { limit: 1 })).toMatchObject({ total: 1, hasMore: false, items: [{ value: way }] });
  expect(await scan.waysOut({ namespace: ['other'] }, { limit: 1 })).toMatchObject({ total: 0 });
});

test('findings are paged, filtered and found by fingerprint', async () => {
  const scan = await opened();
  const all = await scan.findings({ orderBy: 'severity' });
  const page = await scan.findingsPage({ orderBy: 'severity' }, { limit: 1 });

  expect(all.length).toBeGreaterThan(1);
  expect(page).toMatchObject({ total: all.length, hasMore: true });
  expect(valuesOf(page)).toEqual([all[0]]);
  expect(await scan.finding(all[1]!.fingerprint)).toEqual(all[1]);
  expect(await scan.finding('none')).toBeUndefined();
  expect((await scan.findings({ orderBy: 'severity', namespace: ['lab'] })).every(({ namespace }) => namespace === 'lab')).toBe(true);
});

test('workloads and policies are listed, of all namespaces or of some', async () => {
  const scan = await opened();

  expect(valuesOf(await scan.workloads({}, { limit: 10 })).map(({ id }) => id)).toEqual([
    'lab/toy[Deployment]',
    'pay/ledger[StatefulSet]',
    'shop/cart[Deployment]',
    'shop/web[Deployment]',
  ]);
  expect(valuesOf(await scan.workloads({ namespace: ['pay', 'lab'] }, { limit: 10 }))).toHaveLength(2);
  expect(valuesOf(await scan.policies({}, { limit: 10 })).map(({ id }) => id)).toEqual([
    'shop/cart-from-web[NetworkPolicy]',
    'pay/ledger-from-cart[NetworkPolicy]',
  ]);
  expect((await scan.policies({ namespace: ['shop'] }, { limit: 10 })).total).toBe(1);
  expect((await scan.policies({ namespace: ['constructor'] }, { limit: 10 })).total).toBe(0);
});

test('a workload or policy is found by its index, and nothing outside the lists', async () => {
  const scan = await opened();

  expect((await scan.workload(0))!.id).toBe('lab/toy[Deployment]');
  expect((await scan.policy(0))!.id).toBe('shop/cart-from-web[NetworkPolicy]');
  for (const index of [-1, 4, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(await scan.workload(index)).toBeUndefined();
    expect(await scan.policy(index)).toBeUndefined();
  }
});

test('a scan without results says so, whatever is asked', async () => {
  const service = apiService();
  const bytes = new TextEncoder().encode('# nothing');
  const { id } = await service.operations.startScan('acme', { bundle: { bytes }, cluster: 'c', facts: {}, stage: 'lab' });
  const queued = await service.operations.openScan('acme', id);
  await service.work();
  const failed = await service.operations.openScan('acme', id);

  for (const [scan, reason] of [
    [queued, 'QUEUED'],
    [failed, 'it failed: the bundle'],
  ] as const) {
    expect(scan.hasResults).toBe(false);
    const asked = [
      scan.ask(CALL),
      scan.askAll([]),
      scan.findings({ orderBy: 'severity' }),
      scan.flowsPage({ by: 'pod' }, { limit: 1 }),
      scan.workloads({}, { limit: 1 }),
      scan.policy(0),
    ];
    for (const result of await Promise.allSettled(asked)) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'SCAN_NOT_READY', message: expect.stringContaining(reason) } });
    }
  }
});
