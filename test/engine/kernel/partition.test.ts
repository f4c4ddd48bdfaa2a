import fc from 'fast-check';
import { Partition } from '../../../src/engine/kernel/partition';
import { SEED } from '../../support/seed';

fc.configureGlobal({ seed: SEED });

const SIZE = 24;
const subsets = fc.array(fc.uniqueArray(fc.integer({ min: 0, max: SIZE - 1 })), { maxLength: 8 });

function refined(size: number, sets: readonly (readonly number[])[]) {
  const partition = new Partition(size);
  for (const set of sets) partition.refine(Int32Array.from(set), set.length);
  return partition;
}

/** Which sets hold an element, as text. */
function signatureOf(element: number, sets: readonly (readonly number[])[]): string {
  return sets.map((set) => (set.includes(element) ? 1 : 0)).join('');
}

describe('a partition', () => {
  it('keeps two elements together exactly as long as every set holds both or neither', () => {
    fc.assert(
      fc.property(subsets, (sets) => {
        const { cellOf } = refined(SIZE, sets).dense();
        for (let a = 0; a < SIZE; a++)
          for (let b = 0; b < a; b++) expect(cellOf[a] === cellOf[b]).toBe(signatureOf(a, sets) === signatureOf(b, sets));
      }),
    );
  });

  it('does not depend on the order of its sets, nor on that of their elements', () => {
    fc.assert(
      fc.property(subsets, (sets) => {
        const turned = sets.map((set) => set.toReversed()).toReversed();
        expect(refined(SIZE, turned).dense()).toEqual(refined(SIZE, sets).dense());
      }),
    );
  });

  it('numbers its cells from 0 by their first element, without gaps', () => {
    fc.assert(
      fc.property(subsets, (sets) => {
        const { cellOf, count } = refined(SIZE, sets).dense();
        expect([...new Set(cellOf)]).toEqual(Array.from({ length: count }, (_, cell) => cell));
        expect(count).toBe(new Set(Array.from(cellOf, (_, element) => signatureOf(element, sets))).size);
      }),
    );
  });

  it('is one cell before anything refines it, and after the empty set and the whole have', () => {
    expect(refined(3, []).dense()).toEqual({ cellOf: Int32Array.of(0, 0, 0), count: 1 });
    expect(refined(3, [[], [2, 0, 1]]).dense()).toEqual({ cellOf: Int32Array.of(0, 0, 0), count: 1 });
  });

  it('looks only at as many elements as it is told to', () => {
    const partition = new Partition(4);
    partition.refine(Int32Array.of(3, 1, 2), 1);
    expect(partition.dense()).toEqual({ cellOf: Int32Array.of(0, 0, 0, 1), count: 2 });
  });

  it('has room for as many cells as there are elements', () => {
    const { cellOf, count } = refined(
      500,
      Array.from({ length: 500 }, (_, element) => [element]),
    ).dense();
    expect(count).toBe(500);
    expect([...cellOf]).toEqual(Array.from({ length: 500 }, (_, element) => element));
  });

  it('has no cells without elements', () => {
    expect(refined(0, [[]]).dense()).toEqual({ cellOf: new Int32Array(0), count: 0 });
  });
});
