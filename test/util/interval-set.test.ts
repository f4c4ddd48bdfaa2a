import { differenceOf, intersectionOf, intervalSet, intervalsHave, onlyGapIn, unionOf } from '../../src/util/interval-set';

test('intervals are sorted, and those that overlap or touch become one', () => {
  expect(
    intervalSet([
      [8, 9],
      [1, 2],
      [3, 4],
      [9, 12],
    ]),
  ).toEqual([
    [1, 4],
    [8, 12],
  ]);
});

test('an interval inside another leaves no trace', () => {
  expect(
    intervalSet([
      [1, 10],
      [2, 3],
    ]),
  ).toEqual([[1, 10]]);
});

test('an interval that ends before it starts is empty', () => {
  expect(intervalSet([[2, 1]])).toEqual([]);
});

test('a difference cuts at both ends and in the middle', () => {
  expect(
    differenceOf(
      [
        [1, 10],
        [20, 30],
      ],
      [
        [1, 2],
        [5, 6],
        [10, 22],
      ],
    ),
  ).toEqual([
    [3, 4],
    [7, 9],
    [23, 30],
  ]);
});

test('an intersection of sets that only touch is empty', () => {
  expect(intersectionOf([[1, 2]], [[3, 4]])).toEqual([]);
});

test.each([
  [[[1, 9]], undefined],
  [
    [
      [1, 3],
      [5, 9],
    ],
    4,
  ],
  [[[2, 9]], 1],
  [[[1, 8]], 9],
  [[[3, 9]], undefined],
  [
    [
      [2, 3],
      [5, 9],
    ],
    undefined,
  ],
  [[], undefined],
] as const)('of 1 to 9, %j lacks the one integer %s', (set, gap) => {
  expect(onlyGapIn(set, [1, 9])).toBe(gap);
});

test('a union joins what touches', () => {
  expect(unionOf([[1, 2]], [[3, 4]])).toEqual([[1, 4]]);
});

test.each([
  [0, false],
  [1, true],
  [4, true],
  [5, false],
])('the ends belong to an interval: 1 to 4 has %i is %s', (value, has) => {
  expect(intervalsHave([[1, 4]], value)).toBe(has);
});
