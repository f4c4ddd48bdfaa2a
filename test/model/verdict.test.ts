import { agreedVerdict, withSourceReplaced } from '../../src/model/verdict';

test('a verdict is agreed where all are alike, and nothing at all is denied', () => {
  expect([agreedVerdict(['denied']), agreedVerdict(['indeterminate', 'indeterminate'])]).toEqual(['denied', 'indeterminate']);
  expect([agreedVerdict(['allowed', 'denied']), agreedVerdict(['allowed', 'indeterminate'])]).toEqual(['indeterminate', 'indeterminate']);
  expect(agreedVerdict([])).toBe('denied');
});

test('a packet whose source was replaced keeps all but the port of the source', () => {
  const packet = { protocol: 'TCP', port: 80, sourcePort: 40_000 } as const;
  expect(withSourceReplaced(packet)).toStrictEqual({ protocol: 'TCP', port: 80 });
  expect(withSourceReplaced({ protocol: 'ICMP', icmp: { type: 8, code: 0 } })).toStrictEqual({
    protocol: 'ICMP',
    icmp: { type: 8, code: 0 },
  });
});
