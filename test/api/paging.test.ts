import * as fc from 'fast-check';
import { ApiError } from '../../src/api/errors';
import { decodeCursor, decodeOffset, encodeCursor, nextCursorOf, type Page, pageOf, valuesOf } from '../../src/api/paging';

const SCOPE = ['findings', 's1', { severity: ['high'] }];

function refusal(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

test('following the cursors visits every item once and in order, whatever the page size', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { maxLength: 40 }), fc.integer({ min: 1, max: 12 }), (list, limit) => {
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page: Page<number> = pageOf(SCOPE, list, { limit, cursor });
        expect(page.items.length).toBeLessThanOrEqual(limit);
        expect(page.total).toBe(list.length);
        expect(page.hasPrevious).toBe(cursor !== undefined);
        seen.push(...valuesOf(page));
        cursor = nextCursorOf(page);
      } while (cursor !== undefined);
      expect(seen).toEqual(list);
    }),
  );
});

test('the cursor of any item goes on right after it', () => {
  const page = pageOf(SCOPE, ['a', 'b', 'c', 'd'], { limit: 3 });

  expect(valuesOf(pageOf(SCOPE, ['a', 'b', 'c', 'd'], { limit: 9, cursor: page.items[1]!.cursor }))).toEqual(['c', 'd']);
});

test('a page that ends with the list has no next cursor', () => {
  expect(nextCursorOf(pageOf(SCOPE, [1, 2], { limit: 2 }))).toBeUndefined();
  expect(nextCursorOf(pageOf(SCOPE, [1, 2, 3], { limit: 2 }))).toBeDefined();
  expect(nextCursorOf(pageOf(SCOPE, [], { limit: 2 }))).toBeUndefined();
});

test('a cursor of another scan, filter or order is refused', () => {
  const cursor = encodeCursor(SCOPE, '2');

  expect(decodeCursor(SCOPE, cursor)).toBe('2');
  expect(refusal(() => decodeCursor(['findings', 's2', { severity: ['high'] }], cursor)).code).toBe('INVALID_REQUEST');
  expect(refusal(() => decodeCursor(['findings', 's1', { severity: ['low'] }], cursor)).code).toBe('INVALID_REQUEST');
});

test.each(['', 'x', '!!!!', 'AAAA', Buffer.from('2').toString('base64url')])('`%s` is no cursor', (cursor) => {
  expect(refusal(() => pageOf(SCOPE, [1], { limit: 1, cursor }))).toMatchObject({ code: 'INVALID_REQUEST', status: 400 });
});

test('a very long text is no cursor', () => {
  expect(refusal(() => pageOf(SCOPE, [1], { limit: 1, cursor: 'z'.repeat(1_000_000) })).code).toBe('INVALID_REQUEST');
});

test.each(['-1', '1e3', 'x', '99999999999999999999', '1.5'])('the position `%s` is no offset', (position) => {
  expect(refusal(() => decodeOffset(SCOPE, encodeCursor(SCOPE, position))).code).toBe('INVALID_REQUEST');
});

test('an offset past the end gives an empty last page', () => {
  const page = pageOf(SCOPE, [1, 2], { limit: 2, cursor: encodeCursor(SCOPE, '7') });

  expect(page).toMatchObject({ items: [], hasMore: false, hasPrevious: true, total: 2 });
});
