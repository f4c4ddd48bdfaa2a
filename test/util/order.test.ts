import { compareText, firstDifference } from '../../src/util/order';

test('text is ordered bytewise: capitals first, and no locale has a say', () => {
  expect(['b', 'a', 'B', 'é', 'a-b', 'a/b', 'a'].sort(compareText)).toEqual(['B', 'a', 'a', 'a-b', 'a/b', 'b', 'é']);
});

test('the first comparison that is not zero decides', () => {
  expect(firstDifference(0, -1, 1)).toBe(-1);
  expect(firstDifference(0, 0)).toBe(0);
  expect(firstDifference()).toBe(0);
});
