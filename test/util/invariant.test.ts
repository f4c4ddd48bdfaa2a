import { assertNever, invariant } from '../../src/util/invariant';

test('an invariant that holds says nothing; one that does not is our bug', () => {
  expect(() => invariant(true, 'x')).not.toThrow();
  expect(() => invariant(0, 'rows are sorted')).toThrow('bug: rows are sorted');
});

test('a union member that nobody expected is named', () => {
  expect(() => assertNever({ kind: 'new' } as never)).toThrow('bug: unexpected {"kind":"new"}');
});
