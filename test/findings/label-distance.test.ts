import { looksLike } from '../../src/findings/label-distance';

describe('a label that could be a misspelling of another', () => {
  it.each([
    ['catalog', 'catalogue'],
    ['fronted', 'frontend'],
    ['payment', 'payments'],
    ['web', 'web-frontend'],
    ['web', 'shop-web'],
    ['app.kubernetes.io/name', 'app.kubernetes.io/nmae'],
  ])('%s looks like %s', (a, b) => {
    expect([looksLike(a, b), looksLike(b, a)]).toEqual([true, true]);
  });

  it.each([
    ['web', 'db'],
    ['frontend', 'backend-api'],
    ['a', 'b'],
    ['', 'web'],
    ['web', 'web'],
    ['ui', 'ui-tests-of-something'],
  ])('%j does not look like %j', (a, b) => {
    expect(looksLike(a, b)).toBe(false);
    expect(looksLike(b, a)).toBe(false);
  });
});
