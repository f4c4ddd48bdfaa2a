import { Pool } from '../../src/ingest/pool';

test('equal keys share one value, made once', () => {
  const pool = new Pool<object>();
  const make = jest.fn(() => ({}));

  expect(pool.share('a', make)).toBe(pool.share('a', make));
  expect(pool.share('__proto__', make)).not.toBe(pool.share('a', make));
  expect(make).toHaveBeenCalledTimes(2);
});
