import { inFixedOrder, TOLD_PER_CODE } from '../../src/ingest/fixed-order';
import type { Diagnostic } from '../../src/model/diagnostic';

function diagnostic(file: string | undefined, line: number, code = 'host-bits', message = 'm'): Diagnostic {
  return { code, severity: 'warning', message, ...(file !== undefined && { source: { file, document: 1, line } }) };
}

test('by file, line, code and message; those without a place first', () => {
  const sorted = [
    diagnostic(undefined, 0),
    diagnostic('a', 1, 'bad-port'),
    diagnostic('a', 1, 'host-bits', 'a'),
    diagnostic('a', 1, 'host-bits', 'b'),
    diagnostic('a', 10),
    diagnostic('b', 2),
  ];

  expect(inFixedOrder([...sorted].reverse())).toEqual(sorted);
});

test('documents of one file go by number, not as text', () => {
  const at = (document: number) => ({ ...diagnostic('a', 1), source: { file: 'a', document, line: 1 } });

  expect(inFixedOrder([at(10), at(9)])).toEqual([at(9), at(10)]);
});

test('what repeats itself without end is told up to a number, and how many more there are', () => {
  const many = Array.from({ length: TOLD_PER_CODE + 7 }, (_, line) => diagnostic('a', line + 1));
  const other = diagnostic('b', 1, 'bad-port');

  const told = inFixedOrder([...many, other]);

  expect(told).toHaveLength(TOLD_PER_CODE + 2);
  expect(told[0]).toEqual({ code: 'host-bits', severity: 'warning', message: 'the same is true of 7 more places' });
  expect(told.at(-2)).toEqual(many[TOLD_PER_CODE - 1]);
  expect(told.at(-1)).toEqual(other);
});
