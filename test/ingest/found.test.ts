import { type FoundValue, itemTypeOf, objectsIn, withType } from '../../src/ingest/found';

function found(value: unknown, lines: ReadonlyMap<object, number> = new Map()): FoundValue {
  return { value, line: 7, type: {}, text: '', positions: () => ({ lines }) };
}

describe('the type of items', () => {
  it.each([
    [
      { kind: 'PodList', apiVersion: 'v1' },
      { kind: 'Pod', apiVersion: 'v1' },
    ],
    [{ kind: 'PodList' }, { kind: 'Pod' }],
    [{ kind: 'List', apiVersion: 'v1' }, {}],
    [{ kind: 'Listing', apiVersion: 'v1' }, {}],
    [{ apiVersion: 'v1' }, {}],
    [{ kind: 3 }, {}],
  ])('of %j is %j', (list, type) => {
    expect(itemTypeOf(list)).toEqual(type);
  });

  it('yields to what an item says itself', () => {
    expect(withType({ kind: 'A' }, { kind: 'Pod', apiVersion: 'v1' })).toEqual({ kind: 'A', apiVersion: 'v1' });
  });
});

describe('the objects in a value', () => {
  const values = (value: unknown) => [...objectsIn(found(value))].map((each) => each.value);

  it('are itself, when it is no list', () => {
    expect(values({ kind: 'A' })).toEqual([{ kind: 'A' }]);
    expect(values('text')).toEqual(['text']);
    expect(values({ kind: 'A', items: { a: 1 } })).toEqual([{ kind: 'A', items: { a: 1 } }]);
  });

  it('are its items, through all lists', () => {
    expect(values({ kind: 'List', items: [{ a: 1 }, { items: [{ b: 1 }, [{ c: 1 }]] }, 3] })).toEqual([{ a: 1 }, { b: 1 }, { c: 1 }, 3]);
    expect(values([{ a: 1 }])).toEqual([{ a: 1 }]);
  });

  it('are none in an empty list', () => {
    expect(values({ kind: 'PodList', items: [] })).toEqual([]);
    expect(values({ kind: 'PodList', items: null })).toEqual([]);
    expect(values({ kind: 'Pod', items: null })).toEqual([{ kind: 'Pod', items: null }]);
  });

  it('have the line and the type that their list knows', () => {
    const [a, b] = [{ a: 1 }, { b: 1 }];
    const list = { kind: 'PodList', apiVersion: 'v1', items: [a, b] };
    const objects = [...objectsIn(found([list], new Map([[a, 9]])))];
    expect(objects.map(({ line, type }) => ({ line, type }))).toEqual([
      { line: 9, type: { kind: 'Pod', apiVersion: 'v1' } },
      { line: 7, type: { kind: 'Pod', apiVersion: 'v1' } },
    ]);
  });
});
