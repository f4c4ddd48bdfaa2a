import { RecentByPosition } from '../../../src/engine/query/recent-by-position';

function counted() {
  const recent = new RecentByPosition<string, string>();
  const made: string[] = [];
  const at = (key: string, position: number) =>
    recent.at(key, position, () => {
      made.push(`${key}${position}`);
      return `${key}${position}`;
    });
  return { at, made };
}

it('makes each thing once, one for every key and position', () => {
  const { at, made } = counted();
  expect([at('a', 1), at('a', 2), at('b', 1), at('a', 1), at('b', 1)]).toEqual(['a1', 'a2', 'b1', 'a1', 'b1']);
  expect(made).toEqual(['a1', 'a2', 'b1']);
});

it('forgets all when there are too many, over all keys', () => {
  const { at, made } = counted();
  at('a', 0);
  for (let position = 0; position < 4095; position++) at('b', position);
  at('a', 0);
  expect(made).toHaveLength(4096);
  at('b', 4095);
  at('a', 0);
  at('b', 4095);
  expect(made.slice(4096)).toEqual(['b4095', 'a0']);
});
