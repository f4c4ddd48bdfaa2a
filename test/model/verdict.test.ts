import { agreedVerdict } from '../../src/model/verdict';

test('a verdict is agreed where all are alike, and nothing at all is denied', () => {
  expect([agreedVerdict(['denied']), agreedVerdict(['indeterminate', 'indeterminate'])]).toEqual(['denied', 'indeterminate']);
  expect([agreedVerdict(['allowed', 'denied']), agreedVerdict(['allowed', 'indeterminate'])]).toEqual(['indeterminate', 'indeterminate']);
  expect(agreedVerdict([])).toBe('denied');
});
