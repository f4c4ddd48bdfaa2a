import * as fc from 'fast-check';
import { connectionOf, decodeId, encodeId, LARGEST_PAGE, NODE_TYPES, pageRequestOf } from '../../../src/api/graphql/relay';
import { pageOf } from '../../../src/api/paging';

test('an id names again what it was made of, whatever the names', () => {
  const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/\p{Cc}/u.test(text));
  fc.assert(
    fc.property(fc.constantFrom(...NODE_TYPES), fc.array(part, { minLength: 1, maxLength: 2 }), (type, key) => {
      expect(decodeId(encodeId(type, ...key))).toEqual({ type, key });
    }),
  );
});

test('a cluster may be named with colons', () => {
  const name = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';

  expect(decodeId(encodeId('Cluster', name))).toEqual({ type: 'Cluster', key: [name] });
});

test.each([
  '',
  '!',
  'Scan',
  'U2Nhbg',
  '0b6b2f0c-52a2-4d3f-8a39-2a8b5b1b6a77',
  Buffer.from('Secret\nx').toString('base64url'),
  Buffer.from('__proto__\nx').toString('base64url'),
])('`%s` is no id of ours', (id) => {
  expect(decodeId(id)).toBeUndefined();
});

test.each([1, 50, LARGEST_PAGE])('a page of %i is given', (first) => {
  expect(pageRequestOf({ first, after: 'x' })).toEqual({ limit: first, cursor: 'x' });
});

test('null stands for the largest page, and for the start of the list', () => {
  expect(pageRequestOf({ first: null, after: null })).toEqual({ limit: LARGEST_PAGE, cursor: undefined });
  expect(pageRequestOf({})).toEqual({ limit: LARGEST_PAGE, cursor: undefined });
});

test.each([0, -1, LARGEST_PAGE + 1, 2_147_483_647])('a page of %i is refused', (first) => {
  expect(() => pageRequestOf({ first })).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST' }));
});

test('a connection has its items twice, as edges and as nodes, and the cursors of its ends', () => {
  const page = pageOf(['x'], ['a', 'b', 'c'], { limit: 2 });

  const connection = connectionOf(page, (value) => ({ value }));

  expect(connection.nodes).toEqual([{ value: 'a' }, { value: 'b' }]);
  expect(connection.edges.map(({ node }) => node)).toEqual(connection.nodes);
  expect(connection.pageInfo).toEqual({
    hasNextPage: true,
    hasPreviousPage: false,
    startCursor: page.items[0]!.cursor,
    endCursor: page.items[1]!.cursor,
  });
  expect(connection.totalCount).toBe(3);
});

test('an empty connection has no cursors', () => {
  expect(connectionOf(pageOf(['x'], [], { limit: 2 }), (value) => value).pageInfo).toEqual({
    hasNextPage: false,
    hasPreviousPage: false,
    startCursor: undefined,
    endCursor: undefined,
  });
});
