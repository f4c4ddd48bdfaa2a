import { ApiError } from '../../../src/api/errors';
import { findScan, type GraphContext, listed, scanIdOf } from '../../../src/api/graphql/graph-context';
import { ItemBudget, MOST_ITEMS } from '../../../src/api/graphql/limits';
import { encodeId } from '../../../src/api/graphql/relay';
import type { OpenScan } from '../../../src/api/open-scan';
import { pageOf } from '../../../src/api/paging';

function contextWith(openScan: GraphContext['openScan']): GraphContext {
  return { tenant: 'acme', operations: undefined as never, openScan, budget: new ItemBudget() };
}

test('a scan is named by its node id or by its plain id', () => {
  expect(scanIdOf(encodeId('Scan', 's-1'))).toBe('s-1');
  expect(scanIdOf('s-1')).toBe('s-1');
  expect(scanIdOf(encodeId('Cluster', 's-1'))).not.toBe('s-1');
});

test('a scan that is not there is undefined, any other failure is passed on', async () => {
  const scan = {} as OpenScan;

  expect(
    await findScan(
      contextWith(async () => scan),
      'x',
    ),
  ).toBe(scan);
  expect(
    await findScan(
      contextWith(async () => Promise.reject(new ApiError('NOT_FOUND', 'none'))),
      'x',
    ),
  ).toBeUndefined();
  await expect(
    findScan(
      contextWith(async () => Promise.reject(new ApiError('SCAN_NOT_READY', 'later'))),
      'x',
    ),
  ).rejects.toThrow('later');
  await expect(
    findScan(
      contextWith(async () => Promise.reject(new Error('away'))),
      'x',
    ),
  ).rejects.toThrow('away');
});

test('each listed page is paid from the budget of the query', () => {
  const context = contextWith(async () => ({}) as OpenScan);
  const page = pageOf(['x'], Array.from({ length: 100 }), { limit: 100 });

  for (let pages = 0; pages < MOST_ITEMS / 100; pages++) listed(context, page, (value) => value);

  expect(() => listed(context, page, (value) => value)).toThrow(expect.objectContaining({ code: 'QUERY_TOO_EXPENSIVE' }));
});
